from datetime import UTC, datetime
from typing import Final

from bilag.app.wiring import open_journal
from bilag.config.load import load_config
from bilag.domain.item_troubles import ItemTroubles
from bilag.lifecycle.quarantine import TRIES_MAX
from tests.cli.terminal import Terminal
from tests.e2e.stage import ENVIRONMENT, Stage

ENTRY: Final = "8d2c9b34-1f9e-4c1c-8a57-000000000001"


async def put_into_quarantine(stage: Stage, entry_id: str = ENTRY) -> None:
    config = load_config(stage.config_path)
    troubles = ItemTroubles(
        company_id=str(config.pleo.company_id),
        entry_id=entry_id,
        content_hash="ab" * 32,
        count=TRIES_MAX,
        last_at=datetime(2026, 11, 21, tzinfo=UTC),
        evidence="It crashed.",
    )
    async with open_journal(config, ENVIRONMENT) as journal:
        await journal.record_troubles(troubles)


async def in_quarantine(stage: Stage) -> list[str]:
    config = load_config(stage.config_path)
    async with open_journal(config, ENVIRONMENT) as journal:
        return list(await journal.troubled(str(config.pleo.company_id)))


async def test_released_expense_is_named_with_what_happened(bilag: Terminal, demo: Stage) -> None:
    await put_into_quarantine(demo)
    said = await bilag("release", ENTRY[:8], "--config", str(demo.config_path))
    assert said.code == 0
    assert ENTRY in said.out
    assert "It crashed." in said.out
    assert not await in_quarantine(demo)


async def test_other_expenses_stay_where_they_are(bilag: Terminal, demo: Stage) -> None:
    await put_into_quarantine(demo)
    said = await bilag("release", "ffff", "--config", str(demo.config_path))
    assert (said.code, said.out) == (1, "")
    assert "ffff" in said.err
    assert await in_quarantine(demo) == [ENTRY]


async def test_nobody_is_released_without_a_name(bilag: Terminal, demo: Stage) -> None:
    assert (await bilag("release", "", "--config", str(demo.config_path))).code == 2
