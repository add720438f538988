from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.faults import RefusedCall, trouble_of
from bilag.adapters.transport.retry import UnreachableUntil
from bilag.ports.errors import (
    Forbidden,
    JobEnded,
    OutcomeUnknown,
    Refused,
    Throttled,
    Trouble,
    Unauthorised,
    Unreachable,
)
from bilag.ports.secret import Secret
from tests.adapters.pleo.samples import as_json

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HTML = b"<html><body>502 Bad Gateway</body></html>"


def trouble(
    status: int, body: bytes = b"", *, repeatable: bool = True, retry_after: str = "", secret: str = ""
) -> Trouble:
    headers = {"retry-after": retry_after} if retry_after else {}
    return trouble_of(
        RefusedCall(
            purpose="test call",
            status=status,
            headers=headers,
            body=body,
            repeatable=repeatable,
            mask=Secret(secret).mask_in,
        ),
        NOW,
    )


def info(kind: str, message: str = "why") -> bytes:
    return as_json({"type": kind, "message": message})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthorised),
        (403, Forbidden),
        (429, Throttled),
        (408, Unreachable),
        (500, Unreachable),
        (502, Unreachable),
        (503, Unreachable),
        (599, Unreachable),
        (400, Refused),
        (404, Refused),
        (409, Refused),
        (413, Refused),
        (422, Refused),
    ],
)
@pytest.mark.parametrize("body", [b"", HTML, b"[]", b'{"type": 5}', b"{}", b"\xff", b"[" * 100_000, info("X")])
def test_status_decides_what_to_do_whatever_the_body(status: int, kind: type[Trouble], body: bytes) -> None:
    found = trouble(status, body)

    assert type(found) is kind
    assert str(status) in str(found)


@pytest.mark.parametrize("spelling", [str.upper, str.lower, str.title])
@pytest.mark.parametrize(("status", "kind"), [(404, "EXPORT_NOT_FOUND"), (422, "EXPORT_JOB_STATUS_UNPROCESSABLE")])
def test_job_that_is_gone_or_closed_has_ended(status: int, kind: str, spelling: type) -> None:
    found = trouble(status, info(spelling(kind)))

    assert isinstance(found, JobEnded)
    assert (found.type, found.status) == (kind, status)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (422, "INVALID_EXPORT_JOB_STATUS_CHANGE"),
        (400, "MISSING_CONTRA_ACCOUNTS"),
        (400, "missing_contra_accounts"),
        (413, "EXPORT_JOB_ITEMS_UPDATE_LIMIT"),
        (400, "UNSUPPORTED_API_VERSION"),
        (422, "EXPORT_NOT_FOUND"),
    ],
)
def test_other_refusal_keeps_its_type_in_one_spelling(status: int, kind: str) -> None:
    found = trouble(status, info(kind))

    assert type(found) is Refused
    assert (found.type, found.status) == (kind.upper(), status)


def test_wrong_base_address_is_not_taken_for_a_job_that_ended() -> None:
    assert not isinstance(trouble(404, HTML), JobEnded)
    assert not isinstance(trouble(404), JobEnded)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_fault_over_there_leaves_the_outcome_of_a_write_unknown(status: int) -> None:
    assert isinstance(trouble(status, repeatable=False), OutcomeUnknown)


def test_throttled_write_was_not_taken_and_may_be_sent_again() -> None:
    assert isinstance(trouble(429, repeatable=False), Throttled)


def test_wish_to_wait_is_passed_on() -> None:
    throttled, down = trouble(429, retry_after="7"), trouble(503, retry_after="Sat, 21 Nov 2026 12:00:09 GMT")

    assert isinstance(throttled, Throttled)
    assert throttled.retry_after_seconds == 7
    assert isinstance(down, UnreachableUntil)
    assert down.retry_after_seconds == 9
    silent = trouble(429)
    assert isinstance(silent, Throttled)
    assert silent.retry_after_seconds is None


def test_text_says_what_was_asked_and_what_came_back() -> None:
    text = str(trouble(400, info("MISSING_CONTRA_ACCOUNTS", "Map GBP,\n SEK")))

    assert text == "test call: Pleo answered 400 MISSING_CONTRA_ACCOUNTS: Map GBP, SEK"


def test_secret_that_is_repeated_to_us_is_masked() -> None:
    assert "canary" not in str(trouble(401, info("canary", "bad key canary"), secret="canary"))


@given(st.integers(300, 999), st.binary() | st.text().map(lambda text: info("X", text)))
def test_any_refusal_becomes_a_short_trouble(status: int, body: bytes) -> None:
    found = trouble(status, body)

    assert len(str(found)) < 500
    assert "\n" not in str(found)
