"""Trouble outside, grouped by what the caller does next.

Trouble
├── TryLater          wait and ask again: nothing is wrong with what we asked
│   ├── Unreachable       no connection, or the far side is down
│   ├── TimedOut          no answer in time to a question that changes nothing
│   └── Throttled         too many calls; `retry_after_seconds` when we were told
│       └── QuotaSpent        none left for hours or days; `until` says when there are some again
│   └── SentTooLate       not sent, because it was asked to be sent too long ago: ask anew
├── OutcomeUnknown    a write was sent and its answer was lost: look, never send again blindly
├── FoundTwice        a look-up found several documents under one reference: stop this one, show a person
├── NeedsPerson       retrying cannot help until somebody acts
│   ├── Unauthorised      credentials missing, wrong or expired
│   └── Forbidden         credentials lack the right
├── Refused           the far side understood us and says no; `type` and `status` tell why
│   └── JobEnded          the Export Job takes no more updates
├── BadAnswer         the far side broke its own contract
├── StoreFailed       our own disk does not take what must not be forgotten: stop
└── AddressRefused    an address that we do not connect to, for safety
"""

from datetime import datetime


class Trouble(Exception):
    """Something outside did not do what we asked. The text is safe to show: it never holds a secret."""


class TryLater(Trouble):
    """Wait and ask again."""


class Unreachable(TryLater):
    """No connection, or the far side says that it is down."""


class TimedOut(TryLater):
    """No answer in time to a question that changes nothing."""


class Throttled(TryLater):
    """Too many calls. `retry_after_seconds` is the far side's wish, or None."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SentTooLate(TryLater):
    """Not sent: too much time has passed since we noted that it is being sent. Nothing has happened."""


class QuotaSpent(Throttled):
    """A quota of hours or days is used up, and nothing was sent. `until`, in UTC, is when it is open again."""

    def __init__(self, message: str, retry_after_seconds: float, until: datetime) -> None:
        super().__init__(message, retry_after_seconds)
        self.until = until


class OutcomeUnknown(Trouble):
    """A write was sent and its answer was lost. Look first; never send again blindly."""


class FoundTwice(Trouble):
    """A look-up by our reference found several documents. `external_ids` are theirs, in the order of the answer."""

    def __init__(self, external_reference: str, external_ids: tuple[str, ...]) -> None:
        super().__init__(f"{external_reference} stands in the books more than once, as {', '.join(external_ids)}")
        self.external_reference = external_reference
        self.external_ids = external_ids


class NeedsPerson(Trouble):
    """Retrying cannot help until somebody acts."""


class Unauthorised(NeedsPerson):
    """Credentials are missing, wrong or expired."""


class Forbidden(NeedsPerson):
    """The credentials lack the right."""


class Refused(Trouble):
    """The far side understood us and says no. `type` is its own word for why, `status` the HTTP status."""

    def __init__(self, message: str, *, type: str = "", status: int = 0) -> None:  # noqa: A002  Pleo's field name
        super().__init__(message)
        self.type = type
        self.status = status


class JobEnded(Refused):
    """The Export Job takes no more updates, or does not exist."""


class BadAnswer(Trouble):
    """The far side broke its own contract: an answer too large, too deep, endless, or not understood."""


class StoreFailed(Trouble):
    """Our own disk does not take what must not be forgotten. Nothing is posted without it: stop."""


class AddressRefused(Trouble):
    """An address that we do not connect to, for safety."""
