"""Plan without booking: from a saved file, from a job in Pleo, or looking back at what was booked."""

import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

from bilag.app.wiring import open_journal, open_planner, open_pleo, read_items
from bilag.config.load import load_config
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.export_job import ExportJob, JobStatus
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.desk import Planner
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import failure_as_json, plan_as_json
from bilag.lifecycle.settle import with_settlements
from bilag.ports.errors import NeedsPerson
from bilag.ports.export_api import ExportApi

# A saved answer of this size holds more than 100,000 items.
PLAN_FILE_BYTES_MAX: Final = 512 * 1024 * 1024


async def plan_file(config_path: Path, file: Path) -> AsyncGenerator[dict[str, Any], None]:
    """The plan of every item in a saved answer of GET /v3/export-items. Raises ConfigInvalid, NeedsPerson."""
    config = load_config(config_path)
    items = read_items(file, PLAN_FILE_BYTES_MAX)
    async with open_planner(config) as planner:
        for fetched in items:
            yield await _planned(fetched.item, planner)


async def plan_job(config_path: Path, beginning: str = "") -> AsyncGenerator[dict[str, Any], None]:
    """The plan of every item of the oldest job in Pleo whose id starts like this. Raises ConfigInvalid, NeedsPerson."""
    config = load_config(config_path)
    async with open_pleo(config, os.environ) as pleo, open_planner(config) as planner:
        job = await _open_job(pleo, str(config.pleo.company_id), beginning)
        async for fetched in pleo.export_items(job.id):
            yield await _planned(fetched.item, planner)


async def _planned(item: ExportItem | MalformedItem, planner: Planner) -> dict[str, Any]:
    """The item's documents, and what they would settle if they were posted now."""
    return plan_as_json(await with_settlements(await plan_item(item, planner), planner))


async def _open_job(pleo: ExportApi, company_id: str, beginning: str) -> ExportJob:
    """Only these can be read: Pleo gives no items of a job that has ended."""
    jobs = await pleo.jobs(company_id, (JobStatus.PENDING, JobStatus.IN_PROGRESS))
    if not jobs:
        raise NeedsPerson("No Export Job waits or is in progress; give a FILE to plan without one")
    found = next((job for job in jobs if job.id.startswith(beginning)), None)
    if found is None:
        waiting = ", ".join(job.id for job in jobs)
        raise NeedsPerson(f"No Export Job that starts with {beginning} waits or is in progress; these do: {waiting}")
    return found


async def explain_entry(config_path: Path, beginning: str) -> dict[str, Any] | None:
    """The plan behind the newest outcome of an entry, as it was then; None when no such entry was exported."""
    async with open_journal(load_config(config_path)) as journal:
        outcome = await journal.outcome_of_entry(beginning)
    if outcome is None:
        return None
    return {
        "accountingEntryId": outcome.entry_id,
        "jobId": outcome.job_id,
        "externalId": outcome.external_id,
        "externalUrl": outcome.external_url,
        "settledAt": outcome.settled_at.isoformat(),
        "warnings": list(outcome.warnings),
        "plan": json.loads(outcome.plan_json) if outcome.plan_json else _without_plan(outcome),
    }


def _without_plan(outcome: ItemOutcome) -> dict[str, Any]:
    return {
        "accountingEntryId": outcome.entry_id,
        "method": None,
        "settingsVersion": "",
        "documents": [],
        "notes": [],
        "nothingToBook": None,
        "failures": [failure_as_json(failure) for failure in outcome.failures],
        "trace": [],
    }
