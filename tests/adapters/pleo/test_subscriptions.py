from typing import Any

import pytest

from bilag.adapters.pleo.subscriptions import PleoSubscriptions
from bilag.ports.errors import BadAnswer, OutcomeUnknown, Refused
from bilag.ports.secret import Secret
from tests.adapters.pleo.exchange import Exchange
from tests.adapters.pleo.samples import a_page, as_json
from tests.adapters.pleo.scripted_transport import Canned, sent_json

URL = "https://bilag.example/webhooks/pleo"
CREATED = Canned(body=b'{"data": {}}')


def a_subscription(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"sub-{number}",
        "endpointUrl": URL,
        "eventTypes": ["v1.export-job.created"],
        "status": "ACTIVE",
        "customHeaders": {},
        "endpointAuth": {"type": "NONE"},
        "createdAt": "2026-11-21T10:00:00Z",
        **changes,
    }


def listed(*subscriptions: dict[str, Any], next_cursor: str | None = None) -> Canned:
    return Canned(body=a_page(subscriptions, next_cursor=next_cursor))


async def test_every_page_is_read_and_deleted_ones_are_left_out() -> None:
    exchange = Exchange(
        listed(a_subscription(1), a_subscription(2, deletedAt="2026-11-21T11:00:00Z"), next_cursor="A"),
        listed(a_subscription(3)),
    )
    found = await PleoSubscriptions(exchange.calls).all()
    assert [one.id for one in found] == ["sub-1", "sub-3"]
    assert exchange.asked[1] == "GET /v1/subscriptions?limit=100&after=A"


async def test_creating_asks_for_created_jobs_at_the_address_and_gives_the_new_one() -> None:
    exchange = Exchange(listed(a_subscription(1)), CREATED, listed(a_subscription(1), a_subscription(2)))
    new = await PleoSubscriptions(exchange.calls).create(URL)
    assert new.id == "sub-2"
    assert sent_json(exchange.transport.requests[1]) == {
        "endpointUrl": URL,
        "eventTypes": ["v1.export-job.created"],
    }


async def test_lost_answer_to_creating_is_looked_up_and_never_sent_again() -> None:
    exchange = Exchange(listed(), OutcomeUnknown("lost"), listed(a_subscription(1)))
    assert (await PleoSubscriptions(exchange.calls).create(URL)).id == "sub-1"
    assert [asked.split()[0] for asked in exchange.asked] == ["GET", "POST", "GET"]


async def test_creating_that_did_not_happen_is_said_to_be_unknown() -> None:
    exchange = Exchange(listed(), OutcomeUnknown("lost on the way"), listed())
    with pytest.raises(OutcomeUnknown, match="lost on the way"):
        await PleoSubscriptions(exchange.calls).create(URL)


async def test_two_new_ones_at_once_are_not_guessed_between() -> None:
    exchange = Exchange(listed(), CREATED, listed(a_subscription(1), a_subscription(2)))
    with pytest.raises(OutcomeUnknown, match="2 new ones"):
        await PleoSubscriptions(exchange.calls).create(URL)


async def test_secret_is_masked_wherever_it_is_shown() -> None:
    exchange = Exchange(Canned(body=as_json({"data": {"secretKey": "whsec_canary"}})))
    secret = await PleoSubscriptions(exchange.calls).secret("sub-1")
    assert secret == Secret("whsec_canary")
    assert "canary" not in repr(secret)
    assert exchange.asked == ["GET /v1/subscriptions/sub-1/secret"]


async def test_answer_without_a_secret_is_refused() -> None:
    with pytest.raises(BadAnswer):
        await PleoSubscriptions(Exchange(Canned(body=b'{"data": {}}')).calls).secret("sub-1")


async def test_deleting_what_is_not_there_is_refused() -> None:
    exchange = Exchange(Canned(status=404, body=b'{"type": "NOT_FOUND"}'))
    with pytest.raises(Refused) as refused:
        await PleoSubscriptions(exchange.calls).delete("a/../b")
    assert refused.value.status == 404
    assert exchange.asked == ["DELETE /v1/subscriptions/a%2F..%2Fb"]


async def test_texts_of_pleo_are_one_short_line_each() -> None:
    exchange = Exchange(listed(a_subscription(1, endpointUrl="https://a\n\x1b[2J", eventTypes=["x" * 500] * 500)))
    (found,) = await PleoSubscriptions(exchange.calls).all()
    assert found.url == "https://a [2J"
    assert len(found.event_types) == 50
    assert len(found.event_types[0]) == 100
