from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from bilag.adapters.accounting.memory.set_up import CAPABILITIES
from bilag.domain.capabilities import Capabilities, KeyClass
from bilag.domain.posting_record import Part, PostingKey, PostingRecord
from bilag.domain.transitions import PostingState
from bilag.rules.lost_answer import SEND_SECONDS_MAX, is_unsettled, repeat_is_harmless, settled_from

NOON: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LIFETIME: Final = 3600
NATURAL: Final = CAPABILITIES
SERVER: Final = replace(
    CAPABILITIES, key_class=KeyClass.SERVER_KEY, settles_within_seconds=120, key_lifetime_seconds=LIFETIME
)
LOOK_UP: Final = replace(CAPABILITIES, key_class=KeyClass.LOOK_UP, settles_within_seconds=120)


def sent(state: PostingState = PostingState.SENT, first_sent_at: datetime | None = NOON) -> PostingRecord:
    return PostingRecord(
        key=PostingKey(company_id="c", entry_id="e", part=Part.JOURNAL_ENTRY, generation=1),
        job_id="j",
        state=state,
        content_hash="aa",
        changed_at=NOON,
        first_sent_at=first_sent_at,
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (PostingState.SENT, True),
        (PostingState.UNKNOWN, True),
        (PostingState.POSTED, False),
        (PostingState.REJECTED, False),
    ],
)
def test_what_was_sent_and_not_answered_is_unsettled(state: PostingState, expected: bool) -> None:  # noqa: FBT001  a table of cases
    assert is_unsettled(sent(state, None)) is expected


def test_an_intent_is_unsettled_when_an_earlier_send_is() -> None:
    assert is_unsettled(sent(PostingState.INTENDED))
    assert not is_unsettled(sent(PostingState.INTENDED, None))


def test_a_look_tells_after_the_longest_send_and_the_longest_work_on_it() -> None:
    assert settled_from(sent(), LOOK_UP) == NOON + timedelta(seconds=SEND_SECONDS_MAX + 120)


@pytest.mark.parametrize(
    ("can", "content_hash", "age_seconds", "first_sent_at", "expected"),
    [
        (NATURAL, "bb", 10**9, None, True),
        (LOOK_UP, "aa", 10**9, NOON, False),
        (SERVER, "aa", LIFETIME - 2 * SEND_SECONDS_MAX, NOON, True),
        (SERVER, "aa", LIFETIME - 2 * SEND_SECONDS_MAX + 1, NOON, False),
        (SERVER, "bb", 0, NOON, False),
        (SERVER, "aa", 0, None, False),
    ],
)
def test_a_repeat_is_harmless_where_the_system_knows_it_again(
    can: Capabilities, content_hash: str, age_seconds: int, first_sent_at: datetime | None, *, expected: bool
) -> None:
    now = NOON + timedelta(seconds=age_seconds)
    assert repeat_is_harmless(sent(first_sent_at=first_sent_at), content_hash, can, now) is expected


@pytest.mark.parametrize(
    "differences",
    [
        {"key_class": KeyClass.LOOK_UP},
        {"key_class": KeyClass.SERVER_KEY, "settles_within_seconds": 1},
        {"key_lifetime_seconds": 1},
    ],
)
def test_a_class_without_its_times_is_refused(differences: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        replace(CAPABILITIES, **differences)  # type: ignore[arg-type]  # a table of cases
