import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bilag.adapters.accounting.plaintext.index import place
from bilag.adapters.accounting.plaintext.payables_table import PayablesTable
from tests.builders import money

STEPS_PER_CALL = 10


@pytest.fixture
def table() -> Iterator[PayablesTable]:
    with closing(PayablesTable()) as made:
        yield made


def add(table: PayablesTable, reference: str, where: int, amount: str, vendor: str = "V1") -> bool:
    return table.add(reference, where, vendor, money(amount))


def open_amount(table: PayablesTable, reference: str) -> str:
    standing = table.standing(reference)
    assert standing is not None
    return str(standing.open_amount)


def test_an_allocation_counts_only_while_both_stand(table: PayablesTable) -> None:
    add(table, "bill", place(0, 1), "100 DKK")
    table.settle("payment", "bill", 6000, place(1, 1))
    assert open_amount(table, "bill") == "100.00 DKK"
    add(table, "payment", place(1, 1), "-60 DKK")
    assert (open_amount(table, "bill"), open_amount(table, "payment")) == ("40.00 DKK", "0.00 DKK")
    table.forget(1)
    assert open_amount(table, "bill") == "100.00 DKK"
    assert table.standing("payment") is None


@pytest.mark.parametrize(
    ("amount", "vendor"), [("60 DKK", "V1"), ("-60 EUR", "V1"), ("-60 DKK", "V2"), ("0 DKK", "V1")]
)
def test_what_cannot_stand_against_each_other_settles_nothing(table: PayablesTable, amount: str, vendor: str) -> None:
    add(table, "bill", place(0, 1), "100 DKK")
    add(table, "other", place(0, 2), amount, vendor)
    table.settle("other", "bill", 6000, place(0, 2))
    assert open_amount(table, "bill") == "100.00 DKK"
    assert table.between("bill", "other") == 0


def test_open_never_crosses_zero(table: PayablesTable) -> None:
    add(table, "bill", place(0, 1), "50 DKK")
    for number in (2, 3):
        add(table, f"payment {number}", place(0, number), "-40 DKK")
        table.settle(f"payment {number}", "bill", 4000, place(0, number))
    table.settle("payment 2", "bill", -9000, place(0, 4))
    assert open_amount(table, "bill") == "10.00 DKK"
    table.settle("payment 2", "bill", 9000, place(0, 5))
    assert open_amount(table, "bill") == "0.00 DKK"


def test_the_work_for_one_document_does_not_grow_with_the_others() -> None:
    """Counted in the steps of SQLite's machine, since time says little on a busy computer."""
    steps = {documents: steps_to_look(documents) for documents in (10, 5_000)}
    assert steps[10] > 0
    assert steps[5_000] <= steps[10] + STEPS_PER_CALL


def steps_to_look(documents: int) -> int:
    """The steps to look one settled pair up among so many of one vendor, in tens."""
    calls: list[None] = []
    rows = sqlite3.connect(":memory:", isolation_level=None)
    with closing(PayablesTable(rows)) as table, table.together():
        for number in range(documents):
            add(table, f"bill {number}", place(0, 2 * number), "1 DKK")
            add(table, f"payment {number}", place(0, 2 * number + 1), "-1 DKK")
            table.settle(f"payment {number}", f"bill {number}", 100, place(0, 2 * number + 1))
            table.share([("V1", "invoice number", str(number))], place(0, 2 * number))
        rows.set_progress_handler(lambda: calls.append(None), STEPS_PER_CALL)
        assert open_amount(table, "bill 7") == "0.00 DKK"
        assert table.between("bill 7", "payment 7") == 100
        assert table.places(["payment 7"], [("V1", "invoice number", "7")]) == (place(0, 14), place(0, 15))
        rows.set_progress_handler(None, 0)
    return len(calls)
