"""Work off what waits: one Export Job after another, oldest first."""

from dataclasses import dataclass
from typing import Final

from bilag.domain.export_job import ExportJob, JobReport
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.detect import detect
from bilag.lifecycle.ended_meanwhile import ended_meanwhile
from bilag.lifecycle.job import run_job

# One call works off what had piled up; a queue that never empties is the next call's.
JOBS_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedJob:
    """A job that was tried, or whose end we missed; `report` is None when it was not, or no longer, ours to end."""

    job: ExportJob
    report: JobReport | None


async def run_pending(desk: Desk, *, take_over: bool = False) -> tuple[EndedJob, ...]:
    """Every waiting job of the company, each once, after those that ended since the last run without our knowledge.

    Raises trouble with Pleo or our own disk; nothing is lost.
    """
    ended = [EndedJob(job=job, report=None) for job in await ended_meanwhile(desk)]
    while len(ended) < JOBS_MAX:
        job = await detect(desk, take_over=take_over, passed_over=[e.job.id for e in ended])
        if job is None:
            break
        ended.append(EndedJob(job=job, report=await run_job(job, desk)))
    return tuple(ended)
