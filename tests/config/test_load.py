from pathlib import Path

import pytest

from bilag.config.load import ConfigInvalid, load_config
from bilag.config.settings import export_settings
from bilag.domain.ledger import PostingMode
from bilag.domain.money import Currency
from bilag.domain.period import ClosedPeriodStep
from bilag.domain.settings import JournalConstruction

SMALLEST = """
[pleo]
company_id = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "bilag.toml"
    path.write_text(text)
    return path


def problems_of(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(ConfigInvalid) as caught:
        load_config(written(folder, text))
    return {problem.key: problem.message for problem in caught.value.problems}


def test_posting_mode_is_draft_when_the_file_does_not_say(tmp_path: Path) -> None:
    settings = export_settings(load_config(written(tmp_path, SMALLEST)))
    assert settings.posting_mode is PostingMode.DRAFT
    assert settings.closed_period == ()


def test_every_problem_is_named_at_once_with_its_key(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        """
        [pleo]
        company_id = "not a uuid"
        base_url = "http://external.pleo.io"
        api_key = { env = "A", file = "b" }
        [bookkeeping]
        time_zone = "Europe/Atlantis"
        posting_mode = "fnial"
        closed_period = ["tomorrow"]
        colour = "blue"
        [accounts.wallets]
        EURO = "5820"
        [books.plaintext]
        fiscal_year_first_month = 13
        chart = [{ number = "1", kind = "asset" }, { kind = "assets" }]
        """,
    )
    assert set(found) == {
        "pleo.company_id",
        "pleo.base_url",
        "pleo.api_key",
        "bookkeeping.time_zone",
        "bookkeeping.posting_mode",
        "bookkeeping.closed_period[0]",
        "bookkeeping.colour",
        "accounts.wallets.EURO",
        "books.plaintext.fiscal_year_first_month",
        "books.plaintext.chart[1].number",
        "books.plaintext.chart[1].kind",
    }
    assert "'draft' or 'final'" in found["bookkeeping.posting_mode"]


@pytest.mark.parametrize("text", ["[pleo\n", "\x00", "= 1"])
def test_text_that_is_no_toml_is_refused_as_such(tmp_path: Path, text: str) -> None:
    assert "is not valid TOML" in problems_of(tmp_path, text)[""]


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"nowhere\.toml: does not exist; write one as in README\.md"):
        load_config(tmp_path / "nowhere.toml")


def test_binary_file_is_not_taken_for_settings(tmp_path: Path) -> None:
    path = tmp_path / "bilag.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigInvalid, match="not UTF-8"):
        load_config(path)


def test_relative_paths_are_meant_from_the_folder_of_the_file(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, SMALLEST + 'api_key = { file = "key" }\n'))
    assert config.books.plaintext.folder == tmp_path / "books"
    assert config.state.folder == tmp_path / ".bilag"
    assert config.pleo.api_key is not None
    assert config.pleo.api_key.file == tmp_path / "key"


def test_settings_carry_wallets_per_currency_and_the_order_of_steps(tmp_path: Path) -> None:
    text = (
        SMALLEST
        + '[bookkeeping]\nclosed_period = ["export_date", "next_open_period"]\n[accounts.wallets]\nEUR = "5821"\n'
    )
    settings = export_settings(load_config(written(tmp_path, text)))
    assert settings.closed_period == (ClosedPeriodStep.EXPORT_DATE, ClosedPeriodStep.NEXT_OPEN_PERIOD)
    assert [(w.currency, w.account) for w in settings.accounts.wallets] == [(Currency("EUR"), "5821")]


def test_accounts_payable_is_off_and_entries_are_split_when_the_file_does_not_say(tmp_path: Path) -> None:
    settings = export_settings(load_config(written(tmp_path, SMALLEST)))
    assert (settings.default_vendor, settings.employees_as_vendors) == ("", False)
    assert settings.journal_construction is JournalConstruction.SPLIT


def test_settings_carry_default_vendor_employees_and_the_making_of_entries(tmp_path: Path) -> None:
    text = (
        SMALLEST
        + '[bookkeeping]\ndefault_vendor = "V9"\nemployees_as_vendors = true\njournal_entries = "per_job"\n'
        + '[[books.plaintext.vendors]]\nnumber = "V9"\n'
    )
    settings = export_settings(load_config(written(tmp_path, text)))
    assert (settings.default_vendor, settings.employees_as_vendors) == ("V9", True)
    assert settings.journal_construction is JournalConstruction.PER_JOB


def test_default_vendor_that_the_books_do_not_have_is_refused(tmp_path: Path) -> None:
    text = SMALLEST + '[bookkeeping]\ndefault_vendor = "V9"\n[[books.plaintext.vendors]]\nnumber = "V1"\n'
    (message,) = problems_of(tmp_path, text).values()
    assert "bookkeeping.default_vendor" in message
    assert "'V9'" in message


@pytest.mark.parametrize("key", ["number", "external_id", "employee_code"])
def test_two_vendors_that_share_what_tells_them_apart_are_refused(tmp_path: Path, key: str) -> None:
    vendors = [{"number": f"V{position}"} for position in range(3)]
    vendors[0][key] = vendors[2][key] = "same"
    tables = "".join(
        "[[books.plaintext.vendors]]\n" + "".join(f'{name} = "{value}"\n' for name, value in vendor.items())
        for vendor in vendors
    )
    found = problems_of(tmp_path, SMALLEST + tables)
    assert list(found) == ["books.plaintext.vendors"]
    assert f"[0] and [2] share the {key} 'same'" in found["books.plaintext.vendors"]


def test_vendors_may_share_an_account_and_a_tax_number(tmp_path: Path) -> None:
    shared = 'account = "7"\ntax_registration_number = "DK1"\n'
    text = "".join(f'[[books.plaintext.vendors]]\nnumber = "{number}"\n{shared}' for number in ("V1", "V2"))
    config = load_config(written(tmp_path, SMALLEST + text))
    assert [vendor.number for vendor in config.books.plaintext.vendors] == ["V1", "V2"]


def test_version_changes_with_what_changes_a_booking_and_only_then(tmp_path: Path) -> None:
    first = export_settings(load_config(written(tmp_path, SMALLEST))).version
    assert export_settings(load_config(written(tmp_path, SMALLEST + "calls_per_minute = 60\n"))).version == first
    assert export_settings(load_config(written(tmp_path, SMALLEST + '[accounts]\nwallet = "1"\n'))).version != first
