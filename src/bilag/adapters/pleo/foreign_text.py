"""Texts of other people, made fit for a message: one line, printable, bounded."""

import unicodedata
from typing import Final

# Controls, invisible formatting (among it what turns the reading direction), lone surrogates, private, unassigned.
UNPRINTABLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: str, characters_max: int) -> str:
    """The text in one line, at most that long, with an ellipsis where it was cut."""
    bounded = text[: 4 * characters_max]
    printable = "".join(" " if unicodedata.category(sign) in UNPRINTABLE_CATEGORIES else sign for sign in bounded)
    line = " ".join(printable.split())
    return line if len(line) <= characters_max else line[: characters_max - 1] + "…"
