"""Who watches from outside which job and which item is under way, without a say in it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from bilag.domain.export_job import ExportJob


class Watching(Protocol):
    """Stands around the work. Must not fail and must not take long; what is raised inside goes on unchanged."""

    def jobs_found(self, company_id: str, jobs: Sequence[ExportJob]) -> None:
        """Pleo lists these jobs of the company, waiting or in progress, oldest first."""
        ...

    def job(self, job_id: str) -> AbstractContextManager[None]:
        """The job is under way inside the block."""
        ...

    def item(self, job_id: str, entry_id: str) -> AbstractContextManager[None]:
        """The item is under way inside the block; several are at the same time, each in a task of its own."""
        ...


class Unwatched:
    """Nobody watches."""

    def jobs_found(self, company_id: str, jobs: Sequence[ExportJob]) -> None:
        """As the port says."""

    def job(self, job_id: str) -> AbstractContextManager[None]:  # noqa: ARG002  the port's signature
        """As the port says."""
        return nullcontext()

    def item(self, job_id: str, entry_id: str) -> AbstractContextManager[None]:  # noqa: ARG002  the port's signature
        """As the port says."""
        return nullcontext()
