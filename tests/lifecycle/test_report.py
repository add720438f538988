import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobStatus
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.fetch import not_listed
from bilag.lifecycle.report import BATCH_MAX, OFFERS_MAX, SILENCE_SECONDS_MAX, Reporter
from bilag.ports.errors import JobEnded, Unreachable
from bilag.ports.export_api import RefusedReport
from tests.builders import an_outcome
from tests.lifecycle.pleo_in_memory import JOB, PleoInMemory
from tests.lifecycle.pleo_script import LosesAnswer, MovesJob, Raises, RefusesReports
from tests.lifecycle.scene import Scene, entry_id


def outcome(number: int, **differences: Any) -> ItemOutcome:
    return an_outcome(job_id=JOB, entry_id=entry_id(number), external_id=str(number), **differences)


class PleoOneAtATime(PleoInMemory):
    """Pleo that takes its time over a batch and does not bear a second one beside it."""

    _is_busy = False

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        assert not self._is_busy, "two batches at once"
        self._is_busy = True
        await asyncio.sleep(0)
        try:
            return await super().update_items(job_id, reports)
        finally:
            self._is_busy = False


@pytest.fixture
def reporter(scene: Scene) -> Reporter:
    """Reports on a job of 250 items."""
    scene.pleo = PleoOneAtATime(scene.clock)
    scene.pleo.add_job(*(scene.item(number) for number in range(250)))
    return Reporter(JOB, scene.desk)


def accepted(scene: Scene) -> list[str]:
    return [report.entry_id for report in scene.pleo.at().accepted]


async def unreported(scene: Scene) -> list[str]:
    return [waiting.entry_id for waiting in await scene.journal.unreported(JOB, 1000)]


async def test_outcomes_go_out_in_batches_of_at_most_a_hundred_in_their_order(scene: Scene, reporter: Reporter) -> None:
    for number in range(250):
        await reporter.add(outcome(number))
    assert scene.pleo.batches == [BATCH_MAX, BATCH_MAX]
    await reporter.flush()
    assert scene.pleo.batches == [BATCH_MAX, BATCH_MAX, 50]
    assert accepted(scene) == [entry_id(number) for number in range(250)]
    assert await unreported(scene) == []


async def test_outcome_is_stored_before_pleo_is_told(scene: Scene, reporter: Reporter) -> None:
    await reporter.add(outcome(1))
    assert not scene.pleo.batches
    assert await unreported(scene) == [entry_id(1)]


async def test_nothing_to_say_makes_no_call(scene: Scene, reporter: Reporter) -> None:
    await reporter.flush()
    assert not scene.pleo.batches


async def test_long_silence_is_broken_by_the_next_outcome(scene: Scene, reporter: Reporter) -> None:
    scene.clock.advance(SILENCE_SECONDS_MAX - 1)
    await reporter.add(outcome(1))
    assert not scene.pleo.batches
    scene.clock.advance(1)
    await reporter.add(outcome(2))
    assert scene.pleo.batches == [2]
    await reporter.add(outcome(3))
    assert scene.pleo.batches == [2]


async def test_slow_job_is_kept_from_expiring(scene: Scene, reporter: Reporter) -> None:
    await scene.pleo.send_event(JOB, JobEvent.STARTED)
    for number in range(100):
        scene.clock.advance(60)
        await reporter.add(outcome(number))
    await reporter.flush()
    assert len(accepted(scene)) == 100


async def test_refused_outcome_is_offered_once_more(scene: Scene, reporter: Reporter) -> None:
    scene.pleo.plan("update_items", RefusesReports((entry_id(1),)))
    for number in (1, 2):
        await reporter.add(outcome(number))
    await reporter.flush()
    assert scene.pleo.batches == [2, 1]
    assert accepted(scene) == [entry_id(2), entry_id(1)]
    assert await unreported(scene) == []
    assert not reporter.refused


async def test_outcome_refused_again_is_left_to_a_person(scene: Scene, reporter: Reporter) -> None:
    scene.pleo.plan("update_items", RefusesReports((entry_id(1),)), times=OFFERS_MAX)
    for number in (1, 2):
        await reporter.add(outcome(number))
    await reporter.flush()
    assert scene.pleo.batches == [2, 1]
    assert [refused.entry_id for refused in reporter.refused] == [entry_id(1)]
    assert await unreported(scene) == [entry_id(1)]


@pytest.mark.parametrize("has_effect", [True, False])
async def test_batch_whose_answer_was_lost_stays_to_be_sent(
    scene: Scene,
    reporter: Reporter,
    has_effect: bool,  # noqa: FBT001  a table of cases
) -> None:
    scene.pleo.plan("update_items", LosesAnswer(Unreachable("gone"), has_effect))
    await reporter.add(outcome(1))
    with pytest.raises(Unreachable):
        await reporter.flush()
    assert await unreported(scene) == [entry_id(1)]
    await reporter.flush()
    assert await unreported(scene) == []
    assert set(accepted(scene)) == {entry_id(1)}


async def test_ended_job_is_told_to_whoever_adds(scene: Scene, reporter: Reporter) -> None:
    scene.pleo.plan("update_items", MovesJob(JobStatus.FAILED, "job_expired"))
    await reporter.add(outcome(1))
    with pytest.raises(JobEnded):
        await reporter.flush()
    assert await unreported(scene) == [entry_id(1)]


async def test_two_workers_send_no_outcome_twice(scene: Scene, reporter: Reporter) -> None:
    async def work(first: int) -> None:
        for number in range(first, first + 125):
            await reporter.add(outcome(number))

    await asyncio.gather(work(0), work(125))
    await reporter.flush()
    reports = accepted(scene)
    assert len(reports) == len(set(reports)) == 250
    assert max(scene.pleo.batches) <= BATCH_MAX


async def test_catching_up_tells_what_an_earlier_run_stored(scene: Scene, reporter: Reporter) -> None:
    for number in range(230):
        await scene.journal.record_outcome(outcome(number))
    await reporter.catch_up()
    assert scene.pleo.batches == [100, 100, 30]
    assert await unreported(scene) == []
    assert scene.pleo.at().status_of(entry_id(0)) is ItemStatus.SUCCESSFUL


async def test_catching_up_offers_each_outcome_once_and_ends(scene: Scene, reporter: Reporter) -> None:
    for number in range(150):
        await scene.journal.record_outcome(outcome(number))
    scene.pleo.plan("update_items", RefusesReports(tuple(entry_id(number) for number in range(150))), times=5)
    await reporter.catch_up()
    assert scene.pleo.batches == [100, 50]
    assert len(await unreported(scene)) == 150


async def test_catching_up_says_nothing_of_what_the_job_never_listed(scene: Scene, reporter: Reporter) -> None:
    await scene.journal.record_outcome(an_outcome(job_id=JOB, entry_id="", failures=(not_listed(""),)))
    await scene.journal.record_outcome(outcome(1))
    await reporter.catch_up()
    assert accepted(scene) == [entry_id(1)]
    assert scene.pleo.batches == [1]


async def test_catching_up_that_meets_trouble_forgets_nothing(scene: Scene, reporter: Reporter) -> None:
    await scene.journal.record_outcome(outcome(1))
    scene.pleo.plan("update_items", Raises(Unreachable("gone")))
    with pytest.raises(Unreachable):
        await reporter.catch_up()
    assert await unreported(scene) == [entry_id(1)]
