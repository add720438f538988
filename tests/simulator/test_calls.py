import asyncio

import aiohttp
import pytest

from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import API_KEY, COMPANY, entry_id

JSON_HEAD = b"POST /v3/export-jobs HTTP/1.1\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "unknown query parameters: colour"),
        ("companyId=1", "unknown query parameters: companyId"),
        ("company_id=7", "company_id: not a UUID"),
        (f"company_id={COMPANY}&company_id={COMPANY}", "sent more than once: company_id"),
        ("statuses=done", "statuses: 'done' is none of pending"),
        ("after=GEYQ&offset=0", "exclude one another"),
        ("after=GEYQ&before=GEYQ", "exclude one another"),
        ("after=", "a cursor is never empty"),
        ("after=abc", "not a cursor"),
        ("offset=-1", "offset: '-1' is no whole number"),
        ("offset=9223372036854775808", "no whole number"),
        ("limit=ten", "limit: 'ten' is no whole number"),
        ("limit=", "limit: '' is no whole number"),
        ("sorting_keys=createdAt", "send one direction for each key"),
        ("sorting_keys=colour&sorting_order=ASC", "sorted by completedAt, createdAt, lastUpdatedAt, startedAt"),
        ("sorting_keys=createdAt&sorting_order=UP", "sorting_order: 'UP' is none of ASC"),
        ("limit=%C3%A9", "characters beyond ASCII"),
    ],
)
async def test_query_that_is_not_modelled_is_refused_with_its_reason(api: ApiClient, query: str, said: str) -> None:
    answer = await api.get(f"/v3/export-jobs?{query}")

    assert (answer.status, answer.body["type"]) == (400, "BAD_REQUEST")
    assert said in answer.body["message"]


@pytest.mark.parametrize(("limit", "effective"), [("", 20), ("&limit=100", 100), ("&limit=2147483648", 100)])
async def test_limit_has_a_default_and_a_ceiling(api: ApiClient, world: PleoWorld, limit: str, effective: int) -> None:
    job = world.create_job(COMPANY)

    answer = await api.get(f"/v3/export-items?job_id={job.id}{limit}")

    assert answer.pagination["currentRequestPagination"]["limit"] == effective


async def test_answer_repeats_what_was_asked(api: ApiClient) -> None:
    answer = await api.get("/v3/export-jobs?offset=3&sorting_keys=createdAt&sorting_order=DESC&statuses=failed")

    assert answer.pagination["currentRequestPagination"] == {
        "limit": 20,
        "offset": 3,
        "sortingKeys": ["createdAt"],
        "sortingOrder": ["DESC"],
        "parameters": {
            "offset": ["3"],
            "sorting_keys": ["createdAt"],
            "sorting_order": ["DESC"],
            "statuses": ["failed"],
        },
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/v2/export-items", 404, "NOT_FOUND"),
        ("GET", "/v3/export-jobs/", 404, "NOT_FOUND"),
        ("DELETE", "/v3/export-jobs", 405, "METHOD_NOT_ALLOWED"),
        ("HEAD", "/v3/export-jobs", 405, None),
        ("GET", "/v3/export-jobs/not-a-uuid", 400, "BAD_REQUEST"),
        ("GET", "/v3/export-jobs/%00", 400, "BAD_REQUEST"),
    ],
)
async def test_path_or_method_that_is_not_modelled_is_refused(
    api: ApiClient, method: str, path: str, status: int, kind: str | None
) -> None:
    answer = await api.call(method, path)

    assert answer.status == status
    if kind is not None:
        assert answer.body["type"] == kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"\xff\xfe",
        b'"\xff"',
        b'{"companyId":"\\ud800"}',
        b"[" * 100_000,
        b'{"companyId":1e999}',
        b'{"companyId":"' + COMPANY.encode() + b'","accountingEntryIds":["\xff"]}',
    ],
)
async def test_malformed_json_is_refused(api: ApiClient, body: bytes) -> None:
    answer = await api.call("POST", "/v3/export-jobs", data=body)

    assert (answer.status, answer.body["type"]) == (400, "BAD_REQUEST")


async def test_body_of_another_media_type_is_refused(server: SimulatorServer, session: aiohttp.ClientSession) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth(API_KEY, "")}
    async with session.post(f"{server.api_url}/v3/export-jobs", data={"a": "b"}, headers=headers) as answer:
        assert answer.status == 415
        assert (await answer.json())["type"] == "UNSUPPORTED_MEDIA_TYPE"


async def test_body_beyond_the_bound_is_refused(api: ApiClient) -> None:
    answer = await api.call("POST", "/v3/export-jobs", data=b" " * (8 * 1024 * 1024 + 1))

    assert (answer.status, answer.body["type"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /v3/export-jobs?limit=\xff HTTP/1.1\r\n",
        b"GET /v3/export-jobs/\xff\xfe HTTP/1.1\r\n",
        JSON_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n",
        b"POST /v3/export-jobs HTTP/1.1\r\nContent-Type: application/json; charset=\xff\r\nContent-Length: 3\r\n",
        JSON_HEAD + b"Transfer-Encoding: chunked\r\n",
        b"GET /v3/export-jobs HTTP/1.1\r\nExpect: a-miracle\r\n",
    ],
)
async def test_strange_bytes_on_the_wire_are_a_client_error(server: SimulatorServer, request_head: bytes) -> None:
    authorization = b"Authorization: " + aiohttp.encode_basic_auth(API_KEY, "").encode() + b"\r\n"
    port = int(server.api_url.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_head + authorization + b"Host: localhost\r\nConnection: close\r\n\r\n{}}")
    status_line = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert status_line.split()[1].startswith(b"4")


async def test_update_body_has_to_be_a_list(api: ApiClient, world: PleoWorld) -> None:
    job = world.create_job(COMPANY)

    answer = await api.put(
        f"/v3/export-jobs/{job.id}/items", {"items": [{"accountingEntryId": entry_id(0), "status": "failed"}]}
    )

    assert answer.status == 400
    assert "Expected `array`" in answer.body["message"]
