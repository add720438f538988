"""What Pleo was told, what stands in the books and what our journal remembers, held against what should be there.

The books are read by beancount, the outcomes come from the simulated Pleo's own record, the expected sums from Pleo's
items.
"""

import sqlite3
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from bilag.app.demo import tool
from tests.crash.company import Company
from tests.crash.pleo import Told
from tests.e2e.standing_books import StandingBooks, StandingEntry, books_in
from tests.e2e.wallet_oracle import wallet_balances

LISTED_MAX: Final = 10
_SUCCESSFUL: Final = "successful"
_FAILED: Final = "failed"
_ENDS: Final = {
    (True, False): "completed",
    (True, True): "completed_with_errors",
    (False, True): "failed",
    (False, False): "a job without outcomes has no end",
}
_WALLETS: Final = {"5820", "5821", "5822", "5823", "5824"}
_OPEN: Final = "SELECT state, count(*) FROM posting_journal WHERE {} AND state NOT IN ('posted', 'rejected') GROUP BY 1"
_OWED: Final = "SELECT state, count(*) FROM receipt_obligation WHERE {} AND state <> 'attached' GROUP BY 1"
_UNTOLD: Final = "SELECT 'untold', count(*) FROM item_outcome WHERE {} AND reported_at IS NULL HAVING count(*) > 0"


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Counts of what was found in one company, or in many. `wrong` names the first of each kind."""

    items: int = 0
    jobs: int = 0
    entries: int = 0
    receipts: int = 0
    told_again: int = 0
    lost: int = 0
    duplicated: int = 0
    wrong_status: int = 0
    other: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether everything is as it should be."""
        return not (self.lost or self.duplicated or self.wrong_status or self.other)

    def add(self, one: "Verdict") -> None:
        """One more company."""
        for name in ("items", "jobs", "entries", "receipts", "told_again", *COUNTED):
            setattr(self, name, getattr(self, name) + getattr(one, name))
        self.wrong = [*self.wrong, *one.wrong][:LISTED_MAX]

    def note(self, kind: str, found: Iterable[object]) -> None:
        """Count what is wrong, and keep some of it."""
        listed = [str(one) for one in found]
        setattr(self, kind, getattr(self, kind) + len(listed))
        self.wrong = [*self.wrong, *(f"{kind}: {one}" for one in listed)][:LISTED_MAX]


COUNTED: Final = ("lost", "duplicated", "wrong_status", "other")


def judge(company: Company, *, checker: bool = True) -> Verdict:
    """Everything about one company, once its jobs have ended. `checker` asks bean-check as well."""
    verdict = Verdict(items=company.items, jobs=len(company.jobs))
    books = books_in(company.books)
    expected, told = company.expected(), company.pleo.told()
    mine = [told.get(job, Told()) for job in company.jobs]
    verdict.entries = len(books.entries)
    verdict.told_again = sum(one.repeated for one in mine)
    last = {entry: outcomes for one in mine for entry, outcomes in one.items.items()}
    _outcomes(verdict, expected, last)
    _entries(verdict, books, expected, last)
    _sums(verdict, company, books)
    _receipts(verdict, company, books)
    _jobs(verdict, mine)
    verdict.note("other", _journal(company))
    if checker:
        verdict.note("other", _second_program(company))
    return verdict


def _outcomes(verdict: Verdict, expected: Mapping[str, bool], last: Mapping[str, Counter[tuple[str, str]]]) -> None:
    verdict.note("lost", (f"{entry} was not told" for entry in expected if entry not in last))
    for entry, outcomes in last.items():
        statuses = {status for status, _ in outcomes}
        wanted = _SUCCESSFUL if expected[entry] else _FAILED
        if statuses != {wanted}:
            verdict.note("wrong_status", [f"{entry} was told as {sorted(statuses)}, not {wanted}"])
        elif wanted == _SUCCESSFUL and len(outcomes) > 1:
            verdict.note("wrong_status", [f"{entry} was told with different numbers: {sorted(outcomes)}"])


def _entries(
    verdict: Verdict,
    books: StandingBooks,
    expected: Mapping[str, bool],
    last: Mapping[str, Counter[tuple[str, str]]],
) -> None:
    parts: dict[tuple[str, str], list[StandingEntry]] = defaultdict(list)
    vouchers: dict[str, set[str]] = defaultdict(set)
    for entry in books.entries:
        parts[entry.entry_id, entry.generation[:2]].append(entry)
        vouchers[entry.entry_id].add(entry.voucher)
    for standing in parts.values():
        verdict.note("duplicated", [f"{one.reference} {one.voucher}" for one in standing[1:]])
    numbers = Counter(entry.voucher for entry in books.entries)
    verdict.note("other", (f"voucher {name} stands twice" for name, count in numbers.items() if count > 1))
    good = {entry for entry, is_good in expected.items() if is_good}
    verdict.note("lost", (f"{entry} is not in the books" for entry in sorted(good - vouchers.keys())))
    verdict.note("wrong_status", (f"{entry} is in the books" for entry in sorted(vouchers.keys() - good)))
    for entry_id in good & last.keys():
        names = {name for _, name in last[entry_id]}
        verdict.note("wrong_status", (f"{entry_id} has no {name}" for name in sorted(names - vouchers[entry_id])))


def _sums(verdict: Verdict, company: Company, books: StandingBooks) -> None:
    for entry in books.entries:
        sums: Counter[str] = Counter()
        for posting in entry.postings:
            sums[posting.currency] += posting.amount  # type: ignore[assignment]  # decimals add up, too
        if any(sums.values()):
            verdict.note("other", [f"{entry.reference} does not balance"])
    items = _items(company)
    moved = {entry.entry_id for entry in books.entries if entry.moves_money}
    expected = wallet_balances(items[entry] for entry in moved if entry in items)
    found = {key: amount for key, amount in books.balances().items() if key[0] in _WALLETS}
    differing = {key for key in {*expected, *found} if expected.get(key, 0) != found.get(key, 0)}
    verdict.note("other", (f"wallet {key}: {found.get(key)}, not {expected.get(key)}" for key in sorted(differing)))


def _items(company: Company) -> dict[str, Mapping[str, Any]]:
    source = company.source()
    return {source.entry_id(place): source.expense(place).item for place in range(len(source))}


def _receipts(verdict: Verdict, company: Company, books: StandingBooks) -> None:
    """Every file that Pleo serves for a booked expense, once, and no other."""
    source = company.source()
    files: dict[str, list[bytes]] = defaultdict(list)
    for entry in books.entries:
        files[entry.entry_id].extend(entry.files)
    for place in range(len(source)):
        found = files.get(source.entry_id(place))
        if found is None:
            continue
        served = [receipt.render() for receipt in source.expense(place).receipts]
        verdict.receipts += len(found)
        if sorted(found) != sorted(served):
            verdict.note("other", [f"{source.entry_id(place)} has {len(found)} receipts of {len(served)}"])


def _jobs(verdict: Verdict, told: Iterable[Told]) -> None:
    for one in told:
        statuses = {status for outcomes in one.items.values() for status, _ in outcomes}
        end = _ENDS[_SUCCESSFUL in statuses, _FAILED in statuses]
        if one.events != ["started", end]:
            verdict.note("wrong_status", [f"a job was told {one.events}, not started and {end}"])


def _journal(company: Company) -> list[str]:
    """What our journal has not brought to its end."""
    questions = [text.format(f"company_id = '{company.company_id}'") for text in (_OPEN, _OWED, _UNTOLD)]
    if company.database:
        with psycopg.connect(company.database) as server:
            rows = [row for text in questions for row in server.execute(text.encode()).fetchall()]
    else:
        with closing(sqlite3.connect(company.journal)) as file:
            rows = [row for text in questions for row in file.execute(text)]
    return [f"our journal has {count} {state}" for state, count in rows]


def _second_program(company: Company) -> list[str]:
    """What bean-check says of the books."""
    command = [tool("bean-check"), str(company.books / "main.beancount")]
    checked = subprocess.run(command, check=False, capture_output=True, text=True)
    return [] if checked.returncode == 0 else [checked.stdout[-300:] + checked.stderr[-300:]]
