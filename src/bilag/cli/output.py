"""How things look in a terminal: plain words, a table where there are columns, colour only where it helps."""

import json
import logging
import re
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bilag.domain.redaction import redacted

# What is read by a pipe or a file has no width of its own; this one keeps tables in one piece.
WIDTH_WITHOUT_TERMINAL: Final = 140


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


# Results go to stdout, everything about the way there to stderr. rich respects NO_COLOR by itself.
out: Final = _console(stderr=False)
err: Final = _console(stderr=True)
# Names and notes come from outside: nothing in them may steer the terminal, break a line or fake one.
_SPACES: Final = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]")
_STEERING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, style: str = "") -> Text:
    """One line from outside, shown as it is: no markup, no control characters."""
    return Text(_STEERING.sub("·", _SPACES.sub(" ", text)), style=style)


def paragraphs(text: str) -> Text:
    """A text of ours that has several lines, each of them plain."""
    return Text("\n").join(plain(line) for line in text.splitlines())


class PlainFormatter(logging.Formatter):
    """For logs, which texts from outside reach, too. Secrets and what is nobody's business are taken out."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line, and what follows of its traceback line by line."""
        one_line = {"msg": plain(record.getMessage()).plain, "args": ()}
        return paragraphs(redacted(super().format(logging.makeLogRecord(record.__dict__ | one_line)))).plain


def print_json(value: Any) -> None:
    """One JSON value on stdout, for machines: stable key order, one line, nothing in it that steers a terminal."""
    text = json.dumps(value, ensure_ascii=False)
    out.file.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def table(headings: Sequence[str], rows: Sequence[Sequence[str | Text]], *, right: Sequence[int] = ()) -> Table:
    """A light table; `right` lists the columns that are aligned right."""
    grid = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for index, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else plain(cell) for cell in row))
    return grid
