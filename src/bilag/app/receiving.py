"""Builds the receiver of webhooks: one for all companies, told apart by the company that a webhook names."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from bilag.adapters.pleo.wire_webhooks import EventDataWire, OtherEvent, UnreadableEvent, job_created
from bilag.adapters.webhooks.key_ring import KeyRing
from bilag.adapters.webhooks.received_ids import ReceivedIds
from bilag.adapters.webhooks.receiver import WEBHOOK_PATH, Inbox, WebhookReceiver, listening
from bilag.adapters.webhooks.refused_tally import RefusedTally
from bilag.adapters.webhooks.secret_files import stored_webhook_secrets
from bilag.adapters.webhooks.signature import NotAuthentic, SignedHeaders, UnusableKey
from bilag.adapters.webhooks.webhook_end import WebhookEnd, unnoted
from bilag.app.secrets import required_secret
from bilag.config.section import SecretSource
from bilag.config.serve_shape import WEBHOOK_SECRETS_MAX, ServeSection
from bilag.config.shape import Config
from bilag.ports.clock import Clock
from bilag.ports.errors import NeedsPerson
from bilag.ports.secret import Secret

IDS_FILE: Final = "webhooks.sqlite"
# A webhook that names none of our companies may still be Pleo's: so many companies' keys are tried on it.
KEY_RINGS_TRIED_MAX: Final = 16

_log: Final = logging.getLogger("bilag.webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bells:
    """What the receiver may do: wake whoever looks at a company, ask how it goes, and whether we are being stopped.

    `metrics` gives the metrics page, if there is one; `noted` hears what became of each webhook.
    """

    wake: Callable[[str], None]
    health: Callable[[], Mapping[str, object]]
    is_stopping: Callable[[], bool]
    metrics: Callable[[], bytes] | None = None
    noted: Callable[[WebhookEnd], None] = unnoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """A receiver that listens: the address for Pleo, and whether there is any key to check webhooks with."""

    url: str
    has_keys: Callable[[], bool]


class Doorkeeper:
    """Knows the keys of every company, by its id in lower case, and lets only its own keys wake it."""

    def __init__(self, rings: Mapping[str, KeyRing], wake: Callable[[str], None]) -> None:
        self._rings = rings
        self._wake = wake

    def check(self, headers: SignedHeaders, body: bytes) -> Callable[[], None] | None:
        """Whom to wake; None for what is authentic and not for us. Raises NotAuthentic."""
        job: EventDataWire | None = None
        ignored = ""
        try:
            job = job_created(body)
        except OtherEvent as other:
            ignored = f"of another kind: {other}"
        except UnreadableEvent as problem:
            ignored = f"that cannot be read: {problem}"
        company_id = job.company_id.lower() if job else ""
        if job is not None and self._is_signed_for(company_id, headers, body):
            _log.info("webhook says that job %s is waiting", job.id)
            return partial(self._wake, company_id)
        self._require_any_key(headers, body)
        _log.info("webhook with a good signature is ignored: %s", ignored or f"for another company, {company_id}")
        return None

    def _is_signed_for(self, company_id: str, headers: SignedHeaders, body: bytes) -> bool:
        ring = self._rings.get(company_id)
        return ring is not None and not _refusal(ring, headers, body)

    def _require_any_key(self, headers: SignedHeaders, body: bytes) -> None:
        refusal = "there is no key to check with"
        for ring in islice(self._rings.values(), KEY_RINGS_TRIED_MAX):
            refusal = _refusal(ring, headers, body)
            if not refusal:
                return
        raise NotAuthentic(refusal)


@asynccontextmanager
async def open_receiver(
    place: ServeSection, state_folder: Path, rings: Mapping[str, KeyRing], clock: Clock, bells: Bells
) -> AsyncIterator[Receiving]:
    """Take webhooks while the block runs. Raises NeedsPerson for an unusable port, StoreFailed."""
    tally = RefusedTally(clock)
    ids = ReceivedIds(state_folder / IDS_FILE, clock)
    try:
        inbox = Inbox(
            check=Doorkeeper(rings, bells.wake).check,
            ids=ids,
            tally=tally,
            health=bells.health,
            is_stopping=bells.is_stopping,
            metrics=bells.metrics,
            noted=bells.noted,
        )
        async with listening(WebhookReceiver(inbox), place.host, place.port) as url:
            yield Receiving(url=url + WEBHOOK_PATH, has_keys=lambda: any(rings.values()))
    finally:
        tally.tell()
        await ids.close()


def key_ring(config: Config, environment: Mapping[str, str], clock: Clock) -> KeyRing:
    """The keys of one company's webhooks. Raises NeedsPerson for a secret that can't be used."""
    read = partial(_secrets, config.serve.webhook_secrets, config.state.folder, environment)
    try:
        return KeyRing(read, clock)
    except UnusableKey as problem:
        raise NeedsPerson(f"serve.webhook_secrets{problem}") from None


def webhook_secrets(config: Config, environment: Mapping[str, str]) -> Sequence[Secret]:
    """Those that the settings name, else those that `bilag webhooks add` stored. Raises NeedsPerson."""
    return _secrets(config.serve.webhook_secrets, config.state.folder, environment)


def _secrets(sources: Sequence[SecretSource], folder: Path, environment: Mapping[str, str]) -> Sequence[Secret]:
    if not sources:
        return stored_webhook_secrets(folder, WEBHOOK_SECRETS_MAX)
    return [
        required_secret(source, f"serve.webhook_secrets[{place}]", environment) for place, source in enumerate(sources)
    ]


def _refusal(ring: KeyRing, headers: SignedHeaders, body: bytes) -> str:
    """Why no key of the ring fits; empty when one does."""
    try:
        ring.require_authentic(headers, body)
    except NotAuthentic as refused:
        return str(refused)
    return ""
