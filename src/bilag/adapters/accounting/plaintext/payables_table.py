"""Vendor documents and what stands against each other, held small in memory: numbers only.

A reference is held as a 64-bit stand-in, and the place of the document says where its text stands.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bilag.adapters.accounting.plaintext.index import Place, place
from bilag.domain.money import Currency, Money

# SQLite's integers have 64 bits; so many documents of so much can still be added up.
MINOR_MAX: Final = 10**15

_TABLES: Final = """
CREATE TABLE document (reference INTEGER PRIMARY KEY, place INTEGER, vendor INTEGER, currency INTEGER, minor INTEGER);
CREATE TABLE settled (one INTEGER, other INTEGER, carrier INTEGER, minor INTEGER, PRIMARY KEY (one, other, carrier))
    WITHOUT ROWID;
CREATE TABLE shared (what INTEGER, place INTEGER, PRIMARY KEY (what, place)) WITHOUT ROWID;
CREATE TABLE copied (place INTEGER PRIMARY KEY);
"""
_AGAINST: Final = """
SELECT theirs.reference, theirs.place, theirs.minor, sum(settled.minor)
FROM settled JOIN document AS theirs ON theirs.reference = settled.other
WHERE settled.one = ? AND theirs.vendor = ? AND theirs.currency = ? AND (theirs.minor > 0) != (? > 0)
GROUP BY theirs.reference HAVING sum(settled.minor) > 0 ORDER BY theirs.place
"""
_SETTLE: Final = """
INSERT INTO settled VALUES (?, ?, ?, ?)
ON CONFLICT (one, other, carrier) DO UPDATE SET minor = minor + excluded.minor
"""
_PLACE_OF: Final = "SELECT place FROM document WHERE reference = ?"
_FORGET: Final = (
    "DELETE FROM document WHERE place >= ? AND place < ?",
    "DELETE FROM settled WHERE carrier >= ? AND carrier < ?",
    "DELETE FROM shared WHERE place >= ? AND place < ?",
    "DELETE FROM copied WHERE place >= ? AND place < ?",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What stands against a document: where, and how much of both is settled, in minor units."""

    reference: int
    place: Place
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A vendor document that stands: the sign of `amount` is positive where we owe."""

    place: Place
    vendor_number: str
    amount: Money
    against: tuple[Against, ...]

    @property
    def open_amount(self) -> Money:
        """What is left, with the sign of the amount; never beyond zero."""
        left = max(0, abs(self.amount.minor) - sum(one.minor for one in self.against))
        return Money(left if self.amount.minor > 0 else -left, self.amount.currency)


class PayablesTable:
    """The numbers. Used by one thread. `rows` is a connection in autocommit mode; one in memory unless given."""

    def __init__(self, rows: sqlite3.Connection | None = None) -> None:
        self._rows = rows or sqlite3.connect(":memory:", isolation_level=None)
        self._rows.executescript(_TABLES)
        self._vendors: dict[str, int] = {}
        self._vendor_names: list[str] = []
        self._currencies: dict[Currency, int] = {}
        self._currency_names: list[Currency] = []

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write many rows as one step, which is faster."""
        self._rows.execute("BEGIN")
        try:
            yield
        finally:
            self._rows.execute("COMMIT")

    def close(self) -> None:
        """Let go of the memory."""
        self._rows.close()

    def add(self, reference: str, where: Place, vendor_number: str, amount: Money) -> bool:
        """A vendor document stands at the place. False when the reference stands elsewhere already: a copy."""
        assert abs(amount.minor) <= MINOR_MAX
        row = (_hash(reference), where, self._vendor(vendor_number), self._currency(amount.currency), amount.minor)
        added = self._rows.execute("INSERT OR IGNORE INTO document VALUES (?, ?, ?, ?, ?)", row)
        if not added.rowcount:
            self._rows.execute("INSERT OR IGNORE INTO copied VALUES (?)", (where,))
        return bool(added.rowcount)

    def settle(self, one: str, other: str, minor: int, carrier: Place) -> None:
        """The text at `carrier` settles so much between both; a negative amount undoes it."""
        rows = ((_hash(one), _hash(other), carrier, minor), (_hash(other), _hash(one), carrier, minor))
        self._rows.executemany(_SETTLE, rows)

    def share(self, keys: Iterable[tuple[str, str, str]], where: Place) -> None:
        """The document at the place can be found by each of the keys: vendor number, kind of key, value."""
        self._rows.executemany("INSERT OR IGNORE INTO shared VALUES (?, ?)", ((hash(key), where) for key in keys))

    def standing(self, reference: str) -> Standing | None:
        """The vendor document with the reference, or None."""
        return self._standing(_hash(reference))

    def between(self, one: str, other: str) -> int:
        """How much is settled between the two, in minor units; 0 when either does not stand."""
        standing = self.standing(one)
        other_hash = _hash(other)
        return next((x.minor for x in standing.against if x.reference == other_hash), 0) if standing else 0

    def places(self, references: Iterable[str], keys: Iterable[tuple[str, str, str]]) -> tuple[Place, ...]:
        """Where the documents stand that have one of the references, or share one of the keys."""
        found: set[Place] = set()
        for reference in references:
            found.update(p for (p,) in self._rows.execute(_PLACE_OF, (_hash(reference),)))
        for key in keys:
            found.update(p for (p,) in self._rows.execute("SELECT place FROM shared WHERE what = ?", (hash(key),)))
        return tuple(sorted(found))

    def all_standing(self) -> Iterator[Standing]:
        """Every vendor document, by its place."""
        for (reference,) in self._rows.execute("SELECT reference FROM document ORDER BY place").fetchall():
            standing = self._standing(reference)
            assert standing is not None
            yield standing

    def copied_files(self) -> frozenset[int]:
        """The numbers of the files with copies, which count once what they are copies of is gone."""
        rows = self._rows.execute("SELECT DISTINCT place / ? FROM copied", (place(1, 0),))
        return frozenset(number for (number,) in rows)

    def forget(self, file_number: int) -> None:
        """Drop everything that one file says."""
        here = (place(file_number, 0), place(file_number + 1, 0))
        for drop in _FORGET:
            self._rows.execute(drop, here)

    def _standing(self, reference: int) -> Standing | None:
        row = self._rows.execute("SELECT * FROM document WHERE reference = ?", (reference,)).fetchone()
        if row is None:
            return None
        _, where, vendor, currency, minor = row
        against = tuple(
            Against(reference=other, place=their_place, minor=min(net, abs(minor), abs(theirs)))
            for other, their_place, theirs, net in self._rows.execute(_AGAINST, (reference, vendor, currency, minor))
        )
        return Standing(
            place=where,
            vendor_number=self._vendor_names[vendor],
            amount=Money(minor, self._currency_names[currency]),
            against=tuple(one for one in against if one.minor),
        )

    def _vendor(self, number: str) -> int:
        if number not in self._vendors:
            self._vendors[number] = len(self._vendor_names)
            self._vendor_names.append(number)
        return self._vendors[number]

    def _currency(self, currency: Currency) -> int:
        if currency not in self._currencies:
            self._currencies[currency] = len(self._currency_names)
            self._currency_names.append(currency)
        return self._currencies[currency]


def _hash(reference: str) -> int:
    """A stand-in for the reference in this process; salted, so that nobody can choose two that meet."""
    return hash(reference)
