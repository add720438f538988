"""`bilag doctor`: everything that is wrong in one pass, and nothing is changed."""

import json
import os
from pathlib import Path

from bilag.app.wiring import open_planner
from bilag.domain.attachment import NoteFile
from tests.cli.terminal import Terminal
from tests.e2e.stage import Stage
from tests.e2e.standing_books import books_in

KEYS = ["what", "good", "message", "remedy"]


async def test_everything_well_before_the_first_run_and_after_it(bilag: Terminal, demo: Stage) -> None:
    before = await bilag("doctor", "--config", str(demo.config_path))
    assert before.code == 0
    assert "does not exist yet" in before.out
    await demo.run()
    after = await bilag("doctor", "--config", str(demo.config_path))

    assert (after.code, after.err) == (0, "")
    assert [line.split(":")[0] for line in after.out.splitlines()] == [
        "✓ configuration",
        "✓ Pleo",
        "✓ books",
        "✓ accounts",
        "✓ periods",
        "✓ state",
        "✓ journal",
    ]


async def test_looking_changes_nothing_in_pleo_and_on_the_disk(bilag: Terminal, demo: Stage) -> None:
    def everything() -> dict[Path, bytes]:
        return {path: path.read_bytes() if path.is_file() else b"" for path in demo.folder.rglob("*")}

    empty = everything()
    await bilag("doctor", "--config", str(demo.config_path))
    assert everything() == empty
    await demo.run()
    full = everything()
    await bilag("doctor", "--config", str(demo.config_path))
    assert everything() == full
    assert demo.witness.calls[-1] == "GET /v3/export-jobs"


async def test_everything_wrong_is_told_in_one_pass(bilag: Terminal, demo: Stage) -> None:
    (demo.folder / "state").mkdir()
    (demo.folder / "state" / "posting-journal.sqlite").write_text("not a database")
    demo.write_config(
        ("[pleo]", '[state]\nfolder = "state"\n[pleo]'),
        ("PLEO_API_KEY", "PLEO_API_KEY_THAT_NOBODY_SET"),
        ('out_of_pocket = "6810"', 'out_of_pocket = "9999"'),
        ('input_tax = "6910"\n', ""),
        ('external_reimbursement = "6815"', 'external_reimbursement = "9998"'),
        (
            "closed_until = 2026-09-30",
            'periods = [{ name = "Q1", start = 2026-01-01, end = 2026-03-31, closed = false }]',
        ),
    )
    said = await bilag("doctor", "--config", str(demo.config_path))

    assert said.code == 1
    wrong = [line for line in said.out.splitlines() if line.startswith("✗ ")]
    assert [line.split(":")[0] for line in wrong] == ["✗ Pleo", "✗ accounts", "✗ accounts", "✗ periods", "✗ journal"]
    for part in ("PLEO_API_KEY_THAT_NOBODY_SET", "9999", "9998", "2026-11", "posting-journal.sqlite"):
        assert part in said.out
    assert "accounts.input_tax" in said.out
    assert said.out.count("→ ") >= len(wrong)


async def test_machines_get_one_line_a_finding(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("doctor", "--json", "--config", str(demo.config_path))
    findings = [json.loads(line) for line in said.out.splitlines()]

    assert said.code == 0
    assert all(list(finding) == KEYS for finding in findings)
    assert {finding["good"] for finding in findings} == {True, None}


async def test_books_in_use_are_told_with_who_uses_them(bilag: Terminal, demo: Stage) -> None:
    await demo.run()
    async with open_planner(demo.config()) as planner:
        entry = books_in(demo.books).entries[0]
        assert await planner.books.attach_note(entry.voucher, NoteFile(name="seen.txt", text="seen")) is None
        said = await bilag("doctor", "--config", str(demo.config_path))

    assert said.code == 1
    assert f"in use by process {os.getpid()}" in said.out


async def test_wrong_key_and_missing_rights_are_told_with_what_is_needed(bilag: Terminal, demo: Stage) -> None:
    demo.write_config(("3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11", "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d12"))
    said = await bilag("doctor", "--config", str(demo.config_path))

    assert said.code == 1
    assert "✗ Pleo: " in said.out
    assert "export-jobs:read" in said.out


async def test_problems_of_the_configuration_are_told_and_end_the_look(bilag: Terminal, demo: Stage) -> None:
    demo.write_config(('currency = "DKK"\nclosed', 'currency = "KRONER"\nclosed'), ("[accounts]", "[accounts]\nx = 1"))
    said = await bilag("doctor", "--config", str(demo.config_path))

    assert said.code == 1
    assert len(said.out.splitlines()) == 2
    assert all(line.startswith("✗ configuration: ") for line in said.out.splitlines())
