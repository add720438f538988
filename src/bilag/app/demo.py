"""The demo: a simulated Pleo, realistic Export Jobs, and books that an independent program checks."""

import asyncio
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Final

from bilag.app.payables import report_payables
from bilag.app.running import RunSummary, run_config
from bilag.app.simulating import API_KEY, simulated_pleo
from bilag.config.load import load_config
from bilag.ports.errors import NeedsPerson
from bilag.ports.progress import Progress

# Only a folder that holds this file was made by the demo and may be made anew.
MARKER: Final = ".made-by-bilag-demo"
CHECK_SECONDS_MAX: Final = 60.0
# The demo's last day: what is overdue then doesn't change with the day that somebody plays it on.
DAY: Final = date(2026, 11, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedJob:
    """One of the demo's Export Jobs, by the name that people call it, and how it went."""

    title: str
    summary: RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """Where the demo's things lie, how its jobs went, and what the independent checker said of the books.

    Jobs stand in the order in which they were exported. `payables` is what the books leave open on DAY, as
    `bilag payables --json` tells it. `verdict` is empty when no checker is installed.
    """

    folder: Path
    jobs: tuple[PlayedJob, ...]
    payables: dict[str, Any]
    receipts: int
    verdict: str
    accepted: bool


async def play_demo(folder: Path, progress: Progress) -> DemoResult:
    """Run the demo's Export Jobs into fresh books below `folder`. Raises NeedsPerson when the folder isn't ours."""
    _make_fresh(folder)
    config = load_config(config_file(folder))
    async with simulated_pleo() as simulated:
        at_simulator = {
            "base_url": simulated.api_url,
            "simulator_origins": (simulated.api_url, simulated.files_url),
        }
        config = config.model_copy(update={"pleo": config.pleo.model_copy(update=at_simulator)})
        titles = {job.job_id: job.title for job in simulated.jobs}
        summaries = await run_config(config, progress, {"PLEO_API_KEY": API_KEY})
    payables = await report_payables(config_file(folder), DAY)
    verdict, accepted = await _checked(main_file(folder))
    receipts = sum(1 for path in (folder / "books" / "documents").rglob("*") if path.is_file())
    jobs = tuple(PlayedJob(title=titles[summary.job.job_id], summary=summary) for summary in summaries)
    return DemoResult(
        folder=folder, jobs=jobs, payables=payables, receipts=receipts, verdict=verdict, accepted=accepted
    )


def main_file(folder: Path) -> Path:
    """The file that opens the demo's books."""
    return folder / "books" / "main.beancount"


def config_file(folder: Path) -> Path:
    """The demo's settings."""
    return folder / "bilag.toml"


def tool(name: str) -> str:
    """A program beside our own interpreter, or on the path; empty when it is not installed."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else (shutil.which(name) or "")


def _make_fresh(folder: Path) -> None:
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARKER).exists():
                raise NeedsPerson(f"{folder} is not a folder of the demo; name another one with --folder")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text("This folder is made anew by every `bilag demo`.\n")
        template = resources.files("bilag.app").joinpath("demo.toml").read_text("utf-8")
        config_file(folder).write_text(template, "utf-8")
    except OSError as problem:
        raise NeedsPerson(
            f"{folder} can't be made anew: {problem.strerror or problem}; name another one with --folder"
        ) from problem


async def _checked(books: Path) -> tuple[str, bool]:
    """What beancount, a program that nobody here wrote, says of the books."""
    checker = tool("bean-check")
    if not checker:
        return "", True
    process = await asyncio.create_subprocess_exec(
        checker, str(books), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), CHECK_SECONDS_MAX)
    except TimeoutError:
        process.kill()
        await process.wait()
        return "bean-check took too long", False
    accepted = process.returncode == 0
    return ("bean-check accepts the books" if accepted else said.decode(errors="replace").strip()), accepted
