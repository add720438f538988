import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

import psycopg
import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from bilag.adapters.store.lease import LeaseTimes, StoredLease, left_companies, take_lease
from bilag.adapters.store.postgresql import database_address, open_journal_to_look, open_leased_journal
from bilag.domain.posting_record import Part
from bilag.ports.errors import StoreFailed
from bilag.ports.lease import HeldElsewhere, LeaseLost, UnsharedLease
from bilag.ports.posting_journal import PostingJournal
from bilag.ports.secret import Secret
from tests.adapters.store.postgresql_server import PostgresqlServer
from tests.adapters.store.records import COMPANY, OTHER_COMPANY, key, outcome, posting, receipt

SHORT: Final = LeaseTimes(lease_seconds=1.2, renew_seconds=0.1, send_seconds=0.2)
WAIT_SECONDS_MAX: Final = 10.0


class Elapsed:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def engine(database: Secret) -> Iterator[Engine]:
    opened = create_engine(database_address(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    yield opened
    opened.dispose()


def execute(database: Secret, statement: str) -> None:
    with psycopg.connect(database.reveal(), autocommit=True) as connection:
        connection.execute(statement.encode())


def run_out(database: Secret) -> None:
    """The lease's time is over, as the database sees it."""
    execute(database, "UPDATE company_lease SET expires_at = clock_timestamp()")


@asynccontextmanager
async def worker(
    database: Secret, times: LeaseTimes | None = None
) -> AsyncIterator[tuple[PostingJournal, StoredLease]]:
    async with open_leased_journal(database, COMPANY, times) as held:
        yield held


async def test_company_is_leased_to_one_worker_and_another_company_to_another(database: Secret) -> None:
    async with worker(database) as (_, lease):
        with pytest.raises(
            HeldElsewhere, match=r"Another bilag is exporting this company \(.*process \d+.*1[12]\d more"
        ):
            await worker(database).__aenter__()
        async with open_leased_journal(database, OTHER_COMPANY) as (_, other):
            assert (lease.fence, other.fence) == (1, 1)
        lease.assert_held()


async def test_lease_that_is_given_back_can_be_had_at_once_under_a_higher_fence(database: Secret) -> None:
    fences = []
    for _ in range(3):
        async with worker(database) as (_, lease):
            fences.append(lease.fence)
        assert lease.seconds_left() == 0
        with pytest.raises(LeaseLost, match="given back"):
            lease.assert_held()
    assert fences == [1, 2, 3]


def test_eight_workers_at_once_are_one_holder_and_seven_that_wait(engine: Engine) -> None:
    answers: list[object] = []
    together = threading.Barrier(8)

    def take() -> None:
        together.wait(WAIT_SECONDS_MAX)
        try:
            answers.append(take_lease(engine, COMPANY).fence)
        except HeldElsewhere as trouble:
            answers.append(type(trouble))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS_MAX)
    assert sorted(map(str, answers)) == sorted(["1", *[str(HeldElsewhere)] * 7])


def test_send_may_begin_only_while_the_lease_outlasts_it(engine: Engine) -> None:
    elapsed = Elapsed()
    lease = take_lease(engine, COMPANY, LeaseTimes(lease_seconds=120, renew_seconds=10, send_seconds=90), elapsed)
    elapsed.seconds += 29.9
    lease.assert_held()
    assert lease.seconds_left() == pytest.approx(90.1)
    elapsed.seconds += 0.2
    with pytest.raises(LeaseLost, match="only 90 seconds are left, and a send may take 90"):
        lease.assert_held()
    elapsed.seconds -= 20
    with pytest.raises(LeaseLost, match="only 90 seconds"):
        lease.assert_held()


async def test_renewals_keep_the_lease_while_writes_go_on_without_a_pause(database: Secret) -> None:
    async with worker(database, SHORT) as (journal, lease):
        ended = asyncio.get_running_loop().time() + 2.5 * SHORT.lease_seconds

        async def write(number: int) -> None:
            generation = 1
            while asyncio.get_running_loop().time() < ended:
                await journal.record(posting(key(f"entry-{number}", generation=generation)))
                lease.assert_held()
                generation += 1

        await asyncio.gather(*(write(number) for number in range(32)))
        assert lease.seconds_left() > SHORT.send_seconds
        with pytest.raises(HeldElsewhere):
            await worker(database).__aenter__()


async def test_worker_whose_company_was_taken_stores_nothing_any_more(database: Secret) -> None:
    async with worker(database) as (stale, old):
        await stale.record(posting())
        run_out(database)
        async with worker(database) as (newer, new):
            assert new.fence == old.fence + 1
            old.assert_held()
            for write in (
                stale.record(posting(key("entry-2"))),
                stale.record_receipts([receipt("aa")]),
                stale.record_outcome(outcome()),
            ):
                with pytest.raises(LeaseLost, match=r"another worker has taken the company|not held any more"):
                    await write
            with pytest.raises(LeaseLost, match=r"another worker has taken the company \(fence 2, ours was 1\)"):
                old.assert_held()
            assert set(await newer.latest(COMPANY, "entry-1")) == {Part.JOURNAL_ENTRY}
            assert await newer.latest(COMPANY, "entry-2") == {}
            assert await newer.receipts(key()) == ()
            await newer.record(posting(key("entry-2")))
            new.assert_held()
    with pytest.raises(LeaseLost):
        old.assert_held()


async def test_stale_worker_does_not_give_back_the_lease_of_the_new_one(database: Secret) -> None:
    async with worker(database):
        run_out(database)
        newer = worker(database)
        _, lease = await newer.__aenter__()
    with pytest.raises(HeldElsewhere):
        await worker(database).__aenter__()
    lease.assert_held()
    await newer.__aexit__(None, None, None)


async def test_take_over_waits_until_a_write_under_the_old_fence_is_through(database: Secret) -> None:
    async with worker(database) as (_, lease):
        run_out(database)
        engine = create_engine(database_address(database), poolclass=NullPool)
        with engine.begin() as writing:
            lease.check(writing)
            taking = asyncio.create_task(worker(database).__aenter__())
            await asyncio.sleep(0.3)
            assert not taking.done()
        journal, newer = await asyncio.wait_for(taking, WAIT_SECONDS_MAX)
        assert newer.fence == lease.fence + 1
        await journal.close()
        newer.release()
        engine.dispose()


async def test_renewal_finds_out_that_the_company_was_taken(database: Secret) -> None:
    async with worker(database, SHORT) as (_, lease):
        execute(database, "UPDATE company_lease SET fence = fence + 1")
        for _ in range(int(WAIT_SECONDS_MAX / 0.05)):
            if not lease.seconds_left():
                break
            await asyncio.sleep(0.05)
        with pytest.raises(LeaseLost, match="another worker has taken"):
            lease.assert_held()


async def test_lease_runs_out_for_us_while_the_database_is_away(own_server: PostgresqlServer) -> None:
    with own_server.database("away") as name:
        async with worker(own_server.url(name), SHORT) as (journal, lease):
            own_server.stop()
            with pytest.raises(StoreFailed, match=r"cannot be reached|is stopping or starting"):
                await journal.record(posting())
            await asyncio.sleep(SHORT.lease_seconds)
            with pytest.raises(LeaseLost, match="only 0 seconds"):
                lease.assert_held()
        own_server.start()


async def test_journal_without_a_lease_is_only_looked_at(database: Secret) -> None:
    async with open_journal_to_look(database) as journal:
        assert await journal.latest(COMPANY, "entry-1") == {}
        with pytest.raises(AssertionError, match="without a lease"):
            await journal.record(posting())


def test_times_leave_room_for_a_send_between_two_renewals() -> None:
    with pytest.raises(AssertionError, match="LeaseTimes"):
        LeaseTimes(lease_seconds=60, renew_seconds=30, send_seconds=30)


def test_lease_of_one_machine_never_runs_out() -> None:
    lease = UnsharedLease()
    lease.assert_held()
    assert lease.seconds_left() > 10**9


async def test_worker_that_gave_up_its_lease_stores_nothing_although_nobody_took_it(database: Secret) -> None:
    short = LeaseTimes(lease_seconds=0.5, renew_seconds=0.39, send_seconds=0.1)
    async with worker(database, short) as (journal, lease):
        execute(database, "UPDATE company_lease SET company_id = company_id || '-elsewhere'")
        await asyncio.sleep(short.lease_seconds)
        with pytest.raises(LeaseLost):
            lease.assert_held()
        execute(database, "UPDATE company_lease SET company_id = replace(company_id, '-elsewhere', '')")
        with pytest.raises(LeaseLost):
            await journal.record(posting())
        assert await journal.latest(COMPANY, "entry-1") == {}


def test_company_is_left_behind_once_its_lease_ran_out_and_until_somebody_has_given_it_back(engine: Engine) -> None:
    dead = take_lease(engine, COMPANY)
    given_back = take_lease(engine, OTHER_COMPANY)
    given_back.start()
    given_back.release()
    assert left_companies(engine) == frozenset(), "one is held, the other given back"
    with engine.connect() as connection:
        connection.execute(text("UPDATE company_lease SET expires_at = clock_timestamp() WHERE holder <> ''"))
    assert left_companies(engine) == {COMPANY}
    heir = take_lease(engine, COMPANY)
    heir.start()
    assert left_companies(engine) == frozenset()
    heir.release()
    assert left_companies(engine) == frozenset()
    assert heir.fence == dead.fence + 1
