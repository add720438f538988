import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.store.opening import open_posting_journal
from bilag.domain.posting_record import Part
from tests.adapters.store.records import (
    COMPANY,
    posting,
)

CENTURY = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones())  # noqa: DTZ001  zones are drawn


@given(CENTURY)
@settings(max_examples=50, deadline=None)
def test_every_instant_survives_the_disk(moment: datetime) -> None:
    async def round_trip(path: Path) -> datetime:
        journal = open_posting_journal(path)
        await journal.record(replace(posting(), changed_at=moment))
        found = (await journal.latest(COMPANY, "entry-1")).get(Part.JOURNAL_ENTRY)
        await journal.close()
        assert found is not None
        return found.changed_at

    with tempfile.TemporaryDirectory() as folder:
        assert asyncio.run(round_trip(Path(folder) / "journal.db")) == moment.astimezone(UTC)
