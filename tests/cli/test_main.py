"""Every way to end has its exit code and a sentence; what comes from outside never steers the terminal."""

import asyncio
import os
import pty
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from bilag.cli.main import cli
from bilag.simulator.faults import FaultPlan, unavailable
from tests.cli.terminal import Terminal
from tests.e2e.stage import ENVIRONMENT, Stage

COMMANDS = ("connectors", "demo", "doctor", "explain", "jobs", "plan", "run", "show", "simulate")


async def test_version_and_help_end_well(bilag: Terminal) -> None:
    version = await bilag("--version")
    assert (version.code, version.out) == (0, "bilag, version 0.1.0\n")
    whole = await bilag("--help")
    assert whole.code == 0
    assert all(re.search(rf"^  {command} ", whole.out, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_explains_itself(bilag: Terminal, command: str) -> None:
    said = await bilag(command, "-h")

    assert said.code == 0
    assert said.out.startswith(f"Usage: bilag {command}")
    assert cli.commands[command].get_short_help_str(200)


@pytest.mark.parametrize("arguments", [("nosuch",), ("run", "--nosuch"), ("jobs", "--limit", "0"), ("explain",)])
async def test_wrong_command_line_ends_with_2_and_says_what_is_wrong(bilag: Terminal, arguments: tuple[str]) -> None:
    said = await bilag(*arguments)

    assert (said.code, said.out) == (2, "")
    assert "Error: " in said.err
    assert "Usage: bilag" in said.err


async def test_missing_configuration_ends_with_2_and_names_the_file(bilag: Terminal, tmp_path: Path) -> None:
    missing = tmp_path / "elsewhere.toml"
    for command in ("run", "plan", "jobs"):
        said = await bilag(command, "--config", str(missing))
        assert said.code == 2
        assert str(missing) in said.err
        assert "Traceback" not in said.err


async def test_every_problem_of_the_configuration_is_named_at_once_with_its_key(bilag: Terminal, demo: Stage) -> None:
    demo.write_config(
        ('"Europe/Copenhagen"', '"Mars/Olympus"'),
        ('posting_mode = "final"', 'posting_mode = "maybe"\nfavourite_colour = "red"'),
        ('currency = "DKK"\nclosed', 'currency = "KRONER"\nclosed'),
    )
    said = await bilag("run", "--config", str(demo.config_path))

    assert (said.code, said.out) == (2, "")
    lines = said.err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith(str(demo.config_path)) for line in lines)
    for key in ("time_zone", "posting_mode", "favourite_colour", "books.plaintext.currency"):
        assert key in said.err
    assert demo.jobs[0].is_open


@pytest.mark.slow
async def test_pleo_that_can_not_be_reached_ends_with_3_and_a_sentence(bilag: Terminal, demo: Stage) -> None:
    demo.write_config((demo.server.api_url, "http://127.0.0.1:1"))
    said = await bilag("plan", "--config", str(demo.config_path))

    assert (said.code, said.out) == (3, "")
    assert said.err.endswith("127.0.0.1:1 takes no connection. Nothing is lost; run again later.\n")


async def test_wrong_key_ends_with_2(bilag: Terminal, demo: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEO_API_KEY", "another-key")
    said = await bilag("run", "--config", str(demo.config_path))

    assert (said.code, said.out) == (2, "")
    assert "401" in said.err
    assert "another-key" not in said.err
    assert demo.jobs[0].is_open


async def test_key_that_is_not_set_ends_with_2_and_names_setting_and_variable(
    bilag: Terminal, demo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLEO_API_KEY")
    said = await bilag("run", "--config", str(demo.config_path))

    assert said.code == 2
    assert "pleo.api_key" in said.err
    assert "PLEO_API_KEY" in said.err


async def test_trouble_of_a_later_try_is_over_when_pleo_is_back(bilag: Terminal, demo: Stage) -> None:
    """The only test here that waits in real time: one pause between two tries."""
    demo.meets(unavailable(), path="/v3/export-jobs")
    said = await bilag("run", "--config", str(demo.config_path))
    demo.world.faults = FaultPlan()

    assert said.code == 1, "some of the demo's expenses fail"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[books.plaintext]", '[books.plaintext]\nfolder = "bilag.toml"'),
        ("[books.plaintext]", '[books.plaintext]\nfolder = "bilag.toml/below"'),
        ("[pleo]", '[state]\nfolder = "bilag.toml"\n[pleo]'),
        ("[pleo]", '[pleo]\nca_file = "bilag.toml"'),
        ("[pleo]", '[pleo]\nca_file = "nowhere.pem"'),
        ("simulator_origins = [", "simulator_origins = [] #"),
    ],
    ids=[
        "books in a file",
        "books below a file",
        "state in a file",
        "no certificates",
        "no file",
        "address not listed",
    ],
)
async def test_setting_that_can_not_be_used_ends_with_2_and_no_traceback(
    bilag: Terminal, demo: Stage, old: str, new: str
) -> None:
    demo.write_config((old, new))
    said = await bilag("run", "--config", str(demo.config_path))

    assert (said.code, said.out) == (2, "")
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) == 1
    assert demo.jobs[0].is_open


async def test_reader_that_goes_away_ends_the_command_quietly(demo: Stage) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bilag", "plan", "--json", "--config", str(demo.config_path)),
        env={**os.environ, **ENVIRONMENT},
        stdout=PIPE,
        stderr=PIPE,
        limit=1024,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    await process.stdout.readexactly(10)
    process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]  # a reader that does not wait
    said = await process.stderr.read()

    assert await process.wait() in {0, 1}
    assert said == b""


@pytest.mark.parametrize("no_color", [True, False])
def test_colour_is_for_terminals_and_can_be_refused(tmp_path: Path, *, no_color: bool) -> None:
    """A real terminal: what is written there holds escapes unless NO_COLOR is set."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"} | ({"NO_COLOR": "1"} if no_color else {})
    config = tmp_path / "bilag.toml"
    config.write_text("[pleo]\ncompany_id = '3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11'\n")

    async def doctor() -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bilag", "doctor", "--config", str(config)),
            env=environment,
            stdin=DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
        return await process.wait()

    assert asyncio.run(doctor()) == 1
    shown = os.read(ours, 64 * 1024).decode()
    os.close(ours)
    os.close(theirs)
    assert "✗ Pleo" in re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert ("\x1b[" in shown) is not no_color


def test_commands_that_print_for_machines_are_these() -> None:
    with_json = [name for name, command in cli.commands.items() if any(o.name == "as_json" for o in command.params)]

    assert sorted(with_json) == ["connectors", "doctor", "explain", "jobs", "payables", "plan", "run", "serve", "show"]


async def test_what_a_shell_put_into_the_background_is_still_stopped_by_a_plain_kill() -> None:
    """A shell starts it with SIGINT ignored."""
    command = f"trap '' INT; exec {sys.executable} -m bilag simulate --port 0 --files-port 0"
    simulator = await asyncio.create_subprocess_exec("sh", "-c", command, stdout=PIPE, stderr=DEVNULL)
    assert simulator.stdout is not None
    assert await simulator.stdout.readline() == b"[pleo]\n"
    simulator.terminate()
    await asyncio.wait_for(simulator.communicate(), 10)

    assert simulator.returncode == 0
