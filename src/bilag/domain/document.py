"""What a connector can be asked to book."""

from typing import TypeAlias

from bilag.domain.ledger import JournalEntry
from bilag.domain.payables import VendorDocument

Document: TypeAlias = JournalEntry | VendorDocument
