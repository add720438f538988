"""A login to Pleo as it is kept: what one process writes, another one reads."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import msgspec

from bilag.adapters.pleo.oauth import Tokens
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

# A token that is about to expire could do so on its way.
EXPIRY_MARGIN_SECONDS: Final = 120


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    access: str
    refresh: str
    renewed_at: datetime
    expires_at: datetime | None
    is_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The current pair of tokens. Instants are UTC; `expires_at` is None when Pleo did not say.

    A connection that `is_ended` holds no tokens: Pleo refused to renew it, and only a person can log in again.
    """

    access: Secret
    refresh: Secret
    renewed_at: datetime
    expires_at: datetime | None
    is_ended: bool = False

    @classmethod
    def of(cls, tokens: Tokens, refresh: Secret, now: datetime) -> Self:
        """From an answer; `refresh` is the token that stays valid when the answer names no other."""
        lifetime = timedelta(seconds=tokens.expires_in_seconds) if tokens.expires_in_seconds else None
        return cls(
            access=tokens.access,
            refresh=tokens.refresh or refresh,
            renewed_at=now,
            expires_at=now + lifetime if lifetime else None,
        )

    @classmethod
    def ended(cls, now: datetime) -> Self:
        """What remains of a login that Pleo no longer renews."""
        return cls(access=Secret(""), refresh=Secret(""), renewed_at=now, expires_at=None, is_ended=True)

    @classmethod
    def decoded(cls, text: Secret) -> Self:
        """From its kept form. Raises NeedsPerson when it is not one."""
        try:
            kept = msgspec.json.decode(text.reveal(), type=_Kept)
        except msgspec.DecodeError:
            kept = None
        if kept is None:
            raise NeedsPerson("The kept login to Pleo comes from a newer bilag. Install that version, or log in again.")
        return cls(
            access=Secret(kept.access),
            refresh=Secret(kept.refresh),
            renewed_at=kept.renewed_at,
            expires_at=kept.expires_at,
            is_ended=kept.is_ended,
        )

    def encoded(self) -> Secret:
        """The form that is kept, encrypted."""
        kept = _Kept(
            access=self.access.reveal(),
            refresh=self.refresh.reveal(),
            renewed_at=self.renewed_at.astimezone(UTC),
            expires_at=self.expires_at.astimezone(UTC) if self.expires_at else None,
            is_ended=self.is_ended,
        )
        return Secret(msgspec.json.encode(kept).decode())

    def is_valid(self, now: datetime) -> bool:
        """Whether the access token has not expired, as far as we know."""
        return self.expires_at is None or now < self.expires_at

    def is_due(self, now: datetime) -> bool:
        """Whether the access token should be renewed before it is used again."""
        return self.expires_at is not None and now + timedelta(seconds=self._margin_seconds) >= self.expires_at

    @property
    def _margin_seconds(self) -> float:
        """A short-lived token is not due from the beginning."""
        assert self.expires_at is not None
        return min(EXPIRY_MARGIN_SECONDS, (self.expires_at - self.renewed_at).total_seconds() / 4)
