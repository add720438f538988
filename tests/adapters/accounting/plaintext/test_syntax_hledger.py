from datetime import date
from pathlib import Path

import pytest
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
from bilag.adapters.accounting.plaintext.syntax_hledger import HledgerDialect
from bilag.adapters.accounting.plaintext.text_escape import holdable, tag_exact
from bilag.domain.ledger import JournalEntry, PostingMode, Side
from bilag.domain.money import Currency
from tests.adapters.accounting.plaintext.any_documents import entries
from tests.adapters.accounting.plaintext.oracles import HLEDGER, hledger, hledger_transactions
from tests.adapters.accounting.plaintext.samples import HASH, an_entry
from tests.builders import money

DIALECT = HledgerDialect()
ACCOUNTS = {"6010": "Expenses:6010", "6110": "Expenses:Travel costs", "1910": "Assets:1910"}
CURRENCIES = [Currency(code) for code in ("EUR", "JPY", "KWD", "CLF", "DKK")]


def text_of(entry: JournalEntry, voucher: str = "2026-000001") -> str:
    return DIALECT.entry_text(NewEntry(document=entry, content_hash=HASH, voucher=voucher, accounts=ACCOUNTS))


def journal_of(documents: list[JournalEntry]) -> str:
    parts = [DIALECT.header_text("Test"), *map(DIALECT.currency_text, CURRENCIES)]
    parts += [
        DIALECT.account_text(BooksAccountLine(name=name, number=number, kind=AccountKind.EXPENSE))
        for number, name in ACCOUNTS.items()
    ]
    for number, document in enumerate(documents):
        voucher = f"2026-{number:06d}"
        parts.append(voucher_block(voucher, text_of(document, voucher))[0].decode())
    return "".join(parts)


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed, so it cannot be asked")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(documents=st.lists(entries(), min_size=1, max_size=8))
def test_hledger_reads_any_entry_as_it_was_meant_and_nothing_else(
    tmp_path: Path, documents: list[JournalEntry]
) -> None:
    (tmp_path / "main.journal").write_text(journal_of(documents), encoding="utf-8")
    hledger(tmp_path, "check", "--strict")
    found = {one["tcode"]: one for one in hledger_transactions(tmp_path)}
    assert len(found) == len(documents)
    for number, document in enumerate(documents):
        read = found[f"2026-{number:06d}"]
        tags = dict(read["ttags"])
        assert read["tdate"] == document.posting_date.date.isoformat()
        assert read["tstatus"] == ("Cleared" if document.mode is PostingMode.FINAL else "Pending")
        assert tags["external_reference"] == tag_exact(document.external_reference)
        assert tags["content_hash"] == HASH
        amounts = [
            (p["paccount"], p["pamount"][0]["aquantity"], p["pamount"][0]["acommodity"]) for p in read["tpostings"]
        ]
        assert [
            (name, quantity["decimalMantissa"], quantity["decimalPlaces"], code) for name, quantity, code in amounts
        ] == [
            (
                ACCOUNTS[posting.account],
                posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor,
                posting.amount.currency.decimals,
                posting.amount.currency.code,
            )
            for posting in document.postings
        ]


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


def test_an_entry_is_written_like_this() -> None:
    assert text_of(an_entry(1, "1500 JPY", mode=PostingMode.FINAL)) == (
        "2026-10-15 * (2026-000001) Papirhuset | Astrid Holm\n"
        "    ; external_reference:4b1f0c5e.8d2c9b34-1f9e-4c1c-8a57-000000000001.je1\n"
        "    ; voucher:2026-000001\n"
        f"    ; content_hash:{HASH}\n"
        "    ; period:2026-10\n"
        "    ; reconciliation_id:rec-1\n"
        "    Expenses:6010                                         1500 JPY\n"
        "    Assets:1910                                          -1500 JPY\n"
    )


@pytest.mark.parametrize(
    ("changed", "day", "mode"),
    [
        ("2026/10/16 ! (x) A", date(2026, 10, 16), PostingMode.DRAFT),
        ("2026-10-15 * A  ; checked", date(2026, 10, 15), PostingMode.FINAL),
        ("2026-10-15 A", date(2026, 10, 15), PostingMode.DRAFT),
        ("2026-10-15=2026-10-20 * A", date(2026, 10, 15), PostingMode.FINAL),
    ],
)
def test_a_persons_changes_are_read(changed: str, day: date, mode: PostingMode) -> None:
    text = f"{changed}\n    ; a comment\n    Expenses:Travel costs  1,125.00 DKK  ; paper\n    ! Assets:1910\n"
    standing = DIALECT.read_entry(text)
    assert (standing.day, standing.mode, standing.total) == (day, mode, money("1125.00 DKK"))
    assert standing.account == "Expenses:Travel costs"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello", "start with a date"),
        ("2026-10-15 A\n", "no postings"),
        ("2026-10-15 A\n    A  1 DKK @ 7 EUR\n    B\n", "1 DKK @ 7 EUR"),
        ("2026-10-15 A\n    A  1 DKK = 5 DKK\n    B\n", "plain number"),
        ("2026-10-15 A\n    A ;b  1 DKK\n    B\n", "no posting"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        DIALECT.read_entry(text)


def test_accounts_and_currencies_are_read_from_their_directives() -> None:
    text = (
        "commodity 1000.00 DKK\ncommodity 1000. JPY\naccount Expenses:Rent and heat  ; number:4010\naccount Assets:A\n"
    )
    assert DIALECT.currencies_in(text) == {"DKK", "JPY"}
    assert DIALECT.accounts_in(text) == (
        BooksAccountLine(name="Expenses:Rent and heat", number="4010"),
        BooksAccountLine(name="Assets:A"),
    )
    opened = DIALECT.account_text(
        BooksAccountLine(name="Assets:1910", kind=AccountKind.ASSET, number="19,10", title="Pleo")
    )
    assert DIALECT.accounts_in(opened) == (BooksAccountLine(name="Assets:1910", number="19,10", title="Pleo"),)


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
        DIALECT.read_receipt("; document:, sha256:abc\n")
