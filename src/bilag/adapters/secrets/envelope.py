"""Envelope encryption: each secret under a key of its own, and that key under a master key.

AES-256 in Galois/Counter Mode with random nonces of 96 bits, https://doi.org/10.6028/NIST.SP.800-38D. A data key
encrypts one text, so that its nonces cannot meet; a master key may encrypt 2^32 data keys under random nonces, which
no company reaches. Company, field and key version are bound in as associated data: what is copied to another place,
or said to be under another key, does not open.
"""

import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bilag.adapters.secrets.master_keys import KEY_BITS, MasterKeys
from bilag.adapters.secrets.place import Place
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
SECRET_BYTES_MAX: Final = 64 * 1024
# Stands in the associated data, so that another way to encrypt can never be taken for this one.
_FORMAT: Final = b"bilag-envelope-1"
_DATA_KEY: Final = b"data key"
_TEXT: Final = b"text"


class SecretUnreadable(NeedsPerson):
    """A secret does not open: another key, another place, or changed bytes; the text holds none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An encrypted secret: the data key under master key `key_version`, and the text under the data key.

    Both byte texts are the nonce, the ciphertext and the tag, in that order.
    """

    key_version: int
    data_key: bytes
    text: bytes


def seal(secret: Secret, place: Place, keys: MasterKeys) -> Envelope:
    """Encrypt under the newest master key, with a data key and nonces that were never used before."""
    raw = secret.reveal().encode()
    assert len(raw) <= SECRET_BYTES_MAX, "a secret is a page of text at most"
    version = keys.newest
    master = keys.cipher(version)
    assert master is not None
    data_key = AESGCM.generate_key(KEY_BITS)
    return Envelope(
        key_version=version,
        data_key=_encrypted(master, data_key, _bound(_DATA_KEY, place, version)),
        text=_encrypted(AESGCM(data_key), raw, _bound(_TEXT, place, version)),
    )


def unseal(envelope: Envelope, place: Place, keys: MasterKeys) -> Secret:
    """Decrypt. Raises SecretUnreadable for everything that is not exactly what was sealed for this place."""
    version = envelope.key_version
    master = keys.cipher(version)
    if master is None:
        raise SecretUnreadable(
            f"The secret {place.field} of company {place.company_id} is under master key version {version}, which is"
            " not among secrets.keys. Put that key back."
        )
    data_key = _decrypted(master, envelope.data_key, _bound(_DATA_KEY, place, version))
    raw = _decrypted(AESGCM(data_key), envelope.text, _bound(_TEXT, place, version)) if data_key else None
    if raw is None:
        raise SecretUnreadable(
            f"The secret {place.field} of company {place.company_id} does not open with master key version {version}:"
            " the key is another one, or the stored bytes were changed or moved."
        )
    return Secret(raw.decode())


def _encrypted(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def _decrypted(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes | None:
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        return None
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except InvalidTag:
        return None


def _bound(purpose: bytes, place: Place, version: int) -> bytes:
    """Associated data. Every part has its length in front, so that no two places read the same."""
    parts = (_FORMAT, purpose, place.company_id.encode(), place.field.encode(), str(version).encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
