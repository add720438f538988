"""Bugs of the protocol, each as edits to our sources. The simulation is worth what it finds of them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Edit:
    """In this file of ours, these words, of which there is one place, become those."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """A mistake that somebody could have made."""

    name: str
    edits: tuple[Edit, ...]


def _bug(name: str, file: str, before: str, after: str) -> PlantedBug:
    return PlantedBug(name, (Edit(file, before, after),))


_LOOK: Final = """            found = await _look(sent, why, desk)
            if found is not None:
                return found
"""
_MADE_UP: Final = """            made_up = PostedDocument(
                external_reference=document.external_reference,
                external_id="0",
                external_url="",
                posting_date=document.posting_date.date,
                mode=document.mode,
                total=document.total(Side.DEBIT),
            )
            await desk.journal.record(posted_record(sent, made_up, desk))
            return made_up
"""
_GIVEN_UP: Final = """            await desk.journal.record(_rejected(sent, why, desk))
            return Rejected(failures=(_unknown(key, why),))
"""
_INTENT: Final = """        await desk.journal.record(record, sent)
"""
_LOOKED_BACK: Final = (
    "    posted = await desk.books.find_by_reference(record.booked_in or record.key.external_reference)\n"
)
_OPEN_STATES: Final = "(PostingState.INTENDED, PostingState.SENT, PostingState.UNKNOWN)"
_SEND: Final = "                refused = await self._desk.pleo.update_items"
_MARKED: Final = (
    "                await self._desk.journal.mark_reported(\n"
    "                    self._job_id, [o.entry_id for o in batch], self._desk.clock.now())\n"
)

POSTING: Final = (
    _bug(
        "intent not stored before posting",
        "lifecycle/post.py",
        _INTENT,
        "",
    ),
    _bug("time-out treated as failed", "lifecycle/post.py", _LOOK, _GIVEN_UP),
    _bug("time-out treated as success", "lifecycle/post.py", _LOOK, _MADE_UP),
    _bug(
        "no look-up of what an earlier try sent",
        "lifecycle/look_back.py",
        _LOOKED_BACK,
        f"    if record.state in {_OPEN_STATES}:\n        return Standing(key=record.key)\n{_LOOKED_BACK}",
    ),
    _bug(
        "new reference per attempt",
        "lifecycle/look_back.py",
        _LOOKED_BACK,
        f"    if record.state in {_OPEN_STATES}:\n"
        f"        return Standing(key=_next_generation(record.key))\n{_LOOKED_BACK}",
    ),
    _bug(
        "generation raised always",
        "lifecycle/look_back.py",
        "    if desk.settings.post_again:\n        warning",
        "    if is_told:\n        warning",
    ),
    _bug(
        "booked again although Pleo was never told",
        "lifecycle/look_back.py",
        "    if not is_told:\n        return _stands(record, posted)\n",
        "",
    ),
    _bug(
        "shared entry posted before its members are recorded",
        "lifecycle/job_entry.py",
        "    await _record([replace(record, state=PostingState.INTENDED) for record in sent], desk)\n"
        "    await _record(sent, desk)\n",
        "",
    ),
    _bug(
        "shared entry keeps its reference with other members",
        "lifecycle/job_entry.py",
        "    if before is None or before.key != standing.key or before.content_hash == content_hash(entry):\n",
        "    if entry is not None:\n",
    ),
)

REPORTING: Final = (
    _bug(
        "errors array ignored",
        "lifecycle/report.py",
        "by_entry = {refusal.entry_id: refusal for refusal in refused}",
        "by_entry: dict[str, RefusedReport] = {}",
    ),
    _bug("outcomes marked as reported before they are sent", "lifecycle/report.py", _SEND, f"{_MARKED}{_SEND}"),
    _bug("outcome not stored", "lifecycle/report.py", "        await self._desk.journal.record_outcome(outcome)\n", ""),
    _bug(
        "job completed before the last outcomes are sent",
        "lifecycle/item_desk.py",
        "            await self._desk.journal.record_outcome(self._failed_by(stray, failure))\n"
        "        await self.reporter.flush()\n",
        "            await self._desk.journal.record_outcome(self._failed_by(stray, failure))\n",
    ),
    _bug(
        "job completed although items failed",
        "rules/outcome.py",
        "return JobReport(event=JobEvent.COMPLETED_WITH_ERRORS)",
        "return JobReport(event=JobEvent.COMPLETED)",
    ),
    _bug(
        "outcomes that Pleo refused count as successes",
        "lifecycle/item_desk.py",
        "successful=self._successful - lost, failed=self._failed + lost",
        "successful=self._successful, failed=self._failed",
    ),
    _bug(
        "successes of an earlier run forgotten",
        "lifecycle/item_desk.py",
        "self._successful = control.successful_before",
        "self._successful = 0",
    ),
    _bug(
        "items without data never told",
        "lifecycle/item_desk.py",
        "for entry_id in sorted(self.control.open):",
        "for entry_id in sorted(self.control.open & self.control.unlisted):",
    ),
)

JOBS: Final = (
    _bug(
        "newest job first",
        "lifecycle/detect.py",
        "    for job in jobs:",
        "    for job in reversed(jobs):",
    ),
    _bug(
        "interrupted job not taken up again",
        "lifecycle/detect.py",
        "    return record is not None and record.state != STARTED_ELSEWHERE",
        "    return record is None",
    ),
    _bug(
        "started before our own record of the job",
        "lifecycle/start.py",
        "    await remember(job, desk)\n    lost: OutcomeUnknown",
        "    lost: OutcomeUnknown",
    ),
    _bug(
        "closing event repeated without a look",
        "lifecycle/complete.py",
        "            if current.status in _ENDED:\n",
        "            if current.status is None:\n",
    ),
    _bug(
        "entry that comes on two pages processed twice",
        "lifecycle/fetch.py",
        "            control.open.discard(entry_id)\n            yield fetched",
        "            yield fetched",
    ),
    _bug(
        "entry that the job does not list is booked",
        "lifecycle/fetch.py",
        "            control.unlisted.add(entry_id)",
        "            yield fetched",
    ),
)

RECEIPTS_AND_PAYABLES: Final = (
    _bug(
        "receipts attached twice",
        "lifecycle/attach.py",
        "        if file.sha256 in await desk.books.attached(external_id):\n            return None\n        try:\n",
        "        try:\n",
    ),
    _bug(
        "lost answer to a file taken for a success",
        "lifecycle/attach.py",
        "            if file.sha256 in await desk.books.attached(external_id):\n"
        "                return None\n            raise\n",
        "            return None\n",
    ),
    _bug(
        "refused file passed over",
        "lifecycle/process_item.py",
        "    if missing and not desk.settings.book_without_receipts:\n",
        "    if missing and not booked.documents:\n",
    ),
    _bug(
        "no turns among a vendor's documents",
        "lifecycle/settle.py",
        "    return desk.vendor_turns.of(document.vendor.number)",
        "    return nullcontext()",
    ),
    _bug(
        "settles what is settled already",
        "rules/settlement.py",
        "self._take(one, abs(one.item.open_amount))",
        "self._take(one, abs(one.item.amount))",
    ),
    _bug(
        "invoice that comes after its payment stays open",
        "rules/settlement.py",
        "            self._take_open(payments)\n        elif",
        "            self._take_open(())\n        elif",
    ),
    _bug(
        "returned payment reopens nothing",
        "rules/settlement.py",
        "taken, reopens = settling.taken(), settling.reopens()",
        "taken, reopens = settling.taken(), ()",
    ),
    _bug(
        "payment of a pair posted first",
        "rules/payable_documents.py",
        "    return tuple(kinds)",
        "    return tuple(reversed(kinds))",
    ),
)

FOUND_HERE: Final = (
    _bug(
        "shared entry that may still arrive forgotten",
        "lifecycle/look_back.py",
        "        return Standing(key=record.key, booked_in=record.booked_in, sent_at=sent_at)\n",
        "        return Standing(key=record.key)\n",
    ),
    _bug(
        "items of a job that may not be failed never told",
        "lifecycle/complete.py",
        "    return softened(report, failed=await _tell_untried_items(job, report, desk))\n",
        "    return softened(report, failed=1)\n",
    ),
    _bug(
        "what an earlier try owed stays owed",
        "lifecycle/attach.py",
        "    if owed:\n        state",
        "    if owed and failures:\n        state",
    ),
    _bug(
        "list that hides an entry not read again",
        "lifecycle/fetch.py",
        "READINGS_MAX: Final = 3",
        "READINGS_MAX: Final = 1",
    ),
    _bug(
        "lease not asked before a document is sent",
        "lifecycle/while_leased.py",
        "            self._lease.assert_held()\n            check()\n",
        "            check()\n",
    ),
)

PLANTED: Final = (*POSTING, *REPORTING, *JOBS, *RECEIPTS_AND_PAYABLES, *FOUND_HERE)
