from pathlib import Path

import pytest

from bilag.config.load import ConfigInvalid, load_config
from bilag.config.shape import Config

PLEO = '[pleo]\ncompany_id = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"\n'
OAUTH = f'{PLEO}[pleo.oauth]\nclient_id = "c"\n'
CANARY = "canary-4711-secret"


def loaded(folder: Path, text: str) -> Config:
    path = folder / "bilag.toml"
    path.write_text(text, "utf-8")
    return load_config(path)


def test_addresses_and_scopes_are_those_that_pleo_publishes(tmp_path: Path) -> None:
    oauth = loaded(tmp_path, OAUTH).pleo.oauth
    assert oauth is not None

    assert oauth.authorize_url == "https://auth.pleo.io/oauth/authorize"
    assert oauth.token_url == "https://auth.pleo.io/oauth/token"
    assert oauth.scopes == ("export-jobs:read", "export-jobs:write", "export-items:read")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('token_url = "http://auth.pleo.io/oauth/token"', "https"),
        ('token_url = "https://auth.pleo.io"', "must have a path"),
        ('token_url = "https://auth.pleo.io/oauth/token?a=b"', "must end after the path"),
        ('authorize_url = "https://user@auth.pleo.io/oauth"', "must end after the host"),
        ('token_url = "http://127.0.0.1:8000/oauth/token"', "list it under simulator_origins"),
        ("redirect_port = 70000", "65535 or less"),
        ('client_authentication = "none"', "form"),
        (f'client_secret = "{CANARY}"', "must say where the secret is"),
        (f'client_secret = {{ keyring = "{CANARY}" }}', "must be the name of an entry"),
    ],
)
def test_what_can_not_be_a_login_is_refused(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigInvalid, match=why) as refused:
        loaded(tmp_path, f"{OAUTH}{line}\n")

    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (f'[{{ version = 1, key = "{CANARY}" }}]', "must say where the secret is"),
        ('[{ version = 0, key = { env = "A" } }]', "1 or more"),
        ('[{ key = { env = "A" } }]', "is required and missing"),
        ('[{ version = 2, key = { env = "A" } }, { version = 2, key = { env = "B" } }]', "two keys have the version 2"),
    ],
)
def test_keys_are_told_apart_and_never_in_the_file(tmp_path: Path, keys: str, why: str) -> None:
    with pytest.raises(ConfigInvalid, match=why) as refused:
        loaded(tmp_path, f"{PLEO}[secrets]\nkeys = {keys}\n")

    assert CANARY not in str(refused.value)


def test_files_of_secrets_are_meant_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        f'{OAUTH}client_secret = {{ file = "client" }}\n[[secrets.keys]]\nversion = 1\nkey = {{ file = "k" }}\n',
    )

    assert config.pleo.oauth is not None
    assert config.pleo.oauth.client_secret is not None
    assert config.pleo.oauth.client_secret.file == tmp_path / "client"
    assert config.secrets.keys[0].key.file == tmp_path / "k"
