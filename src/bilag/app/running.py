"""Run what waits, and tell how it went."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bilag.app.pace import JobPace, Quotas, pace_of, quotas_of
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.telemetry import telemetry_of_run, tended
from bilag.app.wiring import open_desk, open_journal
from bilag.config.load import load_config
from bilag.config.shape import Config
from bilag.domain.export_job import JobStatus
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.plan_json import failure_as_json
from bilag.lifecycle.run_pending import EndedJob, run_pending
from bilag.ports.clock import Clock
from bilag.ports.posting_journal import JobRecord, OutcomeChoice, OutcomeTally, PostingJournal
from bilag.ports.progress import Progress

# A summary names this many items of each kind; `bilag show --limit` names more.
LISTED_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One Export Job as our journal remembers it, with the items that a person should look at."""

    job: JobRecord
    tally: OutcomeTally
    pace: JobPace | None = None
    failed: tuple[ItemOutcome, ...] = ()
    with_warnings: tuple[ItemOutcome, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether somebody should act."""
        return self.job.state != JobStatus.COMPLETED or self.tally.failed > 0 or self.tally.unreported > 0

    def as_json(self) -> dict[str, Any]:
        """The summary, JSON-ready."""
        return {
            "jobId": self.job.job_id,
            "companyId": self.job.company_id,
            "status": self.job.state,
            "items": self.job.number_of_items,
            "successful": self.tally.successful,
            "failed": self.tally.failed,
            "unreported": self.tally.unreported,
            "failureReason": self.job.failure_reason,
            "failureReasonType": self.job.failure_reason_type,
            "pace": self.pace.as_json() if self.pace else None,
            "failedItems": [_item(outcome) for outcome in self.failed],
            "itemsWithWarnings": [_item(outcome) for outcome in self.with_warnings],
        }


def _tell_nobody(_: RunSummary) -> None:
    """Summaries are returned, too."""


async def run_once(
    config_path: Path,
    progress: Progress,
    *,
    take_over: bool = False,
    tell: Callable[[RunSummary], None] = _tell_nobody,
) -> tuple[RunSummary, ...]:
    """Work off every waiting job, and `tell` of each as it ends. Raises ConfigInvalid, the trouble of ports.errors."""
    return await run_config(load_config(config_path), progress, os.environ, take_over=take_over, tell=tell)


async def run_config(
    config: Config,
    progress: Progress,
    environment: Mapping[str, str],
    *,
    take_over: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    tell: Callable[[RunSummary], None] = _tell_nobody,
) -> tuple[RunSummary, ...]:
    """The same with settings that are already read."""
    summaries: list[RunSummary] = []
    async with (
        telemetry_of_run(config, environment, clock) as telemetry,
        tended(open_desk(config, progress, environment, clock), config, telemetry) as desk,
    ):

        async def note(ended: EndedJob) -> None:
            summary = await summarise(desk.journal, ended.job.id, quotas=quotas_of(config))
            if summary is not None:
                summaries.append(summary)
                tell(summary)

        await run_pending(desk, take_over=take_over, on_end=note)
    return tuple(summaries)


async def summarise(
    journal: PostingJournal, job_id: str, limit: int = LISTED_MAX, *, quotas: Quotas | None = None
) -> RunSummary | None:
    """The job as our journal remembers it, or None when it doesn't; with its pace where the quotas are known."""
    job = await journal.job_record(job_id)
    if job is None:
        return None
    return RunSummary(
        job=job,
        tally=await journal.tally(job_id),
        pace=pace_of(job, quotas) if quotas else None,
        failed=await journal.outcomes(job_id, choice=OutcomeChoice.FAILED, offset=0, limit=limit),
        with_warnings=await journal.outcomes(job_id, choice=OutcomeChoice.WITH_WARNINGS, offset=0, limit=limit),
    )


async def list_jobs(config_path: Path, limit: int) -> tuple[RunSummary, ...]:
    """The jobs seen last, newest first, without their items."""
    async with open_journal(load_config(config_path)) as journal:
        records = await journal.job_records(limit)
        return tuple([RunSummary(job=record, tally=await journal.tally(record.job_id)) for record in records])


async def show_job(config_path: Path, beginning: str, limit: int = LISTED_MAX) -> RunSummary | None:
    """The newest job whose id starts like this."""
    config = load_config(config_path)
    async with open_journal(config) as journal:
        records = await journal.job_records(LISTED_MAX)
        found = next((record.job_id for record in records if record.job_id.startswith(beginning)), None)
        return await summarise(journal, found or beginning, limit, quotas=quotas_of(config))


def _item(outcome: ItemOutcome) -> dict[str, Any]:
    return {
        "accountingEntryId": outcome.entry_id,
        "expense": outcome.label,
        "externalId": outcome.external_id or None,
        "failures": [failure_as_json(failure) for failure in outcome.failures],
        "warnings": list(outcome.warnings),
        "reported": outcome.reported,
    }
