"""Several companies on one stage, each with a file, an API key, a state folder and books of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bilag.app.webhooks import open_subscription_desk
from bilag.simulator.jobs import Job, JobOptions
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.subscriptions import Subscription
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.expenses import SEED
from tests.e2e.invariants import assert_balanced, assert_nothing_twice, reports_of
from tests.e2e.serving import Served
from tests.e2e.stage import Stage
from tests.e2e.standing_books import books_in

# With the haste of these tests: a pause that no test outlasts, and one that is over in a moment.
RARELY: Final = "poll_seconds = 2700\npoll_seconds_max = 2700"
OFTEN: Final = "poll_seconds = 10\npoll_seconds_max = 10"
BOOKS: Final = "their-books"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A company among others; `key_name` is where its API key lies in the environment."""

    stage: Stage
    number: int
    id: str
    folder: Path
    books: Path

    @property
    def path(self) -> Path:
        return self.folder / "bilag.toml"

    @property
    def key_name(self) -> str:
        return f"PLEO_KEY_{self.number}"

    @property
    def key(self) -> str:
        return f"key-of-{self.number}-never-to-be-shown"

    def new_job(self, *, queued: bool = False, indexes: range | None = None) -> Job:
        self.stage.clock.move(seconds=1)
        options = JobOptions(vendor_based_bookkeeping=True)
        return self.stage.world.create_job(self.id, indexes=indexes, options=options, queued=queued)

    async def subscribe(self, url: str) -> Subscription:
        """What `bilag webhooks add` does with this company's file."""
        async with open_subscription_desk(self.path, {self.key_name: self.key}) as desk:
            added = (await desk.add(url)).subscription.id
        return next(one for one in self.stage.world.subscriptions if one.id == added)

    def write_config(self, serve: str = "", *changes: tuple[str, str], port: int = 0) -> None:
        """The demo's settings with this company's own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stage.write_config(
            ("[pleo]\n", f"[serve]\nport = {port}\n{serve}\n\n[pleo]\n"),
            (self.stage.company_id, self.id),
            ("PLEO_API_KEY", self.key_name),
            ("employees_as_vendors = true", "employees_as_vendors = false"),
            ("[books.plaintext]", f'[books.plaintext]\nfolder = "{self.books}"'),
            *changes,
        )
        self.stage.config_path.rename(self.path)


def tenants(stage: Stage, *counts: int, serve: str = RARELY) -> list[Tenant]:
    """Companies with so many expenses, and their files."""
    return [_tenant(stage, number, count, serve) for number, count in enumerate(counts, start=1)]


def _tenant(stage: Stage, number: int, count: int, serve: str) -> Tenant:
    company_id = f"{number:08d}-7f6e-4c1b-9a52-5b1f0e7c2d99"
    folder = stage.folder / f"company-{number}"
    tenant = Tenant(stage=stage, number=number, id=company_id, folder=folder, books=folder / BOOKS)
    stage.world.add_company(SeededExpenses(company_id, count, SEED + number, receipt_share=0))
    stage.world.accept_api_key(tenant.key, company_id)
    tenant.write_config(serve)
    return tenant


def serves(served: Served, companies: list[Tenant]) -> None:
    """Let it serve these files with these keys."""
    served.places = [tenant.path for tenant in companies]
    served.environment = {tenant.key_name: tenant.key for tenant in companies}


def assert_exported(tenant: Tenant, *jobs: Job) -> None:
    """Every expense of these jobs once in the company's own books, and Pleo told so."""
    books = books_in(tenant.books)
    assert_balanced(books)
    assert_nothing_twice(books)
    vouchers = {entry.entry_id: entry.voucher for entry in books.entries}
    for job in jobs:
        assert job.status is JobStatus.COMPLETED, job.status
        for entry_id, report in reports_of(job).items():
            assert report.status is ItemStatus.SUCCESSFUL, report
            assert vouchers[entry_id] == report.external_id
    assert len(books.entries) == sum(map(len, jobs))
