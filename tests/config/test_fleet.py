from importlib import resources
from pathlib import Path

import pytest

from bilag.config.fleet import FleetInvalid, config_files, load_fleet
from bilag.config.load import ConfigInvalid
from bilag.config.shape import Config

TEXT = resources.files("bilag.app").joinpath("demo.toml").read_text("utf-8")
COMPANY = TEXT.partition('company_id = "')[2].partition('"')[0]
OTHER = "9e0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d99"


def a_file(folder: Path, company_id: str = COMPANY, text: str = TEXT) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "bilag.toml"
    path.write_text(text.replace(COMPANY, company_id), "utf-8")
    return path


def read(*files: Path) -> list[str]:
    found: list[str] = []

    def each(_path: Path, config: Config) -> None:
        found.append(str(config.pleo.company_id))

    load_fleet(files, each)
    return found


def test_folder_stands_for_its_files_by_name_and_each_counts_once(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", "notes.txt"):
        (tmp_path / name).write_text("")
    single = tmp_path / "b.toml"
    assert config_files([single, tmp_path]) == (single, tmp_path / "a.toml")


def test_folder_without_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"holds no file that ends in \.toml"):
        config_files([tmp_path])


def test_files_are_read_in_order(tmp_path: Path) -> None:
    assert read(a_file(tmp_path / "one"), a_file(tmp_path / "two", OTHER)) == [COMPANY, OTHER]


def test_problems_of_all_files_are_told_in_one_pass(tmp_path: Path) -> None:
    broken = a_file(tmp_path / "broken", text="[pleo")
    wrong = a_file(tmp_path / "wrong", text=TEXT.replace("[bookkeeping]", "[bookkeeping]\nitems_at_once = 0\nwhat = 1"))
    with pytest.raises(FleetInvalid) as invalid:
        read(broken, a_file(tmp_path / "good"), wrong, tmp_path / "missing.toml")
    text = str(invalid.value)
    for words in (f"{broken}: is not valid TOML", f"{wrong}: bookkeeping.items_at_once", f"{wrong}: bookkeeping.what"):
        assert words in text
    assert f"{tmp_path / 'missing.toml'}: does not exist" in text
    assert len(invalid.value.problems) == 4


def test_no_two_companies_share_id_state_or_books(tmp_path: Path) -> None:
    first, second = a_file(tmp_path / "one"), a_file(tmp_path / "two")
    with pytest.raises(FleetInvalid, match=f"pleo.company_id: is that of {first}, too"):
        read(first, second)
    beside = tmp_path / "one" / "other.toml"
    beside.write_text(TEXT.replace(COMPANY, OTHER), "utf-8")
    with pytest.raises(FleetInvalid) as invalid:
        read(first, beside)
    assert [problem.key for problem in invalid.value.problems] == ["state.folder", "books.plaintext.folder"]
