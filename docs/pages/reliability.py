"""The table of real processes in docs/reliability.md, from the reports that are kept beside the tests."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from docs.pages.markdown import table

REPORTS: Final = Path(__file__).parents[2] / "tests" / "crash" / "reports"
RESTARTS: Final = "next-post.json"
_TITLES: Final = {
    "kill": "`kill -9`",
    "crowd": "`kill -9` among four workers of two companies",
    "sleeper": "`SIGSTOP` past the lease, and back",
    "pleo-killed": "`kill -9` of the simulated Pleo",
    "database-stopped": "Server stopped at once, started again",
    "database-hangs": "`SIGSTOP` of the whole server",
    "journal-disk-full": "Journal's disk full",
    "books-disk-full": "Books' disk full",
    "database-disk-full": "Server's disk full",
}
_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_HEADINGS: Final = (
    "What happens",
    "Journal",
    "Times",
    "Items",
    "Entries",
    "Lost",
    "Twice",
    "Wrong status",
    "Anything else",
    "Seconds a time",
)


def real_processes_table() -> str:
    """One row for each kept report, in the order of the titles."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(REPORTS.glob("*.json")) if path.name != RESTARTS]
    order = list(_TITLES)
    found.sort(key=lambda report: (order.index(report["scenario"]), report["database"] != "sqlite", report["seed"]))
    return table(_HEADINGS, [_row(report) for report in found])


def _row(report: Mapping[str, Any]) -> tuple[str, ...]:
    counts = ("cycles", "items", "entries", "lost", "duplicated", "wrongStatus", "other")
    seconds = report["cycleSeconds"]
    spread = f"{seconds['p50']:.1f}, at most {seconds['max']:.1f}" if seconds else ""
    names = (_TITLES[report["scenario"]], _NAMES[report["database"]])
    return (*names, *(f"{report[name]:,}" for name in counts), spread)
