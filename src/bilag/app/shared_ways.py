"""Ways to Pleo that companies of one process share: connections by address, rate budgets by credential."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bilag.adapters.pleo.opening import PleoAccess, open_budget, open_connections, open_questions
from bilag.adapters.transport.rate_budget import RateBudget
from bilag.adapters.transport.transport import Transport
from bilag.app.refused_address import told_by_setting
from bilag.app.wiring import pleo_access
from bilag.config.shape import Config
from bilag.lifecycle.detect import is_any_waiting
from bilag.ports.clock import Clock
from bilag.ports.export_api import ExportApi


class SharedWays:
    """Opened as they are needed; close them after use. One event loop's."""

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._environment = environment
        self._clock = clock
        self._connections: dict[tuple[str, tuple[str, ...], Path | None], Transport] = {}
        self._budgets: dict[tuple[str, bytes], RateBudget] = {}

    def access(self, config: Config) -> PleoAccess:
        """How to reach Pleo for this company. Raises NeedsPerson."""
        return pleo_access(config, self._environment, self._clock)

    async def budgeted(self, access: PleoAccess) -> PleoAccess:
        """The same with the budget of its credential. Raises trouble with the credential."""
        credential = hashlib.sha256((await access.auth.authorization()).reveal().encode()).digest()
        budget = self._budgets.setdefault((access.base_url, credential), open_budget(access, self._clock))
        return replace(access, budget=budget)

    async def is_any_waiting(self, access: PleoAccess, company_id: str) -> bool:
        """Whether Pleo lists a job of the company; costs one call. Raises NeedsPerson, the trouble of ports.errors."""
        return await is_any_waiting(self._client(access), company_id)

    async def close(self) -> None:
        """Let go of every connection."""
        for connections in self._connections.values():
            await connections.close()

    def _client(self, access: PleoAccess) -> ExportApi:
        key = (access.base_url, access.loopback_origins, access.ca_file)
        with told_by_setting("pleo.base_url"):
            if key not in self._connections:
                self._connections[key] = open_connections(access)
        return open_questions(access, self._connections[key], self._clock)
