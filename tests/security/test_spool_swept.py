"""Receipts on their way, and a process that is killed in the middle of fetching them."""

import stat
from pathlib import Path

from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold
from tests.e2e.processes import bilag
from tests.e2e.stage import open_stage
from tests.e2e.test_killed import FILES, kill_at


def rights(folder: Path) -> dict[Path, int]:
    """The folder, which lets nobody but us in, and the files that lie in it, with their rights."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *files)}


async def test_receipts_that_a_killed_run_leaves_are_for_us_only_and_gone_with_the_next_run(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(60, receipt_share=1.0)) as stage:
        stage.new_job()
        spool = stage.folder / ".bilag" / "receipts"
        assert await kill_at(stage, FILES, 20)
        left = rights(spool)
        (spool / "left-by-a-killed-run.pdf").write_bytes(b"receipt")
        assert not [path for path, mode in left.items() if mode & 0o077]

        assert (await bilag(stage, "run")).code == 0
        assert not spool.exists()
        assert len(assert_all_hold(stage).entries) == 60
