from datetime import date, timedelta

import pytest

from bilag.domain.payables import BooksVendor, PayableBalance, PayableItem, PayableStatement
from bilag.rules.payables_report import AgeBand, age_band, age_totals, payables_report
from tests.builders import money
from tests.payable_builders import an_open_item

TODAY = date(2026, 11, 21)
BYGHUSET = BooksVendor(number="V1002", name="Byghuset")


def a_balance(balance: str, vendor: str = "V1001", account: str = "2440") -> PayableBalance:
    return PayableBalance(account=account, vendor_number=vendor, balance=money(balance))


def a_statement(*items: PayableItem, balances: tuple[PayableBalance, ...]) -> PayableStatement:
    return PayableStatement(open_items=items, balances=balances)


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-10, AgeBand.NOT_DUE),
        (0, AgeBand.NOT_DUE),
        (1, AgeBand.UP_TO_30),
        (30, AgeBand.UP_TO_30),
        (31, AgeBand.UP_TO_60),
        (60, AgeBand.UP_TO_60),
        (61, AgeBand.UP_TO_90),
        (90, AgeBand.UP_TO_90),
        (91, AgeBand.OVER_90),
    ],
)
def test_age_is_counted_from_the_day_after_the_due_date(days: int, band: AgeBand) -> None:
    assert age_band(days) is band
    item = an_open_item(due_date=TODAY - timedelta(days=days))
    (vendor,) = payables_report(a_statement(item, balances=(a_balance("100.00 DKK"),)), TODAY).vendors
    assert (vendor.items[0].overdue_days, vendor.items[0].band) == (days, band)


def test_item_without_a_due_date_is_as_old_as_its_posting() -> None:
    item = an_open_item(due_date=None, posting_date=TODAY - timedelta(days=40))
    (vendor,) = payables_report(a_statement(item, balances=()), TODAY).vendors
    assert vendor.items[0].band is AgeBand.UP_TO_60


def test_open_items_tie_to_the_balance_of_their_vendor_account_and_currency() -> None:
    items = (
        an_open_item("100.00 DKK"),
        an_open_item("-30.00 DKK", external_reference="payment"),
        an_open_item("7.00 EUR", external_reference="euro"),
        an_open_item("5.00 DKK", external_reference="other", vendor=BYGHUSET),
    )
    balances = (
        a_balance("70.00 DKK"),
        a_balance("7.00 EUR"),
        a_balance("5.00 DKK", "V1002"),
        a_balance("12.34 DKK", ""),
    )
    report = payables_report(a_statement(*items, balances=balances), TODAY)
    assert report.ties_out
    assert [(str(t.open_total), str(t.without_vendor), str(t.balance)) for t in report.totals] == [
        ("75.00 DKK", "12.34 DKK", "87.34 DKK"),
        ("7.00 EUR", "0.00 EUR", "7.00 EUR"),
    ]


@pytest.mark.parametrize("balance", ["99.99 DKK", "100.01 DKK", "0.00 DKK"])
def test_a_cent_between_open_items_and_balance_is_shown_and_does_not_tie_out(balance: str) -> None:
    report = payables_report(a_statement(an_open_item(), balances=(a_balance(balance),)), TODAY)
    assert not report.ties_out
    assert report.vendors[0].difference == money(balance) - money("100.00 DKK")


def test_balance_without_open_items_does_not_tie_out_and_open_items_without_balance_neither() -> None:
    assert not payables_report(a_statement(balances=(a_balance("1.00 DKK"),)), TODAY).ties_out
    assert not payables_report(a_statement(an_open_item(), balances=()), TODAY).ties_out


def test_settled_vendor_is_left_out_and_counts_in_the_total() -> None:
    report = payables_report(a_statement(balances=(a_balance("0.00 DKK"),)), TODAY)
    assert report.vendors == ()
    assert [str(total.balance) for total in report.totals] == ["0.00 DKK"]
    assert report.ties_out


def test_bills_are_added_up_by_age_and_payments_apart() -> None:
    items = [
        an_open_item("10.00 DKK", external_reference="a", due_date=TODAY),
        an_open_item("5.00 DKK", external_reference="b", due_date=TODAY - timedelta(days=45)),
        an_open_item("2.50 DKK", external_reference="c", due_date=TODAY - timedelta(days=46)),
        an_open_item("-3.00 DKK", external_reference="d"),
        an_open_item("1.00 EUR", external_reference="e", due_date=TODAY),
    ]
    kroner, euro = age_totals(payables_report(a_statement(*items, balances=()), TODAY))
    assert {band: str(amount) for band, amount in kroner.bills.items() if amount.minor} == {
        AgeBand.NOT_DUE: "10.00 DKK",
        AgeBand.UP_TO_60: "7.50 DKK",
    }
    assert str(kroner.unmatched_payments) == "-3.00 DKK"
    assert str(euro.bills[AgeBand.NOT_DUE]) == "1.00 EUR"


def test_oldest_due_comes_first() -> None:
    items = [
        an_open_item("1.00 DKK", external_reference=f"{days}", due_date=TODAY - timedelta(days=days))
        for days in (5, 90, -3)
    ]
    (vendor,) = payables_report(a_statement(*items, balances=(a_balance("3.00 DKK"),)), TODAY).vendors
    assert [aged.overdue_days for aged in vendor.items] == [90, 5, -3]
