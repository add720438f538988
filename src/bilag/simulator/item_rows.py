"""The items of a job as rows of a listing. Nothing is copied, so a long job costs no memory to page through."""

from collections.abc import Iterator

from bilag.simulator.jobs import Job
from bilag.simulator.terms import ItemStatus


class ItemRows:
    """All items of a job, or those with one status, in the order of the job."""

    def __init__(self, job: Job, status: ItemStatus | None = None) -> None:
        self._job = job
        self._status = status

    def __len__(self) -> int:
        """How many items the job has."""
        return len(self._job)

    def total(self) -> int:
        """How many items pass the filter."""
        return len(self._job) if self._status is None else self._job.tally()[self._status]

    def upward(self, start: int) -> Iterator[int]:
        """Places that pass the filter from `start` on."""
        if self._status is None:
            yield from range(start, len(self._job))
            return
        place = self._job.next_place(start, self._status)
        while place >= 0:
            yield place
            place = self._job.next_place(place + 1, self._status)

    def downward(self, start: int) -> Iterator[int]:
        """Places that pass the filter below `start`, highest first."""
        if self._status is None:
            yield from range(start - 1, -1, -1)
            return
        place = self._job.previous_place(start, self._status)
        while place >= 0:
            yield place
            place = self._job.previous_place(place, self._status)

    def mark(self, place: int) -> int:
        """An item keeps its place for as long as its job exists."""
        return place

    def place(self, mark: int) -> int | None:
        """The place that a cursor carries, when the job is long enough."""
        return mark if mark < len(self._job) else None
