from pathlib import Path

import pytest

from bilag.config.load import ConfigInvalid, load_config

PLEO = '[pleo]\ncompany_id = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"\n'
CANARY = "canary-4711-secret"


def problems_of(folder: Path, text: str) -> dict[str, str]:
    path = folder / "bilag.toml"
    path.write_text(text)
    with pytest.raises(ConfigInvalid) as caught:
        load_config(path)
    return {problem.key: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("line", "key", "says"),
    [
        ("[pleo]\ncompany_id = 'acme'", "pleo.company_id", 'must be a UUID such as "11111111-'),
        ("[pleo]\ncompany_id = 12", "pleo.company_id", "must be a UUID in quotation marks (the file says 12)"),
        ("[accounts]\nwallet = 5820", "accounts.wallet", "must be text, in quotation marks (the file says 5820)"),
        ("[accounts]\nwallet = ''", "accounts.wallet", "must not be empty"),
        ("[accounts]\nwallet = ' 1'", "accounts.wallet", "must not begin or end with a space"),
        ("[accounts.wallets]\nEURO = '1'", "accounts.wallets.EURO", "is no ISO 4217 currency code"),
        ("[bookkeeping]\npost_again = 'yes'", "bookkeeping.post_again", "must be true or false"),
        ("[bookkeeping]\nitems_at_once = 'many'", "bookkeeping.items_at_once", "must be a whole number"),
        ("[bookkeeping]\nitems_at_once = 0", "bookkeeping.items_at_once", "must be 1 or more (the file says 0)"),
        ("[bookkeeping]\nitems_at_once = 1000", "bookkeeping.items_at_once", "must be 256 or less"),
        ("[bookkeeping]\nclosed_period = 'export_date'", "bookkeeping.closed_period", "must be a list, in square"),
        ("[bookkeeping]\nposting_mode = true", "bookkeeping.posting_mode", "must be 'draft' or 'final'"),
        ("[books.plaintext]\ndimensions = []", "books.plaintext.dimensions", "must be a table of its own"),
        ("[books.plaintext]\nclosed_until = '30.9.26'", "books.plaintext.closed_until", "must be a date such as 2026-"),
        ("[books.plaintext]\nfava_url = 'localhost'", "books.plaintext.fava_url", "must start with http://"),
        ("[bookkeeping]\njournal_entries = 'one'", "bookkeeping.journal_entries", "must be 'split', 'per_item' or"),
        ("[bookkeeping]\nemployees_as_vendors = 1", "bookkeeping.employees_as_vendors", "must be true or false"),
        ("[bookkeeping]\ndefault_vendor = 'V1 '", "bookkeeping.default_vendor", "must not begin or end with a space"),
        ("[[books.plaintext.vendors]]\nname = 'A'", "books.plaintext.vendors[0].number", "is required and missing"),
        ("[[books.plaintext.vendors]]\nnumber = ''", "books.plaintext.vendors[0].number", "must not be empty"),
        ("[state]\nfolder = 1", "state.folder", "must be a path, in quotation marks"),
    ],
)
def test_a_wrong_value_is_told_in_words_of_the_file(tmp_path: Path, line: str, key: str, says: str) -> None:
    text = line if line.startswith("[pleo]") else PLEO + line
    assert says in problems_of(tmp_path, text)[key]


@pytest.mark.parametrize(
    ("line", "key", "says"),
    [
        ("[accounts]\nwalet = '1'", "accounts.walet", "did you mean wallet?"),
        ("[acounts]\nwallet = '1'", "acounts", "did you mean accounts?"),
        ("[bookkeeping]\nclosed_until = 2026-09-30", "bookkeeping.closed_until", "belongs under [books.plaintext]"),
        ("[bookkeeping]\nmood = 'good'", "bookkeeping.mood", "see docs/configuration.md for the names"),
        ("[[books.plaintext.vendors]]\nnummer = '1'", "books.plaintext.vendors[0].nummer", "did you mean number?"),
        ("[[books.plaintext.chart]]\nnumbr = '1'", "books.plaintext.chart[0].numbr", "did you mean number?"),
    ],
)
def test_an_unknown_key_comes_with_the_one_that_was_meant(tmp_path: Path, line: str, key: str, says: str) -> None:
    assert says in problems_of(tmp_path, PLEO + line)[key]


@pytest.mark.parametrize(
    "line",
    [
        f"api_key = '{CANARY}'",
        f"access_token = ['{CANARY}']",
        f"api_key = {{ env = '{CANARY}' }}",
        f"api_key = {{ file = '{CANARY}', env = 'A' }}",
        f"api_key = {{ file = ['{CANARY}'] }}",
        f"token = '{CANARY}'",
        f"base_url = 'https://user:{CANARY}@external.pleo.io'",
    ],
)
def test_a_secret_that_was_written_into_the_file_is_not_repeated(tmp_path: Path, line: str) -> None:
    found = problems_of(tmp_path, f"{PLEO}{line}\n")
    assert found
    assert CANARY not in str(found)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("base_url = 'external.pleo.io'", "is no web address"),
        ("base_url = 'https://'", "is no web address"),
        ("base_url = 'https://external.pleo.io:99999'", "is no web address"),
        ("base_url = 'http://external.pleo.io'", "must start with https://"),
        ("base_url = 'http://127.0.0.1.evil.example'", "must start with https://"),
        ("base_url = 'https://external.pleo.io/v3'", "must end after the host"),
        ("base_url = 'http://127.0.0.1:8765'", "list it under simulator_origins"),
        ("simulator_origins = ['https://evil.example']", "https://evil.example is not"),
        ("file_hosts = ['https://files.example.com/x']", "must be a host name"),
    ],
)
def test_an_address_that_leads_nowhere_is_found_in_the_file(tmp_path: Path, line: str, says: str) -> None:
    (message,) = problems_of(tmp_path, f"{PLEO}{line}\n").values()
    assert says in message


def test_a_simulator_on_this_machine_is_taken_when_it_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "bilag.toml"
    origin = "http://127.0.0.1:8765"
    path.write_text(f"{PLEO}base_url = '{origin}/'\nsimulator_origins = ['{origin}']\n")
    assert load_config(path).pleo.base_url == origin
