"""The books of the stub: every entry that was taken, and what an auditor asks of them. Knows nothing of HTTP."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told."""

    status: HTTPStatus
    body: object


@dataclass(slots=True)
class Entry:
    """One entry as it stands. `source` is the expense behind it, `reference` the caller's own name, `total` debits."""

    number: int
    source: str
    reference: str
    currency: str
    total: int
    date: str
    mode: str
    content: str
    files: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """What the books show of it."""
        shown = asdict(self)
        return {"id": f"E{shown.pop('number')}", **shown}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """`sources` are different expenses, `refused` posts that were not taken, `repeats` answered with what stood."""

    entries: int
    sources: int
    refused: int
    repeats: int
    files: int
    file_bytes: int
    checksum: str


class StubLedger:
    """Takes balanced entries. A key that comes again is answered with what was made of it the first time."""

    def __init__(self) -> None:
        """Empty books."""
        self.entries: list[Entry] = []
        self._by_reference: dict[str, Entry] = {}
        self._by_key: dict[str, Entry] = {}
        self._refused = self._repeats = self._file_bytes = 0

    def post(self, sent: dict[str, Any], key: str = "") -> Answer:
        """Book it. `key` is the server key: empty means that the caller does not care for repeats."""
        if key in self._by_key:
            self._repeats += 1
            return Answer(HTTPStatus.OK, self._by_key[key].as_json())
        problem = _problem(sent)
        if problem:
            self._refused += 1
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"problem": problem})
        entry = Entry(
            number=len(self.entries),
            source=sent["source"],
            reference=sent.get("reference", ""),
            currency=sent["currency"],
            total=sum(line["amount"] for line in sent["lines"] if line["amount"] > 0),
            date=sent["date"],
            mode=sent.get("mode", "final"),
            content=sent.get("content", ""),
        )
        self.entries.append(entry)
        self._by_reference[entry.reference] = entry
        if key:
            self._by_key[key] = entry
        return Answer(HTTPStatus.CREATED, entry.as_json())

    def find(self, reference: str) -> Answer:
        """The entry under the reference."""
        entry = self._by_reference.get(reference)
        return Answer(HTTPStatus.NOT_FOUND, {}) if entry is None else Answer(HTTPStatus.OK, entry.as_json())

    def entry(self, entry_id: str) -> Entry:
        """The entry with this id; raises LookupError or ValueError when there is none."""
        return self.entries[int(entry_id.removeprefix("E"))]

    def attach(self, entry_id: str, sha256: str, size_bytes: int) -> None:
        """Link a file as often as it is sent."""
        self.entry(entry_id).files.append(sha256)
        self._file_bytes += size_bytes

    def tally(self) -> Tally:
        """What stands."""
        return Tally(
            entries=len(self.entries),
            sources=len({entry.source for entry in self.entries}),
            refused=self._refused,
            repeats=self._repeats,
            files=sum(len(entry.files) for entry in self.entries),
            file_bytes=self._file_bytes,
            checksum=checksum((entry.source, entry.currency, entry.total) for entry in self.entries),
        )


def checksum(amounts: Iterable[tuple[str, str, int]]) -> str:
    """Of expenses, currencies and amounts in minor units, in whatever order; one booked twice changes it."""
    rows = "\n".join(sorted(f"{source} {currency} {total}" for source, currency, total in amounts))
    return hashlib.sha256(rows.encode()).hexdigest()[:16]


def _problem(sent: dict[str, Any]) -> str:
    missing = [name for name in ("source", "currency", "date", "lines") if not sent.get(name)]
    if missing:
        return f"missing: {', '.join(missing)}"
    difference = sum(line["amount"] for line in sent["lines"])
    return f"not balanced by {difference}" if difference else ""
