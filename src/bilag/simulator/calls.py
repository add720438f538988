"""One call to the simulated API: who calls, with which query and body. Refuses whatever is not modelled."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec
from aiohttp import web

from bilag.simulator.companies import Company
from bilag.simulator.faults import Fault, FaultKind
from bilag.simulator.grants import Grant
from bilag.simulator.jobs import Job
from bilag.simulator.paging import LIMIT_DEFAULT, LIMIT_MAX, PageRequest
from bilag.simulator.refusals import Refusal, RefusalType, bad_request
from bilag.simulator.terms import PageOrder
from bilag.simulator.world import PleoWorld

PAGE_PARAMETERS = frozenset({"before", "after", "offset", "limit", "sorting_keys", "sorting_order"})

_REPEATABLE = frozenset({"statuses", "event_types", "operation_types", "sorting_keys", "sorting_order"})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,19}")
_OFFSET_MAX = 2**63 - 1
_NAMED_MAX = 5

Term = TypeVar("Term", bound=StrEnum)
Body = TypeVar("Body")


class Call:
    """One authenticated call. Every reading method refuses what is malformed with 400 or 404 or 403."""

    def __init__(self, request: web.Request, *, world: PleoWorld, grant: Grant, fault: Fault | None) -> None:
        self.world = world
        self.grant = grant
        self._request = request
        self._fault = fault

    def require_known_query(self, names: frozenset[str]) -> None:
        """Refuse a query parameter that the operation does not have, or has once only and gets twice."""
        query = self._request.query
        if not "".join((*query.keys(), *query.values())).isascii():
            raise bad_request("the query holds characters beyond ASCII; no parameter of this API needs any")
        unknown = sorted(set(query) - names)
        if unknown:
            raise bad_request(f"unknown query parameters: {', '.join(unknown[:_NAMED_MAX])}")
        repeated = sorted(name for name in set(query) - _REPEATABLE if len(query.getall(name)) > 1)
        if repeated:
            raise bad_request(f"query parameters sent more than once: {', '.join(repeated)}")

    def term(self, name: str, terms: type[Term]) -> Term | None:
        """A query parameter out of a closed list, `None` when it was not sent."""
        value = self._request.query.get(name)
        return None if value is None else _term(name, value, terms)

    def terms(self, name: str, terms: type[Term]) -> tuple[Term, ...]:
        """A repeatable query parameter out of a closed list."""
        return tuple(_term(name, value, terms) for value in self._request.query.getall(name, []))

    def query_uuid(self, name: str) -> str:
        """A query parameter that this simulator needs, as a UUID in lower case."""
        value = self._request.query.get(name)
        if value is None:
            raise bad_request(f"{name}: send it as a query parameter")
        return _uuid(name, value)

    def path_uuid(self, name: str) -> str:
        """A part of the path, as a UUID in lower case."""
        return _uuid(name, self._request.match_info[name])

    def company(self) -> Company:
        """The company in `company_id`, or the only one of the credential; refuses one that it does not cover."""
        if "company_id" in self._request.query:
            return self.covered_company(self.query_uuid("company_id"))
        if len(self.grant.company_ids) != 1:
            raise bad_request("company_id: name the company, this credential covers several")
        return self.world.companies[min(self.grant.company_ids)]

    def covered_company(self, company_id: str) -> Company:
        """A company that the credential covers."""
        self.grant.require_company(company_id.lower())
        return self.world.companies[company_id.lower()]

    def job(self, job_id: str) -> Job:
        """A job of a company that the credential covers."""
        job = self.world.job(job_id.lower())
        self.grant.require_company(job.company.id)
        return job

    async def body(self, shape: type[Body]) -> Body:
        """The JSON body, refused with the place of the first mistake in it."""
        if self._request.content_type != "application/json":
            raise Refusal(RefusalType.UNSUPPORTED_MEDIA_TYPE, "send the body as application/json")
        try:
            return msgspec.json.decode(await self._request.read(), type=shape)
        except web.RequestPayloadError:
            raise bad_request("body: it does not decode as its headers announce") from None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise bad_request(f"body: {error}") from None

    def page(self, *sort_keys: str) -> PageRequest:
        """The page that the query asks for; `sort_keys` are those that the listing can be sorted by."""
        query = self._request.query
        if len({"before", "after", "offset"} & set(query)) > 1:
            raise bad_request("before, after and offset exclude one another; send one of them")
        if not query.get("before", "?") or not query.get("after", "?"):
            raise bad_request("a cursor is never empty; leave it out to read the first page")
        limit = self._whole_number("limit")
        return PageRequest(
            limit=LIMIT_DEFAULT if limit is None else min(limit, LIMIT_MAX),
            after=query.get("after", ""),
            before=query.get("before", ""),
            offset=self._whole_number("offset"),
            sorting=self._sorting(frozenset(sort_keys)),
            parameters={name: query.getall(name) for name in query},
            stuck=self._meets(FaultKind.STUCK_CURSOR),
            repeats_row=self._meets(FaultKind.REPEATED_ROW),
        )

    def _whole_number(self, name: str) -> int | None:
        value = self._request.query.get(name)
        if value is None:
            return None
        if not _WHOLE_NUMBER.fullmatch(value) or int(value) > _OFFSET_MAX:
            raise bad_request(f"{name}: {value!r} is no whole number from 0 to {_OFFSET_MAX}")
        return int(value)

    def _sorting(self, known: frozenset[str]) -> tuple[tuple[str, PageOrder], ...]:
        keys: Sequence[str] = self._request.query.getall("sorting_keys", [])
        orders = self.terms("sorting_order", PageOrder)
        if len(keys) != len(orders):
            raise bad_request("sorting_keys and sorting_order: send one direction for each key")
        unknown = sorted(set(keys) - known)
        if unknown or len(set(keys)) != len(keys):
            can_sort = ", ".join(sorted(known)) or "none"
            raise bad_request(f"sorting_keys: this listing is sorted by {can_sort}, each key once")
        return tuple(zip(keys, orders, strict=True))

    def _meets(self, kind: FaultKind) -> bool:
        return self._fault is not None and self._fault.kind is kind


def _uuid(name: str, value: str) -> str:
    if not _UUID.fullmatch(value):
        raise bad_request(f"{name}: not a UUID")
    return value.lower()


def _term(name: str, value: str, terms: type[Term]) -> Term:
    try:
        return terms(value)
    except ValueError:
        raise bad_request(f"{name}: {value!r} is none of {', '.join(terms)}") from None
