"""Answers of a Pleo that means harm: what one of them can cost, and whom it can hit."""

import msgspec
import pytest

from bilag.adapters.pleo.paging import pages
from bilag.adapters.pleo.wire import (
    NUMBER_OF_ITEMS_MAX,
    PAGE_ENTRIES_MAX,
    JobItemWire,
    JobWire,
    PageWire,
    PaginationWire,
    decoded,
    job_item_of,
    job_of,
)
from bilag.adapters.pleo.wire_item_reading import ITEM_BYTES_MAX, item_of
from bilag.adapters.pleo.wire_values import ID_CHARACTERS_MAX
from bilag.domain.export_item import ExportItem, MalformedItem, Unrecognised
from bilag.ports.errors import BadAnswer
from tests.adapters.pleo.samples import ENTRY, a_job, a_line, an_item, as_json

UNUSABLE_IDS = ("", " ", "a b", "a\nb", "a\x00b", "\x1b[2J", "\u202eabc", "\u00e9", "x" * (ID_CHARACTERS_MAX + 1))


def read(document: object) -> ExportItem | MalformedItem:
    return item_of(msgspec.Raw(as_json(document)))


@pytest.mark.parametrize("number", [b"1e99999999999999999999", b"0e99999999999999999999", b"1e-99999999999999999999"])
def test_number_with_an_absurd_exponent_costs_its_own_item_only(number: bytes) -> None:
    item = item_of(msgspec.Raw(as_json(an_item()).replace(b'"rate": 0.25', b'"rate": ' + number)))

    assert isinstance(item, MalformedItem)
    assert item.entry_id == ENTRY
    assert [failure.path for failure in item.failures] == ["accountingEntryLines[0].tax.rate"]


@pytest.mark.parametrize("entry_id", UNUSABLE_IDS)
def test_id_that_could_not_stand_by_itself_is_none(entry_id: str) -> None:
    item = read(an_item(accountingEntryId=entry_id))

    assert isinstance(item, MalformedItem)
    assert item.entry_id == ""
    assert [failure.path for failure in item.failures] == ["accountingEntryId"]
    assert len(item.failures[0].message) < 2 * ID_CHARACTERS_MAX


@pytest.mark.parametrize("entry_id", UNUSABLE_IDS)
def test_job_and_control_list_take_no_unusable_id(entry_id: str) -> None:
    with pytest.raises(BadAnswer, match=r"\$\.accountingEntryId"):
        decoded(as_json({"accountingEntryId": entry_id, "status": "pending"}), JobItemWire, "list job items")
    with pytest.raises(BadAnswer, match=r"\$\.id"):
        decoded(as_json(a_job(id=entry_id)), JobWire, "read Export Job")


@pytest.mark.parametrize("entry_id", ["../../x", "..", ";evil", '"', "CON", "a/b", "x" * ID_CHARACTERS_MAX])
def test_awkward_id_stays_an_id(entry_id: str) -> None:
    assert read(an_item(accountingEntryId=entry_id)).entry_id == entry_id


@pytest.mark.parametrize(
    "document",
    [
        an_item(note="n" * ITEM_BYTES_MAX),
        an_item(accountingEntryLines=[a_line(tags=[{"id": "", "code": "c", "groupCode": "g"}] * 100_000)]),
        an_item(accountingEntryLines=[a_line()] * 10_000),
    ],
    ids=["text", "tags", "lines"],
)
def test_item_larger_than_any_expense_is_malformed_and_not_looked_into(document: object) -> None:
    item = read(document)

    assert isinstance(item, MalformedItem)
    assert item.entry_id == ENTRY
    (failure,) = item.failures
    assert f"larger than {ITEM_BYTES_MAX} bytes" in failure.message


def test_word_that_we_do_not_know_is_kept_short_and_in_one_line() -> None:
    item = read(an_item(type="t\x1b]0;\n" * 1000))

    assert isinstance(item, ExportItem)
    assert isinstance(item.type, Unrecognised)
    assert item.type.text.isprintable()
    assert len(item.type.text) <= 100


def test_page_of_more_entries_than_any_list_has_is_a_bad_answer() -> None:
    body = b'{"data":[' + b"0," * PAGE_ENTRIES_MAX + b'0],"pagination":{"hasNextPage":false}}'

    with pytest.raises(BadAnswer, match=r"length <= 10000 - at `\$\.data`"):
        decoded(body, PageWire, "list Export Items")


async def test_list_of_more_entries_than_any_job_has_is_a_bad_answer() -> None:
    asked: list[str] = []

    async def fetch(cursor: str) -> PageWire:
        asked.append(cursor)
        pagination = PaginationWire(has_next_page=True, end_cursor=f"{cursor}A")
        return PageWire(data=[msgspec.Raw(b"0")] * 60, pagination=pagination)

    with pytest.raises(BadAnswer, match="more than 150 entries"):
        _ = [None async for _ in pages(fetch, "list job items", entries_max=150)]

    assert asked == ["", "A", "AA"]


@pytest.mark.parametrize("number", [-1, NUMBER_OF_ITEMS_MAX + 1, 2**63, 10**30])
def test_number_of_items_that_no_database_holds_is_a_bad_answer(number: int) -> None:
    with pytest.raises(BadAnswer, match="numberOfItems"):
        decoded(as_json(a_job(numberOfItems=number)), JobWire, "read Export Job")


def test_texts_of_a_job_are_short_and_steer_no_terminal() -> None:
    hostile = "\x1b]0;x\x07\n" * 100_000
    job = job_of(
        decoded(as_json(a_job(status=hostile, failureReason=hostile, failureReasonType=hostile)), JobWire, "x")
    )

    for text in (job.unknown_status, job.failure_reason, job.failure_reason_type):
        assert text
        assert text.isprintable()
        assert len(text) <= 1000


def test_status_of_an_item_is_short_and_steers_no_terminal() -> None:
    from_pleo = {"accountingEntryId": ENTRY, "status": "\x1b[2J" * 1000}
    item = job_item_of(decoded(as_json(from_pleo), JobItemWire, "list job items"))

    assert item.unknown_status.isprintable()
    assert len(item.unknown_status) <= 100
