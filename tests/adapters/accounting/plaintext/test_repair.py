"""Crashes: whatever the disk has of the last write, nothing is lost and nothing is booked twice."""

import asyncio
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.adapters.accounting.plaintext.disk import Disk
from bilag.adapters.accounting.plaintext.repair import TornBlock, repair_file, torn_block
from bilag.ports.accounting_system import PostedDocument
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.oracles import assert_accepted, load
from tests.adapters.accounting.plaintext.samples import (
    HASH,
    FixedClock,
    a_config,
    a_receipt,
    an_entry,
    period_file,
    reference_of,
)

WHOLE = (
    b'; heading\n\n; voucher 2026-000001\n2026-10-15 * "A"\n  external_reference: "a"\n; end of voucher 2026-000001\n'
)
NEXT = (
    b"\n; voucher 2026-000002\n"
    b'2026-10-15 * "B"\n  external_reference: "b"\n  Assets:A  1 DKK\n'
    b"; end of voucher 2026-000002\n"
)
NEXT_RECEIPT = (
    b"\n; receipt of 2026-000001\n"
    b'2026-10-15 document Assets:A "x.pdf"\n  voucher: "2026-000001"\n'
    b"; end of receipt of 2026-000001\n"
)
NEXT_HLEDGER_RECEIPT = (
    b"\n; receipt of 2026-000001\n; document:x.pdf, voucher:2026-000001\n; end of receipt of 2026-000001\n"
)
BY_HAND = b'2026-10-20 * "By hand"\n  Assets:A  1 DKK\n  Assets:B\n'


@pytest.mark.parametrize("block", [NEXT, NEXT_RECEIPT, NEXT_HLEDGER_RECEIPT])
def test_a_block_that_ends_anywhere_is_taken_out_whole(block: bytes) -> None:
    for length in range(len(block)):
        data = WHOLE + block[:length]
        torn = torn_block(data)
        left = data if torn is None else data[: torn.start] + data[torn.end :]
        complete = length >= len(block) - 1
        assert left.rstrip(b"\n") == (data if complete else WHOLE).rstrip(b"\n"), block[:length]


@pytest.mark.parametrize("block", [NEXT, NEXT_RECEIPT, NEXT_HLEDGER_RECEIPT])
def test_what_a_person_wrote_after_a_torn_block_stays(block: bytes) -> None:
    for length in range(1, len(block) - 1):
        cut = block[:length]
        if not cut.strip(b"\n"):
            continue
        data = WHOLE + cut + b"\n\n" + BY_HAND
        torn = torn_block(data)
        left = data if torn is None else data[: torn.start] + data[torn.end :]
        assert left.startswith(WHOLE), cut
        assert left.endswith(BY_HAND), cut


def test_a_person_who_writes_right_below_a_torn_start_line_keeps_every_word() -> None:
    data = WHOLE + b"\n; voucher 2026-000002\n" + BY_HAND
    torn = torn_block(data)
    assert torn is not None
    assert data[: torn.start] + data[torn.end :] == WHOLE + b"\n" + BY_HAND


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"; heading\n",
        WHOLE,
        WHOLE + BY_HAND,
        WHOLE + BY_HAND.rstrip(b"\n"),
        WHOLE.rstrip(b"\n"),
        WHOLE + NEXT.replace(b"; end of", b"\n; checked by Eva\n\n; end of"),
        WHOLE.replace(b"\n", b"\r\n"),
        BY_HAND + b"; vouchers are kept in the blue folder",
        WHOLE + b"; a remark\n",
    ],
)
def test_whole_files_are_left_alone(data: bytes) -> None:
    assert torn_block(data) is None


def test_zero_bytes_that_never_arrived_are_taken_out() -> None:
    assert torn_block(WHOLE + b"\0" * 100) == TornBlock(start=len(WHOLE), end=len(WHOLE) + 100)
    half = WHOLE + NEXT[:60] + b"\0" * 100
    assert torn_block(half) == TornBlock(start=len(WHOLE) + 1, end=len(half))


def test_the_piece_is_kept_aside_and_never_overwritten(tmp_path: Path) -> None:
    path, now = tmp_path / "2026-10.beancount", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    for number in range(3):
        path.write_bytes(WHOLE + NEXT[: 40 + number])
        done = repair_file(Disk(), path, tmp_path, now)
        assert done is not None
        assert done.aside.read_bytes() == NEXT[1 : 40 + number]
        assert path.read_bytes() == WHOLE + b"\n"
    assert len(list(tmp_path.glob("torn-20261121T093000Z*-2026-10.beancount"))) == 3
    assert repair_file(Disk(), path, tmp_path, now) is None


def test_a_torn_piece_before_a_persons_text_is_cut_out_of_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "2026-10.beancount"
    path.write_bytes(WHOLE + NEXT[:80] + b"\n\n" + BY_HAND)
    done = repair_file(Disk(), path, tmp_path, datetime(2026, 11, 21, tzinfo=UTC))
    assert done is not None
    assert path.read_bytes().startswith(WHOLE)
    assert path.read_bytes().endswith(BY_HAND)
    assert NEXT[1:80] in done.aside.read_bytes()


async def test_books_cut_off_at_any_byte_open_again_and_take_the_entry_once(folder: Path, syntax: Syntax) -> None:
    async def once() -> PlaintextBooks:
        books = PlaintextBooks(a_config(folder, syntax), FixedClock())
        for number in (1, 2):
            assert isinstance(await books.post(an_entry(number), HASH), PostedDocument)
        return books

    await (await once()).close()
    path = period_file(folder, syntax)
    whole = path.read_bytes()
    start = whole.index(b"\n; voucher 2026-000002")
    for length in range(start, len(whole)):
        path.write_bytes(whole[:length])
        books = await once()
        assert await books.find_by_reference(reference_of(1)) is not None
        assert await books.find_by_reference(reference_of(2)) is not None
        await books.close()
        text = path.read_bytes()
        assert text.count(b"external_reference:" + (b' "' if syntax is Syntax.BEANCOUNT else b"")) == 2
        assert text.count(b"; end of voucher") == 2
        if length % 97 == 0:
            assert_accepted(folder)
    assert_accepted(folder)
    assert len(list((folder / ".bilag").glob("torn-*"))) > 400


async def test_a_receipt_cut_off_at_any_byte_is_linked_once(folder: Path, syntax: Syntax, tmp_path: Path) -> None:
    receipt = a_receipt(tmp_path)

    async def once() -> None:
        books = PlaintextBooks(a_config(folder, syntax), FixedClock())
        posted = await books.post(an_entry(1), HASH)
        assert isinstance(posted, PostedDocument)
        assert await books.attach(posted.external_id, receipt) is None
        assert await books.attached(posted.external_id) == {receipt.sha256}
        await books.close()

    await once()
    path = period_file(folder, syntax)
    whole = path.read_bytes()
    for length in range(whole.index(b"\n; receipt of"), len(whole), 3):
        path.write_bytes(whole[:length])
        await once()
        assert path.read_bytes().count(b"sha256") == 1
    assert_accepted(folder)
    assert len([one for one in (folder / "documents").rglob("*") if one.is_file()]) == 1


async def test_a_repair_is_reported(
    open_books: Opener, folder: Path, syntax: Syntax, caplog: pytest.LogCaptureFixture
) -> None:
    books = open_books(syntax)
    for number in (1, 2):
        await books.post(an_entry(number), HASH)
    await books.close()
    path = period_file(folder, syntax)
    path.write_bytes(path.read_bytes()[:-50])
    again = open_books(syntax)
    assert await again.find_by_reference(reference_of(2)) is None
    assert path.name in caplog.text
    assert "torn-20261121T093000Z" in caplog.text


def test_a_killed_process_loses_nothing_that_it_answered(folder: Path, syntax: Syntax) -> None:
    script = """
import asyncio, sys
from itertools import count
from pathlib import Path
from tests.adapters.accounting.plaintext.samples import *
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks

async def main():
    books = PlaintextBooks(a_config(Path(sys.argv[1]), Syntax(sys.argv[2])), FixedClock())
    numbers = count(int(sys.argv[3]))
    async def worker():
        for number in numbers:
            await books.post(an_entry(number), HASH)
            print(number, flush=True)
    await asyncio.gather(*(worker() for _ in range(16)))

asyncio.run(main())
"""
    answered: set[int] = set()
    for life in range(5):
        command = [sys.executable, "-c", script, str(folder), syntax, str(life * 100_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4]) as child:
            assert child.stdout is not None
            for _ in range(150 + 37 * life):
                answered.add(int(child.stdout.readline()))
            child.send_signal(signal.SIGKILL)
            answered.update(int(line) for line in child.stdout.read().split("\n")[:-1])
        assert child.returncode == -signal.SIGKILL
    _assert_answered_once(folder, syntax, answered)


def _assert_answered_once(folder: Path, syntax: Syntax, answered: set[int]) -> None:
    opened = PlaintextBooks(a_config(folder, syntax), FixedClock())

    async def reopen() -> None:
        for number in answered:
            found = await opened.find_by_reference(reference_of(number))
            assert found is not None, number
        await opened.close()

    asyncio.run(reopen())
    assert_accepted(folder)
    if syntax is Syntax.BEANCOUNT:
        transactions = load(folder).by_reference().values()
        vouchers = sorted(int(one.meta["voucher"].rpartition("-")[2]) for one in transactions)
        assert vouchers == list(range(1, len(vouchers) + 1)), "no number was lost or given twice"
