"""Export Items of every kind, as Hypothesis draws them: bookable ones, and ones that no system would send."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType, TaxType
from bilag.domain.export_item import (
    NO_CATEGORY_ID,
    AmountPair,
    ExportItem,
    ExportLine,
    ItemFile,
    LineTax,
    MalformedItem,
    MappedAccount,
    Person,
    ServicePeriod,
    Supplier,
    Tag,
    Unrecognised,
)
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.ledger import AccountRole
from bilag.domain.money import Currency, Money
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import ExportSettings, TaxStyle, UnsetMethod
from bilag.rules.expense_type_mapping import EXPENSE_TYPE_MAPPING, Direction
from tests.builders import COMPANY, OFFICE, TRAVEL, accounts_with, per_currency, settings_with
from tests.rules.books_for_planning import CHART, JOURNAL_BOOKS, BooksForPlanning

LINES_MAX: Final = 5
MINOR_MAX: Final = 10**12

# The same cases every time where a build is judged by them; new ones at a desk.
PROPERTY: Final = settings(
    max_examples=80,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)

CURRENCIES: Final = [Currency(code) for code in ("DKK", "EUR", "SEK", "JPY", "ISK", "KWD", "TND", "CLF")]
currencies = st.sampled_from(CURRENCIES)
_FIRST_INSTANT: Final = datetime(2020, 1, 1, tzinfo=UTC)
zones = st.timezones()
instants = st.integers(0, 3650 * 24 * 3600).map(lambda seconds: _FIRST_INSTANT + timedelta(seconds=seconds))
words = st.text(max_size=40)
names = st.text(min_size=1, max_size=30)


def in_currency(minor: int, currency: Currency) -> Money:
    """So many minor units."""
    return Money(minor, currency)


@st.composite
def amount_pairs(draw: st.DrawFn, wallet: Currency, supplier: Currency) -> AmountPair:
    """An amount of either sign in two currencies that need not agree with any rate."""
    minor = draw(st.integers(-MINOR_MAX, MINOR_MAX))
    other = minor if wallet == supplier else draw(st.integers(0, MINOR_MAX)) * (1 if minor >= 0 else -1)
    return AmountPair(wallet=in_currency(minor, wallet), supplier=in_currency(other, supplier))


@st.composite
def taxes(draw: st.DrawFn, amount: AmountPair) -> LineTax:
    """Tax that agrees with its line: the same direction, and not more than the line."""
    size = draw(st.integers(0, abs(amount.wallet.minor)))
    minor = size if amount.wallet.minor >= 0 else -size
    same = amount.wallet.currency == amount.supplier.currency
    other = minor if same else draw(st.integers(0, abs(amount.supplier.minor)))
    return LineTax(
        id="7a000000-0000-4000-8000-000000000025",
        type=draw(st.sampled_from(list(TaxType))),
        rate=Decimal("0.25"),
        amount=AmountPair(
            wallet=in_currency(minor, amount.wallet.currency), supplier=replace(amount.supplier, minor=other)
        ),
        code=draw(st.sampled_from(["K25", "EU25"])),
        ingoing_account=draw(st.sampled_from([None, "2641"])),
        outgoing_account=draw(st.sampled_from([None, "2611"])),
    )


@st.composite
def bookable_lines(draw: st.DrawFn, wallet: Currency, supplier: Currency, *, taxable: bool) -> ExportLine:
    """A line whose figures agree."""
    amount = draw(amount_pairs(wallet, supplier))
    tax = draw(st.none() | taxes(amount)) if taxable else None
    inside = tax is not None and tax.type is not TaxType.REVERSE
    net = amount.wallet - tax.amount.wallet if tax is not None and inside else amount.wallet
    return ExportLine(
        id=str(draw(st.uuids())),
        amount=amount,
        net_amount=AmountPair(wallet=net, supplier=amount.supplier),
        account=draw(st.sampled_from([OFFICE, TRAVEL])),
        tax=tax,
        tags=draw(st.sampled_from([(), (Tag(id="t", code="C-100", group_code="COSTCENTRE"),)])),
    )


def with_lines(item: ExportItem, lines: Sequence[ExportLine]) -> ExportItem:
    """The item with these lines, over their sum."""
    amount = item.amount
    wallet = Money.total((line.amount.wallet for line in lines), amount.wallet.currency)
    supplier = Money.total((line.amount.supplier for line in lines), amount.supplier.currency)
    return replace(item, lines=tuple(lines), amount=AmountPair(wallet=wallet, supplier=supplier))


def is_bookable(item: ExportItem) -> bool:
    """Whether it is over something, and over something with a direction where the type alone gives it."""
    assert not isinstance(item.type, Unrecognised)
    assert not isinstance(item.subtype, Unrecognised)
    by_type = EXPENSE_TYPE_MAPPING[item.type, item.subtype].direction is Direction.BY_TYPE
    something = any(not line.amount.wallet.is_zero for line in item.lines)
    return something and not (by_type and item.amount.wallet.is_zero)


@st.composite
def drawn_items(draw: st.DrawFn) -> ExportItem:
    """An item of any type in the table, whose lines agree with each other."""
    type_, subtype = draw(st.sampled_from(list(EXPENSE_TYPE_MAPPING)))
    wallet, supplier = draw(currencies), draw(currencies)
    taxable = EXPENSE_TYPE_MAPPING[type_, subtype].lines is AccountRole.EXPENSE
    lines = draw(st.lists(bookable_lines(wallet, supplier, taxable=taxable), min_size=1, max_size=LINES_MAX))
    nothing = AmountPair(wallet=Money.zero(wallet), supplier=Money.zero(supplier))
    item = ExportItem(
        entry_id=str(draw(st.uuids())),
        company_id=COMPANY,
        type=type_,
        subtype=subtype,
        date=draw(instants),
        amount=nothing,
        lines=(),
        reconciliation_id=draw(names.filter(str.strip)),
        method=draw(st.sampled_from([None, BookkeepingMethod.JOURNAL, BookkeepingMethod.NONE])),
        note=draw(st.none() | words),
        supplier=draw(st.none() | st.builds(Supplier, name=st.none() | words)),
        user=draw(st.none() | st.builds(Person, id=st.just("u"), name=words)),
        attendees=tuple(draw(st.lists(names, max_size=4))),
        reconciled_entries=tuple(draw(st.lists(names, max_size=4))),
    )
    return with_lines(item, lines)


def bookable_items() -> st.SearchStrategy[ExportItem]:
    """Items that nothing keeps out of the books."""
    return drawn_items().filter(is_bookable)


bookable_settings = st.builds(
    settings_with,
    time_zone=zones,
    tax_style=st.sampled_from(list(TaxStyle)),
    accounts=st.sampled_from([accounts_with(), accounts_with(wallets=per_currency(DKK="1910", EUR="1915"))]),
)


@st.composite
def damaged_items(draw: st.DrawFn) -> ExportItem:
    """A bookable item with up to a few things wrong with it, and with one of its lines."""
    item = draw(drawn_items())
    for damage in draw(st.lists(st.sampled_from(DAMAGES), max_size=4)):
        item = replace(item, **draw(damage))
    if draw(st.booleans()) and item.lines:
        hit = draw(st.integers(0, len(item.lines) - 1))
        line = replace(item.lines[hit], **draw(draw(st.sampled_from(LINE_DAMAGES))))
        item = replace(item, lines=(*item.lines[:hit], line, *item.lines[hit + 1 :]))
    return item


def wild_items() -> st.SearchStrategy[ExportItem | MalformedItem]:
    """Whatever Pleo may send, read or unreadable."""
    malformed = st.builds(MalformedItem, entry_id=words, failures=st.tuples(failures))
    return damaged_items() | damaged_items() | damaged_items() | malformed


failures = st.builds(
    Failure,
    code=st.sampled_from([FailureCode.AMOUNT_INEXACT, FailureCode.CURRENCY_UNKNOWN, FailureCode.DATE_IMPOSSIBLE]),
    path=st.sampled_from(["date", "amount.inWalletCurrency.value"]),
    message=words,
    remedy=words,
)
any_amounts = st.tuples(currencies, currencies).flatmap(lambda pair: amount_pairs(*pair))
any_accounts = st.builds(
    MappedAccount,
    id=st.sampled_from([NO_CATEGORY_ID, OFFICE.id]),
    name=words,
    code=st.none() | st.sampled_from(["", "6010", "9999"]) | words,
    identifier=st.none() | words,
)
any_taxes = st.builds(
    LineTax,
    id=words,
    type=st.sampled_from(list(TaxType)) | st.builds(Unrecognised, words),
    rate=st.decimals(allow_nan=False, allow_infinity=False),
    amount=any_amounts,
    code=st.none() | words,
    ingoing_account=st.none() | words,
    outgoing_account=st.none() | words,
)
any_instants = st.datetimes(timezones=st.just(UTC))
any_days = st.dates()

DAMAGES: Final[list[st.SearchStrategy[dict[str, Any]]]] = [
    st.fixed_dictionaries({"type": st.sampled_from(list(ExpenseType)) | st.builds(Unrecognised, words)}),
    st.fixed_dictionaries({"subtype": st.sampled_from(list(ExpenseSubtype)) | st.builds(Unrecognised, words)}),
    st.fixed_dictionaries({"method": st.sampled_from(list(BookkeepingMethod)) | st.builds(Unrecognised, words)}),
    st.fixed_dictionaries({"date": any_instants}),
    st.fixed_dictionaries({"amount": any_amounts}),
    st.fixed_dictionaries({"lines": st.just(())}),
    st.fixed_dictionaries({"company_id": words, "entry_id": words}),
    st.fixed_dictionaries({"contra_account": any_accounts}),
    st.fixed_dictionaries({"reconciliation_id": words}),
    st.fixed_dictionaries({"service_period": st.builds(ServicePeriod, start=any_days, end=any_days)}),
    st.fixed_dictionaries({"unreadable": st.tuples(failures)}),
    st.fixed_dictionaries(
        {"files": st.tuples(st.builds(ItemFile, url=words, position=st.just(0), size_bytes=st.integers(0, 2**40)))}
    ),
]
LINE_DAMAGES: Final[list[st.SearchStrategy[dict[str, Any]]]] = [
    st.fixed_dictionaries({"account": st.none() | any_accounts}),
    st.fixed_dictionaries({"amount": any_amounts}),
    st.fixed_dictionaries({"net_amount": any_amounts}),
    st.fixed_dictionaries({"tax": any_taxes}),
    st.fixed_dictionaries({"tags": st.tuples(st.builds(Tag, id=words, code=words, group_code=words))}),
]

text_limits = st.builds(
    TextLimits,
    description_max=st.none() | st.integers(0, 80),
    reference_max=st.none() | st.integers(0, 60),
    comment_max=st.none() | st.integers(0, 80),
)
months = st.builds(lambda year, month: f"{year}-{month:02}", st.integers(2020, 2030), st.integers(1, 12))


@st.composite
def any_settings(draw: st.DrawFn) -> ExportSettings:
    """Settings with accounts missing, dates moved or not, tax either way."""
    missing = draw(st.sets(st.sampled_from(["wallet", "out_of_pocket", "contra", "input_tax", "accounts_payable"])))
    return settings_with(
        time_zone=draw(zones),
        accounts=accounts_with(**dict.fromkeys(missing, "")),
        tax_style=draw(st.sampled_from(list(TaxStyle))),
        method_when_unset=draw(st.sampled_from(list(UnsetMethod))),
        closed_period=tuple(draw(st.lists(st.sampled_from(list(ClosedPeriodStep)), unique=True))),
        book_without_receipts=draw(st.booleans()),
    )


@st.composite
def any_books(draw: st.DrawFn) -> BooksForPlanning:
    """Books with closed months, short texts, and accounts that are missing, closed or in one currency."""
    chart = {number: BooksAccount(number=number, name=name) for number, name in CHART.items()}
    for number in draw(st.sets(st.sampled_from(sorted(CHART)), max_size=3)):
        kept_in = frozenset(draw(st.sets(currencies, max_size=2)))
        chart[number] = replace(chart[number], closed=draw(st.booleans()), currencies=kept_in)
    for number in draw(st.sets(st.sampled_from(sorted(CHART)), max_size=2)):
        del chart[number]
    return BooksForPlanning(
        can=replace(JOURNAL_BOOKS, text=draw(text_limits)),
        chart=chart,
        closed=frozenset(draw(st.sets(months, max_size=30))),
    )
