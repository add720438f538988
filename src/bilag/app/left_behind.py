"""What workers left that are gone: seen in the shared database, without waiting for a company's next look.

Taken up after a kill within the lease, this pause with its jitter, and the gap between two looks.
"""

from dataclasses import dataclass

from bilag.adapters.store.postgresql import companies_left_behind
from bilag.app.company import Company
from bilag.app.fleet import Fleet


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Asks each shared database; one question, nothing written."""

    fleet: Fleet

    async def companies(self) -> tuple[Company, ...]:
        """Ours among those whose lease ran out. Raises StoreFailed, NeedsPerson."""
        found: list[Company] = []
        for database, ours in self.fleet.databases.values():
            left = {company_id.lower() for company_id in await companies_left_behind(database)}
            found.extend(self.fleet.companies[company_id] for company_id in sorted(left & ours))
        return tuple(found)
