"""`bilag run`: exit codes for cron, sentences for people, lines for machines."""

import json

from bilag.simulator.faults import Fault, FaultKind
from tests.cli.terminal import Terminal
from tests.e2e.expenses import DEMO_BOOKED, DEMO_FAILED
from tests.e2e.stage import Stage

SUMMARY_KEYS = [
    "jobId",
    "companyId",
    "status",
    "items",
    "successful",
    "failed",
    "unreported",
    "failureReason",
    "failureReasonType",
    "pace",
    "failedItems",
    "itemsWithWarnings",
]
ITEM_KEYS = ["accountingEntryId", "expense", "externalId", "failures", "warnings", "reported"]


async def test_failed_items_end_with_1_and_each_says_what_to_do(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("run", "--config", str(demo.config_path))

    assert said.code == 1
    assert said.out.startswith(f"Export Job {demo.jobs[0].id}: completed_with_errors\n")
    assert said.tells(booked=DEMO_BOOKED, failed=DEMO_FAILED)
    assert said.out.count("✗ ") == said.out.count("→ ") == 9
    assert said.out.count("because that period is closed") == 3


async def test_nothing_waiting_is_well(bilag: Terminal, demo: Stage) -> None:
    await demo.run()
    said = await bilag("run", "--config", str(demo.config_path))

    assert (said.code, said.out, said.err) == (0, "No Export Job is waiting.\n", "")


async def test_nothing_waiting_is_no_line_for_machines(bilag: Terminal, demo: Stage) -> None:
    await demo.run()
    said = await bilag("run", "--json", "--config", str(demo.config_path))

    assert (said.code, said.out) == (0, "")


async def test_machines_get_one_line_a_job_with_stable_keys(bilag: Terminal, demo: Stage) -> None:
    said = await bilag("run", "--json", "--config", str(demo.config_path))
    (line,) = said.out.splitlines()
    summary = json.loads(line)

    assert said.code == 1
    assert list(summary) == SUMMARY_KEYS
    assert (summary["successful"], summary["failed"], summary["unreported"]) == (DEMO_BOOKED, DEMO_FAILED, 0)
    assert all(list(item) == ITEM_KEYS for item in summary["failedItems"] + summary["itemsWithWarnings"])
    assert len(summary["failedItems"]) == DEMO_FAILED


async def test_second_export_of_good_expenses_is_well_and_says_that_nothing_was_booked(
    bilag: Terminal, demo: Stage
) -> None:
    await demo.run()
    demo.new_job(again=True, indexes=range(3))
    said = await bilag("run", "--config", str(demo.config_path))

    assert said.code == 0
    assert said.tells(booked=3, failed=0)
    assert said.out.count("nothing was booked") == 3


async def test_broken_answer_ends_with_3_and_leaves_the_job_to_the_next_run(bilag: Terminal, demo: Stage) -> None:
    demo.meets(Fault(kind=FaultKind.TRUNCATED_BODY), path="/v3/export-items")
    said = await bilag("run", "--config", str(demo.config_path))

    assert said.code == 3
    assert said.err.endswith("Nothing is lost; run again later.\n")
    assert demo.jobs[0].is_open
    assert (await bilag("run", "--config", str(demo.config_path))).code == 1


async def test_job_in_progress_of_somebody_else_is_taken_over_only_when_asked(bilag: Terminal, demo: Stage) -> None:
    demo.meets(Fault(kind=FaultKind.TRUNCATED_BODY), path="/v3/export-items")
    await bilag("run", "--config", str(demo.config_path))
    for path in (demo.folder / ".bilag").iterdir():
        path.unlink()

    assert (await bilag("run", "--config", str(demo.config_path))).out == "No Export Job is waiting.\n"
    assert demo.jobs[0].is_open
    assert (await bilag("run", "--take-over", "--config", str(demo.config_path))).code == 1
    assert not demo.jobs[0].is_open
