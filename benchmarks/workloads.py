"""What is run: workloads, and for each of them the contenders with as many items as they manage in a few seconds."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Contender(StrEnum):
    """Who exports. The value is what the report calls it."""

    LOOP = "bare loop"
    LOOP_READ_BACK = "bare loop, reading back"
    LOOP_COMMITS = "loop, two commits an item"
    BILAG = "bilag"
    REQUESTS = "requests script"
    QUEUE_PUBLISHED = "queue chain, published settings"
    QUEUE_CHAIN = "queue chain, best settings"
    QUEUE_PARALLEL = "queue, unordered, best settings"


# Their libraries live in an environment of their own.
PEERS: Final = frozenset(
    {Contender.REQUESTS, Contender.QUEUE_PUBLISHED, Contender.QUEUE_CHAIN, Contender.QUEUE_PARALLEL}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One contender's part in a workload; `rounds_max` bounds those that take long and vary little."""

    contender: Contender
    items: int
    rounds_max: int = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One Export Job and the books that it goes into. `key` is what `--only` selects by, by its beginning."""

    key: str
    title: str
    latency_ms: float
    connections: int
    parts: tuple[Part, ...] = field(default=())
    commit_ms: float = 0.0
    file_bytes: int = 0


def _parts(items: int, *contenders: Contender, rounds_max: int = 99) -> tuple[Part, ...]:
    return tuple(Part(contender=contender, items=items, rounds_max=rounds_max) for contender in contenders)


_LIMITS: Final = (Contender.LOOP, Contender.LOOP_READ_BACK, Contender.BILAG)


def _thousand(latency_ms: int, connections: int, *others: Part) -> Workload:
    return Workload(
        key=f"thousand-{latency_ms}-{connections}",
        title=f"{latency_ms} ms, {connections} at once",
        latency_ms=latency_ms,
        connections=connections,
        parts=(*_parts(1000, *_LIMITS), *others),
    )


def _requests(items: int) -> Part:
    return Part(contender=Contender.REQUESTS, items=items)


MIB: Final = 1024 * 1024

WORKLOADS: Final = (
    _thousand(
        0,
        10,
        _requests(1000),
        Part(contender=Contender.QUEUE_PUBLISHED, items=5, rounds_max=1),
        Part(contender=Contender.QUEUE_CHAIN, items=40, rounds_max=3),
        Part(contender=Contender.QUEUE_PARALLEL, items=200, rounds_max=3),
    ),
    _thousand(20, 10, _requests(200), Part(contender=Contender.QUEUE_PARALLEL, items=200, rounds_max=3)),
    _thousand(20, 50),
    _thousand(100, 10, _requests(50)),
    _thousand(100, 50, _requests(50)),
    Workload(
        key="slow-disk-5",
        title="20 ms, 10 at once, a commit takes 5 ms longer",
        latency_ms=20,
        connections=10,
        commit_ms=5,
        parts=(
            *_parts(1000, Contender.LOOP, Contender.LOOP_READ_BACK, Contender.BILAG),
            *_parts(200, Contender.LOOP_COMMITS),
        ),
    ),
    Workload(
        key="slow-disk-20",
        title="20 ms, 10 at once, a commit takes 20 ms longer",
        latency_ms=20,
        connections=10,
        commit_ms=20,
        parts=(*_parts(1000, Contender.BILAG), *_parts(100, Contender.LOOP_COMMITS)),
    ),
    Workload(
        key="files-1",
        title="1 MB receipt each, 20 ms, 10 at once",
        latency_ms=20,
        connections=10,
        file_bytes=1_000_000,
        parts=_parts(1000, Contender.LOOP, Contender.BILAG, rounds_max=1),
    ),
    Workload(
        key="files-30",
        title="30 MB receipt each, 20 ms, 8 at once",
        latency_ms=20,
        connections=8,
        file_bytes=30 * MIB,
        parts=_parts(20, Contender.LOOP, Contender.BILAG, rounds_max=1),
    ),
    Workload(
        key="large",
        title="100,000 items, 0 ms, 50 at once",
        latency_ms=0,
        connections=50,
        parts=_parts(100_000, Contender.LOOP, Contender.BILAG, rounds_max=1),
    ),
)
