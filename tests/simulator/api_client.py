"""A plain client of the simulated API, which sends whatever a test wants to send."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with its body as JSON, or as text when it is none."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def ids(self) -> list[str]:
        """The accounting entry ids of a listing."""
        return [row["accountingEntryId"] for row in self.body["data"]]

    @property
    def pagination(self) -> dict[str, Any]:
        """What a listing says about its page."""
        found: dict[str, Any] = self.body["pagination"]
        return found


class ApiClient:
    """Calls with an API key."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, key: str) -> None:
        self._session = session
        self._url = url
        self._auth = aiohttp.encode_basic_auth(key, "") if key else None

    async def call(self, method: str, path: str, *, json: Any = None, data: bytes | None = None) -> Answer:
        """Send one request; `path` carries the query as it goes out."""
        headers = {"Authorization": self._auth} if self._auth else {}
        if data is not None:
            headers["Content-Type"] = "application/json"
        url = URL(self._url + path, encoded=True)
        body = None if data is None else BytesIO(data)
        async with self._session.request(method, url, json=json, data=body, headers=headers) as answer:
            is_json = "json" in answer.headers.get("Content-Type", "")
            said = await answer.json() if is_json else await answer.text()
            return Answer(status=answer.status, headers=dict(answer.headers), body=said)

    async def get(self, path: str) -> Answer:
        """Read something."""
        return await self.call("GET", path)

    async def post(self, path: str, json: Any) -> Answer:
        """Create something."""
        return await self.call("POST", path, json=json)

    async def put(self, path: str, json: Any) -> Answer:
        """Change something."""
        return await self.call("PUT", path, json=json)

    async def say(self, job_id: str, event: str, **reasons: str) -> Answer:
        """Send a job event."""
        return await self.post("/v3/export-job-events", {"jobId": job_id, "event": event, **reasons})
