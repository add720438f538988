"""The webhook subscriptions of this credential at Pleo, and the secrets that belong to them."""

import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bilag.adapters.pleo.subscriptions import PleoSubscriptions, Subscription, open_subscriptions
from bilag.adapters.pleo.wire_webhooks import JOB_CREATED, URL_CHARACTERS_MAX
from bilag.adapters.webhooks.receiver import WEBHOOK_PATH
from bilag.adapters.webhooks.secret_files import forget_webhook_secret, has_webhook_secret, store_webhook_secret
from bilag.adapters.webhooks.signature import SignatureCheck, UnusableKey
from bilag.app.refused_address import told_by_setting
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.wiring import pleo_access
from bilag.config.load import load_config
from bilag.config.shape import Config
from bilag.config.value_kinds import is_this_machine
from bilag.ports.clock import Clock
from bilag.ports.errors import BadAnswer, NeedsPerson, Refused, Trouble

ACTIVE: Final = "ACTIVE"

_log: Final = logging.getLogger("bilag.webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSubscription:
    """A subscription at Pleo; `has_secret` says whether its secret is kept here."""

    subscription: Subscription
    has_secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedSubscription:
    """What `add` did. `others` have the same address; `secrets_elsewhere` when the settings name other secrets."""

    subscription: Subscription
    is_new: bool
    secret_file: Path
    others: tuple[str, ...]
    secrets_elsewhere: bool
    path_differs: bool


class SubscriptionDesk:
    """Adds, lists and removes subscriptions, with their secrets in step."""

    def __init__(self, config: Config, pleo: PleoSubscriptions) -> None:
        self._config = config
        self._pleo = pleo

    async def add(self, url: str) -> AddedSubscription:
        """Have created Export Jobs told to this address, and keep the secret for `bilag serve`.

        An active subscription of the address whose secret is not kept here is taken up instead of making another:
        an earlier attempt may have ended half-way. Raises NeedsPerson for an address that can't be used.
        """
        _require_usable(url)
        state = self._config.state.folder
        same = [one for one in await self._pleo.all() if one.url == url and one.status == ACTIVE]
        left = [one for one in same if JOB_CREATED in one.event_types and not has_webhook_secret(state, one.id)]
        subscription = left[0] if left else await self._pleo.create(url)
        return AddedSubscription(
            subscription=subscription,
            is_new=not left,
            secret_file=await self._keep_secret(subscription),
            others=tuple(one.id for one in same if one.id != subscription.id),
            secrets_elsewhere=bool(self._config.serve.webhook_secrets),
            path_differs=urlsplit(url).path != WEBHOOK_PATH,
        )

    async def all(self) -> tuple[KnownSubscription, ...]:
        """Every subscription of the credential."""
        state = self._config.state.folder
        return tuple(
            KnownSubscription(subscription=one, has_secret=has_webhook_secret(state, one.id))
            for one in await self._pleo.all()
        )

    async def remove(self, subscription_id: str) -> bool:
        """End the subscription and forget its secret; False when Pleo had ended it before. Raises Refused."""
        state = self._config.state.folder
        try:
            await self._pleo.delete(subscription_id)
        except Refused as refused:
            if refused.status != HTTPStatus.NOT_FOUND or not forget_webhook_secret(state, subscription_id):
                raise
            return False
        forget_webhook_secret(state, subscription_id)
        return True

    async def _keep_secret(self, subscription: Subscription) -> Path:
        try:
            secret = await self._pleo.secret(subscription.id)
            SignatureCheck([secret])
            return store_webhook_secret(self._config.state.folder, subscription.id, secret)
        except UnusableKey:
            raise BadAnswer(
                f"Pleo's secret of the subscription {subscription.id} is not one that webhooks are signed with. "
                "Remove the subscription with `bilag webhooks remove`, then add it again."
            ) from None
        except Trouble:
            _log.warning("subscription %s exists, its secret is not kept: add the address again", subscription.id)
            raise


@asynccontextmanager
async def open_subscription_desk(
    config_path: Path, environment: Mapping[str, str] = os.environ, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[SubscriptionDesk]:
    """The subscriptions of the configured credential. Raises ConfigInvalid, NeedsPerson."""
    config = load_config(config_path)
    with told_by_setting("pleo.base_url"):
        pleo = open_subscriptions(pleo_access(config, environment, clock), clock)
    try:
        yield SubscriptionDesk(config, pleo)
    finally:
        await pleo.close()


def _require_usable(url: str) -> None:
    """Pleo sends names and numbers to this address, so it has to be encrypted on its way."""
    try:
        parts = urlsplit(url)
        is_sound = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_sound = False
    if not is_sound or not url.isascii() or not url.isprintable() or " " in url or len(url) > URL_CHARACTERS_MAX:
        raise NeedsPerson(f"This is no web address such as https://bilag.example.com{WEBHOOK_PATH}")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(url)):
        raise NeedsPerson("The address must start with https://, so that nobody can read what Pleo sends there")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NeedsPerson("The address must hold neither a user name nor a #")
