"""What is counted in whole runs, against what the simulated Pleo and the posting journal say."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bilag.app.running import run_config
from bilag.ports.errors import Trouble
from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from bilag.simulator.faults import Fault, FaultKind, unavailable
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED, seeded
from tests.e2e.stage import ENVIRONMENT, SilentProgress, Stage, open_stage

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def figures(path: Path) -> dict[str, float]:
    """Every sample of the file, by its name and labels."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(path.read_text()):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def write_textfile(stage: Stage) -> Path:
    stage.write_config(("[pleo]", '[telemetry]\ntextfile = "bilag.prom"\n\n[pleo]'))
    return stage.folder / "bilag.prom"


async def test_counts_agree_with_what_was_done_and_go_on_from_run_to_run(tmp_path: Path) -> None:
    async with open_stage(tmp_path, demo_expenses()) as stage:
        textfile = write_textfile(stage)
        stage.meets(unavailable(), path="/v3/export-items")
        stage.meets(Fault(kind=FaultKind.ANSWER, status=429), path="/v3/export-jobs")
        stage.new_job()
        await stage.run()
        first = figures(textfile)
        stage.new_job(again=True, indexes=range(3))
        await stage.run()
        second = figures(textfile)

    assert first["bilag_jobs_total{completed_with_errors}"] == 1
    assert first["bilag_items_total{booked}"] == DEMO_BOOKED
    assert first["bilag_items_total{failed}"] == DEMO_FAILED == len(demo_failure_reasons())
    assert first["bilag_reports_taken_total"] == DEMO_BOOKED + DEMO_FAILED
    assert sum(value for name, value in first.items() if name.startswith("bilag_item_failures_total")) >= DEMO_FAILED
    assert first["bilag_calls_total{pleo,5xx}"] == 1
    assert first["bilag_calls_throttled_total{pleo}"] == 1
    assert first["bilag_calls_total{receipts,2xx}"] > 0
    assert first["bilag_open_intents"] == first["bilag_receipts_owed"] == first["bilag_outcomes_unreported"] == 0
    assert first["bilag_jobs_waiting"] == 0
    assert second["bilag_items_total{booked}"] == DEMO_BOOKED + 3
    assert second["bilag_postings_total{posted}"] == first["bilag_postings_total{posted}"]
    assert not [name for name in second if ID.search(name)], "an id became a label"


async def test_trouble_is_counted_until_a_run_goes_well(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(2)) as stage:
        textfile = write_textfile(stage)
        stage.new_job()
        stage.meets(Fault(kind=FaultKind.ANSWER, status=500), path="/v3/export-jobs", times=12)
        for _ in range(2):
            with pytest.raises(Trouble):
                await stage.run()
        in_trouble = figures(textfile)
        await stage.run()
        well = figures(textfile)

    assert in_trouble["bilag_troubles_in_a_row"] == in_trouble["bilag_troubles_total{Unreachable}"] == 2
    assert in_trouble["bilag_last_good_look_timestamp_seconds"] == 0
    assert (well["bilag_troubles_in_a_row"], well["bilag_troubles_total{Unreachable}"]) == (0, 2)
    assert well["bilag_last_good_look_timestamp_seconds"] == stage.clock.now().timestamp()


async def test_textfile_that_cannot_be_written_or_read_stops_nothing(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(2)) as stage:
        write_textfile(stage).mkdir()
        job = stage.new_job()
        await run_config(stage.config(), SilentProgress(), ENVIRONMENT, clock=stage.clock)

        assert not job.is_open


async def test_without_a_textfile_nothing_is_left(tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(2)) as stage:
        stage.new_job()
        await stage.run()

        assert not list(stage.folder.rglob("*.prom"))
