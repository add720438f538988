import pytest

from bilag.simulator.companies import Company, EntryState
from bilag.simulator.refusals import Refusal
from tests.simulator.builders import DrawnExpenses, a_source, entry_id


def test_every_entry_is_found_by_its_id() -> None:
    company = Company(DrawnExpenses(5000))

    assert [company.index_of(entry_id(index)) for index in range(5000)] == list(range(5000))
    assert company.index_of(entry_id(5000)) is None


def test_free_entries_are_those_that_no_job_holds_or_exported() -> None:
    company = Company(a_source(4))
    company.mark([1], EntryState.LOCKED)
    company.mark([3], EntryState.EXPORTED)

    assert list(company.free_indexes()) == [0, 2]


def test_exported_entries_may_go_again_when_asked() -> None:
    company = Company(a_source(2))
    company.mark([0], EntryState.EXPORTED)

    company.require_exportable([0, 1], again=True)
    with pytest.raises(Refusal, match="exported"):
        company.require_exportable([0, 1], again=False)


def test_refusal_names_few_entries_of_many() -> None:
    company = Company(a_source(8))
    company.mark(range(8), EntryState.LOCKED)

    with pytest.raises(Refusal, match=r"and 3 more$"):
        company.require_exportable(range(8), again=False)


def test_wallet_currencies_skip_items_without_one() -> None:
    company = Company(a_source(2, currency="SEK"))
    del company.source.expense(1).item["amount"]

    assert company.wallet_currencies([0, 1]) == {"SEK"}
    assert company.wallet_currencies([1]) == frozenset()
