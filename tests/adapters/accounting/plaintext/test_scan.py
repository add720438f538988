from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.amounts import Unreadable
from bilag.adapters.accounting.plaintext.index import ReferenceIndex, place
from bilag.adapters.accounting.plaintext.scan import read_block, scan
from bilag.adapters.accounting.plaintext.syntax_beancount import BeancountDialect

READ_AT_ONCE = 8 * 1024


def entry(reference: str, padding: int = 0) -> str:
    return f'2026-10-15 * "A"\n  note: "{"x" * padding}"\n  external_reference: "{reference}"\n'


@pytest.mark.parametrize("excess", [-2, -1, 0, 1, 2])
def test_an_entry_that_ends_where_one_read_ends_is_read_alone(tmp_path: Path, excess: int) -> None:
    path = tmp_path / "a"
    wanted = entry("a", READ_AT_ONCE - len(entry("a")) + excess)
    path.write_text(wanted + entry("b"))
    assert read_block(path, 0) == wanted


def test_the_last_entry_of_a_file_may_lack_its_newline(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("; heading\n" + entry("a").rstrip("\n"))
    assert read_block(path, 10) == entry("a").rstrip("\n")


def test_an_endless_entry_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("2026-10-15\n" + "  x\n" * 600_000)
    with pytest.raises(Unreadable, match="longer than"):
        read_block(path, 0)


def test_only_entries_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a"
    parts = [
        "; heading\n\n",
        entry("a"),
        '\n; 2026-10-15 * "A"\n;  external_reference: "commented"\n',
        '\n2026-10-15 note Assets:A "x"\n  external_reference: "on a note"\n',
        '\n  external_reference: "alone"\n\n',
        entry('b \\"quoted\\" \\n'),
    ]
    path.write_text("".join(parts))
    index = ReferenceIndex()
    scan(path, 7, BeancountDialect(), index)
    assert len(index) == 2
    assert index.places("a") == (place(7, len(parts[0])),)
    assert index.places('b "quoted" \n') == (place(7, sum(map(len, parts[:-1]))),)
