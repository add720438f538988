import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.wire import (
    JobItemWire,
    JobWire,
    PageWire,
    UpdateAnswerWire,
    decoded,
    encoded_event,
    encoded_reports,
    job_item_of,
    job_of,
    refused_reports,
    with_whole_characters,
)
from bilag.adapters.pleo.wire_item_reading import item_of
from bilag.domain.export_item import ExportItem
from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobReport, JobStatus
from bilag.domain.failure import ItemReason, JobReason
from bilag.ports.errors import BadAnswer
from bilag.ports.export_api import RefusedReport
from tests.adapters.pleo.samples import COMPANY, ENTRY, JOB, a_job, a_page, an_item, as_json

WHAT = "test call"


def test_job_arrives_in_our_words() -> None:
    job = job_of(decoded(as_json(a_job(startedAt="2026-11-21T10:05:00Z")), JobWire, WHAT))

    assert (job.id, job.company_id, job.status) == (JOB, COMPANY, JobStatus.PENDING)
    assert job.created_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert job.started_at == datetime(2026, 11, 21, 10, 5, tzinfo=UTC)
    assert (job.completed_at, job.expired_at, job.created_by) == (None, None, None)
    assert (job.expires_in_seconds, job.number_of_items) == (3600, 3)
    assert job.is_interactive
    assert not job.vendor_based_bookkeeping


def test_unknown_job_status_is_kept_as_text() -> None:
    job = job_of(decoded(as_json(a_job(status="canceled")), JobWire, WHAT))

    assert (job.status, job.unknown_status) == (None, "canceled")


def test_unknown_item_status_is_kept_as_text() -> None:
    entry = {"accountingEntryId": ENTRY, "exportJobId": JOB, "status": "parked", "externalId": "7"}

    item = job_item_of(decoded(as_json(entry), JobItemWire, WHAT))

    assert (item.entry_id, item.status, item.unknown_status, item.external_id) == (ENTRY, None, "parked", "7")


def test_job_with_an_unreadable_date_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="createdAt is no date"):
        job_of(decoded(as_json(a_job(createdAt="today")), JobWire, WHAT))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"<html>down</html>", "not JSON"),
        (a_page([])[:-5], "not JSON"),
        (b'{"data": null, "pagination": {"hasNextPage": false}}', r"data"),
        (b'{"data": []}', "pagination"),
        (b'{"data": [], "pagination": {}}', "hasNextPage"),
        (b'{"data": [], "pagination": {"hasNextPage": "no"}}', "hasNextPage"),
        (b"[" * 100_000, "Expected `object`"),
        (b'{"data":' + b"[" * 100_000, "nested too deeply"),
        (b'{"data":[],"pagination":{"hasNextPage":true,"endCursor":"\xff"}}', "not UTF-8"),
    ],
)
def test_answer_of_another_shape_is_a_bad_answer_that_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(BadAnswer, match=reason) as raised:
        decoded(body, PageWire, WHAT)

    assert raised.value.__context__ is None


@given(st.binary() | st.text().map(str.encode))
def test_any_body_is_a_page_or_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        decoded(body, PageWire, WHAT)


def test_half_an_emoji_does_not_hide_the_page() -> None:
    whole = a_page([an_item(note="NOTE"), an_item()]).replace(b"NOTE", b'Lunch \\"\\\\ud83d\\" \\ud83d')

    page = decoded(whole, PageWire, WHAT)
    first, second = (item_of(raw) for raw in page.data)

    assert isinstance(first, ExportItem)
    assert isinstance(second, ExportItem)
    assert first.note == 'Lunch "\\ud83d" \ufffd'


@given(st.text())
def test_whole_characters_are_left_alone(text: str) -> None:
    for document in (json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode()):
        assert with_whole_characters(document) == document


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_read_once_it_has_whole_characters(text: str) -> None:
    mended = msgspec.json.decode(with_whole_characters(json.dumps(text).encode()), type=str)

    assert mended == "".join("\ufffd" if 0xD800 <= ord(sign) <= 0xDFFF else sign for sign in whole_pairs(text))


def whole_pairs(text: str) -> str:
    """The text with neighbouring halves joined, as JSON reads them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def test_outcomes_go_out_as_a_bare_array_without_absent_fields() -> None:
    east = timezone(timedelta(hours=2))
    good = ItemReport(
        entry_id=ENTRY,
        status=ItemStatus.SUCCESSFUL,
        exported_at=datetime(2026, 11, 21, 1, 2, 3, 999, tzinfo=east),
        external_id="2026-7",
        external_url="https://books.example/7",
    )
    bad = ItemReport(
        entry_id="other",
        status=ItemStatus.FAILED,
        failure_reason="No account.",
        failure_reason_type=ItemReason.MISSING_CONFIGURATION,
    )

    assert json.loads(encoded_reports([good, bad])) == [
        {
            "accountingEntryId": ENTRY,
            "status": "successful",
            "exportedAt": "2026-11-20T23:02:03Z",
            "externalId": "2026-7",
            "externalUrl": "https://books.example/7",
        },
        {
            "accountingEntryId": "other",
            "status": "failed",
            "failureReason": "No account.",
            "failureReasonType": "missing_configuration",
        },
    ]


def test_outcome_without_a_time_zone_is_our_bug() -> None:
    naive = ItemReport(
        entry_id=ENTRY,
        status=ItemStatus.SUCCESSFUL,
        exported_at=datetime(2026, 11, 21),  # noqa: DTZ001  that is the point
    )

    with pytest.raises(AssertionError):
        encoded_reports([naive])


def test_events_go_out_with_a_reason_only_when_they_have_one() -> None:
    failed = JobReport(
        event=JobEvent.FAILED, failure_reason="Locked.", failure_reason_type=JobReason.VALIDATION_FAILURE
    )

    assert json.loads(encoded_event(JOB, JobEvent.STARTED, None)) == {"jobId": JOB, "event": "started"}
    assert json.loads(encoded_event(JOB, JobEvent.COMPLETED, JobReport(event=JobEvent.COMPLETED))) == {
        "jobId": JOB,
        "event": "completed",
    }
    assert json.loads(encoded_event(JOB, JobEvent.FAILED, failed)) == {
        "jobId": JOB,
        "event": "failed",
        "failureReason": "Locked.",
        "failureReasonType": "validation_failure",
    }


def test_event_and_report_must_agree() -> None:
    with pytest.raises(AssertionError):
        encoded_event(JOB, JobEvent.STARTED, JobReport(event=JobEvent.COMPLETED))


def refused(answer: object, *entry_ids: str) -> tuple[RefusedReport, ...]:
    return refused_reports(decoded(as_json(answer), UpdateAnswerWire, WHAT), entry_ids)


def test_outcome_in_data_was_taken() -> None:
    assert refused({"data": [{"accountingEntryId": "a"}], "errors": []}, "a") == ()
    assert refused({"data": [{"accountingEntryId": "a"}], "errors": None}, "a") == ()


def test_outcome_in_errors_was_not_taken_even_when_data_holds_it_too() -> None:
    error = {"accountingEntryId": "a", "type": "ACCOUNTING_ENTRY_DOES_NOT_EXIST", "message": "gone\n\u202eaway"}

    for data in ([], [{"accountingEntryId": "a"}]):
        assert refused({"data": data, "errors": [error]}, "a") == (
            RefusedReport(entry_id="a", type="ACCOUNTING_ENTRY_DOES_NOT_EXIST", message="gone away"),
        )


def test_outcome_that_is_mentioned_nowhere_was_not_taken() -> None:
    errors = [{"message": "whose?"}, {"accountingEntryId": "stranger", "type": "X", "message": "y"}]

    first, second = refused({"data": [{"accountingEntryId": "c"}], "errors": errors}, "a", "b", "c")

    assert (first.entry_id, second.entry_id) == ("a", "b")
    assert "does not mention" in first.message
