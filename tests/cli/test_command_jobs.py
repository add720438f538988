import json
import re
from pathlib import Path

from bilag.simulator.terms import ItemStatus
from tests.cli.terminal import Terminal
from tests.cli.test_command_run import SUMMARY_KEYS
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED, seeded
from tests.e2e.stage import Stage, open_stage


async def test_jobs_are_listed_newest_first(bilag: Terminal, demo: Stage) -> None:
    await demo.run()
    demo.new_job(again=True, indexes=range(3))
    await demo.run()
    people = await bilag("jobs", "--config", str(demo.config_path))
    machines = await bilag("jobs", "--json", "--config", str(demo.config_path))
    newest = await bilag("jobs", "--limit", "1", "--json", "--config", str(demo.config_path))

    older, newer = (job.id for job in demo.jobs)
    _, *rows = (line.split() for line in people.out.splitlines())
    assert [(row[0], row[-3:]) for row in rows] == [
        (newer[:8], ["completed", "3", "0"]),
        (older[:8], ["completed_with_errors", str(DEMO_BOOKED), str(DEMO_FAILED)]),
    ]
    summaries = [json.loads(line) for line in machines.out.splitlines()]
    assert [summary["jobId"] for summary in summaries] == [newer, older]
    assert all(list(summary) == SUMMARY_KEYS for summary in summaries)
    assert [json.loads(line)["jobId"] for line in newest.out.splitlines()] == [newer]


async def test_no_job_yet_is_well_and_says_where_to_begin(bilag: Terminal, demo: Stage) -> None:
    people = await bilag("jobs", "--config", str(demo.config_path))
    machines = await bilag("jobs", "--json", "--config", str(demo.config_path))

    assert people.code == machines.code == 0
    assert "bilag run" in people.out
    assert machines.out == ""


async def test_job_is_shown_by_the_beginning_of_its_id_as_its_run_was(bilag: Terminal, demo: Stage) -> None:
    ran = await bilag("run", "--config", str(demo.config_path))
    shown = await bilag("show", demo.jobs[0].id[:8], "--config", str(demo.config_path))
    for_machines = await bilag("show", demo.jobs[0].id, "--json", "--config", str(demo.config_path))

    assert (shown.code, shown.out) == (0, ran.out)
    assert list(json.loads(for_machines.out)) == SUMMARY_KEYS
    assert len(json.loads(for_machines.out)["failedItems"]) == DEMO_FAILED


async def test_unknown_job_ends_with_1_and_says_where_to_look(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("show", "ffff", "--config", str(demo.config_path))

    assert (said.code, said.out) == (1, "")
    assert "ffff" in said.err
    assert "`bilag jobs`" in said.err


async def test_job_without_a_name_is_a_mistake(bilag: Terminal, demo: Stage) -> None:
    assert (await bilag("show", "", "--config", str(demo.config_path))).code == 2


async def test_list_that_is_cut_says_how_to_see_all_of_it(bilag: Terminal, demo: Stage) -> None:
    await demo.run()
    cut = await bilag("show", demo.jobs[0].id, "--limit", "2", "--config", str(demo.config_path))
    whole = await bilag("show", demo.jobs[0].id, "--limit", str(DEMO_FAILED), "--config", str(demo.config_path))

    assert cut.out.count("✗ ") == 2
    assert f"and {DEMO_FAILED - 2} more; bilag show {demo.jobs[0].id[:8]} --limit {DEMO_FAILED} lists all" in cut.out
    assert whole.out.count("✗ ") == DEMO_FAILED
    assert " more; " not in whole.out


async def test_job_that_expired_says_what_to_do_now(bilag: Terminal, tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(130)) as stage:
        job = stage.new_job()

        def pass_time(call: str) -> None:
            if call.startswith("PUT ") and job.is_open:
                stage.clock.move(minutes=61)

        stage.witness.on_call = pass_time
        ran = await bilag("run", "--config", str(stage.config_path))
        shown = await bilag("show", job.id, "--config", str(stage.config_path))

    assert ran.code == 1
    assert shown.out == ran.out
    assert shown.out.startswith(f"Export Job {job.id}: failed\n")
    assert re.search(r"^  \d+ in the books, 0 failed, \d+ not taken by Pleo$", shown.out, re.MULTILINE)
    assert "job_expired: " in shown.out
    assert "→ Export these expenses again in Pleo" in shown.out


async def test_long_list_of_failures_is_cut_and_says_how_to_see_the_rest(bilag: Terminal, tmp_path: Path) -> None:
    async with open_stage(tmp_path, seeded(260, receipt_share=0.0, failing_share=1.0), checks=False) as stage:
        job = stage.new_job()
        ran = await bilag("run", "--config", str(stage.config_path))
        (suggested,) = re.findall(r"bilag (show \S+ --limit \d+)", ran.out)
        whole = await bilag(*suggested.split(), "--config", str(stage.config_path))

    assert job.tally()[ItemStatus.FAILED] == 260
    assert ran.out.count("✗ ") == 200
    assert "and 60 more" in ran.out
    assert whole.out.count("✗ ") == 260
