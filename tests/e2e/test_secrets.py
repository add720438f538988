"""Credentials stay where they belong: a key that would be recognised anywhere is looked for everywhere."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from bilag.simulator.demo_job import demo_expenses
from bilag.simulator.faults import Fault, FaultKind, unavailable
from bilag.simulator.jobs import Job
from tests.cli.terminal import Ended, Terminal
from tests.e2e.expenses import seeded
from tests.e2e.invariants import reports_of
from tests.e2e.processes import bilag as process
from tests.e2e.stage import API_KEY, Stage, open_stage

SPELLINGS = (API_KEY, b64encode(f"{API_KEY}:".encode()).decode(), b64encode(API_KEY.encode()).decode().rstrip("="))
IBAN = "DK5000400440116243"


def assert_unseen(where: str, text: str) -> None:
    for spelling in SPELLINGS:
        assert spelling not in text, where


def assert_unseen_everywhere(stage: Stage, said: Ended) -> None:
    assert_unseen("stdout", said.out)
    assert_unseen("stderr", said.err)
    for path in stage.folder.rglob("*"):
        if path.is_file():
            assert_unseen(str(path), path.read_bytes().decode("latin-1"))
    for job in stage.jobs:
        assert_unseen("Pleo", " ".join(told_texts(job)))
    assert not stage.world.leaked_credentials


def told_texts(job: Job) -> list[str]:
    reports = reports_of(job).values()
    return [job.failure_reason or "", *(report.failure_reason or "" for report in reports)]


async def test_nothing_secret_is_said_during_a_job_with_failures_and_the_fullest_log(tmp_path: Path) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        stage.meets(unavailable(), path="/v3/export-items")
        job = stage.new_job()
        said = await process(stage, "--log", "debug", "run")

        assert said.code == 1
        assert_unseen_everywhere(stage, said)
        assert IBAN in json.dumps(list(stage.items().values())), "a supplier's bank account, to be booked and not told"
        assert IBAN not in said.err + said.out
        assert not [text for text in told_texts(job) if IBAN in text]


@pytest.mark.parametrize("status", [401, 422])
async def test_key_that_pleo_sends_back_in_a_refusal_is_masked(tmp_path: Path, bilag: Terminal, status: int) -> None:
    body = json.dumps({"type": API_KEY, "message": f"Authorization: Basic {SPELLINGS[1]} {API_KEY}"}).encode()
    async with open_stage(tmp_path, seeded(1)) as stage:
        echo = Fault(kind=FaultKind.ANSWER, status=status, headers=(("Content-Type", "application/json"),), body=body)
        stage.meets(echo, path="/v3/export-jobs")
        stage.new_job()
        said = await bilag("run", "--config", str(stage.config_path))

        assert said.code == 2
        assert "***" in said.err
        assert_unseen_everywhere(stage, said)


async def test_journal_and_state_are_for_our_eyes_only(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(3)) as stage:
        stage.new_job()
        await stage.run()
        state = stage.folder / ".bilag"

        assert state.stat().st_mode & 0o077 == 0
        assert not [path for path in state.iterdir() if path.stat().st_mode & 0o077]
