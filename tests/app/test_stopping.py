from collections.abc import AsyncIterator
from typing import Any

import pytest

from bilag.app.stopping import StoppableExportApi, Stopping, StopRequest
from bilag.domain.export_job import JobEvent, JobStatus


class AnyPleo:
    """Answers everything; lists three items."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def answer(*_arguments: object) -> None:
            self.asked.append(name)

        async def items(*_arguments: object) -> AsyncIterator[int]:
            for number in range(3):
                yield number

        return items if name in ("job_items", "export_items") else answer


def stoppable(stop: StopRequest) -> tuple[Any, AnyPleo]:
    pleo: Any = AnyPleo()
    return StoppableExportApi(pleo, stop.asked.is_set), pleo


def test_first_request_asks_and_the_second_means_at_once() -> None:
    stop = StopRequest()
    stop.ask()
    assert (stop.asked.is_set(), stop.at_once.is_set()) == (True, False)
    stop.ask()
    assert stop.at_once.is_set()


async def test_everything_goes_through_until_somebody_asks_to_stop() -> None:
    api, pleo = stoppable(StopRequest())
    await api.jobs("company", (JobStatus.PENDING,))
    await api.send_event("job", JobEvent.STARTED)
    assert [number async for number in api.export_items("job")] == [0, 1, 2]
    assert pleo.asked == ["jobs", "send_event"]


async def test_no_job_is_begun_once_somebody_asked_to_stop() -> None:
    stop = StopRequest()
    api, pleo = stoppable(stop)
    stop.ask()
    for call in (api.jobs("company", ()), api.send_event("job", JobEvent.STARTED)):
        with pytest.raises(Stopping) as stopping:
            await call
        assert not stopping.value.is_left
    assert pleo.asked == []


@pytest.mark.parametrize("name", ["job_items", "export_items"])
async def test_no_item_is_fetched_once_somebody_asked_to_stop_and_the_job_is_left(name: str) -> None:
    stop = StopRequest()
    api, _ = stoppable(stop)
    items = getattr(api, name)("job")
    assert await anext(items) == 0
    stop.ask()
    with pytest.raises(Stopping) as stopping:
        await anext(items)
    assert stopping.value.is_left


async def test_outcomes_of_what_is_under_way_still_reach_pleo() -> None:
    stop = StopRequest()
    api, pleo = stoppable(stop)
    stop.ask()
    await api.job("job")
    await api.send_event("job", JobEvent.COMPLETED)
    await api.update_items("job", ())
    await api.refetch("job", None)
    await api.download(None, None, "")
    assert pleo.asked == ["job", "send_event", "update_items", "refetch", "download"]
