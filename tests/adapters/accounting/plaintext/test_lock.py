import subprocess
import sys
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.lock import FolderLock, holder
from bilag.domain.failure import JobReason
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import Unreachable
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.samples import HASH, an_entry


async def test_a_second_writer_is_told_who_has_the_books_until_they_are_closed(open_books: Opener) -> None:
    first, second = open_books(), open_books()
    await first.post(an_entry(1), HASH)
    (problem,) = await second.problems()
    assert problem.reason_type is JobReason.ACCOUNTING_SYSTEM_UNREACHABLE
    assert "in use by process" in problem.message
    with pytest.raises(Unreachable, match="in use by process"):
        await second.post(an_entry(2), HASH)
    assert await first.problems() == ()
    await first.close()
    assert await second.problems() == ()
    assert isinstance(await second.post(an_entry(2), HASH), PostedDocument)


def test_another_process_is_kept_out_and_let_in_when_the_first_one_dies(tmp_path: Path) -> None:
    state = tmp_path / ".bilag"
    state.mkdir()
    script = (
        "import sys, time; from pathlib import Path; "
        "from bilag.adapters.accounting.plaintext.lock import FolderLock; "
        "held = FolderLock.take(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(state / "lock")], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert holder(state / "lock") == f"process {child.pid}"
        with pytest.raises(Unreachable, match=f"process {child.pid}"):
            FolderLock.take(state / "lock")
        child.kill()
    assert holder(state / "lock") == ""
    FolderLock.take(state / "lock").release()


def test_asking_for_the_holder_creates_nothing(tmp_path: Path) -> None:
    assert holder(tmp_path / "lock") == ""
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_made_is_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be locked"):
        FolderLock.take(tmp_path / "missing" / "lock")
