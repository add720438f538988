"""What every request passes through on its way to a route."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bilag.simulator.fault_injection import MET_FAULT, answer_with
from bilag.simulator.refusals import Refusal, RefusalType
from bilag.simulator.responses import json_answer, refusal_answer
from bilag.simulator.routes_files import xml_error
from bilag.simulator.world import PleoWorld

UNKNOWN_PATH = "unknown path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One answer of the API as it went out.

    `path` is the path of the operation. An answer that met a fault may break the contract.
    """

    method: str
    path: str
    status: int
    content_type: str
    body: bytes
    faulted: bool


def observing(on_answer: Callable[[Exchange], None]) -> Middleware:
    """Shows every answer that was built in one piece to `on_answer`."""

    @web.middleware
    async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        body = response.body if isinstance(response, web.Response) else None
        on_answer(
            Exchange(
                method=request.method,
                path=operation_path(request),
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
                body=body if isinstance(body, bytes) else b"",
                faulted=MET_FAULT in request,
            )
        )
        return response

    return observe


def counting(world: PleoWorld) -> Middleware:
    """Counts requests by operation, also those that meet a fault or are refused."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        world.request_counts[f"{request.method} {operation_path(request)}"] += 1
        return await handler(request)

    return count


def within_quota(world: PleoWorld) -> Middleware:
    """Refuses requests that exceed the quota of their credential, where the world has one."""

    @web.middleware
    async def meter(request: web.Request, handler: Handler) -> web.StreamResponse:
        if world.quota is None:
            return await handler(request)
        credential = request.headers.get("Authorization", "")
        too_many = world.quota.enter(credential, world.now())
        if too_many is not None:
            body = {"type": too_many.kind, "message": "Too many requests."}
            refusal = json_answer(body, status=HTTPStatus.TOO_MANY_REQUESTS)
            refusal.headers.extend(too_many.headers)
            return refusal
        try:
            return await handler(request)
        finally:
            world.quota.leave(credential)

    return meter


def meeting_faults(world: PleoWorld) -> Middleware:
    """Lets a request meet the fault that the plan has for it."""

    @web.middleware
    async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = world.faults.take(request.method, request.path)
        if fault is None:
            return await handler(request)
        request[MET_FAULT] = fault
        return await answer_with(fault, request, handler)

    return meet


@web.middleware
async def refusing_in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns refusals into Pleo's error body."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal_answer(refusal)
    except web.HTTPException as error:
        response = refusal_answer(_as_refusal(error, request))
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response


@web.middleware
async def refusing_in_xml(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns refusals of the file host into the XML of a store of pre-signed links."""
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed:
        return xml_error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    except web.HTTPException as error:
        return xml_error(error.status, "NoSuchKey", "The specified key does not exist.")


def noticing_credentials(world: PleoWorld) -> Middleware:
    """Counts downloads that carry a credential: it would have left Pleo's API for a host of somebody else."""

    @web.middleware
    async def notice(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "Authorization" in request.headers:
            world.leaked_credentials += 1
            return xml_error(400, "InvalidArgument", "Only one authentication is possible, and the link is one.")
        return await handler(request)

    return notice


def operation_path(request: web.Request) -> str:
    """The path of the operation with its parameters by name, or `UNKNOWN_PATH`."""
    resource = request.match_info.route.resource
    return UNKNOWN_PATH if resource is None else resource.canonical


def _as_refusal(error: web.HTTPException, request: web.Request) -> Refusal:
    match error.status:
        case 404:
            return Refusal(RefusalType.NOT_FOUND, "the simulator knows no such path")
        case 405:
            return Refusal(RefusalType.METHOD_NOT_ALLOWED, f"{request.method} is not possible here")
        case 413:
            return Refusal(RefusalType.PAYLOAD_TOO_LARGE, "the request body is larger than the simulator reads")
        case _:
            return Refusal(RefusalType.BAD_REQUEST, error.reason)
