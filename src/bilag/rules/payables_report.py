"""The open-items report: what is unpaid and unmatched, by vendor and age, held against the payable accounts' balances.

A positive amount is owed by us; a negative one is a payment or a credit note that nothing stands against yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bilag.domain.money import Currency, Money
from bilag.domain.payables import PayableBalance, PayableItem, PayableStatement


class AgeBand(StrEnum):
    """How long an item is overdue, by its due date, or by its posting date where it has none."""

    NOT_DUE = "not due"
    UP_TO_30 = "1-30 days"
    UP_TO_60 = "31-60 days"
    UP_TO_90 = "61-90 days"
    OVER_90 = "over 90 days"


_LAST_DAY: Final = ((0, AgeBand.NOT_DUE), (30, AgeBand.UP_TO_30), (60, AgeBand.UP_TO_60), (90, AgeBand.UP_TO_90))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedItem:
    """An open document with its age on the day of the report."""

    item: PayableItem
    overdue_days: int
    band: AgeBand


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorPayables:
    """One vendor on one payable account in one currency: open items, their sum, and the balance that it has to be.

    `vendor_number` is empty for what the account holds without naming a vendor, such as journal entries.
    """

    vendor_number: str
    vendor_name: str
    account: str
    open_total: Money
    balance: Money
    items: tuple[AgedItem, ...] = ()

    @property
    def currency(self) -> Currency:
        """The currency of every amount."""
        return self.balance.currency

    @property
    def difference(self) -> Money:
        """What the balance says beyond the open items; a vendor's has to be zero."""
        return self.balance - self.open_total

    @property
    def ties_out(self) -> bool:
        """Whether the open items explain the balance to the minor unit; what names no vendor has nothing to explain."""
        return not self.vendor_number or self.difference.is_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTotal:
    """One payable account in one currency: what vendors have open, what names no vendor, and the balance of it all."""

    account: str
    open_total: Money
    without_vendor: Money
    balance: Money

    @property
    def ties_out(self) -> bool:
        """Whether both parts add up to the balance."""
        return self.open_total + self.without_vendor == self.balance


@dataclass(frozen=True, slots=True, kw_only=True)
class PayablesReport:
    """The report of one day."""

    day: date
    vendors: tuple[VendorPayables, ...]
    totals: tuple[AccountTotal, ...]

    @property
    def ties_out(self) -> bool:
        """Whether every vendor's open items and every account's total agree with the books to the minor unit."""
        return all(vendor.ties_out for vendor in self.vendors) and all(total.ties_out for total in self.totals)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeTotals:
    """One currency: unpaid bills by age, and the payments that nothing stands against yet."""

    bills: Mapping[AgeBand, Money]
    unmatched_payments: Money


def age_totals(report: PayablesReport) -> tuple[AgeTotals, ...]:
    """What is open by age in every currency, in the order of their codes."""
    items = [aged for vendor in report.vendors for aged in vendor.items]
    currencies = sorted({aged.item.open_amount.currency for aged in items}, key=lambda currency: currency.code)
    return tuple(_age_totals([a for a in items if a.item.open_amount.currency == c], c) for c in currencies)


def _age_totals(items: Sequence[AgedItem], currency: Currency) -> AgeTotals:
    bills = {
        band: Money.total((a.item.open_amount for a in items if a.band is band and not a.item.is_payment), currency)
        for band in AgeBand
    }
    payments = Money.total((a.item.open_amount for a in items if a.item.is_payment), currency)
    return AgeTotals(bills=bills, unmatched_payments=payments)


_Place = tuple[str, str, Currency]


def payables_report(statement: PayableStatement, day: date) -> PayablesReport:
    """The open items of every vendor, oldest due first, against the balances of the accounts."""
    items: dict[_Place, list[AgedItem]] = {}
    for item in statement.open_items:
        place = (item.account, item.vendor.number, item.open_amount.currency)
        items.setdefault(place, []).append(_aged(item, day))
    balances = {(one.account, one.vendor_number, one.currency): one for one in statement.balances}
    vendors = [
        _vendor(place, items.get(place, []), balances.get(place))
        for place in sorted(items.keys() | balances.keys(), key=_order)
    ]
    shown = tuple(v for v in vendors if v.items or not v.balance.is_zero)
    return PayablesReport(day=day, vendors=shown, totals=_totals(vendors))


def age_band(overdue_days: int) -> AgeBand:
    """The band of so many days after the due date; zero or fewer is not due."""
    return next((band for last, band in _LAST_DAY if overdue_days <= last), AgeBand.OVER_90)


def _aged(item: PayableItem, day: date) -> AgedItem:
    overdue_days = (day - (item.due_date or item.posting_date)).days
    return AgedItem(item=item, overdue_days=overdue_days, band=age_band(overdue_days))


def _order(place: _Place) -> tuple[str, str, str]:
    account, vendor_number, currency = place
    return account, vendor_number, currency.code


def _vendor(place: _Place, items: list[AgedItem], balance: PayableBalance | None) -> VendorPayables:
    account, vendor_number, currency = place
    return VendorPayables(
        vendor_number=vendor_number,
        vendor_name=items[0].item.vendor.name if items else "",
        account=account,
        open_total=Money.total((aged.item.open_amount for aged in items), currency),
        balance=balance.balance if balance else Money.total((), currency),
        items=tuple(sorted(items, key=lambda aged: (-aged.overdue_days, aged.item.external_reference))),
    )


def _totals(vendors: Iterable[VendorPayables]) -> tuple[AccountTotal, ...]:
    places: dict[tuple[str, Currency], list[VendorPayables]] = {}
    for vendor in vendors:
        places.setdefault((vendor.account, vendor.currency), []).append(vendor)
    return tuple(
        AccountTotal(
            account=account,
            open_total=Money.total((v.open_total for v in here if v.vendor_number), currency),
            without_vendor=Money.total((v.balance for v in here if not v.vendor_number), currency),
            balance=Money.total((v.balance for v in here), currency),
        )
        for (account, currency), here in places.items()
    )
