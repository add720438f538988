"""Linking a group of receipts to their entries: each file gets its name, then the books name the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bilag.adapters.accounting.plaintext import refusals
from bilag.adapters.accounting.plaintext.books import Books
from bilag.adapters.accounting.plaintext.dialect import NewReceipt, receipt_block
from bilag.adapters.accounting.plaintext.documents import move_in, safe_part
from bilag.domain.failure import Failure
from bilag.ports.errors import BadAnswer, OutcomeUnknown, Trouble, Unreachable

LinkAnswer: TypeAlias = Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """A file that was copied in as `incoming` and shall be linked to an entry under a safe name."""

    external_id: str
    incoming: Path
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    position: int
    external_id: str
    block: tuple[bytes, int]


def link_group(books: Books, requests: Sequence[LinkRequest]) -> list[LinkAnswer | Trouble]:
    """The answer to every request, in its place: None is linked. Raises trouble that concerns all of them alike."""
    books.ready()
    answers: dict[int, LinkAnswer | Trouble] = {}
    shares: dict[Path, list[_Ready]] = {}
    first: set[tuple[str, str]] = set()
    repeats: list[int] = []
    for position, request in enumerate(requests):
        if (request.external_id, request.sha256) in first:
            repeats.append(position)
            continue
        first.add((request.external_id, request.sha256))
        try:
            drawn = _draw_up(books, request, position)
        except BadAnswer as trouble:
            answers[position] = trouble
        except OSError as problem:
            answers[position] = Unreachable(f"the receipt cannot be stored: {problem}")
        else:
            if isinstance(drawn, tuple):
                shares.setdefault(drawn[0], []).append(drawn[1])
            else:
                answers[position] = drawn
    for path, ready in shares.items():
        answers |= _write(books, path, ready)
    if repeats:
        again = link_group(books, [requests[position] for position in repeats])
        answers |= zip(repeats, again, strict=True)
    return [answers[position] for position in range(len(requests))]


def _draw_up(books: Books, request: LinkRequest, position: int) -> tuple[Path, _Ready] | LinkAnswer:
    """The journal file and the lines for it; None when the books name the file already, whose bytes are restored."""
    where = books.folder.index.place_of(request.external_id)
    if where is None:
        return refusals.not_in_books(request.external_id)
    for receipt in books.folder.receipts(request.external_id):
        place = books.receipt_file(receipt.path)
        if receipt.sha256 == request.sha256 and books.holds(place):
            move_in(books.disk, request.incoming, place, request.sha256)
            return None
    (entry,) = books.folder.entries([where])
    journal = books.folder.file_of(where)
    target = books.layout.documents / journal.stem / f"{entry.day}.{safe_part(request.external_id)}.{request.name}"
    stored = move_in(books.disk, request.incoming, target, request.sha256)
    text = books.dialect.receipt_text(
        NewReceipt(
            day=entry.day,
            account=entry.account,
            path=f"../{stored.relative_to(books.layout.folder).as_posix()}",
            external_reference=entry.external_reference,
            voucher=request.external_id,
            sha256=request.sha256,
        )
    )
    block = receipt_block(request.external_id, text)
    return journal, _Ready(position=position, external_id=request.external_id, block=block)


def _write(books: Books, path: Path, ready: Sequence[_Ready]) -> dict[int, LinkAnswer | Trouble]:
    try:
        places = books.folder.append(path, path.stem, [one.block for one in ready])
    except (OutcomeUnknown, Unreachable) as trouble:
        return {one.position: trouble for one in ready}
    for one, where in zip(ready, places, strict=True):
        books.folder.index.add_receipt(one.external_id, where)
    return {one.position: None for one in ready}
