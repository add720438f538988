import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.wire_webhooks import OtherEvent, UnreadableEvent, job_created
from tests.adapters.pleo.samples import COMPANY, JOB


def an_event(**changes: object) -> bytes:
    data = {"id": JOB, "companyId": COMPANY, "createdAt": "2026-11-21T10:00:00Z", "expiresIn": 3600}
    return json.dumps({"eventId": "e", "eventType": "v1.export-job.created", "data": data, **changes}).encode()


def test_created_job_and_its_company_are_read() -> None:
    found = job_created(an_event())
    assert (found.id, found.company_id) == (JOB, COMPANY)


@pytest.mark.parametrize("kind", ["v1.vendor.created", "v1.export.job-created", "export-job.created", ""])
def test_any_other_kind_is_told_apart_by_exact_match(kind: str) -> None:
    with pytest.raises(OtherEvent) as other:
        job_created(an_event(eventType=kind, data=None))
    assert str(other.value) == kind


def test_kind_is_fit_for_a_line_of_a_log() -> None:
    with pytest.raises(OtherEvent) as other:
        job_created(an_event(eventType="v1\n" + "x" * 5000))
    assert "\n" not in str(other.value)
    assert len(str(other.value)) <= 100


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 10_000,
        an_event(eventType=None),
        an_event(data={}),
        an_event(data={"id": "a b", "companyId": COMPANY}),
        an_event(data={"id": JOB, "companyId": "canary\n"}),
    ],
)
def test_what_is_no_event_is_said_to_be_unreadable_without_quoting_it(body: bytes) -> None:
    with pytest.raises(UnreadableEvent) as problem:
        job_created(body)
    assert "canary" not in str(problem.value)


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()))
def test_no_body_is_a_bug(body: bytes) -> None:
    with pytest.raises((OtherEvent, UnreadableEvent)):
        job_created(body)
