"""Let an expense that is in quarantine be tried again."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bilag.adapters.store.exclusive import exclusive_use
from bilag.app.wiring import open_leased
from bilag.config.load import load_config
from bilag.domain.item_troubles import ItemTroubles


async def release(
    config_path: Path, beginning: str, environment: Mapping[str, str] = os.environ
) -> tuple[ItemTroubles, ...]:
    """Forget the troubles of the entries whose id starts like this; what was known of them.

    Raises ConfigInvalid, TryLater while somebody exports the company, StoreFailed.
    """
    config = load_config(config_path)
    with exclusive_use(config.state.folder):
        async with open_leased(config, environment) as (journal, _):
            known = await journal.troubled(str(config.pleo.company_id))
            found = tuple(one for entry_id, one in sorted(known.items()) if entry_id.startswith(beginning))
            for one in found:
                await journal.record_troubles(replace(one, count=0))
            return found
