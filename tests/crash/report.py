"""A run's figures as JSON, and the reports that are kept."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.crash.cycles import Figures
from tests.crash.scenarios import SCENARIOS

# What `--open-intents` measured is of another kind.
RESTARTS: Final = "next-post.json"
KEPT: Final = Path(__file__).parent / "reports"


def as_json(scenario: str, database: str, seed: int, figures: Figures) -> dict[str, Any]:
    """The report, JSON-ready."""
    verdict = figures.verdict
    return {
        "scenario": scenario,
        "database": database,
        "seed": seed,
        "cycles": figures.cycles,
        "starts": figures.starts,
        "companies": figures.companies,
        "jobs": verdict.jobs,
        "items": verdict.items,
        "entries": verdict.entries,
        "receipts": verdict.receipts,
        "toldAgain": verdict.told_again,
        "failedFirst": figures.failed_first,
        "lost": verdict.lost,
        "duplicated": verdict.duplicated,
        "wrongStatus": verdict.wrong_status,
        "other": verdict.other,
        "wrong": verdict.wrong,
        "cycleSeconds": _spread(figures.cycle_seconds),
        "nextPostSeconds": _spread(figures.next_post_seconds),
        "loadAverage": round(os.getloadavg()[1], 1),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def kept_reports(folder: Path = KEPT) -> list[dict[str, Any]]:
    """The reports in the folder, in the order of the scenarios."""
    order = list(SCENARIOS)
    found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json")) if path.name != RESTARTS]
    return sorted(found, key=lambda report: (order.index(report["scenario"]), report["database"] != "sqlite"))


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 99
    return {name: round(value, 3) for name, value in (("p50", cuts[49]), ("p95", cuts[94]), ("max", max(seconds)))}
