import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Incident, Raises
from bilag.domain.failure import JobFailure
from bilag.lifecycle.connection_breaker import (
    PAUSE_SECONDS_FIRST,
    PAUSE_SECONDS_MAX,
    Breaker,
    BreakerOpen,
    BreakerState,
    Line,
)
from bilag.lifecycle.item_desk import TROUBLES_IN_A_ROW_MAX
from bilag.lifecycle.pre_export_validation import TRIES_MAX
from bilag.lifecycle.run_pending import run_pending
from bilag.ports.errors import Unauthorised, Unreachable
from tests.lifecycle.fake_clock import FakeClock
from tests.lifecycle.scene import SET_UP, Scene

GONE: Final = Unreachable("gone")


class CountedBooks(MemoryBooks):
    """Books that count how often they are asked whether they are ready."""

    asked = 0

    async def problems(self) -> tuple[JobFailure, ...]:
        self.asked += 1
        return await super().problems()


def test_a_new_breaker_is_closed() -> None:
    assert Breaker().state(0.0) is BreakerState.CLOSED


def test_trouble_opens_it_and_time_half_opens_it() -> None:
    opened = Breaker().after_trouble(100.0)
    assert opened.state(100.0) is BreakerState.OPEN
    assert opened.state(100.0 + PAUSE_SECONDS_FIRST - 0.1) is BreakerState.OPEN
    assert opened.state(100.0 + PAUSE_SECONDS_FIRST) is BreakerState.HALF_OPEN


def test_pauses_double_up_to_the_longest() -> None:
    breaker, pauses = Breaker(), []
    for _ in range(100):
        breaker = breaker.after_trouble(0.0)
        pauses.append(breaker.until_seconds)
    assert pauses[:3] == [PAUSE_SECONDS_FIRST, 2 * PAUSE_SECONDS_FIRST, 4 * PAUSE_SECONDS_FIRST]
    assert max(pauses) == pauses[-1] == PAUSE_SECONDS_MAX


async def test_a_closed_line_asks_nothing() -> None:
    books = CountedBooks(SET_UP)
    await Line().assert_ready(books, FakeClock())
    assert not books.asked


async def test_an_open_line_asks_nothing_and_says_when_it_will() -> None:
    books, clock, line = CountedBooks(SET_UP), FakeClock(), Line()
    line.note_trouble(GONE, clock)
    clock.advance(10)
    with pytest.raises(BreakerOpen) as opened:
        await line.assert_ready(books, clock)
    assert opened.value.retry_after_seconds == pytest.approx(PAUSE_SECONDS_FIRST - 10)
    assert not books.asked


@pytest.mark.parametrize("trouble", [GONE, Unauthorised("expired")])
async def test_a_question_that_fails_opens_it_for_longer(trouble: Unreachable | Unauthorised) -> None:
    books, clock, line = CountedBooks(SET_UP), FakeClock(), Line()
    books.plan(Incident(call=Call.PROBLEMS, happening=Raises(trouble)))
    line.note_trouble(GONE, clock)
    clock.advance(PAUSE_SECONDS_FIRST)
    with pytest.raises(BreakerOpen) as opened:
        await line.assert_ready(books, clock)
    assert opened.value.retry_after_seconds == pytest.approx(2 * PAUSE_SECONDS_FIRST)
    assert books.asked == 1


async def test_one_answer_closes_it(caplog: pytest.LogCaptureFixture) -> None:
    books, clock, line = CountedBooks(SET_UP), FakeClock(), Line()
    with caplog.at_level(logging.WARNING, "bilag.books"):
        line.note_trouble(GONE, clock)
        clock.advance(PAUSE_SECONDS_FIRST)
        assert line.state(clock) is BreakerState.HALF_OPEN
        await line.assert_ready(books, clock)
    assert line.state(clock) is BreakerState.CLOSED
    assert books.asked == 1
    assert [record.getMessage().split(" for ")[0] for record in caplog.records] == [
        "books are left alone",
        "books answer again after openings=1",
    ]


async def test_books_that_are_gone_amid_a_job_open_the_line_once(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.POST, happening=Raises(GONE), times=100))
    scene.pleo.add_job(*(scene.item(number) for number in range(1, TROUBLES_IN_A_ROW_MAX + 5)))
    line = Line()
    await run_pending(replace(scene.desk, books_line=line))
    assert line.state_at(scene.clock.monotonic_seconds() + PAUSE_SECONDS_FIRST - 1) is BreakerState.OPEN
    assert line.state_at(scene.clock.monotonic_seconds() + PAUSE_SECONDS_FIRST) is BreakerState.HALF_OPEN


async def test_books_that_are_gone_before_a_job_open_the_line(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.PROBLEMS, happening=Raises(GONE), times=TRIES_MAX))
    scene.pleo.add_job(scene.item(1))
    line = Line()
    await run_pending(replace(scene.desk, books_line=line))
    assert line.state(scene.clock) is BreakerState.OPEN


async def test_trouble_of_one_item_leaves_the_line_closed(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.books.plan(Incident(call=Call.POST, happening=Raises(GONE)))
    scene.pleo.add_job(scene.item(1), scene.item(2))
    line = Line()
    await run_pending(replace(scene.desk, books_line=line))
    assert line.state(scene.clock) is BreakerState.CLOSED
