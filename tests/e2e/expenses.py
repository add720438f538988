"""Expenses for whole jobs."""

from typing import Final

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.demo_job import demo_expenses, demo_failure_reasons
from bilag.simulator.scenario import SeededExpenses

SEED: Final = 20
DEMO_COUNT: Final = len(demo_expenses())
DEMO_FAILED: Final = len(demo_failure_reasons())
DEMO_BOOKED: Final = DEMO_COUNT - DEMO_FAILED


def seeded(count: int, *, receipt_share: float = 0.2, failing_share: float = 0.0) -> SeededExpenses:
    """Realistic expenses of the demo's company, every one of them different and the same each time."""
    return SeededExpenses(COMPANY_ID, count, SEED, receipt_share=receipt_share, failing_share=failing_share)
