"""What a person changes in the files counts, and what a crash leaves does not."""

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from bilag.adapters.accounting.plaintext.config import Syntax
from bilag.adapters.accounting.plaintext.connector import PlaintextBooks
from bilag.domain.payables import PayableKeys
from bilag.ports.accounting_system import SettlementRefused
from bilag.ports.errors import BadAnswer, OutcomeUnknown
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.failing_disk import FailingDisk
from tests.adapters.accounting.plaintext.oracles import hledger, load
from tests.adapters.accounting.plaintext.payable_samples import (
    GADGETS,
    PAPER,
    a_journal_entry_on_payables,
    a_payment,
    an_invoice,
    balances,
    booked,
    item_of,
    open_amounts,
    reopening,
    settling,
)
from tests.adapters.accounting.plaintext.samples import HASH, FixedClock, a_config, period_file
from tests.builders import money

VENDOR_ACCOUNT: Final = "Liabilities:6800:V1001-Gadget-Store"


def change(path: Path, edit: Callable[[str], str]) -> None:
    """Save the file as a person does."""
    before = path.read_text()
    after = edit(before)
    assert after != before, "an edit that changes nothing tests nothing"
    path.write_text(after)


def without_block(text: str, voucher: str) -> str:
    """The text without the whole block of a voucher."""
    before, _, rest = text.partition(f"; voucher {voucher}\n")
    return before + rest.partition(f"; end of voucher {voucher}\n")[2]


def accounts_file(folder: Path, syntax: Syntax) -> Path:
    return period_file(folder, syntax).parent.parent / f"accounts{period_file(folder, syntax).suffix}"


def said_by_their_program(folder: Path, syntax: Syntax) -> dict[tuple[str, str], Decimal]:
    """What the syntax's own program has on every account below the payable account, by account and currency."""
    if syntax is Syntax.BEANCOUNT:
        totals = load(folder).totals()
    else:
        lines = hledger(folder, "balance", "--flat", "--no-total", "-E", "-O", "csv", "--layout", "bare").splitlines()
        cells = [line.strip('"').split('","') for line in lines[1:]]
        totals = {(account, code): Decimal(number) for account, code, number in cells if code}
    return {place: total for place, total in totals.items() if place[0].startswith("Liabilities:6800") and total}


async def assert_balances_agree(books: PlaintextBooks, folder: Path, syntax: Syntax, names: dict[str, str]) -> None:
    """Our balances are theirs with the other sign; `names` gives the account of every vendor number."""
    statement = await books.payables()
    ours = {
        (names[one.vendor_number], one.currency.code): -one.balance.decimal()
        for one in statement.balances
        if one.account == "6800"
    }
    assert ours == said_by_their_program(folder, syntax)


async def test_balances_are_what_their_own_program_says(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice, credit = an_invoice(), an_invoice(2, "-30.00 DKK")
    payment = a_payment(1, "-70.00 DKK", settles=settling((invoice, "70.00 DKK")))
    back = a_payment(
        3, "20.00 DKK", settles=settling((payment, "20.00 DKK")), reopens=reopening(payment, invoice, "20.00 DKK")
    )
    await booked(books, invoice, credit, payment, back)
    await booked(books, an_invoice(4, "1500 JPY", vendor=PAPER), an_invoice(5, "1.234 KWD", vendor=PAPER))
    await booked(books, a_journal_entry_on_payables(1, "7.00 DKK"))
    opening = period_file(folder, syntax, "opening")
    if syntax is Syntax.BEANCOUNT:
        theirs = (
            "\n1999-01-01 open Equity:Opening\n1999-01-01 open Liabilities:6800:Old\n"
            f'\n2020-01-01 * "Opening {VENDOR_ACCOUNT}"\n  {VENDOR_ACCOUNT}\n    note: "brought"\n'
            "  Equity:Opening  11.50 DKK\n  ; what we also owed\n  Equity:Opening  2.25 EUR\n"
            '\n2020-01-02 txn "Priced"\n  Liabilities:6800:Old  -10.00 USD @ 7 DKK ; in dollars\n  Equity:Opening\n'
            "2020-02-01 balance Liabilities:6800:Old  -10.00 USD\n"
        )
    else:
        theirs = (
            "\naccount Equity:Opening\naccount Liabilities:6800:Old\ncommodity 1000.00 USD\ncommodity 1000.00 EUR\n"
            f"\n2020-01-01 Opening {VENDOR_ACCOUNT}\n    {VENDOR_ACCOUNT}\n"
            "    Equity:Opening  11.50 DKK\n    ; what we also owed\n    Equity:Opening  2.25 EUR\n"
            "\n2020-01-02 * Priced\n    Liabilities:6800:Old  -10.00 USD @ 7 DKK ; in dollars\n    Equity:Opening\n"
            "\n2020-01-03 Virtual\n    (Liabilities:6800:Old)  -3.00 DKK = -3.00 DKK\n"
            f"\ncomment\n2020-01-01 No\n    {VENDOR_ACCOUNT}  5 DKK\n    Equity:Opening\nend comment\n"
        )
    change(opening, lambda text: text + theirs)
    statement = await books.payables()
    found = {(one.vendor_number, str(one.balance)) for one in statement.balances}
    assert {("V1001", "31.50 DKK"), ("V1001", "2.25 EUR"), ("V1002", "1500 JPY"), ("V1002", "1.234 KWD")} <= found
    said = said_by_their_program(folder, syntax)
    for one in statement.balances:
        name = {"V1001": VENDOR_ACCOUNT, "V1002": "Liabilities:6800:V1002-Papirhuset"}.get(one.vendor_number)
        on_itself = ("Liabilities:6800", "Liabilities:6800:Old")
        accounts = on_itself if name is None else (name,)
        assert one.balance.decimal() == -sum(said.pop((account, one.currency.code), Decimal(0)) for account in accounts)
    assert said == {}


async def test_a_file_that_the_main_file_includes_counts_and_another_does_not(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    await booked(books, an_invoice())
    ending = period_file(folder, syntax).suffix
    flag = "*" if syntax is Syntax.HLEDGER else '* "By hand"'
    (folder / "more").mkdir()
    text = f"2026-01-01 {flag}\n  {VENDOR_ACCOUNT}  30.00 DKK\n  Expenses:6010\n"
    (folder / "more" / f"mine{ending}").write_text(text)
    (folder / f"unused{ending}").write_text(text)
    assert await balances(books) == {("6800", "V1001"): "100.00 DKK"}
    directive = f"include more/*{ending}\n" if syntax is Syntax.HLEDGER else f'include "more/*{ending}"\n'
    change(folder / f"main{ending}", lambda main: f"{main}{directive}")
    await assert_balances_agree(books, folder, syntax, {"V1001": VENDOR_ACCOUNT})
    assert await balances(books) == {("6800", "V1001"): "70.00 DKK"}


async def test_a_changed_amount_counts_as_it_stands(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice, payment = an_invoice(), a_payment(settles=settling((an_invoice(), "100.00 DKK")))
    await booked(books, invoice, payment)
    change(period_file(folder, syntax), lambda text: text.replace("100.00 DKK\n", "60.00 DKK\n", 2))
    assert (await item_of(books, invoice)).amount == money("60.00 DKK")
    assert await open_amounts(books) == {"pay.1": "-40.00 DKK"}
    assert await balances(books) == {("6800", "V1001"): "-40.00 DKK"}


async def test_a_removed_document_leaves_its_counterpart_open(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    await booked(books, invoice, a_payment(settles=settling((invoice, "100.00 DKK"))))
    whole = period_file(folder, syntax).read_text()
    change(period_file(folder, syntax), lambda text: without_block(text, "2026-000002"))
    assert await open_amounts(books) == {"inv.1": "100.00 DKK"}
    assert (await item_of(books, invoice)).settled_with == ()
    period_file(folder, syntax).write_text(without_block(whole, "2026-000001"))
    assert await open_amounts(books) == {"pay.1": "-100.00 DKK"}
    assert (await item_of(books, a_payment())).misses == ("inv.1",)
    again = a_payment(2, settles=settling((invoice, "100.00 DKK")))
    assert await books.post(again, HASH) == SettlementRefused(reference="inv.1")


async def test_a_renamed_account_is_used_from_then_on(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    await booked(books, invoice)
    for path in (accounts_file(folder, syntax), period_file(folder, syntax)):
        change(path, lambda text: text.replace(VENDOR_ACCOUNT, "Liabilities:Vendors:Gadgets"))
    await booked(books, a_payment(amount="-30.00 DKK", settles=settling((invoice, "30.00 DKK"))))
    assert await open_amounts(books) == {"inv.1": "70.00 DKK"}
    assert await balances(books) == {("6800", "V1001"): "70.00 DKK"}
    assert VENDOR_ACCOUNT not in period_file(folder, syntax).read_text()
    assert said_by_their_program(folder, syntax) == {}


async def test_an_entry_that_moves_to_another_file_is_still_there_once(
    open_books: Opener, folder: Path, syntax: Syntax
) -> None:
    books = open_books(syntax)
    invoice = an_invoice()
    await booked(books, invoice, a_payment(amount="-40.00 DKK", settles=settling((invoice, "40.00 DKK"))))
    assert await open_amounts(books) == {"inv.1": "60.00 DKK"}
    old = period_file(folder, syntax)
    text = old.read_text()
    copy = period_file(folder, syntax, "a-copy")
    copy.write_text(text)
    assert await open_amounts(books) == {"inv.1": "60.00 DKK"}
    assert await balances(books) == {("6800", "V1001"): "120.00 DKK"}
    old.write_text(text.partition("; voucher")[0])
    assert await open_amounts(books) == {"inv.1": "60.00 DKK"}
    assert await balances(books) == {("6800", "V1001"): "60.00 DKK"}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("inv.1 100.00 DKK", "inv.1 100 crowns", "crowns"),
        ("vendor_payment", "vendor_gift", "vendor_gift"),
        (VENDOR_ACCOUNT, "Liabilities:Elsewhere", "no posting is on an account of vendor"),
    ],
)
async def test_a_document_edited_beyond_reading_is_told_with_file_and_line(
    folder: Path, syntax: Syntax, old: str, new: str, why: str
) -> None:
    books = PlaintextBooks(a_config(folder, syntax), FixedClock())
    invoice = an_invoice()
    payment = a_payment(settles=settling((invoice, "100.00 DKK")))
    await booked(books, invoice, payment)

    def edit(text: str) -> str:
        start, end = text.split("; voucher 2026-000002")
        return f"{start}; voucher 2026-000002{end.replace(old, new)}"

    change(period_file(folder, syntax), edit)
    with pytest.raises(BadAnswer, match=rf"2026-10\.\w+ line \d+ .*{why}"):
        await books.payables()
    with pytest.raises(BadAnswer, match=why):
        await item_of(books, payment)
    assert (await item_of(books, invoice)).open_amount == money("100.00 DKK")
    await books.close()


@pytest.mark.parametrize(
    "line",
    [
        '2020-01-01 * "A"\n  ACCOUNT  (1+1) DKK\n  Expenses:6010\n',
        '2020-01-01 * "A"\n  ACCOUNT\n  Expenses:6010\n',
        '2020-01-01 * "A"\n  ACCOUNT\n  Expenses:6010  1 DKK @ 2 EUR\n',
        '2020-01-01 * "A"\n  ;; ACCOUNT\n  ACCOUNT  5 crowns\n',
    ],
)
async def test_what_touches_a_payable_account_and_cannot_be_read_is_told(
    folder: Path, syntax: Syntax, line: str
) -> None:
    books = PlaintextBooks(a_config(folder, syntax), FixedClock())
    await booked(books, an_invoice())
    opening = period_file(folder, syntax, "opening")
    before = opening.read_text()
    opening.write_text(f"{before}\n{line.replace('ACCOUNT', 'Expenses:Else')}")
    assert await balances(books) == {("6800", "V1001"): "100.00 DKK"}
    opening.write_text(f"{before}\n{line.replace('ACCOUNT', VENDOR_ACCOUNT)}")
    with pytest.raises(BadAnswer, match=rf"opening\.\w+ line {before.count(chr(10)) + 2} "):
        await books.payables()
    await books.close()


async def test_lines_that_move_or_rename_amounts_unseen_are_told(folder: Path, syntax: Syntax) -> None:
    books = PlaintextBooks(a_config(folder, syntax), FixedClock())
    await booked(books, an_invoice())
    line = "2020-01-01 pad A Equity:B" if syntax is Syntax.BEANCOUNT else "alias A = Other"
    opening = period_file(folder, syntax, "opening")
    opening.write_text(line.replace("A", "Assets:Bank", 1) + "\n")
    assert await balances(books) == {("6800", "V1001"): "100.00 DKK"}
    opening.write_text(line.replace("A", VENDOR_ACCOUNT, 1) + "\n")
    with pytest.raises(BadAnswer, match="line 1 "):
        await books.payables()
    await books.close()


async def test_a_torn_settlement_does_not_count(open_books: Opener, folder: Path, syntax: Syntax) -> None:
    disk = FailingDisk()
    books = PlaintextBooks(a_config(folder, syntax), FixedClock(), disk)
    invoice = an_invoice()
    await booked(books, invoice)
    payment = a_payment(settles=settling((invoice, "100.00 DKK")))
    disk.bytes_left, disk.breaks_cut = 900, True
    with pytest.raises(OutcomeUnknown):
        await books.post(payment, HASH)
    assert "inv.1 100.00 DKK" in period_file(folder, syntax).read_text()
    reader = open_books(syntax)
    assert await open_amounts(reader) == {"inv.1": "100.00 DKK"}
    assert await balances(reader) == {("6800", "V1001"): "100.00 DKK"}
    disk.bytes_left, disk.breaks_cut = None, False
    assert await open_amounts(books) == {"inv.1": "100.00 DKK"}
    await booked(books, payment)
    assert await open_amounts(books) == {}
    await books.close()


async def test_real_programs_take_the_books(open_books: Opener, folder: Path) -> None:
    books = open_books()
    invoice = an_invoice()
    await booked(books, invoice, a_payment(amount="-30.00 DKK", settles=settling((invoice, "30.00 DKK"))))
    assert run("bean-check", str(folder / "main.beancount")) == ""
    query = f"SELECT sum(position) WHERE account = '{VENDOR_ACCOUNT}'"
    assert "-70.00 DKK" in run("bean-query", str(folder / "main.beancount"), query)
    keys = PayableKeys(vendor_number=GADGETS.number, invoice_number="INV-1")
    assert [str(item.open_amount) for item in await books.payable_items(keys)] == ["70.00 DKK", "0.00 DKK"]


def run(program: str, *arguments: str) -> str:
    """What the program beside our Python says; it must not complain."""
    command = [str(Path(sys.executable).parent / program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
