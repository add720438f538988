"""bilag's way into the stub: an accounting system over HTTP with a server key, for the benchmark only.

The key is the external reference with the content's hash; the stub knows it for as long as it runs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec

from bilag.adapters.transport.transport import FileBody, Request, Transport
from bilag.domain.attachment import AttachmentRules, FileFormat, NoteFile, StoredFile
from bilag.domain.books_account import BooksAccount
from bilag.domain.capabilities import Capabilities, KeyClass
from bilag.domain.document import Document
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.failure import Failure, FailureCode, JobFailure
from bilag.domain.ledger import Posting, PostingMode, Side
from bilag.domain.money import Currency, Money
from bilag.domain.payables import BooksVendor, PayableItem, PayableKeys, PayableStatement, VendorQuery
from bilag.domain.period import AccountingPeriod
from bilag.ports.accounting_system import PostAnswer, PostedDocument, Rejected, SendCheck, unchecked
from bilag.ports.errors import BadAnswer, OutcomeUnknown

_YEARS: Final = AccountingPeriod(name="open", start=date(2000, 1, 1), end=date(2099, 12, 31))


def capabilities(posts_at_once: int) -> Capabilities:
    """What the stub can do."""
    return Capabilities(
        system="stub",
        methods=frozenset({BookkeepingMethod.JOURNAL}),
        key_class=KeyClass.SERVER_KEY,
        drafts=True,
        periods=True,
        attachments=AttachmentRules(formats=frozenset(FileFormat)),
        posts_at_once=posts_at_once,
        post_reads_back=True,
        settles_within_seconds=1,
        key_lifetime_seconds=24 * 60 * 60,
    )


class StubConnector:
    """The port AccountingSystem over `transport`. The stub has every account and code, and one open period."""

    def __init__(self, transport: Transport, url: str, posts_at_once: int) -> None:
        """Takes the transport over."""
        self._transport = transport
        self._url = url
        self.capabilities: Final = capabilities(posts_at_once)

    async def problems(self) -> tuple[JobFailure, ...]:
        """Raises trouble when the stub does not answer."""
        await self._ask("count", f"{self._url}/count")
        return ()

    async def accounts(self, numbers: Sequence[str]) -> Mapping[str, BooksAccount]:
        """All of them."""
        return {number: BooksAccount(number=number, name=number) for number in numbers}

    async def unknown_tax_codes(self, codes: Sequence[str]) -> frozenset[str]:
        """None of them."""
        del codes
        return frozenset()

    async def unknown_dimensions(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """None of them."""
        del keys
        return frozenset()

    async def vendors(self, query: VendorQuery) -> tuple[BooksVendor, ...]:
        """The stub keeps no vendors."""
        del query
        return ()

    async def payable_items(self, keys: PayableKeys) -> tuple[PayableItem, ...]:
        """Likewise."""
        del keys
        return ()

    async def payables(self) -> PayableStatement:
        """Likewise."""
        raise AssertionError("nobody asks the stub for payables")

    async def period_of(self, day: date) -> AccountingPeriod | None:
        """The one that there is."""
        return _YEARS if _YEARS.covers(day) else None

    async def next_open_period(self, after: date) -> AccountingPeriod | None:
        """None: the one that there is covers everything."""
        del after
        return None

    async def post(self, document: Document, content_hash: str, check: SendCheck = unchecked) -> PostAnswer:
        """One call; 422 is a certain refusal, everything else without an entry is an unknown outcome."""
        check()
        request = Request(
            method="POST",
            url=f"{self._url}/entries",
            purpose="post entry",
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": f"{document.external_reference}.{content_hash}",
            },
            body=msgspec.json.encode(_entry(document, content_hash)),
            repeatable=False,
        )
        status, body = await self._send(request)
        if status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return _posted(body)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return Rejected(failures=(_refused(str(body)),))
        raise OutcomeUnknown(f"post entry: answered {status}")

    async def find_by_reference(self, external_reference: str) -> PostedDocument | None:
        """One call."""
        status, body = await self._ask("find entry", f"{self._url}/entries?reference={quote(external_reference)}")
        return None if status == HTTPStatus.NOT_FOUND else _posted(body)

    async def attached(self, external_id: str) -> frozenset[str]:
        """One call."""
        _, body = await self._ask("list files", f"{self._url}/entries/{external_id}/files")
        return frozenset(body)

    async def attach(self, external_id: str, file: StoredFile) -> Failure | None:
        """One call that streams the file."""
        request = Request(
            method="POST",
            url=f"{self._url}/entries/{external_id}/files",
            purpose="attach file",
            headers={"Content-Type": "application/octet-stream"},
            body=FileBody(path=Path(file.path), size_bytes=file.size_bytes),
            repeatable=False,
        )
        status, _ = await self._send(request)
        return None if status == HTTPStatus.CREATED else _refused(f"attach file: answered {status}")

    async def attach_note(self, external_id: str, note: NoteFile) -> Failure | None:
        """The stub keeps no notes."""
        del external_id, note
        return None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()

    async def _ask(self, purpose: str, url: str) -> tuple[int, Any]:
        status, body = await self._send(Request(method="GET", url=url, purpose=purpose))
        if status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise BadAnswer(f"{purpose}: answered {status}")
        return status, body

    async def _send(self, request: Request) -> tuple[int, Any]:
        async with self._transport.send(request) as response:
            return response.status, msgspec.json.decode(await response.read())


def _entry(document: Document, content_hash: str) -> dict[str, object]:
    data = document.datapoints
    return {
        "source": document.external_reference.split(".")[1],
        "reference": document.external_reference,
        "date": document.posting_date.date.isoformat(),
        "currency": document.currency.code,
        "mode": document.mode,
        "content": content_hash,
        "payee": data.payee,
        "employee": data.employee,
        "description": data.description,
        "comment": data.comment,
        "web_link": data.web_link,
        "lines": [_line(posting) for posting in document.postings],
    }


def _line(posting: Posting) -> dict[str, object]:
    sign = 1 if posting.side is Side.DEBIT else -1
    return {
        "account": posting.account,
        "amount": sign * posting.amount.minor,
        "text": posting.description,
        "tax_code": posting.tax_code or "",
        "dimensions": [(dimension.group, dimension.code) for dimension in posting.dimensions],
    }


def _posted(body: dict[str, Any]) -> PostedDocument:
    return PostedDocument(
        external_reference=body["reference"],
        external_id=body["id"],
        external_url=f"https://books.example/entries/{body['id']}",
        posting_date=date.fromisoformat(body["date"]),
        mode=PostingMode(body["mode"]),
        total=Money(minor=body["total"], currency=Currency(body["currency"])),
        content_hash=body["content"],
    )


def _refused(message: str) -> Failure:
    return Failure(code=FailureCode.BOOKS_REJECTED, path="", message=message, remedy="Look at the stub.")
