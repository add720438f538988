from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bilag.adapters.accounting.memory.set_up import CAPABILITIES
from bilag.domain.attachment import AttachmentRules, FileFormat
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.failure import FailureCode
from bilag.domain.ledger import Dimension
from bilag.ports.accounting_system import Rejected
from tests.adapters.accounting.memory.samples import HASH, a_document, a_file, posted, the_books
from tests.payable_builders import an_invoice

ONE_SMALL_PDF = AttachmentRules(formats=frozenset({FileFormat.PDF}), size_bytes_max=100, files_max=1)


@pytest.mark.parametrize(
    ("differences", "code"),
    [
        ({"account": "9999"}, FailureCode.ACCOUNT_UNKNOWN),
        ({"account": "6020"}, FailureCode.ACCOUNT_CLOSED),
        ({"account": "1915"}, FailureCode.ACCOUNT_CURRENCY_DIFFERS),
        ({"tax_code": "X"}, FailureCode.TAX_CODE_UNKNOWN),
        ({"dimensions": (Dimension(group="COSTCENTRE", code="X"),)}, FailureCode.TAG_UNKNOWN),
        ({"day": date(2027, 1, 1)}, FailureCode.PERIOD_MISSING),
    ],
)
async def test_document_that_does_not_fit_the_books_is_rejected(differences: dict[str, Any], code: FailureCode) -> None:
    books = the_books()
    answer = await books.post(a_document(**differences), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [code]
    assert not books.entries


async def test_every_problem_of_a_document_is_told_at_once() -> None:
    answer = await the_books().post(a_document(account="9999", tax_code="X", day=date(2027, 1, 1)), HASH)
    assert isinstance(answer, Rejected)
    assert {failure.path for failure in answer.failures} == {"date", "postings[0].account", "postings[0].taxCode"}


async def test_draft_is_rejected_by_books_without_drafts() -> None:
    answer = await the_books(capabilities=replace(CAPABILITIES, drafts=False)).post(a_document(), HASH)
    assert isinstance(answer, Rejected)
    assert answer.failures[0].path == "mode"


@pytest.mark.parametrize(
    "differences",
    [{"format": FileFormat.TXT}, {"size_bytes": 101}],
)
async def test_file_beyond_the_rules_is_refused(differences: dict[str, Any]) -> None:
    books = the_books(capabilities=replace(CAPABILITIES, attachments=ONE_SMALL_PDF))
    entry = await posted(books)
    failure = await books.attach(entry.external_id, a_file(**differences))
    assert failure is not None
    assert failure.code is FailureCode.RECEIPT_UPLOAD
    assert not books.entries[0].files


async def test_second_file_is_refused_where_one_is_taken() -> None:
    books = the_books(capabilities=replace(CAPABILITIES, attachments=ONE_SMALL_PDF))
    entry = await posted(books)
    assert await books.attach(entry.external_id, a_file()) is None
    assert await books.attach(entry.external_id, a_file(b"another")) is not None


async def test_books_without_attachments_take_no_file() -> None:
    books = the_books(capabilities=replace(CAPABILITIES, attachments=None))
    entry = await posted(books)
    assert await books.attach(entry.external_id, a_file()) is not None


async def test_vendor_document_is_rejected_by_books_without_payables() -> None:
    journal_only = replace(CAPABILITIES, methods=frozenset({BookkeepingMethod.JOURNAL}))
    books = the_books(capabilities=journal_only)
    answer = await books.post(an_invoice(), HASH)
    assert isinstance(answer, Rejected)
    assert [failure.code for failure in answer.failures] == [FailureCode.METHOD_NOT_SUPPORTED]
    assert not books.entries
