"""Looks into JSON that has not been read yet, one level at a time.

What is nested too deeply raises RecursionError, as msgspec does; the callers say what that means to them.
"""

import msgspec


def members_of(raw: msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    """The members of a JSON object by key, still unread; None when it is no object."""
    try:
        return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def entries_of(raw: msgspec.Raw) -> list[msgspec.Raw] | None:
    """The entries of a JSON array, still unread; None when it is no array."""
    try:
        return msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def text_of(raw: msgspec.Raw) -> str | None:
    """The JSON string; None when it is none, or not UTF-8."""
    try:
        return msgspec.json.decode(raw, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
