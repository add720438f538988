"""What happens when a person edits the books while we keep them."""

from datetime import date
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.domain.failure import FailureCode
from bilag.domain.ledger import PostingMode
from bilag.ports.accounting_system import PostedDocument, Rejected
from bilag.ports.errors import BadAnswer
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.oracles import assert_accepted, load
from tests.adapters.accounting.plaintext.samples import (
    HASH,
    OTHER_HASH,
    FixedClock,
    a_config,
    an_entry,
    dated,
    names_in,
    period_file,
    reference_of,
)
from tests.builders import money


async def booked(books: PlaintextBooks, number: int, content_hash: str = HASH) -> PostedDocument:
    answer = await books.post(an_entry(number), content_hash)
    assert isinstance(answer, PostedDocument), answer
    return answer


def without_voucher(text: str, voucher: str) -> str:
    """The text after a person removed the voucher, markers and all."""
    start = text.index(f"; voucher {voucher}\n")
    end = text.index(f"; end of voucher {voucher}\n") + len(f"; end of voucher {voucher}\n")
    return text[:start] + text[end:]


async def test_new_books_are_complete_and_accepted_before_anything_is_posted(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    assert await books.find_by_reference("nothing") is None
    ending = "beancount" if syntax is Syntax.BEANCOUNT else "journal"
    assert names_in(folder) == sorted([".bilag", f"accounts.{ending}", "documents", "journal", f"main.{ending}"])
    assert_accepted(folder)


async def test_files_that_a_person_made_are_left_as_they_are(open_books: Opener, folder: Path) -> None:
    mine = 'option "title" "Mine"\ninclude "accounts.beancount"\ninclude "journal/*.beancount"\n'
    (folder / "main.beancount").write_text(mine)
    (folder / "accounts.beancount").write_text('2020-01-01 open Expenses:Paper\n  number: "6010"')
    await booked(open_books(), 1)
    assert (folder / "main.beancount").read_text() == mine
    assert ("Expenses:Paper", "DKK") in load(folder).totals()


async def test_an_existing_main_file_without_our_includes_is_warned_about(
    open_books: Opener, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "main.beancount").write_text('option "title" "Mine"\n')
    await booked(open_books(), 1)
    assert "journal/*.beancount" in caplog.text


async def test_an_entry_that_a_person_made_final_is_read_as_final(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    posted = await booked(books, 1)
    assert posted.mode is PostingMode.DRAFT
    path = period_file(folder, syntax)
    path.write_text(path.read_text().replace("2026-10-15 !", "2026-10-16 *").replace("125.00 DKK", "130.00 DKK"))
    found = await books.find_by_reference(reference_of(1))
    assert found is not None
    assert (found.mode, found.posting_date, found.total) == (
        PostingMode.FINAL,
        date(2026, 10, 16),
        money("130.00 DKK"),
    )


async def test_an_entry_that_a_person_removed_is_gone_and_its_number_is_not_used_again(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    for number in (1, 2):
        await booked(books, number)
    path = period_file(folder, syntax)
    path.write_text(without_voucher(path.read_text(), "2026-000002"))
    assert await books.find_by_reference(reference_of(2)) is None
    assert await books.find_by_reference(reference_of(1)) is not None
    assert (await booked(books, 2, OTHER_HASH)).external_id == "2026-000003"


async def test_a_number_that_a_person_removed_is_not_used_again_after_a_restart(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    await books.close()
    path = period_file(folder, syntax)
    path.write_text(without_voucher(path.read_text(), "2026-000001"))
    assert (await booked(open_books(syntax), 1)).external_id == "2026-000002"


async def test_an_entry_that_a_person_moved_to_another_file_is_found_there(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    posted = await booked(books, 1)
    path = period_file(folder, syntax)
    path.rename(period_file(folder, syntax, "my-own-file"))
    assert await books.find_by_reference(reference_of(1)) == posted
    assert await books.post(an_entry(1), HASH) == posted


async def test_an_entry_in_a_comment_does_not_stand_in_the_books(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    lines = path.read_text().split("\n")
    path.write_text(
        "\n".join(f"; {line}" if line and not line.startswith(("decimal", ";")) else line for line in lines)
    )
    assert await books.find_by_reference(reference_of(1)) is None


async def test_an_entry_that_a_person_copied_is_in_doubt(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    posted = await booked(books, 1)
    path = period_file(folder, syntax)
    original = path.read_text()
    path.write_text(original + original[original.index("\n; voucher") :].replace("2026-000001", "2026-000009"))
    with pytest.raises(BadAnswer, match="2026-000001, 2026-000009"):
        await books.find_by_reference(reference_of(1))
    answer = await books.post(an_entry(1), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.BOOKS_CONFLICT]
    path.write_text(original)
    assert await books.find_by_reference(reference_of(1)) == posted


async def test_a_copy_in_another_file_is_in_doubt_until_that_file_is_removed(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    posted = await booked(books, 1)
    copy = period_file(folder, syntax, "copy")
    copy.write_bytes(period_file(folder, syntax).read_bytes())
    with pytest.raises(BadAnswer, match="more than once"):
        await books.find_by_reference(reference_of(1))
    copy.unlink()
    assert await books.find_by_reference(reference_of(1)) == posted


async def test_an_entry_that_cannot_be_read_names_file_and_line(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    original = path.read_text()
    path.write_text(original.replace(" 125.00 DKK", " (100 + 25) DKK"))
    line = original.split("\n").index(next(one for one in original.split("\n") if one.startswith("2026-10-15"))) + 1
    with pytest.raises(BadAnswer, match=rf"{path.name} line {line} cannot be read back: .*100 \+ 25"):
        await books.find_by_reference(reference_of(1))
    with pytest.raises(BadAnswer, match="cannot be read back"):
        await books.post(an_entry(1), HASH)
    path.write_text(original)


async def test_one_unreadable_entry_does_not_disturb_the_others(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    original = path.read_text()
    path.write_text(original.replace(" 125.00 DKK", " 125.00 DKK @ 2 EUR"))
    await booked(books, 2)
    assert (await booked(books, 3)).external_id == "2026-000003"
    path.write_text(path.read_text().replace(" @ 2 EUR", ""))


async def test_text_without_a_last_newline_is_not_glued_to_the_next_entry(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    path.write_text(path.read_text() + "\n; looked at by Eva")
    second = await booked(books, 2)
    assert "\n; looked at by Eva\n\n; voucher 2026-000002\n" in path.read_text()
    assert await books.find_by_reference(reference_of(2)) == second


async def test_lines_that_a_person_saved_with_carriage_returns_are_read(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    posted = await booked(books, 1)
    path = period_file(folder, syntax)
    original = path.read_bytes()
    path.write_bytes(original.replace(b"\n", b"\r\n"))
    assert await books.find_by_reference(reference_of(1)) == posted
    assert (await booked(books, 2)).external_id == "2026-000002"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))


async def test_an_entry_whose_hash_a_person_removed_counts_as_the_same(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    path.write_text("\n".join(line for line in path.read_text().split("\n") if "content_hash" not in line))
    assert (await booked(books, 1, OTHER_HASH)).content_hash == ""


async def test_an_entry_whose_voucher_number_a_person_removed_goes_by_its_reference(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    path.write_text("\n".join(line for line in path.read_text().split("\n") if " voucher:" not in line))
    found = await books.find_by_reference(reference_of(1))
    assert found is not None
    assert found.external_id == reference_of(1)
    assert await books.attached(found.external_id) == frozenset()


async def test_a_voucher_number_that_a_person_raised_is_counted_on_from(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, 1)
    path = period_file(folder, syntax)
    path.write_text(path.read_text().replace("2026-000001", "2026-000500"))
    assert (await booked(books, 2)).external_id == "2026-000501"


async def test_entries_of_many_pieces_of_a_large_file_are_all_found(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    """The file is longer than what is read at once, and its entries lie across the borders."""
    books = open_books(syntax)
    note = "x" * 400_000
    for number in range(12):
        entry = an_entry(number)
        answer = await books.post(
            an_entry(number, datapoints=type(entry.datapoints)(reconciliation_id="r", description="d", note=note)), HASH
        )
        assert isinstance(answer, PostedDocument)
    await books.close()
    again = open_books(syntax)
    for number in range(12):
        assert await again.find_by_reference(reference_of(number)) is not None


async def test_an_entry_beyond_any_reason_is_refused(open_books: Opener, syntax: Syntax) -> None:
    entry = an_entry()
    note = "x" * 1_100_000
    answer = await open_books(syntax).post(
        an_entry(datapoints=type(entry.datapoints)(reconciliation_id="r", description="d", note=note)), HASH
    )
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.TEXT_TOO_LONG]


async def test_each_period_has_its_file(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    for number, month in enumerate((9, 10, 11)):
        await books.post(an_entry(number, posting_date=dated(date(2026, month, 1))), HASH)
    stems = [name.partition(".")[0] for name in names_in(folder / "journal")]
    assert stems == ["2026-09", "2026-10", "2026-11", "opening"]


async def test_folders_are_relative_to_where_the_process_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(folder.parent)
    books = PlaintextBooks(a_config(Path("books")), FixedClock())
    monkeypatch.chdir("/")
    await booked(books, 1)
    await books.close()
    assert len(load(folder).transactions) == 1
