"""What holds for accounts payable, whatever comes in, from whom, over how much and in which order."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import BooksSetUp, calendar_months
from bilag.domain.books_account import BooksAccount
from bilag.domain.money import Money
from bilag.domain.payables import BooksVendor, PayableItem, PayableKeys, VendorDocument
from bilag.ports.accounting_system import PostedDocument
from bilag.rules.settlement import choose_settlement, payable_keys
from tests.builders import DKK, EUR
from tests.properties.payable_streams import (
    PAYABLE,
    OpenItems,
    a_credit_note,
    a_payment,
    an_invoice,
    arrived,
    balance,
    one_group,
    single_purchases,
)
from tests.properties.strategies import PROPERTY

Answer = TypeVar("Answer")

HASH: Final = "a" * 64
SET_UP: Final = BooksSetUp(
    chart=tuple(BooksAccount(number=number, name=number) for number in ("1910", "6010", PAYABLE)),
    periods=calendar_months(2026),
)
VENDORS: Final = tuple(BooksVendor(number=number, name=number) for number in ("V-1", "V-2", "M007"))

vendors = st.sampled_from(VENDORS)
amounts = st.builds(Money, st.integers(1, 300), st.sampled_from([DKK, DKK, EUR]))
numbers = st.sampled_from(["", "INV-1", " INV-1 ", "INV-2"])
# Of 100 minor units: some of it, all of it, too much.
shares = st.sampled_from([1, 50, 100, 100, 100, 130])
places = st.integers(0, 10**6)


def share_of(amount: Money, percent: int) -> Money:
    """So much of the amount, one minor unit at least."""
    return Money(max(1, abs(amount.minor) * percent // 100), amount.currency)


def comparable(items: Sequence[PayableItem]) -> list[PayableItem]:
    """The items, where the order of what stands against each does not count."""
    return [replace(i, settled_with=tuple(sorted(i.settled_with, key=lambda a: a.reference))) for i in items]


class AccountsPayable(RuleBasedStateMachine):
    """Documents arrive in books, each with the settlement that the rule chooses; a model is asked the same."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._books = MemoryBooks(SET_UP)
        self._model = OpenItems()
        self._names = 0

    def teardown(self) -> None:
        self._ask(self._books.close())
        self._runner.close()

    @rule(vendor=vendors, amount=amounts, number=numbers)
    def an_invoice_comes(self, vendor: BooksVendor, amount: Money, number: str) -> None:
        name = self._name()
        self._arrive(an_invoice(amount, f"c0.{name}.vi1", vendor=vendor, number=number, id_=name))

    @rule(vendor=vendors, amount=amounts, number=numbers)
    def a_credit_note_comes(self, vendor: BooksVendor, amount: Money, number: str) -> None:
        name = self._name()
        self._arrive(a_credit_note(-amount, f"c0.{name}.cn1", vendor=vendor, number=number, id_=name))

    @rule(vendor=vendors, amount=amounts, number=numbers, comes_in=st.booleans())
    def a_payment_comes_from_nowhere(self, vendor: BooksVendor, amount: Money, number: str, comes_in: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        name = self._name()
        owed = amount if comes_in else -amount
        self._arrive(a_payment(owed, f"c0.{name}.vp1", vendor=vendor, number=number, id_=name))

    @precondition(lambda self: self._model.documents)
    @rule(place=places, share=shares, by=st.sampled_from(["entries", "entries", "id", "number"]))
    def a_document_is_paid_or_comes_back(self, place: int, share: int, by: str) -> None:
        other = self._any(self._model.documents, place)
        amount = share_of(other.payable_amount, share)
        name, its_id = self._name(), other.datapoints.reconciliation_id
        keys: dict[str, Any] = {"id_": name}
        if by == "entries":
            keys["entries"] = (its_id, *other.datapoints.reconciled_entries[:1])
        elif by == "id":
            keys["id_"] = its_id
        else:
            keys["number"] = other.invoice_number
        owed = -amount if other.payable_amount.minor > 0 else amount
        self._arrive(a_payment(owed, f"c0.{name}.vp1", vendor=other.vendor, **keys))

    @rule(vendor=vendors, amount=amounts, ids=st.sets(st.integers(-12, 3), min_size=1, max_size=8))
    def a_reimbursement_names_expenses_that_came_or_will_come(
        self, vendor: BooksVendor, amount: Money, ids: set[int]
    ) -> None:
        name = self._name()
        entries = tuple(f"entry-{self._names + step}" for step in sorted(ids))
        whole = Money(amount.minor * len(entries), amount.currency)
        self._arrive(a_payment(-whole, f"c0.{name}.vp1", vendor=vendor, id_=name, entries=entries))

    @rule(vendor=vendors, amount=amounts, number=numbers, back=st.booleans())
    def a_card_purchase_or_its_refund_comes(self, vendor: BooksVendor, amount: Money, number: str, back: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        name = self._name()
        draw_up, part, owed = (a_credit_note, "cn", -amount) if back else (an_invoice, "vi", amount)
        bill, payment = f"c0.{name}.{part}1", f"c0.{name}.vp1"
        shared: dict[str, Any] = {"vendor": vendor, "number": number, "id_": name}
        self._arrive(draw_up(owed, bill, paired_with=payment, **shared))
        self._arrive(a_payment(-owed, payment, paired_with=bill, **shared))
        assert {self._model.open_minor(bill), self._model.open_minor(payment)} == {0}

    @invariant()
    def the_accounts_hold_what_is_open_and_that_is_what_came_in(self) -> None:
        statement = self._ask(self._books.payables())
        said = {(b.vendor_number, b.currency): b.balance for b in statement.balances}
        documents = self._model.documents.values()
        assert said.keys() == {(d.vendor.number, d.currency) for d in documents}
        for (vendor, currency), amount in said.items():
            mine = [i for i in statement.open_items if (i.vendor.number, i.amount.currency) == (vendor, currency)]
            assert amount == Money.total((i.open_amount for i in mine), currency)
            assert amount == balance(documents, vendor, currency)

    @invariant()
    def nothing_is_settled_twice_or_beyond_its_amount(self) -> None:
        items = self._standing()
        for reference, item in items.items():
            assert item.amount.minor * item.open_amount.minor >= 0
            taken = Money.total((a.amount for a in item.settled_with), item.amount.currency)
            assert abs(item.open_amount) + taken == abs(item.amount)
            for allocation in item.settled_with:
                other = items[allocation.reference]
                assert other.vendor == item.vendor
                assert [a.amount for a in other.settled_with if a.reference == reference] == [allocation.amount]

    @invariant()
    def a_paired_document_has_its_pair_and_nobody_else(self) -> None:
        for reference, item in self._standing().items():
            if item.paired_with:
                assert {a.reference for a in item.settled_with} <= {item.paired_with}
            assert all(self._model.documents[a.reference].paired_with in {"", reference} for a in item.settled_with)

    def _arrive(self, document: VendorDocument) -> None:
        found = self._ask(self._books.payable_items(payable_keys(document)))
        assert comparable(found) == comparable(self._model.items(payable_keys(document)))
        choice = choose_settlement(document, found)
        assert choice.trace, "every choice has its reason"
        settled = replace(document, settles=choice.settles, reopens=choice.reopens)
        answer = self._ask(self._books.post(settled, HASH))
        assert isinstance(answer, PostedDocument), answer
        self._model.post(settled)

    def _standing(self) -> dict[str, PayableItem]:
        references = frozenset(self._model.documents)
        asked = [PayableKeys(vendor_number=vendor.number, references=references) for vendor in VENDORS]
        return {i.external_reference: i for keys in asked for i in self._ask(self._books.payable_items(keys))}

    def _name(self) -> str:
        self._names += 1
        return f"entry-{self._names}"

    def _any(self, documents: dict[str, VendorDocument], place: int) -> VendorDocument:
        return list(documents.values())[place % len(documents)]

    def _ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        return self._runner.run(question)


TestAccountsPayable = AccountsPayable.TestCase
TestAccountsPayable.settings = settings(PROPERTY, max_examples=60, stateful_step_count=25)


@PROPERTY
@given(one_group(), st.randoms())
def test_what_stays_open_of_each_kind_does_not_depend_on_the_order(
    documents: list[VendorDocument], random: Random
) -> None:
    first = arrived(*documents).open_by_kind()
    for _ in range(5):
        random.shuffle(documents)
        assert arrived(*documents).open_by_kind() == first
    assert sum(first.values()) == sum(d.payable_amount.minor for d in documents)


@PROPERTY
@given(single_purchases(), st.randoms())
def test_what_stays_open_of_each_document_does_not_depend_on_the_order_where_each_has_one_of_a_kind(
    documents: list[VendorDocument], random: Random
) -> None:
    first = arrived(*documents).open_now()
    for _ in range(5):
        random.shuffle(documents)
        assert arrived(*documents).open_now() == first


@PROPERTY
@given(
    st.lists(st.tuples(vendors, amounts, numbers, st.sampled_from(["vi", "cn", "vp", "vp+"])), max_size=12),
    st.randoms(),
)
def test_the_balance_of_a_vendor_is_what_is_open_in_any_order(
    drawn: list[tuple[BooksVendor, Money, str, str]], random: Random
) -> None:
    builders = {"vi": (an_invoice, 1), "cn": (a_credit_note, -1), "vp": (a_payment, -1), "vp+": (a_payment, 1)}
    documents = []
    for place, (vendor, amount, number, kind) in enumerate(drawn):
        build, sign = builders[kind]
        owed = Money(amount.minor * sign, amount.currency)
        documents.append(build(owed, f"c0.{place}.{kind[:2]}1", vendor=vendor, number=number, id_=f"{place % 3}"))
    random.shuffle(documents)
    open_items = arrived(*documents).open_by_kind()
    for vendor in VENDORS:
        for currency in (DKK, EUR):
            mine = sum(
                m for (number, code, *_), m in open_items.items() if (number, code) == (vendor.number, currency.code)
            )
            assert mine == balance(documents, vendor.number, currency).minor
