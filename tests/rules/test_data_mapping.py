from datetime import UTC, date, datetime

import pytest

from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import ExpenseSubtype, ExpenseType
from bilag.domain.export_item import InvoiceInformation, Person, ServicePeriod, Supplier, Vendor
from bilag.domain.failure import FailureCode
from bilag.rules.data_mapping import map_data
from tests.builders import RECONCILIATION, an_item, settings_with
from tests.rules.books_for_planning import books_with_text, planned
from tests.rules.plan_reading import entry_of, only_failure, step_of

NOTE = "Toner for the printer on the second floor"
ITEM = an_item(note=NOTE)
LIMITS = [10, 11, 20, 30, 36, 50, 64, 100, 140, 199, 200]
# Two reconciliation ids of the length that Pleo asks room for, and one of a UUID.
LONG_ID = "r" * 50
UUID_ID = "2c6e0a0e-9a57-4a53-9f14-5f1f0e8f1a11"
SETTLED = tuple(f"rec-2026-09-{number:04}" for number in range(40))
GUESTS = ("Astrid Holm", "Mads Bo Lund", "Chloé Dubois")


def test_the_description_joins_supplier_employee_and_note() -> None:
    mapped = map_data(ITEM, TextLimits())
    assert mapped.datapoints.description == f"Papirhuset - Astrid Holm - {NOTE}"
    assert (mapped.notes, mapped.failures) == ((), ())


@pytest.mark.parametrize(
    ("differences", "description"),
    [
        ({"supplier": None}, "Astrid Holm"),
        ({"user": None}, "Papirhuset"),
        ({"user": None, "supplier": None, "type": ExpenseType.WALLET_TOPUP}, "Wallet topup"),
        ({"supplier": Supplier(), "note": "Tape"}, "Astrid Holm - Tape"),
        ({"note": " two\nlines\tand   spaces "}, "Papirhuset - Astrid Holm - two lines and spaces"),
        ({"vendor": Vendor(id="v1", name="Papirhuset A/S", default_currency="DKK")}, "Papirhuset A/S - Astrid Holm"),
    ],
)
def test_what_is_missing_leaves_no_gap_in_the_description(differences: dict[str, object], description: str) -> None:
    assert map_data(an_item(**differences), TextLimits()).datapoints.description == description


def test_a_short_field_takes_the_employees_initials_before_anything_is_cut() -> None:
    whole = f"Papirhuset - Astrid Holm - {NOTE}"
    mapped = map_data(ITEM, TextLimits(description_max=len(whole) - 1))
    assert mapped.datapoints.description == f"Papirhuset - AH - {NOTE}"
    assert map_data(ITEM, TextLimits(description_max=len(whole))).datapoints.description == whole


def test_what_still_does_not_fit_is_cut_and_shows_it() -> None:
    description = map_data(ITEM, TextLimits(description_max=30)).datapoints.description
    assert description == "Papirhuset - AH - Toner for t…"
    assert len(description) == 30


def test_a_cut_description_leaves_the_note_itself_whole() -> None:
    assert map_data(ITEM, TextLimits(description_max=10)).datapoints.note == NOTE


@pytest.mark.parametrize("limit", [0, 1, *LIMITS])
def test_no_description_is_longer_than_the_books_keep(limit: int) -> None:
    long = an_item(note=NOTE * 9, user=Person(id="u", name="Anne Marie " * 20))
    assert len(map_data(long, TextLimits(description_max=limit)).datapoints.description) <= limit


@pytest.mark.parametrize("id_", [RECONCILIATION, UUID_ID, LONG_ID])
@pytest.mark.parametrize("reference_max", [0, *LIMITS])
@pytest.mark.parametrize("description_max", [None, *LIMITS])
def test_the_reconciliation_id_is_whole_in_a_field_or_the_item_fails(
    id_: str, reference_max: int, description_max: int | None
) -> None:
    limits = TextLimits(reference_max=reference_max, description_max=description_max)
    mapped = map_data(an_item(reconciliation_id=id_, note=NOTE * 9), limits)
    description = mapped.datapoints.description
    assert mapped.datapoints.reconciliation_id == id_
    if mapped.failures:
        assert description_max is not None
        assert max(reference_max, description_max) < len(id_)
    elif reference_max < len(id_):
        assert description.startswith(id_)
    else:
        assert not description.startswith(id_)
    assert description_max is None or len(description) <= description_max


async def test_a_reference_field_that_is_too_short_sends_the_id_into_the_description_first() -> None:
    plan = await planned(ITEM, settings_with(), books_with_text(reference_max=10, description_max=40))
    assert entry_of(plan).datapoints.description == f"{RECONCILIATION} - Papirhuset - AH - To…"
    assert "reconciliation id first" in step_of(plan, "description").because


async def test_an_id_that_fits_no_field_fails_the_item_with_both_limits() -> None:
    books = books_with_text(reference_max=10, description_max=12)
    failure = only_failure(await planned(ITEM, settings_with(), books))
    assert failure.code is FailureCode.TEXT_TOO_LONG
    assert failure.path == "additionalInformation.reconciliationId"
    for figure in (str(len(RECONCILIATION)), "10", "12"):
        assert f" {figure} " in failure.message


def test_attendees_and_settled_expenses_share_the_comment() -> None:
    mapped = map_data(an_item(reconciled_entries=("rec-1", "rec-2"), attendees=GUESTS), TextLimits())
    assert mapped.datapoints.comment == "Settles: rec-1, rec-2; Attendees: Astrid Holm, Mads Bo Lund, Chloé Dubois"
    assert mapped.notes == ()


def test_a_list_that_does_not_fit_goes_along_whole_as_a_note() -> None:
    mapped = map_data(an_item(reconciled_entries=SETTLED, attendees=GUESTS), TextLimits(comment_max=100))
    assert mapped.datapoints.comment.startswith("Settles: 40, see settled-expenses.txt; Attendees: Astrid Holm")
    (note,) = mapped.notes
    assert note.name == "settled-expenses.txt"
    assert note.text == "\n".join(("Settles:", *SETTLED, ""))


@pytest.mark.parametrize("limit", [0, *LIMITS])
def test_no_settled_expense_and_no_attendee_is_ever_lost(limit: int) -> None:
    mapped = map_data(an_item(reconciled_entries=SETTLED[:5], attendees=GUESTS), TextLimits(comment_max=limit))
    assert len(mapped.datapoints.comment) <= limit
    told = mapped.datapoints.comment + "\n".join(note.text for note in mapped.notes)
    for name in (*SETTLED[:5], *GUESTS):
        assert name in told
    assert mapped.datapoints.reconciled_entries == SETTLED[:5]
    assert mapped.datapoints.attendees == GUESTS


@pytest.mark.parametrize("limit", range(60, 130))
def test_a_comment_that_fits_to_the_character_needs_no_note(limit: int) -> None:
    item = an_item(reconciled_entries=("rec-1", "rec-2"), attendees=GUESTS)
    whole = map_data(item, TextLimits()).datapoints.comment
    mapped = map_data(item, TextLimits(comment_max=limit))
    fits = limit >= len(whole)
    assert (mapped.datapoints.comment == whole) is fits
    assert bool(mapped.notes) is not fits


async def test_every_datapoint_of_the_item_arrives_in_the_entry() -> None:
    item = an_item(
        supplier=Supplier(name="Papirhuset", country="DK", category_code="5943"),
        team=Person(id="t", name="Sales", code="T2"),
        service_period=ServicePeriod(start=date(2026, 1, 1), end=date(2026, 12, 31)),
        invoice=InvoiceInformation(number="F-17", invoice_date=date(2026, 10, 1), status="paid"),
        web_link="https://app.pleo.io/e/1",
        note=NOTE,
    )
    data = entry_of(await planned(item, settings_with())).datapoints
    assert (data.payee, data.supplier_country, data.merchant_category) == ("Papirhuset", "DK", "5943")
    assert (data.employee, data.employee_code, data.team, data.team_code) == ("Astrid Holm", "M007", "Sales", "T2")
    assert (data.note, data.web_link, data.expense_type) == (NOTE, "https://app.pleo.io/e/1", "card_purchase")
    assert (data.service_period, data.invoice) == (item.service_period, item.invoice)


def test_a_subtype_is_told_behind_its_type() -> None:
    item = an_item(type=ExpenseType.FEE, subtype=ExpenseSubtype.INTEREST, date=datetime(2026, 10, 1, tzinfo=UTC))
    assert map_data(item, TextLimits()).datapoints.expense_type == "fee/interest"


@pytest.mark.parametrize(
    ("differences", "source"),
    [
        ({"note": "Tape"}, "supplier.name, user.name, note"),
        ({"user": None}, "supplier.name"),
        ({"vendor": Vendor(id="v1", name="Papirhuset A/S", default_currency="DKK")}, "vendor.name, user.name"),
        ({"supplier": None, "user": None}, "type, subType"),
    ],
)
def test_the_description_says_which_fields_it_was_joined_from(differences: dict[str, object], source: str) -> None:
    (step,) = map_data(an_item(**differences), TextLimits()).trace
    assert step.source == source
