"""Books that were down are left alone by a bilag that keeps running, and its health page says so."""

import os
from dataclasses import replace
from pathlib import Path
from random import Random

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Incident, Raises
from bilag.app.company import Company
from bilag.app.fleet import open_fleet
from bilag.app.looking import Looker, Surroundings
from bilag.app.running import RunSummary
from bilag.app.shared_ways import SharedWays
from bilag.app.stopping import StopRequest
from bilag.app.turns import Turns
from bilag.domain.failure import JobFailure
from bilag.lifecycle.connection_breaker import PAUSE_SECONDS_FIRST, BreakerState
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.wake import Looked
from bilag.ports.errors import Unreachable
from bilag.simulator.terms import JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.serving import write_serve
from tests.e2e.stage import ENVIRONMENT, SilentProgress, open_stage
from tests.lifecycle.fake_clock import FakeClock
from tests.lifecycle.scene import SET_UP


class CountedBooks(MemoryBooks):
    """Books that are down, and count the questions whether they are ready."""

    asked = 0

    async def problems(self) -> tuple[JobFailure, ...]:
        self.asked += 1
        return await super().problems()


async def test_no_job_is_begun_while_the_books_are_left_alone(tmp_path: Path) -> None:
    books, clock = CountedBooks(SET_UP), FakeClock()
    books.plan(Incident(call=Call.PROBLEMS, happening=Raises(Unreachable("gone")), times=4))

    def fitted(desk: Desk) -> Desk:
        return replace(desk, planner=replace(desk.planner, books=books))

    async with open_stage(tmp_path, seeded(2, receipt_share=0.0)) as stage:
        write_serve(stage)
        around = Surroundings(environment=os.environ | ENVIRONMENT, clock=clock, dice=Random(1), fitted=fitted)  # noqa: S311  jitter
        ways = SharedWays(around.environment, clock)
        fleet = open_fleet([stage.config_path], around, ways)
        (company,) = fleet.companies.values()
        looker = Looker(
            around=around,
            ways=ways,
            turns=Turns(1, clock),
            stop=StopRequest(),
            tell=_hear_nothing,
            progress=SilentProgress(),
        )
        first = stage.new_job(indexes=range(1))
        assert (await looker.look(company)).looked is Looked.FOUND
        assert first.status is JobStatus.FAILED
        second = stage.new_job(indexes=range(1, 2))
        asked = books.asked

        left_alone = await looker.look(company)
        assert left_alone.looked is Looked.TROUBLE
        assert left_alone.asked_seconds > 0
        assert (books.asked, second.status) == (asked, JobStatus.PENDING)
        assert said(company, clock) == BreakerState.OPEN

        clock.advance(PAUSE_SECONDS_FIRST)
        assert said(company, clock) == BreakerState.HALF_OPEN
        assert (await looker.look(company)).asked_seconds > PAUSE_SECONDS_FIRST
        assert (books.asked, second.status) == (asked + 1, JobStatus.PENDING)

        clock.advance(2 * PAUSE_SECONDS_FIRST)
        assert (await looker.look(company)).looked is Looked.FOUND
        assert second.status is not JobStatus.PENDING
        assert said(company, clock) == BreakerState.CLOSED
        await ways.close()


def said(company: Company, clock: FakeClock) -> object:
    """What the health page says of the books."""
    return company.health(clock.monotonic_seconds())["books"]


def _hear_nothing(_: RunSummary) -> None:
    """Nobody listens."""
