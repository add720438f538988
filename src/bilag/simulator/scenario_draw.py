"""Draw one entry at random: from whom, for how much, in which currency, with which tax.

Everything comes from the generator that is handed in, so one state of it gives one entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from bilag.simulator.catalogue import EMPLOYEES, GUESTS, TAGS, WHOLE_UNIT_CURRENCIES, convert
from bilag.simulator.catalogue_suppliers import SUPPLIERS, Supplier
from bilag.simulator.catalogue_vendors import VENDORS
from bilag.simulator.receipts import ReceiptKind
from bilag.simulator.scenario_entry import VENDOR_TYPES, Entry, EntryLine, Invoice, Method
from bilag.simulator.scenario_tables import (
    BOUGHT_TYPES,
    CATEGORIES,
    DAYS,
    DAYS_COUNT,
    EITHER_SIGN_TYPES,
    ENTERTAINMENT_ACCOUNT,
    GUESTS_MAX,
    INVOICED_TYPES,
    JOURNAL_NAMED_SHARE,
    LINES_MAX,
    MOVED_WALLETS,
    NOTED_SHARE,
    NOTES,
    PAYING_WALLETS,
    REIMBURSEMENT_TYPES,
    SPLIT_SHARE,
    SPREAD_ACCOUNTS,
    SPREAD_DAYS,
    SPREAD_SHARE,
    SUPPLIED_MOVEMENT_TYPES,
    SUPPLIED_TYPES,
    TAGGED_SHARE,
    TYPES_WITHOUT_EMPLOYEE,
    VALUE_RANGES,
    VENDOR_NAMED_SHARE,
    WALLET_MOVEMENT_TYPES,
    EntryKind,
)

_Option = TypeVar("_Option")

_SECONDS_IN_DAY: Final = 86_400
_WEIGHT_MAX: Final = 9
_SUPPLIERS_WITH_NUMBER: Final = tuple(supplier for supplier in SUPPLIERS if supplier.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is settled before an entry is drawn.

    A `payable` entry goes through accounts payable if its kind can. `settled` are reconciliation ids that a
    reimbursement names.
    """

    kind: EntryKind
    payable: bool
    receipts: tuple[ReceiptKind, ...]
    settled: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bill:
    """What was bought, from whom, in which two currencies; `supplier` is None for a movement of money."""

    lines: tuple[EntryLine, ...]
    wallet_currency: str
    supplier_currency: str
    supplier: Supplier | None


def draw_entry(rng: Random, given: Circumstances) -> Entry:
    """An entry of the kind that is given."""
    kind = given.kind
    taggable = kind.type in VENDOR_TYPES & SUPPLIED_TYPES
    payable = given.payable and taggable
    bill = _bought(rng, kind, payable=payable) if kind.type in BOUGHT_TYPES else _moved(rng, kind)
    day = int(rng.random() * DAYS_COUNT)
    method = Method.ACCOUNTS_PAYABLE if payable else _method(rng, kind)
    vendor = VENDORS[bill.supplier.name] if taggable and bill.supplier is not None and bill.supplier.code else None
    account = bill.lines[0].account
    return Entry(
        type=kind.type,
        subtype=kind.subtype,
        date=f"{DAYS[day]}T{_time(rng)}Z",
        lines=bill.lines,
        wallet_currency=bill.wallet_currency,
        supplier_currency=bill.supplier_currency,
        supplier=bill.supplier.name if bill.supplier is not None else None,
        employee=None if kind.type in TYPES_WITHOUT_EMPLOYEE else _pick(rng, EMPLOYEES).code,
        note=_pick(rng, NOTES) if rng.random() < NOTED_SHARE else None,
        attendees=_guests(rng) if account == ENTERTAINMENT_ACCOUNT else (),
        reconciled_entries=given.settled if kind.type in REIMBURSEMENT_TYPES else (),
        service_period=_service_period(rng, day) if account in SPREAD_ACCOUNTS else (),
        invoice=_invoice(rng, day, kind) if kind.type in INVOICED_TYPES else None,
        method=method,
        vendor=vendor if payable or (method is not None and vendor and rng.random() < VENDOR_NAMED_SHARE) else None,
        receipts=given.receipts,
    )


def _pick(rng: Random, options: Sequence[_Option]) -> _Option:
    return options[int(rng.random() * len(options))]


def _bought(rng: Random, kind: EntryKind, *, payable: bool) -> _Bill:
    supplier = _pick(rng, _SUPPLIERS_WITH_NUMBER if payable else SUPPLIERS)
    # Squared, small amounts come more often than large ones.
    spread = rng.random() ** 2
    step = 100 if supplier.currency in WHOLE_UNIT_CURRENCIES else 1
    supplier_value = supplier.price_min + int(spread * (supplier.price_max - supplier.price_min)) // step * step
    wallet_currency = _pick(rng, PAYING_WALLETS[supplier.currency])
    wallet_value = supplier_value
    if wallet_currency != supplier.currency:
        wallet_value = convert(supplier_value, supplier.currency, wallet_currency)
    if kind.type in EITHER_SIGN_TYPES and rng.random() < 0.5:  # noqa: PLR2004 -- half of them
        wallet_value, supplier_value = -wallet_value, -supplier_value
    return _Bill(
        lines=_split(rng, supplier, wallet_value, supplier_value),
        wallet_currency=wallet_currency,
        supplier_currency=supplier.currency,
        supplier=supplier,
    )


def _split(rng: Random, supplier: Supplier, wallet_value: int, supplier_value: int) -> tuple[EntryLine, ...]:
    """One line, or up to LINES_MAX; the last line takes the remainder, so that they add up exactly."""
    if rng.random() >= SPLIT_SHARE:
        return (_line(rng, supplier, wallet_value, supplier_value),)
    weights = [1 + int(rng.random() * _WEIGHT_MAX) for _ in range(2 + int(rng.random() * (LINES_MAX - 1)))]
    step = 100 if supplier.currency in WHOLE_UNIT_CURRENCIES else 1
    lines, weight_all = [], sum(weights)
    wallet_rest, supplier_rest = wallet_value, supplier_value
    for weight in weights[:-1]:
        wallet_part = wallet_value * weight // weight_all
        supplier_part = supplier_value * weight // (weight_all * step) * step
        lines.append(_line(rng, supplier, wallet_part, supplier_part))
        wallet_rest -= wallet_part
        supplier_rest -= supplier_part
    return (*lines, _line(rng, supplier, wallet_rest, supplier_rest))


def _line(rng: Random, supplier: Supplier, wallet_value: int, supplier_value: int) -> EntryLine:
    return EntryLine(
        wallet_value=wallet_value,
        supplier_value=supplier_value,
        account=_pick(rng, supplier.accounts),
        tax_code=_pick(rng, supplier.tax_codes) if supplier.tax_codes else None,
        tags=_tags(rng),
    )


def _tags(rng: Random) -> tuple[str, ...]:
    """No tag, one, or two of different dimensions."""
    if rng.random() >= TAGGED_SHARE:
        return ()
    first, second = _pick(rng, TAGS), _pick(rng, TAGS)
    return (first.code, second.code) if first.group_code != second.group_code else (first.code,)


def _moved(rng: Random, kind: EntryKind) -> _Bill:
    """Money that moves between accounts, or an expense that has no supplier: one line, without tax."""
    value_min, value_max = VALUE_RANGES[kind.type]
    value = value_min + int(rng.random() ** 2 * (value_max - value_min))
    account = CATEGORIES.get((kind.type, kind.subtype))
    wallet_currency = _pick(rng, MOVED_WALLETS)
    line = EntryLine(
        wallet_value=value,
        supplier_value=value,
        account=account,
        tags=_tags(rng) if account is not None else (),
    )
    return _Bill(
        lines=(line,),
        wallet_currency=wallet_currency,
        supplier_currency=wallet_currency,
        supplier=_pick(rng, _SUPPLIERS_WITH_NUMBER) if kind.type in SUPPLIED_MOVEMENT_TYPES else None,
    )


def _method(rng: Random, kind: EntryKind) -> Method | None:
    if rng.random() >= JOURNAL_NAMED_SHARE:
        return None
    return Method.NONE if kind.type in WALLET_MOVEMENT_TYPES else Method.JOURNAL


def _time(rng: Random) -> str:
    minutes, second = divmod(int(rng.random() * _SECONDS_IN_DAY), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def _guests(rng: Random) -> tuple[str, ...]:
    first = int(rng.random() * (len(GUESTS) - GUESTS_MAX))
    return GUESTS[first : first + 1 + int(rng.random() * GUESTS_MAX)]


def _service_period(rng: Random, day: int) -> tuple[str, ...]:
    if rng.random() >= SPREAD_SHARE:
        return ()
    return DAYS[day], DAYS[day + _pick(rng, SPREAD_DAYS)]


def _invoice(rng: Random, day: int, kind: EntryKind) -> Invoice:
    return Invoice(
        number=f"F{10_000 + int(rng.random() * 90_000)}",
        day=DAYS[day],
        due_day=DAYS[day + 30],
        status="paid",
        paid_day=None if kind.type in BOUGHT_TYPES else DAYS[day],
    )
