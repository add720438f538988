import subprocess
import sys
from pathlib import Path

from bilag.adapters.store.opening import open_posting_journal
from bilag.domain.posting_record import Part

KILLED_AFTER = 2_000


def acknowledged_until_killed(path: Path) -> list[str]:
    """The numbers that the child printed before it was killed amid its work, a cut-off last line left out."""
    child = Path(__file__).with_name("recording_child.py")
    with subprocess.Popen([sys.executable, child, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(KILLED_AFTER)]
        process.kill()
        lines += process.stdout.readlines()
    assert process.returncode < 0
    return [line.strip() for line in lines if line.endswith("\n")]


async def test_every_acknowledged_record_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    acknowledged = acknowledged_until_killed(path)
    assert len(acknowledged) >= KILLED_AFTER
    journal = open_posting_journal(path)
    lost = [number for number in acknowledged if await journal.latest("company", number, Part.JOURNAL_ENTRY) is None]
    await journal.close()
    assert lost == []
