"""The only wiring: settings in, working parts out. Nobody else builds an adapter."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount, PlaintextConfig, Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.periods import CalendarMonths, Periods, PeriodTable
from bilag.adapters.pleo.client import PleoExportApi
from bilag.adapters.pleo.opening import PleoAccess, open_export_api
from bilag.adapters.pleo.saved_items import UnreadableDocument, decode_items_document
from bilag.adapters.receipts.combine import combine
from bilag.adapters.store.exclusive import exclusive_use
from bilag.adapters.store.lease import LeaseTimes
from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.postgresql import open_journal_to_look, open_leased_journal
from bilag.adapters.transport.destinations import ANY_HOST
from bilag.adapters.transport.rate_budget import RateBudget
from bilag.app.credentials import pleo_auth
from bilag.app.refused_address import told_by_setting
from bilag.app.secrets import required_secret
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.config.settings import export_settings
from bilag.config.shape import ChartEntry, Config, PlaintextSection, VendorEntry
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.money import Currency
from bilag.domain.period import AccountingPeriod
from bilag.domain.quota import CallsMade
from bilag.lifecycle.desk import Desk, Planner
from bilag.ports.accounting_system import AccountingSystem
from bilag.ports.clock import Clock
from bilag.ports.errors import NeedsPerson, StoreFailed
from bilag.ports.export_api import FetchedItem
from bilag.ports.lease import CompanyLease, UnsharedLease
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.progress import Progress
from bilag.ports.secret import Secret

JOURNAL_FILE: Final = "posting-journal.sqlite"
# Receipts on their way, below the state folder: what a killed run leaves there is gone with the next one.
SPOOL_FOLDER: Final = "receipts"


@asynccontextmanager
async def open_desk(
    config: Config,
    progress: Progress,
    environment: Mapping[str, str],
    clock: Clock = SYSTEM_CLOCK,
    *,
    lease_times: LeaseTimes | None = None,
    budget: RateBudget | None = None,
) -> AsyncIterator[Desk]:
    """Everything that one company's export needs; closed in reverse order whatever happens.

    `budget` is that of the credential when others call with it, too. Raises HeldElsewhere when another process is at
    it, here or at the same database: one at a time exports a company.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(exclusive_use(config.state.folder))
        _make_folder(config.books.plaintext.folder)
        held = open_leased(config, environment, lease_times)
        journal, lease = await stack.enter_async_context(held)
        planner = await stack.enter_async_context(open_planner(config, clock))
        pleo = await stack.enter_async_context(open_pleo(config, environment, clock, budget))
        spool = stack.enter_context(_spool(config.state.folder))
        yield Desk(
            planner=planner,
            pleo=pleo,
            journal=journal,
            combine=combine,
            progress=progress,
            spool=spool,
            lease=lease,
            items_at_once_max=config.bookkeeping.items_at_once,
            calls_made=lambda: CallsMade(pleo=pleo.calls_made),
        )


@contextmanager
def _spool(state: Path) -> Iterator[Path]:
    """A folder for receipts, empty at the start and gone at the end; whoever exports has `state` to itself."""
    folder = state / SPOOL_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise StoreFailed(f"{folder} can't be created: {problem.strerror}") from problem
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def open_planner(config: Config, clock: Clock = SYSTEM_CLOCK) -> AsyncIterator[Planner]:
    """What planning needs."""
    async with open_books(config, clock) as books:
        yield Planner(settings=export_settings(config), books=books, clock=clock)


@asynccontextmanager
async def open_books(config: Config, clock: Clock = SYSTEM_CLOCK) -> AsyncIterator[AccountingSystem]:
    """The accounting system."""
    section = config.books.plaintext
    books = PlaintextBooks(plaintext_config(section), clock)
    try:
        yield books
    finally:
        await books.close()


@asynccontextmanager
async def open_leased(
    config: Config, environment: Mapping[str, str], times: LeaseTimes | None = None
) -> AsyncIterator[tuple[PostingJournal, CompanyLease]]:
    """What must not be forgotten, and the right to add to it; whoever asks has the state folder to itself."""
    database = shared_database(config, environment)
    if database is None:
        async with open_journal(config, environment) as journal:
            yield journal, UnsharedLease()
        return
    async with open_leased_journal(database, str(config.pleo.company_id), times) as held:
        yield held


@asynccontextmanager
async def open_journal(config: Config, environment: Mapping[str, str] = os.environ) -> AsyncIterator[PostingJournal]:
    """What must not be forgotten, to look at."""
    database = shared_database(config, environment)
    if database is not None:
        async with open_journal_to_look(database) as shared:
            yield shared
        return
    journal = open_posting_journal(config.state.folder / JOURNAL_FILE)
    try:
        yield journal
    finally:
        await journal.close()


@asynccontextmanager
async def open_pleo(
    config: Config, environment: Mapping[str, str], clock: Clock = SYSTEM_CLOCK, budget: RateBudget | None = None
) -> AsyncIterator[PleoExportApi]:
    """The way to Pleo. Raises NeedsPerson when credentials, address or certificates can't be used."""
    with told_by_setting("pleo.base_url"):
        pleo = open_export_api(replace(pleo_access(config, environment, clock), budget=budget), clock)
    try:
        yield pleo
    finally:
        await pleo.close()


def pleo_access(config: Config, environment: Mapping[str, str], clock: Clock = SYSTEM_CLOCK) -> PleoAccess:
    """How to reach Pleo. Raises NeedsPerson when the credentials can't be used."""
    section = config.pleo
    return PleoAccess(
        auth=pleo_auth(config, environment, clock),
        base_url=section.base_url,
        loopback_origins=section.simulator_origins,
        file_hosts=section.file_hosts or (ANY_HOST,),
        ca_file=section.ca_file,
        calls_per_minute=section.calls_per_minute,
    )


def read_items(file: Path, bytes_max: int) -> tuple[FetchedItem, ...]:
    """The items in a saved answer of GET /v3/export-items. Raises NeedsPerson that names what is wrong where."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(bytes_max + 1)
    except OSError as problem:
        raise NeedsPerson(f"{file} can't be read: {problem.strerror}") from None
    if len(raw) > bytes_max:
        raise NeedsPerson(f"{file} is larger than {bytes_max} bytes")
    try:
        return decode_items_document(raw)
    except UnreadableDocument as problem:
        raise NeedsPerson(f"{file}: {problem}") from None


def shared_database(config: Config, environment: Mapping[str, str]) -> Secret | None:
    """The address of the posting journal that several machines share. Raises NeedsPerson."""
    source = config.state.database
    return None if source is None else required_secret(source, "state.database", environment)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as problem:
        raise NeedsPerson(f"books.plaintext.folder: {folder} can't be made: {problem.strerror}") from problem


def plaintext_config(section: PlaintextSection) -> PlaintextConfig:
    """The text books' own set-up from the file's section."""
    return PlaintextConfig(
        folder=section.folder,
        periods=_periods(section),
        syntax=Syntax(section.syntax),
        title=section.title,
        currency=Currency(section.currency),
        fiscal_year_first_month=section.fiscal_year_first_month,
        chart=tuple(_chart_account(entry) for entry in section.chart),
        open_accounts=section.open_accounts,
        tax_codes=frozenset(section.tax_codes),
        dimensions=frozenset((group, code) for group, codes in section.dimensions.items() for code in codes),
        vendors=tuple(_known_vendor(entry) for entry in section.vendors),
        fava_url=section.fava_url,
    )


def _periods(section: PlaintextSection) -> Periods:
    if not section.periods:
        return CalendarMonths(closed_until=section.closed_until)
    return PeriodTable(
        periods=tuple(AccountingPeriod(name=p.name, start=p.start, end=p.end, closed=p.closed) for p in section.periods)
    )


def _chart_account(entry: ChartEntry) -> ChartAccount:
    return ChartAccount(
        number=entry.number,
        kind=AccountKind[entry.kind.name],
        name=entry.name,
        account=entry.account,
        currencies=frozenset(Currency(code) for code in entry.currencies),
        closed=entry.closed,
    )


def _known_vendor(entry: VendorEntry) -> KnownVendor:
    return KnownVendor(
        number=entry.number,
        name=entry.name,
        external_id=entry.external_id,
        account=entry.account,
        tax_registration_number=entry.tax_registration_number,
        employee_code=entry.employee_code,
        payable_account=entry.payable_account,
        blocked=entry.blocked,
    )
