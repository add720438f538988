from dataclasses import replace

import pytest

from bilag.domain.attachment import MIB, AttachmentRules, FileFormat, StoredFile
from bilag.domain.export_item import ItemFile
from bilag.domain.failure import FailureCode
from bilag.rules.attachment_handling import (
    announced_problem,
    must_combine,
    not_taken_warning,
    receipt_name,
    refused_by_books,
    without_receipt_warning,
)
from tests.builders import an_item, settings_with
from tests.rules.books_for_planning import JOURNAL_BOOKS, BooksForPlanning, planned
from tests.rules.plan_reading import codes, only_failure

RULES = AttachmentRules(formats=frozenset({FileFormat.PDF, FileFormat.PNG}), size_bytes_max=3 * MIB, files_max=1)
STRICT = BooksForPlanning(can=replace(JOURNAL_BOOKS, attachments=RULES))


def a_file(size_bytes: int | None = 1000, position: int = 0) -> ItemFile:
    return ItemFile(url="https://files.example/receipt", position=position, size_bytes=size_bytes)


def a_stored_file(size_bytes: int = 1000, format_: FileFormat = FileFormat.PDF) -> StoredFile:
    return StoredFile(name="r-1.pdf", path="/r-1", format=format_, size_bytes=size_bytes, sha256="0" * 64)


@pytest.mark.parametrize(
    ("size_bytes", "rules", "too_large"),
    [
        (3 * MIB, RULES, False),
        (3 * MIB + 1, RULES, True),
        (30 * MIB, None, False),
        (30 * MIB + 1, None, True),
        (30 * MIB + 1, AttachmentRules(formats=RULES.formats, size_bytes_max=99 * MIB), True),
        (None, RULES, False),
    ],
)
def test_a_file_is_too_large_from_one_byte_above_the_lower_limit(
    size_bytes: int | None, rules: AttachmentRules | None, *, too_large: bool
) -> None:
    problem = announced_problem(a_file(size_bytes), rules)
    assert (problem is not None) is too_large
    assert problem is None or problem.code is FailureCode.RECEIPT_TOO_LARGE


def test_a_size_is_never_rounded_down_to_its_limit() -> None:
    problem = announced_problem(a_file(3 * MIB + 1, position=1), RULES)
    assert problem is not None
    assert problem.message == "Receipt 2 has 3.1 MB; at most 3.0 MB can be taken."
    assert problem.path == "files[1].size"


async def test_an_announced_file_that_is_too_large_fails_the_item_before_anything_is_fetched() -> None:
    item = an_item(files=(a_file(), a_file(99 * MIB, position=1)))
    assert only_failure(await planned(item, settings_with(), STRICT)).path == "files[1].size"


@pytest.mark.parametrize(
    ("books", "tolerant"),
    [(STRICT, True), (BooksForPlanning(can=replace(JOURNAL_BOOKS, attachments=None)), False)],
)
async def test_it_does_not_where_receipts_may_be_missing_or_the_books_take_none(
    books: BooksForPlanning, *, tolerant: bool
) -> None:
    item = an_item(files=(a_file(99 * MIB),))
    assert codes(await planned(item, settings_with(book_without_receipts=tolerant), books)) == []


def test_a_fetched_file_is_judged_by_what_it_is() -> None:
    assert refused_by_books(a_stored_file(), 0, RULES) is None
    assert refused_by_books(a_stored_file(3 * MIB), 0, RULES) is None
    large = refused_by_books(a_stored_file(3 * MIB + 1), 0, RULES)
    assert large is not None
    assert large.code is FailureCode.RECEIPT_TOO_LARGE
    word = refused_by_books(a_stored_file(format_=FileFormat.DOCX), 1, RULES)
    assert word is not None
    assert (word.code, word.path) == (FailureCode.RECEIPT_TYPE_REFUSED, "files[1].type")
    assert word.message == "Receipt 2 is a DOCX; the books take PDF, PNG."


@pytest.mark.parametrize(
    ("files_max", "count", "combine"), [(1, 1, False), (1, 2, True), (None, 9, False), (3, 3, False)]
)
def test_files_are_combined_only_when_the_books_take_fewer(files_max: int | None, count: int, *, combine: bool) -> None:
    rules = replace(RULES, files_max=files_max)
    assert must_combine([a_stored_file()] * count, rules) is combine


def test_a_receipts_name_is_safe_on_disk_and_tells_the_files_of_an_expense_apart() -> None:
    assert receipt_name("rec-2026/../etc\x00", 0) == "rec-2026----etc--1"
    assert receipt_name("rec-1", 0) != receipt_name("rec-1", 1)
    assert len(receipt_name("r" * 500, 11)) <= 63


def test_booking_without_a_receipt_is_told_with_its_file_and_cause() -> None:
    problem = announced_problem(a_file(99 * MIB), RULES)
    assert problem is not None
    warning = without_receipt_warning(problem)
    assert "files[0].size" in warning
    assert problem.message in warning


@pytest.mark.parametrize(("count", "rules", "told"), [(2, None, True), (0, None, False), (2, RULES, False)])
def test_receipts_that_books_without_attachments_leave_behind_are_told(
    count: int, rules: AttachmentRules | None, *, told: bool
) -> None:
    warnings = not_taken_warning(count, rules)
    assert len(warnings) == told
    assert all("2 receipts" in warning for warning in warnings)
