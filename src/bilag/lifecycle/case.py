"""One Export Item on its way, with the desk it is worked at."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bilag.domain.export_item import ExportItem, MalformedItem, Unrecognised
from bilag.domain.failure import Failure
from bilag.domain.plan import ItemPlan
from bilag.domain.posting_record import ItemOutcome
from bilag.lifecycle.desk import Desk
from bilag.lifecycle.plan_json import encode, plan_as_json
from bilag.ports.export_api import FetchedItem

_PLAIN_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The item as it stands, where it was fetched, and the job and desk that it belongs to."""

    item: ExportItem
    fetched: FetchedItem
    job_id: str
    desk: Desk

    @property
    def entry_id(self) -> str:
        """The item's accounting entry id."""
        return self.item.entry_id

    @property
    def folder(self) -> Path:
        """Where this item's receipts lie until they are in the books; names that Pleo cannot choose."""
        return self.desk.spool / _folder_name(self.job_id) / _folder_name(self.item.entry_id)

    def clear_away(self) -> None:
        """Delete the receipts; whoever takes the item up again fetches them anew."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _folder_name(id_: str) -> str:
    """The id where it is harmless, as Pleo's are; else what names nothing but itself."""
    return id_ if _PLAIN_ID.fullmatch(id_) else hashlib.sha256(id_.encode()).hexdigest()


def failed_outcome(
    item: ExportItem | MalformedItem,
    failures: tuple[Failure, ...],
    job_id: str,
    desk: Desk,
    plan: ItemPlan | None = None,
) -> ItemOutcome:
    """The outcome of an item that is not in the books as it should be."""
    return ItemOutcome(
        job_id=job_id,
        company_id=desk.settings.company_id,
        entry_id=item.entry_id,
        settled_at=desk.clock.now(),
        label=label(item),
        failures=failures,
        plan_json=encode(plan_as_json(plan)) if plan else b"",
    )


def label(item: ExportItem | MalformedItem) -> str:
    """The item in a few words, for lists: type, supplier, amount."""
    if isinstance(item, MalformedItem):
        return "unreadable item"
    kind = item.type.text if isinstance(item.type, Unrecognised) else item.type.value.replace("_", " ")
    payee = (item.supplier.name if item.supplier else None) or (item.user.name if item.user else None)
    return " · ".join(part for part in (kind, payee, str(item.amount.wallet)) if part)
