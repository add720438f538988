"""The expenses of a simulated company: every way of booking, and items that can't be booked at all."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final

from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType
from bilag.domain.export_item import (
    AmountPair,
    ExportItem,
    InvoiceInformation,
    ItemFile,
    MalformedItem,
    Person,
    Supplier,
)
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.money import Currency, Money
from bilag.domain.posting_record import Part
from tests.builders import OFFICE, TRAVEL, a_line, a_tax, an_item
from tests.lifecycle.payable_scene import a_vendor

JOURNAL: Final = frozenset({Part.JOURNAL_ENTRY})
INVOICE: Final = frozenset({Part.VENDOR_INVOICE})
PAYMENT: Final = frozenset({Part.VENDOR_PAYMENT})
PAIR: Final = INVOICE | PAYMENT
CREDITED: Final = frozenset({Part.VENDOR_CREDIT_NOTE, Part.VENDOR_PAYMENT})
NOTHING: Final[frozenset[Part]] = frozenset()

GUESTS: Final = ("Astrid Holm", "Bo Lund", "Carla Maria Rossi")
_JOURNAL_TYPES: Final = (
    ExpenseType.CARD_PURCHASE,
    ExpenseType.CARD_PURCHASE,
    ExpenseType.CARD_INVOICE,
    ExpenseType.REFUND,
    ExpenseType.CASHBACK,
    ExpenseType.MILEAGE,
    ExpenseType.ATM_WITHDRAWAL,
    ExpenseType.WALLET_TOPUP,
    ExpenseType.PERSONAL_SPEND,
    ExpenseType.FEE,
)
_EMPLOYEE: Final = Person(id="9e000000-0000-4000-8000-000000000007", name="Astrid Holm", code="M007")
_NOBODY: Final = Person(id="9e000000-0000-4000-8000-000000000008", name="Bo Lund")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """An Export Item and what has to become of it; `parts` are its documents when all is well."""

    item: ExportItem | MalformedItem
    parts: frozenset[Part] = JOURNAL
    is_good: bool = True

    @property
    def entry_id(self) -> str:
        return self.item.entry_id

    @property
    def number(self) -> int:
        return int(self.entry_id[-12:])


class ExpenseMaker:
    """Draws expenses for one company; `files` gets the receipts. Numbers are never used twice in a world."""

    def __init__(self, company_id: str, dice: random.Random, numbers: Iterator[int], files: dict[str, Any]) -> None:
        self._company_id = company_id
        self._dice = dice
        self._numbers = numbers
        self._files = files
        self._invoices = count(1)

    def draw(self, wanted: int, *, keeps_payables: bool, staff_as_vendors: bool) -> list[Expense]:
        """About so many, in the order of chance."""
        makers: list[Callable[[], list[Expense]]] = [self._plain, self._plain, self._bad]
        if keeps_payables:
            makers += [self._card_purchase, self._invoice_and_payments, self._invoice_and_payments, self._refund]
        if keeps_payables and staff_as_vendors:
            makers.append(self._reimbursed)
        expenses: list[Expense] = []
        while len(expenses) < wanted:
            expenses += self._dice.choice(makers)()
        if self._dice.random() < 0.7:
            self._dice.shuffle(expenses)
        return expenses

    def _plain(self) -> list[Expense]:
        """A journal entry. Employees' own expenses name nobody whom the books know."""
        type_ = self._dice.choice(_JOURNAL_TYPES)
        lines = [self._amount() for _ in range(self._dice.choice([1, 1, 1, 2, 3]))]
        # An employee's own expense without a method could become an invoice of somebody whom the books do not know.
        is_unset = type_ is not ExpenseType.MILEAGE and self._dice.random() < 0.3
        item = self._item(type_, lines, method=None if is_unset else BookkeepingMethod.JOURNAL)
        if type_ is ExpenseType.CARD_PURCHASE and self._dice.random() < 0.3:
            taxed = [a_line(line.amount, tax=a_tax(_fifth(line.amount.wallet))) for line in item.lines]
            item = replace(item, lines=tuple(taxed))
        return [Expense(item=item)]

    def _card_purchase(self) -> list[Expense]:
        own = self._dice.random() < 0.2
        vendor = a_vendor("V1003", "Kassevogn") if own else a_vendor()
        item = self._item(ExpenseType.CARD_PURCHASE, [self._amount()], method=_PAYABLE, vendor=vendor)
        return [Expense(item=item, parts=INVOICE if own else PAIR)]

    def _refund(self) -> list[Expense]:
        item = self._item(ExpenseType.REFUND, [self._amount()], method=_PAYABLE, vendor=a_vendor("V1004", "Byghuset"))
        return [Expense(item=item, parts=CREDITED)]

    def _invoice_and_payments(self) -> list[Expense]:
        """An invoice, what was paid of it, and what came back."""
        amount, number = self._amount(), f"INV-{next(self._invoices)}"
        own = {"invoice": _information(number), "method": _PAYABLE, "vendor": a_vendor()}
        bill = self._item(ExpenseType.INVOICE, [amount], **own)
        paid = [[amount], [amount // 3, amount - amount // 3], [amount // 2], [amount + 100], []]
        expenses = [Expense(item=bill, parts=INVOICE)]
        for part in self._dice.choice(paid):
            payment = self._item(ExpenseType.INVOICE_PAYMENT, [part], **own)
            expenses.append(Expense(item=payment, parts=PAYMENT))
            if self._dice.random() < 0.15:
                back = self._item(
                    ExpenseType.INVOICE_PAYMENT, [part], subtype=ExpenseSubtype.INVOICE_PAYMENT_RETURNED, **own
                )
                expenses.append(Expense(item=back, parts=PAYMENT))
        return expenses

    def _reimbursed(self) -> list[Expense]:
        """What an employee laid out, and its reimbursement."""
        amount = self._amount()
        laid_out = self._item(ExpenseType.OUT_OF_POCKET, [amount], user=_EMPLOYEE)
        returned = self._item(
            ExpenseType.DIRECT_REIMBURSEMENT,
            [amount],
            user=_EMPLOYEE,
            subtype=ExpenseSubtype.REIMBURSEMENT_TO_EMPLOYEE,
            reconciled_entries=(laid_out.reconciliation_id,),
        )
        return [Expense(item=laid_out, parts=INVOICE), Expense(item=returned, parts=PAYMENT)]

    def _bad(self) -> list[Expense]:
        """An item that can only fail, in one of several ways; seldom."""
        if self._dice.random() < 0.6:
            return self._plain()
        item = self._item(ExpenseType.CARD_PURCHASE, [self._amount()], method=BookkeepingMethod.JOURNAL)
        broken = self._dice.randrange(4)
        if broken == 0:
            failure = Failure(code=FailureCode.ITEM_MALFORMED, path="x", message="Malformed.", remedy="Mend it.")
            return [Expense(item=MalformedItem(entry_id=item.entry_id, failures=(failure,)), is_good=False)]
        ways: dict[int, dict[str, Any]] = {
            1: {"lines": (replace(item.lines[0], account=replace(OFFICE, code="9999")),)},
            2: {"amount": replace(item.amount, wallet=item.amount.wallet + Money(1, item.amount.wallet.currency))},
            3: {"method": _PAYABLE, "vendor": a_vendor("V1002", "Blocked")},
        }
        return [Expense(item=replace(item, **ways[broken]), is_good=False)]

    def _item(self, type_: ExpenseType, amounts: list[int], **differences: Any) -> ExportItem:
        number = next(self._numbers)
        is_abroad = differences.get("method") is not _PAYABLE and self._dice.random() < 0.1
        currency = Currency("EUR" if is_abroad and "user" not in differences else "DKK")
        accounts = [self._dice.choice([OFFICE, TRAVEL]) for _ in amounts]
        lines = [a_line(_both(minor, currency), account=a) for minor, a in zip(amounts, accounts, strict=True)]
        own: dict[str, Any] = {
            "entry_id": entry_id(number),
            "company_id": self._company_id,
            "type": type_,
            "date": datetime(2026, self._dice.choice([9, 10, 10, 11]), self._dice.randint(1, 20), 12, tzinfo=UTC),
            "reconciliation_id": reconciliation_id(number),
            "supplier": Supplier(name="Papirhuset"),
            "user": _NOBODY,
            "attendees": GUESTS if self._dice.random() < 0.1 else (),
            "files": tuple(self._receipts(number)),
        }
        return an_item(*lines, **own | differences)

    def _receipts(self, number: int) -> Iterator[ItemFile]:
        for position in range(self._dice.choice([0, 0, 0, 1, 2])):
            url = f"https://files.example/{number}/{position}"
            self._files[url] = f"receipt {position} of expense {number}".encode()
            yield ItemFile(url=url, position=position)

    def _amount(self) -> int:
        return self._dice.randint(5, 5000) * 20


_PAYABLE: Final = BookkeepingMethod.ACCOUNTS_PAYABLE


def entry_id(number: int) -> str:
    """The accounting entry id of expense `number`."""
    return f"8d2c9b34-1f9e-4c1c-8a57-{number:012}"


def reconciliation_id(number: int) -> str:
    """All of one length, so that none is the beginning of another."""
    return f"rec-{number:05}"


def _information(number: str) -> InvoiceInformation:
    return InvoiceInformation(
        number=number, invoice_date=date(2026, 10, 15), status="paid", due_date=date(2026, 11, 14)
    )


def _both(minor: int, currency: Currency) -> AmountPair:
    amount = Money(minor, currency)
    return AmountPair(wallet=amount, supplier=amount)


def _fifth(amount: Money) -> Money:
    return Money(amount.minor // 5, amount.currency)
