"""Secrets in the wrong place of bilag.toml, and certificates that are none."""

from pathlib import Path

import pytest

from bilag.app.wiring import open_pleo
from bilag.config.load import ConfigInvalid, load_config
from bilag.ports.errors import NeedsPerson

CANARY = "canary-4711-secret"
PLEO = '[pleo]\ncompany_id = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"\n'


@pytest.mark.parametrize(
    "line",
    [
        f'api_key = "{CANARY}"',
        f'api_key = ["{CANARY}"]',
        f'api_key = {{ env = "{CANARY}" }}',
        f'api_key = {{ env = "A", file = "{CANARY}" }}',
        f'base_url = "https://{CANARY}:@external.pleo.io"',
        f'base_url = "https://external.pleo.io/?key={CANARY}"',
        f'base_url = "https://external.pleo.io/#{CANARY}"',
        f'token = "{CANARY}"',
    ],
)
def test_secret_in_the_wrong_place_is_refused_and_not_shown(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bilag.toml"
    path.write_text(PLEO + line, "utf-8")

    with pytest.raises(ConfigInvalid) as refused:
        load_config(path)

    assert "pleo." in str(refused.value)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
async def test_file_without_certificates_is_a_sentence_and_no_bug(tmp_path: Path, content: str | None) -> None:
    path = prepared(tmp_path, content)

    with pytest.raises(NeedsPerson, match=r"pleo\.ca_file: .*authorities\.pem is not a readable file"):
        async with open_pleo(load_config(path), {"KEY": CANARY}):
            raise AssertionError("it was opened")


def prepared(folder: Path, certificates: str | None) -> Path:
    if certificates is not None:
        (folder / "authorities.pem").write_text(certificates, "utf-8")
    path = folder / "bilag.toml"
    path.write_text(PLEO + 'api_key = { env = "KEY" }\nca_file = "authorities.pem"\n', "utf-8")
    return path
