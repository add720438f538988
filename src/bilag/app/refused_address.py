"""What keeps us from connecting before anything is sent, named by the setting that it stands in."""

from collections.abc import Iterator
from contextlib import contextmanager

from bilag.ports.errors import AddressRefused, NeedsPerson


@contextmanager
def told_by_setting(key: str) -> Iterator[None]:
    """In this block ways to Pleo are opened: an address that may not be used is the setting's, in dotted form.

    Raises NeedsPerson for it, and for certificates that can't be used.
    """
    try:
        yield
    except AddressRefused as refused:
        raise NeedsPerson(f"{key}: {refused}") from refused
    except ValueError as problem:
        raise NeedsPerson(f"pleo.ca_file: {problem}") from problem
