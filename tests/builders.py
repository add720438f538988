"""Values for tests: every builder starts from a plain, bookable case, and a test names what differs."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import AmountPair, ExportItem, ExportLine, LineTax, MappedAccount, Person, Supplier, Tag
from bilag.domain.money import Currency, Money
from bilag.domain.period import PostingDate
from bilag.domain.posting_record import ItemOutcome
from bilag.domain.settings import AccountSettings, CurrencyAccount, ExportSettings, TaxStyle

COMPANY: Final = "4b1f0c5e-6a51-4c27-9d0f-2f6f0d9d1a01"
ENTRY: Final = "8d2c9b34-1f9e-4c1c-8a57-3f0a6a1d7701"
RECONCILIATION: Final = "rec-2026-10-0001"

OFFICE: Final = MappedAccount(id="5e1d1c1e-0000-4000-8000-000000000001", name="Office supplies", code="6010")
TRAVEL: Final = MappedAccount(id="5e1d1c1e-0000-4000-8000-000000000002", name="Travel", code="6110")

DKK: Final = Currency("DKK")
EUR: Final = Currency("EUR")

ALL_ACCOUNTS: Final = AccountSettings(
    wallet="1910",
    out_of_pocket="2890",
    contra="1930",
    external_reimbursement="1940",
    accounts_payable="2440",
    input_tax="2640",
    output_tax="2610",
)


def money(text: str) -> Money:
    """What the text says: "125.00 DKK", "-1500 JPY"."""
    amount, _, code = text.partition(" ")
    return Money.from_decimal(Decimal(amount), Currency(code))


def pair(wallet: str | Money, supplier: str | Money | None = None) -> AmountPair:
    """An amount in the wallet's currency; the supplier's is the same unless named."""
    in_wallet = money(wallet) if isinstance(wallet, str) else wallet
    in_supplier = money(supplier) if isinstance(supplier, str) else supplier
    return AmountPair(wallet=in_wallet, supplier=in_supplier or in_wallet)


def a_tax(amount: str | Money | AmountPair = "25.00 DKK", **differences: Any) -> LineTax:
    """25 % inside the amount, under the code K25."""
    tax = LineTax(
        id="7a000000-0000-4000-8000-000000000025",
        type=TaxType.INCLUSIVE,
        rate=Decimal("0.25"),
        amount=amount if isinstance(amount, AmountPair) else pair(amount),
        code="K25",
    )
    return replace(tax, **differences)


def a_line(amount: str | Money | AmountPair = "125.00 DKK", **differences: Any) -> ExportLine:
    """Office supplies without tax; with a tax, the net amount agrees with it unless named."""
    whole = amount if isinstance(amount, AmountPair) else pair(amount)
    line = ExportLine(
        id="1c000000-0000-4000-8000-000000000001",
        amount=whole,
        net_amount=_net(whole, differences.get("tax")),
        account=OFFICE,
    )
    return replace(line, **differences)


def a_tag(code: str = "C-100", group: str = "COSTCENTRE") -> Tag:
    """A cost centre."""
    return Tag(id=f"7a600000-{group}-{code}", code=code, group_code=group)


def an_item(*lines: ExportLine, **differences: Any) -> ExportItem:
    """A card purchase of one line at noon on 15 October 2026; its amount is the sum of its lines unless named."""
    chosen = lines or (a_line(),)
    item = ExportItem(
        entry_id=ENTRY,
        company_id=COMPANY,
        type=ExpenseType.CARD_PURCHASE,
        date=datetime(2026, 10, 15, 12, 0, tzinfo=UTC),
        amount=differences.get("amount") or _sum(chosen),
        lines=chosen,
        reconciliation_id=RECONCILIATION,
        supplier=Supplier(name="Papirhuset"),
        user=Person(id="9e000000-0000-4000-8000-000000000001", name="Astrid Holm", code="M007"),
    )
    return replace(item, **differences)


def accounts_with(**differences: Any) -> AccountSettings:
    """Every account configured; empty text takes one away."""
    return replace(ALL_ACCOUNTS, **differences)


def per_currency(**accounts: str) -> tuple[CurrencyAccount, ...]:
    """One account per currency: per_currency(EUR="1915")."""
    return tuple(CurrencyAccount(currency=Currency(code), account=number) for code, number in accounts.items())


def settings_with(**differences: Any) -> ExportSettings:
    """A company in Copenhagen with every account configured, tax on its own line and no moving of dates."""
    settings = ExportSettings(
        company_id=COMPANY,
        time_zone=ZoneInfo("Europe/Copenhagen"),
        accounts=ALL_ACCOUNTS,
        tax_style=TaxStyle.OWN_LINE,
    )
    return replace(settings, **differences)


def a_posting_date(**differences: Any) -> PostingDate:
    """15 October 2026, not moved."""
    day = datetime(2026, 10, 15, tzinfo=UTC).date()
    return replace(PostingDate(original=day, date=day, period="2026-10"), **differences)


def an_outcome(**differences: Any) -> ItemOutcome:
    """A success."""
    outcome = ItemOutcome(
        job_id="10b00000-0000-4000-8000-000000000001",
        company_id=COMPANY,
        entry_id=ENTRY,
        settled_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
        label="card_purchase · Papirhuset · 125.00 DKK",
    )
    return replace(outcome, **differences)


def _net(whole: AmountPair, tax: LineTax | None) -> AmountPair:
    if tax is None or tax.type not in (TaxType.INCLUSIVE, TaxType.EXCLUSIVE):
        return whole
    if whole.wallet.currency != tax.amount.wallet.currency:
        return whole
    same_supplier = whole.supplier.currency == tax.amount.supplier.currency
    supplier = whole.supplier - tax.amount.supplier if same_supplier else whole.supplier
    return AmountPair(wallet=whole.wallet - tax.amount.wallet, supplier=supplier)


def _sum(lines: tuple[ExportLine, ...]) -> AmountPair:
    first = lines[0].amount
    wallet = [line.amount.wallet for line in lines if line.amount.wallet.currency == first.wallet.currency]
    supplier = [line.amount.supplier for line in lines if line.amount.supplier.currency == first.supplier.currency]
    return AmountPair(
        wallet=Money.total(wallet, first.wallet.currency), supplier=Money.total(supplier, first.supplier.currency)
    )
