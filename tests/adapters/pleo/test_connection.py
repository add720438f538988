from datetime import UTC, datetime, timedelta

import pytest

from bilag.adapters.pleo.connection import Connection
from bilag.adapters.pleo.oauth import Tokens
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def connection(lifetime_seconds: int | None) -> Connection:
    tokens = Tokens(access=Secret("a"), refresh=Secret("r"), expires_in_seconds=lifetime_seconds)
    return Connection.of(tokens, Secret("old"), NOON)


@pytest.mark.parametrize("lifetime_seconds", [3600, None])
def test_login_comes_back_as_it_was_kept(lifetime_seconds: int | None) -> None:
    kept = connection(lifetime_seconds)

    assert Connection.decoded(kept.encoded()) == kept
    assert Connection.decoded(Connection.ended(NOON).encoded()).is_ended


def test_refresh_token_that_stays_valid_stays() -> None:
    tokens = Tokens(access=Secret("a"), refresh=None, expires_in_seconds=60)

    assert Connection.of(tokens, Secret("old"), NOON).refresh == Secret("old")


@pytest.mark.parametrize(
    ("lifetime_seconds", "age_seconds", "due", "valid"),
    [
        (3600, 3479, False, True),
        (3600, 3480, True, True),
        (3600, 3600, True, False),
        (40, 29, False, True),
        (40, 30, True, True),
        (None, 10**9, False, True),
    ],
)
def test_token_is_due_a_little_before_it_expires(
    lifetime_seconds: int | None,
    age_seconds: int,
    due: bool,  # noqa: FBT001  the cases of a table
    valid: bool,  # noqa: FBT001  likewise
) -> None:
    now = NOON + timedelta(seconds=age_seconds)
    kept = connection(lifetime_seconds)

    assert (kept.is_due(now), kept.is_valid(now)) == (due, valid)


@pytest.mark.parametrize("text", ["", "{}", '{"access": 1}', "canary"])
def test_kept_text_that_is_no_login_is_not_shown(text: str) -> None:
    with pytest.raises(NeedsPerson, match="log in again") as refused:
        Connection.decoded(Secret(text))

    assert "canary" not in str(refused.value)
