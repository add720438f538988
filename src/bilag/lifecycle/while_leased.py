"""The ways outside for as long as the company is leased: whatever sends asks the lease right before.

What only reads goes through: it changes nothing, and what is stored because of it is refused by the journal.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from bilag.domain.attachment import NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities
from bilag.domain.document import Document
from bilag.domain.export_item import ExportItem, ItemFile
from bilag.domain.export_job import ExportJob, ItemReport, JobEvent, JobItem, JobReport, JobStatus
from bilag.domain.failure import Failure, JobFailure
from bilag.domain.payables import BooksVendor, PayableItem, PayableKeys, PayableStatement, VendorQuery
from bilag.domain.period import AccountingPeriod
from bilag.lifecycle.desk import Desk
from bilag.ports.accounting_system import AccountingSystem, PostAnswer, PostedDocument, SendCheck, unchecked
from bilag.ports.export_api import ExportApi, FetchedItem, LinkExpired, RefusedReport
from bilag.ports.lease import CompanyLease


def while_leased(desk: Desk) -> Desk:
    """The same desk, whose sends raise LeaseLost once the lease is not surely held."""
    return replace(
        desk,
        planner=replace(desk.planner, books=LeasedBooks(desk.books, desk.lease)),
        pleo=LeasedExportApi(desk.pleo, desk.lease),
    )


class LeasedBooks:
    """An AccountingSystem that is written to while the lease is held. Docstrings: the port's."""

    def __init__(self, books: AccountingSystem, lease: CompanyLease) -> None:
        self._books = books
        self._lease = lease

    @property
    def capabilities(self) -> Capabilities:
        """As the port says."""
        return self._books.capabilities

    async def problems(self) -> tuple[JobFailure, ...]:
        """As the port says."""
        return await self._books.problems()

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        """As the port says."""
        return await self._books.accounts(numbers)

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:
        """As the port says."""
        return await self._books.unknown_tax_codes(codes)

    async def unknown_dimensions(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """As the port says."""
        return await self._books.unknown_dimensions(keys)

    async def vendors(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        """As the port says."""
        return await self._books.vendors(query)

    async def payable_items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """As the port says."""
        return await self._books.payable_items(keys)

    async def payables(self) -> PayableStatement:
        """As the port says."""
        return await self._books.payables()

    async def period_of(self, day: date) -> AccountingPeriod | None:
        """As the port says."""
        return await self._books.period_of(day)

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        """As the port says."""
        return await self._books.next_open_period(after)

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        """As the port says; raises LeaseLost or what the check raises before anything is sent."""

        def held_and_in_time() -> None:
            self._lease.assert_held()
            check()

        held_and_in_time()
        return await self._books.post(document, content_hash, held_and_in_time)

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        """As the port says."""
        return await self._books.find_by_reference(external_reference)

    async def attached(self, external_id: str) -> frozenset[str]:
        """As the port says."""
        return await self._books.attached(external_id)

    async def attach(self, external_id: str, file: StoredFile) -> Failure | None:
        """As the port says; raises LeaseLost before anything is sent."""
        self._lease.assert_held()
        return await self._books.attach(external_id, file)

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:
        """As the port says; raises LeaseLost before anything is sent."""
        self._lease.assert_held()
        return await self._books.attach_note(external_id, note)

    async def close(self) -> None:
        """As the port says."""
        await self._books.close()


class LeasedExportApi:
    """An ExportApi that is told something while the lease is held. Docstrings: the port's."""

    def __init__(self, pleo: ExportApi, lease: CompanyLease) -> None:
        self._pleo = pleo
        self._lease = lease

    async def jobs(self, company_id: str, statuses: Sequence[JobStatus]) -> tuple[ExportJob, ...]:
        """As the port says."""
        return await self._pleo.jobs(company_id, statuses)

    async def job(self, job_id: str) -> ExportJob:
        """As the port says."""
        return await self._pleo.job(job_id)

    async def send_event(self, job_id: str, event: JobEvent, report: JobReport | None = None) -> None:
        """As the port says; raises LeaseLost before anything is sent."""
        self._lease.assert_held()
        await self._pleo.send_event(job_id, event, report)

    def job_items(self, job_id: str) -> AsyncIterator[JobItem]:
        """As the port says."""
        return self._pleo.job_items(job_id)

    def export_items(self, job_id: str) -> AsyncIterator[FetchedItem]:
        """As the port says."""
        return self._pleo.export_items(job_id)

    async def refetch(self, job_id: str, fetched: FetchedItem) -> ExportItem | None:
        """As the port says."""
        return await self._pleo.refetch(job_id, fetched)

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        """As the port says; raises LeaseLost before anything is sent."""
        self._lease.assert_held()
        return await self._pleo.update_items(job_id, reports)

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        """As the port says."""
        return await self._pleo.download(file, folder, name)
