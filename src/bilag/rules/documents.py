"""Documents: the journal entry of an item, drawn up from its mapped accounts, data and date.

One posting per line, one per tax, and one for the sum of the lines on the other side, so that debits equal credits.
https://developers.pleo.io/docs/current/integration-design/exports (journal entry)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bilag.domain.export_item import AmountPair, ExportItem
from bilag.domain.ledger import AccountRole, Datapoints, Dimension, JournalEntry, Posting, PostingMode, Side
from bilag.domain.money import Money
from bilag.domain.period import PostingDate
from bilag.domain.plan import TraceStep
from bilag.domain.settings import TaxStyle
from bilag.rules.accounts_mapping import AccountChoice, AccountsMapping, LineAccounts
from bilag.rules.data_mapping import line_dimensions
from bilag.rules.expense_type_mapping import Direction, MappingRow
from bilag.rules.line_tax import tax_inside


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHead:
    """What the entry carries beside its postings."""

    reference: str
    posting_date: PostingDate
    mode: PostingMode
    datapoints: Datapoints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    """A posting to be: `amount` is positive for a debit and negative for a credit."""

    choice: AccountChoice
    amount: Money
    original: Money
    because: str
    source: str
    tax_code: str | None = None
    tax_amount: Money | None = None
    dimensions: tuple[Dimension, ...] = ()


def draw_up_journal_entry(
    item: ExportItem, row: MappingRow, mapping: AccountsMapping, tax_style: TaxStyle, head: DocumentHead
) -> tuple[JournalEntry, tuple[TraceStep, ...]]:
    """The entry, and why each posting is what it is. Expects an item and a mapping without failures."""
    legs = tuple(leg for leg in _legs(item, row, mapping, tax_style) if not leg.amount.is_zero)
    entry = JournalEntry(
        external_reference=head.reference,
        posting_date=head.posting_date,
        mode=head.mode,
        currency=item.amount.wallet.currency,
        postings=tuple(_posting(leg, head.datapoints.description) for leg in legs),
        datapoints=head.datapoints,
    )
    return entry, tuple(step for index, leg in enumerate(legs) for step in _trace(leg, index, row))


def _legs(item: ExportItem, row: MappingRow, mapping: AccountsMapping, tax_style: TaxStyle) -> Iterator[_Leg]:
    assert mapping.counter is not None
    assert len(mapping.lines) == len(item.lines)
    towards = _towards(row, item.amount.wallet)
    for index, accounts in enumerate(mapping.lines):
        yield from _line_legs(item, index, accounts, tax_style, towards)
    total = item.amount
    yield _Leg(
        choice=mapping.counter,
        amount=_signed(total.wallet, -towards),
        original=total.supplier,
        because="the sum of the lines, which equals the amount of the expense",
        source="accountingEntryLines[].lineAmount.inWalletCurrency.value",
    )


def _towards(row: MappingRow, total: Money) -> int:
    """1 where a positive line is a debit, -1 where it is a credit."""
    towards = 1 if row.lines_side is Side.DEBIT else -1
    return -towards if row.direction is Direction.BY_TYPE and total.minor < 0 else towards


def _line_legs(
    item: ExportItem, index: int, accounts: LineAccounts, tax_style: TaxStyle, towards: int
) -> Iterator[_Leg]:
    line, path = item.lines[index], f"accountingEntryLines[{index}]"
    separate = tax_style is TaxStyle.OWN_LINE
    main = _main_amount(item, index) if separate else line.amount
    tax_because = "the tax inside the amount has a posting of its own" if main != line.amount else "the whole line"
    tax = line.tax if accounts.main.role is AccountRole.EXPENSE else None
    yield _Leg(
        choice=accounts.main,
        amount=_signed(main.wallet, towards),
        original=main.supplier,
        because=tax_because,
        source=f"{path}.lineAmount.inWalletCurrency.value",
        tax_code=tax.code if tax else None,
        tax_amount=abs(tax.amount.wallet) if tax else None,
        dimensions=line_dimensions(item, index),
    )
    if tax is None:
        return
    for choice, sign, because in (
        (accounts.input_tax, towards, "the tax of the line, as Pleo gives it"),
        (accounts.output_tax, -towards, "reverse charge: the same tax is owed, so that nothing more is paid"),
    ):
        if choice is not None:
            yield _Leg(
                choice=choice,
                amount=_signed(tax.amount.wallet, sign),
                original=tax.amount.supplier,
                because=because,
                source=f"{path}.tax.amount.inWalletCurrency.value",
                tax_code=tax.code,
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


def _posting(leg: _Leg, description: str) -> Posting:
    foreign = leg.original.currency != leg.amount.currency
    return Posting(
        account=leg.choice.number,
        role=leg.choice.role,
        side=Side.DEBIT if leg.amount.minor > 0 else Side.CREDIT,
        amount=abs(leg.amount),
        description=description,
        original=abs(leg.original) if foreign else None,
        tax_code=leg.tax_code,
        tax_amount=leg.tax_amount,
        dimensions=leg.dimensions,
    )


def _trace(leg: _Leg, index: int, row: MappingRow) -> Iterator[TraceStep]:
    choice, posting = leg.choice, _posting(leg, "")
    subject = f"postings[{index}]"
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
        value=posting.side,
        rule="expense type mapping",
        because=_side_reason(row, choice.role),
        source="type, subType",
    )
    yield TraceStep(
        subject=f"{subject}.amount",
        value=str(posting.amount),
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
            source=f"{leg.source.partition('.')[0]}.tax.code",
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
