from dataclasses import replace

import pytest

from bilag.domain.capabilities import Capabilities
from bilag.domain.failure import JobReason
from bilag.domain.ledger import PostingMode
from bilag.rules.posting_behaviour import mode_problem
from tests.builders import an_item, settings_with
from tests.rules.books_for_planning import JOURNAL_BOOKS, planned
from tests.rules.plan_reading import entry_of, step_of

WITHOUT_DRAFTS = replace(JOURNAL_BOOKS, drafts=False)


async def test_an_entry_is_a_draft_unless_the_settings_say_final() -> None:
    assert entry_of(await planned(an_item(), settings_with())).mode is PostingMode.DRAFT
    final = await planned(an_item(), settings_with(posting_mode=PostingMode.FINAL))
    assert entry_of(final).mode is PostingMode.FINAL
    assert step_of(final, "mode").value == "final"


def test_drafts_are_never_booked_for_good_in_books_that_have_none() -> None:
    problem = mode_problem(settings_with(), WITHOUT_DRAFTS)
    assert problem is not None
    assert problem.reason_type is JobReason.INVALID_CONFIGURATION
    assert "Test books" in problem.message
    assert 'posting_mode = "final" in [bookkeeping]' in problem.remedy


@pytest.mark.parametrize(
    ("mode", "books"),
    [
        (PostingMode.FINAL, WITHOUT_DRAFTS),
        (PostingMode.FINAL, JOURNAL_BOOKS),
        (PostingMode.DRAFT, JOURNAL_BOOKS),
    ],
)
def test_every_other_mode_is_fine(mode: PostingMode, books: Capabilities) -> None:
    assert mode_problem(settings_with(posting_mode=mode), books) is None
