"""What an entry over a whole job keeps of the entries of its items."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import ExpenseSubtype, ExpenseType
from bilag.domain.ledger import AccountRole, Datapoints, JournalEntry, Posting, PostingMode, Side
from bilag.domain.money import Money
from bilag.domain.period import ClosedPeriodStep, PostingDate
from bilag.domain.settings import JournalConstruction
from bilag.rules.job_entry import (
    ARRIVES_WITHIN,
    DESCRIPTION_CHARACTERS_MAX,
    can_join,
    job_entry_notes,
    joined_entry,
    may_still_arrive,
    on_its_way,
)
from tests.builders import DKK, TRAVEL, a_line, a_tag, a_tax, an_item, settings_with
from tests.properties.strategies import PROPERTY
from tests.rules.books_for_planning import planned
from tests.rules.plan_reading import entry_of

JOB = "10b00000-0000-4000-8000-000000000001"
REFERENCE = f"4b1f0c5e.{JOB}.je1"
ANY_LENGTH = TextLimits()
PER_JOB = settings_with(journal_construction=JournalConstruction.PER_JOB)
FIRST = date(2026, 10, 1)

roles = st.sampled_from(list(AccountRole))
accounts = st.sampled_from(["1910", "1930", "2440", "2890", "6010"])


def joined(*entries: JournalEntry, limits: TextLimits = ANY_LENGTH) -> JournalEntry:
    return joined_entry(entries, REFERENCE, JOB, limits)


async def entry(number: int, **differences: object) -> JournalEntry:
    """The entry of one expense over one line of 125 DKK, unless told otherwise."""
    lines = differences.pop("lines", (a_line(),))
    assert isinstance(lines, tuple)
    ids = {"entry_id": f"entry-{number}", "reconciliation_id": f"rec-{number}"}
    return entry_of(await planned(an_item(*lines, **ids | differences), PER_JOB))


def shown(document: JournalEntry) -> list[str]:
    return [f"{p.side} {p.account} {p.amount} | {p.description}" for p in document.postings]


@st.composite
def drawn_entries(draw: st.DrawFn) -> JournalEntry:
    """A balanced entry of one period, with accounts in any role and on any side."""

    def posting(side: Side, minor: int) -> Posting:
        return Posting(
            account=draw(accounts),
            role=draw(roles),
            side=side,
            amount=Money(minor, DKK),
            description=draw(st.text(max_size=300)),
            tax_code=draw(st.none() | st.just("K25")),
        )

    sides = st.tuples(st.sampled_from(list(Side)), st.integers(1, 10**9))
    drawn = [posting(side, minor) for side, minor in draw(st.lists(sides, min_size=1, max_size=4))]
    rest = sum(p.amount.minor * (1 if p.side is Side.DEBIT else -1) for p in drawn)
    balance = [posting(Side.CREDIT if rest > 0 else Side.DEBIT, abs(rest))] if rest else []
    day = FIRST + timedelta(days=draw(st.integers(0, 30)))
    return JournalEntry(
        external_reference=draw(st.uuids().map(str)),
        posting_date=PostingDate(original=day, date=day, period="2026-10"),
        mode=PostingMode.DRAFT,
        currency=DKK,
        postings=tuple(drawn + balance),
        datapoints=Datapoints(reconciliation_id=draw(st.uuids().map(str)), description=""),
    )


def moved(*entries: JournalEntry) -> Counter[tuple[str, Side]]:
    """What each account is moved by on each side, in minor units."""
    sums: Counter[tuple[str, Side]] = Counter()
    for document in entries:
        for posting in document.postings:
            sums[posting.account, posting.side] += posting.amount.minor
    return sums


@PROPERTY
@given(st.lists(drawn_entries(), min_size=1, max_size=6))
def test_every_account_is_moved_as_by_the_entries_one_by_one(entries: list[JournalEntry]) -> None:
    assert moved(joined(*entries)) == moved(*entries)


@PROPERTY
@given(st.lists(drawn_entries(), min_size=1, max_size=6), st.randoms())
def test_order_of_the_items_makes_no_difference(entries: list[JournalEntry], random: object) -> None:
    turned = list(entries)
    getattr(random, "shuffle")(turned)  # noqa: B009  Hypothesis gives its randoms no public type
    assert joined(*turned) == joined(*entries)


@PROPERTY
@given(st.lists(drawn_entries(), min_size=1, max_size=6), st.none() | st.integers(36, 60))
def test_every_item_is_found_by_its_whole_id_within_the_limit(
    entries: list[JournalEntry], description_max: int | None
) -> None:
    document = joined(*entries, limits=TextLimits(description_max=description_max))
    for one in entries:
        id_ = one.datapoints.reconciliation_id
        assert [p for p in document.postings if p.description.startswith(id_)]
    assert all(len(p.description) <= (description_max or 250) for p in document.postings)


@PROPERTY
@given(st.lists(drawn_entries(), min_size=1, max_size=6))
def test_what_says_more_than_its_amount_is_never_added_up(entries: list[JournalEntry]) -> None:
    expenses = {AccountRole.EXPENSE, AccountRole.INPUT_TAX, AccountRole.OUTPUT_TAX}

    def telling(*documents: JournalEntry) -> Counter[Posting]:
        postings = (p for one in documents for p in one.postings if p.role in expenses or p.tax_code)
        return Counter(replace(posting, description="") for posting in postings)

    assert telling(joined(*entries)) == telling(*entries)


async def test_expenses_and_taxes_stay_apart_and_wallets_are_one_posting() -> None:
    office = await entry(1, lines=(a_line(tax=a_tax()), a_line("40.00 DKK", account=TRAVEL, tags=(a_tag(),))))
    travel = await entry(2, lines=(a_line("60.00 DKK", account=TRAVEL),))
    document = joined(office, travel)
    about = f"Export Job {JOB}, 2 expenses"
    assert shown(document) == [
        "debit 6010 100.00 DKK | rec-1 - 2026-10-15 - Papirhuset - Astrid Holm",
        "debit 2640 25.00 DKK | rec-1 - 2026-10-15 - Papirhuset - Astrid Holm",
        "debit 6110 40.00 DKK | rec-1 - 2026-10-15 - Papirhuset - Astrid Holm",
        "debit 6110 60.00 DKK | rec-2 - 2026-10-15 - Papirhuset - Astrid Holm",
        f"credit 1910 225.00 DKK | {about}",
    ]
    assert document.postings[0].tax_code == "K25"
    assert document.postings[2].dimensions == office.postings[2].dimensions != ()
    assert document.datapoints == Datapoints(reconciliation_id=JOB, description=about)
    assert document.external_reference == REFERENCE


async def test_money_back_stands_beside_money_spent_and_is_not_set_off() -> None:
    document = joined(await entry(1), await entry(2, type=ExpenseType.REFUND))
    wallet = [leg for leg in shown(document) if " 1910 " in leg]
    assert [leg.split(" | ")[0] for leg in wallet] == ["credit 1910 125.00 DKK", "debit 1910 125.00 DKK"]


@pytest.mark.parametrize(
    ("differences", "own"),
    [
        ({"type": ExpenseType.OUT_OF_POCKET}, "debit 6010"),
        ({"type": ExpenseType.DIRECT_REIMBURSEMENT, "subtype": ExpenseSubtype.REIMBURSEMENT_TO_EMPLOYEE}, "debit 2890"),
        (
            {"type": ExpenseType.EXTERNAL_REIMBURSEMENT, "subtype": ExpenseSubtype.REIMBURSEMENT_TO_EMPLOYEE},
            "debit 2890",
        ),
        ({"type": ExpenseType.WALLET_TOPUP}, "credit 1930"),
    ],
)
async def test_item_keeps_a_posting_that_names_it_whatever_it_moves(differences: dict[str, object], own: str) -> None:
    document = joined(await entry(1, **differences), await entry(2, **differences))
    named = [leg.split(" | ") for leg in shown(document) if "rec-" in leg]
    assert [(leg, text.split(" - ")[0]) for leg, text in named] == [
        (f"{own} 125.00 DKK", "rec-1"),
        (f"{own} 125.00 DKK", "rec-2"),
    ]
    assert len(document.postings) == 3


async def test_entry_is_dated_as_the_latest_of_its_items() -> None:
    early, late = await entry(1), await entry(2)
    day = date(2026, 10, 28)
    moved_there = PostingDate(
        original=date(2026, 9, 3), date=day, period="2026-10", moved_by=ClosedPeriodStep.NEXT_OPEN_PERIOD
    )
    document = joined(replace(late, posting_date=moved_there), early)
    assert document.posting_date == PostingDate(original=day, date=day, period="2026-10")
    assert [p.description.split(" - ")[1] for p in document.postings[:2]] == ["2026-09-03", "2026-10-15"]


async def test_description_that_begins_with_the_id_does_not_say_it_twice() -> None:
    begun = await entry(1)
    postings = tuple(replace(p, description="rec-1 - Papirhuset") for p in begun.postings)
    document = joined(replace(begun, postings=postings), await entry(2))
    assert document.postings[0].description == "rec-1 - 2026-10-15 - Papirhuset"


async def test_id_that_does_not_fit_on_a_posting_keeps_the_item_out() -> None:
    one = await entry(1)
    assert can_join(one, TextLimits(description_max=5))
    assert not can_join(one, TextLimits(description_max=4))
    without = replace(one, datapoints=replace(one.datapoints, reconciliation_id=" "))
    assert not can_join(without, ANY_LENGTH)


async def test_words_are_cut_where_space_is_short_and_id_and_date_never() -> None:
    whole, cut = "rec-1 - 2026-10-15", "rec-1 - 2026-10-15 - Papirh…"
    for description_max, expected in ((5, "rec-1"), (17, "rec-1"), (18, whole), (28, cut)):
        document = joined(await entry(1), await entry(2), limits=TextLimits(description_max=description_max))
        assert document.postings[0].description == expected


async def test_long_note_is_cut_even_where_the_books_take_any_length() -> None:
    document = joined(await entry(1, note="long " * 1000), await entry(2))
    assert len(document.postings[0].description) == DESCRIPTION_CHARACTERS_MAX


async def test_guests_and_settled_expenses_go_along_as_notes_that_name_the_item() -> None:
    item = an_item(reconciliation_id="rec/1", attendees=("Bo Lund",), reconciled_entries=("a", "b"))
    settled, guests = job_entry_notes(item, ANY_LENGTH)
    assert (settled.name, guests.name) == ("rec-1-settled-expenses.txt", "rec-1-attendees.txt")
    assert settled.text == "Expense rec/1\nSettles:\na\nb\n"
    assert guests.text == "Expense rec/1\nAttendees:\nBo Lund\n"
    assert job_entry_notes(an_item(), ANY_LENGTH) == ()


def test_an_entry_may_arrive_for_half_an_hour_after_it_was_sent() -> None:
    sent_at = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert may_still_arrive(sent_at, sent_at)
    assert may_still_arrive(sent_at, sent_at + ARRIVES_WITHIN - timedelta(seconds=1))
    assert not may_still_arrive(sent_at, sent_at + ARRIVES_WITHIN)
    assert may_still_arrive(sent_at, sent_at - timedelta(minutes=10)), "a clock that was set back makes nobody sure"
    assert "until 2026-11-21 09:30 UTC" in on_its_way(REFERENCE, sent_at).message
