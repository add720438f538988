"""The table of bilag.toml for a bilag that keeps running."""

from ipaddress import ip_address
from typing import Annotated, Final

from pydantic import AfterValidator, Field, field_validator, model_validator

from bilag.config.section import SecretSource, Section

# A job that waits in Pleo expires an hour after it was made; with a fifth on top this is 54 minutes.
POLL_SECONDS_MAX: Final = 2700
WEBHOOK_SECRETS_MAX: Final = 10


def _listening_address(text: str) -> str:
    try:
        ip_address(text)
    except ValueError:
        raise ValueError("must be an IP address such as 127.0.0.1") from None
    return text


ListeningAddress = Annotated[str, AfterValidator(_listening_address)]


class ServeSection(Section):
    """`bilag serve`: where it takes webhooks, and how often it asks Pleo when none come.

    With several files, host, port, jobs_at_once and stop_seconds are those of the first.
    """

    host: ListeningAddress = "127.0.0.1"
    """The address to listen on; on any other than this machine's own, put TLS in front."""
    port: int = Field(default=8770, strict=True, ge=0, le=65535)
    """The port to listen on; 0 takes a free one and says which."""
    webhook_secrets: tuple[SecretSource, ...] = Field(default=(), max_length=WEBHOOK_SECRETS_MAX)
    """The secrets that webhooks may be signed with; those that `bilag webhooks add` stored when empty."""
    poll_seconds: int = Field(default=300, strict=True, ge=10, le=POLL_SECONDS_MAX)
    """The pause between two looks at Pleo, give or take a fifth."""
    poll_seconds_max: int = Field(default=1800, strict=True, ge=10, le=POLL_SECONDS_MAX)
    """What the pause grows to while nothing comes; only with webhooks. A waiting job expires after an hour."""
    jobs_at_once: int = Field(default=16, strict=True, ge=1, le=256)
    """How many companies are exported at the same time; a long job makes room for others every few seconds."""
    stop_seconds: int = Field(default=30, strict=True, ge=1, le=600)
    """How long expenses that are under way get to come to their end when bilag is stopped."""

    @field_validator("webhook_secrets")
    @classmethod
    def _each_once(cls, sources: tuple[SecretSource, ...]) -> tuple[SecretSource, ...]:
        if len(set(sources)) < len(sources):
            raise ValueError("names the same secret twice")
        return sources

    @model_validator(mode="after")
    def _pauses_in_order(self) -> "ServeSection":
        if self.poll_seconds_max < self.poll_seconds:
            raise ValueError(f"poll_seconds_max must be poll_seconds ({self.poll_seconds}) or more")
        return self
