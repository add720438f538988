"""Figures that do not agree never become an entry, however little they are off."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from bilag.domain.expense_type import TaxType
from bilag.domain.export_item import AmountPair, ExportItem, ExportLine
from bilag.domain.failure import FailureCode
from bilag.domain.money import Currency, Money
from bilag.domain.settings import ExportSettings
from tests.builders import settings_with
from tests.properties.strategies import PROPERTY, bookable_items, bookable_settings, currencies
from tests.rules.books_for_planning import planned

off_by = st.integers(-3, 3).filter(bool)
taxed_items = bookable_items().filter(lambda item: any(_has_tax(line) for line in item.lines))


def _has_tax(line: ExportLine) -> bool:
    return line.tax is not None and not line.tax.amount.wallet.is_zero


def more(amount: AmountPair, minor: int) -> AmountPair:
    """The amount and so many minor units more."""
    return replace(amount, wallet=amount.wallet + Money(minor, amount.wallet.currency))


async def codes_of(item: ExportItem, settings: ExportSettings) -> set[FailureCode]:
    plan = await planned(item, settings)
    assert not plan.documents
    return {failure.code for failure in plan.failures}


@PROPERTY
@given(bookable_items(), bookable_settings, off_by)
async def test_an_amount_off_by_a_minor_unit_is_not_booked(
    item: ExportItem, settings: ExportSettings, minor: int
) -> None:
    wrong = replace(item, amount=more(item.amount, minor))
    assert await codes_of(wrong, settings) == {FailureCode.LINES_SUM_DIFFERS}


@PROPERTY
@given(taxed_items, bookable_settings, off_by)
async def test_a_net_amount_off_by_a_minor_unit_is_not_booked(
    item: ExportItem, settings: ExportSettings, minor: int
) -> None:
    line = next(line for line in item.lines if _has_tax(line))
    net = more(line.net_amount, minor)
    assume(net.wallet != line.amount.wallet)  # inclusive tax has two readings of the net amount
    wrong = tuple(replace(one, net_amount=net) if one is line else one for one in item.lines)
    assert await codes_of(replace(item, lines=wrong), settings) == {FailureCode.TAX_AMOUNTS_DIFFER}


@PROPERTY
@given(taxed_items, bookable_settings, st.sampled_from(TaxType))
async def test_tax_that_runs_against_its_line_is_not_booked(
    item: ExportItem, settings: ExportSettings, type_: TaxType
) -> None:
    line = next(line for line in item.lines if _has_tax(line))
    assert line.tax is not None
    amount = replace(line.tax.amount, wallet=-line.tax.amount.wallet)
    net = line.amount.wallet if type_ is TaxType.REVERSE else line.amount.wallet - amount.wallet
    against = replace(
        line, tax=replace(line.tax, type=type_, amount=amount), net_amount=replace(line.amount, wallet=net)
    )
    wrong = tuple(against if one is line else one for one in item.lines)
    assert await codes_of(replace(item, lines=wrong), settings) == {FailureCode.TAX_AMOUNTS_DIFFER}


@PROPERTY
@given(bookable_items(), currencies)
async def test_an_expense_in_two_wallet_currencies_is_not_booked(item: ExportItem, currency: Currency) -> None:
    assume(currency != item.amount.wallet.currency)
    first, *rest = item.lines
    moved = replace(first, amount=replace(first.amount, wallet=Money(first.amount.wallet.minor, currency)))
    wrong = replace(item, lines=(moved, *rest))
    assert FailureCode.CURRENCY_MIXED in await codes_of(wrong, settings_with())
