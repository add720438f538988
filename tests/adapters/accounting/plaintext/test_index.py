from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext.index import (
    ReferenceIndex,
    file_and_offset,
    place,
    voucher_parts,
    voucher_text,
)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 2**40 - 1))
def test_a_place_is_unpacked_as_it_was_packed(file_number: int, offset: int) -> None:
    assert file_and_offset(place(file_number, offset)) == (file_number, offset)


@settings(deadline=None)
@given(st.sampled_from(["2026", "2026-27"]), st.integers(0, 999_999_999))
def test_a_voucher_number_is_read_as_it_was_written(year: str, number: int) -> None:
    assert voucher_parts(voucher_text(year, number)) == (year, number)


def test_other_words_are_no_voucher_numbers() -> None:
    for text in ("", "-", "2026", "2026-", "2026-x", "2026-1234567890", "2026-\u0661"):
        assert voucher_parts(text) is None


def test_forgetting_a_file_leaves_the_others() -> None:
    index = ReferenceIndex()
    index.add("a", "2026-000001", place(0, 1))
    index.add("b", "2026-000002", place(1, 1))
    index.add("b", "2026-000002", place(0, 9))
    index.add("c", "by hand", place(1, 5))
    index.add_receipt("2026-000001", place(0, 2))
    index.add_receipt("2026-000001", place(1, 2))
    index.add_receipt("2026-000001", place(0, 3))
    assert index.places("b") == (place(1, 1), place(0, 9))
    index.forget(0)
    assert index.places("a") == ()
    assert index.places("b") == (place(1, 1),)
    assert index.place_of("by hand") == place(1, 5)
    assert index.place_of("2026-000001") is None
    assert index.receipts("2026-000001") == (place(1, 2),)
    assert index.last_number("2026") == 2
    index.forget(1)
    assert len(index) == 0
    assert index.receipts("2026-000001") == ()


def test_an_entry_that_is_seen_twice_at_one_place_stands_once() -> None:
    index = ReferenceIndex()
    for _ in range(2):
        index.add("a", "2026-000001", place(0, 1))
    assert index.places("a") == (place(0, 1),)


def test_a_strange_number_is_not_mistaken_for_ours() -> None:
    index = ReferenceIndex()
    index.add("a", "2026-1", place(0, 1))
    assert index.place_of("2026-000001") is None
    assert index.place_of("2026-1") == place(0, 1)
