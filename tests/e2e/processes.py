"""`bilag` as a process of its own, beside a simulated Pleo that goes on answering."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import Final

from tests.cli.terminal import Ended
from tests.e2e.stage import ENVIRONMENT, Stage

END_SECONDS_MAX: Final = 60.0
_LOOK_AGAIN_SECONDS: Final = 0.002


async def start(stage: Stage, *arguments: str) -> Process:
    """`bilag` with these arguments in the company's folder, under way."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bilag", *arguments),
        cwd=stage.folder,
        env={**os.environ, **ENVIRONMENT},
        stdout=PIPE,
        stderr=PIPE,
    )


async def ended(process: Process) -> Ended:
    """Wait for its end."""
    out, err = await asyncio.wait_for(process.communicate(), END_SECONDS_MAX)
    assert process.returncode is not None
    return Ended(code=process.returncode, out=out.decode(), err=err.decode())


async def bilag(stage: Stage, *arguments: str) -> Ended:
    """`bilag` with these arguments, from start to end."""
    return await ended(await start(stage, *arguments))


async def until(has_come: Callable[[], bool], process: Process) -> bool:
    """Wait for a moment in the life of the process; False when it ended before."""
    for _ in range(int(END_SECONDS_MAX / _LOOK_AGAIN_SECONDS)):
        if has_come():
            return True
        if process.returncode is not None:
            return False
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    raise TimeoutError
