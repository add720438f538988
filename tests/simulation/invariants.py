"""What must hold at the end of every course, whatever happened on the way."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemStatus, JobStatus
from bilag.domain.ledger import Side
from bilag.domain.posting_record import Part
from tests.lifecycle.pleo_in_memory import JobAtPleo
from tests.simulation.expenses import Expense
from tests.simulation.journal_invariants import check_journal
from tests.simulation.payable_invariants import check_payables
from tests.simulation.standing_books import Booking, StandingBooks, moved
from tests.simulation.surroundings import Surroundings
from tests.simulation.violations import Invariant, Violation
from tests.simulation.world import Company, World

_BILLS: Final = frozenset({Part.VENDOR_INVOICE, Part.VENDOR_CREDIT_NOTE})


async def check_everything(world: World, around: Surroundings) -> list[Violation]:
    """All promises about books, Pleo and journal once everything has come to its end."""
    found = list(_jobs(world))
    for company in world.companies:
        books = StandingBooks(company)
        found += [violation async for violation in _company(world, company, books, around)]
    return found


async def _company(
    world: World, company: Company, books: StandingBooks, around: Surroundings
) -> AsyncIterator[Violation]:
    for booking in books.bookings:
        for violation in _document(booking, company):
            yield violation
    for expense in company.expenses.values():
        for violation in _expense(expense, books, world, around):
            yield violation
    for violation in await check_journal(world, books, around):
        yield violation
    for violation in await check_payables(books, around):
        yield violation


def _jobs(world: World) -> Iterator[Violation]:
    for job in world.pleo.all_jobs.values():
        name = f"job {job.shown.id[-3:]}"
        if job.shown.status in (JobStatus.PENDING, JobStatus.IN_PROGRESS):
            yield Violation(invariant=Invariant.COMES_TO_AN_END, what=f"{name} is still {job.shown.status}")
        if job.starts > 1 or len(job.events) > 1:
            found = f"{name} has {job.starts} starts and {len(job.events)} ends"
            yield Violation(invariant=Invariant.ONE_START_ONE_END, what=found)


def _document(booking: Booking, company: Company) -> Iterator[Violation]:
    postings = booking.entry.document.postings
    debit = sum(p.amount.minor for p in postings if p.side is Side.DEBIT)
    credit = sum(p.amount.minor for p in postings if p.side is Side.CREDIT)
    if debit != credit or booking.entry.total.minor != debit:
        yield Violation(invariant=Invariant.BALANCED, what=f"{booking.reference}: {debit} and {credit}")
    strangers = [one for one in booking.expenses if one not in company.expenses]
    if strangers or booking.company != company.id[:8]:
        yield Violation(invariant=Invariant.OWN_BOOKS, what=f"{booking.reference} books {strangers}")
    yield from _receipts(booking)


def _receipts(booking: Booking) -> Iterator[Violation]:
    files = Counter(file.sha256 for file in booking.entry.files)
    if any(times > 1 for times in files.values()):
        yield Violation(invariant=Invariant.RECEIPTS, what=f"{booking.reference} has a file twice")
    for file in booking.entry.files:
        if not any(file.name.startswith(f"rec-{int(one[-12:]):05}-") for one in booking.expenses):
            yield Violation(invariant=Invariant.RECEIPTS, what=f"{booking.reference} has {file.name} of another")


def _expense(expense: Expense, books: StandingBooks, world: World, around: Surroundings) -> Iterator[Violation]:
    bookings, name = books.of_expense[expense.entry_id], f"expense {expense.number}"
    records = list(_records(expense, world.pleo.all_jobs.values()))
    if not expense.is_good:
        if bookings or ItemStatus.SUCCESSFUL in records:
            yield Violation(invariant=Invariant.FAILED_IS_NOT_BOOKED, what=f"{name} can't be booked, and is")
        return
    yield from _doubled(expense, books, world)
    if _is_in_conflict(expense, around):
        return
    if not records or records[-1] is not ItemStatus.SUCCESSFUL:
        yield Violation(invariant=Invariant.COMES_TO_AN_END, what=f"{name} is never successful: {records}")
        return
    yield from _told(expense, books, world)
    yield from _once(expense, books, world)
    yield from _sums(expense, bookings)
    yield from _complete_files(expense, books)


def _records(expense: Expense, jobs: Iterable[JobAtPleo]) -> Iterator[ItemStatus | None]:
    return (job.status_of(expense.entry_id) for job in jobs if expense.entry_id in job.records)


def _is_in_conflict(expense: Expense, around: Surroundings) -> bool:
    """A request that came too late can leave other content under our reference, which a person has to look at."""
    return any(expense.entry_id in reference for reference in around.late_references)


def _told(expense: Expense, books: StandingBooks, world: World) -> Iterator[Violation]:
    """Every success names a document that stands for the expense, or that a person has taken out since."""
    standing = {booking.id for booking in books.first_told(expense)}
    for job in world.pleo.all_jobs.values():
        record = job.records.get(expense.entry_id)
        if record is None or record.status is not ItemStatus.SUCCESSFUL:
            continue
        told = record.external_id or ""
        if told not in standing | books.company.removed and (told or expense.parts):
            what = f"expense {expense.number} in job {job.shown.id[-3:]} is told as {told!r}, standing: {standing}"
            yield Violation(invariant=Invariant.SUCCESSFUL_IS_BOOKED, what=what)
    if not books.lost_something(expense):
        parts = {booking.part for booking in books.of_expense[expense.entry_id]}
        if parts != expense.parts:
            what = f"expense {expense.number} stands as {sorted(parts)}, not as {sorted(expense.parts)}"
            yield Violation(invariant=Invariant.SUCCESSFUL_IS_BOOKED, what=what)


def _once(expense: Expense, books: StandingBooks, world: World) -> Iterator[Violation]:
    """Nothing stands that nobody was told of."""
    told = world.pleo.told[expense.entry_id]
    untold = [booking.reference for booking in books.first_told(expense) if booking.id not in told]
    if untold:
        yield Violation(invariant=Invariant.NOTHING_TWICE, what=f"nobody was told of {untold}")


def _doubled(expense: Expense, books: StandingBooks, world: World) -> Iterator[Violation]:
    """One document for each part; where the settings ask for more, each was a success that Pleo heard of."""
    bookings, told = books.of_expense[expense.entry_id], world.pleo.told[expense.entry_id]
    allowed = max(1, len(told)) if books.company.settings.post_again else 1
    parts = Counter(booking.part for booking in bookings)
    doubled = [part for part, times in parts.items() if times > allowed]
    if doubled or len(_BILLS & parts.keys()) > 1 or (Part.JOURNAL_ENTRY in parts and len(parts) > 1):
        references = [booking.reference for booking in bookings]
        yield Violation(invariant=Invariant.NOTHING_TWICE, what=f"expense {expense.number} stands as {references}")


def _complete_files(expense: Expense, books: StandingBooks) -> Iterator[Violation]:
    """Where the settings ask for receipts, the last booking has every one of them, or the one made of all."""
    rules, bookings = books.company.books.capabilities.attachments, books.first_told(expense)
    if rules is None or books.company.settings.book_without_receipts or not bookings:
        return
    assert isinstance(expense.item, ExportItem)
    wanted = len(expense.item.files)
    last = max(bookings, key=lambda booking: int(booking.id))
    found = sum(file.name.startswith(f"rec-{expense.number:05}-") for file in last.entry.files)
    if found != (min(wanted, rules.files_max) if rules.files_max else wanted):
        what = f"{last.reference} has {found} of {wanted} receipts of expense {expense.number}"
        yield Violation(invariant=Invariant.RECEIPTS, what=what)


def _sums(expense: Expense, bookings: list[Booking]) -> Iterator[Violation]:
    assert isinstance(expense.item, ExportItem)
    amount = abs(expense.item.amount.wallet.minor)
    for booking in bookings:
        if moved(booking, expense) != amount:
            what = f"{booking.reference} moves {moved(booking, expense)} for expense {expense.number} over {amount}"
            yield Violation(invariant=Invariant.SUMS, what=what)
