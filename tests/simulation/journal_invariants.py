"""What our own journal says has to agree with the books and with Pleo."""

from collections.abc import Iterator

from bilag.domain.export_job import ItemStatus
from bilag.domain.failure import FailureCode
from bilag.domain.posting_record import ItemOutcome, PostingRecord, ReceiptRecord, ReceiptState
from bilag.domain.transitions import PostingState
from bilag.ports.posting_journal import OutcomeChoice
from tests.lifecycle.pleo_in_memory import JobAtPleo
from tests.simulation.pleo_at_work import PleoAtWork, ended_by_us
from tests.simulation.standing_books import Booking, StandingBooks
from tests.simulation.surroundings import Surroundings
from tests.simulation.violations import Invariant, Violation
from tests.simulation.world import World

_OUTCOMES_MAX = 1000


async def check_journal(world: World, books: StandingBooks, around: Surroundings) -> list[Violation]:
    """Records against documents, outcomes against Pleo, receipts against files."""
    company, found = books.company, []
    standing = {booking.reference: booking for booking in books.bookings}
    for expense in company.expenses.values():
        for record in (await world.journal.latest(company.id, expense.entry_id)).values():
            reference = record.booked_in or record.key.external_reference
            if around.late_references & {reference, record.key.external_reference}:
                continue  # a late document can leave a conflict behind, which a person has to look at
            found += list(_record(record, standing.get(reference), books))
            receipts = await world.journal.receipts(record.key)
            found += list(_receipts(receipts, standing.get(reference)))
    for job in world.pleo.all_jobs.values():
        if job.shown.company_id == company.id:
            outcomes = await world.journal.outcomes(
                job.shown.id, choice=OutcomeChoice.ALL, offset=0, limit=_OUTCOMES_MAX
            )
            by_entry = {outcome.entry_id: outcome for outcome in outcomes}
            found += list(_outcomes(job, by_entry, world.pleo))
    return found


async def check_known(world: World, around: Surroundings) -> list[Violation]:
    """In the middle of it: whatever stands, our journal knows of, so that the next export finds it."""
    found = []
    for company in world.companies:
        for booking in StandingBooks(company).bookings:
            for entry_id in booking.expenses:
                record = (await world.journal.latest(company.id, entry_id)).get(booking.part)
                if booking.reference not in around.late_references and not _knows(record, booking):
                    what = f"{booking.reference} stands, our journal has {record and (record.key, record.state)}"
                    found.append(Violation(invariant=Invariant.FAILED_IS_NOT_BOOKED, what=what))
    return found


def _knows(record: PostingRecord | None, booking: Booking) -> bool:
    if record is None:
        return False
    if booking.reference in (record.booked_in, record.key.external_reference):
        return record.state is not PostingState.REJECTED
    return booking.is_shared or record.key.generation > booking.generation


def _record(record: PostingRecord, booking: Booking | None, books: StandingBooks) -> Iterator[Violation]:
    name = f"{record.key.external_reference} in {record.booked_in}" if record.booked_in else ""
    about = f"{name or record.key.external_reference} is {record.state}"
    match record.state:
        case PostingState.POSTED:
            if booking is None and record.external_id not in books.company.removed:
                yield Violation(invariant=Invariant.JOURNAL_AGREES, what=f"{about}, and does not stand")
            if booking is not None and booking.id != record.external_id:
                yield Violation(invariant=Invariant.JOURNAL_AGREES, what=f"{about} as {record.external_id}")
        case PostingState.REJECTED:
            if booking is not None and record.key.entry_id in booking.expenses:
                yield Violation(invariant=Invariant.JOURNAL_AGREES, what=f"{about}, and stands")
        case PostingState.INTENDED | PostingState.SENT | PostingState.UNKNOWN:
            if books.company.expenses[record.key.entry_id].is_good:
                yield Violation(invariant=Invariant.JOURNAL_AGREES, what=f"{about} in the end")


def _receipts(receipts: tuple[ReceiptRecord, ...], booking: Booking | None) -> Iterator[Violation]:
    if booking is None:
        return
    files = {file.sha256 for file in booking.entry.files}
    for receipt in receipts:
        if receipt.state is ReceiptState.ATTACHED and receipt.sha256 not in files:
            what = f"{receipt.name} is attached to {booking.reference} by our journal only"
            yield Violation(invariant=Invariant.RECEIPTS, what=what)
        if receipt.state is ReceiptState.OWED:
            yield Violation(invariant=Invariant.RECEIPTS, what=f"{booking.reference} still owes {receipt.name}")


def _outcomes(job: JobAtPleo, outcomes: dict[str, ItemOutcome], pleo: PleoAtWork) -> Iterator[Violation]:
    name = f"job {job.shown.id[-3:]}"
    for entry_id, outcome in outcomes.items():
        if any(failure.code is FailureCode.UNEXPECTED for failure in outcome.failures):
            yield Violation(invariant=Invariant.NO_BUG, what=f"{entry_id} in {name}")
        record = job.records.get(entry_id)
        if outcome.reported and (record is None or not _agree(outcome, record.status, record.external_id)):
            what = f"{name} marks {entry_id} as reported, Pleo has {record}"
            yield Violation(invariant=Invariant.JOURNAL_AGREES, what=what)
    if not ended_by_us(job):
        return
    for entry_id, record in job.records.items():
        # What Pleo took, its answer lost, and refused when it came once more, is known to nobody but Pleo.
        told = (
            record.status in (ItemStatus.SUCCESSFUL, ItemStatus.FAILED) and (job.shown.id, entry_id) not in pleo.refused
        )
        if told and not (entry_id in outcomes and outcomes[entry_id].reported):
            what = f"{name}: Pleo has {entry_id} as {record.status}, our journal does not know"
            yield Violation(invariant=Invariant.JOURNAL_AGREES, what=what)


def _agree(outcome: ItemOutcome, status: ItemStatus | None, external_id: str | None) -> bool:
    wanted = ItemStatus.SUCCESSFUL if outcome.successful else ItemStatus.FAILED
    return status is wanted and (external_id or "") == (outcome.external_id if outcome.successful else "")
