"""What people and suppliers write, on its way into the books: it stays text, whatever it looks like.

beancount and hledger themselves are the judges.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext.account_names import NUMBER_CHARACTERS_MAX, AccountKind, number_problem
from bilag.adapters.accounting.plaintext.books import dialect_of
from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.dialect import BooksAccountLine
from bilag.adapters.accounting.plaintext.entry_fields import posting_fields
from bilag.adapters.accounting.plaintext.text_escape import (
    description,
    link,
    quoted,
    tag_exact,
    tag_link,
    tag_value,
)
from bilag.adapters.pleo.wire_item_reading import item_of
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import FailureCode
from bilag.domain.ledger import Dimension, JournalEntry
from bilag.lifecycle.desk import Planner
from bilag.lifecycle.plan_item import plan_item
from bilag.ports.accounting_system import PostedDocument, Rejected
from bilag.rules.outcome import safe_text
from tests.adapters.accounting.plaintext.any_documents import HOSTILE
from tests.adapters.accounting.plaintext.oracles import HLEDGER, hledger_transactions, load
from tests.adapters.accounting.plaintext.samples import HASH, FixedClock, a_config, an_entry
from tests.adapters.pleo.samples import COMPANY, an_item, as_json
from tests.builders import settings_with

PAYLOADS: Final = (
    *(text.encode("utf-8", "replace").decode() for text in HOSTILE),
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "+1-1",
    "\t=1",
    "\x1b]0;title\x07\x1b[2J",
    "{{ 7*7 }} ${7*7} <script>alert(1)</script>",
    "'; DROP TABLE posting_journal; --",
    "../../../etc/passwd",
    'x"\n2026-01-01 balance Assets:Evil 1 EUR\n',
    '\noption "title" "evil"\nplugin "os"\n',
    "\n2026-01-01 evil\n    a  1 EUR\n    b\n",
    "\ncomment\n",
    "\n~ monthly\n    a  1 EUR\n    b\n",
    "2026-01-01=2026-02-02",
    "date:1999-01-01, date2:1999-01-01 [1999-01-01=1999-02-02]",
    "voucher:2026-000001, content_hash:0, external_reference:evil",
    "\u2028voucher 2026-000001\u2029",
    "\r; end of voucher 2026-000001\r",
    "\ufeff",
    "%0A%2C%5B",
    "A" * 5000,
)
# Places where a word or a date belongs; a text there makes another item, not another text.
NO_TEXTS: Final = frozenset({"type", "subType", "method", "date", "from", "to", "currency", "country"})
NO_TEXT_ENDS: Final = re.compile(r"Date$|Currency$|Id$|^code$|Account$|^url$|^exportItem$")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    return tmp_path / "books"


@pytest.fixture(params=list(Syntax))
def syntax(request: pytest.FixtureRequest) -> Syntax:
    chosen: Syntax = request.param
    if chosen is Syntax.HLEDGER and HLEDGER is None:
        pytest.skip("hledger is not installed, so nobody could judge these books")
    return chosen


@pytest.fixture
async def books(folder: Path, syntax: Syntax) -> AsyncIterator[PlaintextBooks]:
    opened = PlaintextBooks(a_config(folder, syntax), FixedClock())
    yield opened
    await opened.close()


def spoken(document: Any, text: str, key: str = "") -> Any:
    """The JSON with the text in every place that takes one."""
    match document:
        case dict():
            return {name: spoken(inner, text, name) for name, inner in document.items()}
        case list():
            return [spoken(inner, text, key) for inner in document]
        case str() if key not in NO_TEXTS and not NO_TEXT_ENDS.search(key):
            return text
        case _:
            return document


def hostile_item(number: int, text: str) -> ExportItem:
    document = spoken(an_item(files=[]), text)
    document["accountingEntryId"] = f"entry-{number}"
    document["additionalInformation"]["reconciliationId"] = f"r{text}"
    document["supplier"]["code"] = document["team"]["code"] = text
    document["_links"] = {"web": f"https://app.example/{text}"}
    (line,) = document["accountingEntryLines"]
    line["tags"] = [{"id": text, "code": text, "groupCode": text}]
    line["tax"]["code"] = text
    line["account"]["code"] = "4000"
    item = item_of(msgspec.Raw(as_json(document)))
    assert isinstance(item, ExportItem), item
    return item


def opened_accounts(folder: Path) -> int:
    """How many accounts the accounts file opens with a number."""
    (accounts,) = folder.glob("accounts.*")
    return accounts.read_text(encoding="utf-8").count("number:")


async def planned(item: ExportItem, books: PlaintextBooks) -> JournalEntry:
    plan = await plan_item(item, Planner(settings=settings_with(company_id=COMPANY), books=books, clock=FixedClock()))
    assert not plan.failures, plan.failures
    (document,) = plan.documents
    assert isinstance(document, JournalEntry)
    return document


async def test_texts_of_an_expense_stay_texts_in_the_eyes_of_the_books_own_program(
    books: PlaintextBooks, folder: Path, syntax: Syntax
) -> None:
    entries = [await planned(hostile_item(number, text), books) for number, text in enumerate(PAYLOADS)]
    answers = await asyncio.gather(*(books.post(entry, HASH) for entry in entries))
    await books.close()

    assert all(isinstance(answer, PostedDocument) for answer in answers), answers
    wanted = {entry.external_reference for entry in entries}
    match syntax:
        case Syntax.BEANCOUNT:
            judged = load(folder)
            assert set(judged.by_reference()) == wanted
            assert {str(one.date) for one in judged.transactions} == {"2026-03-01"}
            assert sum(judged.totals().values()) == 0
            assert not [name for name in judged.accounts if "Evil" in name]
        case Syntax.HLEDGER:
            seen = hledger_transactions(folder)
            assert {dict(one["ttags"])["external_reference"] for one in seen} == wanted
            assert {(one["tdate"], one["tdate2"]) for one in seen} == {("2026-03-01", None)}
            assert {posting["pdate"] for one in seen for posting in one["tpostings"]} == {None}
            assert {len(one["tpostings"]) for one in seen} == {3}


@pytest.mark.parametrize("number", ["40\x0110", "40\u202e10", "\ufeff4010", "4\n0", "4" * (NUMBER_CHARACTERS_MAX + 1)])
async def test_account_number_that_would_not_read_back_fails_its_own_expense_only(
    books: PlaintextBooks, folder: Path, number: str
) -> None:
    hostile, good = an_entry(1), an_entry(2)
    expense, wallet = hostile.postings
    hostile = an_entry(1, postings=(replace(expense, account=number), wallet))

    refused, posted = await asyncio.gather(books.post(hostile, HASH), books.post(good, HASH))

    assert isinstance(posted, PostedDocument)
    assert isinstance(refused, Rejected)
    assert [failure.code for failure in refused.failures] == [FailureCode.ACCOUNT_UNKNOWN]
    assert not await books.accounts([number])
    assert opened_accounts(folder) == 2


@given(st.text(max_size=NUMBER_CHARACTERS_MAX), st.sampled_from(Syntax))
def test_account_number_is_refused_or_reads_back(number: str, syntax: Syntax) -> None:
    dialect = dialect_of(syntax)
    account = BooksAccountLine(name="Expenses:Any", kind=AccountKind.EXPENSE, number=number, title=number)

    assert number_problem(number) or [one.number for one in dialect.accounts_in(dialect.account_text(account))] == [
        number
    ]


def test_thousands_of_tags_of_one_group_are_named_at_once() -> None:
    document = an_entry(1)
    tags = tuple(Dimension(group="Gruppe!", code=str(number)) for number in range(20_000))
    started_seconds = time.process_time()

    names = [name for name, _ in posting_fields(replace(document.postings[0], dimensions=tags), document)]

    assert len(set(names)) == 40_000
    assert time.process_time() - started_seconds < 10


def test_tags_never_share_a_name() -> None:
    document = an_entry(1)
    groups = ("x", "x_2", "X", "x_3", "x", "x_2", "x-2", "x")
    tags = tuple(Dimension(group=group, code=str(number)) for number, group in enumerate(groups))
    fields = list(posting_fields(replace(document.postings[0], dimensions=tags), document))

    values = [value for name, value in fields if name.startswith("dimension_")]
    assert values == [str(number) for number in range(len(groups))]
    assert len(dict(fields)) == len(fields)


@pytest.mark.parametrize("escape", [quoted, description, tag_value, tag_exact, tag_link, link, safe_text])
@pytest.mark.parametrize("sign", [" ", "\t", "\n", "\u2003", "\\", '"', "'/", "(/", "/a", ", ", "%", "A1"])
def test_long_text_of_one_sign_is_escaped_at_once(escape: Callable[[str], str], sign: str) -> None:
    started_seconds = time.process_time()

    escape(f"x{sign * 50_000}x")

    assert time.process_time() - started_seconds < 5
