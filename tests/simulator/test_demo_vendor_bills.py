"""Which payment meets which invoice in the demo: every case of accounts payable over two jobs, on the raw items."""

from datetime import date
from typing import Any, Final

from tests.simulator.demo_items import NOVEMBER, OCTOBER, currency, invoice_number, items_of, value, vendor_name

LAST_DAY: Final = date(2026, 11, 20)


def of_type(kind: str, *positions: int) -> list[Any]:
    return [item for item in items_of(*positions).values() if item["type"] == kind]


def bill(number: str, *positions: int) -> Any:
    (found,) = [item for item in of_type("invoice", *positions) if invoice_number(item) == number]
    return found


def payments(number: str, *positions: int) -> list[Any]:
    return [item for item in of_type("invoice_payment", *positions) if invoice_number(item) == number]


def due_day(item: Any) -> date:
    return date.fromisoformat(item["additionalInformation"]["invoiceInformation"]["dueDate"][:10])


def test_every_bill_and_every_payment_goes_through_accounts_payable_with_vendor_number_and_due_date() -> None:
    movements = [
        *of_type("invoice", OCTOBER, NOVEMBER),
        *of_type("invoice_payment", OCTOBER, NOVEMBER),
        *of_type("card_invoice", OCTOBER, NOVEMBER),
    ]
    assert len(movements) == 21
    for item in movements:
        assert item["bookkeeping"] == {"method": "accounts_payable"}
        assert vendor_name(item) == item["supplier"]["name"]
        assert invoice_number(item)
        assert due_day(item) > date(2026, 10, 1)


def test_every_payment_has_its_bill_of_the_same_vendor_and_no_number_is_used_for_two_bills() -> None:
    bills = of_type("invoice", OCTOBER, NOVEMBER)
    by_number = {invoice_number(item): item for item in bills}

    assert len(by_number) == len(bills)
    for payment in of_type("invoice_payment", OCTOBER, NOVEMBER):
        assert vendor_name(payment) == vendor_name(by_number[invoice_number(payment)])


def test_a_bill_of_october_is_paid_exactly_in_november() -> None:
    (payment,) = payments("R-2026-1214", NOVEMBER)
    assert value(payment) == value(bill("R-2026-1214", OCTOBER))


def test_a_bill_is_paid_in_part() -> None:
    (payment,) = payments("MV 4533", OCTOBER, NOVEMBER)
    assert 2 * value(payment) == value(bill("MV 4533", OCTOBER))


def test_a_bill_is_paid_with_a_little_too_much() -> None:
    (payment,) = payments("PK-55120", OCTOBER, NOVEMBER)
    assert value(payment) - value(bill("PK-55120", OCTOBER)) == 50


def test_a_bill_stays_open_and_is_overdue_and_two_of_november_are_not_yet_due() -> None:
    assert not payments("2026-88104", OCTOBER, NOVEMBER)
    assert due_day(bill("2026-88104", OCTOBER)) < LAST_DAY
    for number in ("L-702977", "TR-20611"):
        assert not payments(number, OCTOBER, NOVEMBER)
        assert due_day(bill(number, NOVEMBER)) > LAST_DAY


def test_a_payment_comes_before_its_bill_in_the_same_job_and_another_a_job_ahead() -> None:
    (same_job,) = payments("L-700412", OCTOBER)
    assert same_job["date"] < bill("L-700412", OCTOBER)["date"]
    assert value(same_job) == value(bill("L-700412", OCTOBER))

    (ahead,) = payments("88391", OCTOBER)
    assert value(ahead) == value(bill("88391", NOVEMBER))


def test_a_payment_comes_back_a_job_later() -> None:
    (sent,), (returned,) = payments("T-20417", OCTOBER), payments("T-20417", NOVEMBER)

    assert (sent["subType"], returned["subType"]) == ("invoice_payment_sent", "invoice_payment_returned")
    assert value(sent) == value(returned) == value(bill("T-20417", OCTOBER))


def test_a_bill_in_kroner_is_paid_from_the_euro_wallet() -> None:
    (payment,) = payments("FA-118204", OCTOBER, NOVEMBER)
    paid_for = bill("FA-118204", OCTOBER)

    assert (currency(payment), currency(paid_for)) == ("EUR", "DKK")
    assert payment["amount"]["inSupplierCurrency"] == paid_for["amount"]["inSupplierCurrency"]


def test_a_bill_from_abroad_is_paid_in_its_own_currency_by_a_payment_that_names_it() -> None:
    (payment,) = payments("2026/1187", NOVEMBER)
    paid_for = bill("2026/1187", OCTOBER)

    assert payment["additionalInformation"]["reconciledEntries"] == [
        paid_for["additionalInformation"]["reconciliationId"]
    ]
    assert (value(payment), currency(payment)) == (value(paid_for), currency(paid_for)) == (1_860_00, "EUR")
    assert {line["tax"]["type"] for line in paid_for["accountingEntryLines"]} == {"reverse"}
