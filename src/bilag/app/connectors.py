"""What each connector can do, as `bilag connectors` shows it."""

from dataclasses import dataclass
from typing import Any

from bilag.adapters.accounting.registry import CONNECTORS
from bilag.domain.capabilities import Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorCard:
    """One connector: its name, what it is, and its abilities by subject in plain words."""

    name: str
    summary: str
    abilities: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The card, JSON-ready."""
        return {"name": self.name, "summary": self.summary, "abilities": self.abilities}


def list_connectors() -> tuple[ConnectorCard, ...]:
    """Every connector of the registry, in its order."""
    return tuple(
        ConnectorCard(name=entry.name, summary=entry.summary, abilities=_abilities(entry.capabilities))
        for entry in CONNECTORS
    )


def _abilities(can: Capabilities) -> dict[str, str]:
    files = can.attachments
    return {
        "bookkeeping methods": ", ".join(sorted(can.methods)),
        "drafts": _yes(can.drafts),
        "accounting periods": _yes(can.periods),
        "attachments": "no"
        if files is None
        else f"{_count(files.files_max)} of up to {files.size_bytes_max >> 20} MiB",
        "file formats": "" if files is None else ", ".join(sorted(files.formats)),
        "dimensions on a posting": _count(can.dimensions_max),
        "lost answers settled by": can.key_class.replace("_", " "),
        "original currency": _yes(can.original_currency),
        "service periods": _yes(can.service_periods),
        "entries at once": str(can.posts_at_once),
    }


def _yes(able: bool) -> str:  # noqa: FBT001  a word for a flag
    return "yes" if able else "no"


def _count(maximum: int | None) -> str:
    return "any number" if maximum is None else str(maximum)
