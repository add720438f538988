"""The keys that webhooks may be signed with; read again when none fits, so that a new one needs no restart."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from bilag.adapters.webhooks.signature import NotAuthentic, SignatureCheck, SignedHeaders, UnusableKey
from bilag.ports.clock import Clock
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

# However many forged webhooks come, the keys are read no more often.
READ_EVERY_SECONDS: Final = 1.0

_log: Final = logging.getLogger("bilag.webhook")


class KeyRing:
    """The keys that `read` brings, as they were when they were read last."""

    def __init__(self, read: Callable[[], Sequence[Secret]], clock: Clock) -> None:
        """Reads them for the first time; raises what `read` raises, and UnusableKey."""
        self._read = read
        self._clock = clock
        self._check = SignatureCheck(read())
        self._read_at_seconds: float | None = None

    def __bool__(self) -> bool:
        """Whether there is any key at the moment."""
        return bool(self._check)

    def require_authentic(self, headers: SignedHeaders, body: bytes) -> None:
        """Raises NotAuthentic when no key fits, also none that came since."""
        try:
            self._check.require_authentic(headers, body)
        except NotAuthentic:
            if not self._read_again():
                raise
            self._check.require_authentic(headers, body)

    def _read_again(self) -> bool:
        """Whether the keys were read anew; those at hand stay while they can't be."""
        now_seconds = self._clock.monotonic_seconds()
        if self._read_at_seconds is not None and now_seconds - self._read_at_seconds < READ_EVERY_SECONDS:
            return False
        self._read_at_seconds = now_seconds
        try:
            self._check = SignatureCheck(self._read())
        except (NeedsPerson, UnusableKey) as problem:
            _log.warning("the webhook secrets cannot be read again, those known stay: %s", problem)
            return False
        return True
