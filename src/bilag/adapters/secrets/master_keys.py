"""The keys that encrypt the data keys, by version."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bilag.ports.secret import Secret

KEY_BITS: Final = 256
KEY_BYTES: Final = KEY_BITS // 8


class NoKey(ValueError):
    """A text that is no master key; it is not repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeys:
    """Master keys in base64 by their version, at least one. Raises NoKey, with the version, when one is none."""

    by_version: Mapping[int, Secret]

    def __post_init__(self) -> None:
        assert self.by_version, "at least one key is needed to encrypt"
        for version, key in self.by_version.items():
            assert version > 0, version
            if _decoded(key) is None:
                raise NoKey(f"version {version} is not {KEY_BYTES} bytes in base64")

    @property
    def newest(self) -> int:
        """The version that encrypts."""
        return max(self.by_version)

    def cipher(self, version: int) -> AESGCM | None:
        """The cipher of a version; None when there is no such key."""
        key = self.by_version.get(version)
        raw = _decoded(key) if key is not None else None
        return AESGCM(raw) if raw is not None else None


def new_master_key() -> Secret:
    """A fresh key from the operating system's randomness, in base64."""
    return Secret(b64encode(AESGCM.generate_key(KEY_BITS)).decode())


def _decoded(key: Secret) -> bytes | None:
    try:
        raw = b64decode(key.reveal(), validate=True)
    except (Base64Error, ValueError):
        return None
    return raw if len(raw) == KEY_BYTES else None
