from pathlib import Path

import pytest

from bilag.adapters.secrets.envelope import SecretUnreadable
from bilag.adapters.secrets.file_lock import file_turn
from bilag.adapters.secrets.store import SecretStore
from bilag.app.stored_login import TURN_FILE, TURN_SECONDS_MAX, StoredLogin
from bilag.ports.errors import TryLater
from bilag.ports.secret import Secret
from tests.adapters.secrets.samples import keys_of
from tests.adapters.transport.fake_clock import FakeClock
from tests.app.oauth_company import COMPANY_ID, OTHER_COMPANY_ID


def login_of(company_id: str, folder: Path, clock: FakeClock | None = None) -> StoredLogin:
    return StoredLogin(SecretStore(folder / "secrets.json", keys_of(1)), company_id, folder, clock or FakeClock())


def test_login_of_one_company_is_none_of_another(tmp_path: Path) -> None:
    login_of(COMPANY_ID, tmp_path).save(Secret("canary"))

    assert login_of(OTHER_COMPANY_ID, tmp_path).load() is None
    path = tmp_path / "secrets.json"
    path.write_text(path.read_text().replace(COMPANY_ID, OTHER_COMPANY_ID))
    with pytest.raises(SecretUnreadable):
        login_of(OTHER_COMPANY_ID, tmp_path).load()


async def test_turn_that_does_not_come_is_trouble_that_passes(tmp_path: Path) -> None:
    clock = FakeClock()
    with file_turn(tmp_path / TURN_FILE) as is_ours:
        assert is_ours
        with pytest.raises(TryLater, match="Another bilag"):
            async with login_of(COMPANY_ID, tmp_path, clock).turn():
                raise AssertionError("it had its turn")

    assert clock.elapsed_seconds == pytest.approx(TURN_SECONDS_MAX)
    async with login_of(COMPANY_ID, tmp_path, clock).turn():
        pass
