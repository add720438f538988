"""Settings in, working parts out: what only shows when they are put together."""

from pathlib import Path

import pytest

from bilag.app.credentials import credential_problem
from bilag.app.wiring import SPOOL_FOLDER, open_pleo, plaintext_config, read_items
from bilag.config.load import load_config
from bilag.domain.export_job import JobStatus
from bilag.domain.known_vendor import KnownVendor
from bilag.domain.money import Currency
from bilag.ports.errors import NeedsPerson, Unauthorised
from bilag.simulator.terms import JobStatus as PleoJobStatus
from tests.e2e.stage import API_KEY, ENVIRONMENT, Stage

FROM_ENVIRONMENT = 'api_key = { env = "PLEO_API_KEY" }'


async def test_key_from_a_file_works_as_one_from_the_environment(stage: Stage) -> None:
    stage.write_config((FROM_ENVIRONMENT, 'api_key = { file = "key" }'))
    (stage.folder / "key").write_text(f"{API_KEY}\n")
    (stage.folder / "key").chmod(0o600)
    await stage.run()

    assert stage.jobs[0].status is PleoJobStatus.COMPLETED


async def test_access_token_is_sent_as_such(stage: Stage) -> None:
    stage.world.accept_token("token-of-the-company", stage.company_id)
    stage.write_config((FROM_ENVIRONMENT, 'access_token = { env = "PLEO_TOKEN" }'))
    async with open_pleo(stage.config(), {"PLEO_TOKEN": "token-of-the-company"}) as pleo:
        assert len(await pleo.jobs(stage.company_id, [JobStatus.PENDING])) == 1
    async with open_pleo(stage.config(), {"PLEO_TOKEN": API_KEY}) as pleo:
        with pytest.raises(Unauthorised):
            await pleo.jobs(stage.company_id, [JobStatus.PENDING])


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("", "exactly one of api_key and access_token"),
        (f'{FROM_ENVIRONMENT}\naccess_token = {{ env = "OTHER" }}', "exactly one of api_key and access_token"),
        ('api_key = { env = "NOT_SET" }', "NOT_SET"),
        ('api_key = { file = "nowhere" }', "nowhere"),
    ],
    ids=["neither", "both", "not set", "no file"],
)
def test_credential_that_can_not_be_had_is_a_sentence(stage: Stage, line: str, named: str) -> None:
    stage.write_config((FROM_ENVIRONMENT, line))

    assert named in credential_problem(stage.config(), ENVIRONMENT, stage.clock)
    assert API_KEY not in credential_problem(stage.config(), ENVIRONMENT, stage.clock)


def test_saved_items_are_bounded_before_they_are_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "items.json"
    file.write_text("[" + " " * 100 + "]")

    assert read_items(file, 102) == ()
    with pytest.raises(NeedsPerson, match="larger than 101 bytes"):
        read_items(file, 101)
    with pytest.raises(NeedsPerson, match="can't be read"):
        read_items(tmp_path, 101)


def test_every_setting_of_the_text_books_reaches_them(tmp_path: Path) -> None:
    file = tmp_path / "bilag.toml"
    file.write_text(
        """
[pleo]
company_id = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"
[books.plaintext]
folder = "ledger"
syntax = "hledger"
title = "Ours"
currency = "SEK"
fiscal_year_first_month = 7
open_accounts = false
tax_codes = ["K25"]
fava_url = "https://fava.example"
periods = [{ name = "P1", start = 2026-01-01, end = 2026-06-30, closed = true }]
chart = [{ number = "1", kind = "asset", name = "Bank", account = "Assets:Bank", currencies = ["SEK"], closed = true }]
[books.plaintext.dimensions]
PROJECT = ["P1", "P2"]
"""
    )
    made = plaintext_config(load_config(file).books.plaintext)

    assert (made.folder, made.syntax, made.title) == (tmp_path / "ledger", "hledger", "Ours")
    assert (made.currency, made.fiscal_year_first_month, made.open_accounts) == (Currency("SEK"), 7, False)
    assert (made.tax_codes, made.dimensions) == (frozenset({"K25"}), frozenset({("PROJECT", "P1"), ("PROJECT", "P2")}))
    assert made.fava_url == "https://fava.example"
    (account,) = made.chart
    assert (account.number, account.name, account.account, account.closed) == ("1", "Bank", "Assets:Bank", True)
    assert account.currencies == {Currency("SEK")}


def test_every_field_of_a_vendor_reaches_the_text_books(tmp_path: Path) -> None:
    fields = {
        "number": "V1",
        "name": "Färg",
        "external_id": "x",
        "account": "7",
        "tax_registration_number": "SE1",
        "employee_code": "M1",
        "payable_account": "2441",
    }
    file = tmp_path / "bilag.toml"
    file.write_text(
        '[pleo]\ncompany_id = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"\n[[books.plaintext.vendors]]\nblocked = true\n'
        + "".join(f'{name} = "{value}"\n' for name, value in fields.items()),
        encoding="utf-8",
    )
    made = plaintext_config(load_config(file).books.plaintext)

    assert made.vendors == (KnownVendor(**fields, blocked=True, settles_on_posting=False),)


async def test_receipts_that_a_killed_run_left_are_gone_after_the_next(stage: Stage) -> None:
    left = stage.folder / ".bilag" / SPOOL_FOLDER / "job" / "entry" / "receipt.pdf"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"somebody's dinner")
    await stage.run()

    assert stage.jobs[0].status is PleoJobStatus.COMPLETED
    assert not (stage.folder / ".bilag" / SPOOL_FOLDER).exists()
