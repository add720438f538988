"""The books in the hands of the programs that people look at them with."""

import subprocess
import sys
from pathlib import Path

from fava.core import FavaLedger

from bilag.ports.accounting_system import PostedDocument
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.samples import HASH, a_receipt, an_entry, reference_of


def bean_check(folder: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("bean-check")), str(folder / "main.beancount")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


async def test_bean_check_takes_the_books(open_books: Opener, folder: Path, tmp_path: Path) -> None:
    books = open_books()
    posted = await books.post(an_entry(1), HASH)
    assert isinstance(posted, PostedDocument)
    await books.attach(posted.external_id, a_receipt(tmp_path))
    assert bean_check(folder) == (0, "")


async def test_fava_shows_entries_with_their_receipts(open_books: Opener, folder: Path, tmp_path: Path) -> None:
    books = open_books()
    posted = await books.post(an_entry(1), HASH)
    assert isinstance(posted, PostedDocument)
    await books.attach(posted.external_id, a_receipt(tmp_path))
    ledger = FavaLedger(str(folder / "main.beancount"))
    assert ledger.errors == []
    assert ledger.options["title"] == "Papirhuset ApS"
    filtered = ledger.get_filtered(filter=f"^{reference_of(1)}")
    assert sorted(type(entry).__name__ for entry in filtered.entries) == ["Document", "Transaction"]
