"""Names for files in an archive and for the combined file: harmless wherever they are unpacked."""

import re
from collections.abc import Sequence
from typing import Final

from bilag.domain.attachment import FileFormat, StoredFile

STEM_CHARACTERS_MAX: Final = 80

# Letters and digits of any script, and what no shell, path or file system gives a meaning to.
_UNSAFE: Final = re.compile(r"[^\w .()+-]+")
_ENDINGS: Final = {FileFormat.JPEG: ("jpg", "jpeg")}
# Names that Windows keeps for devices, https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file.
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_name(text: str, kind: FileFormat) -> str:
    """The last part of the path in the text, without anything that could lead elsewhere, with the format's ending."""
    last = re.split(r"[/\\]", text)[-1]
    stem, dot, ending = last.rpartition(".")
    if not dot or ending.lower() not in _ENDINGS.get(kind, (kind.value,)):
        stem, ending = last, kind.value
    stem = _UNSAFE.sub("-", stem)[:STEM_CHARACTERS_MAX].strip(" .-") or "receipt"
    if _DEVICE.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending}"


def distinct_names(files: Sequence[StoredFile]) -> tuple[str, ...]:
    """A safe name for each file, in order; a name that came before, in whatever case, gets the next free number."""
    taken: set[str] = set()
    names = []
    for file in files:
        name = safe_name(file.name, file.format)
        stem, _, ending = name.rpartition(".")
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}.{ending}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)
