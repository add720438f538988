"""One call to Pleo: authenticated, paced, asked again after trouble that passes, its refusals understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

from bilag.adapters.pleo.auth import Auth
from bilag.adapters.pleo.faults import RefusedCall, trouble_of
from bilag.adapters.transport.rate_budget import RateBudget, Turn
from bilag.adapters.transport.retry import Retrier
from bilag.adapters.transport.transport import Request, Transport
from bilag.ports.clock import Clock
from bilag.ports.errors import Refused, Throttled, Unauthorised
from bilag.ports.secret import Secret

JSON_TYPE: Final = "application/json;charset=UTF-8"

# An id that would lead to another place of the API.
_NO_IDS: Final = frozenset({"", ".", ".."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What to ask. `path` holds the parts between the slashes, `purpose` names the call in error texts.

    A call that is not `repeatable` is asked again only when it certainly did not arrive, and its answer is its
    status: the body of a success is not waited for.
    """

    purpose: str
    method: str
    path: Sequence[str]
    query: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    repeatable: bool = True


class PleoCalls:
    """Calls with one credential, which share one rate budget."""

    def __init__(
        self, transport: Transport, auth: Auth, *, base_url: str, clock: Clock, budget: RateBudget, retrier: Retrier
    ) -> None:
        self._transport = transport
        self._auth = auth
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._budget = budget
        self._retrier = retrier
        self.calls_made = 0

    async def body_of(self, call: Call) -> bytes:
        """The body of the successful answer; raises the trouble of ports.errors."""
        return await self._retrier.run(lambda: self._attempt(call))

    async def close(self) -> None:
        """Let go of the transport and of the credentials."""
        await self._transport.close()
        await self._auth.close()

    async def _attempt(self, call: Call) -> bytes:
        """Send once, and once more when other credentials can be had after a refusal of these."""
        authorization = await self._auth.authorization()
        try:
            return await self._exchange(call, authorization)
        except Unauthorised:
            if not await self._auth.renew(authorization):
                raise
        return await self._exchange(call, await self._auth.authorization())

    async def _exchange(self, call: Call, authorization: Secret) -> bytes:
        request = self._request(call, authorization)
        async with self._budget.turn() as turn:
            self.calls_made += 1
            return await self._answered(call, turn, request)

    async def _answered(self, call: Call, turn: Turn, request: Request) -> bytes:
        async with self._transport.send(request) as response:
            is_success = HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES
            if is_success and not call.repeatable:
                return b""
            body = await response.read()
            if is_success:
                return body
            refused = RefusedCall(
                purpose=call.purpose,
                status=response.status,
                headers=response.headers,
                body=body,
                repeatable=call.repeatable,
                mask=self._auth.mask_in,
            )
            trouble = trouble_of(refused, self._clock.now())
            if isinstance(trouble, Throttled):
                turn.refused(trouble.retry_after_seconds)
        raise trouble

    def _request(self, call: Call, authorization: Secret) -> Request:
        if any(part in _NO_IDS for part in call.path):
            raise Refused(f"{call.purpose}: the id is empty or none")
        path = "/".join(quote(part, safe="") for part in call.path)
        query = f"?{urlencode(call.query)}" if call.query else ""
        headers = {"Accept": "application/json"}
        if call.body:
            headers["Content-Type"] = JSON_TYPE
        return Request(
            method=call.method,
            url=f"{self._base_url}/{path}{query}",
            purpose=call.purpose,
            headers=headers,
            authorization=authorization,
            body=call.body,
            repeatable=call.repeatable,
        )
