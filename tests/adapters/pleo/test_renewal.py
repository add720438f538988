import asyncio
import logging

import pytest
from aiohttp import web

from bilag.adapters.pleo.auth import BearerAuth
from bilag.adapters.pleo.connection import Connection
from bilag.adapters.pleo.renewal import FRESH_SECONDS, PAUSE_SECONDS
from bilag.ports.errors import NeedsPerson, StoreFailed, TryLater
from bilag.ports.secret import Secret
from tests.adapters.pleo.kept_login import FIRST, FULL_DISK, Company, Crash, a_company
from tests.adapters.pleo.oauth_server import refusal

SENT_OF_FIRST = FIRST.reveal()


def sent(company: Company) -> list[str]:
    """The refresh tokens that the server was shown."""
    return [call["refresh_token"] for call in company.server.calls]


async def test_token_that_is_still_good_is_used_without_asking_pleo() -> None:
    async with a_company(age_seconds=600) as company:
        provider = company.process()
        assert [await provider(None) for _ in range(3)] == [Secret("canary-access-0")] * 3
        assert company.server.calls == []


async def test_token_is_renewed_before_it_expires() -> None:
    async with a_company(age_seconds=3600 - 60) as company:
        assert await company.process()(None) == Secret("canary-access-1")


async def test_short_lived_token_is_not_renewed_at_every_call() -> None:
    async with a_company() as company:
        company.server.expires_in = 40
        provider = company.process()
        await provider(None)
        await provider(None)
        await company.clock.sleep(31)
        await provider(None)

        assert company.server.given == 2


async def test_token_without_a_known_lifetime_is_used_until_pleo_refuses_it() -> None:
    async with a_company() as company:
        company.server.expires_in = None
        provider = company.process()
        first = await provider(None)
        await company.clock.sleep(10_000_000)
        assert await provider(None) == first
        assert await provider(first) == Secret("canary-access-2")


async def test_many_callers_make_one_renewal() -> None:
    async with a_company() as company:
        provider = company.process()
        assert set(await asyncio.gather(*(provider(None) for _ in range(50)))) == {Secret("canary-access-1")}
        assert len(company.server.calls) == 1


async def test_two_processes_make_one_renewal() -> None:
    async with a_company() as company:
        found = await asyncio.gather(company.process()(None), company.process()(None), company.process()(None))
        assert set(found) == {Secret("canary-access-1")}
        assert len(company.server.calls) == 1


async def test_refused_token_is_renewed_once_for_all_who_use_it() -> None:
    async with a_company(age_seconds=600) as company:
        auth = BearerAuth(company.process())
        refused = await auth.authorization()
        assert all(await asyncio.gather(*(auth.renew(refused) for _ in range(20))))
        assert (await auth.authorization()).reveal() == "Bearer canary-access-1"
        assert len(company.server.calls) == 1


async def test_token_that_is_refused_right_after_it_was_given_is_not_renewed_again() -> None:
    async with a_company() as company:
        auth = BearerAuth(company.process())
        assert not await auth.renew(await auth.authorization())
        assert not await auth.renew(await auth.authorization())
        assert len(company.server.calls) == 1
        await company.clock.sleep(FRESH_SECONDS)
        assert await auth.renew(await auth.authorization())


async def test_new_refresh_token_is_kept_before_the_access_token_is_handed_out() -> None:
    async with a_company() as company:
        provider = company.process()
        company.store.fails = [FULL_DISK]
        with pytest.raises(StoreFailed):
            await provider(None)
        assert company.store.kept.refresh == FIRST, "nobody has seen the new access token"

        assert await provider(None) == Secret("canary-access-1")
        assert company.store.kept.refresh == Secret("canary-refresh-1")
        assert len(company.server.calls) == 1, "the pair that could not be kept was not thrown away"


async def test_pair_that_could_not_be_kept_does_not_replace_a_newer_login() -> None:
    async with a_company() as company:
        provider = company.process()
        company.store.fails = [FULL_DISK]
        with pytest.raises(StoreFailed):
            await provider(None)
        await company.clock.sleep(1)
        newer = Connection(
            access=Secret("canary-access-9"), refresh=Secret("r9"), renewed_at=company.clock.now(), expires_at=None
        )
        company.store.save(newer.encoded())

        assert await provider(None) == Secret("canary-access-9")
        assert company.store.kept.refresh == Secret("r9")


async def test_crash_between_the_answer_and_the_disk_is_healed_when_pleo_still_takes_the_old_token() -> None:
    async with a_company() as company:
        company.server.grace = 1
        company.store.fails = [Crash()]
        with pytest.raises(Crash):
            await company.process()(None)

        assert await company.process()(None) == Secret("canary-access-2")
        assert sent(company) == [SENT_OF_FIRST] * 2
        assert company.store.kept.refresh == Secret("canary-refresh-2")


async def test_crash_between_the_answer_and_the_disk_needs_a_person_when_pleo_does_not() -> None:
    async with a_company() as company:
        company.store.fails = [Crash()]
        with pytest.raises(Crash):
            await company.process()(None)

        with pytest.raises(NeedsPerson, match="bilag login"):
            await company.process()(None)


async def test_lost_answer_is_asked_for_once_more_with_the_old_token() -> None:
    async with a_company() as company:
        company.server.grace = 1
        company.server.script = ["lose"]

        assert await company.process()(None) == Secret("canary-access-2")
        assert sent(company) == [SENT_OF_FIRST] * 2


async def test_answer_that_is_lost_twice_is_trouble_that_passes_and_is_not_asked_for_again_at_once() -> None:
    async with a_company() as company:
        company.server.grace = 9
        company.server.script = ["lose", "lose"]
        provider = company.process()
        for _ in range(5):
            with pytest.raises(TryLater) as later:
                await provider(None)
            assert "canary" not in str(later.value)
        assert len(company.server.calls) == 2
        await company.clock.sleep(PAUSE_SECONDS)

        assert await provider(None) == Secret("canary-access-3")


async def test_lost_answer_of_a_slow_server_is_not_asked_for_again_after_the_grace_time() -> None:
    async with a_company() as company:

        def slow() -> web.Response:
            company.clock.slept_seconds.append(61.0)
            return refusal("server_error", 500)

        company.server.script = [slow]
        with pytest.raises(TryLater):
            await company.process()(None)
        assert len(company.server.calls) == 1


async def test_pleo_that_is_down_while_the_token_is_still_valid_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with a_company(age_seconds=3600 - 60) as company:
        company.server.script = [lambda: refusal("server_error", 503)] * 2
        assert await company.process()(None) == Secret("canary-access-0")

    assert "still valid" in caplog.text


async def test_throttled_renewal_waits_as_long_as_pleo_asks() -> None:
    async with a_company() as company:
        company.server.script = [lambda: web.Response(status=429, headers={"Retry-After": "30"})]
        provider = company.process()
        for pause in (0.0, 29.0):
            await company.clock.sleep(pause)
            with pytest.raises(TryLater):
                await provider(None)
        assert len(company.server.calls) == 1
        await company.clock.sleep(1.0)
        assert await provider(None) == Secret("canary-access-1")


async def test_ended_login_names_the_command_and_pleo_is_never_asked_again() -> None:
    async with a_company() as company:
        company.server.revoke()
        provider = company.process()
        for process in (provider, provider, company.process()):
            with pytest.raises(NeedsPerson, match="Run `bilag login`"):
                await process(None)
        assert len(company.server.calls) == 1
        assert company.store.kept.is_ended
        assert not company.store.kept.refresh


async def test_process_that_keeps_running_finds_a_new_login_by_itself() -> None:
    async with a_company() as company:
        company.server.revoke()
        provider = company.process()
        with pytest.raises(NeedsPerson):
            await provider(None)
        company.server.valid_refresh.add(FIRST.reveal())
        company.store.save(company.first.encoded())

        assert await provider(None) == Secret("canary-access-1")


async def test_nobody_has_logged_in_yet() -> None:
    async with a_company() as company:
        company.store.text = None
        with pytest.raises(NeedsPerson, match="Nobody has logged in"):
            await company.process()(None)


async def test_wrong_client_secret_needs_a_person_and_ends_nothing() -> None:
    async with a_company() as company:
        company.server.script = [lambda: refusal("invalid_client", 401)]
        with pytest.raises(NeedsPerson, match=r"pleo\.oauth\.client_id"):
            await company.process()(None)
        assert await company.process()(None) == Secret("canary-access-1")


async def test_who_is_stopped_in_the_middle_of_a_renewal_still_keeps_what_comes() -> None:
    async with a_company() as company:
        caller = asyncio.create_task(company.process()(None))

        def stop(_token: str) -> None:
            caller.cancel()

        company.server.on_token = stop
        with pytest.raises(asyncio.CancelledError):
            await caller

        assert company.store.kept.refresh == Secret("canary-refresh-1")
        assert await company.process()(None) == Secret("canary-access-1")


async def test_nothing_secret_is_logged_or_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_company() as company:
        company.server.script = ["lose"]
        company.server.grace = 1
        provider = company.process()
        await provider(None)
        company.server.revoke()
        await company.clock.sleep(7200)
        with pytest.raises(NeedsPerson) as ended:
            await provider(None)

    assert "answer lost" in caplog.text
    assert "login renewed" in caplog.text
    assert "canary" not in caplog.text + str(ended.value) + repr(company.store.text) + repr(company.first)


async def test_token_address_that_sends_us_elsewhere_needs_a_person() -> None:
    async with a_company() as company:
        company.server.script = [lambda: web.Response(status=307, headers={"Location": f"{company.server.url}/other"})]
        with pytest.raises(NeedsPerson, match=r"pleo\.oauth\.token_url"):
            await company.process()(None)
        assert len(company.server.calls) == 1


async def test_trouble_that_comes_while_stopping_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with a_company() as company:
        caller = asyncio.create_task(company.process()(None))

        def stop(_token: str) -> None:
            caller.cancel()

        company.server.on_token = stop
        company.store.fails = [FULL_DISK]
        with pytest.raises(asyncio.CancelledError):
            await caller

    assert "while stopping: secrets.json can't be written" in caplog.text
