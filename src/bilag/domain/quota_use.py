"""How much of a quota is used up, and whether one more call fits. Values in, values out.

Instants and waits are whole microseconds of a clock that never runs backwards. A call counts in every window from
before it is sent until the length of the window after its answer came: whenever it reached the far side in between, no
window over there can hold more calls than its limit.
"""

from dataclasses import dataclass, replace
from typing import Final, assert_never

from bilag.domain.quota import MICROSECONDS, MINUTE_SECONDS, CallCost, Counted, QuotaProfile, QuotaWindow

# Calls that ended within this part of a window are counted as one sum, all of them at the end of the last one.
GRAINS_PER_WINDOW: Final = 200
# A limit that was lowered is tried a twentieth higher after so many windows without a refusal; each refused try doubles
# that. Calls at once have no window of their own: a minute stands for it.
PATIENCE_WINDOWS: Final = 10
PATIENCE_WINDOWS_MAX: Final = 160
RAISED_BY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentGrain:
    """Calls answered from `first_us` to `last_us`: `counted` in all, `taken` of them not refused for haste."""

    first_us: int
    last_us: int
    counted: int
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowUse:
    """A window, what of it is used up, and the limit that we believe in: the declared one, or a lower one learned.

    `proven` is the most that ever passed within one length of it; the sums are those of all grains.
    """

    window: QuotaWindow
    limit: int
    proven: int = 0
    under_way: int = 0
    grains: tuple[SpentGrain, ...] = ()
    counted_sum: int = 0
    taken_sum: int = 0
    learned_us: int | None = None
    patience_windows: int = PATIENCE_WINDOWS

    @property
    def length_us(self) -> int:
        """The length of the window."""
        return self.window.seconds * MICROSECONDS

    def counted(self, now_us: int) -> int:
        """How much of the limit is used up now."""
        gone = sum(grain.counted for grain in self.gone(now_us))
        return self.under_way + self.counted_sum - gone

    def taken(self, now_us: int) -> int:
        """How much of what was answered within the window was not refused."""
        return self.taken_sum - sum(grain.taken for grain in self.gone(now_us))

    def gone(self, now_us: int) -> tuple[SpentGrain, ...]:
        """What has left the window by now; grains are in the order of time."""
        for place, grain in enumerate(self.grains):
            if grain.last_us + self.length_us > now_us:
                return self.grains[:place]
        return self.grains


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a profile is used up. Closed until `closed_until_us` because the far side asked for it.

    `at_once_max` is what we believe in, as `limit` is for a window.
    """

    profile: QuotaProfile
    windows: tuple[WindowUse, ...]
    at_once: int = 0
    at_once_max: int | None = None
    at_once_learned_us: int | None = None
    patience_minutes: int = PATIENCE_WINDOWS
    closed_until_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaWait:
    """Why a call can't begin now. `until_us` is None when only an answer can make room; `window` is what is full."""

    until_us: int | None
    window: QuotaWindow | None = None


def unused(profile: QuotaProfile) -> QuotaUse:
    """Nothing used up yet."""
    windows = tuple(WindowUse(window=window, limit=window.limit) for window in profile.windows)
    return QuotaUse(profile=profile, windows=windows, at_once_max=profile.at_once_max)


def wait_before(use: QuotaUse, cost: CallCost, now_us: int) -> QuotaWait | None:
    """What a call waits for, the longest wait of all windows; None when it can begin now."""
    waits = [wait for window in use.windows if (wait := _window_wait(window, cost, now_us)) is not None]
    if use.closed_until_us is not None and use.closed_until_us > now_us:
        waits.append(QuotaWait(until_us=use.closed_until_us))
    timed = [wait for wait in waits if wait.until_us is not None]
    if timed:
        return max(timed, key=lambda wait: wait.until_us or 0)
    if use.at_once_max is not None and use.at_once >= use.at_once_max:
        return QuotaWait(until_us=None)
    return waits[0] if waits else None


def begun(use: QuotaUse, cost: CallCost, now_us: int) -> QuotaUse:
    """A call is about to be sent. Lowered limits that were kept long enough are tried a little higher."""
    windows = tuple(
        replace(window, under_way=window.under_way + _units(window.window, cost))
        for window in (_tried_higher(window, now_us) for window in use.windows)
    )
    return replace(_more_at_once(use, now_us), windows=windows, at_once=use.at_once + 1)


def ended(use: QuotaUse, cost: CallCost, now_us: int, *, is_taken: bool = True) -> QuotaUse:
    """The answer came, or was given up. A call that was refused for haste counts, but shows no room."""
    assert use.at_once > 0
    windows = tuple(_spent(window, _units(window.window, cost), now_us, is_taken=is_taken) for window in use.windows)
    return replace(use, windows=windows, at_once=use.at_once - 1)


def refused(
    use: QuotaUse, *, begun_us: int, now_us: int, asked_us: int | None, named_seconds: int | None = None
) -> QuotaUse:
    """The far side said that calls come too fast: close for as long as it asked, and believe in a lower limit.

    `named_seconds` is the length of the window that it named, 0 for calls at once. A wait is believed as far as the
    longest window that we have half used up; what is asked for beyond that says more about a clock over there than
    about our calls.
    """
    blamed = _blamed(use, now_us, asked_us, named_seconds)
    if blamed is None:
        use = _fewer_at_once(use, now_us)
    windows = tuple(_lowered(w, begun_us, now_us) if w.window is blamed else w for w in use.windows)
    longest_us = _believable_us(use, now_us, named_seconds)
    asked_us = min(asked_us, longest_us) if asked_us is not None else _pause_us(blamed)
    return replace(use, windows=windows, closed_until_us=max(use.closed_until_us or 0, now_us + asked_us))


def _units(window: QuotaWindow, cost: CallCost) -> int:
    match window.counted:
        case Counted.CALLS:
            return 1
        case Counted.BATCHES:
            return 1 if cost.is_batch else 0
        case Counted.ENTRIES:
            return cost.entries if cost.is_batch else 1
        case _:
            assert_never(window.counted)


def _window_wait(use: WindowUse, cost: CallCost, now_us: int) -> QuotaWait | None:
    """A call that is larger than the whole limit may begin when the window is empty."""
    units = _units(use.window, cost)
    excess = use.counted(now_us) + units - max(use.limit, units)
    if not units or excess <= 0:
        return None
    for grain in use.grains:
        if grain.last_us + use.length_us <= now_us:
            continue
        excess -= grain.counted
        if excess <= 0:
            return QuotaWait(until_us=grain.last_us + use.length_us, window=use.window)
    return QuotaWait(until_us=None, window=use.window)


def _spent(use: WindowUse, units: int, now_us: int, *, is_taken: bool) -> WindowUse:
    if not units:
        return use
    gone = use.gone(now_us)
    grains = use.grains[len(gone) :]
    new = SpentGrain(first_us=now_us, last_us=now_us, counted=units, taken=units if is_taken else 0)
    if grains and now_us - grains[-1].first_us < use.length_us // GRAINS_PER_WINDOW:
        last = grains[-1]
        new = SpentGrain(
            first_us=last.first_us, last_us=now_us, counted=last.counted + units, taken=last.taken + new.taken
        )
        grains = grains[:-1]
    spent = replace(
        use,
        grains=(*grains, new),
        under_way=use.under_way - units,
        counted_sum=use.counted_sum + units - sum(grain.counted for grain in gone),
        taken_sum=use.taken_sum + (units if is_taken else 0) - sum(grain.taken for grain in gone),
    )
    assert spent.under_way >= 0, spent
    taken = spent.taken(now_us)
    if not is_taken or (taken <= use.proven and taken <= use.limit):
        return spent
    return replace(spent, proven=max(use.proven, taken), limit=min(use.window.limit, max(use.limit, taken)))


def _tried_higher(use: WindowUse, now_us: int) -> WindowUse:
    if use.learned_us is None or now_us - use.learned_us < use.patience_windows * use.length_us:
        return use
    limit = min(use.window.limit, use.limit + max(1, use.limit // RAISED_BY))
    is_whole = limit == use.window.limit
    return replace(
        use,
        limit=limit,
        learned_us=None if is_whole else now_us,
        patience_windows=PATIENCE_WINDOWS if is_whole else use.patience_windows,
    )


def _lowered(use: WindowUse, begun_us: int, now_us: int) -> WindowUse:
    """The limit at which the far side stopped us. Calls that were under way when we learned it teach nothing more."""
    if use.learned_us is not None and begun_us < use.learned_us:
        return use
    patience = PATIENCE_WINDOWS if use.learned_us is None else min(2 * use.patience_windows, PATIENCE_WINDOWS_MAX)
    limit = max(1, use.limit // 2, min(use.taken(now_us), use.limit))
    return replace(use, limit=limit, proven=min(use.proven, limit), learned_us=now_us, patience_windows=patience)


def _blamed(use: QuotaUse, now_us: int, asked_us: int | None, named_seconds: int | None) -> QuotaWindow | None:
    """The window that the far side most likely speaks of: the named one, else the fullest that explains the wait.

    None for calls at once: they are named, or bounded while no window is half used up.
    """
    named = [w for w in use.windows if w.window.seconds == named_seconds]
    asked = [w for w in use.windows if asked_us is None or w.length_us >= asked_us]
    candidates = named or asked or list(use.windows)
    if not candidates or named_seconds == 0:
        return None
    # Of windows that are half full, one that was never as full before is the likelier one.
    untried = [w for w in candidates if 2 * w.counted(now_us) >= w.limit and w.counted(now_us) > w.proven]
    fullest = max(untried or candidates, key=lambda w: (w.counted(now_us) * 1000 // w.limit, -w.window.seconds))
    if named or 2 * fullest.counted(now_us) >= fullest.limit:
        return fullest.window
    # A long window is not given up for a wish that our own count does not bear out.
    return None if use.at_once_max is not None else min(use.windows, key=lambda w: w.window.seconds).window


def _believable_us(use: QuotaUse, now_us: int, named_seconds: int | None) -> int:
    believed = [
        w.length_us for w in use.windows if 2 * w.counted(now_us) >= w.limit or w.window.seconds == named_seconds
    ]
    return max((MINUTE_SECONDS * MICROSECONDS, *believed))


def _pause_us(blamed: QuotaWindow | None) -> int:
    """Without a wish: a tenth of the window, a minute at most; our own count does the rest."""
    seconds = 10 if blamed is None else blamed.seconds
    return min(seconds, 10 * MINUTE_SECONDS) * MICROSECONDS // 10


def _fewer_at_once(use: QuotaUse, now_us: int) -> QuotaUse:
    """So many as were under way beside the refused call."""
    if use.at_once_max is None:
        return use
    patience = min(2 * use.patience_minutes, PATIENCE_WINDOWS_MAX) if use.at_once_learned_us else PATIENCE_WINDOWS
    fewer = max(1, min(use.at_once_max, use.at_once - 1))
    return replace(use, at_once_max=fewer, at_once_learned_us=now_us, patience_minutes=patience)


def _more_at_once(use: QuotaUse, now_us: int) -> QuotaUse:
    if use.at_once_max is None or use.at_once_learned_us is None or use.profile.at_once_max is None:
        return use
    if now_us - use.at_once_learned_us < use.patience_minutes * MINUTE_SECONDS * MICROSECONDS:
        return use
    return replace(use, at_once_max=min(use.at_once_max + 1, use.profile.at_once_max), at_once_learned_us=now_us)
