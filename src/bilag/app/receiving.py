"""Builds the receiver of webhooks from the settings."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from bilag.adapters.pleo.wire_webhooks import OtherEvent, UnreadableEvent, job_created
from bilag.adapters.webhooks.key_ring import KeyRing
from bilag.adapters.webhooks.received_ids import ReceivedIds
from bilag.adapters.webhooks.receiver import WEBHOOK_PATH, Inbox, WebhookReceiver, listening
from bilag.adapters.webhooks.refused_tally import RefusedTally
from bilag.adapters.webhooks.secret_files import stored_webhook_secrets
from bilag.adapters.webhooks.signature import UnusableKey
from bilag.app.secrets import required_secret
from bilag.config.serve_shape import WEBHOOK_SECRETS_MAX
from bilag.config.shape import Config
from bilag.ports.clock import Clock
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

IDS_FILE: Final = "webhooks.sqlite"

_log: Final = logging.getLogger("bilag.webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bells:
    """What the receiver may do to whoever looks at Pleo: wake it, ask how it is, and whether it is being stopped."""

    wake: Callable[[], None]
    health: Callable[[], Mapping[str, object]]
    is_stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """A receiver that listens: the address for Pleo, and whether there is any key to check webhooks with."""

    url: str
    has_keys: Callable[[], bool]


@asynccontextmanager
async def open_receiver(
    config: Config, environment: Mapping[str, str], clock: Clock, bells: Bells
) -> AsyncIterator[Receiving]:
    """Take webhooks while the block runs. Raises NeedsPerson for an unusable secret or port, StoreFailed."""
    try:
        keys = KeyRing(partial(webhook_secrets, config, environment), clock)
    except UnusableKey as problem:
        raise NeedsPerson(f"serve.webhook_secrets{problem}") from None
    tally = RefusedTally(clock)
    ids = ReceivedIds(config.state.folder / IDS_FILE, clock)
    try:
        inbox = Inbox(
            keys=keys,
            ids=ids,
            tally=tally,
            is_hint=partial(is_hint, company_id=str(config.pleo.company_id)),
            wake=bells.wake,
            health=bells.health,
            is_stopping=bells.is_stopping,
        )
        async with listening(WebhookReceiver(inbox), config.serve.host, config.serve.port) as url:
            yield Receiving(url=url + WEBHOOK_PATH, has_keys=lambda: bool(keys))
    finally:
        tally.tell()
        await ids.close()


def webhook_secrets(config: Config, environment: Mapping[str, str]) -> Sequence[Secret]:
    """Those that the settings name, else those that `bilag webhooks add` stored. Raises NeedsPerson."""
    sources = config.serve.webhook_secrets
    if not sources:
        return stored_webhook_secrets(config.state.folder, WEBHOOK_SECRETS_MAX)
    return [
        required_secret(source, f"serve.webhook_secrets[{place}]", environment) for place, source in enumerate(sources)
    ]


def is_hint(body: bytes, company_id: str) -> bool:
    """Whether an authentic webhook says that this company has a new Export Job; others are told to the log."""
    try:
        job = job_created(body)
    except OtherEvent as other:
        _log.info("webhook of another kind is ignored: %s", other)
        return False
    except UnreadableEvent as problem:
        _log.warning("webhook with a good signature cannot be read, and is ignored: %s", problem)
        return False
    if job.company_id.lower() != company_id.lower():
        _log.info("webhook for another company is ignored: %s", job.company_id)
        return False
    _log.info("webhook says that job %s is waiting", job.id)
    return True
