"""Every failure that planning can end in, each with an item and settings that end in it."""

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bilag import rules
from bilag.domain.attachment import MIB
from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType
from bilag.domain.export_item import ExportItem, ItemFile, MappedAccount, Supplier, Unrecognised
from bilag.domain.failure import FailureCode
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.settings import ExportSettings
from tests.builders import OFFICE, a_line, a_tag, a_tax, accounts_with, an_item, pair, settings_with
from tests.rules.books_for_planning import (
    JOURNAL_BOOKS,
    PAYABLE_BOOKS,
    BooksForPlanning,
    books_with_text,
    chart_with,
    planned,
)
from tests.rules.plan_reading import codes


@dataclass(frozen=True, slots=True)
class Case:
    """What fails, with which settings and books."""

    item: ExportItem
    settings: ExportSettings | None = None
    books: BooksForPlanning | None = None


HUGE = ItemFile(url="https://files.example/1", position=0, size_bytes=99 * MIB)
UNKNOWN_ACCOUNT = MappedAccount(id=OFFICE.id, name="Gifts", code="9999")
CASES = {
    FailureCode.ITEM_MALFORMED: Case(an_item(reconciliation_id="")),
    FailureCode.ITEM_TYPE_UNKNOWN: Case(an_item(type=Unrecognised("overdraft"))),
    FailureCode.ITEM_SUBTYPE_UNKNOWN: Case(an_item(subtype=ExpenseSubtype.INTEREST)),
    FailureCode.ITEM_METHOD_UNKNOWN: Case(an_item(method=Unrecognised("barter"))),
    FailureCode.ITEM_COMPANY_DIFFERS: Case(an_item(company_id="another")),
    FailureCode.METHOD_NOT_SUPPORTED: Case(an_item(method=BookkeepingMethod.ACCOUNTS_PAYABLE)),
    FailureCode.LINES_MISSING: Case(an_item(lines=())),
    FailureCode.LINES_SUM_DIFFERS: Case(an_item(amount=pair("1.00 DKK"))),
    FailureCode.AMOUNT_ZERO: Case(an_item(a_line("0.00 DKK"))),
    FailureCode.AMOUNT_DIRECTION_UNCLEAR: Case(
        an_item(a_line("1.00 DKK"), a_line("-1.00 DKK"), type=ExpenseType.REFUND)
    ),
    FailureCode.CURRENCY_MIXED: Case(an_item(a_line(), a_line("1.00 EUR"))),
    FailureCode.TAX_TYPE_UNKNOWN: Case(an_item(a_line(tax=a_tax(type=Unrecognised("margin"))))),
    FailureCode.TAX_AMOUNTS_DIFFER: Case(an_item(a_line(tax=a_tax(), net_amount=pair("99.00 DKK")))),
    FailureCode.TAX_NOT_APPLICABLE: Case(an_item(a_line(tax=a_tax()), type=ExpenseType.WALLET_TOPUP)),
    FailureCode.TAX_ACCOUNT_MISSING: Case(
        an_item(a_line(tax=a_tax())), settings_with(accounts=accounts_with(input_tax=""))
    ),
    FailureCode.TAX_CODE_UNKNOWN: Case(an_item(a_line(tax=a_tax(code="OLD")))),
    FailureCode.CATEGORY_MISSING: Case(an_item(a_line(account=None))),
    FailureCode.ACCOUNT_NOT_CONFIGURED: Case(an_item(), settings_with(accounts=accounts_with(wallet=""))),
    FailureCode.ACCOUNT_UNKNOWN: Case(an_item(a_line(account=UNKNOWN_ACCOUNT))),
    FailureCode.ACCOUNT_CLOSED: Case(an_item(), books=BooksForPlanning(chart=chart_with("6010", closed=True))),
    FailureCode.ACCOUNT_CURRENCY_DIFFERS: Case(
        an_item(), books=BooksForPlanning(chart=chart_with("1910", currency="EUR"))
    ),
    FailureCode.TAG_UNKNOWN: Case(an_item(a_line(tags=(a_tag("GONE"),)))),
    FailureCode.TAG_TOO_MANY: Case(
        an_item(a_line(tags=(a_tag(), a_tag("P-2604", "PROJECT")))),
        books=BooksForPlanning(can=replace(JOURNAL_BOOKS, dimensions_max=1)),
    ),
    FailureCode.TEXT_TOO_LONG: Case(an_item(), books=books_with_text(reference_max=5, description_max=5)),
    FailureCode.VENDOR_UNKNOWN: Case(
        an_item(method=BookkeepingMethod.ACCOUNTS_PAYABLE), books=BooksForPlanning(can=PAYABLE_BOOKS)
    ),
    FailureCode.VENDOR_BLOCKED: Case(
        an_item(method=BookkeepingMethod.ACCOUNTS_PAYABLE, supplier=Supplier(code="V1")),
        books=BooksForPlanning(can=PAYABLE_BOOKS, known_vendors=(KnownVendor(number="V1", blocked=True),)),
    ),
    FailureCode.PERIOD_CLOSED: Case(an_item(), books=BooksForPlanning(closed=frozenset({"2026-10"}))),
    FailureCode.PERIOD_MISSING: Case(an_item(), books=BooksForPlanning(last=an_item().date.date().replace(day=1))),
    FailureCode.RECEIPT_TOO_LARGE: Case(an_item(files=(HUGE,))),
}
SETTINGS = tomllib.loads((Path(__file__).parents[2] / "docs" / "bilag.example.toml").read_text(encoding="utf-8"))
# Known to the rules, but met only after planning: a file's real format, lost answers, what ends a whole job, and a bug.
AFTER_PLANNING = {
    FailureCode.RECEIPT_TYPE_REFUSED,
    FailureCode.BOOKS_OUTCOME_UNKNOWN,
    FailureCode.BOOKS_UNREACHABLE,
    FailureCode.BOOKS_TIMEOUT,
    FailureCode.BOOKS_THROTTLED,
    FailureCode.BOOKS_UNAUTHORISED,
    FailureCode.JOB_FAILED,
    FailureCode.UNEXPECTED,
}
# Given to the rules by whoever read the item; the rules look at them only to pass over their placeholders.
BEFORE_PLANNING = {FailureCode.CURRENCY_UNKNOWN, FailureCode.DATE_IMPOSSIBLE}


@pytest.mark.parametrize("code", list(CASES))
async def test_every_failure_of_the_rules_can_be_reached_alone(code: FailureCode) -> None:
    case = CASES[code]
    plan = await planned(case.item, case.settings or settings_with(), case.books)
    assert codes(plan) == [code]
    assert plan.documents == ()
    (failure,) = plan.failures
    assert failure.path
    assert failure.message.endswith(".")
    assert failure.remedy.endswith(".")


def test_no_code_of_the_rules_is_missing_here() -> None:
    sources = [path.read_text(encoding="utf-8") for folder in rules.__path__ for path in Path(folder).glob("*.py")]
    named = {FailureCode[name] for text in sources for name in re.findall(r"FailureCode\.([A-Z_]+)", text)}
    assert named == {*CASES, *AFTER_PLANNING, *BEFORE_PLANNING}


@pytest.mark.parametrize("code", list(CASES))
async def test_every_setting_that_a_failure_names_is_a_setting_that_exists(code: FailureCode) -> None:
    """The names are those of bilag.toml, as docs/bilag.example.toml shows them."""
    case = CASES[code]
    (failure,) = (await planned(case.item, case.settings or settings_with(), case.books)).failures
    assert all(key in SETTINGS["accounts"] for key in re.findall(r"\baccounts\.([a-z_]+)", failure.remedy))
    tables = re.findall(r"\b([a-z_]+)(?: = \S+)? in \[([a-z]+)\]", failure.remedy)
    assert all(key in SETTINGS[table] for key, table in tables)
    assert "settings." not in failure.remedy
