from dataclasses import replace

import pytest

from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType
from bilag.domain.export_item import ExportItem, Supplier, Unrecognised, Vendor
from bilag.domain.failure import FailureCode
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.settings import ExportSettings, UnsetMethod
from bilag.rules.bookkeeping_method import asks_vendor_search, resolve_method
from bilag.rules.expense_type_mapping import ALWAYS_JOURNAL
from tests.builders import an_item, settings_with
from tests.rules.books_for_planning import PAYABLE_BOOKS, BooksForPlanning, planned
from tests.rules.plan_reading import codes, only_failure, step_of

JOURNAL, PAYABLE, NONE = BookkeepingMethod.JOURNAL, BookkeepingMethod.ACCOUNTS_PAYABLE, BookkeepingMethod.NONE
ONLY_JOURNAL = frozenset({JOURNAL})
BOTH = frozenset({JOURNAL, PAYABLE})
SEARCH = settings_with(method_when_unset=UnsetMethod.VENDOR_SEARCH)
EMPLOYEES = settings_with(employees_as_vendors=True)
EVERY_METHOD = [*BookkeepingMethod, None, Unrecognised("barter")]
EMPLOYEE_TYPES = [
    ExpenseType.OUT_OF_POCKET,
    ExpenseType.MILEAGE,
    ExpenseType.PER_DIEM,
    ExpenseType.DIRECT_REIMBURSEMENT,
    ExpenseType.EXTERNAL_REIMBURSEMENT,
]
GADGETS = Vendor(id="v", name="Gadget Store", default_currency="DKK", code="V1001")


def books_that_know(*vendors: KnownVendor) -> BooksForPlanning:
    """Books that take accounts payable, with these vendors."""
    return BooksForPlanning(can=PAYABLE_BOOKS, known_vendors=vendors)


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
    plan = await planned(item, SEARCH, books_that_know(KnownVendor(number="V1")))
    assert plan.method is JOURNAL
    assert step_of(plan, "method").source == "type"
    assert not asks_vendor_search(item, SEARCH)


def test_loads_and_unloads_are_the_only_ones() -> None:
    assert {ExpenseType.WALLET_TOPUP, ExpenseType.WALLET_UNLOAD} == ALWAYS_JOURNAL


async def test_no_method_is_a_journal_entry_by_default_and_nobody_is_searched_for() -> None:
    item = an_item(supplier=Supplier(code="V1"))
    assert not asks_vendor_search(item, settings_with())
    plan = await planned(item, settings_with(), books_that_know(KnownVendor(number="V1")))
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
        (Supplier(code="V1"), BOTH, False, "not exactly one vendor in the books"),
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
    ("vendors", "method", "because"),
    [
        ((KnownVendor(number="V1", account="4711"),), PAYABLE, "matches the supplier"),
        ((KnownVendor(number="V1", account="4712"),), JOURNAL, "not exactly one vendor in the books"),
        (
            (KnownVendor(number="V1", account="4711"), KnownVendor(number="V2", account="4711")),
            JOURNAL,
            "not exactly one",
        ),
    ],
)
async def test_the_books_are_asked_for_the_vendor_while_planning(
    vendors: tuple[KnownVendor, ...], method: BookkeepingMethod, because: str
) -> None:
    plan = await planned(an_item(supplier=Supplier(account="4711")), SEARCH, books_that_know(*vendors))
    assert plan.method is method
    assert because in step_of(plan, "method").because


async def test_books_without_payables_make_a_journal_entry_of_what_the_search_finds() -> None:
    books = BooksForPlanning(known_vendors=(KnownVendor(number="V1"),))
    plan = await planned(an_item(supplier=Supplier(code="V1")), SEARCH, books)
    assert "books no payables" in step_of(plan, "method").because


async def test_the_default_vendor_makes_nothing_accounts_payable_by_itself() -> None:
    settings = settings_with(method_when_unset=UnsetMethod.VENDOR_SEARCH, default_vendor="V9000")
    plan = await planned(an_item(), settings, books_that_know(KnownVendor(number="V9000")))
    assert plan.method is JOURNAL


def test_the_search_looks_for_the_tagged_vendor_before_the_supplier() -> None:
    item = an_item(vendor=GADGETS, supplier=None)
    assert asks_vendor_search(item, SEARCH)
    resolution = resolve_method(item, SEARCH, supported=BOTH, vendor_found=True)
    assert resolution.method is PAYABLE
    assert resolution.trace[0].source == "vendor"


@pytest.mark.parametrize("type_", EMPLOYEE_TYPES)
def test_nobody_is_searched_for_behind_what_an_employee_laid_out(type_: ExpenseType) -> None:
    item = an_item(type=type_, supplier=Supplier(code="V1"))
    assert not asks_vendor_search(item, SEARCH)
    resolution = resolve_method(item, SEARCH, supported=BOTH, vendor_found=True)
    assert resolution.method is JOURNAL
    assert "no supplier" in resolution.trace[0].because


@pytest.mark.parametrize("settings", [EMPLOYEES, replace(EMPLOYEES, method_when_unset=UnsetMethod.VENDOR_SEARCH)])
@pytest.mark.parametrize("type_", EMPLOYEE_TYPES)
def test_the_settings_book_employees_as_vendors_where_pleo_sends_no_method(
    type_: ExpenseType, settings: ExportSettings
) -> None:
    resolution = resolve_method(an_item(type=type_), settings, supported=BOTH, vendor_found=False)
    assert resolution.method is PAYABLE
    (step,) = resolution.trace
    assert step.because == "the settings book employees as vendors"
    assert step.source == "settings.bookkeeping.employees_as_vendors"


@pytest.mark.parametrize(
    "item",
    [
        an_item(),
        an_item(type=ExpenseType.ATM_WITHDRAWAL),
        an_item(type=ExpenseType.DIRECT_REIMBURSEMENT, subtype=ExpenseSubtype.REIMBURSEMENT_TO_COMPANY),
    ],
)
def test_employees_as_vendors_leaves_everything_else_as_it_was(item: ExportItem) -> None:
    assert resolve_method(item, EMPLOYEES, supported=BOTH, vendor_found=False).method is JOURNAL


def test_employees_can_not_be_vendors_in_books_without_payables() -> None:
    item = an_item(type=ExpenseType.OUT_OF_POCKET)
    resolution = resolve_method(item, EMPLOYEES, supported=ONLY_JOURNAL, vendor_found=False)
    (failure,) = resolution.failures
    assert (resolution.method, failure.code) == (None, FailureCode.METHOD_NOT_SUPPORTED)
    assert failure.path == "settings.bookkeeping.employees_as_vendors"
    assert "employees_as_vendors = false in [bookkeeping]" in failure.remedy


@pytest.mark.parametrize("type_", EMPLOYEE_TYPES)
def test_what_pleo_says_of_an_employees_expense_is_honoured_whatever_the_settings(type_: ExpenseType) -> None:
    payable, journal = an_item(type=type_, method=PAYABLE), an_item(type=type_, method=JOURNAL)
    assert resolve_method(payable, settings_with(), supported=BOTH, vendor_found=False).method is PAYABLE
    assert resolve_method(journal, EMPLOYEES, supported=BOTH, vendor_found=False).method is JOURNAL


@pytest.mark.parametrize("supported", [BOTH, ONLY_JOURNAL])
def test_accounts_payable_for_what_owes_no_vendor_is_a_journal_entry_and_says_why(
    supported: frozenset[BookkeepingMethod],
) -> None:
    item = an_item(type=ExpenseType.PERSONAL_SPEND, method=PAYABLE)
    resolution = resolve_method(item, settings_with(), supported=supported, vendor_found=False)
    assert (resolution.method, resolution.failures) == (JOURNAL, ())
    assert "owes no vendor" in resolution.trace[0].because


async def test_a_failed_item_still_tells_its_method() -> None:
    plan = await planned(an_item(lines=()), settings_with())
    assert codes(plan) == [FailureCode.LINES_MISSING]
    assert (plan.method, plan.trace[0].subject) == (JOURNAL, "method")
