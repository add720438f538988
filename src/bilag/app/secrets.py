"""What bilag keeps encrypted in its state folder, and the keys for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bilag.adapters.secrets.master_keys import MasterKeys, NoKey, new_master_key
from bilag.adapters.secrets.place import Place
from bilag.adapters.secrets.store import Kept, Rotation, SecretStore, kept_secrets
from bilag.config.load import ConfigProblem, load_config
from bilag.config.secret_source import read_secret
from bilag.config.section import SecretSource
from bilag.config.shape import Config
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

SECRETS_FILE: Final = "secrets.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSummary:
    """A kept secret without its value. `is_newest` says whether it is under the newest of the configured keys."""

    company_id: str
    field: str
    key_version: int
    is_newest: bool


def required_secret(source: SecretSource, key: str, environment: Mapping[str, str]) -> Secret:
    """The secret from where the settings say. Raises NeedsPerson with the dotted `key`, never with the secret."""
    found = read_secret(source, key, environment)
    if isinstance(found, ConfigProblem):
        raise NeedsPerson(f"{found.key}: {found.message}")
    return found


def open_secret_store(config: Config, environment: Mapping[str, str]) -> SecretStore:
    """The secrets of the state folder. Raises NeedsPerson when there is no usable master key."""
    return SecretStore(config.state.folder / SECRETS_FILE, _master_keys(config, environment))


def list_secrets(config_path: Path) -> tuple[SecretSummary, ...]:
    """What is kept, by name; needs no key. Raises ConfigInvalid, NeedsPerson."""
    config = load_config(config_path)
    newest = max((entry.version for entry in config.secrets.keys), default=0)
    return tuple(_summary(kept, newest) for kept in kept_secrets(config.state.folder / SECRETS_FILE))


def rotate_secrets(config_path: Path, environment: Mapping[str, str] = os.environ) -> Rotation:
    """Put everything under the newest master key. Raises ConfigInvalid, NeedsPerson, StoreFailed, TryLater."""
    return open_secret_store(load_config(config_path), environment).rotate()


def remove_secret(config_path: Path, field: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Forget a field of the configured company; whether there was one. Raises as `rotate_secrets` does."""
    config = load_config(config_path)
    try:
        place = Place(company_id=str(config.pleo.company_id), field=field)
    except ValueError:
        return False
    return open_secret_store(config, environment).remove(place)


def fresh_master_key() -> Secret:
    """A new master key in base64."""
    return new_master_key()


def _master_keys(config: Config, environment: Mapping[str, str]) -> MasterKeys:
    if not config.secrets.keys:
        raise NeedsPerson(
            "secrets.keys: a master key is needed to keep a secret. `bilag secrets new-key` makes one;"
            " docs/operations.md says where to put it."
        )
    by_version = {
        entry.version: required_secret(entry.key, f"secrets.keys[{position}].key", environment)
        for position, entry in enumerate(config.secrets.keys)
    }
    try:
        return MasterKeys(by_version=by_version)
    except NoKey as problem:
        raise NeedsPerson(f"secrets.keys: {problem}. `bilag secrets new-key` makes one.") from None


def _summary(kept: Kept, newest: int) -> SecretSummary:
    return SecretSummary(
        company_id=kept.place.company_id,
        field=kept.place.field,
        key_version=kept.key_version,
        is_newest=kept.key_version == newest,
    )
