"""Work off what waits: one Export Job after another, oldest first."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from bilag.domain.export_job import ExportJob, JobReport
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.detect import detect
from bilag.lifecycle.ended_meanwhile import ended_meanwhile
from bilag.lifecycle.job import run_job
from bilag.lifecycle.while_leased import while_leased

# One call works off what had piled up; a queue that never empties is the next call's.
JOBS_MAX: Final = 1000

_log = logging.getLogger("bilag.job")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedJob:
    """A job that was tried, or whose end we missed; `report` is None when it was not, or no longer, ours to end."""

    job: ExportJob
    report: JobReport | None


# Told of every job as soon as it was tried, so that the trouble of a later one hides nothing.
OnEnd: TypeAlias = Callable[[EndedJob], Awaitable[None]]


async def run_pending(desk: Desk, *, take_over: bool = False, on_end: OnEnd | None = None) -> tuple[EndedJob, ...]:
    """Every waiting job of the company, each once, after those that ended since the last run without our knowledge.

    Raises trouble with Pleo or our own disk, LeaseLost when the company is not surely ours; nothing is lost.
    """
    desk = while_leased(desk)
    ended: list[EndedJob] = []

    async def note(one: EndedJob) -> None:
        ended.append(one)
        if on_end is not None:
            await on_end(one)

    for job in await ended_meanwhile(desk):
        _log.warning("job %s ended without us status=%s", job.id, job.status)
        await note(EndedJob(job=job, report=None))
    while len(ended) < JOBS_MAX:
        found = await detect(desk, take_over=take_over, passed_over=[one.job.id for one in ended])
        if found is None:
            break
        with desk.watching.job(found.id):
            await note(EndedJob(job=found, report=await run_job(found, desk)))
    return tuple(ended)
