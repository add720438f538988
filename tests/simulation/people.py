"""What people do between two processes of ours: export, export again, and work in the books by hand."""

import random
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bilag.adapters.accounting.memory.script import Alters
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.export_job import ItemStatus
from tests.lifecycle.pleo_in_memory import JobAtPleo
from tests.simulation.expenses import reconciliation_id
from tests.simulation.world import ITEMS_MAX, PERIODS, Company, World

STRAY_NUMBERS_FROM: Final = 90_000


class People:
    """Users of Pleo and bookkeepers, with a chance of their own for each habit."""

    def __init__(self, world: World, dice: random.Random, late_references: AbstractSet[str]) -> None:
        self._world = world
        self._late_references = late_references
        self._dice = dice
        self._removes, self._edits, self._closes, self._repeats, self._muddles, self._cancels = (
            dice.choice([0.0, 0.0, 0.1, 0.4]) for _ in range(6)
        )

    def act(self) -> None:
        """Whatever comes to their minds before the next process starts."""
        for company in self._world.companies:
            if self._chance(self._removes):
                self._remove(company)
            if self._chance(self._edits):
                self._edit(company)
            if self._chance(self._closes):
                company.books.close_period(self._dice.choice(PERIODS[8:13]).name)
            if company.waiting or self._chance(self._repeats):
                self.export(company)
        for job in self._world.pleo.all_jobs.values():
            if self._chance(self._cancels * 0.2):
                self._world.pleo.end(job.shown.id, "canceled_by_user")

    def export(self, company: Company) -> None:
        """A new job: expenses that wait, some that failed, and now and then some that are booked already."""
        size = company.job_sizes.pop() if company.job_sizes else ITEMS_MAX
        chosen, company.waiting = company.waiting[:size], company.waiting[size:]
        for entry_id in self.exportable_again(company):
            again = self._repeats if self.is_settled(company, entry_id) else 0.5
            if len(chosen) < ITEMS_MAX and self._chance(again):
                chosen.append(entry_id)
        if chosen:
            self.add_job(company, chosen, muddled=self._chance(self._muddles))

    def exportable_again(self, company: Company) -> list[str]:
        """Entries that were in a job before and are in no open one."""
        open_ones, seen = set(), []
        for job in self._jobs(company):
            if self._world.pleo.is_open(job.shown.id):
                open_ones |= set(job.records)
            seen += list(job.records)
        return [e for e in dict.fromkeys(seen) if e not in open_ones and e in company.expenses]

    def is_settled(self, company: Company, entry_id: str) -> bool:
        """Whether Pleo shows the entry as successful in the last job that had it."""
        jobs = [job for job in self._jobs(company) if entry_id in job.records]
        return bool(jobs) and jobs[-1].status_of(entry_id) is ItemStatus.SUCCESSFUL

    def add_job(self, company: Company, entry_ids: list[str], *, muddled: bool = False) -> None:
        """The job as Pleo shows it; `muddled` shifts its pages, doubles, adds and drops entries."""
        items = [company.expenses[entry_id].item for entry_id in entry_ids]
        id_ = self._world.next_job_id()
        self._world.pleo.add_job(*items, id=id_, company_id=company.id)
        job = self._world.pleo.at(id_)
        size = self._dice.choice([2, 5, 100])
        job.pages = [list(items[at : at + size]) for at in range(0, len(items), size)]
        if muddled:
            self._muddle(company, job)

    def _muddle(self, company: Company, job: JobAtPleo) -> None:
        job.listed.append(self._dice.choice(job.listed))
        page = self._dice.choice(job.pages)
        job.pages.insert(0, [self._dice.choice(page)])
        if self._chance(0.5):
            self._dice.choice(job.pages[1:]).pop()
        if self._chance(0.3):
            job.pages[-1].append(self._stray(company, job))

    def _stray(self, company: Company, job: JobAtPleo) -> ExportItem | MalformedItem:
        """Data of an entry that the job does not list."""
        number = STRAY_NUMBERS_FROM + int(job.shown.id[-6:])
        good = [e.item for e in company.expenses.values() if isinstance(e.item, ExportItem)]
        model = good[0] if good else next(iter(company.expenses.values())).item
        if isinstance(model, MalformedItem):
            return replace(model, entry_id=_stray_id(number))
        return replace(model, entry_id=_stray_id(number), reconciliation_id=reconciliation_id(number), files=())

    def _remove(self, company: Company) -> None:
        # What may still arrive once more would come back after it was taken out.
        ours = [e for e in company.books.entries if e.external_reference not in self._late_references]
        ours = [e for e in ours if not e.external_reference.endswith("paid-by-the-books")]
        if ours:
            entry = self._dice.choice(ours)
            company.removed.add(entry.external_id)
            company.removed_references.add(entry.external_reference)
            company.books.remove(entry.external_reference)

    def _edit(self, company: Company) -> None:
        if company.books.entries:
            entry = self._dice.choice(company.books.entries)
            altered = Alters(posting_date=entry.posting_date + timedelta(days=1))
            company.books.edit(entry.external_reference, altered)

    def _jobs(self, company: Company) -> list[JobAtPleo]:
        return [job for job in self._world.pleo.all_jobs.values() if job.shown.company_id == company.id]

    def _chance(self, odds: float) -> bool:
        return self._dice.random() < odds

    def left_over(self, company: Company) -> list[str]:
        """What was never exported, and what Pleo does not show as successful."""
        never, company.waiting = company.waiting, []
        again = [e for e in self.exportable_again(company) if not self.is_settled(company, e)]
        return [*never, *again]

    def mend(self, company: Company) -> None:
        """Open what was closed, so that everything that can be booked can be booked."""
        for period in PERIODS:
            company.books.open_period(period.name)


def _stray_id(number: int) -> str:
    return f"8d2c9b34-1f9e-4c1c-8a57-{number:012}"
