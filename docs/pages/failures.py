"""docs/failures.md: every failure code with its meaning, its remedy, and what Pleo is told."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bilag.domain.failure import REASON_TYPES, FailureCode
from docs.pages.markdown import table

TEXTS: Final = Path(__file__).parents[1] / "failures.toml"

_INTRODUCTION: Final = """\
# Failures

A failure is a reason that a person can act on. It fails one Export Item and never its neighbours. All problems of an
item are told at once; the first one gives Pleo its type. `bilag show JOB` lists failures with their remedies, and
`bilag plan` finds most of them without booking anything.

After the remedy, export the expense again in Pleo. Nothing is booked twice.
"""

_JOB: Final = """\
## When a whole job fails

The job ends as `failed` with one of these types. Pressing Export in Pleo again starts a new job.
"""


def failures_page() -> str:
    """The whole page."""
    texts = _texts()
    items = [
        (f"`{code}`", texts["item"][code]["meaning"], texts["item"][code]["remedy"], f"`{REASON_TYPES[code]}`")
        for code in FailureCode
    ]
    jobs = [(f"`{reason}`", text["meaning"]) for reason, text in texts["job"].items()]
    return "\n".join(
        (
            _INTRODUCTION,
            table(("Code", "What happened", "What to do", "Pleo is told"), items),
            _JOB,
            table(("Pleo is told", "What happened"), jobs),
        )
    )


def _texts() -> Mapping[str, Any]:
    with TEXTS.open("rb") as file:
        return tomllib.load(file)
