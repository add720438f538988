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


def matching_vendors(vendors: Iterable[KnownVendor], query: VendorQuery) -> tuple[BooksVendor, ...]:
    """Those with this value of this key, in their order; marks and case of a tax number do not count."""
    wanted = _comparable(query.key, query.value)
    if not wanted:
        return ()
    return tuple(v.in_books() for v in vendors if _comparable(query.key, _value(v, query.key)) == wanted)


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
