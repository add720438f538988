"""Fetches receipts from behind their pre-signed links, without our credential, bounded and checked.

https://developers.pleo.io/docs/current/platform/exports/attachments
"""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, assert_never

from bilag.adapters.pleo.file_formats import announced_formats, formats_of
from bilag.adapters.pleo.file_names import name_for, offered_name
from bilag.adapters.pleo.foreign_text import one_line
from bilag.adapters.pleo.spool import Spool
from bilag.adapters.transport.retry import Retrier, UnreachableUntil, retry_after_seconds
from bilag.adapters.transport.transport import AnswerTooLarge, Limits, Request, Response, Transport
from bilag.domain.attachment import MIB, PLEO_FILE_BYTES_MAX, StoredFile
from bilag.domain.export_item import ItemFile
from bilag.domain.failure import Failure, FailureCode
from bilag.ports.clock import Clock
from bilag.ports.errors import AddressRefused, BadAnswer, Throttled, TimedOut, Trouble, TryLater, Unreachable
from bilag.ports.export_api import LinkExpired

DOWNLOAD_LIMITS: Final = Limits(
    total_seconds_max=300.0, body_bytes_max=PLEO_FILE_BYTES_MAX, bytes_per_second_min=8 * 1024
)
CONTENT_TYPE_CHARACTERS_MAX: Final = 80
WRITE_BYTES: Final = 256 * 1024
WRITE_CHUNKS_MAX: Final = 64

_PURPOSE: Final = "fetch receipt"
# A link signed with a session that ended is answered with 400 by Amazon S3, one past its own date with 403.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_EXPIRED: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_ASK_PLEO: Final = "Open the expense in Pleo and check its receipt, then export the expense again."
_EXPORT_AGAIN: Final = "Export the expense again later."
_OTHER_FORMAT: Final = "Replace the receipt in Pleo by a PDF, JPG, PNG, TXT, Word or Excel file, then export again."


class CutShort(Unreachable):
    """Fewer bytes arrived than were announced."""


class ReceiptDownloads:
    """Downloads over one transport, whose destinations should be public hosts and DOWNLOAD_LIMITS its limits."""

    def __init__(self, transport: Transport, *, clock: Clock, retrier: Retrier) -> None:
        self._transport = transport
        self._clock = clock
        self._retrier = retrier

    async def download(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        """The file as `name` with its own ending under `folder`; raises OSError when our disk does not take it.

        `StoredFile.name` is what the sender calls it, or `name` when that is unknown.
        """
        if (file.size_bytes or 0) > PLEO_FILE_BYTES_MAX:
            return _too_large(file)
        if not announced_formats(file.content_type):
            return _type_refused(file, f"is announced as {_announced(file)}, which is not supported")
        try:
            return await self._retrier.run(lambda: self._attempt(file, folder, name))
        except (TryLater, AddressRefused, BadAnswer) as trouble:
            return _failure_of(trouble, file)

    async def close(self) -> None:
        """Let go of the transport."""
        await self._transport.close()

    async def _attempt(self, file: ItemFile, folder: Path, name: str) -> StoredFile | LinkExpired | Failure:
        request = Request(method="GET", url=file.url, purpose=_PURPOSE)
        async with self._transport.send(request) as response:
            if response.status in _EXPIRED:
                return LinkExpired()
            if trouble := self._trouble(response):
                raise trouble
            if response.status != HTTPStatus.OK:
                return _not_fetched(file, f"was answered with status {response.status}", _ASK_PLEO)
            with Spool(folder) as spool:
                rest = await _spooled(response.body, spool)
                offered = offered_name(response.headers, file.url)
                return await asyncio.to_thread(_settled, spool, rest, file, offered, name)

    def _trouble(self, response: Response) -> Trouble | None:
        """What passes and is worth another try."""
        pause_seconds = retry_after_seconds(response.headers, self._clock.now())
        match response.status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                return Throttled(f"{_PURPOSE}: too many calls", pause_seconds)
            case HTTPStatus.REQUEST_TIMEOUT:
                return TimedOut(f"{_PURPOSE}: the far side gave up waiting")
            case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                text = f"{_PURPOSE}: answered {status}"
                return Unreachable(text) if pause_seconds is None else UnreachableUntil(text, pause_seconds)
            case _:
                return None


async def _spooled(body: AsyncIterator[bytes], spool: Spool) -> list[bytes]:
    """Write the body in large pieces, each of them one hop to a thread; gives the chunks that are not written yet.

    Chunks are counted, too: many small ones take far more memory than the bytes in them.
    """
    waiting: list[bytes] = []
    waiting_bytes = 0
    async for chunk in body:
        waiting.append(chunk)
        waiting_bytes += len(chunk)
        if waiting_bytes >= WRITE_BYTES or len(waiting) >= WRITE_CHUNKS_MAX:
            await asyncio.to_thread(spool.write, *waiting)
            waiting.clear()
            waiting_bytes = 0
    return waiting


def _settled(spool: Spool, rest: list[bytes], file: ItemFile, offered: str, name: str) -> StoredFile | Failure:
    """Keep the file if it is what was announced; raises CutShort when its end is missing."""
    spool.write(*rest)
    if spool.size_bytes == 0:
        return _empty(file)
    announced_bytes = file.size_bytes or spool.size_bytes
    if spool.size_bytes < announced_bytes:
        raise CutShort(f"{_PURPOSE}: {spool.size_bytes} of {announced_bytes} bytes arrived")
    spool.flush()
    found = formats_of(spool.path)
    fitting = found & announced_formats(file.content_type)
    if not found:
        return _type_refused(file, "is not a PDF, JPG, PNG, TXT, Word or Excel file")
    if not fitting:
        return _type_refused(file, f"is announced as {_announced(file)}, but is a {min(found)} file")
    if spool.size_bytes > announced_bytes:
        return _not_fetched(file, "is larger than announced", _ASK_PLEO)
    kind = min(fitting)
    path = spool.keep(name_for(name, f"receipt-{file.position + 1}", kind))
    return StoredFile(
        name=name_for(offered, name, kind),
        path=str(path),
        format=kind,
        size_bytes=spool.size_bytes,
        sha256=spool.sha256,
    )


def _failure_of(trouble: TryLater | AddressRefused | BadAnswer, file: ItemFile) -> Failure:
    """What the bookkeeper is told of trouble that did not pass."""
    match trouble:
        case AnswerTooLarge():
            return _too_large(file)
        case AddressRefused():
            return _not_fetched(file, "is linked to an address that is not safe to open", _ASK_PLEO)
        case CutShort():
            return _not_fetched(file, "arrived shorter than announced", _EXPORT_AGAIN)
        case TimedOut():
            return _not_fetched(file, "took too long to arrive", _EXPORT_AGAIN)
        case TryLater():
            return _not_fetched(file, "could not be fetched, although it was tried several times", _EXPORT_AGAIN)
        case BadAnswer():
            return _not_fetched(file, "did not arrive as a file", _ASK_PLEO)
        case _:
            assert_never(trouble)


def _too_large(file: ItemFile) -> Failure:
    return _failure(
        FailureCode.RECEIPT_TOO_LARGE,
        file,
        f"is larger than {PLEO_FILE_BYTES_MAX // MIB} MB",
        "Replace the receipt in Pleo by a smaller file, then export the expense again.",
    )


def _empty(file: ItemFile) -> Failure:
    return _failure(FailureCode.RECEIPT_EMPTY, file, "is empty", _ASK_PLEO)


def _type_refused(file: ItemFile, problem: str) -> Failure:
    return _failure(FailureCode.RECEIPT_TYPE_REFUSED, file, problem, _OTHER_FORMAT)


def _not_fetched(file: ItemFile, problem: str, remedy: str) -> Failure:
    return _failure(FailureCode.RECEIPT_DOWNLOAD, file, problem, remedy)


def _failure(code: FailureCode, file: ItemFile, problem: str, remedy: str) -> Failure:
    return Failure(
        code=code, path=f"files[{file.position}]", message=f"Receipt {file.position + 1} {problem}.", remedy=remedy
    )


def _announced(file: ItemFile) -> str:
    return one_line(file.content_type or "", CONTENT_TYPE_CHARACTERS_MAX)
