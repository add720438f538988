from pathlib import Path

import pytest

from bilag.app.demo import MARKER, main_file, play_demo, tool
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.posting_record import ItemOutcome
from bilag.ports.errors import NeedsPerson
from tests.e2e.expenses import DEMO_BOOKED, DEMO_COUNT, DEMO_FAILED
from tests.e2e.standing_books import books_in


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


async def test_demo_is_played_checked_and_told_step_by_step(tmp_path: Path) -> None:
    progress = Watching()
    result = await play_demo(tmp_path / "demo", progress)

    assert result.accepted
    assert result.verdict
    assert (result.summary.tally.successful, result.summary.tally.failed) == (DEMO_BOOKED, DEMO_FAILED)
    assert result.receipts == sum(len(entry.files) for entry in books_in(tmp_path / "demo" / "books").entries)
    assert (progress.told[0], progress.told[-1]) == (
        f"started {DEMO_COUNT}",
        "completed_with_errors completed_with_errors",
    )
    assert (progress.told.count("booked"), progress.told.count("failed")) == (DEMO_BOOKED, DEMO_FAILED)
    assert main_file(tmp_path / "demo").is_file()


async def test_folder_of_the_demo_is_known_by_its_mark_and_made_anew(tmp_path: Path) -> None:
    await play_demo(tmp_path, Watching())
    assert (tmp_path / MARKER).is_file()
    (tmp_path / "books" / "journal" / "2026-10.beancount").write_text("not a journal")
    result = await play_demo(tmp_path, Watching())

    assert result.accepted
    assert len(books_in(tmp_path / "books").entries) == DEMO_BOOKED


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
