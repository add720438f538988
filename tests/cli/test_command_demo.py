"""`bilag demo`: from nothing to checked books, and never over anything that is somebody else's."""

import json
import re
import shlex
from pathlib import Path

import pytest

from bilag.simulator.demo_job import demo_expenses, demo_jobs
from tests.cli.terminal import Terminal
from tests.e2e.expenses import DEMO_BOOKED, DEMO_COUNT, DEMO_FAILED


def listed(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_demo_ends_well_and_each_command_that_it_suggests_works(bilag: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "a demo of ours"
    said = await bilag("demo", "--folder", str(folder))

    assert said.code == 0
    assert said.tells(booked=DEMO_BOOKED, failed=DEMO_FAILED)
    assert "bean-check accepts the books" in said.out
    suggested = [
        shlex.split(line, comments=True) for line in re.findall(r"bilag ((?:show|explain|payables) .*)", said.out)
    ]
    assert [arguments[0] for arguments in suggested] == ["show", "explain", "payables"]
    for arguments in suggested:
        assert (await bilag(*arguments)).code == 0


async def test_each_job_is_told_by_name_with_its_figures_and_a_line_for_each_failure(
    bilag: Terminal, tmp_path: Path
) -> None:
    said = await bilag("demo", "--folder", str(tmp_path / "demo"))

    places = [said.out.index(job.title) for job in demo_jobs()]
    assert places == sorted(places)
    assert said.tells(booked=31, failed=2)
    assert said.tells(booked=15, failed=0)
    assert said.out.count("  ✗ ") == DEMO_FAILED + 2
    assert "vendor.blocked" in said.out
    assert "vendor.unknown" in said.out


async def test_what_stays_open_is_told_with_the_payable_accounts_in_balance(bilag: Terminal, tmp_path: Path) -> None:
    said = await bilag("demo", "--folder", str(tmp_path / "demo"))

    for number in ("FA-118204", "T-20417", "MV 4533", "2026-88104", "PK-55120", "TR-20611"):
        assert number in said.out
    for settled in ("R-2026-1214", "L-700412", "88391", "2026/1187", "MV 4519"):
        assert settled not in said.out
    assert "✓ ties out" in said.out
    assert "✗ differs" not in said.out


async def test_demo_is_played_anew_in_its_own_folder(bilag: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    await bilag("demo", "--folder", str(folder))
    (folder / "books" / "left-over.txt").write_text("old")
    again = await bilag("demo", "--folder", str(folder))

    assert again.code == 0
    assert again.tells(booked=DEMO_BOOKED, failed=DEMO_FAILED)
    assert not (folder / "books" / "left-over.txt").exists()


async def test_folder_of_somebody_else_is_refused_and_left_untouched(bilag: Terminal, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    said = await bilag("demo", "--folder", str(tmp_path))

    assert (said.code, said.out) == (2, "")
    assert str(tmp_path) in said.err
    assert "--folder" in said.err
    assert sorted(path.name for path in listed(tmp_path)) == ["thesis.txt"]


@pytest.mark.parametrize("name", ["file", "file/below", "link"])
async def test_place_that_can_not_be_a_folder_is_refused(bilag: Terminal, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("kept")
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / ".made-by-bilag-demo").touch()
    (tmp_path / "link").symlink_to(ours)
    said = await bilag("demo", "--folder", str(tmp_path / name))

    assert said.code == 2
    assert "Traceback" not in said.err
    assert (tmp_path / "file").read_text() == "kept"


async def test_settings_of_the_demo_plan_its_items_from_a_file(bilag: Terminal, tmp_path: Path) -> None:
    await bilag("demo", "--folder", str(tmp_path / "demo"))
    source = demo_expenses()
    items = [source.expense(index).item | {"files": []} for index in range(len(source))]
    (tmp_path / "items.json").write_text(json.dumps(items), "utf-8")
    said = await bilag("plan", str(tmp_path / "items.json"), "--config", str(tmp_path / "demo" / "bilag.toml"))

    assert f"\n{DEMO_COUNT} items: " in said.out
