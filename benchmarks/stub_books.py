"""An accounting system over HTTP that takes as long as it is told to. It serves every contender alike.

POST /entries           an entry; `Idempotency-Key` makes a repeat harmless
GET  /entries?reference the entry as it stands
POST /entries/{id}/files, GET /entries/{id}/files
"""

import asyncio
import hashlib
import time
from collections import Counter
from http import HTTPMethod, HTTPStatus
from typing import Self
from urllib.parse import parse_qs

import msgspec
from aiohttp import web

from benchmarks.stub_ledger import Answer, StubLedger


class StubBooks:
    """The stub's server on loopback; use it as `async with`. `arrivals` are the moments at which entries came."""

    def __init__(self, ledger: StubLedger, latency_ms: float) -> None:
        """`latency_ms` passes before every answer."""
        self._ledger = ledger
        self._latency_seconds = latency_ms / 1000
        self._runner = web.ServerRunner(web.Server(self._answer))
        self.arrivals: list[float] = []
        self.calls: Counter[str] = Counter()
        self.url = ""

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, shutdown_timeout=1.0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Low-level on purpose: no router and no middleware, so that the stub is no slower than it has to be."""
        path, _, query = request.path_qs.partition("?")
        parts = path.strip("/").split("/")
        answer = await self._route(request, parts, query)
        if self._latency_seconds:
            await asyncio.sleep(self._latency_seconds)
        return web.Response(
            status=answer.status, body=msgspec.json.encode(answer.body), content_type="application/json"
        )

    async def _route(self, request: web.BaseRequest, parts: list[str], query: str) -> Answer:
        self.calls[f"{request.method} {parts[-1] if len(parts) != 1 else parts[0]}"] += 1
        match request.method, parts:
            case HTTPMethod.POST, ["entries"]:
                sent = msgspec.json.decode(await request.read())
                answer = self._ledger.post(sent, request.headers.get("Idempotency-Key", ""))
                if answer.status is HTTPStatus.CREATED:
                    self.arrivals.append(time.monotonic())
                return answer
            case HTTPMethod.GET, ["entries"]:
                return self._ledger.find(parse_qs(query)["reference"][0])
            case HTTPMethod.POST, ["entries", entry_id, "files"]:
                return await self._attach(request, entry_id)
            case HTTPMethod.GET, ["entries", entry_id, "files"]:
                return Answer(HTTPStatus.OK, self._ledger.entry(entry_id).files)
            case HTTPMethod.GET, ["count"]:
                return Answer(HTTPStatus.OK, len(self._ledger.entries))
            case _:
                return Answer(HTTPStatus.NOT_FOUND, {})

    async def _attach(self, request: web.BaseRequest, entry_id: str) -> Answer:
        digest, size_bytes = hashlib.sha256(), 0
        async for chunk in request.content.iter_any():
            digest.update(chunk)
            size_bytes += len(chunk)
        self._ledger.attach(entry_id, digest.hexdigest(), size_bytes)
        return Answer(HTTPStatus.CREATED, {"sha256": digest.hexdigest()})
