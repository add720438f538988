"""Legs: the postings of one item as signed amounts, each with its reasons, from which every document is drawn up.

One leg per line, one per tax, and one for the sum of the lines on the other side, so that debits equal credits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

from bilag.domain.export_item import AmountPair, ExportItem
from bilag.domain.ledger import AccountRole, Dimension, Posting, Side
from bilag.domain.money import Currency, Money
from bilag.domain.plan import TraceStep
from bilag.domain.settings import TaxStyle
from bilag.rules.accounts_mapping import AccountChoice, LineAccounts
from bilag.rules.data_mapping import line_dimensions
from bilag.rules.expense_type_mapping import Direction, MappingRow
from bilag.rules.line_tax import tax_inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A posting to be: `amount` is positive for a debit and negative for a credit, `original` as Pleo gives it.

    `lines` are the indexes of the lines that it comes from; none for a sum of all.
    """

    choice: AccountChoice
    amount: Money
    original: Money
    because: str
    source: str
    tax_code: str | None = None
    tax_amount: Money | None = None
    dimensions: tuple[Dimension, ...] = ()
    lines: tuple[int, ...] = ()


def towards(row: MappingRow, total: Money) -> int:
    """1 where a positive line is a debit, -1 where it is a credit."""
    way = 1 if row.lines_side is Side.DEBIT else -1
    return -way if row.direction is Direction.BY_TYPE and total.minor < 0 else way


def line_legs(item: ExportItem, row: MappingRow, lines: Sequence[LineAccounts], tax_style: TaxStyle) -> tuple[Leg, ...]:
    """The legs of every line and its tax. Expects an account for each line."""
    assert len(lines) == len(item.lines)
    way = towards(row, item.amount.wallet)
    return tuple(
        leg
        for index, accounts in enumerate(lines)
        for leg in _one_line(item, index, accounts, tax_style, way)
        if not leg.amount.is_zero
    )


def total_legs(item: ExportItem, way: int, choice: AccountChoice) -> tuple[Leg, ...]:
    """The leg of the whole item, a debit where `way` is 1 and the total positive; none where lines cancel out."""
    total = item.amount
    leg = Leg(
        choice=choice,
        amount=_signed(total.wallet, way),
        original=total.supplier,
        because="the sum of the lines, which equals the amount of the expense",
        source="accountingEntryLines[].lineAmount.inWalletCurrency.value",
    )
    return () if leg.amount.is_zero else (leg,)


def combined(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The legs, where those that differ in nothing but their amounts are one, in the place of the first."""
    alike: dict[_Likeness, list[Leg]] = {}
    for leg in legs:
        alike.setdefault(_likeness(leg), []).append(leg)
    return tuple(reduce(_sum, group) for group in alike.values())


def posting_of(leg: Leg, description: str) -> Posting:
    """The leg as it is booked."""
    foreign = leg.original.currency != leg.amount.currency
    return Posting(
        account=leg.choice.number,
        role=leg.choice.role,
        side=_side(leg),
        amount=abs(leg.amount),
        description=description,
        original=abs(leg.original) if foreign else None,
        tax_code=leg.tax_code,
        tax_amount=leg.tax_amount,
        dimensions=leg.dimensions,
    )


def explain_legs(legs: Iterable[Leg], row: MappingRow, prefix: str = "") -> tuple[TraceStep, ...]:
    """Why each posting has its account, side, amount and tax code; subjects begin with the prefix."""
    return tuple(step for index, leg in enumerate(legs) for step in _explain(leg, f"{prefix}postings[{index}]", row))


_Likeness: TypeAlias = tuple[str, AccountRole, Side, str | None, bool, tuple[Dimension, ...], Currency]


def _likeness(leg: Leg) -> _Likeness:
    taxed = leg.tax_amount is not None
    choice, currency = leg.choice, leg.original.currency
    return choice.number, choice.role, _side(leg), leg.tax_code, taxed, leg.dimensions, currency


def _sum(one: Leg, other: Leg) -> Leg:
    tax_amount = one.tax_amount
    if tax_amount is not None and other.tax_amount is not None:
        tax_amount += other.tax_amount
    lines = tuple(sorted({*one.lines, *other.lines}))
    numbers = ", ".join(str(index + 1) for index in lines)
    return replace(
        one,
        choice=replace(one.choice, source=_both(one.choice.source, other.choice.source)),
        amount=one.amount + other.amount,
        original=one.original + other.original,
        because=f"lines {numbers} together, which share account, tax code and dimensions",
        source=_both(one.source, other.source),
        tax_amount=tax_amount,
        lines=lines,
    )


def _both(one: str, other: str) -> str:
    return one if other in one.split(", ") else f"{one}, {other}"


def _one_line(item: ExportItem, index: int, accounts: LineAccounts, tax_style: TaxStyle, way: int) -> Iterator[Leg]:
    line, path = item.lines[index], f"accountingEntryLines[{index}]"
    separate = tax_style is TaxStyle.OWN_LINE
    main = _main_amount(item, index) if separate else line.amount
    because = "the tax inside the amount has a posting of its own" if main != line.amount else "the whole line"
    tax = line.tax if accounts.main.role is AccountRole.EXPENSE else None
    yield Leg(
        choice=accounts.main,
        amount=_signed(main.wallet, way),
        original=main.supplier,
        because=because,
        source=f"{path}.lineAmount.inWalletCurrency.value",
        tax_code=tax.code if tax else None,
        tax_amount=abs(tax.amount.wallet) if tax else None,
        dimensions=line_dimensions(item, index),
        lines=(index,),
    )
    if tax is None:
        return
    for choice, sign, tax_because in (
        (accounts.input_tax, way, "the tax of the line, as Pleo gives it"),
        (accounts.output_tax, -way, "reverse charge: the same tax is owed, so that nothing more is paid"),
    ):
        if choice is not None:
            yield Leg(
                choice=choice,
                amount=_signed(tax.amount.wallet, sign),
                original=tax.amount.supplier,
                because=tax_because,
                source=f"{path}.tax.amount.inWalletCurrency.value",
                tax_code=tax.code,
                lines=(index,),
            )


def _main_amount(item: ExportItem, index: int) -> AmountPair:
    """The line's amount less the tax inside it, in both currencies."""
    line = item.lines[index]
    tax = tax_inside(line)
    if tax.is_zero or line.tax is None:
        return line.amount
    net, supplier, tax_supplier = line.amount.wallet - tax, line.amount.supplier, line.tax.amount.supplier
    if tax_supplier.currency != supplier.currency:
        # No original amount can be told without a rate of our own.
        return AmountPair(wallet=net, supplier=net)
    return AmountPair(wallet=net, supplier=supplier - tax_supplier)


def _signed(amount: Money, sign: int) -> Money:
    return amount if sign > 0 else -amount


def _side(leg: Leg) -> Side:
    return Side.DEBIT if leg.amount.minor > 0 else Side.CREDIT


def _explain(leg: Leg, subject: str, row: MappingRow) -> Iterator[TraceStep]:
    choice = leg.choice
    yield TraceStep(
        subject=f"{subject}.account",
        value=choice.number,
        rule="accounts mapping",
        because=choice.because,
        source=choice.source,
        refused=choice.refused,
    )
    yield TraceStep(
        subject=f"{subject}.side",
        value=_side(leg),
        rule="expense type mapping",
        because=_side_reason(row, choice.role),
        source="type, subType",
    )
    yield TraceStep(
        subject=f"{subject}.amount",
        value=str(abs(leg.amount)),
        rule="data mapping",
        because=leg.because,
        source=leg.source,
    )
    if leg.tax_code:
        yield TraceStep(
            subject=f"{subject}.taxCode",
            value=leg.tax_code,
            rule="data mapping",
            because="the tax code of the line",
            source=", ".join(f"accountingEntryLines[{index}].tax.code" for index in leg.lines),
        )


def _side_reason(row: MappingRow, role: AccountRole) -> str:
    if role is AccountRole.INPUT_TAX:
        return "input tax stands on the side of its line"
    if role is AccountRole.OUTPUT_TAX:
        return "output tax stands against its line"
    lines = "debited" if row.lines_side is Side.DEBIT else "credited"
    against = row.counter.replace("_", " ")
    sign = "whatever its sign" if row.direction is Direction.BY_TYPE else "and reversed where it is negative"
    return f"{row.lines.replace('_', ' ')} is {lines} against {against}, {sign}"
