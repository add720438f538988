"""Ids, numbers and dates out of Pleo's JSON, exactly as they are written there."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

import msgspec

# Pleo's ids are UUIDs. One that could not stand in a path, a log or a file by itself is none.
ID_CHARACTERS_MAX: Final = 128
_ID: Final = rf"\A[!-~]{{1,{ID_CHARACTERS_MAX}}}\Z"
Id = Annotated[str, msgspec.Meta(pattern=_ID)]

# 10^16 hundredths are a hundred trillion euro, or yen; eighteen digits leave room and bound the work.
NUMBER_DIGITS_MAX: Final = 18
NUMBER_CHARACTERS_MAX: Final = 64
DATE_CHARACTERS_MAX: Final = 40
_TOO_LONG: Final = f"a number of at most {NUMBER_DIGITS_MAX} digits belongs here"

# https://www.rfc-editor.org/rfc/rfc8259#section-6
_NUMBER: Final = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    rf"{_DAY.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.,][0-9]{{1,9}})?)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
)
# A day without a time stands for its noon: it is the same calendar day in every time zone from UTC-12 to UTC+11.
_NOON: Final = time(12, tzinfo=UTC)


class UnreadableValue(ValueError):
    """The text has the shape of no number or date, or names one that does not exist."""


def is_id(text: str) -> bool:
    """Whether the text can be an id: printable ASCII without spaces, at most ID_CHARACTERS_MAX of it."""
    return re.search(_ID, text) is not None


def number_of(raw: msgspec.Raw) -> Decimal:
    """The JSON number, exactly; raises UnreadableValue for anything else, or for more than eighteen digits."""
    text = bytes(raw)
    plain = text.removeprefix(b"-")
    if plain.isdigit() and len(plain) <= NUMBER_DIGITS_MAX and not plain.startswith(b"0"):
        return Decimal(text.decode("ascii"))  # whole hundredths, as nearly every amount is
    if len(text) > NUMBER_CHARACTERS_MAX or not _NUMBER.fullmatch(text):
        raise UnreadableValue("a number belongs here")
    try:
        number = Decimal(text.decode("ascii"))
    except InvalidOperation as error:  # an exponent that no Decimal holds
        raise UnreadableValue(_TOO_LONG) from error
    if number.is_zero():
        return Decimal(0)
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).rstrip("0")
    digits_before_point = number.adjusted() + 1
    digits_after_point = len(significant) - digits_before_point
    if max(digits_before_point, digits_after_point, len(significant)) > NUMBER_DIGITS_MAX:
        raise UnreadableValue(_TOO_LONG)
    return number


def instant_of(text: str) -> datetime:
    """The instant in UTC of a date-time (UTC unless it says otherwise) or of a plain day (its noon)."""
    if len(text) > DATE_CHARACTERS_MAX or not (_DAY.fullmatch(text) or _INSTANT.fullmatch(text)):
        raise UnreadableValue("a date belongs here")
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), _NOON)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableValue("this date does not exist") from error


def day_of(text: str) -> date:
    """The calendar day as it is written, of a plain day or a date-time.

    Pleo types plain days as date-times; the time in them is filling, so it never moves the day.
    """
    instant_of(text)
    return date.fromisoformat(text[:10])
