from collections.abc import AsyncIterator

import pytest

from bilag.app.receiving import webhook_secrets
from bilag.app.webhooks import SubscriptionDesk, open_subscription_desk
from bilag.ports.errors import Forbidden, NeedsPerson, Refused
from bilag.ports.secret import Secret
from bilag.simulator.faults import Fault, FaultKind
from tests.e2e.serving import subscription_of, write_serve
from tests.e2e.stage import ENVIRONMENT, Stage

URL = "http://127.0.0.1:9/webhooks/pleo"
SECRET = "/v1/subscriptions/*/secret"


@pytest.fixture
async def desk(stage: Stage) -> AsyncIterator[SubscriptionDesk]:
    async with open_subscription_desk(stage.config_path, ENVIRONMENT) as opened:
        yield opened


async def test_added_subscription_has_its_secret_kept_where_serve_reads_it(
    stage: Stage, desk: SubscriptionDesk
) -> None:
    added = await desk.add(URL)
    assert added.is_new
    assert added.others == ()
    assert webhook_secrets(stage.config(), {}) == (Secret(subscription_of(stage).secret),)
    assert [one.has_secret for one in await desk.all()] == [True]


async def test_second_subscription_of_an_address_is_for_changing_keys_and_both_are_good(
    stage: Stage, desk: SubscriptionDesk
) -> None:
    first, second = await desk.add(URL), await desk.add(URL)
    assert second.is_new
    assert second.others == (first.subscription.id,)
    assert len(webhook_secrets(stage.config(), {})) == 2
    assert await desk.remove(first.subscription.id)
    assert len(webhook_secrets(stage.config(), {})) == 1


async def test_adding_that_ended_half_way_is_taken_up_by_adding_again(
    stage: Stage, desk: SubscriptionDesk, caplog: pytest.LogCaptureFixture
) -> None:
    stage.meets(Fault(kind=FaultKind.ANSWER, status=403), path=SECRET)
    with pytest.raises(Forbidden):
        await desk.add(URL)
    assert "add the address again" in caplog.text
    added = await desk.add(URL)
    assert not added.is_new
    assert [one.subscription.id for one in await desk.all()] == [added.subscription.id]


async def test_lost_answer_to_creating_makes_no_second_subscription(stage: Stage, desk: SubscriptionDesk) -> None:
    stage.meets(Fault(kind=FaultKind.DROP_AFTER), method="POST", path="/v1/subscriptions")
    added = await desk.add(URL)
    assert added.subscription.id == subscription_of(stage).id


async def test_removing_what_pleo_removed_before_forgets_the_secret(stage: Stage, desk: SubscriptionDesk) -> None:
    added = await desk.add(URL)
    stage.world.subscriptions.delete(subscription_of(stage), stage.world.now())
    assert not await desk.remove(added.subscription.id)
    assert webhook_secrets(stage.config(), {}) == ()
    with pytest.raises(Refused):
        await desk.remove(added.subscription.id)


@pytest.mark.parametrize(
    "url",
    [
        "http://bilag.example.com/webhooks/pleo",
        "https://name:word@bilag.example.com/",
        "https://bilag.example.com/#a",
        "https://",
        "https://[::1/",
        "https://a:99999/",
        "ftp://a/",
        "https://a/ b",
        "https://a/\n",
        "https://a/" + "x" * 2000,
        "bilag.example.com",
    ],
)
async def test_address_that_pleo_should_not_call_is_refused_before_pleo_is_asked(
    stage: Stage, desk: SubscriptionDesk, url: str
) -> None:
    with pytest.raises(NeedsPerson):
        await desk.add(url)
    assert stage.witness.calls == []


async def test_other_secrets_in_the_settings_and_another_path_are_said(stage: Stage) -> None:
    write_serve(stage, 'webhook_secrets = [{ env = "ONE" }, { file = "two" }]')
    async with open_subscription_desk(stage.config_path, ENVIRONMENT) as desk:
        added = await desk.add("http://127.0.0.1:9/elsewhere")
    assert (added.secrets_elsewhere, added.path_differs) == (True, True)


def test_secrets_of_the_settings_come_from_variables_and_files_beside_the_file(stage: Stage) -> None:
    write_serve(stage, 'webhook_secrets = [{ env = "ONE" }, { file = "two" }]')
    two = stage.folder / "two"
    two.write_text("whsec_two\n", "utf-8")
    two.chmod(0o600)
    assert webhook_secrets(stage.config(), {"ONE": "whsec_one"}) == [Secret("whsec_one"), Secret("whsec_two")]
    with pytest.raises(NeedsPerson, match=r"serve\.webhook_secrets\[0\]\.env"):
        webhook_secrets(stage.config(), {})
