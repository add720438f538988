"""Items that are no items: each is told for what it is, and the others are booked."""

import json
from pathlib import Path
from typing import Any

import pytest

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.expense import Expense, ListedExpenses
from bilag.simulator.terms import ItemStatus, JobStatus
from tests.e2e.expenses import seeded
from tests.e2e.invariants import assert_all_hold, reports_of
from tests.e2e.stage import open_stage

DEEP = b'{"accountingEntryId": ' + b"[" * 200 + b"]" * 200 + b"}"


def expenses_with(raw_item: bytes) -> ListedExpenses:
    """Three good expenses, the second of which Pleo sends as these bytes."""
    good = seeded(3, receipt_share=0.0)
    listed = [good.expense(number) for number in range(3)]
    listed[1] = Expense(item=listed[1].item, raw_item=raw_item)
    return ListedExpenses(company_id=COMPANY_ID, expenses=listed)


@pytest.mark.parametrize(
    "raw_item", [b"{}", b"null", b"[]", b'"text"', b"7", DEEP], ids=["empty", "null", "list", "text", "number", "deep"]
)
async def test_item_that_does_not_say_which_it_is_fails_as_data_that_never_came(
    tmp_path: Path, raw_item: bytes
) -> None:
    async with open_stage(tmp_path, expenses_with(raw_item), checks=False) as stage:
        job = stage.new_job()
        (summary,) = await stage.run()

        told = reports_of(job)
        assert job.status is JobStatus.COMPLETED_WITH_ERRORS
        assert [told[job.entry_id(n)].status for n in range(3)] == [
            ItemStatus.SUCCESSFUL,
            ItemStatus.FAILED,
            ItemStatus.SUCCESSFUL,
        ]
        codes = {outcome.entry_id: outcome.failures[0].code for outcome in summary.failed}
        assert codes[job.entry_id(1)] == "item.data-missing"
        assert codes[""] == "item.not-listed"
        assert len(assert_all_hold(stage).entries) == 2


async def test_amounts_beyond_reason_are_booked_exactly_or_not_at_all(tmp_path: Path) -> None:
    item: dict[str, Any] = seeded(3).expense(1).item
    text = json.dumps(item)
    value = item["amount"]["inWalletCurrency"]["value"]
    for spelled in (f"{value}.5", f"{value}e400", "1" * 5_000, f"{value}.000000000000000000001", "-0"):
        raw_item = text.replace(f'"value": {value}', f'"value": {spelled}').encode()
        async with open_stage(tmp_path / spelled[:30], expenses_with(raw_item), checks=False) as stage:
            job = stage.new_job()
            await stage.run()

            assert reports_of(job)[job.entry_id(1)].status in {ItemStatus.FAILED, ItemStatus.PENDING}
            assert len(assert_all_hold(stage).entries) == 2
