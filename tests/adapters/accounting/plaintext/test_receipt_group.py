import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.documents import digest_of
from bilag.domain.attachment import FileFormat, NoteFile
from bilag.domain.failure import FailureCode
from bilag.ports.accounting_system import PostedDocument
from bilag.ports.errors import BadAnswer
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.oracles import HLEDGER, load
from tests.adapters.accounting.plaintext.samples import HASH, a_receipt, an_entry, period_file, reference_of


async def booked(books: PlaintextBooks, number: int = 1) -> str:
    answer = await books.post(an_entry(number), HASH)
    assert isinstance(answer, PostedDocument), answer
    return answer.external_id


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "documents").rglob("*") if path.is_file())


async def test_a_receipt_becomes_a_document_of_its_entry(open_books: Opener, folder: Path, tmp_path: Path) -> None:
    books = open_books()
    receipt = a_receipt(tmp_path, "Taxa \u00e6\u00f8\u00e5.pdf")
    assert await books.attach(await booked(books), receipt) is None
    loaded = load(folder)
    (document,) = loaded.documents
    (path,) = stored(folder)
    assert path == folder / "documents/2026-10/2026-10-15.2026-000001.Taxa-\u00e6\u00f8\u00e5.pdf"
    assert document.filename == str(path)
    assert digest_of(path) == receipt.sha256
    assert document.account == "Expenses:6010"
    assert document.links == loaded.transactions[0].links == {reference_of(1)}


async def test_an_attached_receipt_is_known_by_its_hash_after_a_restart(
    open_books: Opener, syntax: Syntax, tmp_path: Path
) -> None:
    books = open_books(syntax)
    external_id = await booked(books)
    one, other = a_receipt(tmp_path), a_receipt(tmp_path, content=b"another")
    for receipt in (one, other):
        assert await books.attach(external_id, receipt) is None
    assert await books.attached(external_id) == {one.sha256, other.sha256}
    await books.close()
    assert await open_books(syntax).attached(external_id) == {one.sha256, other.sha256}


async def test_a_receipt_is_linked_once_however_often_it_comes(
    open_books: Opener, folder: Path, syntax: Syntax, tmp_path: Path
) -> None:
    books = open_books(syntax)
    external_id = await booked(books)
    receipt = a_receipt(tmp_path)
    await asyncio.gather(*(books.attach(external_id, receipt) for _ in range(10)))
    await books.attach(external_id, replace(receipt, name="other name.pdf"))
    assert len(stored(folder)) == 1
    assert period_file(folder, syntax).read_text().count(receipt.sha256) == 1


async def test_receipts_of_one_name_and_different_content_both_stay(
    open_books: Opener, folder: Path, syntax: Syntax, tmp_path: Path
) -> None:
    books = open_books(syntax)
    external_id = await booked(books)
    contents = [b"front", b"back", b"inside"]
    answers = await asyncio.gather(
        *(books.attach(external_id, a_receipt(tmp_path, content=content)) for content in contents)
    )
    assert answers == [None, None, None]
    assert sorted(path.read_bytes() for path in stored(folder)) == sorted(contents)


async def test_the_same_file_may_belong_to_two_entries(
    open_books: Opener, folder: Path, syntax: Syntax, tmp_path: Path
) -> None:
    books = open_books(syntax)
    receipt = a_receipt(tmp_path)
    for number in (1, 2):
        external_id = await booked(books, number)
        assert await books.attach(external_id, receipt) is None
        assert await books.attached(external_id) == {receipt.sha256}
    assert len(stored(folder)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "..",
        "",
        ".hidden",
        'a"b;c,d[e]\n.pdf',
        "x" * 500 + ".pdf",
        "\u202egpj.exe",
    ],
)
async def test_no_name_leads_out_of_the_folder_or_breaks_the_books(
    open_books: Opener, folder: Path, syntax: Syntax, tmp_path: Path, name: str
) -> None:
    books = open_books(syntax)
    external_id = await booked(books)
    receipt = replace(a_receipt(tmp_path), name=name)
    assert await books.attach(external_id, receipt) is None
    (path,) = stored(folder)
    assert path.parent == folder / "documents" / "2026-10"
    assert await books.attached(external_id) == {receipt.sha256}


async def test_a_note_is_kept_as_a_text_file_once(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    external_id = await booked(books)
    note = NoteFile(name="attendees.txt", text="Attendees:\nBo\nEva \u00e6\ud800\n")
    for _ in range(2):
        assert await books.attach_note(external_id, note) is None
    (path,) = stored(folder)
    assert path.read_text(encoding="utf-8") == "Attendees:\nBo\nEva \u00e6\ufffd\n"
    assert path.name == "2026-10-15.2026-000001.attendees.txt"
    assert await books.attached(external_id) == {hashlib.sha256(path.read_bytes()).hexdigest()}


async def test_a_receipt_for_an_entry_that_is_gone_is_a_failure(
    open_books: Opener, folder: Path, syntax: Syntax, tmp_path: Path
) -> None:
    books = open_books(syntax)
    await booked(books)
    failure = await books.attach("2026-000099", a_receipt(tmp_path))
    assert failure is not None
    assert failure.code is FailureCode.BOOKS_REJECTED
    assert stored(folder) == []
    assert await books.attached("2026-000099") == frozenset()


async def test_a_receipt_that_changed_or_vanished_before_it_was_copied_is_a_failure(
    open_books: Opener, folder: Path, tmp_path: Path
) -> None:
    books = open_books()
    external_id = await booked(books)
    changed = a_receipt(tmp_path)
    changed = replace(changed, path=a_receipt(tmp_path, content=b"something else").path)
    gone = replace(changed, path=str(tmp_path / "gone"))
    for receipt in (changed, gone):
        failure = await books.attach(external_id, receipt)
        assert failure is not None
        assert failure.code is FailureCode.RECEIPT_UPLOAD
    assert stored(folder) == []


async def test_a_receipt_beyond_the_limit_is_a_failure(open_books: Opener, tmp_path: Path) -> None:
    books = open_books()
    rules = books.capabilities.attachments
    assert rules is not None
    assert rules.formats == frozenset(FileFormat)
    failure = await books.attach(await booked(books), replace(a_receipt(tmp_path), size_bytes=rules.size_bytes_max + 1))
    assert failure is not None
    assert failure.code is FailureCode.RECEIPT_TOO_LARGE


async def test_a_file_that_a_person_deleted_is_not_attached_and_can_be_restored(
    open_books: Opener, folder: Path, syntax: Syntax, tmp_path: Path
) -> None:
    books = open_books(syntax)
    external_id = await booked(books)
    receipt = a_receipt(tmp_path)
    await books.attach(external_id, receipt)
    (path,) = stored(folder)
    path.unlink()
    assert await books.attached(external_id) == frozenset()
    assert await books.attach(external_id, receipt) is None
    assert stored(folder) == [path]
    assert period_file(folder, syntax).read_text().count(receipt.sha256) == 1


async def test_a_document_line_that_a_person_broke_is_told(open_books: Opener, folder: Path, tmp_path: Path) -> None:
    books = open_books()
    external_id = await booked(books)
    await books.attach(external_id, a_receipt(tmp_path))
    path = period_file(folder, Syntax.BEANCOUNT)
    original = path.read_text()
    path.write_text(original.replace('document Expenses:6010 "', "document Expenses:6010 '"))
    with pytest.raises(BadAnswer, match="names no file"):
        await books.attached(external_id)
    with pytest.raises(BadAnswer, match="names no file"):
        await books.attach(external_id, a_receipt(tmp_path, content=b"another"))
    path.write_text(original)


async def test_what_a_crash_left_half_copied_is_swept_away(open_books: Opener, folder: Path) -> None:
    books = open_books()
    await booked(books)
    await books.close()
    left_over = folder / "documents" / ".incoming" / "4711-1"
    left_over.write_bytes(b"half")
    await booked(open_books(), 2)
    assert not left_over.exists()


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed, so nobody could judge these books")
async def test_hledger_books_name_their_receipts_in_comments(open_books: Opener, folder: Path, tmp_path: Path) -> None:
    books = open_books(Syntax.HLEDGER)
    receipt = a_receipt(tmp_path)
    await books.attach(await booked(books), receipt)
    assert (
        "; document:../documents/2026-10/2026-10-15.2026-000001.receipt.pdf, voucher:2026-000001"
        f", sha256:{receipt.sha256}, external_reference:{reference_of(1)}\n"
    ) in period_file(folder, Syntax.HLEDGER).read_text()
