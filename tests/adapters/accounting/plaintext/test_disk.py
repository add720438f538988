import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import move
from typing import Final

import pytest

from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.disk import Disk, append, replace_file
from bilag.domain.attachment import NoteFile
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import OutcomeUnknown, Unreachable
from tests.adapters.accounting.plaintext.failing_disk import FailingDisk
from tests.adapters.accounting.plaintext.oracles import load
from tests.adapters.accounting.plaintext.samples import (
    HASH,
    FixedClock,
    a_config,
    a_receipt,
    an_entry,
    dated,
    period_file,
    reference_of,
)

# What an entry of these tests takes, roughly.
ENTRY_BYTES: Final = 500


async def test_a_full_disk_books_nothing_and_leaves_the_file_as_it_was(folder: Path) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    await books.post(an_entry(1), HASH)
    before = period_file(folder, Syntax.BEANCOUNT).read_bytes()
    for bytes_left in (0, 1, 100, ENTRY_BYTES // 2):
        disk.bytes_left = bytes_left
        with pytest.raises(Unreachable, match="No space left"):
            await books.post(an_entry(2), HASH)
        assert period_file(folder, Syntax.BEANCOUNT).read_bytes() == before
        assert await books.find_by_reference(reference_of(2)) is None
    disk.bytes_left = None
    answer = await books.post(an_entry(2), HASH)
    assert isinstance(answer, PostedDocument)
    assert answer.external_id == "2026-000002"
    await books.close()
    assert len(load(folder).transactions) == 2


async def test_a_disk_that_fills_up_while_accounts_are_opened_books_nothing(folder: Path) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    await books.find_by_reference("open")
    disk.bytes_left = 10
    with pytest.raises(Unreachable, match=r"accounts\.beancount"):
        await books.post(an_entry(1), HASH)
    disk.bytes_left = None
    assert isinstance(await books.post(an_entry(1), HASH), PostedDocument)
    await books.close()
    assert len(load(folder).transactions) == 1


async def test_a_failed_sync_takes_the_entry_back(folder: Path) -> None:
    """After a failed fsync the kernel may have dropped the bytes, so what was written is not trusted."""
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    await books.post(an_entry(1), HASH)
    disk.breaks_sync = True
    with pytest.raises(OutcomeUnknown, match="undoing it failed too"):
        await books.post(an_entry(2), HASH)
    disk.breaks_sync = False
    assert await books.find_by_reference(reference_of(2)) is None
    await books.close()


async def test_what_cannot_even_be_undone_is_unknown_and_repaired_before_the_next_entry(folder: Path) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    await books.post(an_entry(1), HASH)
    disk.bytes_left, disk.breaks_cut = ENTRY_BYTES // 2, True
    with pytest.raises(OutcomeUnknown):
        await books.post(an_entry(2), HASH)
    disk.bytes_left, disk.breaks_cut = None, False
    assert await books.find_by_reference(reference_of(2)) is None
    assert isinstance(await books.post(an_entry(2), HASH), PostedDocument)
    await books.close()
    assert len(load(folder).transactions) == 2
    assert len(list((folder / ".bilag").glob("torn-*"))) == 1


async def test_entries_of_an_unknown_write_that_made_it_are_found(folder: Path) -> None:
    """Two entries in one write, of which the first arrived whole."""
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    await books.post(an_entry(1), HASH)
    disk.bytes_left, disk.breaks_cut = ENTRY_BYTES * 3 // 2, True
    answers = await asyncio.gather(*(books.post(an_entry(n), HASH) for n in (2, 3)), return_exceptions=True)
    assert all(isinstance(answer, OutcomeUnknown) for answer in answers)
    disk.bytes_left, disk.breaks_cut = None, False
    assert await books.find_by_reference(reference_of(2)) is not None
    assert await books.find_by_reference(reference_of(3)) is None
    assert isinstance(await books.post(an_entry(3), HASH), PostedDocument)
    await books.close()
    assert len(load(folder).by_reference()) == 3


async def test_one_file_that_fails_does_not_take_the_other_with_it(folder: Path) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    for number, month in ((1, 10), (2, 11)):
        await books.post(an_entry(number, posting_date=dated(date(2026, month, 1))), HASH)
    disk.bytes_left = ENTRY_BYTES * 3 // 2
    answers = await asyncio.gather(
        *(books.post(an_entry(n, posting_date=dated(date(2026, m, 1))), HASH) for n, m in ((3, 10), (4, 11), (5, 11))),
        return_exceptions=True,
    )
    disk.bytes_left = None
    assert [type(answer) for answer in answers] == [PostedDocument, Unreachable, Unreachable]
    last = await books.post(an_entry(4), HASH)
    assert isinstance(last, PostedDocument)
    assert last.external_id == "2026-000004"
    await books.close()


async def test_a_receipt_that_does_not_fit_is_not_linked(folder: Path, tmp_path: Path) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    posted = await books.post(an_entry(1), HASH)
    assert isinstance(posted, PostedDocument)
    disk.bytes_left = 20
    with pytest.raises(Unreachable):
        await books.attach(posted.external_id, a_receipt(tmp_path))
    disk.bytes_left, disk.breaks_sync = None, True
    with pytest.raises(Unreachable):
        await books.attach_note(posted.external_id, NoteFile(name="note.txt", text="Hello"))
    disk.breaks_sync = False
    assert await books.attached(posted.external_id) == frozenset()
    assert await books.attach(posted.external_id, a_receipt(tmp_path)) is None
    await books.close()
    assert len(load(folder).documents) == 1


async def test_every_entry_is_on_the_disk_before_it_is_answered(folder: Path) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    await books.post(an_entry(1), HASH)
    before = len(disk.syncs)
    await books.post(an_entry(2), HASH)
    assert len(disk.syncs) == before + 1
    await asyncio.gather(*(books.post(an_entry(number), HASH) for number in range(10, 40)))
    assert len(disk.syncs) == before + 2, "entries that arrive together share one write"
    await books.close()


async def test_a_folder_that_vanished_is_out_of_reach(folder: Path) -> None:
    books = PlaintextBooks(a_config(folder), FixedClock())
    await books.post(an_entry(1), HASH)
    move(folder, folder.with_name("elsewhere"))
    with pytest.raises(Unreachable, match="cannot be read"):
        await books.find_by_reference(reference_of(1))
    with pytest.raises(Unreachable):
        await books.post(an_entry(2), HASH)
    move(folder.with_name("elsewhere"), folder)
    assert isinstance(await books.post(an_entry(2), HASH), PostedDocument)
    await books.close()


def test_the_operating_systems_own_refusal_is_undone(folder: Path) -> None:
    """A real limit on file sizes, in a process of its own, stands in for a full disk."""
    script = """
import asyncio, resource, signal, sys
from pathlib import Path
from shutil import move
from tests.adapters.accounting.plaintext.samples import *
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.ports.errors import Unreachable

async def main():
    books = PlaintextBooks(a_config(Path(sys.argv[1])), FixedClock())
    await books.post(an_entry(0), HASH)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))
    refused = 0
    for number in range(1, 20):
        try:
            await books.post(an_entry(number), HASH)
        except Unreachable:
            refused += 1
    print(refused)
    await books.close()

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[4],
    )
    booked = load(folder).transactions
    assert int(done.stdout) == 20 - len(booked)
    assert 1 < len(booked) < 20


def test_appending_tells_where_the_bytes_stand(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    appended = append(Disk(), path, b"def\n")
    assert path.read_bytes() == b"abc\ndef\n"
    assert (appended.offset, appended.before.size_bytes, appended.after.size_bytes) == (4, 3, 8)


def test_a_file_that_is_not_there_cannot_be_appended_to(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        append(Disk(), tmp_path / "a", b"x")


def test_a_file_is_replaced_in_whole_or_not_at_all(tmp_path: Path) -> None:
    path, spare = tmp_path / "a", tmp_path / "spare"
    path.write_bytes(b"old")
    with pytest.raises(Unreachable):
        replace_file(FailingDisk(bytes_left=2), path, b"newer", spare=spare)
    assert path.read_bytes() == b"old"
    assert not spare.exists()
    replace_file(Disk(), path, b"newer", spare=spare)
    assert path.read_bytes() == b"newer"


class DiskThatLosesTheFile(Disk):
    """An editor saves a new file under the name while the old one is being written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        new = self._path.with_name("new")
        new.write_bytes(b"saved by an editor\n")
        new.replace(self._path)


class DiskWithAnEditor(Disk):
    """A person saves the file in the moment between our reading and our writing."""

    def __init__(self) -> None:
        self.save = list[Callable[[], object]]()

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        if self.save:
            self.save.pop()()


async def test_an_edit_in_the_moment_before_our_write_is_not_overlooked(folder: Path) -> None:
    disk = DiskWithAnEditor()
    books = PlaintextBooks(a_config(folder), FixedClock(), disk)
    for number in (1, 2):
        await books.post(an_entry(number), HASH)
    path = period_file(folder, Syntax.BEANCOUNT)
    text = path.read_text()
    longer = text.replace("\n; voucher 2026-000001", "\n; a remark of a person\n\n; voucher 2026-000001")
    disk.save.append(lambda: path.write_text(longer))
    entry = an_entry(3)
    # A new account is written before the entry: that is the moment.
    await books.post(replace(entry, postings=(replace(entry.postings[0], account="6999"), entry.postings[1])), HASH)
    assert disk.save == []
    for number in (1, 2, 3):
        found = await books.find_by_reference(reference_of(number))
        assert found is not None
        assert found.external_id == f"2026-{number:06d}"
    await books.close()
    assert len(load(folder).by_reference()) == 3


def test_a_file_that_an_editor_replaced_meanwhile_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"")
    with pytest.raises(OutcomeUnknown, match="replaced by another program"):
        append(DiskThatLosesTheFile(path), path, b"x\n")
