"""Read a secret from where the settings say, and refuse one that others could read too."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bilag.config.load import ConfigProblem
from bilag.config.section import SecretSource
from bilag.config.system_keyring import Keyring, KeyringUnusable, system_keyring
from bilag.ports.secret import Secret

SECRET_BYTES_MAX: Final = 64 * 1024


def read_secret(
    source: SecretSource, key: str, environment: Mapping[str, str], keyring: Keyring = system_keyring
) -> Secret | ConfigProblem:
    """The secret, or why it can't be used; the message never holds any part of it."""
    if source.env is not None:
        value = environment.get(source.env, "").strip()
        if not value:
            # Somebody may have written the secret itself there; variables that people name are in capitals.
            name = source.env if source.env.isupper() else "named there"
            return ConfigProblem(key=f"{key}.env", message=f"the environment variable {name} is not set")
        return Secret(value)
    if source.keyring is not None:
        return _from_keyring(source.keyring, f"{key}.keyring", keyring)
    assert source.file is not None
    return _from_file(source.file, f"{key}.file")


def _from_keyring(entry: str, key: str, keyring: Keyring) -> Secret | ConfigProblem:
    service, _, user = entry.partition("/")
    try:
        value = (keyring(service, user) or "").strip()
    except KeyringUnusable as problem:
        return ConfigProblem(key=key, message=str(problem))
    return Secret(value) if value else ConfigProblem(key=key, message="the keyring has no such entry, or an empty one")


def _from_file(path: Path, key: str) -> Secret | ConfigProblem:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(SECRET_BYTES_MAX)
    except OSError as problem:
        return ConfigProblem(key=key, message=f"{path} can't be read: {problem.strerror}")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ConfigProblem(key=key, message=f"{path} can be read by others than its owner; run: chmod 600 {path}")
    try:
        value = raw.decode().strip()
    except UnicodeDecodeError:
        return ConfigProblem(key=key, message=f"{path} is not text")
    if not value:
        return ConfigProblem(key=key, message=f"{path} is empty")
    return Secret(value)
