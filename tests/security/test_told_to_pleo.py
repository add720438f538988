"""Reasons that leave for Pleo: they tell people what to do, and nobody how our machine is laid out."""

from pathlib import Path

import pytest

from bilag.domain.failure import JobFailure, JobReason
from bilag.rules.outcome import failed_job_report, safe_text
from tests.adapters.accounting.plaintext.samples import a_config


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "the books cannot be written: [Errno 28] No space left: '/srv/acme/my books/journal/2026-10.beancount'",
            "the books cannot be written: [Errno 28] No space left: '…/2026-10.beancount'",
        ),
        ("/home/bilag/books does not exist (see /etc/bilag/acme.toml)", "…/books does not exist (see …/acme.toml)"),
        ("Text books: /srv/acme is in use", "Text books: …/acme is in use"),
        ("link https://app.pleo.io/a/b, 1/2/3 and/or 4 km/h", "link https://app.pleo.io/a/b, 1/2/3 and/or 4 km/h"),
    ],
)
def test_folders_of_our_machine_are_left_out(text: str, told: str) -> None:
    assert safe_text(text) == told


def test_a_whole_job_is_failed_without_our_folders() -> None:
    trouble = JobFailure(
        reason_type=JobReason.ACCOUNTING_SYSTEM_UNREACHABLE,
        message="plaintext can't take entries: [Errno 13] Permission denied: '/srv/acme/books/.bilag/lock'.",
        remedy="Export again.",
    )

    assert failed_job_report([trouble]).failure_reason == (
        "plaintext can't take entries: [Errno 13] Permission denied: '…/lock'. Export again."
    )


@pytest.mark.parametrize("invisible", ["\u00ad", "\u061c", "\u2060", "\u206f", "\ufeff", "\udcff", "\U000e0041"])
def test_characters_that_nobody_sees_are_left_out(invisible: str) -> None:
    assert safe_text(f"a{invisible}b") == "a b"


def test_user_name_in_the_address_of_the_books_never_becomes_a_link_in_pleo(tmp_path: Path) -> None:
    config = a_config(tmp_path, fava_url="https://ann:secret@fava.example/books")

    (problem,) = config.problems()

    assert "user name" in problem.message
    assert "secret" not in problem.message
    assert not a_config(tmp_path, fava_url="http://127.0.0.1:5000/books@home").problems()
