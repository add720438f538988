"""The limit: a bare asyncio loop on aiohttp that remembers nothing. What is faster than it leaves something out.

No barrier between pages: as many entries as the books take at once are always under way. Variants: `read_back` asks
for each entry after posting it, as bilag does; `commit_each` stores an intent before and an outcome after each post,
in two commits on the loop.
"""

import asyncio
import sqlite3
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.plain_export import PAGE, entry_of, report_of
from benchmarks.terms import Terms, say, terms_given


class Notes:
    """An own table with a commit for every change, as slow as the terms say."""

    def __init__(self, terms: Terms) -> None:
        """A new database."""
        self._pause_seconds = terms.commit_ms / 1000
        self._database = sqlite3.connect(Path(terms.folder) / "notes.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE notes (entry TEXT PRIMARY KEY, state TEXT, external_id TEXT)")

    def keep(self, entry_id: str, state: str, external_id: str = "") -> None:
        """Store how far the entry is."""
        time.sleep(self._pause_seconds)
        self._database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (entry_id, state, external_id))


class Loop:
    """One job from its start to its end."""

    def __init__(self, terms: Terms, session: aiohttp.ClientSession) -> None:
        """Everything goes over one session."""
        self._terms = terms
        self._session = session
        self._job_url = self._job_id = ""
        self._reports: list[dict[str, Any]] = []
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(maxsize=2 * terms.connections)
        self._notes = Notes(terms) if terms.variant == "commit_each" else None

    async def run(self) -> None:
        """Start, post everything, report, complete."""
        api = self._terms.api_url
        jobs = await self._get(f"{api}/v3/export-jobs?company_id={self._terms.company_id}&statuses=pending")
        self._job_id = jobs["data"][0]["id"]
        self._job_url = f"{api}/v3/export-jobs/{self._job_id}"
        await self._event("started")
        wanted = {row["accountingEntryId"] async for row in self._rows(f"{self._job_url}/items?")}
        async with asyncio.TaskGroup() as group:
            for _ in range(self._terms.connections):
                group.create_task(self._work())
            async for item in self._rows(f"{api}/v3/export-items?job_id={self._job_id}&"):
                assert item["accountingEntryId"] in wanted
                await self._queue.put(item)
            for _ in range(self._terms.connections):
                await self._queue.put(None)
        if self._reports:
            await self._report(self._reports)
        await self._event("completed")

    async def _work(self) -> None:
        while (item := await self._queue.get()) is not None:
            entry_id = item["accountingEntryId"]
            content = [await self._bytes(file["url"]) for file in item.get("files") or []]
            if self._notes is not None:
                self._notes.keep(entry_id, "intended")
            posted = await self._post(item)
            for body in content:
                await self._attach(posted["id"], body)
            if self._notes is not None:
                self._notes.keep(entry_id, "posted", posted["id"])
            self._reports.append(report_of(entry_id, posted))
            if len(self._reports) >= PAGE:
                batch, self._reports = self._reports, []
                await self._report(batch)

    async def _post(self, item: dict[str, Any]) -> dict[str, Any]:
        url, key = f"{self._terms.books_url}/entries", item["accountingEntryId"]
        body = {**entry_of(item), "reference": key}
        async with self._session.post(url, json=body, headers={"Idempotency-Key": key}) as answer:
            answer.raise_for_status()
            posted: dict[str, Any] = await answer.json()
        if self._terms.variant == "read_back":
            stands = await self._get(f"{url}?reference={key}", {})
            assert stands["total"] == posted["total"]
        return posted

    async def _attach(self, external_id: str, body: bytes) -> None:
        url = f"{self._terms.books_url}/entries/{external_id}/files"
        async with self._session.post(url, data=body) as answer:
            answer.raise_for_status()
            await answer.read()

    async def _rows(self, url: str) -> Any:  # an async generator of JSON
        after = ""
        while True:
            page = await self._get(f"{url}limit={PAGE}{after}")
            for row in page["data"]:
                yield row
            if not page["pagination"]["hasNextPage"]:
                return
            after = f"&after={page['pagination']['endCursor']}"

    async def _report(self, batch: list[dict[str, Any]]) -> None:
        async with self._session.put(f"{self._job_url}/items", json=batch, headers=self._auth) as answer:
            answer.raise_for_status()
            assert not (await answer.json())["errors"]

    async def _event(self, event: str) -> None:
        body = {"jobId": self._job_id, "event": event}
        url = f"{self._terms.api_url}/v3/export-job-events"
        async with self._session.post(url, json=body, headers=self._auth) as answer:
            answer.raise_for_status()

    async def _get(self, url: str, headers: dict[str, str] | None = None) -> Any:
        async with self._session.get(url, headers=self._auth if headers is None else headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def _bytes(self, url: str) -> bytes:
        async with self._session.get(url) as answer:
            answer.raise_for_status()
            return await answer.read()

    @property
    def _auth(self) -> dict[str, str]:
        return {"Authorization": f"Basic {b64encode(f'{self._terms.api_key}:'.encode()).decode()}"}


async def export(terms: Terms) -> None:
    """The whole job."""
    connector = aiohttp.TCPConnector(limit_per_host=terms.connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        loop = Loop(terms, session)
        say("began")
        await loop.run()
        say("done")


if __name__ == "__main__":
    asyncio.run(export(terms_given()))
