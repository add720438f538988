from dataclasses import replace

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call, Incident, NotReady, Raises
from bilag.adapters.accounting.memory.set_up import CAPABILITIES
from bilag.domain.failure import JobFailure, JobReason
from bilag.domain.ledger import PostingMode
from bilag.lifecycle.pre_export_validation import (
    PAUSE_SECONDS,
    TRIES_MAX,
    pre_export_validation,
    trouble_as_job_failure,
)
from bilag.ports.errors import (
    BadAnswer,
    Forbidden,
    Throttled,
    TimedOut,
    Trouble,
    Unauthorised,
    Unreachable,
)
from tests.lifecycle.scene import SET_UP, Scene

REASONS = [
    (Unauthorised("expired"), JobReason.ACCOUNTING_SYSTEM_AUTHENTICATION_FAILURE),
    (Forbidden("no rights"), JobReason.AUTHORIZATION_FAILURE),
    (TimedOut("slow"), JobReason.ACCOUNTING_SYSTEM_TIMEOUT),
    (Throttled("slow down"), JobReason.ACCOUNTING_SYSTEM_RATE_LIMIT),
    (Unreachable("gone"), JobReason.ACCOUNTING_SYSTEM_UNREACHABLE),
    (BadAnswer("?"), JobReason.ACCOUNTING_SYSTEM_UNREACHABLE),
]


async def validated(scene: Scene) -> list[JobReason]:
    return [failure.reason_type for failure in await pre_export_validation(scene.pleo.add_job(), scene.desk)]


async def test_books_that_are_ready_keep_nothing_from_being_exported(scene: Scene) -> None:
    assert await validated(scene) == []
    assert not scene.clock.slept_seconds


async def test_job_of_another_company_is_refused(scene: Scene) -> None:
    job = scene.pleo.add_job(company_id="another company")
    (failure,) = await pre_export_validation(job, scene.desk)
    assert failure.reason_type is JobReason.INVALID_CONFIGURATION
    assert "another company" in failure.message


async def test_drafts_that_the_books_do_not_have_are_refused(scene: Scene) -> None:
    scene.books = MemoryBooks(replace(SET_UP, capabilities=replace(CAPABILITIES, drafts=False)))
    assert await validated(scene) == [JobReason.INVALID_CONFIGURATION]
    scene.with_settings(posting_mode=PostingMode.FINAL)
    assert await validated(scene) == []


@pytest.mark.parametrize("trouble", [Unreachable("gone"), TimedOut("slow"), Throttled("slow down")])
async def test_books_that_come_back_in_time_are_waited_for(scene: Scene, trouble: Trouble) -> None:
    scene.books.plan(Incident(call=Call.PROBLEMS, happening=Raises(trouble), times=TRIES_MAX - 1))
    assert await validated(scene) == []
    assert scene.clock.slept_seconds == [PAUSE_SECONDS, 2 * PAUSE_SECONDS]


async def test_books_that_stay_away_fail_the_job(scene: Scene) -> None:
    scene.books.plan(Incident(call=Call.PROBLEMS, happening=Raises(Unreachable("gone")), times=TRIES_MAX))
    assert await validated(scene) == [JobReason.ACCOUNTING_SYSTEM_UNREACHABLE]


@pytest.mark.parametrize("trouble", [Unauthorised("expired"), Forbidden("no rights"), BadAnswer("?")])
async def test_trouble_that_waiting_does_not_help_fails_at_once(scene: Scene, trouble: Trouble) -> None:
    scene.books.plan(Incident(call=Call.PROBLEMS, happening=Raises(trouble)))
    assert len(await validated(scene)) == 1
    assert not scene.clock.slept_seconds


async def test_everything_that_is_wrong_is_told_at_once(scene: Scene) -> None:
    locked = JobFailure(reason_type=JobReason.INTEGRATION_UNUSABLE, message="Locked.", remedy="Unlock.")
    scene.books.plan(Incident(call=Call.PROBLEMS, happening=NotReady(locked)))
    failures = await pre_export_validation(scene.pleo.add_job(company_id="another company"), scene.desk)
    assert [failure.reason_type for failure in failures] == [
        JobReason.INVALID_CONFIGURATION,
        JobReason.INTEGRATION_UNUSABLE,
    ]


@pytest.mark.parametrize(("trouble", "reason"), REASONS)
def test_trouble_with_the_books_has_pleos_word_for_it(trouble: Trouble, reason: JobReason) -> None:
    failure = trouble_as_job_failure(trouble, "Memory books")
    assert failure.reason_type is reason
    assert str(trouble) in failure.message
    assert "Memory books" in failure.message
