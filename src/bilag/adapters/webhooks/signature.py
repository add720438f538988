"""Whether a webhook is really Pleo's: its signature, checked as Standard Webhooks says, over the raw body.

The `standardwebhooks` library does the check, with its tolerance of five minutes either way. It is fed only what has
the right form: a signature that is not base64, a word without a comma, a header that is not ASCII or a body that is not
UTF-8 make it raise errors of other kinds than its own, and of a key that is not base64 it leaves characters out.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from standardwebhooks import Webhook, WebhookVerificationError

from bilag.ports.secret import Secret

# How far the signed time may lie from ours, either way; the library's own bound.
TOLERANCE_SECONDS: Final = 300
SIGNATURES_MAX: Final = 10
ID_CHARACTERS_MAX: Final = 200
KEY_BYTES: Final = range(16, 129)

_PREFIX: Final = "whsec_"
_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
# Without a full stop, since the signed text is `id.timestamp.body`: it can then be cut in one way only.
_ID: Final = re.compile(rf"[!-\-/-~]{{1,{ID_CHARACTERS_MAX}}}")
_TIMESTAMP: Final = re.compile(r"[1-9][0-9]{0,14}")
# 32 bytes in base64. What else stands there belongs to other versions of the scheme.
_SIGNATURE: Final = re.compile(r"v1,[A-Za-z0-9+/]{43}=")


class NotAuthentic(Exception):
    """The webhook is not shown to be Pleo's. The text says why, without anything out of the webhook."""


class UnusableKey(ValueError):
    """The secret is none that webhooks are signed with. The text holds no part of it."""


class SignedHeaders:
    """The three headers of a webhook, in the right form. `webhook_id` is printable ASCII and can be logged."""

    __slots__ = ("_timestamp", "_words", "webhook_id")

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        """Raises NotAuthentic for a header that is missing, repeated or malformed."""
        found: dict[str, str] = {}
        for name, value in headers:
            if (lower := name.lower()) in _HEADERS and found.setdefault(lower, value) is not value:
                raise NotAuthentic(f"{lower} stands there twice")
        if missing := [name for name in _HEADERS if name not in found]:
            raise NotAuthentic(f"{missing[0]} is missing")
        self.webhook_id, self._timestamp, signatures = (found[name] for name in _HEADERS)
        if not _ID.fullmatch(self.webhook_id) or not _TIMESTAMP.fullmatch(self._timestamp):
            raise NotAuthentic("a header is malformed")
        words = signatures.split(" ", SIGNATURES_MAX)[:SIGNATURES_MAX]
        self._words = [word for word in words if _SIGNATURE.fullmatch(word)]
        if not self._words:
            raise NotAuthentic("no signature of version v1")

    def as_read_by_the_library(self) -> dict[str, str]:
        """The same headers with nothing in them that the library stumbles over."""
        return {
            "webhook-id": self.webhook_id,
            "webhook-timestamp": self._timestamp,
            "webhook-signature": " ".join(self._words),
        }


class SignatureCheck:
    """Checks against several keys, so that an old and a new one are good while they change."""

    def __init__(self, secrets: Sequence[Secret]) -> None:
        """Raises UnusableKey that says which of them, counted from 0, is no key."""
        self._keys = tuple(_keys(secrets))

    def __bool__(self) -> bool:
        """Whether there is any key."""
        return bool(self._keys)

    def require_authentic(self, headers: SignedHeaders, body: bytes) -> None:
        """Raises NotAuthentic unless one of the keys signed this id, this time and these bytes, just now."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise NotAuthentic("the body is not UTF-8") from None
        problem = "there is no key to check with"
        for key in self._keys:
            try:
                key.verify(text, headers.as_read_by_the_library(), json_parse=False)
            except WebhookVerificationError as refused:
                problem = str(refused)
            else:
                return
        raise NotAuthentic(problem)


def _keys(secrets: Sequence[Secret]) -> Iterator[Webhook]:
    for place, secret in enumerate(secrets):
        encoded = secret.reveal().strip().removeprefix(_PREFIX)
        try:
            key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) not in KEY_BYTES:
            raise UnusableKey(f"[{place}] is no webhook secret; Pleo's begin with {_PREFIX}")
        yield Webhook(key)
