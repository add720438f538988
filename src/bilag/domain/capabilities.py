"""What an accounting system can do, declared by its connector as data."""

from dataclasses import dataclass
from enum import StrEnum

from bilag.domain.attachment import AttachmentRules
from bilag.domain.expense_type import BookkeepingMethod


class KeyClass(StrEnum):
    """How a system settles a write whose answer was lost."""

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
    """What the connector offers. `dimensions_max` counts dimensions on one posting; None means any number."""

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
