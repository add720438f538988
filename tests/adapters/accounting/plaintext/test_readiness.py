import os
from pathlib import Path

import pytest

from bilag.adapters.accounting.plaintext.account_names import AccountKind
from bilag.adapters.accounting.plaintext.config import ChartAccount
from bilag.domain.failure import JobReason
from bilag.ports.errors import Unreachable
from tests.adapters.accounting.plaintext.conftest import Opener
from tests.adapters.accounting.plaintext.samples import a_config, names_in


async def test_a_healthy_folder_has_no_problems_and_is_not_touched(open_books: Opener, folder: Path) -> None:
    assert await open_books().problems() == ()
    assert names_in(folder) == []


async def test_a_missing_folder_is_told(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder / "nowhere"))
    (problem,) = await books.problems()
    assert problem.reason_type is JobReason.MISSING_CONFIGURATION
    assert str(folder / "nowhere") in problem.message
    with pytest.raises(Unreachable, match="does not exist"):
        await books.find_by_reference("x")


async def test_problems_of_configuration_and_folder_are_told_together(open_books: Opener, folder: Path) -> None:
    books = open_books(config=a_config(folder / "nowhere", fiscal_year_first_month=0))
    assert [problem.reason_type for problem in await books.problems()] == [
        JobReason.INVALID_CONFIGURATION,
        JobReason.MISSING_CONFIGURATION,
    ]


async def test_a_chart_that_contradicts_the_accounts_file_is_told(open_books: Opener, folder: Path) -> None:
    (folder / "accounts.beancount").write_text('2020-01-01 open Expenses:Paper\n  number: "6010"\n')
    chart = (ChartAccount(number="6010", kind=AccountKind.EXPENSE, account="Expenses:Office"),)
    (problem,) = await open_books(config=a_config(folder, chart=chart)).problems()
    assert "Expenses:Paper in the books and Expenses:Office in the configuration" in problem.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
async def test_a_folder_without_rights_is_told(open_books: Opener, folder: Path) -> None:
    os.chmod(folder, 0o500)  # noqa: PTH101  pathlib is refused in async functions
    (problem,) = await open_books().problems()
    os.chmod(folder, 0o700)  # noqa: PTH101  pathlib is refused in async functions
    assert problem.reason_type is JobReason.AUTHORIZATION_FAILURE
