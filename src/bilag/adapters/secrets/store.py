"""The secrets that bilag keeps itself: one small file, every value encrypted, every change all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from bilag.adapters.secrets.disk import Disk, replace_file
from bilag.adapters.secrets.envelope import Envelope, seal, unseal
from bilag.adapters.secrets.file_lock import file_turn
from bilag.adapters.secrets.master_keys import MasterKeys
from bilag.adapters.secrets.place import Place
from bilag.adapters.secrets.store_file import encoded, read_envelopes
from bilag.ports.errors import TryLater
from bilag.ports.secret import Secret

LOCK_SUFFIX: Final = ".lock"
# A change takes milliseconds; who waits longer than this waits for a process that hangs.
TURN_ATTEMPTS_MAX: Final = 500
TURN_PAUSE_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A secret that is there, without its value."""

    place: Place
    key_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a rotation did: how many secrets there are, how many were encrypted again, and under which version."""

    secrets: int
    changed: int
    key_version: int


def kept_secrets(path: Path) -> tuple[Kept, ...]:
    """What the file holds, by name; needs no key. Raises NeedsPerson when the file can't be used."""
    return tuple(
        Kept(place=place, key_version=envelope.key_version) for place, envelope in sorted(read_envelopes(path).items())
    )


class SecretStore:
    """The secrets in one file. Reading needs no turn, since the file is replaced as a whole."""

    def __init__(self, path: Path, keys: MasterKeys, *, disk: Disk | None = None) -> None:
        self._path = path
        self._keys = keys
        self._disk = disk or Disk()

    def get(self, place: Place) -> Secret | None:
        """The secret; None when there is none. Raises SecretUnreadable, NeedsPerson."""
        envelope = read_envelopes(self._path).get(place)
        return unseal(envelope, place, self._keys) if envelope is not None else None

    def put(self, place: Place, secret: Secret) -> None:
        """Keep the secret; on return it is on the disk. Raises StoreFailed, TryLater, NeedsPerson."""
        envelope = seal(secret, place, self._keys)
        with self._turn():
            replace_file(self._disk, self._path, encoded(read_envelopes(self._path) | {place: envelope}))

    def remove(self, place: Place) -> bool:
        """Forget the secret; whether there was one. Needs no key that opens it. Raises as `put` does."""
        with self._turn():
            kept = read_envelopes(self._path)
            if place not in kept:
                return False
            replace_file(self._disk, self._path, encoded({at: kept[at] for at in kept if at != place}))
        return True

    def rotate(self) -> Rotation:
        """Encrypt everything that is under an older key anew under the newest one, in one step.

        Raises SecretUnreadable, with nothing changed, when one of them does not open.
        """
        with self._turn():
            kept = read_envelopes(self._path)
            old = {place: envelope for place, envelope in kept.items() if envelope.key_version != self._keys.newest}
            renewed = {place: self._renewed(place, envelope) for place, envelope in old.items()}
            if renewed:
                replace_file(self._disk, self._path, encoded(kept | renewed))
        return Rotation(secrets=len(kept), changed=len(renewed), key_version=self._keys.newest)

    def _renewed(self, place: Place, envelope: Envelope) -> Envelope:
        return seal(unseal(envelope, place, self._keys), place, self._keys)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be the only one who changes the file. Raises TryLater when another process hangs in the middle of it."""
        pause = Event()
        lock = self._path.with_name(self._path.name + LOCK_SUFFIX)
        for _ in range(TURN_ATTEMPTS_MAX):
            with file_turn(lock) as is_ours:
                if is_ours:
                    yield
                    return
            pause.wait(TURN_PAUSE_SECONDS)
        raise TryLater(f"Another bilag keeps {self._path} locked")
