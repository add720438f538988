from pathlib import Path

import pytest

from bilag.config.load import ConfigProblem
from bilag.config.secret_source import read_secret
from bilag.config.section import SecretSource
from bilag.config.system_keyring import KeyringUnusable
from bilag.ports.secret import Secret

CANARY = "canary-4711-secret"


def secret_file(folder: Path, content: bytes, mode: int = 0o600) -> SecretSource:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return SecretSource(file=path)


def test_secret_comes_from_the_named_variable() -> None:
    found = read_secret(SecretSource(env="PLEO_API_KEY"), "pleo.api_key", {"PLEO_API_KEY": f" {CANARY}\n"})
    assert found == Secret(CANARY)


def test_variable_that_is_not_set_is_named() -> None:
    found = read_secret(SecretSource(env="PLEO_API_KEY"), "pleo.api_key", {})
    assert found == ConfigProblem(key="pleo.api_key.env", message="the environment variable PLEO_API_KEY is not set")


def test_a_variable_whose_name_may_be_the_secret_is_not_repeated() -> None:
    found = read_secret(SecretSource(env="canary4711secret"), "pleo.api_key", {})
    assert isinstance(found, ConfigProblem)
    assert "canary" not in found.message


def test_secret_comes_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    assert read_secret(secret_file(tmp_path, CANARY.encode() + b"\n"), "k", {}) == Secret(CANARY)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int) -> None:
    found = read_secret(secret_file(tmp_path, CANARY.encode(), mode), "pleo.api_key", {})
    assert isinstance(found, ConfigProblem)
    assert "chmod 600" in found.message
    assert CANARY not in found.message


@pytest.mark.parametrize(("content", "why"), [(b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "is not text")])
def test_file_without_a_usable_secret_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    found = read_secret(secret_file(tmp_path, content), "k", {})
    assert isinstance(found, ConfigProblem)
    assert why in found.message


def test_missing_file_is_named(tmp_path: Path) -> None:
    found = read_secret(SecretSource(file=tmp_path / "nowhere"), "k", {})
    assert isinstance(found, ConfigProblem)
    assert "No such file" in found.message


def test_secret_comes_from_the_keyring() -> None:
    def keyring(service: str, user: str) -> str | None:
        return {("bilag", "master-key"): f"{CANARY}\n"}.get((service, user))

    assert read_secret(SecretSource(keyring="bilag/master-key"), "k", {}, keyring) == Secret(CANARY)
    missing = read_secret(SecretSource(keyring="bilag/canary"), "k", {}, keyring)
    assert missing == ConfigProblem(key="k.keyring", message="the keyring has no such entry, or an empty one")


def test_keyring_that_can_not_be_asked_says_why() -> None:
    def keyring(_service: str, _user: str) -> str | None:
        raise KeyringUnusable("the keyring does not answer")

    found = read_secret(SecretSource(keyring="bilag/master-key"), "k", {}, keyring)
    assert found == ConfigProblem(key="k.keyring", message="the keyring does not answer")


def test_secret_is_never_shown() -> None:
    secret = read_secret(SecretSource(env="A"), "k", {"A": CANARY})
    assert CANARY not in f"{secret} {secret!r} {[secret]}"
