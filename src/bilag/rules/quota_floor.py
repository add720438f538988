"""The least time in which a quota lets a job's calls begin, whoever sends them, and what that means for the job.

The bound of a window: call number n can't begin before call n - limit has left the window. Longer windows leave a rest
that shorter ones bound again, so that the bounds of one kind of window add up. Nobody can be faster within the limits.
"""

from dataclasses import dataclass
from typing import Final

from bilag.domain.quota import DAY_SECONDS, MICROSECONDS, Counted, QuotaProfile, QuotaWindow

# Pleo's lists and updates hold so many items: docs/decisions/0003-inferences.md.
PLEO_PAGE_ITEMS: Final = 100
_MILLISECOND_US: Final = 1_000
_HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCalls:
    """What a job needs at one far side at least: calls, batches among them, and entries as windows count them."""

    calls: int
    batches: int = 0
    entries: int = 0


def calls_at_pleo(items: int) -> JobCalls:
    """Started and closing event, and for each hundred items a page of both lists and an update."""
    return JobCalls(calls=2 + 3 * -(-items // PLEO_PAGE_ITEMS))


def calls_at_books(items: int, files: int, profile: QuotaProfile) -> JobCalls:
    """Every item as an entry, in batches where there are any, and every file."""
    posts = -(-items // profile.batch_entries_max)
    uploads = files * profile.calls_per_file
    batches = posts if profile.batch_entries_max > 1 else 0
    return JobCalls(calls=posts + uploads, batches=batches, entries=items + uploads)


def floor_us(profile: QuotaProfile, needed: JobCalls) -> int:
    """The least microseconds from the first call to the begin of the last, by windows and by calls at once."""
    amounts = {Counted.CALLS: needed.calls, Counted.BATCHES: needed.batches, Counted.ENTRIES: needed.entries}
    by_windows = [
        _windows_floor_us([w for w in profile.windows if w.counted is counted], amount)
        for counted, amount in amounts.items()
    ]
    rounds = (needed.calls - 1) // profile.at_once_max if profile.at_once_max and needed.calls else 0
    return max(*by_windows, rounds * profile.answer_milliseconds * _MILLISECOND_US)


def long_wait_warning(profile: QuotaProfile, needed: JobCalls) -> str:
    """What a bookkeeper should know before the first item: a daily or monthly quota can't hold the job. Else empty."""
    amounts = {Counted.CALLS: needed.calls, Counted.BATCHES: needed.batches, Counted.ENTRIES: needed.entries}
    full = [w for w in profile.windows if w.seconds >= DAY_SECONDS and amounts[w.counted] > w.limit]
    if not full:
        return ""
    window = max(full, key=lambda w: w.seconds * amounts[w.counted] // w.limit)
    days = -(-floor_us(profile, needed) // (DAY_SECONDS * MICROSECONDS))
    return (
        f"{profile.name} takes {window.limit:,} {window.counted} {per_window(window)}, this job needs at least "
        f"{amounts[window.counted]:,}: it will take about {days} days, pausing whenever the quota is used up."
    )


def telling_window(profile: QuotaProfile, needed: JobCalls) -> QuotaWindow | None:
    """The window that tells people how fast they may be: the one that holds the job up most, else the shortest.

    Of windows with the same rate the longest. None where only calls at once are limited.
    """
    amounts = {Counted.CALLS: needed.calls, Counted.BATCHES: needed.batches, Counted.ENTRIES: needed.entries}
    if not profile.windows:
        return None
    most = max(profile.windows, key=lambda w: (max(0, amounts[w.counted] - 1) // w.limit * w.seconds, -w.seconds))
    same = [
        w for w in profile.windows if w.counted is most.counted and w.limit * most.seconds == most.limit * w.seconds
    ]
    return max(same, key=lambda w: w.seconds)


def per_window(window: QuotaWindow) -> str:
    """The length of a window in words: "a minute", "in 5 minutes"."""
    names = {1: "a second", 60: "a minute", _HOUR_SECONDS: "an hour", DAY_SECONDS: "a day", 31 * DAY_SECONDS: "a month"}
    if window.seconds in names:
        return names[window.seconds]
    if window.seconds % 60 == 0:
        return f"in {window.seconds // 60} minutes"
    return f"in {window.seconds} seconds"


def _windows_floor_us(windows: list[QuotaWindow], amount: int) -> int:
    floor, rest = 0, amount
    for window in sorted(windows, key=lambda w: w.seconds, reverse=True):
        full = max(0, rest - 1) // window.limit
        floor += full * window.seconds * MICROSECONDS
        rest -= full * window.limit
    return floor
