"""What becomes of a webhook, for whoever counts."""

from enum import StrEnum


class WebhookEnd(StrEnum):
    """TAKEN rings a bell; IGNORED is authentic and not for us; SENT_AWAY has to come again later."""

    TAKEN = "taken"
    REPEATED = "repeated"
    IGNORED = "ignored"
    REFUSED = "refused"
    SENT_AWAY = "sent_away"


def unnoted(_: WebhookEnd) -> None:
    """Nobody counts."""
