from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from beancount import loader
from beancount.core import data as beancount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.dialect import (
    BooksAccountLine,
    NewEntry,
    NewReceipt,
    receipt_block,
    voucher_block,
)
from bilag.adapters.accounting.plaintext.entry_fields import narration
from bilag.adapters.accounting.plaintext.syntax_beancount import BeancountDialect
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.export_item import ServicePeriod
from bilag.domain.ledger import Datapoints, Dimension, JournalEntry, Posting, PostingMode, Side
from bilag.domain.money import Currency
from bilag.domain.period import ClosedPeriodStep
from tests.adapters.accounting.plaintext.any_documents import entries
from tests.adapters.accounting.plaintext.samples import HASH, an_entry, dated
from tests.builders import money

DIALECT = BeancountDialect()
ACCOUNTS = {"6010": "Expenses:6010", "6110": "Expenses:6110-Travel", "1910": "Assets:1910"}


def text_of(entry: JournalEntry, voucher: str = "2026-000001") -> str:
    return DIALECT.entry_text(NewEntry(document=entry, content_hash=HASH, voucher=voucher, accounts=ACCOUNTS))


def loaded(texts: Sequence[str]) -> tuple[Any, ...]:
    opened = [DIALECT.account_text(BooksAccountLine(name=name, number=number)) for number, name in ACCOUNTS.items()]
    blocks = [voucher_block(f"2026-{number:06d}", text)[0].decode() for number, text in enumerate(texts)]
    found: Sequence[Any]
    found, errors, _ = loader.load_string("".join([*opened, *blocks]))
    assert not errors, errors
    assert {one.account for one in found if isinstance(one, beancount.Open)} == set(ACCOUNTS.values())
    return tuple(one for one in found if not isinstance(one, beancount.Open))


def units(posting: Posting) -> tuple[str, Decimal, str]:
    signed = posting.amount if posting.side is Side.DEBIT else -posting.amount
    return ACCOUNTS[posting.account], signed.decimal(), signed.currency.code


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries())
def test_beancount_reads_any_entry_as_it_was_meant_and_nothing_else(entry: JournalEntry) -> None:
    (found,) = loaded([text_of(entry)])
    assert type(found).__name__ == "Transaction"
    assert found.date == entry.posting_date.date
    assert found.flag == ("*" if entry.mode is PostingMode.FINAL else "!")
    assert (found.payee or "") == holdable(entry.datapoints.payee)
    assert found.narration == holdable(narration(entry.datapoints))
    assert found.meta["external_reference"] == holdable(entry.external_reference)
    assert found.meta["content_hash"] == HASH
    assert found.meta.get("note", "") == holdable(entry.datapoints.note)
    assert [(p.account, p.units.number, p.units.currency) for p in found.postings] == [
        units(posting) for posting in entry.postings
    ]
    for read, meant in zip(found.postings, entry.postings, strict=True):
        assert -read.units.number.as_tuple().exponent == meant.amount.currency.decimals
        assert read.meta.get("tax_code", "") == holdable(meant.tax_code or "")
        dimensions = [value for name, value in read.meta.items() if name.startswith("dimension_")]
        assert dimensions == [holdable(dimension.code) for dimension in meant.dimensions]


@settings(max_examples=300, deadline=None)
@given(entries())
def test_we_read_back_what_we_wrote(entry: JournalEntry) -> None:
    standing = DIALECT.read_entry(text_of(entry))
    assert standing.external_reference == holdable(entry.external_reference)
    assert standing.voucher == "2026-000001"
    assert standing.day == entry.posting_date.date
    assert standing.mode is entry.mode
    assert standing.total == entry.total(Side.DEBIT)
    assert standing.content_hash == HASH
    assert standing.account == ACCOUNTS[entry.postings[0].account]


def an_entry_with_everything() -> JournalEntry:
    tax = Posting(
        account="6110",
        role=an_entry().postings[0].role,
        side=Side.DEBIT,
        amount=money("25.00 DKK"),
        description="Tax of line 1",
        tax_code="K25",
        tax_amount=money("25.00 DKK"),
        original=money("3.35 EUR"),
        dimensions=(Dimension(group="COSTCENTRE", code="C-100"), Dimension(group="project", code="P 1")),
    )
    return an_entry(
        1,
        "150.00 DKK",
        posting_date=dated(date(2026, 11, 1), original=date(2026, 10, 15), moved_by=ClosedPeriodStep.NEXT_OPEN_PERIOD),
        postings=(
            Posting(account="6010", role=tax.role, side=Side.DEBIT, amount=money("125.00 DKK")),
            tax,
            Posting(account="1910", role=tax.role, side=Side.CREDIT, amount=money("150.00 DKK")),
        ),
        datapoints=Datapoints(
            reconciliation_id="rec-1",
            description="Papirhuset - Astrid Holm",
            payee='The "Papirhuset"',
            attendees=("Bo", "Eva"),
            service_period=ServicePeriod(start=date(2026, 10, 1), end=date(2026, 12, 31)),
            original_amount=money("20.10 EUR"),
        ),
    )


WRITTEN: Final = (
    '2026-11-01 ! "The \\"Papirhuset\\"" "Papirhuset - Astrid Holm"'
    " ^4b1f0c5e.8d2c9b34-1f9e-4c1c-8a57-000000000001.je1\n"
    '  external_reference: "4b1f0c5e.8d2c9b34-1f9e-4c1c-8a57-000000000001.je1"\n'
    '  voucher: "2026-000001"\n'
    f'  content_hash: "{HASH}"\n'
    '  period: "2026-11"\n'
    "  original_date: 2026-10-15\n"
    '  moved_by: "next_open_period"\n'
    '  reconciliation_id: "rec-1"\n'
    '  attendees: "Bo; Eva"\n'
    "  service_start: 2026-10-01\n"
    "  service_end: 2026-12-31\n"
    "  original_amount: 20.10 EUR\n"
    "  Expenses:6010                                       125.00 DKK\n"
    "  Expenses:6110-Travel                                 25.00 DKK\n"
    '    description: "Tax of line 1"\n'
    '    tax_code: "K25"\n'
    "    tax_amount: 25.00 DKK\n"
    "    original_amount: 3.35 EUR\n"
    '    dimension_costcentre: "C-100"\n'
    '    group_costcentre: "COSTCENTRE"\n'
    '    dimension_project: "P 1"\n'
    "  Assets:1910                                        -150.00 DKK\n"
)


def test_an_entry_is_written_like_this() -> None:
    assert text_of(an_entry_with_everything()) == WRITTEN


@pytest.mark.parametrize(
    ("changed", "day", "mode", "total"),
    [
        ('2026-10-15 ! "A"', date(2026, 10, 15), PostingMode.DRAFT, "125.00 DKK"),
        ('2026/10/16 * "A" #checked', date(2026, 10, 16), PostingMode.FINAL, "125.00 DKK"),
        ('2026-10-15 txn "A"', date(2026, 10, 15), PostingMode.FINAL, "125.00 DKK"),
        ('2026-10-15 *"A"\n  ; checked by Eva\n\t#tag ^link', date(2026, 10, 15), PostingMode.FINAL, "125.00 DKK"),
    ],
)
def test_a_persons_changes_are_read(changed: str, day: date, mode: PostingMode, total: str) -> None:
    standing = DIALECT.read_entry(f"{changed}\n  Expenses:6010  125 DKK ; paper\n  ! Assets:1910  -125.00 DKK\n")
    assert (standing.day, standing.mode, standing.total) == (day, mode, money(total))


def test_an_amount_left_out_is_worked_out() -> None:
    text = '2026-10-15 * "A"\n  Assets:1910\n  Expenses:6010  1,100.00 DKK\n  Expenses:6011  -100.00 DKK\n'
    assert DIALECT.read_entry(text).total == money("1100.00 DKK")
    credited = '2026-10-15 * "A"\n  Assets:1910\n  Expenses:6010  -75.00 DKK\n'
    assert DIALECT.read_entry(credited).total == money("75.00 DKK")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello", "a date and a flag"),
        ('2026-13-15 * "A"\n  Assets:A  1 DKK\n  Assets:B  -1 DKK\n', "no day 2026-13-15"),
        ('2026-10-15 * "A"\n', "no postings"),
        ('2026-10-15 * "A"\n  Assets:A  1 DKK\n  Assets:B\n  Assets:C\n', "more than one amount"),
        ('2026-10-15 * "A"\n  Assets:A  1 DKK\n  Assets:B  -1 EUR\n', "no single currency"),
        ('2026-10-15 * "A"\n  Assets:A  1 DKK\n  Assets:B  -2 DKK\n', "does not balance"),
        ('2026-10-15 * "A"\n  Assets:A  1 EUR @ 7 DKK\n  Assets:B  -7 DKK\n', "1 EUR @ 7 DKK"),
        ('2026-10-15 * "A"\n  Assets:A  (1+1) DKK\n  Assets:B  -2 DKK\n', "plain number"),
        ('2026-10-15 * "A"\n  Assets:A  0.001 DKK\n  Assets:B  -0.001 DKK\n', "not money"),
        ('2026-10-15 * "A"\n  nonsense\n', "no posting"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why.replace("(", r"\(")):
        DIALECT.read_entry(text)


def test_accounts_are_read_from_open_and_close_directives() -> None:
    text = (
        '2020-01-01 open Expenses:Rent DKK,EUR "STRICT"\n  number: "4010"\n  name: "Rent \\"and\\" heat"\n'
        "2020-01-01 open Assets:Bank ; ours\n2026-01-01 close Assets:Bank\n"
    )
    assert DIALECT.accounts_in(text) == (
        BooksAccountLine(
            name="Expenses:Rent",
            number="4010",
            title='Rent "and" heat',
            currencies=frozenset({Currency("DKK"), Currency("EUR")}),
        ),
        BooksAccountLine(name="Assets:Bank", closed=True),
    )
    opened = DIALECT.account_text(
        BooksAccountLine(name="Assets:1910", kind=AccountKind.ASSET, number='19"10', title="Pleo")
    )
    assert DIALECT.accounts_in(opened) == (BooksAccountLine(name="Assets:1910", number='19"10', title="Pleo"),)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_a_receipt_is_read_back(path: str) -> None:
    receipt = NewReceipt(
        day=date(2026, 10, 15),
        account="Expenses:6010",
        path=f"../documents/{path}",
        external_reference="a.b.je1",
        voucher="2026-000001",
        sha256=HASH,
    )
    block, start = receipt_block("2026-000001", DIALECT.receipt_text(receipt))
    standing = DIALECT.read_receipt(block[start:].decode())
    assert (standing.path, standing.sha256) == (holdable(receipt.path), HASH)


def test_a_receipt_without_a_file_cannot_be_read() -> None:
    with pytest.raises(Unreadable, match="names no file"):
        DIALECT.read_receipt("2026-10-15 document Expenses:6010\n")
