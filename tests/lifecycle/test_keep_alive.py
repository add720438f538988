"""A job that Pleo would give up for its silence: what keeps it alive when no item settles."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.domain.document import Document
from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobStatus
from bilag.lifecycle.job import run_job
from bilag.lifecycle.report import END_SECONDS, SILENCE_SECONDS_MAX, JobLife, Reporter
from bilag.ports.accounting_system import PostAnswer, SendCheck, unchecked
from bilag.ports.errors import JobEnded, Unreachable
from bilag.ports.export_api import RefusedReport
from tests.builders import an_outcome
from tests.lifecycle.pleo_in_memory import EXPIRES_IN_SECONDS, JOB, PleoInMemory
from tests.lifecycle.pleo_script import MovesJob, Raises
from tests.lifecycle.scene import SET_UP, Scene, entry_id
from tests.simulation.virtual_loop import VirtualClock, run_virtually

# The most that the timer may be late, for a batch that met trouble.
MINUTES_FIVE: Final = 300.0


class Timed(PleoInMemory):
    """Pleo that notes when it hears what of the items."""

    def __init__(self) -> None:
        super().__init__(VirtualClock())
        self.heard: list[tuple[float, list[ItemStatus]]] = []

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        answers = await super().update_items(job_id, reports)
        seconds = asyncio.get_running_loop().time()
        self.heard.append((seconds, [report.status for report in reports]))
        return answers


class Deaf(Timed):
    """Pleo that takes signs of life and does not count them."""

    async def update_items(self, job_id: str, reports: Sequence[ItemReport]) -> tuple[RefusedReport, ...]:
        before = self.at(job_id).shown
        answers = await super().update_items(job_id, reports)
        if all(report.status is ItemStatus.IN_PROGRESS for report in reports):
            self.at(job_id).shown = before
        return answers


class SlowBooks(MemoryBooks):
    """Books that take hours over some documents."""

    def __init__(self, seconds: dict[str, float]) -> None:
        super().__init__(SET_UP)
        self._seconds = seconds

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        await asyncio.sleep(self._seconds.get(document.external_reference.split(".")[1], 0.0))
        return await super().post(document, content_hash, check)


def virtually(folder: Path, course: Callable[[Scene], Awaitable[None]], pleo: type[Timed] = Timed) -> None:
    """A scene in which time passes when nobody has anything to do."""

    async def on_stage() -> None:
        scene = Scene(folder)
        scene.clock = VirtualClock()  # type: ignore[assignment]  # the loop's own time
        scene.pleo = pleo()
        await course(scene)

    run_virtually(1, on_stage())


def heard(scene: Scene) -> list[tuple[float, list[ItemStatus]]]:
    assert isinstance(scene.pleo, Timed)
    return scene.pleo.heard


def test_a_job_in_which_nothing_settles_for_hours_stays_alive(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.books = SlowBooks({entry_id(1): 10_000.0})
        await run_job(scene.pleo.add_job(scene.item(1)), scene.desk)
        times = [0.0, *(seconds for seconds, _ in heard(scene))]
        assert max(later - earlier for earlier, later in pairwise(times)) <= MINUTES_FIVE
        assert scene.pleo.at().shown.status is JobStatus.COMPLETED

    virtually(tmp_path, course)


def test_outcomes_that_wait_go_out_although_no_other_item_settles(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.items_at_once_max = 2
        scene.books = SlowBooks({entry_id(2): 1000.0})
        await run_job(scene.pleo.add_job(scene.item(1), scene.item(2)), scene.desk)
        first_seconds, first = heard(scene)[0]
        assert first == [ItemStatus.SUCCESSFUL]
        assert first_seconds <= MINUTES_FIVE

    virtually(tmp_path, course)


def test_a_sign_of_life_names_an_item_without_outcome_and_its_outcome_comes_last(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.books = SlowBooks({entry_id(1): 700.0})
        await run_job(scene.pleo.add_job(scene.item(1)), scene.desk)
        said = [status for _, statuses in heard(scene) for status in statuses]
        assert said == [ItemStatus.IN_PROGRESS, ItemStatus.IN_PROGRESS, ItemStatus.SUCCESSFUL]
        assert scene.pleo.at().status_of(entry_id(1)) is ItemStatus.SUCCESSFUL

    virtually(tmp_path, course)


def test_a_job_that_reports_often_enough_gives_no_signs(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.books = SlowBooks({entry_id(number): 100.0 for number in range(1, 10)})
        await run_job(scene.pleo.add_job(*(scene.item(number) for number in range(1, 10))), scene.desk)
        assert all(status is ItemStatus.SUCCESSFUL for _, statuses in heard(scene) for status in statuses)

    virtually(tmp_path, course)


def test_trouble_with_a_sign_of_life_is_met_by_another_one(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.books = SlowBooks({entry_id(1): 600.0})
        scene.pleo.plan("update_items", Raises(Unreachable("gone")))
        await run_job(scene.pleo.add_job(scene.item(1)), scene.desk)
        assert heard(scene)[0][0] <= MINUTES_FIVE
        assert scene.pleo.at().shown.status is JobStatus.COMPLETED

    virtually(tmp_path, course)


def test_a_sign_of_life_that_hears_of_the_end_stops_the_posting(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.books = SlowBooks({entry_id(1): 600.0})
        scene.pleo.plan("update_items", MovesJob(JobStatus.FAILED, "canceled_by_user"))
        report = await run_job(scene.pleo.add_job(scene.item(1), scene.item(2)), scene.desk)
        assert report is None
        assert asyncio.get_running_loop().time() < MINUTES_FIVE
        assert not scene.booked

    virtually(tmp_path, course)


def test_nothing_is_left_running_when_the_job_is_done(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        await run_job(scene.pleo.add_job(scene.item(1)), scene.desk)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    virtually(tmp_path, course)


@pytest.mark.parametrize(("pleo", "counts"), [(Timed, True), (Deaf, False)])
def test_only_signs_that_pleo_counts_prolong_what_may_be_waited_for(
    tmp_path: Path, pleo: type[Timed], *, counts: bool
) -> None:
    """Whether they count is written nowhere, so that the job is read after each of them."""

    async def course(scene: Scene) -> None:
        job = scene.pleo.add_job(scene.item(1))
        await scene.pleo.send_event(JOB, JobEvent.STARTED)
        life = JobLife(await scene.pleo.job(JOB), scene.clock)
        reporter = Reporter(JOB, scene.desk, life=life, listed=frozenset({entry_id(1)}))
        keeping = asyncio.create_task(reporter.keep_alive())
        await asyncio.sleep(3 * SILENCE_SECONDS_MAX + 1)
        keeping.cancel()
        assert job.expires_in_seconds == EXPIRES_IN_SECONDS
        silent_seconds = 1 if counts else 3 * SILENCE_SECONDS_MAX + 1
        assert reporter.seconds_left == pytest.approx(EXPIRES_IN_SECONDS - END_SECONDS - silent_seconds)

    virtually(tmp_path, course, pleo)


def test_an_outcome_that_pleo_took_prolongs_it_in_any_case(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.pleo.add_job(scene.item(1))
        await scene.pleo.send_event(JOB, JobEvent.STARTED)
        reporter = Reporter(JOB, scene.desk, life=JobLife(await scene.pleo.job(JOB), scene.clock))
        await asyncio.sleep(1000)
        await reporter.add(an_outcome(job_id=JOB, entry_id=entry_id(1), external_id="1"))
        assert reporter.seconds_left == pytest.approx(EXPIRES_IN_SECONDS - END_SECONDS)

    virtually(tmp_path, course, Deaf)


def test_a_job_taken_up_late_has_only_the_rest_of_its_life(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        job = scene.pleo.add_job(scene.item(1))
        await asyncio.sleep(3000)
        assert JobLife(job, scene.clock).seconds_left == pytest.approx(EXPIRES_IN_SECONDS - END_SECONDS - 3000)

    virtually(tmp_path, course)


def test_jobs_end_is_raised_by_the_timer(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.pleo.add_job(scene.item(1))
        reporter = Reporter(JOB, scene.desk, listed=frozenset({entry_id(1)}))
        scene.pleo.plan("update_items", MovesJob(JobStatus.FAILED, "job_expired"))
        with pytest.raises(JobEnded):
            await reporter.keep_alive()

    virtually(tmp_path, course)


def test_a_sign_names_who_is_under_way_before_who_has_not_begun(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.pleo.add_job(*(scene.item(number) for number in (1, 2, 3)))
        await scene.pleo.send_event(JOB, JobEvent.STARTED)
        reporter = Reporter(JOB, scene.desk, listed=[entry_id(3), entry_id(2)])
        keeping = asyncio.create_task(reporter.keep_alive())
        await asyncio.sleep(SILENCE_SECONDS_MAX + 1)
        assert scene.pleo.at().status_of(entry_id(2)) is ItemStatus.IN_PROGRESS
        reporter.begin(entry_id(1))
        await asyncio.sleep(SILENCE_SECONDS_MAX)
        assert scene.pleo.at().status_of(entry_id(1)) is ItemStatus.IN_PROGRESS
        assert scene.pleo.at().status_of(entry_id(3)) is not ItemStatus.IN_PROGRESS
        keeping.cancel()

    virtually(tmp_path, course)


def test_silence_is_counted_from_what_pleo_heard_last(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.pleo.add_job(scene.item(1), scene.item(2))
        await scene.pleo.send_event(JOB, JobEvent.STARTED)
        await asyncio.sleep(1000)
        reporter = Reporter(JOB, scene.desk, listed=[entry_id(2)])
        keeping = asyncio.create_task(reporter.keep_alive())
        await asyncio.sleep(200)
        await reporter.add(an_outcome(job_id=JOB, entry_id=entry_id(1), external_id="1"))
        await reporter.flush()
        await asyncio.sleep(2 * SILENCE_SECONDS_MAX)
        keeping.cancel()
        assert [seconds for seconds, _ in heard(scene)] == [1200.0, 1200.0 + SILENCE_SECONDS_MAX]

    virtually(tmp_path, course)


def test_nobody_is_named_when_nobody_is_left(tmp_path: Path) -> None:
    async def course(scene: Scene) -> None:
        scene.pleo.add_job(scene.item(1))
        reporter = Reporter(JOB, scene.desk)
        keeping = asyncio.create_task(reporter.keep_alive())
        await asyncio.sleep(3 * SILENCE_SECONDS_MAX)
        assert not keeping.done()
        keeping.cancel()
        assert heard(scene) == []

    virtually(tmp_path, course)
