from bilag.adapters.transport.transport import AnswerTooLarge, Request, Response
from bilag.ports.errors import BadAnswer, OutcomeUnknown, TimedOut, TryLater, Unreachable
from bilag.ports.secret import Secret
from tests.adapters.pleo.scripted_transport import Canned, chunks

CANARY = "canary-4711"


def test_request_shows_no_secret() -> None:
    request = Request(
        method="GET",
        url=f"https://files.example/?signature={CANARY}",
        purpose="test call",
        authorization=Secret(CANARY),
        body=CANARY.encode(),
    )

    assert CANARY not in repr(request)
    assert CANARY not in str(request)


async def test_body_is_read_whole() -> None:
    response = Response(status=200, headers={}, body=chunks(Canned(body=b"x" * 2500)))

    assert await response.read() == b"x" * 2500


def test_answer_that_is_too_large_breaks_the_contract() -> None:
    assert issubclass(AnswerTooLarge, BadAnswer)


def test_unreachable_and_timed_out_are_worth_another_try_and_an_unknown_outcome_is_not() -> None:
    assert issubclass(Unreachable, TryLater)
    assert issubclass(TimedOut, TryLater)
    assert not issubclass(OutcomeUnknown, TryLater)
