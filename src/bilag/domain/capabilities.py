"""What an accounting system can do, declared by its connector as data."""

from dataclasses import dataclass
from enum import StrEnum

from bilag.domain.attachment import AttachmentRules
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.quota import QuotaProfile


class KeyClass(StrEnum):
    """How a system settles a write whose answer was lost.

    SERVER_KEY: the server answers a repeat of a key with what it did the first time, for as long as it keeps the key.
    NATURAL_KEY: the server takes a reference once, for ever, so that a repeat is harmless however late it arrives.
    LOOK_UP: the server takes everything that it is sent; only a look tells, once it can't be working on it any more.
    """

    SERVER_KEY = "server_key"
    NATURAL_KEY = "natural_key"
    LOOK_UP = "look_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """Longest texts in characters that the books keep; None means any length."""

    description_max: int | None = None
    reference_max: int | None = None
    comment_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What the connector offers. `dimensions_max` counts dimensions on one posting; None means any number.

    `settles_within_seconds`: so long after a write went out, a look-up tells for good whether it took effect; it counts
    how long the server works on a request whose sender has given up, and how late its search knows of it.
    `post_reads_back`: what the answer to a post says was read from the books after it took effect, so that reading it
    once more would tell nothing new.
    `key_lifetime_seconds`: for how long the server knows a key again, from its first use. `quota` is what it lets one
    credential call; None where nobody counts.
    """

    system: str
    methods: frozenset[BookkeepingMethod]
    key_class: KeyClass
    drafts: bool
    periods: bool
    attachments: AttachmentRules | None
    text: TextLimits = TextLimits()
    dimensions_max: int | None = None
    original_currency: bool = True
    service_periods: bool = True
    posts_at_once: int = 1
    post_reads_back: bool = False
    quota: QuotaProfile | None = None
    settles_within_seconds: int = 0
    key_lifetime_seconds: int = 0

    def __post_init__(self) -> None:
        needs_a_wait = self.key_class is not KeyClass.NATURAL_KEY
        assert self.settles_within_seconds > 0 or not needs_a_wait, f"{self.system}: how long may a write take?"
        has_key = self.key_class is KeyClass.SERVER_KEY
        assert (self.key_lifetime_seconds > 0) is has_key, f"{self.system}: how long is a key known?"
