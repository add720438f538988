"""What travels: a request out, an answer in. The simulation and the tests put their own transport here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from bilag.ports.errors import BadAnswer
from bilag.ports.secret import Secret

MIB: Final = 1024 * 1024
# A page of 100 items has 240 kB as a rule. What little JSON there is in a byte can take seventy when it is read.
JSON_BYTES_MAX: Final = 8 * MIB


class AnswerTooLarge(BadAnswer):
    """The answer holds more bytes than its limit allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait and how much to take.

    `bytes_per_second_min` is the average below which an answer is given up, judged from
    `slow_after_seconds` on; it stops a far side that drips byte by byte.
    """

    connect_seconds_max: float = 10.0
    read_seconds_max: float = 30.0
    total_seconds_max: float = 90.0
    body_bytes_max: int = JSON_BYTES_MAX
    bytes_per_second_min: int = 1024
    slow_after_seconds: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBody:
    """The first `size_bytes` bytes of a file, read while they are sent; each sending opens the file anew."""

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `purpose` names it in error texts, which never show the address with its query.

    A `body` that may be large is a FileBody, so that it never lies in memory as a whole.

    `repeatable` says that sending it twice does no harm; when its answer is lost the trouble is then
    Unreachable or TimedOut, otherwise OutcomeUnknown.
    """

    method: str
    url: str = field(repr=False)
    purpose: str
    headers: Mapping[str, str] = field(default_factory=dict)
    authorization: Secret | None = None
    body: bytes | FileBody = field(default=b"", repr=False)
    repeatable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer: header names are in lower case; `body` can be read once, and only inside the `async with`."""

    status: int
    headers: Mapping[str, str]
    body: AsyncIterator[bytes] = field(repr=False)

    async def read(self) -> bytes:
        """The whole body; raises what the transport raises while it arrives."""
        return b"".join([chunk async for chunk in self.body])


class Transport(Protocol):
    """Sends requests. Raises the trouble of ports.errors; an HTTP error status is an answer, a redirect trouble."""

    def send(self, request: Request) -> AbstractAsyncContextManager[Response]:
        """Send the request; the answer is valid inside the `async with`."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
