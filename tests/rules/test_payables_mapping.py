from typing import NamedTuple

import pytest

from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType
from bilag.domain.export_item import ExportItem, Unrecognised, Vendor
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.ledger import DocumentKind, Side
from bilag.domain.money import Money
from bilag.domain.payables import VendorDocument
from bilag.rules.expense_type_mapping import ALWAYS_JOURNAL, EXPENSE_TYPE_MAPPING
from bilag.rules.payables_mapping import OWES_NO_VENDOR, PAYABLES_MAPPING, owes_no_vendor, payable_row
from tests.builders import a_line, an_item, settings_with
from tests.rules.books_for_planning import PAYABLE_BOOKS, BooksForPlanning, planned
from tests.rules.plan_reading import legs

INVOICE, CREDIT, PAYMENT = "vendor_invoice", "vendor_credit_note", "vendor_payment"
EXPENSE, WALLET, PAYROLL, PAYABLE = "6010", "1910", "1940", "2440"


class Row(NamedTuple):
    """What a positive amount becomes: the bill, the payment's direction, and the account of the money.

    A negative amount turns both, unless the type names its direction.
    """

    type: str
    subtype: str | None
    vendor: str
    bill: str
    paid: str
    money: str
    negative: str

    def item(self, *amounts: str) -> ExportItem:
        """An item of this type with one line per amount, whose vendor and employee the books know."""
        return an_item(
            *(a_line(amount) for amount in amounts),
            type=ExpenseType(self.type),
            subtype=ExpenseSubtype(self.subtype) if self.subtype else None,
            method=BookkeepingMethod.ACCOUNTS_PAYABLE,
            vendor=Vendor(id="v", name="Gadget Store", default_currency="DKK", code="V1001"),
        )


TABLE = [
    Row("card_purchase", None, "V1001", INVOICE, "out", WALLET, "turns"),
    Row("card_invoice", None, "V1001", INVOICE, "out", WALLET, "turns"),
    Row("fee", None, "V1001", INVOICE, "out", WALLET, "turns"),
    Row("fee", "interest", "V1001", INVOICE, "out", WALLET, "turns"),
    Row("cashback", None, "V1001", CREDIT, "in", WALLET, "stays"),
    Row("refund", None, "V1001", CREDIT, "in", WALLET, "stays"),
    Row("chargeback", None, "V1001", CREDIT, "in", WALLET, "stays"),
    Row("invoice", None, "V1001", INVOICE, "", "", "turns"),
    Row("invoice_payment", None, "V1001", "", "out", WALLET, "turns"),
    Row("invoice_payment", "invoice_payment_sent", "V1001", "", "out", WALLET, "stays"),
    Row("invoice_payment", "invoice_payment_returned", "V1001", "", "in", WALLET, "stays"),
    Row("out_of_pocket", None, "M007", INVOICE, "", "", "turns"),
    Row("mileage", None, "M007", INVOICE, "", "", "turns"),
    Row("per_diem", None, "M007", INVOICE, "", "", "turns"),
    Row("direct_reimbursement", None, "M007", "", "out", WALLET, "turns"),
    Row("direct_reimbursement", "reimbursement_to_employee", "M007", "", "out", WALLET, "stays"),
    Row("direct_reimbursement", "reimbursement_to_employee_refund", "M007", "", "in", WALLET, "stays"),
    Row("external_reimbursement", None, "M007", "", "out", PAYROLL, "turns"),
    Row("external_reimbursement", "reimbursement_to_employee", "M007", "", "out", PAYROLL, "stays"),
    Row("external_reimbursement", "reimbursement_to_employee_refund", "M007", "", "in", PAYROLL, "stays"),
]
ALWAYS_JOURNAL_ROWS = [
    ("atm_withdrawal", None),
    ("personal_spend", None),
    ("direct_reimbursement", "reimbursement_to_company"),
    ("external_reimbursement", "reimbursement_to_company"),
    ("wallet_topup", None),
    ("wallet_unload", None),
]
each_row = pytest.mark.parametrize("row", TABLE, ids=[f"{row.type}-{row.subtype}" for row in TABLE])
SETTINGS = settings_with()


async def drawn(item: ExportItem) -> tuple[VendorDocument, ...]:
    """The vendor documents of the item, in books that know its vendor and its employee."""
    plan = await planned(item, SETTINGS, known_books())
    assert not plan.failures, [failure.message for failure in plan.failures]
    assert plan.method is BookkeepingMethod.ACCOUNTS_PAYABLE
    return tuple(document for document in plan.documents if isinstance(document, VendorDocument))


def known_books() -> BooksForPlanning:
    """Books with the vendor V1001 and the employee M007, who is also a vendor."""
    return BooksForPlanning(can=PAYABLE_BOOKS, known_vendors=(KnownVendor(number="V1001"), KnownVendor(number="M007")))


def told(document: VendorDocument) -> list[str]:
    """Kind and postings of the document: "vendor_payment", "debit 2440 125.00 DKK"."""
    return [document.kind, *sorted(f"{p.side} {p.account} {p.amount}" for p in document.postings)]


def expected(row: Row, *, turned: bool) -> list[list[str]]:
    """The documents of 125.00 in the row's direction, or the other way round."""
    found = []
    if row.bill:
        invoice = (row.bill == INVOICE) is not turned
        debit, credit = (EXPENSE, PAYABLE) if invoice else (PAYABLE, EXPENSE)
        found.append([INVOICE if invoice else CREDIT, f"credit {credit} 125.00 DKK", f"debit {debit} 125.00 DKK"])
    if row.paid:
        debit, credit = (PAYABLE, row.money) if (row.paid == "out") is not turned else (row.money, PAYABLE)
        found.append([PAYMENT, f"credit {credit} 125.00 DKK", f"debit {debit} 125.00 DKK"])
    return found


@each_row
async def test_a_positive_amount_becomes_the_documents_of_its_row(row: Row) -> None:
    documents = await drawn(row.item("125.00 DKK"))
    assert [told(document) for document in documents] == expected(row, turned=False)
    assert {document.vendor.number for document in documents} == {row.vendor}


@each_row
async def test_a_negative_amount_turns_the_documents_unless_the_type_names_the_direction(row: Row) -> None:
    documents = await drawn(row.item("-125.00 DKK"))
    assert [told(document) for document in documents] == expected(row, turned=row.negative == "turns")


@each_row
@pytest.mark.parametrize("amounts", [("125.00 DKK",), ("-125.00 DKK",), ("100.00 DKK", "-20.00 DKK", "45.00 DKK")])
async def test_every_document_balances_and_a_pair_leaves_nothing_owed(row: Row, amounts: tuple[str, ...]) -> None:
    documents = await drawn(row.item(*amounts))
    assert all(document.total(Side.DEBIT) == document.total(Side.CREDIT) for document in documents)
    if len(documents) == 2:
        owed = Money.total((document.payable_amount for document in documents), documents[0].currency)
        assert owed.is_zero


@each_row
async def test_money_and_what_the_employee_laid_out_are_the_journals(row: Row) -> None:
    """Both ways of booking move the same money by the same amount: only what stands between differs."""
    item = row.item("125.00 DKK")
    journal = legs(await planned(an_item(type=item.type, subtype=item.subtype), SETTINGS))
    of_vendor = [posting for document in await drawn(item) for posting in told(document)[1:]]
    for account in (WALLET, PAYROLL, EXPENSE):
        assert [p for p in of_vendor if account in p] == [p for p in journal if account in p]


def test_every_row_of_the_journals_table_is_a_vendors_document_or_always_a_journal_entry() -> None:
    assert {(row.type, row.subtype) for row in TABLE} == set(PAYABLES_MAPPING)
    assert set(ALWAYS_JOURNAL_ROWS) == OWES_NO_VENDOR
    assert PAYABLES_MAPPING.keys() | OWES_NO_VENDOR == EXPENSE_TYPE_MAPPING.keys()
    assert not PAYABLES_MAPPING.keys() & OWES_NO_VENDOR
    assert {type_ for type_, _ in OWES_NO_VENDOR} >= ALWAYS_JOURNAL


@pytest.mark.parametrize(("type_", "subtype"), ALWAYS_JOURNAL_ROWS)
async def test_what_owes_no_vendor_is_a_journal_entry_although_pleo_says_accounts_payable(
    type_: str, subtype: str | None
) -> None:
    item = an_item(
        type=ExpenseType(type_),
        subtype=ExpenseSubtype(subtype) if subtype else None,
        method=BookkeepingMethod.ACCOUNTS_PAYABLE,
    )
    plan = await planned(item, SETTINGS, known_books())
    assert [document.kind for document in plan.documents] == [DocumentKind.JOURNAL_ENTRY]
    assert plan.method is BookkeepingMethod.JOURNAL
    assert (payable_row(item), owes_no_vendor(item)) == (None, True)


@pytest.mark.parametrize(
    "item",
    [
        an_item(type=Unrecognised("overdraft")),
        an_item(subtype=Unrecognised("sent_back")),
        an_item(subtype=ExpenseSubtype.INTEREST),
    ],
)
def test_what_no_table_knows_is_neither(item: ExportItem) -> None:
    assert (payable_row(item), owes_no_vendor(item)) == (None, False)
