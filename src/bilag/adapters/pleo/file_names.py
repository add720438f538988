"""Names for receipts: as the sender calls them, when that is harmless."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from bilag.adapters.pleo.foreign_text import UNPRINTABLE_CATEGORIES
from bilag.domain.attachment import FileFormat

NAME_CHARACTERS_MAX: Final = 100
NAME_BYTES_MAX: Final = 200
HEADER_CHARACTERS_MAX: Final = 2048

# https://www.rfc-editor.org/rfc/rfc6266#section-4.1
_EXTENDED_NAME: Final = re.compile(r"(?:^|;)\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
_PLAIN_NAME: Final = re.compile(r'(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]+))', re.IGNORECASE)
_QUOTED_PAIR: Final = re.compile(r"\\(.)")

_SEPARATORS: Final = str.maketrans("\\", "/")
_AWKWARD: Final = str.maketrans(dict.fromkeys('<>:"|?*%', "_"))
_ENDINGS: Final = {**{kind.value: kind for kind in FileFormat}, "jpeg": FileFormat.JPEG}
# Devices on Windows, whatever ending follows.
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{number}" for number in range(10)), *(f"lpt{number}" for number in range(10))}
)


def offered_name(headers: Mapping[str, str], url: str) -> str:
    """The file's name by its Content-Disposition, else by the path of its address; empty when neither tells one.

    The last part of a path counts as a name only when it ends like a file.
    """
    if named := harmless_name(_announced_name(headers.get("content-disposition", "")[:HEADER_CHARACTERS_MAX])):
        return named
    last = harmless_name(unquote(urlsplit(url).path.rpartition("/")[2]))
    _, _, ending = last.rpartition(".")
    return last if ending.lower() in _ENDINGS else ""


def _announced_name(header: str) -> str:
    """The file name in a Content-Disposition, the form that can hold every letter first."""
    if extended := _EXTENDED_NAME.search(header):
        return unquote(extended[1])
    plain = _PLAIN_NAME.search(header)
    if plain is None:
        return ""
    return _QUOTED_PAIR.sub(r"\1", plain[1]) if plain[1] is not None else plain[2]


def harmless_name(text: str) -> str:
    """The name without path, control and direction characters, bounded; empty when nothing is left."""
    last = text.translate(_SEPARATORS).rpartition("/")[2]
    visible = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign) not in UNPRINTABLE_CATEGORIES
    )
    name = " ".join(visible.translate(_AWKWARD).split()).strip(" .-~")
    if name.partition(".")[0].lower() in _DEVICES:
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in _ENDINGS:
        return f"{_shortened(stem)}.{ending}"
    return _shortened(name)


def name_for(offered: str, fallback: str, kind: FileFormat) -> str:
    """The name with the ending of the format that the file really has."""
    name = harmless_name(offered) or harmless_name(fallback) or "receipt"
    stem, dot, ending = name.rpartition(".")
    return f"{stem if dot and ending.lower() in _ENDINGS else name}.{kind}"


def _shortened(name: str) -> str:
    short = name[:NAME_CHARACTERS_MAX]
    while len(short.encode()) > NAME_BYTES_MAX:
        short = short[:-1]
    return short.rstrip(" .")
