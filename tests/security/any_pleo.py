"""A Pleo on loopback that sends whatever it is told to, takes every outcome, and never complains."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bilag.app.running import RunSummary, run_config
from bilag.config.load import load_config
from tests.adapters.pleo.samples import COMPANY, a_job
from tests.e2e.stage import SilentProgress

_CONFIG: Final = """
[pleo]
company_id = "{company}"
base_url = "{url}"
simulator_origins = ["{url}"]
api_key = {{ env = "KEY" }}
calls_per_minute = 100_000
[accounts]
wallet = "1910"
input_tax = "2640"
output_tax = "2610"
"""


class AnyPleo:
    """One job of these items, each given as the bytes that go out."""

    def __init__(self, items: Sequence[bytes], entry_ids: Sequence[str]) -> None:
        self._items = items
        self._entry_ids = entry_ids
        self.events: list[str] = []
        self.reports: dict[str, dict[str, Any]] = {}
        self.url = ""

    async def run(self, folder: Path) -> RunSummary:
        """What `bilag run` does in the folder."""
        path = folder / "bilag.toml"
        path.write_text(_CONFIG.format(company=COMPANY, url=self.url), "utf-8")
        (summary,) = await run_config(load_config(path), SilentProgress(), {"KEY": "key"})
        return summary

    async def answer(self, request: web.Request) -> web.Response:
        """The answer to any call."""
        match request.method, request.path.removeprefix("/v3/").split("/"):
            case "POST", _:
                self.events.append((await request.json())["event"])
                return web.json_response({}, status=201)
            case "PUT", _:
                taken = await request.json()
                self.reports |= {report["accountingEntryId"]: report for report in taken}
                return web.json_response({"data": taken})
            case _, ["export-jobs"]:
                return _page([json.dumps(self._job()).encode()] if len(self.events) < 2 else [], request)
            case _, ["export-items"]:
                return _page(self._items, request)
            case _, ["export-jobs", _, "items"]:
                records = ({"accountingEntryId": entry_id, "status": "pending"} for entry_id in self._entry_ids)
                return _page([json.dumps(record).encode() for record in records], request)
            case _:
                return web.json_response({"data": self._job()})

    def _job(self) -> dict[str, Any]:
        status = ("pending", "in_progress", "completed")[min(len(self.events), 2)]
        return a_job(numberOfItems=len(self._items), status=status)


def _page(entries: Sequence[bytes], request: web.Request) -> web.Response:
    start = int(request.query.get("after", "0"))
    end = start + int(request.query["limit"])
    pagination = {"hasNextPage": end < len(entries), "endCursor": str(end)}
    body = b'{"data":[' + b",".join(entries[start:end]) + b'],"pagination":' + json.dumps(pagination).encode() + b"}"
    return web.Response(body=body, content_type="application/json")


@asynccontextmanager
async def open_pleo(items: Sequence[bytes], entry_ids: Sequence[str]) -> AsyncIterator[AnyPleo]:
    """The server while it runs."""
    pleo = AnyPleo(items, entry_ids)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", pleo.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        pleo.url = f"http://{host}:{port}"
        yield pleo
    finally:
        await runner.cleanup()
