"""Books that know a key again for a while: a repeat is harmless as long as they do, and for the same content."""

from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.script import Call
from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.domain.capabilities import KeyClass
from bilag.domain.document import Document
from bilag.lifecycle.plan_item import plan_item
from bilag.lifecycle.plan_json import content_hash
from bilag.lifecycle.post import post
from bilag.lifecycle.unsettled import NotSettledYet
from bilag.ports.accounting_system import PostAnswer, SendCheck, unchecked
from tests.lifecycle.invariants import assert_everything_succeeded
from tests.lifecycle.look_up_scene import (
    LIFETIME_SECONDS,
    LOST,
    a_scene_of_class,
    books_of_class,
    plan,
    stopped_at_its_post,
)
from tests.lifecycle.pleo_in_memory import JOB
from tests.lifecycle.scene import Scene, journal_key


@pytest.fixture
def keyed(tmp_path: Path) -> Scene:
    """A company whose books know a key again for an hour."""
    return a_scene_of_class(tmp_path, KeyClass.SERVER_KEY)


async def test_server_key_needs_no_wait(keyed: Scene) -> None:
    plan(keyed, Call.POST, LOST)
    keyed.pleo.add_job(keyed.item(1))
    await keyed.run()
    await assert_everything_succeeded(keyed)
    assert not keyed.clock.slept_seconds


@pytest.mark.parametrize("age_seconds", [0, 600, LIFETIME_SECONDS])
async def test_server_key_after_a_crash_needs_no_wait_either(tmp_path: Path, age_seconds: int) -> None:
    """While the key lives it answers for the repeat; once it is too old, a look tells."""
    scene = await stopped_at_its_post(tmp_path, KeyClass.SERVER_KEY)
    scene.clock.advance(age_seconds)
    await scene.run()
    await assert_everything_succeeded(scene)
    assert not scene.clock.slept_seconds


async def test_key_older_than_its_life_is_not_trusted(tmp_path: Path) -> None:
    """The server has forgotten it, and would book the repeat as well when the first send arrives late."""
    scene = a_scene_of_class(tmp_path, KeyClass.SERVER_KEY)
    scene.books = MemoryBooks(short_lived_key(), clock=scene.clock)
    item = scene.item(1)
    document = (await plan_item(item, scene.planner)).documents[0]
    plan(scene, Call.POST, LOST)
    with pytest.raises(NotSettledYet):
        await post(document, journal_key(item), JOB, scene.desk)
    assert not scene.booked


def short_lived_key() -> BooksSetUp:
    set_up = books_of_class(KeyClass.SERVER_KEY)
    return replace(set_up, capabilities=replace(set_up.capabilities, key_lifetime_seconds=30))


async def test_server_key_answers_for_the_same_content_only(keyed: Scene) -> None:
    """A document that changed meanwhile gets another key, so that the first one may still arrive beside it."""
    item = keyed.item(1)
    document = (await plan_item(item, keyed.planner)).documents[0]
    plan(keyed, Call.POST, LOST, times=3)
    await post(document, journal_key(item), JOB, keyed.desk)
    changed = keyed.item(1, note="Another note")
    other = (await plan_item(changed, keyed.planner)).documents[0]
    assert content_hash(other) != content_hash(document)
    with pytest.raises(NotSettledYet):
        await post(other, journal_key(item), JOB, keyed.desk)


async def test_key_that_grows_too_old_while_the_process_sleeps_is_not_trusted(keyed: Scene) -> None:
    scene, document = keyed, (await plan_item(keyed.item(), keyed.planner)).documents[0]
    naps = iter((0.0, float(LIFETIME_SECONDS), 0.0))

    class Napping(MemoryBooks):
        async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
            scene.clock.advance(next(naps))
            check()
            return await super().post(document, content_hash, check)

    scene.books = Napping(books_of_class(KeyClass.SERVER_KEY), clock=scene.clock)
    plan(scene, Call.POST, LOST)
    with pytest.raises(NotSettledYet):
        await post(document, journal_key(scene.item()), JOB, scene.desk)
    assert not scene.booked
