"""Vendors that a connector is told of by its configuration, and how one of them is found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from bilag.domain.payables import BooksVendor, VendorKey, VendorQuery

# People write the spaces, dots and dashes of a tax number or leave them out.
_MARKS: Final = re.compile(r"[\s.\-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVendor:
    """A vendor in the books, or an employee whom they pay as one; an empty field matches nothing.

    `number` is what the books know the vendor by. `payable_account` empty means that it has none of its own.
    `settles_on_posting` lets the books pay each invoice of this vendor by themselves as it is posted.
    """

    number: str
    name: str = ""
    external_id: str = ""
    account: str = ""
    tax_registration_number: str = ""
    employee_code: str = ""
    payable_account: str = ""
    blocked: bool = False
    settles_on_posting: bool = False

    def in_books(self) -> BooksVendor:
        """The vendor as the books answer with it."""
        return BooksVendor(
            number=self.number,
            name=self.name,
            payable_account=self.payable_account,
            blocked=self.blocked,
            settles_on_posting=self.settles_on_posting,
        )


class VendorDirectory:
    """Known vendors by everything that they are found by, sorted out once."""

    def __init__(self, vendors: Iterable[KnownVendor]) -> None:
        self._found: dict[tuple[VendorKey, str], tuple[BooksVendor, ...]] = {}
        self._by_number: dict[str, BooksVendor] = {}
        for vendor in vendors:
            self._add(vendor)

    def matching(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        """Those with this value of this key, in their order; marks and case of a tax number do not count."""
        return self._found.get((query.key, _comparable(query.key, query.value)), ())

    def numbered(self, number: str) -> BooksVendor | None:
        """The vendor with this number, the last one where several have it."""
        return self._by_number.get(number)

    def _add(self, vendor: KnownVendor) -> None:
        in_books = self._by_number[vendor.number] = vendor.in_books()
        for key in VendorKey:
            if value := _comparable(key, _value(vendor, key)):
                self._found[key, value] = (*self._found.get((key, value), ()), in_books)


def matching_vendors(vendors: Iterable[KnownVendor], query: VendorQuery) -> tuple[BooksVendor, ...]:
    """What a directory of the vendors answers; for a single question."""
    return VendorDirectory(vendors).matching(query)


def _value(vendor: KnownVendor, key: VendorKey) -> str:
    match key:
        case VendorKey.CODE:
            return vendor.number
        case VendorKey.EXTERNAL_ID:
            return vendor.external_id
        case VendorKey.ACCOUNT:
            return vendor.account
        case VendorKey.TAX_REGISTRATION_NUMBER:
            return vendor.tax_registration_number
        case VendorKey.EMPLOYEE_CODE:
            return vendor.employee_code
        case _:
            assert_never(key)


def _comparable(key: VendorKey, value: str) -> str:
    if key is VendorKey.TAX_REGISTRATION_NUMBER:
        return _MARKS.sub("", value).casefold()
    return value
