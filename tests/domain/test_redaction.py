"""What nobody is to read is taken out, and what an operator needs stays."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilag.domain.redaction import MASK, is_secret_name, redacted, redacted_field

SECRETS = [
    ("Authorization: Basic a2V5Og==", "a2V5Og"),
    ("refused: Bearer abcDEF123.456_7", "abcDEF"),
    ("GET /x?access_token=abc123def", "abc123"),
    ('{"client_secret": "topsecret"}', "topsecret"),
    ("password: hunter2hunter2", "hunter2"),
    ("api_key=sk-live-1234", "sk-live"),
    ("postgresql://bilag:pa55word@db.example/bilag", "pa55word"),
    ("whsec_C2FVsBQIhrscChlQIMV", "C2FVsB"),
    ("token eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", "eyJhbG"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----", "MIIEvQ"),
    ("to DK50 0040 0440 1162 43 today", "0440"),
    ("dk5000400440116243", "0440116243"),
    ("ask ann.b+c@mail.example.com", "ann"),
    ("paid with 4111 1111 1111 1111.", "1111"),
    ("378282246310005", "8224"),
]
NEEDED = [
    "item 44296520-1111-4c1c-8a57-3f0a6a1d7701 failed job=13225da8-0000-4000-8000-00000000000a codes=period.closed",
    "00000000-0000-0000-0000-000000000000",
    "booked external_id=2026-000013 posting_date=2026-10-01 moved_from=2026-09-28",
    "pleo.api_key: names the environment variable PLEO_API_KEY, which is not set",
    "Basic authentication is used; a token is needed",
    "account 6010 has 125.00 DKK, see https://app.pleo.io/expense/1",
    "3d0c6a52.44296520-1111-4c1c-8a57-3f0a6a1d7701.je1",
    "refused webhooks=2, the last because the secret is another one",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_taken_out_wherever_it_stands(text: str, secret: str) -> None:
    for around in (text, f"before {text}", f"({text})", f"{text}, after", f"one\n{text}\ntwo"):
        assert secret not in redacted(around)


@pytest.mark.parametrize("text", NEEDED)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "name", ["api_key", "apiKey", "Authorization", "webhook_secret", "refresh_token", "Set-Cookie"]
)
def test_what_stands_under_the_name_of_a_secret_goes_whatever_it_looks_like(name: str) -> None:
    assert is_secret_name(name)
    assert redacted_field(name, "plain") == MASK


def test_under_another_name_only_what_looks_like_a_secret_goes() -> None:
    assert redacted_field("codes", "period.closed") == "period.closed"
    assert redacted_field("why", "Bearer abc123def") == f"Bearer {MASK}"


# Digits beside a number make it another number.
WORDS = st.text(alphabet=st.characters(exclude_categories=["N", "Cs"]), max_size=30)


@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS, st.sampled_from(SECRETS), WORDS)
def test_no_text_before_or_after_a_secret_brings_it_back(before: str, case: tuple[str, str], after: str) -> None:
    text, secret = case
    assert secret not in redacted(f"{before} {text} {after}") or secret in before + after


@given(st.text(alphabet=st.sampled_from(" :=\"'@.-_/aA1DKbearkeytokn0149"), max_size=400))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@pytest.mark.parametrize(
    "part",
    ["a", "aA1 ", "1 ", "eyJ", "a.", "-----BEGIN PRIVATE KEY-----", "basic ", "DK50 ", "api_key", "://", "secret: "],
)
def test_time_grows_in_proportion_to_the_text(part: str) -> None:
    def seconds(length: int) -> float:
        text = part * (length // len(part))
        started = time.process_time()
        redacted(text)
        return time.process_time() - started

    shorter = min(seconds(20_000) for _ in range(3))
    assert seconds(160_000) < 40 * max(shorter, 0.001)
