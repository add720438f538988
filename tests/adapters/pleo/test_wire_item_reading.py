import json
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.wire_item_reading import LINK_CHARACTERS_MAX, item_of
from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType, TaxType
from bilag.domain.export_item import (
    AmountPair,
    BankAccount,
    ExportItem,
    InvoiceInformation,
    ItemFile,
    MalformedItem,
    MappedAccount,
    Person,
    ServicePeriod,
    Supplier,
    Tag,
    Unrecognised,
    Vendor,
)
from bilag.domain.failure import FailureCode
from bilag.domain.money import Currency, Money
from tests.adapters.pleo.samples import COMPANY, ENTRY, a_line, an_amount, an_item, as_json

EUR = Currency("EUR")


def read(document: object) -> ExportItem | MalformedItem:
    return item_of(msgspec.Raw(as_json(document)))


def sound(**changes: object) -> ExportItem:
    item = read(an_item(**changes))
    assert isinstance(item, ExportItem), item
    return item


def euro(minor: int) -> AmountPair:
    return AmountPair(wallet=Money(minor, EUR), supplier=Money(minor, EUR))


def test_every_field_arrives_in_our_words() -> None:
    item = sound()

    assert (item.entry_id, item.company_id, item.reconciliation_id) == (ENTRY, COMPANY, "R-1")
    assert item.type is ExpenseType.CARD_PURCHASE
    assert item.method is BookkeepingMethod.JOURNAL
    assert item.subtype is None
    assert item.date == datetime(2026, 3, 1, 10, 11, 12, tzinfo=UTC)
    assert item.amount == euro(12500)
    assert item.contra_account == MappedAccount(id="account-2", name="Wallet", code="1920")
    assert item.note == "Lunch"
    assert item.supplier == Supplier(name="Kaffe AS", country="NO")
    assert item.vendor == Vendor(id="vendor-1", name="Kaffe", default_currency="NOK", code="V1")
    assert item.user == Person(id="user-1", name="Ann", code="7")
    assert item.team == Person(id="team-1", name="Sales")
    assert item.service_period == ServicePeriod(start=date(2026, 3, 1), end=date(2026, 3, 31))
    assert item.attendees == ("Ann", "Bo")
    assert item.reconciled_entries == ("entry-9",)
    assert item.web_link == "https://app.example/expenses/1"
    assert item.unreadable == ()


def test_line_arrives_with_account_tax_and_tags() -> None:
    (line,) = sound().lines

    assert (line.amount, line.net_amount) == (euro(12500), euro(10000))
    assert line.account is not None
    assert line.account.number == "4000"
    assert line.tax is not None
    assert (line.tax.type, line.tax.rate, line.tax.amount) == (TaxType.INCLUSIVE, Decimal("0.25"), euro(2500))
    assert (line.tax.code, line.tax.ingoing_account, line.tax.outgoing_account) == ("I25", "2640", "2610")
    assert line.tags == (Tag(id="tag-1", code="OSL", group_code="OFFICE"),)


def test_invoice_arrives_with_plain_days() -> None:
    assert sound().invoice == InvoiceInformation(
        number="INV-7",
        invoice_date=date(2026, 2, 27),
        status="paid",
        due_date=date(2026, 3, 27),
        supplier_bank_account=BankAccount(bank_name="Bank", country="NO", iban="NO93"),
    )


OPTIONAL = [
    "_links",
    "subType",
    "bookkeeping",
    "contraAccount",
    "note",
    "supplier",
    "vendor",
    "user",
    "team",
    "servicePeriod",
    "files",
]


@pytest.mark.parametrize("field", OPTIONAL)
def test_null_and_missing_are_the_same(field: str) -> None:
    without = an_item()
    del without[field]

    missing = read(without)

    assert isinstance(missing, ExportItem)
    assert missing == sound(**{field: None})
    assert not missing.unreadable


def test_line_may_come_without_account_tax_and_tags() -> None:
    bare = {key: a_line()[key] for key in ("accountingEntryLineId", "lineAmount", "netAmount")}

    (line,) = sound(accountingEntryLines=[bare]).lines

    assert (line.account, line.tax, line.tags) == (None, None, ())


def test_item_without_lines_is_read() -> None:
    assert sound(accountingEntryLines=[]).lines == ()


def test_unknown_field_is_passed_over() -> None:
    assert sound(novelty={"deep": [1, 2]}) == sound()


def test_unknown_word_is_kept_by_its_text() -> None:
    line = a_line(tax={**a_line()["tax"], "type": "compound"})

    item = sound(type="crypto", subType="odd", bookkeeping={"method": "barter"}, accountingEntryLines=[line])

    assert item.type == Unrecognised("crypto")
    assert item.subtype == Unrecognised("odd")
    assert item.method == Unrecognised("barter")
    assert item.lines[0].tax is not None
    assert item.lines[0].tax.type == Unrecognised("compound")


@pytest.mark.parametrize("word", list(ExpenseType))
def test_every_expense_type_is_known(word: ExpenseType) -> None:
    assert sound(type=word.value).type is word


@pytest.mark.parametrize("word", list(ExpenseSubtype))
def test_every_expense_subtype_is_known(word: ExpenseSubtype) -> None:
    assert sound(subType=word.value).subtype is word


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ({"web": {"href": "https://app.example/1"}}, "https://app.example/1"),
        ({"web": "https://app.example/2"}, "https://app.example/2"),
        ({"web": {"exportItem": "https://app.example/3", "a": "https://app.example/4"}}, "https://app.example/3"),
        ({"web": {"other": "https://app.example/5"}}, "https://app.example/5"),
        ({"web": {"href": "javascript:alert(1)", "exportItem": "https://app.example/6"}}, "https://app.example/6"),
        ({"web": "javascript:alert(1)"}, None),
        ({"web": {"href": 5}}, None),
        ({"web": ["https://app.example/7"]}, None),
        ({"api": {"exportItem": "https://app.example/8"}}, None),
        ({"web": "https://app.example/" + "x" * LINK_CHARACTERS_MAX}, None),
        ("https://app.example/9", None),
        (None, None),
        (1e9, None),
    ],
)
def test_web_link_is_found_wherever_it_stands(links: object, found: str | None) -> None:
    assert sound(_links=links).web_link == found


def test_links_of_every_face_are_kept() -> None:
    links = {face: {"exportItem": f"https://{face}.example/1"} for face in ("web", "mobile", "api")}
    item = sound(_links=links)
    assert (item.web_link, item.mobile_link, item.api_link) == (
        "https://web.example/1",
        "https://mobile.example/1",
        "https://api.example/1",
    )


def test_receipt_needs_only_an_address() -> None:
    files = [{"url": "https://files.example/a"}, None, {"url": "https://files.example/b", "type": "x/y", "size": 7}]

    assert sound(files=files).files == (
        ItemFile(url="https://files.example/a", position=0),
        ItemFile(url="https://files.example/b", position=2, content_type="x/y", size_bytes=7),
    )


@pytest.mark.parametrize("size", ["2084", -1, 0, 1.5, None, True, [], 10**30])
@pytest.mark.parametrize("kind", [5, None, "", []])
def test_odd_size_or_type_of_a_receipt_counts_as_unknown(size: object, kind: object) -> None:
    (file,) = sound(files=[{"url": "u", "type": kind, "size": size}]).files

    assert (file.content_type, file.size_bytes) == (None, None)


@pytest.mark.parametrize("country", ["UNDEFINED", "", None])
def test_country_that_says_nothing_is_none(country: str | None) -> None:
    assert sound(supplier={"name": "x", "country": country}).supplier == Supplier(name="x")


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        (89696, "EUR", 89696),
        (-89696, "EUR", -89696),
        (150000, "JPY", 1500),
        (896965, "KWD", 8969650),
        (0.5, "KWD", 5),
        (0, "EUR", 0),
        (10**12, "EUR", 10**12),
        (999999999999999999, "EUR", 999999999999999999),
    ],
)
def test_hundredths_become_minor_units_exactly(value: float, currency: str, minor: int) -> None:
    assert sound(amount=an_amount(value, currency)).amount.wallet == Money(minor, Currency(currency))


@given(st.integers(-(10**17), 10**17))
def test_any_amount_is_exact(hundredths: int) -> None:
    for text in (str(hundredths), f"{hundredths}.0", f"{hundredths}.00"):
        document = json.dumps(an_item(amount=an_amount("AMOUNT"))).replace('"AMOUNT"', text)

        item = item_of(msgspec.Raw(document.encode()))

        assert isinstance(item, ExportItem)
        assert item.amount == euro(hundredths)


@pytest.mark.parametrize(("value", "currency"), [(1.5, "EUR"), (150050, "JPY"), (0.1, "USD"), (0.05, "KWD")])
def test_amount_finer_than_its_currency_makes_the_item_unreadable(value: float, currency: str) -> None:
    item = sound(accountingEntryLines=[a_line(), a_line(lineAmount=an_amount(value, currency))])

    assert {(failure.code, failure.path) for failure in item.unreadable} == {
        (FailureCode.AMOUNT_INEXACT, "accountingEntryLines[1].lineAmount.inWalletCurrency.value"),
        (FailureCode.AMOUNT_INEXACT, "accountingEntryLines[1].lineAmount.inSupplierCurrency.value"),
    }


@pytest.mark.parametrize("currency", ["UNDEFINED", "eur", "", "EURO", "XXX", "€"])
def test_unknown_currency_makes_the_item_unreadable(currency: str) -> None:
    item = sound(amount={**an_amount(), "inSupplierCurrency": {"currency": currency, "value": 1}})

    (failure,) = item.unreadable
    assert (failure.code, failure.path) == (FailureCode.CURRENCY_UNKNOWN, "amount.inSupplierCurrency.currency")


def test_every_unreadable_value_is_collected_in_one_pass() -> None:
    more = an_item()["additionalInformation"]
    invoice = {**more["invoiceInformation"], "invoiceDate": "soon", "dueDate": "2026-02-30"}

    item = sound(
        date="2026-02-30T10:00:00Z",
        amount=an_amount(1.5),
        servicePeriod={"from": "x", "to": "2026-03-31"},
        additionalInformation={**more, "invoiceInformation": invoice},
    )

    assert [(failure.code, failure.path) for failure in item.unreadable] == [
        (FailureCode.DATE_IMPOSSIBLE, "date"),
        (FailureCode.AMOUNT_INEXACT, "amount.inWalletCurrency.value"),
        (FailureCode.AMOUNT_INEXACT, "amount.inSupplierCurrency.value"),
        (FailureCode.DATE_IMPOSSIBLE, "servicePeriod.from"),
        (FailureCode.DATE_IMPOSSIBLE, "additionalInformation.invoiceInformation.invoiceDate"),
        (FailureCode.DATE_IMPOSSIBLE, "additionalInformation.invoiceInformation.dueDate"),
    ]
    assert all(failure.message and failure.remedy for failure in item.unreadable)


def test_company_of_the_item_is_kept() -> None:
    assert sound(companyId="other").company_id == "other"


def test_key_that_stands_twice_counts_with_its_last_value() -> None:
    document = as_json(an_item())[:-1] + b', "note": "last"}'

    item = item_of(msgspec.Raw(document))

    assert isinstance(item, ExportItem)
    assert item.note == "last"


@pytest.mark.parametrize("entry_id", ["", "  "])
def test_item_with_an_empty_id_is_malformed(entry_id: str) -> None:
    item = read(an_item(accountingEntryId=entry_id))

    assert isinstance(item, MalformedItem)
    assert [failure.path for failure in item.failures] == ["accountingEntryId"]
