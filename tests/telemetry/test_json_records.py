"""Log records for machines: one object a line, ids as fields, nothing secret in them."""

import io
import json
import logging
from typing import Any

from bilag.adapters.telemetry.json_records import JsonRecords
from bilag.adapters.telemetry.telemetry import Telemetry

JOB = "13225da8-0000-4000-8000-00000000000a"
ITEM = "44296520-1111-4c1c-8a57-3f0a6a1d7701"


class Said:
    """What a logger with our formatter writes."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(JsonRecords())
        self.log = logging.getLogger("bilag.test_json_records")
        self.log.handlers = [handler]
        self.log.setLevel(logging.INFO)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def test_a_record_has_time_level_logger_message_and_the_values_that_its_template_names() -> None:
    said = Said()
    said.log.info("item %s failed job=%s codes=%s tries=%d", ITEM, JOB, "period.closed", 2)
    (line,) = said.lines
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "bilag.test_json_records",
        "message": f"item {ITEM} failed job={JOB} codes=period.closed tries=2",
        "item": ITEM,
        "job": JOB,
        "codes": "period.closed",
        "tries": 2,
    }


def test_a_text_from_outside_adds_no_field_and_no_line() -> None:
    said = Said()
    said.log.warning("item %s met trouble: %s", ITEM, 'x job=other\n{"level": "INFO"} \x7f\x1b[2J\u2028')
    (line,) = said.lines
    assert set(line) == {"time", "level", "logger", "message", "item"}
    assert said.stream.getvalue().isascii()
    assert "\x7f" not in said.stream.getvalue()


def test_what_other_modules_log_carries_the_ids_of_what_is_under_way() -> None:
    said, telemetry = Said(), Telemetry()
    with telemetry.job(JOB):
        said.log.info("one")
        with telemetry.item(JOB, ITEM):
            said.log.info("two")
        said.log.info("three")
    said.log.info("four")
    assert [(line.get("job"), line.get("item")) for line in said.lines] == [
        (JOB, None),
        (JOB, ITEM),
        (JOB, None),
        (None, None),
    ]


def test_secrets_go_by_name_first_and_then_by_form_in_tracebacks_too() -> None:
    said = Said()
    said.log.info("login token=%s why=%s", "plain", "Bearer abc123def")
    try:
        int("postgresql://bilag:pa55word@db/bilag")
    except ValueError:
        said.log.exception("bug %s", "ref")
    first, second = said.lines
    assert (first["token"], first["why"]) == ("***", "Bearer ***")
    assert "ValueError" in second["exception"]
    assert "pa55word" not in said.stream.getvalue()
