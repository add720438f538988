"""The operating system's keyring, by way of the package keyring, which is installed only where it is wanted.

https://keyring.readthedocs.io/
"""

from collections.abc import Callable
from importlib import import_module

# The password of a service's user; None when there is none. Raises KeyringUnusable.
Keyring = Callable[[str, str], str | None]


class KeyringUnusable(Exception):
    """There is no keyring to ask, or it does not answer. The text is safe to show."""


def system_keyring(service: str, user: str) -> str | None:
    """Ask the system's keyring; it may ask the person to unlock it."""
    try:
        keyring = import_module("keyring")
        trouble: type[Exception] = import_module("keyring.errors").KeyringError
    except ImportError:
        raise KeyringUnusable("the package keyring is not installed; run: pip install keyring") from None
    try:
        value = keyring.get_password(service, user)
    except trouble:
        raise KeyringUnusable("the keyring does not answer: it is locked, or this machine has none") from None
    return str(value) if value is not None else None
