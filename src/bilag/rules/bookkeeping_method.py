"""Bookkeeping method: journal entry or accounts payable, settled per item before any later stage.

https://developers.pleo.io/docs/current/integration-design/exports (bookkeeping method resolution)
"""

from dataclasses import dataclass
from typing import assert_never

from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.export_item import ExportItem, Unrecognised
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.plan import TraceStep
from bilag.domain.settings import ExportSettings, UnsetMethod
from bilag.rules.expense_type_mapping import ALWAYS_JOURNAL
from bilag.rules.payables_mapping import Party, owes_no_vendor, payable_row

_FIELD = "bookkeeping.method"
_EMPLOYEES = "settings.bookkeeping.employees_as_vendors"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResolution:
    """JOURNAL or ACCOUNTS_PAYABLE with its reason, or no method and the failures that prevent one."""

    method: BookkeepingMethod | None
    trace: tuple[TraceStep, ...] = ()
    failures: tuple[Failure, ...] = ()


def asks_vendor_search(item: ExportItem, settings: ExportSettings) -> bool:
    """Whether the resolution depends on finding the vendor or supplier among the vendors in the books."""
    row = payable_row(item)
    return (
        item.method is None
        and settings.method_when_unset is UnsetMethod.VENDOR_SEARCH
        and (item.vendor is not None or item.supplier is not None)
        and row is not None
        and row.party is Party.SUPPLIER
    )


def resolve_method(
    item: ExportItem,
    settings: ExportSettings,
    *,
    supported: frozenset[BookkeepingMethod],
    vendor_found: bool,
) -> MethodResolution:
    """The method for this item. `supported` is what the connector can book."""
    if item.type in ALWAYS_JOURNAL:
        return _journal(f"{item.type} is always a journal entry", "type")
    if isinstance(item.method, Unrecognised):
        return MethodResolution(method=None, failures=(_unknown_method(item.method),))
    if item.method is None:
        return _when_unset(item, settings, supported=supported, vendor_found=vendor_found)
    match item.method:
        case BookkeepingMethod.JOURNAL:
            return _journal("Pleo says journal", _FIELD)
        case BookkeepingMethod.NONE:
            return _journal("Pleo says none, which marks a movement that owes nobody", _FIELD)
        case BookkeepingMethod.ACCOUNTS_PAYABLE if owes_no_vendor(item):
            return _journal("a movement of this type owes no vendor, whatever the method says", "type, subType")
        case BookkeepingMethod.ACCOUNTS_PAYABLE if BookkeepingMethod.ACCOUNTS_PAYABLE in supported:
            return _payable("Pleo says accounts_payable", _FIELD)
        case BookkeepingMethod.ACCOUNTS_PAYABLE:
            return MethodResolution(method=None, failures=(_not_supported(),))
        case _:
            assert_never(item.method)


def _when_unset(
    item: ExportItem,
    settings: ExportSettings,
    *,
    supported: frozenset[BookkeepingMethod],
    vendor_found: bool,
) -> MethodResolution:
    row = payable_row(item)
    if row is not None and row.party is Party.EMPLOYEE and settings.employees_as_vendors:
        if BookkeepingMethod.ACCOUNTS_PAYABLE not in supported:
            return MethodResolution(method=None, failures=(_employees_not_supported(),))
        return _payable("the settings book employees as vendors", _EMPLOYEES)
    match settings.method_when_unset:
        case UnsetMethod.JOURNAL:
            return _journal(
                "Pleo sends no method and the settings say journal then", "settings.bookkeeping.method_when_unset"
            )
        case UnsetMethod.VENDOR_SEARCH:
            return _searched(item, supported=supported, vendor_found=vendor_found)
        case _:
            assert_never(settings.method_when_unset)


def _searched(item: ExportItem, *, supported: frozenset[BookkeepingMethod], vendor_found: bool) -> MethodResolution:
    row = payable_row(item)
    if row is None or row.party is Party.EMPLOYEE:
        return _journal("Pleo sends no method, and a movement of this type has no supplier", "type, subType")
    if item.vendor is None and item.supplier is None:
        return _journal("Pleo sends no method and no supplier to search for", "supplier")
    named = "vendor" if item.vendor else "supplier"
    if not vendor_found:
        return _journal(f"not exactly one vendor in the books matches the {named}", named)
    if BookkeepingMethod.ACCOUNTS_PAYABLE not in supported:
        return _journal("a vendor matches, but this connector books no payables", named)
    return _payable(f"a vendor in the books matches the {named}", named)


def _journal(because: str, source: str) -> MethodResolution:
    return MethodResolution(
        method=BookkeepingMethod.JOURNAL, trace=(_step(BookkeepingMethod.JOURNAL, because, source),)
    )


def _payable(because: str, source: str) -> MethodResolution:
    method = BookkeepingMethod.ACCOUNTS_PAYABLE
    return MethodResolution(method=method, trace=(_step(method, because, source),))


def _step(method: BookkeepingMethod, because: str, source: str) -> TraceStep:
    return TraceStep(subject="method", value=method, rule="bookkeeping method", because=because, source=source)


def _unknown_method(method: Unrecognised) -> Failure:
    return Failure(
        code=FailureCode.ITEM_METHOD_UNKNOWN,
        path=_FIELD,
        message=f'Pleo sends the bookkeeping method "{method.text}", which this version of bilag does not know.',
        remedy="Update bilag, or book this expense by hand and mark it so in Pleo.",
    )


def _not_supported() -> Failure:
    return Failure(
        code=FailureCode.METHOD_NOT_SUPPORTED,
        path=_FIELD,
        message="This accounting system takes no accounts payable, so this expense was not booked.",
        remedy="Set the bookkeeping method of this expense to journal in Pleo and export it again.",
    )


def _employees_not_supported() -> Failure:
    return Failure(
        code=FailureCode.METHOD_NOT_SUPPORTED,
        path=_EMPLOYEES,
        message="This accounting system takes no accounts payable, so employees can't be booked as vendors.",
        remedy="Set employees_as_vendors = false in [bookkeeping], then export the expense again.",
    )
