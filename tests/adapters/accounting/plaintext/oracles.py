"""What beancount and hledger themselves make of the books."""

import json
import os
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from beancount import loader
from beancount.core import data as beancount

HLEDGER: Final = shutil.which("hledger")


@dataclass(frozen=True, slots=True)
class Books:
    """The books as beancount loaded them."""

    transactions: tuple[Any, ...]
    documents: tuple[Any, ...]
    accounts: tuple[str, ...]

    def by_reference(self) -> dict[str, Any]:
        """The transactions by their reference, which stands once."""
        found = {one.meta["external_reference"]: one for one in self.transactions}
        assert len(found) == len(self.transactions)
        return found

    def totals(self) -> dict[tuple[str, str], Decimal]:
        """The balance of every account and currency."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for transaction in self.transactions:
            for posting in transaction.postings:
                sums[posting.account, posting.units.currency] += posting.units.number
        return dict(sums)


def load(folder: Path) -> Books:
    """The books, which beancount takes without a word."""
    entries, errors, _ = loader.load_file(str(folder / "main.beancount"))
    assert not errors, errors
    return Books(
        transactions=tuple(one for one in entries if isinstance(one, beancount.Transaction)),
        documents=tuple(one for one in entries if isinstance(one, beancount.Document)),
        accounts=tuple(one.account for one in entries if isinstance(one, beancount.Open)),
    )


def hledger(folder: Path, *arguments: str) -> str:
    """What hledger says to the arguments; it must not complain."""
    assert HLEDGER is not None, "ask HLEDGER first"
    done = subprocess.run(
        [HLEDGER, "-f", str(folder / "main.journal"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def hledger_transactions(folder: Path) -> list[dict[str, Any]]:
    """The transactions as hledger reads them."""
    found: list[dict[str, Any]] = json.loads(hledger(folder, "print", "-O", "json"))
    return found


def assert_accepted(folder: Path) -> None:
    """Whatever books lie in the folder, their own program takes them."""
    if (folder / "main.beancount").exists():
        load(folder)
    if (folder / "main.journal").exists() and HLEDGER is not None:
        hledger(folder, "check", "--strict")
