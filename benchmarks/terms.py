"""What a contender is given to export, and how it says when it began and when it was done. Standard library only."""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One Export Job at `api_url`, to be booked at `books_url`.

    `connections` is how many calls the books take at once. `folder` is empty and lasts as long as the run.
    `commit_ms` is what every commit to the contender's own disk takes longer. `variant` is the contender's own
    word for how it works.
    """

    api_url: str
    files_url: str
    books_url: str
    company_id: str
    api_key: str
    folder: str
    connections: int
    commit_ms: float = 0.0
    variant: str = ""

    def as_argument(self) -> str:
        """The terms as a word of a command."""
        return json.dumps(asdict(self))


def terms_given() -> Terms:
    """The terms from our own command."""
    return Terms(**json.loads(sys.argv[-1]))


def say(moment: str, **more: object) -> None:
    """Tell the one who measures that `began` or `done` is now, and what it took so far with ended children.

    The clock is the same for every process.
    """
    told = {"moment": moment, "at_seconds": time.monotonic(), "cpu_seconds": sum(os.times()[:4]), **more}
    print(json.dumps(told), flush=True)  # noqa: T201  a pipe
