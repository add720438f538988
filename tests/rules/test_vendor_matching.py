from dataclasses import replace

import pytest

from bilag.domain.export_item import ExportItem, Person, Supplier, Vendor
from bilag.domain.failure import FailureCode, ItemReason
from bilag.domain.payables import BooksVendor, VendorQuery
from bilag.rules.payables_mapping import Party
from bilag.rules.vendor_matching import VendorMatch, decides, match_vendor, vendor_queries
from tests.builders import an_item, settings_with

GADGETS = Vendor(
    id="v",
    name="Gadget Store",
    default_currency="DKK",
    code="V1001",
    external_id="ext-1",
    tax_registration_number="DK123",
)
PAPIRHUSET = Supplier(name="Papirhuset", code="S-7", account="4711", tax_identifier="DK999")
TAGGED = an_item(vendor=GADGETS, supplier=PAPIRHUSET)
UNTAGGED = an_item(supplier=PAPIRHUSET)
WITH_DEFAULT = settings_with(default_vendor="V9000")
IN_BOOKS = BooksVendor(number="V1001", name="Gadget Store")
TWIN = BooksVendor(number="V1002", name="Gadget Store")
COLLECTIVE = BooksVendor(number="V9000", name="Sundry vendors")


def queries(item: ExportItem, party: Party = Party.SUPPLIER, default_vendor: str = "") -> list[tuple[str, str, str]]:
    asked = vendor_queries(item, party, settings_with(default_vendor=default_vendor))
    return [(query.key, query.value, query.source) for query in asked]


def matched(item: ExportItem, *answers: tuple[BooksVendor, ...], party: Party = Party.SUPPLIER) -> VendorMatch:
    """The match where the books answer so, one after another, and know nothing further; a default is configured."""
    asked = vendor_queries(item, party, WITH_DEFAULT)
    padded: list[tuple[BooksVendor, ...]] = [*answers, *((),) * len(asked)]
    return match_vendor(item, party, list(zip(asked, padded, strict=False)))


def test_a_tagged_vendor_is_asked_for_by_code_external_id_and_tax_number_and_the_supplier_is_ignored() -> None:
    assert queries(TAGGED) == [
        ("code", "V1001", "vendor.code"),
        ("external_id", "ext-1", "vendor.externalId"),
        ("tax_registration_number", "DK123", "vendor.taxRegistrationNumber"),
    ]


def test_a_supplier_is_asked_for_by_code_account_and_tax_identifier() -> None:
    assert queries(UNTAGGED) == [
        ("code", "S-7", "supplier.code"),
        ("account", "4711", "supplier.account"),
        ("tax_registration_number", "DK999", "supplier.taxIdentifier"),
    ]


def test_an_employee_is_asked_for_as_an_employee_and_then_as_any_vendor() -> None:
    assert queries(TAGGED, Party.EMPLOYEE, default_vendor="V9000") == [
        ("employee_code", "M007", "user.code"),
        ("code", "M007", "user.code"),
    ]


@pytest.mark.parametrize("item", [TAGGED, UNTAGGED, an_item(supplier=None)])
def test_the_default_vendor_comes_last(item: ExportItem) -> None:
    asked = queries(item, default_vendor="V9000")
    assert asked[:-1] == queries(item)
    assert asked[-1] == ("code", "V9000", "settings.bookkeeping.default_vendor")


def test_empty_values_are_not_asked_for() -> None:
    assert queries(an_item(supplier=Supplier(code=" ", account=" 4711 ", tax_identifier=""))) == [
        ("account", "4711", "supplier.account")
    ]
    assert queries(an_item(vendor=replace(GADGETS, code=None, external_id="", tax_registration_number=None))) == []
    assert queries(an_item(user=None), Party.EMPLOYEE) == []
    assert queries(an_item(user=Person(id="u", name="Astrid Holm")), Party.EMPLOYEE) == []


@pytest.mark.parametrize(("vendors", "settles"), [((), False), ((IN_BOOKS,), True), ((IN_BOOKS, TWIN), False)])
def test_exactly_one_vendor_decides(vendors: tuple[BooksVendor, ...], *, settles: bool) -> None:
    assert decides(vendors) is settles


def test_the_first_key_that_names_one_vendor_wins() -> None:
    match = matched(TAGGED, (IN_BOOKS,), (TWIN,))
    assert match.vendor == IN_BOOKS
    assert match.failures == ()
    (step,) = match.trace
    assert (step.subject, step.value, step.source) == ("vendor", "V1001 Gadget Store", "vendor.code")
    assert step.refused == ()


def test_a_key_that_names_several_is_passed_over_and_told() -> None:
    match = matched(TAGGED, (), (IN_BOOKS, TWIN), (TWIN,))
    assert match.vendor == TWIN
    (step,) = match.trace
    assert step.source == "vendor.taxRegistrationNumber"
    assert step.refused == ("vendor.code: code V1001", "vendor.externalId: external id ext-1 matches 2 vendors")


def test_the_default_vendor_takes_what_no_vendor_matches() -> None:
    match = matched(UNTAGGED, (), (), (), (COLLECTIVE,))
    assert match.vendor == COLLECTIVE
    (step,) = match.trace
    assert step.source == "settings.bookkeeping.default_vendor"
    assert len(step.refused) == 3


@pytest.mark.parametrize("party", list(Party))
def test_a_blocked_vendor_fails_and_nobody_stands_in(party: Party) -> None:
    match = matched(TAGGED, (replace(IN_BOOKS, blocked=True),), (TWIN,), (), (COLLECTIVE,), party=party)
    assert match.vendor is None
    (failure,) = match.failures
    assert (failure.code, failure.reason_type) == (FailureCode.VENDOR_BLOCKED, ItemReason.VENDOR_UNKNOWN)
    assert failure.message == "The vendor V1001 Gadget Store is blocked in the books."
    assert "Unblock" in failure.remedy
    assert failure.path == ("vendor.code" if party is Party.SUPPLIER else "user.code")


def test_a_blocked_default_vendor_is_corrected_in_the_settings() -> None:
    (failure,) = matched(an_item(supplier=None), (replace(COLLECTIVE, blocked=True),)).failures
    assert failure.code is FailureCode.VENDOR_BLOCKED
    assert failure.path == "settings.bookkeeping.default_vendor"
    assert "default_vendor in [bookkeeping]" in failure.remedy


@pytest.mark.parametrize(
    ("item", "party", "path", "words"),
    [
        (
            TAGGED,
            Party.SUPPLIER,
            "vendor",
            (
                "the vendor Gadget Store (code V1001, external id ext-1, tax registration number DK123, "
                "default vendor V9000)"
            ),
        ),
        (
            UNTAGGED,
            Party.SUPPLIER,
            "supplier",
            "the supplier Papirhuset (code S-7, account 4711, tax registration number DK999, default vendor V9000)",
        ),
        (an_item(supplier=None), Party.SUPPLIER, "vendor", "this expense (default vendor V9000)"),
        (TAGGED, Party.EMPLOYEE, "user", "the employee Astrid Holm (employee code M007, code M007)"),
    ],
)
def test_a_vendor_that_the_books_do_not_know_fails_with_every_key_that_was_tried(
    item: ExportItem, party: Party, path: str, words: str
) -> None:
    (failure,) = matched(item, party=party).failures
    assert failure.code is FailureCode.VENDOR_UNKNOWN
    assert failure.path == path
    assert failure.message == f"The books have no vendor for {words}."
    assert failure.remedy


def test_keys_that_only_name_several_fail_and_say_so() -> None:
    (failure,) = matched(UNTAGGED, (IN_BOOKS, TWIN)).failures
    assert "more than one vendor for the supplier Papirhuset (code S-7 matches 2 vendors, account 4711," in (
        failure.message
    )
    assert "merge the vendors in the books" in failure.remedy


def unasked(item: ExportItem, party: Party) -> tuple[str, str]:
    answers: list[tuple[VendorQuery, tuple[BooksVendor, ...]]] = []
    (failure,) = match_vendor(item, party, answers).failures
    assert failure.code is FailureCode.VENDOR_UNKNOWN
    return failure.path, failure.message


def test_an_expense_that_names_nobody_fails_and_says_so() -> None:
    end = "so no vendor in the books could be found."
    assert unasked(an_item(supplier=None), Party.SUPPLIER) == ("vendor", f"The expense names no vendor, {end}")
    assert unasked(an_item(user=None), Party.EMPLOYEE) == ("user", f"The expense names no employee, {end}")


def test_somebody_without_any_key_is_named_with_the_keys_that_are_missing() -> None:
    end = "so no vendor in the books could be found."
    assert unasked(an_item(), Party.SUPPLIER)[1] == (
        f"Pleo has no code, account or tax identifier for the supplier Papirhuset, {end}"
    )
    assert unasked(an_item(vendor=GADGETS), Party.SUPPLIER)[1] == (
        f"Pleo has no code, external id or tax registration number for the vendor Gadget Store, {end}"
    )
    assert unasked(an_item(), Party.EMPLOYEE)[1] == f"Pleo has no code for the employee Astrid Holm, {end}"
