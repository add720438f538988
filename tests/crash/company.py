"""One company with its folder: settings, books and state, its expenses at Pleo, its jobs."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.scenario import SeededExpenses
from tests.crash.pleo import ROOT, Pleo
from tests.crash.pleo_process import API_KEY, source_of

RECEIPT_SHARE: Final = 0.02
FAILING_SHARE: Final = 0.02
PAYABLE_SHARE: Final = 0.05
# Of a company's expenses, those in the first of its two jobs.
_FIRST_SHARE: Final = 0.8
_DEMO: Final = ROOT / "src" / "bilag" / "app" / "demo.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company; every name of it follows from the seed."""

    pleo: Pleo
    folder: Path
    company_id: str
    items: int
    seed: int
    jobs: list[str]
    database: str = ""
    receipt_share: float = RECEIPT_SHARE

    @property
    def books(self) -> Path:
        """The text books."""
        return self.folder / "books"

    @property
    def journal(self) -> Path:
        """Our posting journal on SQLite."""
        return self.folder / ".bilag" / "posting-journal.sqlite"

    @property
    def environment(self) -> dict[str, str]:
        """What its workers need to know."""
        return {"PLEO_API_KEY": API_KEY, **({"BILAG_DATABASE": self.database} if self.database else {})}

    def source(self, *, failing: bool = True) -> SeededExpenses:
        """Its expenses, with those that can't be booked or as they were before they were spoiled."""
        return source_of({**self._given(), "failing": FAILING_SHARE if failing else 0})

    def expected(self) -> dict[str, bool]:
        """Whether each of its entries can be booked."""
        as_told, unspoiled = self.source(), self.source(failing=False)
        return {
            as_told.entry_id(place): as_told.expense(place).item == unspoiled.expense(place).item
            for place in range(self.items)
        }

    def size_of_books(self) -> int:
        """Bytes of entries in the books."""
        return sum(path.stat().st_size for path in (self.books / "journal").glob("*"))

    def settings_in(self, folder: Path) -> Path:
        """A folder with the company's settings, as on a machine of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        text = _DEMO.read_text("utf-8")
        for old, new in self._changes():
            assert old in text, old
            text = text.replace(old, new)
        (folder / "bilag.toml").write_text(text, "utf-8")
        return folder

    def _changes(self) -> tuple[tuple[str, str], ...]:
        database = '[state]\ndatabase = { env = "BILAG_DATABASE" }\n\n' if self.database else ""
        return (
            (COMPANY_ID, self.company_id),
            ("http://127.0.0.1:8765", self.pleo.api_url),
            ("http://127.0.0.1:8766", self.pleo.files_url),
            ("[pleo]", "[pleo]\ncalls_per_minute = 1_000_000"),
            (", blocked = true", ""),
            ("[bookkeeping]", f'{database}[bookkeeping]\nitems_at_once = 64\ndefault_vendor = "K1004"'),
            ("[books.plaintext]", f'[books.plaintext]\nfolder = "{self.books}"'),
        )

    def _given(self) -> dict[str, object]:
        shares = {"receipt": self.receipt_share, "failing": FAILING_SHARE, "payable": PAYABLE_SHARE}
        return {"company": self.company_id, "count": self.items, "seed": self.seed, **shares}

    def introduce(self) -> None:
        """Bring it, its expenses and two jobs to Pleo, and write its settings."""
        self.pleo.add_company(**self._given())
        first = max(1, int(self.items * _FIRST_SHARE))
        self._add_job(range(first))
        self._add_job(range(first, self.items))
        self.settings_in(self.folder)

    def export_failed_again(self) -> int:
        """What a person does: one more job of everything that failed and can be booked; how many that are."""
        told = self.pleo.told()
        last = {entry: outcomes for job in self.jobs if job in told for entry, outcomes in told[job].items.items()}
        expected, source = self.expected(), self.source()
        failed = [
            place
            for place in range(self.items)
            if expected[entry := source.entry_id(place)] and "failed" in {status for status, _ in last[entry]}
        ]
        if failed:
            self._add_job(failed)
        return len(failed)

    def _add_job(self, places: Sequence[int]) -> None:
        self.jobs.append(_id(self.seed, len(self.jobs) + 1))
        self.pleo.add_job(self.company_id, self.jobs[-1], places)


def new_company(
    pleo: Pleo, folder: Path, items: int, seed: int, database: str = "", *, receipt_share: float = RECEIPT_SHARE
) -> Company:
    """A company that Pleo knows, with two waiting jobs."""
    company = Company(
        pleo=pleo,
        folder=folder,
        company_id=_id(seed, 0),
        items=items,
        seed=seed,
        jobs=[],
        database=database,
        receipt_share=receipt_share,
    )
    company.introduce()
    return company


def _id(seed: int, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}:{number}"))
