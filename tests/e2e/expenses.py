"""Expenses for whole jobs."""

from typing import Final

from bilag.simulator.catalogue import COMPANY_ID
from bilag.simulator.scenario import SeededExpenses

SEED: Final = 20


def seeded(count: int, *, receipt_share: float = 0.2, failing_share: float = 0.0) -> SeededExpenses:
    """Realistic expenses of the demo's company, every one of them different and the same each time."""
    return SeededExpenses(COMPANY_ID, count, SEED, receipt_share=receipt_share, failing_share=failing_share)
