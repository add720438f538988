"""What a contender talks to, in a process of its own: the simulated Pleo with one waiting job, and the stub's books.

It prints where it listens, and when its stdin ends, what became of the job and of the books.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final, cast

from benchmarks.stub_books import StubBooks
from benchmarks.stub_ledger import StubLedger, checksum
from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.expense import Expense, ExpenseSource, Receipt
from bilag.simulator.jobs import Job, JobOptions
from bilag.simulator.scenario import SeededExpenses
from bilag.simulator.server import SimulatorServer
from bilag.simulator.world import PleoWorld

API_KEY: Final = "demo"
# Up to so many expenses are drawn before the job begins, so that drawing them costs nobody time.
DRAWN_BEFORE_MAX: Final = 5_000
_PDF: Final = b"%PDF-1.4\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The job: `file_bytes` above 0 gives every expense one receipt of that size."""

    items: int
    seed: int
    latency_ms: float
    file_bytes: int = 0


class SceneExpenses:
    """Seeded expenses, all of which can be booked as one journal entry each."""

    def __init__(self, scene: Scene) -> None:
        """Draws a small job at once."""
        self.company_id = COMPANY_ID
        self._seeded = SeededExpenses(COMPANY_ID, scene.items, scene.seed, receipt_share=0)
        self._file_bytes = scene.file_bytes
        self._drawn = [self._draw(index) for index in range(scene.items)] if scene.items <= DRAWN_BEFORE_MAX else []

    def __len__(self) -> int:
        """How many there are."""
        return len(self._seeded)

    def entry_id(self, index: int) -> str:
        """As ExpenseSource says."""
        return self._seeded.entry_id(index)

    def expense(self, index: int) -> Expense:
        """As ExpenseSource says."""
        return self._drawn[index] if self._drawn else self._draw(index)

    def amount(self, index: int) -> tuple[str, str, int]:
        """What the books shall hold of it: the expense, its currency, its amount in minor units."""
        wallet = cast("dict[str, Any]", self.expense(index).item["amount"])["inWalletCurrency"]
        return self.entry_id(index), wallet["currency"], abs(wallet["value"])

    def _draw(self, index: int) -> Expense:
        expense = self._seeded.expense(index)
        if not self._file_bytes:
            return expense
        receipt = Receipt(
            name=f"receipt-{index}.pdf",
            content_type="application/pdf",
            size_bytes=self._file_bytes,
            render=partial(_pdf, index, self._file_bytes),
        )
        return replace(expense, receipts=(receipt,))


def _pdf(index: int, size_bytes: int) -> bytes:
    """No two files are alike."""
    head = _PDF + b"%% %d\n" % index
    return head + b"x" * (size_bytes - len(head))


async def serve(scene: Scene) -> None:
    """Until stdin ends."""
    expenses = SceneExpenses(scene)
    world = PleoWorld()
    world.add_company(cast("ExpenseSource", expenses))
    world.accept_api_key(API_KEY, COMPANY_ID)
    ledger = StubLedger()
    async with SimulatorServer(world) as pleo, StubBooks(ledger, scene.latency_ms) as books:
        job = world.create_job(COMPANY_ID, options=JobOptions(vendor_based_bookkeeping=True))
        where = {"api_url": pleo.api_url, "files_url": pleo.files_url, "books_url": books.url, "company_id": COMPANY_ID}
        print(json.dumps({**where, "api_key": API_KEY}), flush=True)  # noqa: T201  whoever started us reads it
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        found = {
            **asdict(ledger.tally()),
            "expected_checksum": checksum(expenses.amount(index) for index in range(scene.items)),
            "job_status": job.status.value,
            "reported_right": _reported_right(job, ledger),
            "pleo_calls": dict(world.request_counts),
            "books_calls": dict(books.calls),
            "arrivals": books.arrivals,
        }
    print(json.dumps(found))  # noqa: T201  likewise


def _reported_right(job: Job, ledger: StubLedger) -> int:
    """How many items Pleo was told to be successful under the id that their entry has in the books."""
    ids = {entry.source: f"E{entry.number}" for entry in ledger.entries}
    reports = ((job.entry_id(place), job.item_status(place), job.item_report(place)) for place in range(len(job)))
    return sum(
        1 for entry_id, status, report in reports if status == "successful" and ids.get(entry_id) == report.external_id
    )


if __name__ == "__main__":
    asyncio.run(serve(Scene(**json.loads(sys.argv[-1]))))
