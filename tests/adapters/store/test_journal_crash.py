import signal
import subprocess
import sys
from pathlib import Path

from bilag.adapters.store.opening import open_posting_journal
from bilag.adapters.store.postgresql import open_journal_to_look
from bilag.domain.posting_record import Part
from bilag.ports.posting_journal import PostingJournal
from tests.adapters.store.postgresql_server import PostgresqlServer

KILLED_AFTER = 2_000


def acknowledged_until_killed(place: str) -> list[str]:
    """The numbers that the child printed before it was killed amid its work, a cut-off last line left out."""
    child = Path(__file__).with_name("recording_child.py")
    with subprocess.Popen([sys.executable, child, place], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(KILLED_AFTER)]
        process.kill()
        lines += process.stdout.readlines()
    assert process.returncode < 0
    return [line.strip() for line in lines if line.endswith("\n")]


async def test_every_acknowledged_record_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    acknowledged = acknowledged_until_killed(str(path))
    assert len(acknowledged) >= KILLED_AFTER
    journal = open_posting_journal(path)
    lost = await missing(acknowledged, journal)
    await journal.close()
    assert lost == []


async def test_every_acknowledged_record_survives_a_kill_of_worker_and_server(
    own_server: PostgresqlServer,
) -> None:
    with own_server.database("killed") as name:
        url = own_server.url(name)
        acknowledged = acknowledged_until_killed(url.reveal())
        own_server.stop(signal.SIGQUIT)
        own_server.start()
        async with open_journal_to_look(url) as journal:
            lost = await missing(acknowledged, journal)
    assert len(acknowledged) >= KILLED_AFTER
    assert lost == []


async def missing(numbers: list[str], journal: PostingJournal) -> list[str]:
    return [number for number in numbers if (await journal.latest("company", number)).get(Part.JOURNAL_ENTRY) is None]
