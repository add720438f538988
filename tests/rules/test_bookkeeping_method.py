import pytest

from bilag.domain.expense_type import BookkeepingMethod, ExpenseType
from bilag.domain.export_item import Supplier, Unrecognised
from bilag.domain.failure import FailureCode
from bilag.domain.settings import UnsetMethod
from bilag.rules.bookkeeping_method import asks_vendor_search, resolve_method
from bilag.rules.expense_type_mapping import ALWAYS_JOURNAL
from tests.builders import an_item, settings_with
from tests.rules.books_for_planning import BooksForPlanning, planned
from tests.rules.plan_reading import codes, only_failure, step_of

JOURNAL, PAYABLE, NONE = BookkeepingMethod.JOURNAL, BookkeepingMethod.ACCOUNTS_PAYABLE, BookkeepingMethod.NONE
ONLY_JOURNAL = frozenset({JOURNAL})
BOTH = frozenset({JOURNAL, PAYABLE})
SEARCH = settings_with(method_when_unset=UnsetMethod.VENDOR_SEARCH)
EVERY_METHOD = [*BookkeepingMethod, None, Unrecognised("barter")]


@pytest.mark.parametrize("method", [JOURNAL, NONE])
def test_journal_and_none_are_journal_entries(method: BookkeepingMethod) -> None:
    resolution = resolve_method(an_item(method=method), settings_with(), supported=BOTH, vendor_found=True)
    assert (resolution.method, resolution.failures) == (JOURNAL, ())


def test_accounts_payable_is_payable_where_the_connector_books_it() -> None:
    item = an_item(method=PAYABLE)
    assert resolve_method(item, settings_with(), supported=BOTH, vendor_found=False).method is PAYABLE


async def test_accounts_payable_fails_and_says_what_to_do_where_the_connector_does_not() -> None:
    failure = only_failure(await planned(an_item(method=PAYABLE), settings_with()))
    assert failure.code is FailureCode.METHOD_NOT_SUPPORTED
    assert failure.path == "bookkeeping.method"
    assert "journal" in failure.remedy


async def test_an_unknown_method_fails_and_is_quoted() -> None:
    failure = only_failure(await planned(an_item(method=Unrecognised("barter")), settings_with()))
    assert failure.code is FailureCode.ITEM_METHOD_UNKNOWN
    assert "barter" in failure.message


@pytest.mark.parametrize("method", EVERY_METHOD)
@pytest.mark.parametrize("type_", [ExpenseType.WALLET_TOPUP, ExpenseType.WALLET_UNLOAD])
async def test_wallet_loads_and_unloads_are_journal_entries_whatever_the_method_says(
    type_: ExpenseType, method: BookkeepingMethod | Unrecognised | None
) -> None:
    item = an_item(type=type_, method=method, supplier=Supplier(code="V1"))
    plan = await planned(item, SEARCH, BooksForPlanning(vendors=frozenset({"V1"})))
    assert plan.method is JOURNAL
    assert step_of(plan, "method").source == "type"
    assert not asks_vendor_search(item, SEARCH)


def test_loads_and_unloads_are_the_only_ones() -> None:
    assert {ExpenseType.WALLET_TOPUP, ExpenseType.WALLET_UNLOAD} == ALWAYS_JOURNAL


async def test_no_method_is_a_journal_entry_by_default_and_nobody_is_searched_for() -> None:
    item = an_item(supplier=Supplier(code="V1"))
    assert not asks_vendor_search(item, settings_with())
    plan = await planned(item, settings_with(), BooksForPlanning(vendors=frozenset({"V1"})))
    assert plan.method is JOURNAL
    assert step_of(plan, "method").source == "settings.bookkeeping.method_when_unset"


@pytest.mark.parametrize(
    "supplier", [Supplier(code="V1"), Supplier(account="4711"), Supplier(tax_identifier="DK12345678")]
)
def test_no_method_with_a_vendor_in_the_books_is_payable_where_the_search_is_on(supplier: Supplier) -> None:
    item = an_item(supplier=supplier)
    assert asks_vendor_search(item, SEARCH)
    assert resolve_method(item, SEARCH, supported=BOTH, vendor_found=True).method is PAYABLE


@pytest.mark.parametrize(
    ("supplier", "supported", "vendor_found", "because"),
    [
        (Supplier(code="V1"), BOTH, False, "no vendor in the books"),
        (None, BOTH, False, "no supplier to search for"),
        (Supplier(code="V1"), ONLY_JOURNAL, True, "books no payables"),
    ],
)
def test_the_search_falls_back_on_a_journal_entry_and_says_why(
    supplier: Supplier | None, supported: frozenset[BookkeepingMethod], *, vendor_found: bool, because: str
) -> None:
    item = an_item(supplier=supplier)
    resolution = resolve_method(item, SEARCH, supported=supported, vendor_found=vendor_found)
    assert resolution.method is JOURNAL
    assert because in resolution.trace[0].because


@pytest.mark.parametrize("method", [JOURNAL, NONE, PAYABLE])
def test_a_method_from_pleo_is_never_overruled_by_the_search(method: BookkeepingMethod) -> None:
    assert not asks_vendor_search(an_item(method=method), SEARCH)


@pytest.mark.parametrize(
    ("vendors", "because"), [({"4711"}, "books no payables"), (set[str](), "no vendor in the books")]
)
async def test_the_books_are_asked_for_the_vendor_while_planning(vendors: set[str], because: str) -> None:
    books = BooksForPlanning(vendors=frozenset(vendors))
    plan = await planned(an_item(supplier=Supplier(account="4711")), SEARCH, books)
    assert because in step_of(plan, "method").because


async def test_a_failed_item_still_tells_its_method() -> None:
    plan = await planned(an_item(lines=()), settings_with())
    assert codes(plan) == [FailureCode.LINES_MISSING]
    assert (plan.method, plan.trace[0].subject) == (JOURNAL, "method")
