"""The simulated Pleo as a process of its own, with a world that survives even its own kill.

    python -m tests.crash.pleo_process FOLDER API_PORT FILES_PORT

Everything that it takes is on the disk before it answers, as lines of FOLDER/taken.jsonl. Started again, it takes all
of that once more before it listens. FOLDER/asked gets a byte for each page of items that is asked for.
"""

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from bilag.simulator.jobs import JobOptions
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.server import HOST, build_api, build_files
from bilag.simulator.world import PleoWorld, random_id

API_KEY: Final = "key-of-the-crash-tests"
# Not Pleo's: how the driver brings a company with its expenses, and its jobs.
COMPANIES: Final = "/driver/companies"
JOBS: Final = "/driver/jobs"
TAKEN: Final = "taken.jsonl"
ASKED: Final = "asked"
_ITEMS: Final = "/v3/export-items"
_CHANGING: Final = frozenset({"PUT", "POST"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Recorder:
    """Writes down what was taken, and that items were asked for."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / TAKEN
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._taken = os.open(self.path, flags, 0o600)
        # What a kill cut short was never answered.
        os.ftruncate(self._taken, self.path.read_bytes().rfind(b"\n") + 1)
        self._asked = os.open(folder / ASKED, flags, 0o600)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.text() if request.method in _CHANGING else ""
        if request.path == _ITEMS:
            os.write(self._asked, b".")
        response = await handler(request)
        if body and response.status < 300 and isinstance(response, web.Response):
            line = {"method": request.method, "path": request.path, "body": body, "answer": response.text or ""}
            os.write(self._taken, json.dumps(line).encode() + b"\n")
        return response


class World:
    """The world with the driver's two calls, whose ids are the driver's."""

    def __init__(self) -> None:
        self.ids: deque[str] = deque()
        self.pleo = PleoWorld(new_id=lambda: self.ids.popleft() if self.ids else random_id())

    async def add_company(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.pleo.add_company(source_of(given))
        self.pleo.accept_api_key(API_KEY, *self.pleo.companies)
        return web.json_response({})

    async def add_job(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.ids.append(given["job"])
        options = JobOptions(vendor_based_bookkeeping=True, again=True)
        self.pleo.create_job(given["company"], indexes=given["places"], options=options, queued=True)
        return web.json_response({})


def source_of(given: dict[str, Any]) -> SeededExpenses:
    """A company's expenses."""
    shares = {f"{name}_share": given[name] for name in ("receipt", "failing", "payable")}
    return SeededExpenses(given["company"], given["count"], given["seed"], **shares)


async def serve(folder: Path, api_port: int, files_port: int) -> None:
    world, recorder = World(), Recorder(folder)
    api, files = build_api(world.pleo), build_files(world.pleo)
    api.middlewares.insert(0, recorder.middleware)
    api.router.add_post(COMPANIES, world.add_company)
    api.router.add_post(JOBS, world.add_job)
    world.pleo.files_url = await listen(files, files_port)
    # What was taken before comes in through a door of its own: nobody else may come in meanwhile.
    waiting = build_api(world.pleo)
    waiting.router.add_post(COMPANIES, world.add_company)
    waiting.router.add_post(JOBS, world.add_job)
    await take_again(recorder.path, await listen(waiting, 0))
    url = await listen(api, api_port)
    sys.stdout.write(f"{url} {world.pleo.files_url}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def take_again(path: Path, url: str) -> None:
    """Everything that was taken before, in its order."""
    async with aiohttp.ClientSession(auth=aiohttp.BasicAuth(API_KEY, "")) as session:
        for line in lines_of(path):
            headers = {"Content-Type": "application/json"}
            async with session.request(
                line["method"], url + line["path"], data=line["body"].encode(), headers=headers
            ) as answer:
                assert answer.status < 300, await answer.text()


def lines_of(path: Path) -> list[dict[str, Any]]:
    """What was taken, oldest first."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


async def listen(app: web.Application, port: int) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, HOST, port, reuse_address=True).start()
    return f"http://{HOST}:{runner.addresses[0][1]}"


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
