"""Vendor matching: whom the books know behind an expense, before any invoice of theirs is drawn up.

A tagged vendor makes Pleo's supplier meaningless. The books are asked for one key after another; the first that names
exactly one vendor decides. https://developers.pleo.io/docs/current/integration-design/exports (accounts payable)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar, assert_never

from bilag.domain.export_item import ExportItem, Person, Supplier, Vendor
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.payables import BooksVendor, VendorKey, VendorQuery
from bilag.domain.plan import TraceStep
from bilag.domain.settings import ExportSettings
from bilag.rules.payables_mapping import Party

_Named = TypeVar("_Named", Vendor, Supplier, Person)
_Keys: TypeAlias = tuple[tuple[VendorKey, str, Callable[[_Named], str | None]], ...]

VendorAnswers: TypeAlias = Sequence[tuple[VendorQuery, tuple[BooksVendor, ...]]]

_DEFAULT_SOURCE: Final = "settings.bookkeeping.default_vendor"

# The order in which the books are asked.
_VENDOR_KEYS: Final[_Keys[Vendor]] = (
    (VendorKey.CODE, "vendor.code", lambda vendor: vendor.code),
    (VendorKey.EXTERNAL_ID, "vendor.externalId", lambda vendor: vendor.external_id),
    (VendorKey.TAX_REGISTRATION_NUMBER, "vendor.taxRegistrationNumber", lambda vendor: vendor.tax_registration_number),
)
_SUPPLIER_KEYS: Final[_Keys[Supplier]] = (
    (VendorKey.CODE, "supplier.code", lambda supplier: supplier.code),
    (VendorKey.ACCOUNT, "supplier.account", lambda supplier: supplier.account),
    (VendorKey.TAX_REGISTRATION_NUMBER, "supplier.taxIdentifier", lambda supplier: supplier.tax_identifier),
)
_EMPLOYEE_KEYS: Final[_Keys[Person]] = (
    (VendorKey.EMPLOYEE_CODE, "user.code", lambda user: user.code),
    (VendorKey.CODE, "user.code", lambda user: user.code),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorMatch:
    """The vendor and why it is that one, or the failure that leaves the item without."""

    vendor: BooksVendor | None = None
    trace: tuple[TraceStep, ...] = ()
    failures: tuple[Failure, ...] = ()


def vendor_queries(item: ExportItem, party: Party, settings: ExportSettings) -> tuple[VendorQuery, ...]:
    """What to ask the books for, in this order, until an answer decides; empty values are left out."""
    match party:
        case Party.SUPPLIER if item.vendor:
            return (*_queries(item.vendor, _VENDOR_KEYS), *_default(settings))
        case Party.SUPPLIER:
            return (*_queries(item.supplier, _SUPPLIER_KEYS), *_default(settings))
        case Party.EMPLOYEE:
            return tuple(_queries(item.user, _EMPLOYEE_KEYS))
        case _:
            assert_never(party)


def decides(vendors: tuple[BooksVendor, ...]) -> bool:
    """Whether this answer of the books settles the search; several vendors settle nothing."""
    return len(vendors) == 1


def match_vendor(item: ExportItem, party: Party, answers: VendorAnswers) -> VendorMatch:
    """The vendor of the first answer that decides; a failure where it is blocked, or where none decides.

    A blocked vendor is not replaced by a later one: somebody meant that nothing more is booked on it.
    """
    refused: list[str] = []
    for query, vendors in answers:
        if not decides(vendors):
            refused.append(f"{query.source}: {_tried(query, vendors)}")
            continue
        (vendor,) = vendors
        if vendor.blocked:
            return VendorMatch(failures=(_blocked(vendor, party, query),))
        return VendorMatch(vendor=vendor, trace=(_step(vendor, query, tuple(refused)),))
    return VendorMatch(failures=(_unknown(item, party, answers),))


def _queries(named: _Named | None, keys: _Keys[_Named]) -> Iterator[VendorQuery]:
    if named is None:
        return
    for key, source, value_of in keys:
        value = (value_of(named) or "").strip()
        if value:
            yield VendorQuery(key=key, value=value, source=source)


def _default(settings: ExportSettings) -> Iterator[VendorQuery]:
    if settings.default_vendor:
        yield VendorQuery(key=VendorKey.CODE, value=settings.default_vendor, source=_DEFAULT_SOURCE)


def _step(vendor: BooksVendor, query: VendorQuery, refused: tuple[str, ...]) -> TraceStep:
    because = f"the books know one vendor by this {_key_in_words(query)}"
    if query.source == _DEFAULT_SOURCE:
        because = "the expense leads to no vendor in the books, so the configured one serves"
    return TraceStep(
        subject="vendor",
        value=f"{vendor.number} {vendor.name}".strip(),
        rule="vendor matching",
        because=because,
        source=query.source,
        refused=refused,
    )


def _key_in_words(query: VendorQuery) -> str:
    return "default vendor" if query.source == _DEFAULT_SOURCE else query.key.replace("_", " ")


def _tried(query: VendorQuery, vendors: tuple[BooksVendor, ...]) -> str:
    """What was tried, and how many vendors it matches where that is the trouble."""
    several = f" matches {len(vendors)} vendors" if vendors else ""
    return f"{_key_in_words(query)} {query.value}{several}"


def _blocked(vendor: BooksVendor, party: Party, query: VendorQuery) -> Failure:
    remedy = "Unblock the vendor in the books, or choose another vendor in Pleo; then export the expense again."
    if party is Party.EMPLOYEE:
        remedy = "Unblock the employee as a vendor in the books, then export the expense again."
    elif query.source == _DEFAULT_SOURCE:
        remedy = "Unblock the vendor in the books, or name another default_vendor in [bookkeeping]."
    return Failure(
        code=FailureCode.VENDOR_BLOCKED,
        path=query.source,
        message=f"The vendor {vendor.number} {vendor.name} is blocked in the books.",
        remedy=remedy,
    )


def _unknown(item: ExportItem, party: Party, answers: VendorAnswers) -> Failure:
    path, who, keys = _whom(item, party)
    tried = ", ".join(_tried(query, vendors) for query, vendors in answers)
    if tried:
        found = "more than one vendor" if _several(answers) else "no vendor"
        message = f"The books have {found} for {who or 'this expense'} ({tried})."
    elif who:
        message = f"Pleo has no {keys} for {who}, so no vendor in the books could be found."
    else:
        named = "employee" if party is Party.EMPLOYEE else "vendor"
        message = f"The expense names no {named}, so no vendor in the books could be found."
    return Failure(code=FailureCode.VENDOR_UNKNOWN, path=path, message=message, remedy=_remedy(party, answers))


def _whom(item: ExportItem, party: Party) -> tuple[str, str, str]:
    """The field of Pleo's item, whom it names in words, and by what the books could have known them."""
    if party is Party.EMPLOYEE:
        return "user", f"the employee {item.user.name}" if item.user else "", "code"
    if item.vendor:
        return "vendor", f"the vendor {item.vendor.name}", "code, external id or tax registration number"
    name = item.supplier.name if item.supplier else None
    if not name:
        return "vendor", "", "code"
    return "supplier", f"the supplier {name}", "code, account or tax identifier"


def _remedy(party: Party, answers: VendorAnswers) -> str:
    if _several(answers):
        return (
            "Give the vendor in Pleo the code that the books know it by, or merge the vendors in the books; "
            "then export the expense again."
        )
    if party is Party.EMPLOYEE:
        return "Give the employee one code in Pleo and as a vendor in the books, then export the expense again."
    return (
        "Create the vendor in the books or choose another one in Pleo, then export the expense again; "
        "or name one that the books know as default_vendor in [bookkeeping]."
    )


def _several(answers: VendorAnswers) -> bool:
    return any(vendors for _, vendors in answers)
