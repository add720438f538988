"""The command line inside the test's own process, so that a call costs no start."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bilag.cli.main import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended and what it said."""

    code: int
    out: str
    err: str

    def tells(self, *, booked: int, failed: int) -> bool:
        """Whether people are told these counts of a job."""
        return re.search(rf"^  {booked} [a-z ]+, {failed} failed\b", self.out, re.MULTILINE) is not None


class Terminal:
    """Runs `bilag` with the arguments it is called with, in a thread, so that a simulated Pleo can answer meanwhile."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def __call__(self, *arguments: str) -> Ended:
        self._capsys.readouterr()
        code = await asyncio.to_thread(_exit_code, arguments)
        out, err = self._capsys.readouterr()
        return Ended(code=code, out=out, err=err)


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0
