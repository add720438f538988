"""A company that keeps payables: its vendors, and Export Items of every kind that owes or pays."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.books_account import BooksAccount
from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType
from bilag.domain.export_item import ExportItem, InvoiceInformation, Vendor
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.money import Money
from bilag.domain.payables import PayableItem
from tests.builders import a_line
from tests.lifecycle.scene import SET_UP, Scene

PAYABLE_SET_UP: Final = replace(
    SET_UP,
    chart=(*SET_UP.chart, BooksAccount(number="2440", name="Accounts payable")),
    vendors=(
        KnownVendor(number="V1001", name="Papirhuset"),
        KnownVendor(number="V1002", name="Byghuset", blocked=True),
        KnownVendor(number="V1003", name="Kassevogn", settles_on_posting=True),
        KnownVendor(number="E007", name="Astrid Holm", employee_code="M007"),
    ),
)


def a_payable_scene(folder: Path, set_up: BooksSetUp = PAYABLE_SET_UP, **settings: Any) -> Scene:
    """The company at work."""
    return Scene(folder, set_up, **settings)


def a_vendor(code: str = "V1001", name: str = "Papirhuset") -> Vendor:
    """The vendor as tagged in Pleo."""
    return Vendor(id=f"7e000000-0000-4000-8000-00000000{code[-4:]:>04}", name=name, default_currency="DKK", code=code)


def an_owing_item(scene: Scene, number: int, type_: ExpenseType, amount: str, **differences: Any) -> ExportItem:
    """An expense of accounts payable with Papirhuset, under the invoice number INV-1 where its type has one."""
    own: dict[str, Any] = {"type": type_, "method": BookkeepingMethod.ACCOUNTS_PAYABLE, "vendor": a_vendor()}
    if type_ in (ExpenseType.INVOICE, ExpenseType.INVOICE_PAYMENT, ExpenseType.CARD_INVOICE):
        own["invoice"] = InvoiceInformation(
            number="INV-1", invoice_date=date(2026, 10, 15), status="paid", due_date=date(2026, 11, 14)
        )
    return scene.item(number, lines=(a_line(amount),), **own | differences)


def invoice(scene: Scene, number: int, amount: str = "100.00 DKK", **differences: Any) -> ExportItem:
    """An invoice."""
    return an_owing_item(scene, number, ExpenseType.INVOICE, amount, **differences)


def payment(scene: Scene, number: int, amount: str = "100.00 DKK", **differences: Any) -> ExportItem:
    """A payment of it."""
    return an_owing_item(scene, number, ExpenseType.INVOICE_PAYMENT, amount, **differences)


def returned(scene: Scene, number: int, amount: str = "100.00 DKK", **differences: Any) -> ExportItem:
    """A payment that came back."""
    own = {"subtype": ExpenseSubtype.INVOICE_PAYMENT_RETURNED}
    return payment(scene, number, amount, **own | differences)


def card_purchase(scene: Scene, number: int, amount: str = "125.00 DKK", **differences: Any) -> ExportItem:
    """A card purchase from the vendor."""
    return an_owing_item(scene, number, ExpenseType.CARD_PURCHASE, amount, **differences)


async def open_items(scene: Scene) -> dict[str, str]:
    """What is open, by the short form of the reference: expense number and part."""
    statement = await scene.books.payables()
    return {short(item): str(item.open_amount) for item in statement.open_items}


async def payable_balance(scene: Scene) -> Money:
    """The balance of all payable accounts, in kroner."""
    statement = await scene.books.payables()
    return Money.total((one.balance for one in statement.balances), statement.balances[0].currency)


def short(item: PayableItem) -> str:
    """ "3vi1" for the first invoice of expense 3."""
    entry, _, part = item.external_reference.partition(".")[2].rpartition(".")
    return f"{int(entry[-12:])}{part}"
