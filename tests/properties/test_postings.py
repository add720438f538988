"""What the postings of an entry keep, whatever the type, currency, split, tax or sign of its expense."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from bilag.domain.expense_type import ExpenseType, TaxType
from bilag.domain.export_item import AmountPair, ExportItem, ExportLine, Supplier
from bilag.domain.ledger import JournalEntry, Posting, Side
from bilag.domain.money import Money
from bilag.domain.settings import ExportSettings, TaxStyle
from bilag.rules.expense_type_mapping import Direction, MappingRow
from bilag.rules.item_validation import mapping_row
from tests.properties.strategies import PROPERTY, bookable_items, bookable_settings, with_lines
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import entry_of

LINE_ROLES = ("expense", "input_tax", "output_tax")


def row_of(item: ExportItem) -> MappingRow:
    """The row of the item, which was drawn from the table."""
    row = mapping_row(item)
    assert row is not None
    return row


def counter_of(entry: JournalEntry, item: ExportItem) -> list[Posting]:
    """The postings on the other side of the lines."""
    return [posting for posting in entry.postings if posting.role is row_of(item).counter]


def by_currency(entry: JournalEntry) -> dict[str, int]:
    """Debits less credits in minor units; added up here, not by the entry itself."""
    balance: dict[str, int] = defaultdict(int)
    for posting in entry.postings:
        balance[posting.amount.currency.code] += posting.amount.minor * (1 if posting.side is Side.DEBIT else -1)
    return balance


def by_account(entry: JournalEntry) -> dict[tuple[str, str], int]:
    """Debits less credits in minor units, per account and role; accounts that end at nothing left out."""
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for posting in entry.postings:
        sign = 1 if posting.side is Side.DEBIT else -1
        moved[posting.account, posting.role] += posting.amount.minor * sign
    return {account: minor for account, minor in moved.items() if minor}


def turned(posting: Posting) -> Posting:
    """The posting on the other side."""
    return replace(posting, side=posting.side.other)


def negated(item: ExportItem) -> ExportItem:
    """The item with every amount in its lines, nets and taxes of the other sign."""

    def minus(amount: AmountPair) -> AmountPair:
        return AmountPair(wallet=-amount.wallet, supplier=-amount.supplier)

    return with_lines(
        item,
        [
            replace(
                line,
                amount=minus(line.amount),
                net_amount=minus(line.net_amount),
                tax=replace(line.tax, amount=minus(line.tax.amount)) if line.tax else None,
            )
            for line in item.lines
        ],
    )


def parts_of(line: ExportLine, thousandths: list[int]) -> list[ExportLine]:
    """The line cut at these shares of it. The parts add up to it, and no part is more tax than amount."""
    whole = line.amount.wallet.minor
    cuts = [0, *(int(Fraction(whole * share, 1000)) for share in sorted(thousandths)), whole]
    return [_part(line, start, end) for start, end in pairwise(cuts)]


def _part(line: ExportLine, start: int, end: int) -> ExportLine:
    """The stretch of the line from one minor unit to another."""

    def stretch(pair: AmountPair) -> AmountPair:
        return AmountPair(wallet=_stretch(pair.wallet, line, start, end), supplier=pair.supplier)

    amount, tax = stretch(line.amount), line.tax
    if tax is None:
        return replace(line, amount=amount, net_amount=amount)
    tax = replace(tax, amount=stretch(tax.amount))
    net = amount.wallet if tax.type is TaxType.REVERSE else amount.wallet - tax.amount.wallet
    return replace(line, amount=amount, net_amount=replace(amount, wallet=net), tax=tax)


def _stretch(money: Money, line: ExportLine, start: int, end: int) -> Money:
    whole = line.amount.wallet.minor or 1
    return Money(int(Fraction(money.minor * end, whole)) - int(Fraction(money.minor * start, whole)), money.currency)


@PROPERTY
@given(bookable_items(), bookable_settings)
async def test_every_bookable_item_is_booked_in_balance_per_currency(
    item: ExportItem, settings: ExportSettings
) -> None:
    entry = entry_of(await planned(item, settings))
    assert set(by_currency(entry).values()) == {0}
    assert set(by_currency(entry)) == {item.amount.wallet.currency.code}


@PROPERTY
@given(bookable_items(), bookable_settings)
async def test_no_posting_is_negative_empty_or_without_account(item: ExportItem, settings: ExportSettings) -> None:
    for posting in entry_of(await planned(item, settings)).postings:
        assert posting.amount.minor > 0
        assert posting.account
        assert posting.tax_amount is None or posting.tax_amount.minor >= 0
        assert posting.original is None or posting.original.minor >= 0


@PROPERTY
@given(bookable_items(), bookable_settings)
async def test_the_other_side_moves_exactly_the_amount_of_the_expense(
    item: ExportItem, settings: ExportSettings
) -> None:
    entry = entry_of(await planned(item, settings))
    counter = [posting.amount for posting in counter_of(entry, item)]
    assert counter == ([] if item.amount.wallet.is_zero else [abs(item.amount.wallet)])


@PROPERTY
@given(bookable_items(), bookable_settings)
async def test_the_tax_style_changes_neither_what_is_paid_nor_what_it_cost_in_all(
    item: ExportItem, settings: ExportSettings
) -> None:
    totals = []
    for style in TaxStyle:
        moved = by_account(entry_of(await planned(item, replace(settings, tax_style=style))))
        outside = {account: minor for (account, role), minor in moved.items() if role not in LINE_ROLES}
        totals.append((outside, sum(minor for (_, role), minor in moved.items() if role in LINE_ROLES)))
    assert totals[0] == totals[1]


@PROPERTY
@given(bookable_items(), bookable_settings, st.data())
async def test_splitting_a_line_moves_no_account_by_a_minor_unit(
    item: ExportItem, settings: ExportSettings, data: st.DataObject
) -> None:
    hit = data.draw(st.integers(0, len(item.lines) - 1))
    parts = parts_of(item.lines[hit], data.draw(st.lists(st.integers(0, 1000), min_size=1, max_size=4)))
    split = replace(item, lines=(*item.lines[:hit], *parts, *item.lines[hit + 1 :]))
    whole, in_parts = entry_of(await planned(item, settings)), entry_of(await planned(split, settings))
    assert by_account(whole) == by_account(in_parts)
    assert counter_of(whole, item) == counter_of(in_parts, item)


@PROPERTY
@given(bookable_items(), bookable_settings)
async def test_a_refund_is_its_purchase_with_the_sides_exchanged(item: ExportItem, settings: ExportSettings) -> None:
    assume(not item.amount.wallet.is_zero)
    bought = item if item.amount.wallet.minor > 0 else negated(item)
    bought = replace(bought, type=ExpenseType.CARD_PURCHASE, subtype=None, supplier=Supplier(name="Papirhuset"))
    purchase = entry_of(await planned(bought, settings))
    refund = entry_of(await planned(replace(bought, type=ExpenseType.REFUND), settings))
    assert refund.postings == tuple(turned(posting) for posting in purchase.postings)


@PROPERTY
@given(bookable_items(), bookable_settings)
async def test_the_sign_of_an_amount_turns_the_entry_or_says_nothing_as_its_type_wants(
    item: ExportItem, settings: ExportSettings
) -> None:
    entry = entry_of(await planned(item, settings))
    other = entry_of(await planned(negated(item), settings))
    stays = row_of(item).direction is Direction.BY_TYPE
    assert other.postings == (entry.postings if stays else tuple(turned(posting) for posting in entry.postings))


@given(bookable_items(), st.lists(st.integers(0, 1000), min_size=1, max_size=4))
def test_the_parts_that_these_tests_cut_add_up_to_their_line(item: ExportItem, thousandths: list[int]) -> None:
    line = item.lines[0]
    parts = parts_of(line, thousandths)
    currency = line.amount.wallet.currency
    assert Money.total((part.amount.wallet for part in parts), currency) == line.amount.wallet
    assert Money.total((part.tax.amount.wallet for part in parts if part.tax), currency).minor == (
        line.tax.amount.wallet.minor if line.tax else 0
    )
