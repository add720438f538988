"""How often an Export Item met trouble of its own, across runs and jobs."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTroubles:
    """What is known of an item that failed for a bug of ours, or whose booking met trouble while others' did not.

    `content_hash` is SHA-256 over what Pleo sent of it, without links, in hexadecimal: other content starts anew.
    `evidence` says in a sentence what the last trouble was. A `count` of 0 means that there is none any more.
    """

    company_id: str
    entry_id: str
    content_hash: str
    count: int
    last_at: datetime
    evidence: str
