"""Who wants to see how a job goes."""

from typing import Protocol

from bilag.domain.export_job import ExportJob, JobReport
from bilag.domain.posting_record import ItemOutcome


class Progress(Protocol):
    """Told of a job's steps as they happen; must not fail and must not take long."""

    def job_started(self, job: ExportJob, items: int) -> None:
        """The job is ours; this many items need work."""
        ...

    def item_settled(self, outcome: ItemOutcome) -> None:
        """One item has its outcome."""
        ...

    def job_ended(self, job: ExportJob, report: JobReport) -> None:
        """Pleo took the closing event."""
        ...
