"""What `bilag doctor` tells of the posting journal, in a file and in PostgreSQL: it looks, and makes nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bilag.adapters.store.exclusive import exclusive_use
from bilag.adapters.store.postgresql import open_leased_journal
from bilag.app.checking import Finding, check_everything
from bilag.app.wiring import JOURNAL_FILE
from tests.adapters.store.postgresql_server import PostgresqlServer, running_server, why_not
from tests.e2e.stage import Stage

DATABASE = "shared"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture
def server(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresqlServer]:
    """A server with an empty database, which the company's settings name."""
    if reason := why_not():
        pytest.skip(reason)
    with running_server() as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
        monkeypatch.setenv("BILAG_DATABASE", server.url(DATABASE).reveal())
        stage.write_config(("[bookkeeping]", '[state]\ndatabase = { env = "BILAG_DATABASE" }\n\n[bookkeeping]'))
        yield server


async def about(stage: Stage, what: str) -> list[Finding]:
    return [finding async for finding in check_everything(stage.config_path) if finding.what == what]


def journal_of(stage: Stage) -> Path:
    return stage.config().state.folder / JOURNAL_FILE


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_journal_that_is_not_there_yet_is_not_made(stage: Stage) -> None:
    assert await about(stage, "journal") == []
    assert not journal_of(stage).exists()


async def test_journal_in_a_file_is_told_with_its_tables_and_left_as_it_is(stage: Stage) -> None:
    await stage.run()
    before = contents(journal_of(stage).parent)
    (finding,) = await about(stage, "journal")

    assert finding.good
    assert "has tables 00" in finding.message
    assert contents(journal_of(stage).parent) == before


async def test_older_tables_are_told_and_not_brought_up_to_date(stage: Stage) -> None:
    await stage.run()
    with closing(sqlite3.connect(journal_of(stage))) as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
        file.commit()
    (finding,) = await about(stage, "journal")
    with closing(sqlite3.connect(journal_of(stage))) as file:
        version = file.execute("SELECT version_num FROM alembic_version").fetchall()

    assert finding.good is None
    assert "tables 0001; the next run brings them up to" in finding.message
    assert version == [("0001",)]


async def test_tables_of_a_newer_bilag_are_a_problem(stage: Stage) -> None:
    await stage.run()
    with closing(sqlite3.connect(journal_of(stage))) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    (finding,) = await about(stage, "journal")

    assert finding.good is False
    assert "newer version of bilag (tables 9999)" in finding.message


async def test_bilag_that_is_exporting_now_is_told(stage: Stage) -> None:
    with exclusive_use(stage.config().state.folder):
        (finding,) = await about(stage, "state")
    (after,) = await about(stage, "state")

    assert finding.good is None
    assert "another bilag is exporting" in finding.message
    assert after.good


async def test_empty_database_stays_empty(stage: Stage, server: PostgresqlServer) -> None:
    (finding,) = await about(stage, "journal")

    assert finding.good is None
    assert f"{DATABASE} has no tables yet" in finding.message
    assert server.execute(TABLES, DATABASE) == [(0,)]


async def test_database_is_told_with_its_tables_and_whoever_has_the_lease(
    stage: Stage, server: PostgresqlServer
) -> None:
    async with open_leased_journal(server.url(DATABASE), stage.company_id) as (_, lease):
        (journal,) = await about(stage, "journal")
        (held,) = await about(stage, "lease")
        assert lease.seconds_left() > 0
    free = await about(stage, "lease")

    assert journal.good
    assert f"{DATABASE} is reached and has tables 00" in journal.message
    assert held.good is None
    assert "process " in held.message
    assert free == []


async def test_database_that_is_away_is_a_problem_and_does_not_hide_the_rest(
    stage: Stage, server: PostgresqlServer
) -> None:
    server.stop()
    (journal,) = await about(stage, "journal")
    (state,) = await about(stage, "state")
    server.start()

    assert journal.good is False
    assert "cannot be reached" in journal.message
    assert state.good
