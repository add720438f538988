"""Retention: once a day, what people wrote is erased from records that are older than the settings keep."""

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bilag.adapters.store.exclusive import exclusive_use
from bilag.adapters.store.journal import StoredPostingJournal
from bilag.app.system_clock import SYSTEM_CLOCK
from bilag.app.wiring import open_leased
from bilag.config.load import load_config
from bilag.config.shape import Config
from bilag.ports.clock import Clock
from bilag.ports.errors import NeedsPerson

# When we erased last: the time of this file in the state folder.
MARK_FILE: Final = "tidied"
EVERY: Final = timedelta(days=1)

_log: Final = logging.getLogger("bilag.retention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """How many records were made poorer, and of before when."""

    records: int
    before: datetime


async def erase_when_due(journal: StoredPostingJournal, config: Config, clock: Clock) -> None:
    """Erase what is too old when the last time is a day ago. Raises StoreFailed, LeaseLost."""
    mark = config.state.folder / MARK_FILE
    if config.state.keep_days is None or clock.now() - _last(mark) < EVERY:
        return
    tidied = await _erase(journal, config, config.state.keep_days, clock)
    mark.touch(mode=0o600)
    moment = clock.now().timestamp()
    os.utime(mark, (moment, moment))
    if tidied.records:
        _log.info("texts erased records=%d before=%s", tidied.records, tidied.before.date())


async def tidy(config_path: Path, environment: Mapping[str, str] = os.environ, clock: Clock = SYSTEM_CLOCK) -> Tidied:
    """Erase now. Raises ConfigInvalid, NeedsPerson without a setting, TryLater while somebody exports, StoreFailed."""
    config = load_config(config_path)
    if config.state.keep_days is None:
        raise NeedsPerson("state.keep_days is not set, so that everything is kept")
    with exclusive_use(config.state.folder):
        async with open_leased(config, environment) as (journal, _):
            assert isinstance(journal, StoredPostingJournal)
            return await _erase(journal, config, config.state.keep_days, clock)


async def _erase(journal: StoredPostingJournal, config: Config, keep_days: int, clock: Clock) -> Tidied:
    before, records = clock.now() - timedelta(days=keep_days), 0
    while some := await journal.erase(str(config.pleo.company_id), before):
        records += some
        await asyncio.sleep(0)
    return Tidied(records=records, before=before)


def _last(mark: Path) -> datetime:
    try:
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    except OSError:
        return datetime.min.replace(tzinfo=UTC)
