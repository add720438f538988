import logging
import os
import sqlite3
import stat
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from bilag.adapters.store import migrations
from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.schema import metadata
from bilag.domain.posting_record import Part
from bilag.domain.transitions import PostingState
from bilag.ports.errors import NeedsPerson, StoreFailed
from tests.adapters.store.records import COMPANY, JOB, key, posting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """Rows of the last statement."""
    connection = sqlite3.connect(path)
    rows: list[tuple[object, ...]] = []
    try:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        connection.commit()
    finally:
        connection.close()
    return rows


def tables(path: Path) -> set[object]:
    return {name for (name,) in execute(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}


async def test_what_was_stored_is_there_after_reopening(path: Path) -> None:
    first = open_posting_journal(path)
    await first.record(posting())
    await first.close()
    second = open_posting_journal(path)
    assert (await second.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == posting()
    await second.close()


async def test_two_processes_worth_of_journals_share_one_file(path: Path) -> None:
    one, other = open_posting_journal(path), open_posting_journal(path)
    await one.record(posting())
    assert (await other.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY) == posting()
    await one.close()
    await other.close()


async def test_files_are_for_our_eyes_only_whatever_the_umask(path: Path) -> None:
    earlier = os.umask(0)
    try:
        journal = open_posting_journal(path)
        await journal.record(posting())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        await journal.close()
    finally:
        os.umask(earlier)
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_every_commit_waits_for_the_disk(path: Path) -> None:
    journal = open_posting_journal(path)
    with journal._writer.begin():
        full, wal, keys = (
            journal._writer.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        )
    await journal.close()
    assert (full, wal, keys) == (2, "wal", 1)


async def test_migrations_lead_to_the_tables_of_the_schema(path: Path) -> None:
    await open_posting_journal(path).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []
    assert tables(path) == {*metadata.tables, "alembic_version"}


# The end of a row as the first version wrote it.
BOOKED_AT, BOOKED = "2026-11-21 12:00:00.123456", ("4711", "https://books.example/4711", "2026-11-30", "")


def old_database(path: Path, revision: str) -> None:
    """A database as an older version of bilag left it, empty."""
    path.parent.mkdir()
    execute(path, f"PRAGMA application_id = {int.from_bytes(b'bilg', 'big')}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


async def test_documents_booked_before_they_could_be_shared_stand_by_themselves(path: Path) -> None:
    old_database(path, "0001")
    stored = posting(state=PostingState.POSTED)
    row = (*astuple(stored.key), stored.key.external_reference, JOB, "posted", stored.content_hash, BOOKED_AT, *BOOKED)
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO posting_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()
    journal = open_posting_journal(path)
    found = (await journal.latest(COMPANY, "entry-1"))[Part.JOURNAL_ENTRY]
    await journal.record(replace(posting(key("entry-2")), booked_in="4b1f0c5e.job.je1"))
    shared = (await journal.latest(COMPANY, "entry-2"))[Part.JOURNAL_ENTRY]
    await journal.close()
    assert found == stored
    assert (found.booked_in, shared.booked_in) == ("", "4b1f0c5e.job.je1")


async def test_opening_leaves_logging_as_it_was(path: Path) -> None:
    root = logging.getLogger()
    ours = logging.getLogger("bilag.test")
    before = (root.level, list(root.handlers))
    await open_posting_journal(path).close()
    assert (root.level, list(root.handlers)) == before
    assert not ours.disabled


async def test_file_marked_by_a_crashed_opening_is_taken_up(path: Path) -> None:
    path.parent.mkdir()
    execute(path, f"PRAGMA application_id = {int.from_bytes(b'bilg', 'big')}")
    journal = open_posting_journal(path)
    await journal.record(posting())
    await journal.close()


def test_failed_migration_changes_nothing(path: Path) -> None:
    path.parent.mkdir()
    execute(path, f"PRAGMA application_id = {int.from_bytes(b'bilg', 'big')}", "CREATE TABLE item_outcome (x)")
    with pytest.raises(OperationalError, match="already exists"):
        open_posting_journal(path)
    assert tables(path) == {"item_outcome"}


async def test_database_of_a_newer_version_is_refused(path: Path) -> None:
    await open_posting_journal(path).close()
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NeedsPerson, match=r"newer version of bilag \(tables 9999\)"):
        open_posting_journal(path)


@pytest.mark.parametrize("application_id", [0, 42])
def test_database_of_another_program_is_refused_and_left_alone(path: Path, application_id: int) -> None:
    path.parent.mkdir()
    execute(path, f"PRAGMA application_id = {application_id}", "CREATE TABLE moz_places (url)")
    before = path.read_bytes()
    with pytest.raises(NeedsPerson, match="another program"):
        open_posting_journal(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('option "title" "Books"\n')
    with pytest.raises(NeedsPerson, match="not a database"):
        open_posting_journal(path)
    assert path.read_text() == 'option "title" "Books"\n'


def test_folder_in_place_of_the_file_is_told_plainly(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(NeedsPerson, match="directory"):
        open_posting_journal(path)


def test_file_in_place_of_the_folder_is_told_plainly(path: Path) -> None:
    path.parent.write_text("")
    with pytest.raises(NeedsPerson, match="cannot be opened"):
        open_posting_journal(path)


def damage(path: Path) -> None:
    """Overwrite everything after the header."""
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


async def test_damaged_database_is_told_plainly(path: Path) -> None:
    journal = open_posting_journal(path)
    await journal.record(posting())
    await journal.close()
    damage(path)
    with pytest.raises(StoreFailed, match="is damaged"):
        open_posting_journal(path)
