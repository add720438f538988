import asyncio
import re
from importlib import resources
from pathlib import Path
from tomllib import loads as load_text
from typing import Any, Final

import pytest

from bilag.app.demo import DAY, MARKER, DemoResult, main_file, play_demo, tool
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.posting_record import ItemOutcome
from bilag.ports.errors import NeedsPerson
from bilag.simulator.demo_job import demo_failure_reasons, demo_jobs, demo_vendor_failure_reasons
from bilag.simulator.expense import Expense
from tests.e2e.expenses import DEMO_BOOKED, DEMO_COUNT, DEMO_FAILED

LATER_TALLIES: Final = ((31, 2), (15, 0))
# By vendor and invoice number; positive where the company owes.
STAYS_OPEN: Final = {
    ("K1004", "FA-118204", "14990.00 DKK"),
    ("K1004", "FA-118204", "-2009.38 EUR"),
    ("K1008", "T-20417", "9375.00 DKK"),
    ("K1009", "MV 4533", "16000.00 DKK"),
    ("K1010", "L-702977", "549.00 DKK"),
    ("K1012", "2026-88104", "6240.00 DKK"),
    ("K1015", "PK-55120", "-0.50 DKK"),
    ("K5002", "TR-20611", "420.00 EUR"),
    ("E003", "", "214.00 DKK"),
    ("E004", "", "299.44 DKK"),
    ("E005", "", "34.99 GBP"),
}


class Watching:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def job_started(self, job: ExportJob, items: int) -> None:
        assert job.number_of_items == items
        self.told.append(f"started {items}")

    def item_settled(self, outcome: ItemOutcome) -> None:
        self.told.append("booked" if outcome.successful else "failed")

    def job_ended(self, job: ExportJob, report: JobReport) -> None:
        self.told.append(f"{job.status} {report.event}")


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def good_expenses() -> list[Expense]:
    sources = [job.expenses for job in demo_jobs()]
    expenses = [source.expense(index) for source in sources for index in range(len(source))]
    failing = {*demo_failure_reasons(), *demo_vendor_failure_reasons()}
    return [expense for expense in expenses if expense.item["accountingEntryId"] not in failing]


def references(folder: Path) -> list[str]:
    """Our names of the documents that stand in the books."""
    journal = "".join(path.read_text("utf-8") for path in (folder / "books" / "journal").glob("*.beancount"))
    return sorted(re.findall(r'^  external_reference: "(.+)"$', journal, re.MULTILINE))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoResult, Watching]:
    """The demo, played once for all tests that only look."""
    progress = Watching()
    result = asyncio.run(play_demo(tmp_path_factory.mktemp("played") / "demo", progress))
    return result, progress


def test_demos_jobs_are_played_in_their_order_and_told_step_by_step(played: tuple[DemoResult, Watching]) -> None:
    result, progress = played
    tallies = [(job.summary.tally.successful, job.summary.tally.failed) for job in result.jobs]

    assert [job.title for job in result.jobs] == [plan.title for plan in demo_jobs()]
    assert tallies == [(DEMO_BOOKED, DEMO_FAILED), *LATER_TALLIES]
    assert [told for told in progress.told if " " in told] == [
        f"started {DEMO_COUNT}",
        "completed_with_errors completed_with_errors",
        "started 33",
        "completed_with_errors completed_with_errors",
        "started 15",
        "completed completed",
    ]
    assert progress.told.count("booked") == sum(booked for booked, _ in tallies)
    assert progress.told.count("failed") == sum(failed for _, failed in tallies)


def test_books_are_accepted_and_hold_every_receipt(played: tuple[DemoResult, Watching]) -> None:
    result, _ = played

    assert result.accepted
    assert result.verdict
    assert result.receipts == sum(len(expense.receipts) for expense in good_expenses())
    assert main_file(result.folder).is_file()


def test_later_jobs_fail_for_their_vendors_only(played: tuple[DemoResult, Watching]) -> None:
    result, _ = played
    failed = [outcome for job in result.jobs[1:] for outcome in job.summary.failed]

    assert {outcome.entry_id for outcome in failed} == set(demo_vendor_failure_reasons())
    assert sorted(failure.code for outcome in failed for failure in outcome.failures) == [
        "vendor.blocked",
        "vendor.unknown",
    ]


def test_what_stays_open_is_what_the_demo_leaves_open_and_ties_out(played: tuple[DemoResult, Watching]) -> None:
    result, _ = played
    found = {
        (one["vendor"]["number"], item["invoiceNumber"] or "", f"{item['openAmount']} {one['currency']}")
        for one in result.payables["vendors"]
        for item in one["items"]
    }

    assert found == STAYS_OPEN
    assert result.payables["day"] == DAY.isoformat()
    assert result.payables["tiesOut"]


def test_demos_books_know_every_vendor_and_employee_that_its_good_expenses_name() -> None:
    vendors = load_text(resources.files("bilag.app").joinpath("demo.toml").read_text("utf-8"))["books"]["plaintext"][
        "vendors"
    ]
    for item in (expense.item for expense in good_expenses()):
        vendor: Any = item["vendor"]
        if vendor:
            keys = {
                ("number", vendor.get("code")),
                ("external_id", vendor.get("externalId")),
                ("tax_registration_number", vendor.get("taxRegistrationNumber")),
            }
            assert [known for known in vendors if keys & known.items() and not known.get("blocked")], vendor
        user: Any = item["user"]
        assert not user or [known for known in vendors if known.get("employee_code") == user["code"]]


async def test_folder_of_the_demo_is_known_by_its_mark_and_made_anew(tmp_path: Path) -> None:
    await play_demo(tmp_path, Watching())
    first = references(tmp_path)
    assert (tmp_path / MARKER).is_file()
    (tmp_path / "books" / "journal" / "2026-10.beancount").write_text("not a journal")
    result = await play_demo(tmp_path, Watching())

    assert result.accepted
    assert references(tmp_path) == first


@pytest.mark.parametrize("name", ["bilag.toml", "books", ".hidden"])
async def test_any_folder_without_the_mark_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "theirs"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / name).write_text("theirs")
    before = everything(folder)

    with pytest.raises(NeedsPerson, match="theirs is not a folder of the demo"):
        await play_demo(folder, Watching())
    assert everything(folder) == before


async def test_place_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("theirs")

    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NeedsPerson, match="--folder"):
            await play_demo(place, Watching())
    assert (tmp_path / "file").read_text() == "theirs"


def test_program_beside_our_interpreter_is_found_and_an_unknown_one_is_not() -> None:
    assert Path(tool("bean-check")).is_file()
    assert tool("no-such-program-anywhere") == ""
