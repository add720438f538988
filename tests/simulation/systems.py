"""Worlds whose accounting systems are of another class: a key of the server's, or nothing but a look-up.

Their servers work on a request for long after its sender gave up, so that what was sent arrives when nobody waits for
it any more, and a process may sleep between noting an attempt and sending it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.accounting.memory.set_up import BooksSetUp
from bilag.adapters.store.memory import MemoryPostingJournal
from bilag.domain.capabilities import KeyClass
from bilag.domain.document import Document
from bilag.domain.payables import VendorDocument
from bilag.domain.posting_record import PostingRecord
from bilag.domain.transitions import PostingState
from bilag.ports.accounting_system import PostAnswer, PostedDocument, SendCheck, unchecked
from bilag.ports.errors import OutcomeUnknown, Trouble
from tests.simulation.faults import Fault
from tests.simulation.pleo_at_work import PleoAtWork
from tests.simulation.process import Stopped
from tests.simulation.strange_answers import LATE_SECONDS_MAX
from tests.simulation.violations import Invariant, Violation
from tests.simulation.virtual_loop import VirtualClock, dice_of
from tests.simulation.world import World

SETTLES_SECONDS: Final = 600
# With what a request may be late on its way as well, it takes effect within the time that is declared.
WORK_SECONDS_MAX: Final = SETTLES_SECONDS - LATE_SECONDS_MAX - 10.0
# Shorter than the server works on a request at most, so that keys are forgotten while a request is under way.
LIFETIME_SECONDS: Final = 150
PATIENCE_SECONDS: Final = 120.0
NAPS_SECONDS: Final = (20.0, 700.0, 3600.0)
# Who is frozen after the last check and before the first byte can't be called back: no rule of ours helps against it.
BEYOND_US: Final = frozenset({Fault.PAUSED_AT_SEND})


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A class of system.

    `doubles` lets a way in between repeat a request, so that one document stands twice. `kills` lets processes end with
    a slow request under way, much more often than by chance, so that another one has to recover it.
    """

    key_class: KeyClass
    doubles: bool = False
    kills: bool = False


SYSTEMS: Final = {
    "server_key": System(key_class=KeyClass.SERVER_KEY),
    "look_up": System(key_class=KeyClass.LOOK_UP),
    "look_up_killed": System(key_class=KeyClass.LOOK_UP, kills=True),
    "look_up_doubled": System(key_class=KeyClass.LOOK_UP, doubles=True),
}


class WorkingServer(MemoryBooks):
    """Books that take their time, and go on when the sender has given up."""

    def __init__(self, set_up: BooksSetUp, system: System, dice: random.Random, late_references: set[str]) -> None:
        super().__init__(set_up, clock=VirtualClock())
        self._system = system
        self._dice = dice
        self._late_references = late_references
        self._slow_odds = 0.3 if system.kills else dice.choice([0.02, 0.1, 0.3])
        self._kill_odds = 0.5 if system.kills else 0.0
        self._double_odds = dice.choice([0.05, 0.2]) if system.doubles else 0.0
        self._at_work: dict[tuple[str, str], tuple[float, asyncio.Task[PostAnswer]]] = {}
        self._under_way: list[asyncio.Task[PostAnswer]] = []
        self.doubled: set[str] = set()

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        if self._dice.random() < self._double_odds:
            await self._twice(document, content_hash)
        is_repeat = self._known_keys.answer(document.external_reference, content_hash) is not None
        work_seconds = 0.0 if is_repeat else self._work_seconds()
        task = self._known(document, content_hash)
        if task is None and not work_seconds:
            return await super().post(document, content_hash, check)
        if task is None:
            task = self._begin(self._work(document, content_hash, work_seconds), document, content_hash)
        if self._dice.random() < self._kill_odds and not _is_given_up():
            self._note_late(document)
            raise Stopped
        try:
            return await asyncio.wait_for(asyncio.shield(task), PATIENCE_SECONDS)
        except TimeoutError:
            self._note_late(document)
            raise OutcomeUnknown("no answer in time") from None

    async def everything_has_arrived(self) -> None:
        """Wait for what the server still works on."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def become_quick(self) -> None:
        """Nothing is slow or repeated any more; a person takes out what stands twice, all but the first."""
        self._slow_odds = self._double_odds = self._kill_odds = 0.0
        for reference in sorted(self.doubled):
            for _ in [entry for entry in self.entries if entry.external_reference == reference][1:]:
                self.remove_last(reference)
        self.doubled.clear()

    def remove_last(self, reference: str) -> None:
        """Take out the one that came last."""
        name = [name for name, entry in self._entries.items() if entry.external_reference == reference][-1]
        del self._ids[self._entries.pop(name).external_id]

    def _note_late(self, document: Document) -> None:
        if isinstance(document, VendorDocument):
            self._late_references.add(document.external_reference)

    def _work_seconds(self) -> float:
        return self._dice.random() * WORK_SECONDS_MAX if self._dice.random() < self._slow_odds else 0.0

    def _known(self, document: Document, content_hash: str) -> asyncio.Task[PostAnswer] | None:
        """A repeat of a key that the server works on waits for the same answer, while the key is known."""
        began, task = self._at_work.get((document.external_reference, content_hash), (0.0, None))
        is_known = task is not None and asyncio.get_running_loop().time() - began <= LIFETIME_SECONDS
        return task if is_known and self._system.key_class is KeyClass.SERVER_KEY else None

    def _begin(
        self, work: Coroutine[Any, Any, PostAnswer], document: Document, content_hash: str
    ) -> asyncio.Task[PostAnswer]:
        loop, key = asyncio.get_running_loop(), (document.external_reference, content_hash)
        task = loop.create_task(work)
        self._under_way.append(task)
        self._at_work[key] = (loop.time(), task)
        task.add_done_callback(lambda done: self._over(key, done))
        return task

    def _over(self, key: tuple[str, str], done: asyncio.Task[PostAnswer]) -> None:
        self._under_way.remove(done)
        done.exception()  # nobody may be left who asks for it
        if self._at_work.get(key, (0.0, None))[1] is done:
            del self._at_work[key]

    async def _work(self, document: Document, content_hash: str, seconds: float) -> PostAnswer:
        await asyncio.sleep(seconds)
        return await super().post(document, content_hash)

    async def _twice(self, document: Document, content_hash: str) -> None:
        """The request reaches the books twice, and the answers get lost. Raises OutcomeUnknown when that happens."""
        if isinstance(document, VendorDocument):
            return  # the second one finds nothing left to settle, which is another story
        for _ in range(2):
            try:
                if not isinstance(await super().post(document, content_hash), PostedDocument):
                    return
            except Trouble:
                return
        self.doubled.add(document.external_reference)
        raise OutcomeUnknown("the answer was lost")


def _is_given_up() -> bool:
    """Whether the request arrives late, so that no process waits for it that could end (Surroundings.send_later)."""
    task = asyncio.current_task()
    return task is not None and getattr(task.get_coro(), "__name__", "") == "_after"


class SleepyJournal(MemoryPostingJournal):
    """Our journal in a process that may fall asleep right after it has noted an attempt."""

    def __init__(self, system: System, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice
        self._nap_odds = 0.3 if system.kills else dice.choice([0.0, 0.1, 0.3])

    async def record(self, *records: PostingRecord) -> None:
        await super().record(*records)
        if records[-1].state is PostingState.SENT and self._dice.random() < self._nap_odds:
            await asyncio.sleep(self._dice.choice(NAPS_SECONDS))


def become(world: World, seed: int, system: System, late_references: set[str]) -> None:
    """Give every company of the world books of this class."""
    dice = dice_of(seed, f"system {system.key_class}")
    world.journal = SleepyJournal(system, dice)
    for company in world.companies:
        set_up = company.books._set_up
        capabilities = replace(
            set_up.capabilities,
            key_class=system.key_class,
            settles_within_seconds=SETTLES_SECONDS,
            key_lifetime_seconds=LIFETIME_SECONDS if system.key_class is KeyClass.SERVER_KEY else 0,
        )
        company.books = WorkingServer(replace(set_up, capabilities=capabilities), system, dice, late_references)


async def everything_has_arrived(world: World) -> None:
    """Wait for what servers still work on."""
    for company in world.companies:
        if isinstance(company.books, WorkingServer):
            await company.books.everything_has_arrived()


def look_at_twins(world: World) -> list[Violation]:
    """What stands twice is in doubt, and no success was told of it; afterwards a person has taken one out."""
    found = []
    for company in world.companies:
        if isinstance(company.books, WorkingServer):
            twins = Counter(entry.external_reference for entry in company.books.entries)
            for entry in company.books.entries:
                if twins[entry.external_reference] > 1 and _is_told(world.pleo, entry.external_id, company):
                    what = f"{entry.external_reference} stands twice, and {entry.external_id} is told as a success"
                    found.append(Violation(invariant=Invariant.NOTHING_TWICE, what=what))
            company.books.become_quick()
    return found


def _is_told(pleo: PleoAtWork, external_id: str, company: Any) -> bool:
    return any(pleo.told[entry_id][external_id] for entry_id in company.expenses)
