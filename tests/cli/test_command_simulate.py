"""`bilag simulate` as a server, with a `bilag run` against it: the demo's settings say how."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED
from tests.e2e.standing_books import books_in


async def test_demo_is_played_again_against_a_running_simulator_and_books_nothing_twice(
    bilag: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the settings that the simulator prints."""
    folder = tmp_path / "demo"
    await bilag("demo", "--folder", str(folder))
    before = books_in(folder / "books").entries
    simulator = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bilag", "simulate", "--port", "0", "--files-port", "0"), stdout=PIPE, stderr=PIPE
    )
    assert simulator.stdout is not None
    printed = b"".join([await simulator.stdout.readline() for _ in range(5)]).decode()
    config = folder / "bilag.toml"
    _, others = config.read_text("utf-8").split("[bookkeeping]")
    config.write_text(f"{printed}\n[bookkeeping]{others}", "utf-8")
    monkeypatch.setenv("PLEO_API_KEY", "demo")
    said = await bilag("run", "--config", str(config))
    simulator.send_signal(signal.SIGINT)
    _, told = await simulator.communicate()

    assert said.code == 1
    assert said.tells(booked=DEMO_BOOKED, failed=DEMO_FAILED)
    assert len(books_in(folder / "books").entries) == len(before)
    assert b"expenses  November, accounts payable" in told
    assert simulator.returncode == 0
    assert b"PLEO_API_KEY=demo" in told
    assert b"Traceback" not in told


async def test_port_that_is_taken_ends_with_a_sentence(bilag: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = await bilag("simulate", "--port", str(taken.getsockname()[1]))

    assert said.code == 2
    assert str(taken) not in said.err
    assert "Traceback" not in said.err
