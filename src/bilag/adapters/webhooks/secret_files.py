"""The webhook secrets that bilag fetched itself: one small file each, below the state folder, for its owner only."""

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Final

from bilag.ports.errors import NeedsPerson, StoreFailed
from bilag.ports.secret import Secret

FOLDER: Final = "webhook-secrets"
SECRET_BYTES_MAX: Final = 4096

_ENDING: Final = ".secret"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


def store_webhook_secret(state_folder: Path, subscription_id: str, secret: Secret) -> Path:
    """Keep the secret of a subscription, in place of an older one. On disk before it returns; raises StoreFailed.

    This is the one place where these secrets are written, and `stored_webhook_secrets` the one where they are read.
    """
    path = _path(state_folder, subscription_id)
    unfinished = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii", errors="strict") as file:
            file.write(secret.reveal())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync(path.parent)
    except UnicodeEncodeError:
        unfinished.unlink(missing_ok=True)
        raise StoreFailed(f"{path} is not written: the webhook secret from Pleo is no plain text") from None
    except OSError as problem:
        raise StoreFailed(f"{path} can't be written: {problem.strerror}") from problem
    return path


def has_webhook_secret(state_folder: Path, subscription_id: str) -> bool:
    """Whether the secret of this subscription is kept here."""
    return _path(state_folder, subscription_id).is_file()


def stored_webhook_secrets(state_folder: Path, count_max: int) -> tuple[Secret, ...]:
    """All that are kept, at most that many, those kept last first.

    Raises NeedsPerson for one that can't be read, or that others could read too.
    """
    folder = state_folder / FOLDER
    try:
        paths = sorted(folder.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return tuple(_read(path) for path in paths[:count_max])
    except OSError as problem:
        raise NeedsPerson(f"{folder} can't be read: {problem.strerror}. Check its rights.") from problem


def forget_webhook_secret(state_folder: Path, subscription_id: str) -> bool:
    """Remove the secret of a subscription; whether there was one. Raises StoreFailed."""
    path = _path(state_folder, subscription_id)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as problem:
        raise StoreFailed(f"{path} can't be removed: {problem.strerror}") from problem
    return True


def _path(state_folder: Path, subscription_id: str) -> Path:
    """Named after the subscription; what Pleo calls it never leads to another place."""
    is_plain = _PLAIN_NAME.fullmatch(subscription_id)
    name = subscription_id if is_plain else hashlib.sha256(subscription_id.encode()).hexdigest()
    return state_folder / FOLDER / f"{name}{_ENDING}"


def _read(path: Path) -> Secret:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        raw = file.read(SECRET_BYTES_MAX)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NeedsPerson(f"{path} can be read by others than its owner; run: chmod 600 {path}")
    try:
        return Secret(raw.decode("ascii").strip())
    except UnicodeDecodeError:
        raise NeedsPerson(f"{path} is no webhook secret. Remove it, and run `bilag webhooks add` again.") from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
