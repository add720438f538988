"""The highest voucher number ever given per fiscal year.

The books themselves tell the last number that stands. This file also remembers one whose entry a person removed, so
that no second document ever gets the number under which Pleo knows the first.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bilag.adapters.accounting.plaintext.disk import open_own
from bilag.adapters.accounting.plaintext.index import voucher_parts, voucher_text


def remembered_vouchers(path: Path) -> tuple[str, ...]:
    """The highest voucher of every year, as far as the file can be read."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ()
    return tuple(line for line in lines if voucher_parts(line) is not None)


def remember_vouchers(path: Path, last_numbers: Mapping[str, int]) -> None:
    """Write the file anew. It is not forced to the disk: after a power cut the books still tell almost all of it.

    A disk that refuses is passed over, since by then the entries are booked.
    """
    lines = [f"{voucher_text(year, number)}\n" for year, number in sorted(last_numbers.items())]
    data = "".join(lines).encode()
    with suppress(OSError):
        descriptor = open_own(path, os.O_WRONLY | os.O_CREAT)
        try:
            os.pwrite(descriptor, data, 0)
            os.ftruncate(descriptor, len(data))
        finally:
            os.close(descriptor)
