import pytest

from bilag.simulator.expense import Expense, ListedExpenses
from tests.simulator.builders import COMPANY, an_item, entry_id


def test_listed_expenses_answer_by_index() -> None:
    listed = ListedExpenses(company_id=COMPANY, expenses=[Expense(item=an_item(5)), Expense(item=an_item(6))])

    assert (len(listed), listed.entry_id(1)) == (2, entry_id(6))
    assert listed.expense(0).item["accountingEntryId"] == entry_id(5)


def test_two_expenses_cannot_share_an_entry_id() -> None:
    with pytest.raises(ValueError, match="share one accountingEntryId"):
        ListedExpenses(company_id=COMPANY, expenses=[Expense(item=an_item(5)), Expense(item=an_item(5))])


def test_raw_item_needs_an_entry_id_too() -> None:
    with pytest.raises(ValueError, match="expense 0 has no accountingEntryId"):
        ListedExpenses(company_id=COMPANY, expenses=[Expense(item={}, raw_item=b"{")])
