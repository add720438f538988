from typing import Any

import pytest

from bilag.simulator.world import PleoWorld
from tests.simulator.api_client import ApiClient
from tests.simulator.builders import API_KEY, COMPANY, OTHER_COMPANY, Clock

PATH = "/v1/subscriptions"
NOBODY = "99999999-9999-4999-8999-999999999999"


def terms(**differences: Any) -> dict[str, Any]:
    return {"endpointUrl": "http://127.0.0.1:9/hook", "eventTypes": ["v1.export-job.created"], **differences}


async def created(api: ApiClient, **differences: Any) -> dict[str, Any]:
    answer = await api.post(PATH, terms(**differences))
    assert answer.status == 200
    subscription: dict[str, Any] = answer.body["data"]
    return subscription


async def test_new_subscription_is_active_and_has_a_secret(api: ApiClient) -> None:
    subscription = await created(api, customHeaders={"X-Tenant": "7"})

    secret = await api.get(f"{PATH}/{subscription['id']}/secret")
    read = await api.get(f"{PATH}/{subscription['id']}")

    assert (subscription["status"], subscription["customHeaders"]) == ("ACTIVE", {"X-Tenant": "7"})
    assert secret.body["data"]["secretKey"].startswith("whsec_")
    assert read.body["data"] == subscription


async def test_password_of_the_endpoint_is_never_given_back(api: ApiClient) -> None:
    auth = {"type": "BASIC", "credentials": {"username": "pleo", "password": "canary"}}

    subscription = await created(api, endpointAuth=auth)

    assert subscription["endpointAuth"] == {"type": "BASIC", "credentials": {"username": "pleo"}}


async def test_update_replaces_the_terms_and_keeps_the_secret(api: ApiClient, clock: Clock) -> None:
    subscription = await created(api)
    path = f"{PATH}/{subscription['id']}"
    secret = await api.get(path + "/secret")
    clock.move(minutes=1)

    answer = await api.put(path, terms(status="INACTIVE", endpointUrl="http://localhost:9/other"))

    assert answer.body["data"]["endpointUrl"] == "http://localhost:9/other"
    assert answer.body["data"]["status"] == "INACTIVE"
    assert answer.body["data"]["updatedAt"] > subscription["updatedAt"]
    assert (await api.get(path + "/secret")).body == secret.body


async def test_deleted_subscription_says_so_and_can_do_nothing_more(api: ApiClient) -> None:
    path = f"{PATH}/{(await created(api))['id']}"

    deleted = await api.call("DELETE", path)

    assert (deleted.status, deleted.body) == (204, "")
    read = (await api.get(path)).body["data"]
    assert (read["deletedBy"], read["deletedAt"]) == (f"urn:pleo:company:{COMPANY}", read["updatedAt"])
    later = [await api.put(path, terms()), await api.call("DELETE", path), await api.get(path + "/secret")]
    assert [answer.status for answer in later] == [404, 404, 404]
    assert (await api.get(PATH)).body["data"] == []


async def test_history_tells_what_was_done_in_order(api: ApiClient) -> None:
    path = f"{PATH}/{(await created(api))['id']}"
    await api.put(path, terms())
    await api.call("DELETE", path)

    whole = await api.get(path + "/activities")
    updates = await api.get(path + "/activities?operation_types=UPDATE")

    assert [activity["operationType"] for activity in whole.body["data"]] == ["CREATE", "UPDATE", "DELETE"]
    assert [activity["description"] for activity in updates.body["data"]] == ["Subscription updated"]


async def test_listing_filters_by_status_and_event_type(api: ApiClient) -> None:
    job = await created(api)
    vendor = await created(api, eventTypes=["v1.vendor.created"], status="INACTIVE")

    active = await api.get(PATH + "?status=ACTIVE")
    vendors = await api.get(PATH + "?event_types=v1.vendor.created")
    newest = await api.get(PATH + "?sorting_keys=createdAt&sorting_order=DESC&limit=1")

    assert [row["id"] for row in active.body["data"]] == [job["id"]]
    assert [row["id"] for row in vendors.body["data"]] == [vendor["id"]]
    assert (len(newest.body["data"]), newest.pagination["hasNextPage"]) == (1, True)


async def test_subscriptions_of_another_owner_are_not_there(api: ApiClient, world: PleoWorld) -> None:
    path = f"{PATH}/{(await created(api))['id']}"
    world.accept_api_key(API_KEY, OTHER_COMPANY)

    assert (await api.get(path)).status == 404
    assert (await api.get(PATH)).body["data"] == []


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ({"endpointUrl": "https://example.com/hook"}, "loopback addresses only"),
        ({"endpointUrl": "http://127.0.0.1.example.com/"}, "loopback addresses only"),
        ({"endpointUrl": "http://10.0.0.1/"}, "loopback addresses only"),
        ({"endpointUrl": "http://user@127.0.0.1/"}, "without a user name"),
        ({"endpointUrl": "ftp://127.0.0.1/"}, "http or https"),
        ({"endpointUrl": "http://[::1"}, "endpointUrl"),
        ({"endpointUrl": "http://127.0.0.1:99999/"}, "endpointUrl"),
        ({"endpointUrl": ""}, "endpointUrl"),
        ({"endpointUrl": "http://127.0.0.1/\r\nX: y"}, "endpointUrl"),
        ({"endpointUrl": "http://127.0.0.1/\ud7ff é"}, "endpointUrl"),
        ({"eventTypes": []}, "at least one event type"),
        ({"eventTypes": ["v1.export-job.created"] * 2}, "each once"),
        ({"eventTypes": ["v2.export-job.created"]}, "v2.export-job.created"),
        ({"status": "PAUSED"}, "PAUSED"),
        ({"endpointAuth": {"type": "BASIC"}}, "needs username and password"),
        ({"endpointAuth": {"type": "BASIC", "credentials": {"username": "a:b", "password": "c"}}}, "colon"),
        ({"endpointAuth": {"credentials": {"token": "t"}}}, "neither uses a token"),
        ({"customHeaders": {"Webhook-Id": "1"}}, "no header name that a subscription may set"),
        ({"customHeaders": {"bad name": "1"}}, "no header name"),
        ({"customHeaders": {"X-Tenant": "1\r\nHost: x"}}, "printable ASCII"),
        ({"secret": "whsec_own"}, "unknown field"),
    ],
)
async def test_terms_that_could_not_be_kept_are_refused(api: ApiClient, differences: dict[str, Any], said: str) -> None:
    answer = await api.post(PATH, terms(**differences))

    assert (answer.status, answer.body["type"]) == (400, "BAD_REQUEST")
    assert said in answer.body["message"]


async def test_unknown_subscription_is_not_found(api: ApiClient) -> None:
    for path in ("", "/activities", "/secret"):
        assert (await api.get(f"{PATH}/{NOBODY}{path}")).status == 404
