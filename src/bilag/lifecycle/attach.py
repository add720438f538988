"""Attach: receipts from Pleo into the books. Every file is an obligation of its own, remembered until it is met."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from bilag.domain.attachment import AttachmentRules, NoteFile, StoredFile
from bilag.domain.export_item import ExportItem
from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import PostingKey, ReceiptRecord, ReceiptState
from bilag.lifecycle.case import Case
from bilag.lifecycle.desk import Desk
from bilag.ports.errors import OutcomeUnknown, StoreFailed, Trouble
from bilag.ports.export_api import LinkExpired
from bilag.rules import attachment_handling as handling

# As long as the receipts of one expense take to arrive, one of the places where expenses are worked off is taken.
RECEIPTS_SECONDS_MAX: Final = 600.0

_log = logging.getLogger("bilag.item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """The files of one item on our disk, ready for the books, and what is wrong with the others."""

    files: tuple[StoredFile, ...] = ()
    failures: tuple[Failure, ...] = ()


async def fetch_receipts(case: Case) -> Receipts:
    """Every receipt of the item, in Pleo's order, each checked; combined where the books take fewer files."""
    rules = case.desk.books.capabilities.attachments
    if rules is None or not case.item.files:
        return Receipts()
    if (excess := handling.too_many(len(case.item.files))) is not None:
        return Receipts(failures=(excess,))
    files, failures = await _fetched(case, rules)
    if handling.must_combine(files, rules):
        combined = await case.desk.combine(files, rules, case.folder, case.item.reconciliation_id)
        if isinstance(combined, Failure):
            return Receipts(failures=(*failures, combined))
        files = [combined]
    return Receipts(files=tuple(files), failures=tuple(failures))


async def _fetched(case: Case, rules: AttachmentRules) -> tuple[list[StoredFile], list[Failure]]:
    """The receipts one after another, with fresh links once; those left are given up when it becomes too much."""
    clock = case.desk.clock
    files: list[StoredFile] = []
    failures: list[Failure] = []
    current, is_renewed = case.item, False
    started_seconds = clock.monotonic_seconds()
    for position in range(len(case.item.files)):
        is_late = clock.monotonic_seconds() - started_seconds > RECEIPTS_SECONDS_MAX
        excess = _too_late(position) if is_late else handling.too_heavy(files)
        if excess is not None:
            failures.append(excess)
            break
        found = await _download(current, position, case)
        if isinstance(found, LinkExpired) and not is_renewed:
            current, is_renewed = await _renewed(case), True
            found = await _download(current, position, case)
        problem = _problem(found, position, rules)
        if problem is not None:
            failures.append(problem)
        elif isinstance(found, StoredFile):
            files.append(found)
    return files, failures


async def owe(key: PostingKey, files: Sequence[StoredFile], desk: Desk, *, stands: bool = False) -> None:
    """Remember which files the document owes, before it is posted. One that `stands` may have some already."""
    known = await desk.journal.receipts(key) if stands and files else ()
    attached = {receipt.sha256 for receipt in known if receipt.state is ReceiptState.ATTACHED}
    owed = [_record(key, file, ReceiptState.OWED) for file in files if file.sha256 not in attached]
    if owed:
        await desk.journal.record_receipts(owed)


async def attach(
    case: Case, external_id: str, key: PostingKey, files: Sequence[StoredFile], notes: Sequence[NoteFile]
) -> tuple[Failure, ...]:
    """Link files and notes to the document; what is linked already is left alone.

    The document stands in the books by now, so trouble with a file is that file's failure and no more.
    """
    problems = [await _link_note(external_id, note, case.desk) for note in notes]
    linked: list[ReceiptRecord] = []
    for file in files:
        problem = await _link_file(external_id, file, case.desk)
        problems.append(problem)
        if problem is None:
            linked.append(_record(key, file, ReceiptState.ATTACHED))
    if linked:
        await case.desk.journal.record_receipts(linked)
    return tuple(problem for problem in problems if problem is not None)


async def _link_note(external_id: str, note: NoteFile, desk: Desk) -> Failure | None:
    try:
        try:
            return await desk.books.attach_note(external_id, note)
        except OutcomeUnknown:
            return await desk.books.attach_note(external_id, note)  # repeating it changes nothing
    except Trouble as trouble:
        return _not_linked(note.name, trouble)


async def _link_file(external_id: str, file: StoredFile, desk: Desk) -> Failure | None:
    try:
        if file.sha256 in await desk.books.attached(external_id):
            return None
        try:
            return await desk.books.attach(external_id, file)
        except OutcomeUnknown:
            if file.sha256 in await desk.books.attached(external_id):
                return None
            raise
    except Trouble as trouble:
        return _not_linked(file.name, trouble)


def _not_linked(name: str, trouble: Trouble) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_UPLOAD,
        path="files",
        message=f"The entry is booked, but the books did not take the file {name}: {trouble}.",
        remedy="Export the expense again: the entry stays as it is, and the file is added.",
    )


async def close_debts(
    key: PostingKey, files: Sequence[StoredFile], failures: Sequence[Failure], desk: Desk
) -> tuple[str, ...]:
    """What is owed still once these files are attached, and nothing more will be: nobody asks for it any more.

    Failures mean that the settings allow booking without a receipt: it is waived, and that is said. Without failures
    the document has every file, so that what only an earlier try owed went into one of them or is gone from Pleo.
    """
    if not files and not failures:
        return ()
    owed = [r for r in await desk.journal.receipts(key) if r.state is ReceiptState.OWED]
    if owed:
        state = ReceiptState.WAIVED if failures else ReceiptState.REPLACED
        await desk.journal.record_receipts([replace(r, state=state) for r in owed])
    return tuple(handling.without_receipt_warning(failure) for failure in failures)


async def _download(item: ExportItem, position: int, case: Case) -> StoredFile | LinkExpired | Failure:
    if position >= len(item.files):
        return LinkExpired()
    announced = handling.announced_problem(item.files[position], case.desk.books.capabilities.attachments)
    if announced is not None:
        return announced
    name = handling.receipt_name(item.reconciliation_id, position)
    try:
        return await case.desk.pleo.download(item.files[position], case.folder, name)
    except Trouble as trouble:
        return _not_fetched(position, trouble)
    except OSError as full:
        raise StoreFailed(f"A receipt can't be kept in {case.folder}: {full.strerror}") from full


async def _renewed(case: Case) -> ExportItem:
    """The item with fresh links; the old one when Pleo does not give it again."""
    _log.info("item %s receipt links renewed job=%s", case.entry_id, case.job_id)
    try:
        return await case.desk.pleo.refetch(case.job_id, case.fetched) or case.item
    except Trouble:
        return case.item


def _problem(found: StoredFile | LinkExpired | Failure, position: int, rules: AttachmentRules) -> Failure | None:
    match found:
        case Failure():
            return found
        case LinkExpired():
            return _expired(position)
        case StoredFile():
            return handling.refused_by_books(found, position, rules)
        case _:
            assert_never(found)


def _record(key: PostingKey, file: StoredFile, state: ReceiptState) -> ReceiptRecord:
    return ReceiptRecord(key=key, sha256=file.sha256, name=file.name, state=state)


def _not_fetched(position: int, trouble: Trouble) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_DOWNLOAD,
        path=f"files[{position}]",
        message=f"Receipt {position + 1} could not be fetched from Pleo: {trouble}.",
        remedy="Export the expense again later.",
    )


def _too_late(position: int) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_DOWNLOAD,
        path=f"files[{position}]",
        message=f"The receipts of the expense take too long to arrive; receipt {position + 1} was not fetched.",
        remedy="Export the expense again later.",
    )


def _expired(position: int) -> Failure:
    return Failure(
        code=FailureCode.RECEIPT_DOWNLOAD,
        path=f"files[{position}].url",
        message=f"The link to receipt {position + 1} has expired, and a new one does not work either.",
        remedy="Export the expense again; when it happens again, upload the receipt in Pleo anew.",
    )
