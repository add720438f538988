import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from bilag.adapters.store.journal import StoredPostingJournal
from bilag.adapters.store.postgresql import database_address, open_journal_to_look, open_leased_journal
from bilag.adapters.store.schema import metadata
from bilag.domain.posting_record import Part
from bilag.ports.errors import NeedsPerson, StoreFailed
from bilag.ports.secret import Secret
from tests.adapters.store.postgresql_server import PostgresqlServer
from tests.adapters.store.records import COMPANY, JOB, OTHER_COMPANY, job, key, outcome, posting, receipt

CALLERS: Final = 64
WORKERS: Final = 6
PASSWORD: Final = "canary-password"
BACKENDS: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


@pytest.fixture
async def shared(database: Secret) -> AsyncIterator[StoredPostingJournal]:
    async with open_leased_journal(database, COMPANY) as (journal, _):
        yield journal


async def open_and_close(url: Secret, company_id: str = COMPANY) -> None:
    async with open_leased_journal(url, company_id):
        pass


async def test_migrations_lead_to_the_tables_of_the_schema(postgresql: PostgresqlServer, database: Secret) -> None:
    engine = create_engine(database_address(database), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == []


async def test_workers_that_start_together_make_the_tables_once(
    postgresql: PostgresqlServer, empty_database: str
) -> None:
    url = postgresql.url(empty_database)
    await asyncio.gather(*(open_and_close(url, f"company-{number}") for number in range(WORKERS)))
    assert postgresql.execute("SELECT count(*) FROM alembic_version", empty_database) == [(1,)]
    assert postgresql.execute("SELECT count(*) FROM company_lease", empty_database) == [(WORKERS,)]


async def test_what_one_worker_stored_the_next_one_reads(database: Secret) -> None:
    async with open_leased_journal(database, COMPANY) as (journal, _):
        await journal.record(posting())
    async with open_leased_journal(database, COMPANY) as (journal, _):
        assert (await journal.latest(COMPANY, "entry-1"))[Part.JOURNAL_ENTRY] == posting()


async def test_two_companies_are_written_side_by_side(database: Secret) -> None:
    async def post(journal: StoredPostingJournal, company_id: str) -> None:
        own = [key(f"{company_id[:4]}-{number}", company_id=company_id) for number in range(CALLERS)]
        await asyncio.gather(*(journal.record(posting(one)) for one in own))
        found = await asyncio.gather(*(journal.latest(company_id, one.entry_id) for one in own))
        assert found == [{Part.JOURNAL_ENTRY: posting(one)} for one in own]

    async with (
        open_leased_journal(database, COMPANY) as (one, _),
        open_leased_journal(database, OTHER_COMPANY) as (other, _),
    ):
        await asyncio.gather(post(one, COMPANY), post(other, OTHER_COMPANY))


async def test_sign_that_postgresql_can_not_keep_is_shown_by_another(shared: StoredPostingJournal) -> None:
    await shared.record(replace(posting(), note="a\x00b"))
    await shared.record_receipts([replace(receipt("aa"), name="a\x00b")])
    await shared.record_job(replace(job(), failure_reason="a\x00b"))
    await shared.record_outcome(replace(outcome(), label="a\x00b", warnings=("a\x00b",)))
    found = await shared.job_record(JOB)
    assert found is not None
    assert found.failure_reason == "a␀b"
    assert (await shared.latest(COMPANY, "entry-1"))[Part.JOURNAL_ENTRY].note == "a␀b"
    assert [file.name for file in await shared.receipts(key())] == ["a␀b"]
    (settled,) = await shared.unreported(JOB, 10)
    assert (settled.label, settled.warnings) == ("a␀b", ("a\x00b",))


async def test_unstorable_text_fails_its_own_caller_alone(shared: StoredPostingJournal) -> None:
    records = [posting(key(f"entry-{number}")) for number in range(CALLERS)]
    records[5] = replace(records[5], note="\ud83e")
    records[7] = replace(records[7], content_hash="a\x00b")
    answers = await asyncio.gather(*(shared.record(record) for record in records), return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if answer is not None] == [5, 7]


async def test_connections_that_break_are_told_to_every_caller_and_work_again_later(
    postgresql: PostgresqlServer, database: Secret, shared: StoredPostingJournal
) -> None:
    name = database_address(database).database
    await shared.record(posting(key("before")))
    postgresql.execute(BACKENDS.format(name))
    answers = await asyncio.gather(
        *(shared.record(posting(key(f"entry-{number}"))) for number in range(CALLERS)),
        *(shared.tally(JOB) for _ in range(CALLERS)),
        return_exceptions=True,
    )
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    assert failed
    assert all(type(answer) is StoreFailed for answer in failed), failed
    assert str(failed[0]).startswith(f"The database {name} ")
    await shared.record(posting(key("after")))
    assert await shared.latest(COMPANY, "before")
    assert await shared.latest(COMPANY, "after")


async def test_locked_rows_are_waited_for_so_long_and_no_longer(database: Secret, shared: StoredPostingJournal) -> None:
    await shared.record(posting())
    engine = create_engine(database_address(database), poolclass=NullPool)
    with engine.begin() as stranger:
        stranger.exec_driver_sql("LOCK TABLE posting_journal")
        with pytest.raises(StoreFailed, match="locked by another program"):
            await shared.record(posting(key("entry-2")))
    await shared.record(posting(key("entry-2")))


async def test_database_of_a_newer_version_is_refused(postgresql: PostgresqlServer, database: Secret) -> None:
    name = str(database_address(database).database)
    postgresql.execute("UPDATE alembic_version SET version_num = '9999'", name)
    with pytest.raises(NeedsPerson, match=rf"{name} comes from a newer version of bilag \(tables 9999\)"):
        await open_and_close(database)


async def test_database_of_another_encoding_is_refused(postgresql: PostgresqlServer) -> None:
    options = ("ENCODING 'LATIN1'", "LOCALE_PROVIDER libc", "LOCALE 'C'")
    with (
        postgresql.database("latin", "template0", *options) as name,
        pytest.raises(NeedsPerson, match="keeps texts as LATIN1"),
    ):
        await open_and_close(postgresql.url(name))


async def test_database_that_forgets_is_refused(postgresql: PostgresqlServer, empty_database: str) -> None:
    postgresql.execute(f"ALTER DATABASE {empty_database} SET synchronous_commit = off")
    with pytest.raises(NeedsPerson, match="has synchronous_commit off"):
        await open_and_close(postgresql.url(empty_database))


async def test_database_that_does_not_exist_or_answer_is_told_plainly(postgresql: PostgresqlServer) -> None:
    with pytest.raises(StoreFailed, match=r'database nowhere cannot be reached.*"nowhere" does not exist'):
        await open_and_close(postgresql.url("nowhere"))
    with pytest.raises(StoreFailed, match="cannot be reached") as away:
        await open_and_close(Secret(f"postgresql://bilag:{PASSWORD}@127.0.0.1:1/bilag"))
    assert PASSWORD not in str(away.value)


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://bilag:{PASSWORD}@localhost/bilag",
        f"postgresql://bilag:{PASSWORD}@localhost",
        f"postgresql://bilag:{PASSWORD}@localhost:port/bilag",
        PASSWORD,
    ],
    ids=["other system", "no name", "no port", "no address"],
)
async def test_address_that_is_none_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(NeedsPerson, match="no address such as postgresql://") as refused:
        database_address(Secret(address))
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("query", ["", "?sslmode=prefer", "?sslmode=disable"])
def test_way_over_the_network_is_encrypted(query: str) -> None:
    with pytest.raises(NeedsPerson, match=r"on db\.example: end the address with \?sslmode=verify-full"):
        database_address(Secret(f"postgresql://bilag:{PASSWORD}@db.example/bilag{query}"))
    with pytest.raises(NeedsPerson, match=r"on db\.example"):
        database_address(Secret("postgresql:///bilag?host=/run/postgresql&host=db.example"))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bilag@db.example/bilag?sslmode=verify-full&sslrootcert=system",
        "postgres://bilag@127.0.0.1:5433/bilag",
        "postgresql:///bilag?host=/run/postgresql",
    ],
)
def test_usable_address_is_taken(address: str) -> None:
    assert database_address(Secret(address)).database == "bilag"


async def test_journal_to_look_at_needs_no_turn(database: Secret) -> None:
    async with open_leased_journal(database, COMPANY) as (journal, _), open_journal_to_look(database) as looking:
        await journal.record(posting())
        assert await looking.latest(COMPANY, "entry-1") == {Part.JOURNAL_ENTRY: posting()}
