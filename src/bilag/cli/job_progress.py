"""The progress bar of a running job, on stderr."""

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bilag.cli.output import err
from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.posting_record import ItemOutcome


class JobProgress:
    """Shows how a job goes; silent where stderr is no terminal."""

    def __init__(self) -> None:
        """A bar that appears with the first job."""
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]} failed", style="yellow"),
            TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self._task: TaskID | None = None
        self._failed = 0

    def __enter__(self) -> Self:
        """Nothing is drawn before the first job starts."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        self.clear()

    def clear(self) -> None:
        """Stop drawing, so that somebody else can write."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        self._bar.stop()

    def job_started(self, job: ExportJob, items: int) -> None:
        """A new bar."""
        self.clear()
        self._failed = 0
        self._bar.start()
        self._task = self._bar.add_task(f"Export Job {job.id[:8]}", total=items, failed=0)

    def item_settled(self, outcome: ItemOutcome) -> None:
        """One step further."""
        if not outcome.successful:
            self._failed += 1
        if self._task is not None:
            self._bar.update(self._task, advance=1, failed=self._failed)

    def job_ended(self, job: ExportJob, report: JobReport) -> None:  # noqa: ARG002  whoever prints knows the rest
        """The bar goes."""
        self.clear()
