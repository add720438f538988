from pathlib import Path

import pytest

from bilag.adapters.webhooks.secret_files import (
    forget_webhook_secret,
    has_webhook_secret,
    store_webhook_secret,
    stored_webhook_secrets,
)
from bilag.ports.errors import NeedsPerson, StoreFailed
from bilag.ports.secret import Secret

CANARY = "whsec_canary4711"


def test_secret_is_kept_for_its_owner_only_and_forgotten_when_asked(tmp_path: Path) -> None:
    path = store_webhook_secret(tmp_path, "sub-1", Secret("whsec_old"))
    assert store_webhook_secret(tmp_path, "sub-1", Secret(CANARY)) == path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert stored_webhook_secrets(tmp_path, 10) == (Secret(CANARY),)
    assert has_webhook_secret(tmp_path, "sub-1")
    assert forget_webhook_secret(tmp_path, "sub-1")
    assert not forget_webhook_secret(tmp_path, "sub-1")
    assert stored_webhook_secrets(tmp_path, 10) == ()


def test_newest_secrets_are_read_when_there_are_too_many(tmp_path: Path) -> None:
    for number in range(5):
        path = store_webhook_secret(tmp_path, f"sub-{number}", Secret(f"whsec_{number}"))
        path.touch()
    newest = {secret.reveal() for secret in stored_webhook_secrets(tmp_path, 2)}
    assert newest == {"whsec_3", "whsec_4"}


@pytest.mark.parametrize("subscription_id", ["../../escape", "a/b", ".", "x" * 300])
def test_id_from_outside_names_a_file_in_the_folder_whatever_it_is(tmp_path: Path, subscription_id: str) -> None:
    state = tmp_path / "state"
    path = store_webhook_secret(state, subscription_id, Secret(CANARY))
    assert path.resolve().parent == state.resolve() / "webhook-secrets"
    assert stored_webhook_secrets(state, 10) == (Secret(CANARY),)


def test_secret_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    store_webhook_secret(tmp_path, "sub-1", Secret(CANARY)).chmod(0o640)
    with pytest.raises(NeedsPerson, match="chmod 600") as refused:
        stored_webhook_secrets(tmp_path, 10)
    assert CANARY not in str(refused.value)


def test_secret_that_is_no_text_is_neither_written_nor_read(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        store_webhook_secret(tmp_path, "sub-1", Secret("whsec_é"))
    assert not list((tmp_path / "webhook-secrets").iterdir())
    path = store_webhook_secret(tmp_path, "sub-1", Secret(CANARY))
    path.write_bytes(b"\xff")
    with pytest.raises(NeedsPerson, match="no webhook secret"):
        stored_webhook_secrets(tmp_path, 10)


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "webhook-secrets").write_text("a file", "utf-8")
    with pytest.raises(StoreFailed, match="webhook-secrets"):
        store_webhook_secret(tmp_path, "sub-1", Secret(CANARY))
