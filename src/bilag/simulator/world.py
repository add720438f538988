"""The state of the simulated Pleo, and what changes it. Knows nothing of HTTP: the routes ask it, tests do too."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from bilag.simulator.companies import Company
from bilag.simulator.expense import ExpenseSource, Receipt
from bilag.simulator.faults import FaultPlan
from bilag.simulator.files import LinkDesk
from bilag.simulator.grants import CredentialKind, Grant, GrantBook
from bilag.simulator.jobs import Job, JobOptions, require_mapped
from bilag.simulator.quota import QuotaGate
from bilag.simulator.refusals import Refusal, RefusalType, bad_request
from bilag.simulator.subscriptions import SubscriptionBook
from bilag.simulator.terms import JobStatus, Scope

COMPANIES_MAX = 10_000
JOBS_MAX = 100_000
JOB_ITEMS_MAX = 1_000_000

# Published: a company with a running job gets no second one (409). Open: whether a waiting job counts as running.
# Here it does, which is the stricter reading; `create_job(queued=True)` makes the queue that Pleo's guides speak of.
STATUSES_THAT_BAR_A_NEW_JOB = frozenset({JobStatus.PENDING, JobStatus.IN_PROGRESS})


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def random_id() -> str:
    """A random UUID."""
    return str(uuid4())


class PleoWorld:
    """Companies, jobs, credentials, subscriptions and faults of one simulated Pleo.

    Time comes from `clock` and nothing runs in the background: a job whose hour is over is found expired by the
    next call that looks at it. `job_created` is called with every new job; the server sends webhooks from there.
    """

    def __init__(self, *, clock: Callable[[], datetime] = utc_now, new_id: Callable[[], str] = random_id) -> None:
        self._clock = clock
        self._new_id = new_id
        self._jobs: dict[str, Job] = {}
        self._open_jobs: dict[str, Job] = {}
        self._company_numbers: dict[str, int] = {}
        self.organisation_id = new_id()
        self.companies: dict[str, Company] = {}
        self.grants = GrantBook()
        self.subscriptions = SubscriptionBook(new_id)
        self.faults = FaultPlan()
        self.quota: QuotaGate | None = None
        self.links = LinkDesk()
        self.files_url = ""
        self.request_counts: Counter[str] = Counter()
        self.leaked_credentials = 0
        self.job_created: list[Callable[[Job], None]] = []

    def now(self) -> datetime:
        """The time of this world, in UTC."""
        return self._clock().astimezone(UTC)

    def add_company(self, source: ExpenseSource, *, contra_currencies: frozenset[str] | None = None) -> Company:
        """Let a company and its approved expenses into the world.

        `contra_currencies` are the wallet currencies with a mapped contra account, `None` for all of them. They
        can be changed later on the company. Raises `ValueError` for a company that is there already.
        """
        if source.company_id in self.companies or len(self.companies) >= COMPANIES_MAX:
            raise ValueError(f"company {source.company_id} is there already, or {COMPANIES_MAX} others are")
        company = Company(source, contra_currencies=contra_currencies)
        self._company_numbers[company.id] = len(self.companies)
        self.companies[company.id] = company
        return company

    def accept_api_key(
        self, key: str, *company_ids: str, scopes: Iterable[Scope] = Scope, expires_at: datetime | None = None
    ) -> None:
        """Let an API key in, for some companies or, when none is named, for all that are there now."""
        self.grants.accept(CredentialKind.API_KEY, key, self._grant(company_ids, scopes, expires_at))

    def accept_token(
        self, token: str, *company_ids: str, scopes: Iterable[Scope] = Scope, expires_at: datetime | None = None
    ) -> None:
        """Let an access token in, for some companies or, when none is named, for all that are there now."""
        self.grants.accept(CredentialKind.ACCESS_TOKEN, token, self._grant(company_ids, scopes, expires_at))

    def revoke_api_key(self, key: str) -> None:
        """Keep an API key out from now on."""
        self.grants.revoke(CredentialKind.API_KEY, key)

    def revoke_token(self, token: str) -> None:
        """Keep an access token out from now on."""
        self.grants.revoke(CredentialKind.ACCESS_TOKEN, token)

    def create_job(
        self,
        company_id: str,
        *,
        indexes: Sequence[int] | None = None,
        options: JobOptions | None = None,
        queued: bool = False,
    ) -> Job:
        """Make a job of the expenses at `indexes`, or of every expense that was not exported yet.

        With `queued` the job may wait behind others of its company. Raises `Refusal` as the API would, and
        `KeyError` for a company that is not in the world.
        """
        company, options = self.companies[company_id], options or JobOptions()
        open_jobs = (job for job in self.jobs() if job.company is company)
        if not queued and any(job.status in STATUSES_THAT_BAR_A_NEW_JOB for job in open_jobs):
            message = "Export Job already in progress for this company."
            raise Refusal(RefusalType.EXPORT_ALREADY_IN_PROGRESS, message)
        chosen = company.free_indexes() if indexes is None else array("I", sorted(set(indexes)))
        self._require_bounds(chosen)
        company.require_exportable(chosen, again=options.again)
        if company.contra_currencies is not None:
            require_mapped(company.wallet_currencies(chosen), company.contra_currencies)
        job = Job(self._new_id(), company, chosen, number=len(self._jobs), options=options, created_at=self.now())
        self._jobs[job.id] = job
        self._open_jobs[job.id] = job
        for listener in self.job_created:
            listener(job)
        return job

    def jobs(self) -> tuple[Job, ...]:
        """Every job in the order of creation, none of them past its hour."""
        for job in tuple(self._open_jobs.values()):
            self._settle(job)
        return tuple(self._jobs.values())

    def job(self, job_id: str) -> Job:
        """One job; refuses an unknown one with 404."""
        job = self._jobs.get(job_id)
        if job is None:
            raise Refusal(RefusalType.EXPORT_NOT_FOUND, "Export job not found.")
        self._settle(job)
        return job

    def latest_item(self, company: Company, entry_id: str) -> tuple[Job, int] | None:
        """The youngest job that holds an accounting entry, and the entry's place in it."""
        if company.index_of(entry_id) is None:
            return None
        for job in reversed(self.jobs()):
            place = job.place_of(entry_id) if job.company is company else None
            if place is not None:
                return job, place
        return None

    def file_entries(self, company: Company, index: int, receipts: Sequence[Receipt]) -> list[dict[str, object]]:
        """The `files` of an Export Item, each with a link that is good for 24 hours from now."""
        now, number = self.now(), self._company_numbers[company.id]
        return [
            {
                "url": self.files_url + self.links.path(number, index, place, name=receipt.name, now=now),
                "type": receipt.content_type,
                "size": receipt.size_bytes,
            }
            for place, receipt in enumerate(receipts)
        ]

    def linked_receipt(self, token: str, name: str) -> Receipt | None:
        """The receipt behind a link, `None` when the link is unknown or its time is over."""
        target = self.links.open(token, name)
        if target is None or target.is_expired(self.now()):
            return None
        company = tuple(self.companies.values())[target.company_number]
        return company.source.expense(target.index).receipts[target.receipt_number]

    def _settle(self, job: Job) -> None:
        job.expire_if_due(self.now())
        if not job.is_open:
            self._open_jobs.pop(job.id, None)

    def _require_bounds(self, chosen: Sequence[int]) -> None:
        if not 0 < len(chosen) <= JOB_ITEMS_MAX:
            raise bad_request(f"a job needs 1 to {JOB_ITEMS_MAX} accounting entries, {len(chosen)} are exportable")
        if len(self._jobs) >= JOBS_MAX:
            raise bad_request(f"the simulator keeps at most {JOBS_MAX} jobs")

    def _grant(self, company_ids: tuple[str, ...], scopes: Iterable[Scope], expires_at: datetime | None) -> Grant:
        covered = company_ids or tuple(self.companies)
        unknown = [company_id for company_id in covered if company_id not in self.companies]
        if unknown or not covered:
            raise ValueError(f"add the companies of a credential first; unknown: {', '.join(unknown) or 'all'}")
        owner = f"company:{covered[0]}" if len(covered) == 1 else f"organisation:{self.organisation_id}"
        return Grant(
            company_ids=frozenset(covered),
            owner_urn=f"urn:pleo:{owner}",
            scopes=frozenset(scopes),
            expires_at=expires_at,
        )
