"""Whose secret it is, and which one."""

from dataclasses import dataclass
from typing import Final

NAME_CHARACTERS_MAX: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a secret belongs: one field of one company. A secret opens in its own place only.

    Raises ValueError for names that are not 1 to 128 printable ASCII characters.
    """

    company_id: str
    field: str

    def __post_init__(self) -> None:
        for name in (self.company_id, self.field):
            if not (name.isascii() and name.isprintable() and 0 < len(name) <= NAME_CHARACTERS_MAX):
                raise ValueError("a place is named in 1 to 128 printable ASCII characters")
