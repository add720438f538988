"""The accounting systems that bilag can book into, one line each."""

from dataclasses import dataclass
from typing import Final

from bilag.adapters.accounting.plaintext.connector import CAPABILITIES as PLAINTEXT
from bilag.domain.capabilities import Capabilities


@dataclass(frozen=True, slots=True)
class Connector:
    """What `bilag connectors` shows of a connector."""

    name: str
    summary: str
    capabilities: Capabilities


CONNECTORS: Final = (
    Connector("plaintext", "Double-entry text books in a folder, for beancount or hledger", PLAINTEXT),
)
CONNECTORS_BY_NAME: Final = {connector.name: connector for connector in CONNECTORS}
