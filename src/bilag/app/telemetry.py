"""Telemetry from the settings, and desks that are watched and tidied while somebody works at them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bilag.adapters.store.journal import StoredPostingJournal
from bilag.adapters.telemetry.metrics import Metrics, shown_health
from bilag.adapters.telemetry.spans import open_spans
from bilag.adapters.telemetry.telemetry import Telemetry
from bilag.adapters.telemetry.textfile import leave, take_up
from bilag.app.retention import erase_when_due
from bilag.app.telemetry_logs import follow_settings
from bilag.config.shape import Config
from bilag.config.telemetry_shape import TelemetrySection
from bilag.lifecycle.desk import Desk
from bilag.ports.clock import Clock
from bilag.ports.errors import StoreFailed, Trouble

_log: Final = logging.getLogger("bilag.telemetry")


@asynccontextmanager
async def telemetry_of_run(config: Config, environment: Mapping[str, str], clock: Clock) -> AsyncIterator[Telemetry]:
    """For a process that looks once and ends: metrics go on from the textfile and are left there."""
    follow_settings(config.telemetry.log_format)
    textfile, company_id = config.telemetry.textfile, str(config.pleo.company_id)
    async with _closing(Telemetry(Metrics() if textfile else None, open_spans(environment))) as telemetry:
        with _in_textfile(telemetry.metrics, textfile, company_id):
            with telemetry.look():
                yield telemetry
            telemetry.looked_well(company_id, clock.now())


@contextmanager
def _in_textfile(metrics: Metrics | None, textfile: Path | None, company_id: str) -> Iterator[None]:
    if metrics is None or textfile is None:
        yield
        return
    take_up(metrics, textfile, company_id)
    try:
        yield
    except Trouble:
        metrics.in_a_row.inc()
        raise
    else:
        metrics.in_a_row.set(0)
    finally:
        leave(metrics, textfile)


@asynccontextmanager
async def telemetry_of_service(section: TelemetrySection, environment: Mapping[str, str]) -> AsyncIterator[Telemetry]:
    """For a process that keeps running and is asked for its metrics."""
    follow_settings(section.log_format)
    metrics = Metrics() if section.metrics else None
    async with _closing(Telemetry(metrics, open_spans(environment))) as telemetry:
        yield telemetry


def metrics_page(telemetry: Telemetry, health: Callable[[], Mapping[str, object]]) -> Callable[[], bytes] | None:
    """What gives the page with the metrics, with what the health page knows; None when they are off."""
    metrics = telemetry.metrics
    return None if metrics is None else lambda: shown_health(metrics, health())


@asynccontextmanager
async def tended(
    opening: AbstractAsyncContextManager[Desk], config: Config, telemetry: Telemetry
) -> AsyncIterator[Desk]:
    """The desk that is being opened: watched while it is open, and before the work its old records are erased."""
    async with opening as desk:
        journal = desk.journal
        if isinstance(journal, StoredPostingJournal):
            await erase_when_due(journal, config, desk.clock)
        yield replace(desk, journal=telemetry.watched_journal(journal, desk.clock.now), watching=telemetry)
        if telemetry.metrics is not None and isinstance(journal, StoredPostingJournal):
            await _note_what_is_left(telemetry.metrics, journal, desk.settings.company_id)


async def _note_what_is_left(metrics: Metrics, journal: StoredPostingJournal, company_id: str) -> None:
    """Trouble with a question that changes nothing does not make the work before it one that failed."""
    try:
        left = await journal.unsettled(company_id)
    except StoreFailed as trouble:
        _log.warning("what is open in the posting journal cannot be counted: %s", trouble)
        return
    metrics.left(
        company_id,
        open_intents=left.open_intents,
        receipts_owed=left.receipts_owed,
        unreported=left.unreported,
    )


@asynccontextmanager
async def _closing(telemetry: Telemetry) -> AsyncIterator[Telemetry]:
    try:
        yield telemetry
    finally:
        await asyncio.to_thread(telemetry.close)
