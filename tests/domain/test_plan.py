import pytest

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.plan import ItemPlan
from tests.builders import ENTRY, an_item, settings_with
from tests.rules.books_for_planning import planned

FAILURE = Failure(code=FailureCode.AMOUNT_ZERO, path="amount", message="Nothing.", remedy="Delete it.")


async def test_a_plan_has_documents_or_failures_never_both_and_never_neither() -> None:
    documents = (await planned(an_item(), settings_with())).documents
    assert documents
    with pytest.raises(AssertionError):
        ItemPlan(entry_id=ENTRY, method=None, documents=documents, failures=(FAILURE,))
    with pytest.raises(AssertionError):
        ItemPlan(entry_id=ENTRY, method=None)
