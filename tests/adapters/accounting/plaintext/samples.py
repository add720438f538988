"""Documents and set-ups for the text books; a test names what differs."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from bilag.adapters.accounting.plaintext.config import PlaintextConfig, Syntax
from bilag.domain.attachment import FileFormat, StoredFile
from bilag.domain.ledger import AccountRole, Datapoints, JournalEntry, Posting, PostingMode, Side
from bilag.domain.period import PostingDate
from tests.builders import money

OCTOBER: Final = date(2026, 10, 15)
HASH: Final = "a" * 64
OTHER_HASH: Final = "b" * 64


@dataclass(frozen=True, slots=True)
class FixedClock:
    """21 November 2026, always."""

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def monotonic_seconds(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        await asyncio.sleep(0)


def reference_of(number: int) -> str:
    """An external reference in the shape that is really used."""
    return f"4b1f0c5e.8d2c9b34-1f9e-4c1c-8a57-{number:012d}.je1"


def an_entry(number: int = 1, amount: str = "125.00 DKK", **differences: Any) -> JournalEntry:
    """Office supplies, paid from the wallet on 15 October 2026; a draft unless told otherwise."""
    whole = money(amount)
    entry = JournalEntry(
        external_reference=reference_of(number),
        posting_date=dated(OCTOBER),
        mode=PostingMode.DRAFT,
        currency=whole.currency,
        postings=(
            Posting(account="6010", role=AccountRole.EXPENSE, side=Side.DEBIT, amount=whole),
            Posting(account="1910", role=AccountRole.WALLET, side=Side.CREDIT, amount=whole),
        ),
        datapoints=Datapoints(
            reconciliation_id=f"rec-{number}", description="Papirhuset - Astrid Holm", payee="Papirhuset"
        ),
    )
    return replace(entry, **differences)


def dated(day: date, **differences: Any) -> PostingDate:
    """A posting date that was not moved."""
    return replace(PostingDate(original=day, date=day, period=f"{day:%Y-%m}"), **differences)


def a_config(folder: Path, syntax: Syntax = Syntax.BEANCOUNT, **differences: Any) -> PlaintextConfig:
    """Calendar months, any account."""
    config = PlaintextConfig(folder=folder, syntax=syntax, currency=money("0 DKK").currency, title="Papirhuset ApS")
    return replace(config, **differences)


def a_receipt(folder: Path, name: str = "receipt.pdf", content: bytes = b"%PDF-1.7 a receipt") -> StoredFile:
    """A file on the disk, outside the books."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"download-{digest[:12]}"
    path.write_bytes(content)
    return StoredFile(name=name, path=str(path), format=FileFormat.PDF, size_bytes=len(content), sha256=digest)


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def period_file(folder: Path, syntax: Syntax, name: str = "2026-10") -> Path:
    """The journal file of a period."""
    return folder / "journal" / f"{name}.{'beancount' if syntax is Syntax.BEANCOUNT else 'journal'}"
