"""Books and journal of different age after a restore: what the operations page says of each case, tried."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bilag.app.running import run_config
from bilag.simulator.terms import JobStatus
from tests.adapters.store.postgresql_server import running_server, why_not
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold
from tests.e2e.stage import ENVIRONMENT, SilentProgress, Stage, open_stage
from tests.e2e.standing_books import books_in

COUNT = 12
HALF = 6


async def two_jobs_with_a_backup_between(stage: Stage, *folders: str) -> None:
    """After the first job the folders are copied; after the second the copies are put back."""
    stage.new_job(indexes=range(HALF))
    await stage.run()
    for folder in folders:
        shutil.copytree(stage.folder / folder, stage.folder.parent / "backup" / folder)
    stage.new_job(indexes=range(HALF, COUNT))
    await stage.run()
    assert len(assert_all_hold(stage).entries) == COUNT
    for folder in folders:
        shutil.rmtree(stage.folder / folder)
        shutil.copytree(stage.folder.parent / "backup" / folder, stage.folder / folder)


async def test_older_journal_beside_newer_books_books_nothing_twice(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.3)) as stage:
        await two_jobs_with_a_backup_between(stage, ".bilag")
        again = stage.new_job(again=True, indexes=range(COUNT))
        await stage.run()

        assert again.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == COUNT


async def test_older_books_beside_a_newer_journal_get_what_they_lack_by_exporting_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.3)) as stage:
        await two_jobs_with_a_backup_between(stage, "books")
        assert len(books_in(stage.books).entries) == HALF
        again = stage.new_job(again=True, indexes=range(COUNT))
        await stage.run()

        entries = books_in(stage.books).entries
        assert again.status is JobStatus.COMPLETED
        assert len(entries) == len({entry.entry_id for entry in entries}) == COUNT
        assert sorted(entry.generation for entry in entries) == ["je1"] * HALF + ["je2"] * HALF


async def test_books_and_journal_of_one_backup_get_what_came_after_it_once(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.3)) as stage:
        await two_jobs_with_a_backup_between(stage, ".bilag", "books")
        again = stage.new_job(again=True, indexes=range(COUNT))
        await stage.run()

        entries = books_in(stage.books).entries
        assert again.status is JobStatus.COMPLETED
        assert len(entries) == len({entry.entry_id for entry in entries}) == COUNT


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump")
async def test_older_dump_of_a_shared_journal_books_nothing_twice(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    with running_server() as server, server.database("journal") as name, server.database("restored") as restored:
        async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.3)) as stage:
            stage.write_config(("[pleo]", '[state]\ndatabase = { env = "BILAG_DATABASE" }\n\n[pleo]'))

            async def run(database: str) -> None:
                environment = ENVIRONMENT | {"BILAG_DATABASE": server.url(database).reveal()}
                await run_config(stage.config(), SilentProgress(), environment, clock=stage.clock)

            def ask(program: str, database: str, *options: str) -> None:
                address = f"--dbname={server.url(database).reveal()}"
                subprocess.run([program, address, *options], check=True, env=os.environ, capture_output=True)

            stage.new_job(indexes=range(HALF))
            await run(name)
            ask("pg_dump", name, "--format=custom", f"--file={tmp_path / 'dump'}")
            stage.new_job(indexes=range(HALF, COUNT))
            await run(name)
            ask("pg_restore", restored, str(tmp_path / "dump"))
            again = stage.new_job(again=True, indexes=range(COUNT))
            await run(restored)

            entries = books_in(stage.books).entries
            assert again.status is JobStatus.COMPLETED
            assert len(entries) == len({entry.entry_id for entry in entries}) == COUNT
