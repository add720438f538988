"""Where our entries stand: a compact map from references and voucher numbers to places in the journal files.

The index is never trusted alone. It says where to look; what counts is the text that stands there.
"""

from typing import Final, TypeAlias

_OFFSET_BITS: Final = 40
_NUMBER_BITS: Final = 40
_NUMBER_DIGITS_MAX: Final = 9
VOUCHER_DIGITS: Final = 6

# A file's number and an offset in it, packed into one integer to keep 100,000 of them small.
Place: TypeAlias = int


def place(file_number: int, offset: int) -> Place:
    """The place, packed."""
    return file_number << _OFFSET_BITS | offset


def file_and_offset(packed: Place) -> tuple[int, int]:
    """The file's number and the offset in bytes."""
    return packed >> _OFFSET_BITS, packed & (1 << _OFFSET_BITS) - 1


def voucher_text(year: str, number: int) -> str:
    """A voucher number as people read it: "2026-000123"."""
    return f"{year}-{number:0{VOUCHER_DIGITS}d}"


def voucher_parts(voucher: str) -> tuple[str, int] | None:
    """The fiscal year and the number of a voucher, or None when a person wrote something else."""
    year, dash, digits = voucher.rpartition("-")
    if not dash or not digits.isascii() or not digits.isdecimal() or len(digits) > _NUMBER_DIGITS_MAX:
        return None
    return year, int(digits)


def _outside(places: tuple[Place, ...], file: range) -> tuple[Place, ...]:
    return tuple(where for where in places if where not in file)


class ReferenceIndex:
    """One entry per external reference, more only where a person copied one; receipts by the entry's external id."""

    def __init__(self) -> None:
        self._by_reference: dict[str, Place] = {}
        self._copies: dict[str, tuple[Place, ...]] = {}
        self._by_external_id: dict[int | str, Place] = {}
        self._receipts: dict[int | str, Place | tuple[Place, ...]] = {}
        self._years: dict[str, int] = {}
        self._files: set[int] = set()
        self._last_numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._by_reference)

    def add(self, reference: str, external_id: str, where: Place) -> None:
        """An entry stands at the place."""
        self._files.add(where >> _OFFSET_BITS)
        standing = self._by_reference.setdefault(reference, where)
        if standing != where:
            self._copies[reference] = (*self._copies.get(reference, (standing,)), where)
        self._by_external_id[self._key(external_id)] = where
        self.count_voucher(external_id)

    def add_receipt(self, external_id: str, where: Place) -> None:
        """A receipt of the entry stands at the place."""
        self._files.add(where >> _OFFSET_BITS)
        key = self._key(external_id)
        standing = self._receipts.get(key)
        if standing is None:
            self._receipts[key] = where
        elif isinstance(standing, tuple):
            self._receipts[key] = (*standing, where)
        else:
            self._receipts[key] = (standing, where)

    def count_voucher(self, voucher: str) -> None:
        """The voucher number was given, so it is never given again."""
        parts = voucher_parts(voucher)
        if parts is not None:
            year, number = parts
            self._last_numbers[year] = max(number, self._last_numbers.get(year, 0))

    def places(self, reference: str) -> tuple[Place, ...]:
        """Where the reference stands: once, unless a person copied the entry."""
        if reference in self._copies:
            return self._copies[reference]
        where = self._by_reference.get(reference)
        return () if where is None else (where,)

    def place_of(self, external_id: str) -> Place | None:
        """Where the entry with this external id stands."""
        return self._by_external_id.get(self._key(external_id))

    def receipts(self, external_id: str) -> tuple[Place, ...]:
        """Where the receipts of the entry stand."""
        standing = self._receipts.get(self._key(external_id), ())
        return standing if isinstance(standing, tuple) else (standing,)

    def last_number(self, year: str) -> int:
        """The highest voucher number of the fiscal year; 0 when there is none yet."""
        return self._last_numbers.get(year, 0)

    def last_numbers(self) -> dict[str, int]:
        """The highest voucher number per fiscal year."""
        return dict(self._last_numbers)

    def forget(self, file_number: int) -> None:
        """Drop everything that was known of one file; numbers that were given stay given."""
        if file_number not in self._files:
            return
        self._files.discard(file_number)
        here = range(place(file_number, 0), place(file_number + 1, 0))
        copies = {reference: _outside(places, here) for reference, places in self._copies.items()}
        self._by_reference = {
            reference: where for reference, where in self._by_reference.items() if where not in here
        } | {reference: places[0] for reference, places in copies.items() if places}
        self._copies = {reference: places for reference, places in copies.items() if len(places) > 1}
        self._by_external_id = {key: where for key, where in self._by_external_id.items() if where not in here}
        for key, standing in list(self._receipts.items()):
            left = _outside(standing if isinstance(standing, tuple) else (standing,), here)
            if left:
                self._receipts[key] = left if len(left) > 1 else left[0]
            else:
                del self._receipts[key]

    def _key(self, external_id: str) -> int | str:
        """A small key for our own numbers, the text itself for anything else."""
        parts = voucher_parts(external_id)
        if parts is None or voucher_text(*parts) != external_id:
            return external_id
        year, number = parts
        return self._years.setdefault(year, len(self._years)) << _NUMBER_BITS | number
