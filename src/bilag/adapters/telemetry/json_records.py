"""Log records as JSON, one object a line, with the ids as fields and nothing secret in them.

The fields of a record come from its template, which is ours, never from its text, which may hold words of others:
"item %s failed job=%s codes=%s" gives `item`, `job` and `codes`.
"""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from bilag.adapters.telemetry.under_way import now_under_way
from bilag.domain.redaction import redacted, redacted_field

# As many as there are templates in our sources, and some more for other people's.
_TEMPLATES_MAX: Final = 512
_CONVERSION: Final = re.compile(r"%(?:%|[-#0 +]*(?:\d+)?(?:\.\d+)?[a-zA-Z])")
_NAME_BEFORE: Final = re.compile(r"\b([a-z_]+)=$")
_SUBJECT_BEFORE: Final = re.compile(r"^(item|job|webhook) $")
# Ids are no secrets, and no digits in them are a card number.
_IDS: Final = frozenset({"item", "job", "trace_id", "span_id"})


class JsonRecords(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, the ids of what is under way, and named values."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
            **dict(_ids()),
            **dict(_named(record)),
        }
        if record.exc_info:
            fields["exception"] = redacted(self.formatException(record.exc_info))
        # Letters outside ASCII and control characters are escaped by json, except for this one.
        return json.dumps(fields, default=str).replace("\x7f", "\\u007f")


def _ids() -> Iterator[tuple[str, str]]:
    what = now_under_way()
    ids = {"job": what.job_id, "item": what.entry_id, "trace_id": what.trace_id, "span_id": what.span_id}
    return ((name, id_) for name, id_ in ids.items() if id_)


def _named(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    if not isinstance(record.args, tuple):
        return
    for name, place in _names(str(record.msg)):
        value = record.args[place]
        if name in _IDS or isinstance(value, int | float):
            yield name, value
        else:
            yield name, redacted_field(name, str(value))


@lru_cache(_TEMPLATES_MAX)
def _names(template: str) -> tuple[tuple[str, int], ...]:
    """The names in a template, each with the place of its value."""
    names: list[tuple[str, int]] = []
    place = 0
    for conversion in _CONVERSION.finditer(template):
        if conversion[0] == "%%":
            continue
        before = template[: conversion.start()]
        if named := _NAME_BEFORE.search(before) or _SUBJECT_BEFORE.search(before):
            names.append((named[1], place))
        place += 1
    return tuple(names)
