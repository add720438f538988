"""A new version over an old journal with open intents: tables are brought up to date, and nothing is booked twice."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bilag.adapters.store import migrations
from bilag.simulator.terms import JobStatus
from tests.cli.terminal import Terminal
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold
from tests.e2e.stage import Stage, open_stage

COUNT = 12
OLD_VERSIONS = ("0001", "0002", "0003")
# What a version that was stopped amid its work leaves of three documents in the books, and of three that are not.
OPEN = ("intended", "sent", "unknown")
TABLES = ("posting_journal", "receipt_obligation", "export_job", "item_outcome")


def journal_file(stage: Stage) -> Path:
    return stage.folder / ".bilag" / "posting-journal.sqlite"


def make_old(path: Path, version: str) -> None:
    """The same rows in the tables of an earlier version, as far as these have columns for them."""
    new = path.with_suffix(".new")
    path.rename(new)
    with closing(sqlite3.connect(path)) as marked:
        marked.execute(f"PRAGMA application_id = {int.from_bytes(b'bilg', 'big')}")
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()
    with closing(sqlite3.connect(path)) as old:
        old.execute("ATTACH DATABASE ? AS new", (str(new),))
        for table in TABLES:
            names = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA table_info({table})"))
            old.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new.{table}")  # noqa: S608  names of ours
        old.commit()
    new.unlink()


def leave_open(stage: Stage) -> None:
    """As if the old version had been killed: outcomes unknown to us and to Pleo, documents here and there."""
    with closing(sqlite3.connect(journal_file(stage))) as journal:
        references = [r for (r,) in journal.execute("SELECT external_reference FROM posting_journal ORDER BY 1")]
        for reference, state in zip(references, OPEN, strict=False):
            journal.execute(
                "UPDATE posting_journal SET state = ?, external_id = '', external_url = '', posting_date = NULL"
                " WHERE external_reference = ?",
                (state, reference),
            )
            entry_id = reference.split(".")[1]
            journal.execute("DELETE FROM item_outcome WHERE entry_id = ?", (entry_id,))
        journal.commit()


def add_unsent(stage: Stage, entry_ids: list[str]) -> None:
    """Intents of expenses that never reached the books."""
    with closing(sqlite3.connect(journal_file(stage))) as journal:
        names = [row[1] for row in journal.execute("PRAGMA table_info(posting_journal)")]
        (sample,) = journal.execute("SELECT * FROM posting_journal WHERE state = 'posted' LIMIT 1").fetchall()
        for entry_id, state in zip(entry_ids, OPEN, strict=True):
            own = {
                "entry_id": entry_id,
                "external_reference": f"{stage.company_id[:8]}.{entry_id}.je1",
                "state": state,
                "external_id": "",
                "external_url": "",
                "posting_date": None,
                "content_hash": "ab" * 32,
            }
            values = dict(zip(names, sample, strict=True)) | own
            marks = ", ".join("?" for _ in names)
            insert = f"INSERT INTO posting_journal VALUES ({marks})"  # noqa: S608  marks of ours
            journal.execute(insert, [values[name] for name in names])
        journal.commit()


def states(stage: Stage) -> Counter[str]:
    with closing(sqlite3.connect(journal_file(stage))) as journal:
        return Counter(state for (state,) in journal.execute("SELECT state FROM posting_journal"))


@pytest.mark.parametrize("version", OLD_VERSIONS)
async def test_open_intents_of_an_older_version_come_to_their_end_and_nothing_is_booked_twice(
    tmp_path: Path, version: str
) -> None:
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.3)) as stage:
        stage.new_job(indexes=range(COUNT - 3))
        await stage.run()
        assert len(assert_all_hold(stage).entries) == COUNT - 3
        leave_open(stage)
        add_unsent(stage, list(stage.items())[-3:])
        make_old(journal_file(stage), version)
        assert states(stage) == {"posted": COUNT - 6, "intended": 2, "sent": 2, "unknown": 2}

        again = stage.new_job(again=True, indexes=range(COUNT))
        await stage.run()
        assert again.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == COUNT
        assert states(stage) == {"posted": COUNT}


async def test_journal_of_a_newer_version_is_refused_in_clear_words_and_not_changed(
    tmp_path: Path, bilag: Terminal
) -> None:
    async with open_stage(tmp_path / "company", seeded(2)) as stage:
        stage.new_job()
        await stage.run()
        with closing(sqlite3.connect(journal_file(stage))) as journal:
            journal.execute("UPDATE alembic_version SET version_num = '9999'")
            journal.commit()
        before = journal_file(stage).read_bytes()
        said = await bilag("run", "--config", str(stage.config_path))

        assert said.code == 2
        assert "comes from a newer version of bilag" in said.err
        assert "Install that version or a newer one" in said.err
        assert journal_file(stage).read_bytes() == before
