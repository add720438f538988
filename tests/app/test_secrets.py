from pathlib import Path

import pytest

from bilag.app.secrets import fresh_master_key, list_secrets, open_secret_store, remove_secret, rotate_secrets
from bilag.ports.errors import NeedsPerson
from tests.app.oauth_company import COMPANY_ID, ENVIRONMENT, KEY_1, KEY_2, an_oauth_company


async def test_rotation_lets_the_old_key_go(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()
        company.write_config(keys=KEY_1 + KEY_2)
        (before,) = list_secrets(company.config_path)
        done = rotate_secrets(company.config_path, ENVIRONMENT)
        company.write_config(keys=KEY_2)
        (after,) = list_secrets(company.config_path)

        assert (before.company_id, before.field, before.key_version, before.is_newest) == (
            COMPANY_ID,
            "pleo.login",
            1,
            False,
        )
        assert (done.secrets, done.changed, done.key_version) == (1, 1, 2)
        assert (after.key_version, after.is_newest) == (2, True)
        assert rotate_secrets(company.config_path, ENVIRONMENT).changed == 0


async def test_secret_is_forgotten_by_its_name(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        await company.log_in()

        assert not remove_secret(company.config_path, "pleo.logon", ENVIRONMENT)
        assert not remove_secret(company.config_path, "", ENVIRONMENT)
        assert remove_secret(company.config_path, "pleo.login", ENVIRONMENT)
        assert list_secrets(company.config_path) == ()


@pytest.mark.parametrize("value", ["", "canary", "Y2FuYXJ5"])
async def test_key_that_is_none_is_named_and_not_shown(tmp_path: Path, value: str) -> None:
    async with an_oauth_company(tmp_path) as company:
        with pytest.raises(NeedsPerson, match=r"secrets\.keys") as refused:
            open_secret_store(company.config(), ENVIRONMENT | {"MASTER_KEY_1": value})

    assert not value or value not in str(refused.value)


async def test_key_comes_from_a_file_that_lies_beside_the_settings(tmp_path: Path) -> None:
    async with an_oauth_company(tmp_path) as company:
        company.write_config(keys=KEY_1.replace('env = "MASTER_KEY_1"', 'file = "master-key"'))
        key = tmp_path / "master-key"
        key.write_text(fresh_master_key().reveal() + "\n")
        key.chmod(0o644)
        with pytest.raises(NeedsPerson, match=r"secrets\.keys\[0\]\.key\.file: .*chmod 600"):
            open_secret_store(company.config(), {})
        key.chmod(0o400)

        assert open_secret_store(company.config(), {}).rotate().secrets == 0
