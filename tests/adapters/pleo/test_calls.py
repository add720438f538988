import pytest

from bilag.adapters.pleo.auth import BearerAuth
from bilag.adapters.pleo.calls import Call
from bilag.ports.errors import (
    BadAnswer,
    Forbidden,
    OutcomeUnknown,
    Refused,
    Throttled,
    TimedOut,
    Trouble,
    Unauthorised,
    Unreachable,
)
from bilag.ports.secret import Secret
from tests.adapters.pleo.exchange import API_KEY, ATTEMPTS_MAX, Exchange
from tests.adapters.pleo.samples import as_json
from tests.adapters.pleo.scripted_transport import Canned

READ = Call(purpose="read", method="GET", path=("v3", "things"))
WRITE = Call(purpose="write", method="POST", path=("v3", "events"), body=b"{}", repeatable=False)
DOWN = Canned(status=503, body=b"<html>")


class Renewing:
    """A token provider whose next token is one further at every renewal."""

    def __init__(self, tokens: int) -> None:
        self.left = tokens
        self.number = 1

    async def __call__(self, refused: Secret | None) -> Secret:
        if refused is not None and self.left > 1:
            self.left -= 1
            self.number += 1
        return Secret(f"token-{self.number}")


async def test_call_carries_address_credential_and_media_type() -> None:
    exchange = Exchange(Canned(body=b"yes"))
    call = Call(
        purpose="write",
        method="PUT",
        path=("v3", "jobs", "a/../b?c"),
        query=[("after", "A=~"), ("statuses", "x"), ("statuses", "y")],
        body=b"[]",
    )

    assert await exchange.calls.body_of(call) == b"yes"

    (request,) = exchange.transport.requests
    assert exchange.asked == ["PUT /v3/jobs/a%2F..%2Fb%3Fc?after=A%3D~&statuses=x&statuses=y"]
    assert request.headers == {"Accept": "application/json", "Content-Type": "application/json;charset=UTF-8"}
    assert request.authorization is not None
    assert request.authorization.reveal().startswith("Basic ")
    assert request.body == b"[]"


@pytest.mark.parametrize("id_", ["", ".", ".."])
async def test_id_that_would_lead_elsewhere_is_refused_before_it_is_sent(id_: str) -> None:
    exchange = Exchange()

    with pytest.raises(Refused):
        await exchange.calls.body_of(Call(purpose="read", method="GET", path=("v3", "jobs", id_, "items")))


@pytest.mark.parametrize("trouble", [DOWN, Canned(status=429), Unreachable("x"), TimedOut("x")])
async def test_question_is_asked_again_after_trouble_that_passes(trouble: Canned | Trouble) -> None:
    exchange = Exchange(trouble, trouble, Canned(body=b"yes"))

    assert await exchange.calls.body_of(READ) == b"yes"

    assert len(exchange.asked) == 3
    assert exchange.clock.elapsed_seconds > 0


async def test_question_is_given_up_after_its_last_attempt() -> None:
    exchange = Exchange(*[DOWN] * ATTEMPTS_MAX)

    with pytest.raises(Unreachable):
        await exchange.calls.body_of(READ)

    assert len(exchange.asked) == ATTEMPTS_MAX


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
async def test_refusal_is_final(status: int) -> None:
    exchange = Exchange(Canned(status=status, body=as_json({"type": "X"})))

    with pytest.raises(Forbidden if status == 403 else Refused):
        await exchange.calls.body_of(READ)

    assert len(exchange.asked) == 1


async def test_answer_that_breaks_off_is_asked_for_again() -> None:
    exchange = Exchange(Canned(body=b"ye", breaks_off=Unreachable("cut")), Canned(body=b"yes"))

    assert await exchange.calls.body_of(READ) == b"yes"


async def test_answer_out_of_bounds_is_not_asked_for_again() -> None:
    exchange = Exchange(BadAnswer("too large"))

    with pytest.raises(BadAnswer):
        await exchange.calls.body_of(READ)


@pytest.mark.parametrize("trouble", [OutcomeUnknown("lost"), DOWN, Canned(status=500), Canned(status=504)])
async def test_write_with_a_lost_answer_is_not_sent_again(trouble: Canned | Trouble) -> None:
    exchange = Exchange(trouble)

    with pytest.raises(OutcomeUnknown):
        await exchange.calls.body_of(WRITE)

    assert len(exchange.asked) == 1


@pytest.mark.parametrize("trouble", [Unreachable("no connection"), Canned(status=429)])
async def test_write_that_did_not_arrive_is_sent_again(trouble: Canned | Trouble) -> None:
    exchange = Exchange(trouble, Canned(status=202))

    assert await exchange.calls.body_of(WRITE) == b""

    assert len(exchange.asked) == 2


async def test_write_is_done_when_its_status_says_so() -> None:
    exchange = Exchange(Canned(status=202, body=b"x", breaks_off=OutcomeUnknown("cut")))

    assert await exchange.calls.body_of(WRITE) == b""


async def test_wish_to_wait_holds_the_next_call_too() -> None:
    exchange = Exchange(*[Canned(status=429, headers={"retry-after": "30"})] * ATTEMPTS_MAX, Canned())
    with pytest.raises(Throttled):
        await exchange.calls.body_of(READ)
    before_seconds = exchange.clock.elapsed_seconds

    await exchange.calls.body_of(READ)

    assert exchange.clock.elapsed_seconds - before_seconds == pytest.approx(30.0)


async def test_wish_to_wait_is_told_when_the_attempts_are_used_up() -> None:
    exchange = Exchange(*[Canned(status=429, headers={"retry-after": "5"})] * ATTEMPTS_MAX)

    with pytest.raises(Throttled) as raised:
        await exchange.calls.body_of(READ)

    assert raised.value.retry_after_seconds == 5


async def test_refused_api_key_needs_a_person() -> None:
    exchange = Exchange(Canned(status=401, body=as_json({"type": "UNAUTHORIZED", "message": f"no {API_KEY}"})))

    with pytest.raises(Unauthorised) as raised:
        await exchange.calls.body_of(READ)

    assert API_KEY not in str(raised.value)
    assert len(exchange.asked) == 1


@pytest.mark.parametrize("call", [READ, WRITE])
async def test_refused_token_is_renewed_and_the_call_sent_again(call: Call) -> None:
    exchange = Exchange(Canned(status=401), Canned(status=200), auth=BearerAuth(Renewing(2)))

    await exchange.calls.body_of(call)

    sent = [request.authorization.reveal() for request in exchange.transport.requests if request.authorization]
    assert sent == ["Bearer token-1", "Bearer token-2"]


async def test_token_is_renewed_once_only() -> None:
    exchange = Exchange(Canned(status=401), Canned(status=401), auth=BearerAuth(Renewing(9)))

    with pytest.raises(Unauthorised):
        await exchange.calls.body_of(READ)

    assert len(exchange.asked) == 2


async def test_rate_budget_counts_every_attempt() -> None:
    exchange = Exchange(DOWN, DOWN, Canned(), calls_per_minute=1)

    await exchange.calls.body_of(READ)

    assert exchange.clock.elapsed_seconds == pytest.approx(120.0)


async def test_close_lets_go_of_the_transport() -> None:
    exchange = Exchange()

    await exchange.calls.close()

    assert exchange.transport.is_closed
