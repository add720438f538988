"""Links to receipts: each says by itself what it opens and until when, so that issuing links takes no memory."""

import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

# Pleo: a download link is good for 24 hours after the item was fetched (`ExportItemFile.url`).
LINK_LIFETIME = timedelta(hours=24)

FILES_PATH = "/files"

_LAYOUT = struct.Struct(">IIHQ")
_SEAL_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTarget:
    """What a link opens: the receipt at `receipt_number` of the expense at `index` of a company."""

    company_number: int
    index: int
    receipt_number: int
    expires_at_ms: int

    def is_expired(self, now: datetime) -> bool:
        """Whether the link's 24 hours are over."""
        return _milliseconds(now) >= self.expires_at_ms


class LinkDesk:
    """Issues links and reads them back; a link that was tampered with opens nothing."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def path(self, company_number: int, index: int, receipt_number: int, *, name: str, now: datetime) -> str:
        """A fresh path for one receipt, ending in its file name."""
        expires_at_ms = _milliseconds(now + LINK_LIFETIME)
        target = _LAYOUT.pack(company_number, index, receipt_number, expires_at_ms)
        token = urlsafe_b64encode(target + self._seal(target, name)).decode("ascii")
        return f"{FILES_PATH}/{token}/{quote(name, safe='')}"

    def open(self, token: str, name: str) -> LinkTarget | None:
        """What a link opens, `None` when this desk did not issue it."""
        try:
            sealed = urlsafe_b64decode(token)
            target = sealed[: _LAYOUT.size]
            company_number, index, receipt_number, expires_at_ms = _LAYOUT.unpack(target)
        except (ValueError, struct.error):
            return None
        if not hmac.compare_digest(sealed[_LAYOUT.size :], self._seal(target, name)):
            return None
        return LinkTarget(
            company_number=company_number,
            index=index,
            receipt_number=receipt_number,
            expires_at_ms=expires_at_ms,
        )

    def _seal(self, target: bytes, name: str) -> bytes:
        return hmac.digest(self._key, target + name.encode(), "sha256")[:_SEAL_BYTES]


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
