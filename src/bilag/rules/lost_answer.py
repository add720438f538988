"""Lost answer: whether a document that was sent before may be sent again, and from when on a look tells for good.

Systems without a unique reference take what they are sent as often as they are sent it. What keeps them from booking
twice is time: no byte goes out long after its attempt was noted, and nobody trusts a look before the server must be
done with it.
"""

from datetime import datetime, timedelta
from typing import Final, assert_never

from bilag.domain.capabilities import Capabilities, KeyClass
from bilag.domain.posting_record import PostingRecord
from bilag.domain.transitions import PostingState

# From the noted attempt to the first byte. What takes longer is not sent, and noted anew.
SEND_SECONDS_MAX: Final = 30


def is_unsettled(record: PostingRecord) -> bool:
    """Whether a send of this document may take effect yet, or has taken effect without our knowing."""
    if record.state is PostingState.INTENDED:
        return record.first_sent_at is not None
    return record.state in (PostingState.SENT, PostingState.UNKNOWN)


def settled_from(record: PostingRecord, capabilities: Capabilities) -> datetime:
    """From when on a look tells for good what became of the last send.

    Counts from the record's last change, which is never earlier than the attempt.
    """
    return record.changed_at + timedelta(seconds=SEND_SECONDS_MAX + capabilities.settles_within_seconds)


def repeat_is_harmless(record: PostingRecord, content_hash: str, capabilities: Capabilities, now: datetime) -> bool:
    """Whether this content may be sent while the record's send may still take effect.

    A server's key answers for the same content only, and only as long as the server keeps it; a key that grows too old
    while the repeat is on its way is too old already.
    """
    match capabilities.key_class:
        case KeyClass.NATURAL_KEY:
            return True
        case KeyClass.LOOK_UP:
            return False
        case KeyClass.SERVER_KEY:
            if record.first_sent_at is None or record.content_hash != content_hash:
                return False
            lifetime_seconds = capabilities.key_lifetime_seconds - 2 * SEND_SECONDS_MAX
            return now - record.first_sent_at <= timedelta(seconds=lifetime_seconds)
        case _:
            assert_never(capabilities.key_class)
