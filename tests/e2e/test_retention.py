"""Texts that are erased after some days, and exports that come after: nothing is booked twice."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bilag.simulator.demo_job import demo_expenses
from bilag.simulator.terms import JobStatus
from tests.cli.terminal import Terminal
from tests.e2e.expenses import DEMO_FAILED, seeded
from tests.e2e.invariants import assert_all_hold
from tests.e2e.stage import Stage, open_stage
from tests.e2e.test_exported_again import remove_entry

COUNT = 12


def keep_days(stage: Stage, days: int) -> None:
    stage.write_config(("[pleo]", f"[state]\nkeep_days = {days}\n\n[pleo]"))


def labels(stage: Stage) -> set[str]:
    with closing(sqlite3.connect(stage.folder / ".bilag" / "posting-journal.sqlite")) as journal:
        return {label for (label,) in journal.execute("SELECT label FROM item_outcome")}


async def test_after_the_texts_are_erased_a_second_export_still_books_nothing_twice(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", seeded(COUNT, receipt_share=0.5)) as stage:
        keep_days(stage, 30)
        stage.new_job()
        await stage.run()
        before = assert_all_hold(stage)
        assert labels(stage) != {"erased"}
        stage.clock.move(days=29)
        assert await stage.run() == ()
        assert "erased" not in labels(stage)
        stage.clock.move(days=2)
        assert await stage.run() == ()
        assert labels(stage) == {"erased"}

        again = stage.new_job(again=True, indexes=range(COUNT))
        await stage.run()
        assert again.status is JobStatus.COMPLETED
        assert len(assert_all_hold(stage).entries) == COUNT

        remove_entry(stage, before.entries[0].voucher)
        stage.new_job(again=True, indexes=range(COUNT))
        await stage.run()
        assert len(assert_all_hold(stage).entries) == COUNT


async def test_nothing_that_people_wrote_is_left_in_the_state_folder(tmp_path: Path) -> None:
    async with open_stage(tmp_path / "company", demo_expenses()) as stage:
        keep_days(stage, 1)
        stage.new_job()
        (summary,) = await stage.run()
        assert summary.tally.failed == DEMO_FAILED
        stage.clock.move(days=3)
        await stage.run()

        for path in (stage.folder / ".bilag").rglob("*"):
            raw = path.read_bytes() if path.is_file() else b""
            for name in ("Nørskov", "Mathilde", "Skærmbutikken", "Hotel Spreeblick", "Monitor arm"):
                assert name.encode() not in raw, (path, name)


async def test_tidy_erases_at_once_and_says_how_much(tmp_path: Path, bilag: Terminal) -> None:
    async with open_stage(tmp_path / "company", seeded(3)) as stage:
        unset = await bilag("tidy", "--config", str(stage.config_path))
        keep_days(stage, 1)
        stage.clock.move(days=-40)
        stage.new_job()
        await stage.run()
        said = await bilag("tidy", "--config", str(stage.config_path))

        assert (unset.code, said.code) == (2, 0)
        assert "keep_days" in unset.err
        assert labels(stage) == {"erased"}
        assert (await bilag("show", stage.jobs[0].id, "--config", str(stage.config_path))).code == 0
