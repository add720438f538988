"""The folder of the books beside people who may write there, and beside people who may not even read there."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.disk import Disk, replace_file
from bilag.domain.attachment import NoteFile, StoredFile
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import NeedsPerson, Unreachable
from tests.adapters.accounting.plaintext.samples import HASH, FixedClock, a_config, a_receipt, an_entry

PRECIOUS = "somebody else's"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    return tmp_path / "books"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A file outside the books that bilag's user may write."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text(PRECIOUS, encoding="utf-8")
    return tmp_path / "elsewhere" / "file"


@pytest.fixture
def no_umask() -> Iterator[None]:
    earlier = os.umask(0)
    yield
    os.umask(earlier)


def modes_below(folder: Path) -> tuple[list[int], list[int]]:
    """The rights of every folder and of every file."""
    found: dict[bool, list[int]] = {True: [], False: []}
    for path in folder.rglob("*"):
        found[path.is_dir()].append(stat.S_IMODE(path.stat().st_mode))
    return found[True], found[False]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def book(folder: Path, *receipts: StoredFile) -> None:
    """One entry with its receipts and a note."""
    books = PlaintextBooks(a_config(folder), FixedClock())
    try:
        posted = await books.post(an_entry(1), HASH)
        assert isinstance(posted, PostedDocument)
        for receipt in receipts:
            assert await books.attach(posted.external_id, receipt) is None
        assert await books.attach_note(posted.external_id, NoteFile(name="attendees.txt", text="Ann, Bo")) is None
    finally:
        await books.close()


@pytest.mark.usefixtures("no_umask")
async def test_books_are_for_us_and_our_group_whatever_the_umask(folder: Path, tmp_path: Path) -> None:
    await book(folder, a_receipt(tmp_path))

    folders, files = modes_below(folder)
    assert len(files) > 5
    assert set(folders) == {0o750}
    assert set(files) == {0o640}


def test_rights_that_a_person_gave_a_file_stay(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.beancount"
    accounts.write_text("old", encoding="utf-8")
    accounts.chmod(0o664)

    replace_file(Disk(), accounts, b"new", spare=tmp_path / "spare")

    assert accounts.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o664


@pytest.mark.parametrize("name", ["spare", "lock", "vouchers"])
async def test_link_in_the_place_of_a_file_of_ours_leads_nowhere(folder: Path, elsewhere: Path, name: str) -> None:
    (folder / ".bilag").mkdir()
    (folder / ".bilag" / name).symlink_to(elsewhere)
    with suppress(Unreachable):
        await book(folder)

    assert text_of(elsewhere) == PRECIOUS


async def test_link_in_the_place_of_a_period_file_is_not_written_to(folder: Path, elsewhere: Path) -> None:
    (folder / "journal").mkdir()
    (folder / "journal" / "2026-10.beancount").symlink_to(elsewhere)

    with pytest.raises(Unreachable, match="symbolic links"):
        await book(folder)

    assert text_of(elsewhere) == PRECIOUS


@pytest.mark.parametrize("own", [".bilag", "documents/.incoming"])
async def test_link_in_the_place_of_a_folder_of_ours_is_refused(folder: Path, elsewhere: Path, own: str) -> None:
    (folder / own).parent.mkdir(exist_ok=True)
    (folder / own).symlink_to(elsewhere.parent)
    books = PlaintextBooks(a_config(folder), FixedClock())

    assert ["is a link" in problem.message for problem in await books.problems()] == [True]
    with pytest.raises(NeedsPerson, match="is a link"):
        await books.post(an_entry(1), HASH)
    await books.close()

    assert [path.name for path in elsewhere.parent.iterdir()] == ["file"]


async def test_receipt_is_never_written_to_where_the_books_were_made_to_point(folder: Path, tmp_path: Path) -> None:
    receipt = a_receipt(tmp_path)
    await book(folder, receipt)
    journal = folder / "journal" / "2026-10.beancount"
    text = journal.read_text(encoding="utf-8")
    (stored,) = (folder / "documents").rglob("*.pdf")
    journal.write_text(text.replace(f"../{stored.relative_to(folder)}", "../../outside.pdf"), encoding="utf-8")

    await book(folder, receipt)

    assert not (tmp_path / "outside.pdf").exists()
    assert text_of(stored) == text_of(Path(receipt.path))


async def test_receipt_that_is_called_like_anothers_stand_in_overwrites_nothing(folder: Path, tmp_path: Path) -> None:
    contents = [b"%PDF-1 first", b"%PDF-1 second", b"%PDF-1 third"]
    stand_in = f"a-{a_receipt(tmp_path, content=contents[2]).sha256[:8]}.pdf"
    names = [stand_in, "a.pdf", "a.pdf"]

    await book(folder, *(a_receipt(tmp_path, name, content) for name, content in zip(names, contents, strict=True)))

    assert sorted(path.read_bytes() for path in (folder / "documents").rglob("*.pdf")) == contents
