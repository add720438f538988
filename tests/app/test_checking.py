from pathlib import Path

import pytest

from bilag.app.checking import Finding, check_everything
from bilag.simulator.terms import Scope
from tests.e2e.stage import API_KEY, Stage

WALLETS = '[accounts.wallets]\nDKK = "5820"\nEUR = "5821"\nGBP = "5822"\nSEK = "5823"\nUSD = "5824"\n'


async def found(stage: Stage) -> list[Finding]:
    return [finding async for finding in check_everything(stage.config_path)]


async def about(stage: Stage, what: str) -> list[Finding]:
    return [finding for finding in await found(stage) if finding.what == what]


async def test_every_subject_is_looked_at_in_one_order(stage: Stage) -> None:
    assert [finding.what for finding in await found(stage)] == [
        "configuration",
        "Pleo",
        "books",
        "accounts",
        "periods",
        "state",
    ]


async def test_waiting_jobs_are_counted(stage: Stage) -> None:
    (finding,) = await about(stage, "Pleo")

    assert finding.good
    assert finding.message.endswith(": 1")


async def test_credential_without_the_right_is_told_with_the_scopes_that_are_needed(stage: Stage) -> None:
    stage.world.revoke_api_key(API_KEY)
    stage.world.accept_api_key(API_KEY, stage.company_id, scopes=[Scope.ITEMS_READ])
    (finding,) = await about(stage, "Pleo")

    assert finding.good is False
    assert "403" in finding.message
    assert "export-jobs:read" in finding.remedy


async def test_key_that_is_not_taken_is_told_apart_from_missing_rights(stage: Stage) -> None:
    stage.world.revoke_api_key(API_KEY)
    (finding,) = await about(stage, "Pleo")

    assert finding.good is False
    assert "401" in finding.message
    assert "whole key" in finding.remedy
    assert API_KEY not in finding.message + finding.remedy


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (WALLETS, "", "accounts.wallet"),
        ('out_of_pocket = "6810"\n', "", "accounts.out_of_pocket"),
        ('contra = "5815"\n', "", "accounts.contra"),
        ('accounts_payable = "6800"\n', "", "accounts.accounts_payable"),
        ('input_tax = "6910"\n', "", "accounts.input_tax"),
        ('output_tax = "6920"\n', "", "accounts.output_tax"),
    ],
)
async def test_role_without_an_account_is_told_with_what_would_fail(
    stage: Stage, old: str, new: str, named: str
) -> None:
    stage.write_config((old, new))
    (finding,) = await about(stage, "accounts")

    assert finding.good is None
    assert named in finding.message


async def test_contra_accounts_per_currency_are_enough(stage: Stage) -> None:
    stage.write_config(
        ('contra = "5815"\n', ""), ("[accounts.wallets]", '[accounts.contras]\nDKK = "5815"\n[accounts.wallets]')
    )

    assert [finding.good for finding in await about(stage, "accounts")] == [True]


@pytest.mark.parametrize("line", ['GBP = "5822"', 'external_reimbursement = "6815"', 'contra = "5815"'])
async def test_account_that_the_books_lack_is_named(stage: Stage, line: str) -> None:
    key = line.split(" = ", maxsplit=1)[0]
    stage.write_config((line, f'{key} = "7777"'))
    (finding,) = await about(stage, "accounts")

    assert finding.good is False
    assert "7777" in finding.message


async def test_closed_present_is_a_problem(stage: Stage) -> None:
    stage.write_config(("closed_until = 2026-09-30", "closed_until = 2099-12-31"))
    (finding,) = await about(stage, "periods")

    assert finding.good is False
    assert "closed" in finding.message


async def test_entry_that_stands_twice_in_the_books_does_not_hide_the_rest(stage: Stage) -> None:
    await stage.run()
    journal = next((stage.books / "journal").glob("2026*"))
    journal.write_text(journal.read_text() * 2)

    assert {finding.what for finding in await found(stage)} >= {"Pleo", "books", "state"}


async def test_folder_below_a_file_can_not_be_made(stage: Stage) -> None:
    (stage.folder / "file").touch()
    stage.write_config(("[books.plaintext]", '[books.plaintext]\nfolder = "file/books"'))
    (finding,) = await about(stage, "books")

    assert finding.good is False
    assert str(stage.folder / "file") in finding.message


async def test_configuration_that_can_not_be_read_is_the_only_finding(tmp_path: Path) -> None:
    (tmp_path / "bilag.toml").write_bytes(b"\xff\xfe")
    findings = [finding async for finding in check_everything(tmp_path / "bilag.toml")]

    assert [(finding.what, finding.good) for finding in findings] == [("configuration", False)]
