"""A company's login to Pleo in the state folder: encrypted, and renewed by one process at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bilag.adapters.secrets.file_lock import file_turn
from bilag.adapters.secrets.place import Place
from bilag.adapters.secrets.store import SecretStore
from bilag.ports.clock import Clock
from bilag.ports.errors import TryLater
from bilag.ports.secret import Secret

LOGIN_FIELD: Final = "pleo.login"
TURN_FILE: Final = "pleo-login.lock"
# Longer than a renewal takes at worst: two calls with their time limits.
TURN_SECONDS_MAX: Final = 90.0
TURN_LOOK_SECONDS: Final = 0.05


class StoredLogin:
    """The TokenStore of one company (see adapters.pleo.renewal)."""

    def __init__(self, store: SecretStore, company_id: str, folder: Path, clock: Clock) -> None:
        self._store = store
        self._place = Place(company_id=company_id, field=LOGIN_FIELD)
        self._turn_path = folder / TURN_FILE
        self._clock = clock

    def load(self) -> Secret | None:
        """What was saved last, by whichever process."""
        return self._store.get(self._place)

    def save(self, text: Secret) -> None:
        """Keep it, encrypted; on return it is on the disk."""
        self._store.put(self._place, text)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Be the only process that renews. Raises TryLater when another one takes too long."""
        for _ in range(int(TURN_SECONDS_MAX / TURN_LOOK_SECONDS)):
            with file_turn(self._turn_path) as is_ours:
                if is_ours:
                    yield
                    return
            await self._clock.sleep(TURN_LOOK_SECONDS)
        raise TryLater("Another bilag is renewing the login to Pleo and does not come to an end")
