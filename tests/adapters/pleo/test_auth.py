import asyncio
from base64 import b64encode

import pytest

from bilag.adapters.pleo.auth import ApiKeyAuth, BearerAuth
from bilag.ports.errors import Unauthorised
from bilag.ports.secret import Secret


class Tokens:
    """A provider that has new tokens in store and counts how often one was fetched."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.renewals = 0

    async def __call__(self, refused: Secret | None) -> Secret:
        await asyncio.sleep(0)
        if refused is not None and len(self.tokens) > 1 and refused == Secret(self.tokens[0]):
            self.renewals += 1
            self.tokens.pop(0)
        return Secret(self.tokens[0])


async def test_api_key_is_the_user_name_and_there_is_no_password() -> None:
    header = await ApiKeyAuth(Secret("key-1")).authorization()

    assert header.reveal() == "Basic " + b64encode(b"key-1:").decode()


async def test_line_break_after_a_pasted_key_does_no_harm() -> None:
    assert await ApiKeyAuth(Secret(" key-1\n")).authorization() == await ApiKeyAuth(Secret("key-1")).authorization()


@pytest.mark.parametrize("key", ["", " \n"])
def test_empty_api_key_is_noticed_at_once(key: str) -> None:
    with pytest.raises(Unauthorised):
        ApiKeyAuth(Secret(key))


async def test_refused_api_key_is_not_renewed() -> None:
    auth = ApiKeyAuth(Secret("key-1"))

    assert not await auth.renew(await auth.authorization())


async def test_token_is_asked_for_at_every_call() -> None:
    tokens = Tokens("token-1")
    auth = BearerAuth(tokens)
    assert (await auth.authorization()).reveal() == "Bearer token-1"

    tokens.tokens = ["token-2"]

    assert (await auth.authorization()).reveal() == "Bearer token-2"


async def test_refused_token_is_renewed_once_for_all_who_wait() -> None:
    tokens = Tokens("token-1", "token-2", "token-3")
    auth = BearerAuth(tokens)
    refused = await auth.authorization()

    assert all(await asyncio.gather(*(auth.renew(refused) for _ in range(20))))

    assert tokens.renewals == 1
    assert (await auth.authorization()).reveal() == "Bearer token-2"


async def test_provider_without_another_token_cannot_renew() -> None:
    auth = BearerAuth(Tokens("token-1"))

    assert not await auth.renew(await auth.authorization())


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Injected: yes", "tøken"])
async def test_text_that_is_no_token_never_reaches_a_header(token: str) -> None:
    with pytest.raises(Unauthorised) as raised:
        await BearerAuth(Tokens(token)).authorization()

    assert not token or token not in str(raised.value)


async def test_credentials_that_pleo_repeats_are_masked() -> None:
    key, bearer = ApiKeyAuth(Secret("key-1")), BearerAuth(Tokens("token-1"))
    basic = (await key.authorization()).reveal()
    await bearer.authorization()

    assert "key-1" not in key.mask_in("no such key key-1")
    assert basic.split()[1] not in key.mask_in(f"bad header {basic}")
    assert "token-1" not in bearer.mask_in("bad token token-1")


async def test_token_that_was_renewed_meanwhile_is_still_masked() -> None:
    tokens = Tokens("token-1", "token-2")
    auth = BearerAuth(tokens)
    await auth.renew(await auth.authorization())

    assert auth.mask_in("bad tokens token-1 token-2") == "bad tokens *** ***"


async def test_what_renews_the_token_is_let_go_of() -> None:
    closed = []

    async def close() -> None:
        closed.append(True)

    await BearerAuth(Tokens("token-1"), close).close()
    await BearerAuth(Tokens("token-1")).close()
    await ApiKeyAuth(Secret("key-1")).close()

    assert closed == [True]
