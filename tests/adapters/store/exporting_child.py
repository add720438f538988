"""Exports one company as a worker of its own process, into books that take everything as often as they are told to.

Arguments: the settings; the file that the books are, a line for every send; when to happen what to this process:
"stop:5" and "kill:5" strike after five sends, "wait" tries again until the company is free, "" nothing.
The books know no reference that they refuse to take again, so that only the lease keeps a send from being repeated.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.memory.connector import MemoryBooks
from bilag.adapters.store.lease import LeaseTimes
from bilag.app.wiring import open_desk
from bilag.config.load import load_config
from bilag.domain.attachment import NoteFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.document import Document
from bilag.domain.failure import Failure
from bilag.domain.ledger import PostingMode, Side
from bilag.domain.money import Currency, Money
from bilag.domain.period import AccountingPeriod
from bilag.lifecycle.run_pending import run_pending
from bilag.ports.accounting_system import PostedDocument, SendCheck, unchecked
from bilag.ports.errors import Trouble, TryLater
from tests.e2e.stage import SilentProgress

TIMES: Final = LeaseTimes(lease_seconds=3.0, renew_seconds=0.5, send_seconds=0.5)
# Ten seconds may pass until the server gives up a transaction in whose middle a worker was stopped.
FREE_SECONDS_MAX: Final = 30.0
LOOK_AGAIN_SECONDS: Final = 0.05
TRY_LATER: Final = 3


class SharedBooks(MemoryBooks):
    """A file that every worker adds to."""

    def __init__(self, path: Path, happening: str) -> None:
        super().__init__()
        self._path = path
        kind, _, count = happening.partition(":")
        self._strike = {"stop": signal.SIGSTOP, "kill": signal.SIGKILL}.get(kind)
        self._sends_left = int(count or 0)

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        return {number: BooksAccount(number=number, name="") for number in numbers}

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:  # noqa: ARG002  the port's signature
        return frozenset()

    async def unknown_dimensions(
        self,
        keys: Sequence[tuple[str, str]],  # noqa: ARG002  the port's signature
    ) -> frozenset[tuple[str, str]]:
        return frozenset()

    async def period_of(self, day: date) -> AccountingPeriod | None:
        return AccountingPeriod(name=f"{day.year}", start=date(day.year, 1, 1), end=date(day.year, 12, 31))

    async def post(
        self,
        document: Document,
        content_hash: str,
        check: SendCheck = unchecked,
    ) -> PostedDocument:
        check()
        total = document.total(Side.DEBIT)
        sent = {
            "worker": os.getpid(),
            "at": time.time(),
            "reference": document.external_reference,
            "date": document.posting_date.date.isoformat(),
            "mode": document.mode,
            "total": [total.minor, total.currency.code],
            "hash": content_hash,
        }
        with self._path.open("ab", buffering=0) as file:
            file.write(json.dumps(sent).encode() + b"\n")
        self._sends_left -= 1
        return _posted(sent)

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        if self._strike is not None and self._sends_left <= 0:
            strike, self._strike = self._strike, None
            os.kill(os.getpid(), strike)
        return next((_posted(sent) for sent in sends(self._path) if sent["reference"] == external_reference), None)

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:  # noqa: ARG002  likewise
        return None


def sends(path: Path) -> list[dict[str, Any]]:
    """What every worker sent, oldest first."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def _posted(sent: Mapping[str, Any]) -> PostedDocument:
    minor, currency = sent["total"]
    return PostedDocument(
        external_reference=sent["reference"],
        external_id=sent["reference"],
        external_url="",
        posting_date=date.fromisoformat(sent["date"]),
        mode=PostingMode(sent["mode"]),
        total=Money(minor, Currency(currency)),
        content_hash=sent["hash"],
    )


async def export(config_path: Path, ledger: Path, happening: str) -> None:
    config = load_config(config_path)
    deadline = time.monotonic() + FREE_SECONDS_MAX
    while True:
        try:
            async with open_desk(config, SilentProgress(), os.environ, lease_times=TIMES) as desk:
                books = SharedBooks(ledger, happening)
                await run_pending(replace(desk, planner=replace(desk.planner, books=books)))
                return
        except TryLater:
            if happening != "wait" or time.monotonic() > deadline:
                raise
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


if __name__ == "__main__":
    try:
        asyncio.run(export(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
    except Trouble as trouble:
        sys.stderr.write(f"{type(trouble).__name__}: {trouble}\n")
        sys.exit(TRY_LATER)
