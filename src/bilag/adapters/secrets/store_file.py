"""What the file of secrets looks like: JSON with names in the open and everything else encrypted."""

import os
import stat
from pathlib import Path
from typing import Annotated, Final

import msgspec

from bilag.adapters.secrets.envelope import Envelope
from bilag.adapters.secrets.place import Place
from bilag.ports.errors import NeedsPerson

FORMAT: Final = 1
KEY_VERSION_MAX: Final = 1_000_000
FILE_BYTES_MAX: Final = 16 * 1024 * 1024


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    company_id: str
    field: str
    key_version: Annotated[int, msgspec.Meta(ge=1, le=KEY_VERSION_MAX)]
    data_key: bytes
    text: bytes


class _File(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    secrets: list[_Entry]


class _AnyFile(msgspec.Struct, frozen=True, kw_only=True):
    format: int


def read_envelopes(path: Path) -> dict[Place, Envelope]:
    """What the file holds; nothing when there is no file.

    Raises NeedsPerson when it can't be read, is open to others, damaged, or from a newer version.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise NeedsPerson(f"{path} can't be read: {problem.strerror}") from problem
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        raw = file.read(FILE_BYTES_MAX + 1)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NeedsPerson(f"{path} can be read by others than its owner; run: chmod 600 {path}")
    entries = _entries(raw)
    if entries is None:
        raise NeedsPerson(f"{path} is damaged, or from a newer bilag. Put a copy from before back in its place.")
    return entries


def encoded(envelopes: dict[Place, Envelope]) -> bytes:
    """The bytes of the file, in the order of the places."""
    entries = [
        _Entry(
            company_id=place.company_id,
            field=place.field,
            key_version=envelope.key_version,
            data_key=envelope.data_key,
            text=envelope.text,
        )
        for place, envelope in sorted(envelopes.items(), key=lambda pair: pair[0])
    ]
    raw = msgspec.json.encode(_File(format=FORMAT, secrets=entries))
    return msgspec.json.format(raw, indent=1) + b"\n"


def _entries(raw: bytes) -> dict[Place, Envelope] | None:
    try:
        if len(raw) > FILE_BYTES_MAX or msgspec.json.decode(raw, type=_AnyFile).format != FORMAT:
            return None
        entries = msgspec.json.decode(raw, type=_File).secrets
        found = {Place(company_id=one.company_id, field=one.field): _envelope(one) for one in entries}
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return found if len(found) == len(entries) else None


def _envelope(entry: _Entry) -> Envelope:
    return Envelope(key_version=entry.key_version, data_key=entry.data_key, text=entry.text)
