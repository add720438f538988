"""benchmarks/REPORT.md, from benchmarks/results.json.

.venv/bin/python -m benchmarks.report
"""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.goals import Judged, judged
from benchmarks.workloads import WORKLOADS, Workload

HERE: Final = Path(__file__).parent
# Cores; beyond that a run is no measurement of rates.
STRANGERS_MAX: Final = 0.3
TEXT_BOOKS: Final = HERE / "text_books.md"

_HOW: Final = """\
All contenders do the same job: take the waiting Export Job, read its control list and its items in pages of 100 from
one simulated Pleo, post one entry for each item to one stub over HTTP with connections kept alive, report the outcomes
by the hundred, complete the job. Simulator and stub are one process, each contender another one; all are fresh for
each run, and rounds are interleaved. Times are from ready to done; the start of the program is a column of its own.
A run counts only when the stub holds every item once and balanced, over amounts whose checksum is that of Pleo's
items, and Pleo was told the right id of each.

* **bare loop**: asyncio and aiohttp, no barrier between pages, nothing remembered. It is the limit.
* **bare loop, reading back**: asks for each entry after posting it, as bilag does: the limit with as many calls.
* **loop, two commits an item**: stores an intent before and an outcome after each post, in commits on the loop.
* **bilag**: its lifecycle, its client of Pleo and its posting journal (SQLite, WAL, `synchronous=FULL`), over a
  connector of the benchmark's own (`stub_connector.py`) with a server key.
* **requests script**: one item after another with a `Session`, as a user would write it.
* **queue**: Django-Q2 on PostgreSQL, a task for each item with its row locked and the post inside the transaction.
  *published* are the settings in the
  [repository of an export service](https://github.com/fylein/fyle-qbo-api/blob/master/fyle_qbo_api/settings.py)
  (four workers, a look every 5 s); *best* looks every 0.2 s. A chain keeps the order of items, *unordered* does not.
  The service has a path over RabbitMQ, too, which is not measured. Processor times have the database server in them.

Slow contenders export fewer items, as the column says; their rates are taken as they are. Processor times are user and
system time of the contender and its children, without the start. *strangers* is how many cores worked for somebody
else meanwhile: compare figures of this run only, and little where strangers are many."""


_LATER: Final = """\
Many companies at once: two hundred of very different sizes, two thousand jobs that arrive within a minute. Webhooks
while an export runs."""
_COLUMNS: Final = (
    *("contender", "items", "rounds", "items/s", "CPU ms/item", "start s", "peak MiB", "calls/item: Pleo, books"),
    *("commits/item", "strangers"),
)


def report(results: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        "# Measured",
        _head(results),
        "## Goals",
        _goals(judged(results)),
        "## Who is compared",
        _HOW,
        "## Jobs",
        "![items a second](plots/rates.svg)",
        *(_workload(workload, results["rows"]) for workload in WORKLOADS),
        "![memory of a job of 100,000 items](plots/memory.svg)" if _has_large(results) else "",
        *_restarts(results["restarts"]),
        *_webhooks(results["webhooks"]),
        *_wrong(results),
        "## Not measured yet",
        _LATER,
        *([TEXT_BOOKS.read_text().strip()] if TEXT_BOOKS.exists() else []),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _has_large(results: dict[str, Any]) -> bool:
    return any(row["workload"] == "large" and not row["wrong"] for row in results["rows"])


def _head(results: dict[str, Any]) -> str:
    left_out = ", ".join(results.get("left_out", []))
    strangers = statistics.median([row["strangers_cores"] for row in results["rows"]] or [0.0])
    is_busy = (
        f"\n\n**The machine was busy with other work, by {strangers:.1f} cores in the median. Rates and times of this\n"
        "run say little, and less the more a contender computes; processor times are too high, commits differ.\n"
        "Only calls and checksums hold.**"
    )
    return (
        f"`make bench` on {results['measured_at'][:10]}, {results['machine']}, rounds: {results['rounds']}, load "
        f"before the start {results['load_before']}. Medians; in brackets the lowest and the highest."
        f"{f' Left out: {left_out}.' if left_out else ''}"
        f"{is_busy if strangers > STRANGERS_MAX else ''}"
    )


def _goals(goals: tuple[Judged, ...]) -> str:
    lines = ["| goal | wanted | measured | reached? |", "|---|---|---|---|"]
    for goal in goals:
        side = "≥" if goal.at_least else "≤"
        measured = "" if goal.measured is None else f"{goal.measured:,.4g}"
        lines.append(f"| {goal.goal} | {side} {goal.wanted:,g} {goal.unit} | {measured} | {goal.verdict} |")
    return "\n".join(lines)


def _workload(workload: Workload, rows: list[dict[str, Any]]) -> str:
    mine = [row for row in rows if row["workload"] == workload.key and not row["wrong"]]
    if not mine:
        return ""
    lines = [
        f"### {workload.title[:1].upper()}{workload.title[1:]}",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        f"|{'---|' * len(_COLUMNS)}",
        *(
            _contender(contender, [row for row in mine if row["contender"] == contender])
            for contender in dict.fromkeys(row["contender"] for row in mine)
        ),
    ]
    checksums = {(row["items"], row["round"]): row["checksum"] for row in mine}
    shown = ", ".join(
        f"{value} ({items:,}, round {round_})" for (items, round_), value in sorted(checksums.items())[:4]
    )
    return "\n".join([*lines, "", f"Checksums (items, round), the same for every contender: {shown}."])


def _contender(contender: str, rows: list[dict[str, Any]]) -> str:
    def median(name: str) -> float:
        return float(statistics.median(row[name] for row in rows))

    rates = [row["items_per_second"] for row in rows]
    between = f" ({min(rates):,.3g}-{max(rates):,.3g})" if len(rates) > 1 else ""
    memory = "" if contender.startswith("queue") else f"{median('peak_mib'):.0f}"
    commits = f"{median('commits') / rows[0]['items']:.2f}" if median("commits") else ""
    return (
        f"| {contender} | {rows[0]['items']:,} | {len(rows)} | {_rate(statistics.median(rates))}{between} "
        f"| {median('cpu_ms_per_item'):.2f} | {median('start_seconds'):.1f} | {memory} "
        f"| {median('pleo_calls_per_item'):.3f}, {median('books_calls_per_item'):.2f} "
        f"| {commits} | {median('strangers_cores'):.1f} |"
    )


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004  three digits are enough


def _restarts(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    lines = [
        "### After kill -9",
        "",
        "| job | killed after | seconds until the next entry | of which the start of the program |",
        "|---|---|---|---|",
    ]
    for items in sorted({row["items"] for row in rows}):
        mine = [row for row in rows if row["items"] == items]
        middle = [statistics.median(row[name] for row in mine) for name in ("killed_after", "seconds", "start_seconds")]
        lines.append(f"| {items:,} | {middle[0]:,.0f} | {middle[1]:.2f} | {middle[2]:.2f} |")
    yield "\n".join(lines)


def _webhooks(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    lines = [
        "### Webhooks",
        "",
        "20,000 signed ones, a fifth of them repeated, each durably remembered before its answer; then forged ones.",
        "",
        "| what | connections | a second | p50 ms | p99 ms | CPU ms each |",
        "|---|---|---|---|---|---|",
    ]
    for what, connections in dict.fromkeys((row["what"], row["connections"]) for row in rows):
        mine = [row for row in rows if (row["what"], row["connections"]) == (what, connections)]
        names = ("webhooks_per_second", "p50_ms", "p99_ms", "cpu_ms_per_webhook")
        middle = [statistics.median(row[name] for row in mine) for name in names]
        lines.append(
            f"| {what} | {connections} | {middle[0]:,.0f} | {middle[1]:.1f} | {middle[2]:.1f} | {middle[3]:.3f} |"
        )
    yield "\n".join(lines)


def _wrong(results: dict[str, Any]) -> Iterator[str]:
    wrong = [row for name in ("rows", "restarts", "webhooks") for row in results[name] if row["wrong"]]
    if wrong:
        listed = "\n".join(f"* {row.get('workload', '')} {row.get('contender', '')}: {row['wrong']}" for row in wrong)
        yield f"## Runs that were wrong and count for nothing\n\n{listed}"


if __name__ == "__main__":
    (HERE / "REPORT.md").write_text(report(json.loads((HERE / "results.json").read_text())))
