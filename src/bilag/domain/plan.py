"""What an Export Item would become, and why: the plan that is also what gets posted."""

from dataclasses import dataclass

from bilag.domain.attachment import NoteFile
from bilag.domain.document import Document
from bilag.domain.expense_type import BookkeepingMethod
from bilag.domain.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """Why one value is what it is.

    `subject` names the value ("postings[0].account"), `rule` the rule that chose it, `source` the field of Pleo's
    item or the setting that it came from, and `refused` the candidates that were tried before it.
    """

    subject: str
    value: str
    rule: str
    because: str
    source: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlan:
    """The documents of one Export Item, or the failures that keep it out of the books; never both.

    `nothing_to_book` says why neither is there: the books do by themselves what the item would ask for.
    `settings_version` names the state of the settings that it was planned with.
    """

    entry_id: str
    method: BookkeepingMethod | None
    documents: tuple[Document, ...] = ()
    notes: tuple[NoteFile, ...] = ()
    failures: tuple[Failure, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    nothing_to_book: str = ""
    settings_version: str = ""

    def __post_init__(self) -> None:
        given = [bool(self.documents), bool(self.failures), bool(self.nothing_to_book)]
        assert sum(given) == 1, "a plan has documents or failures, or nothing to book"
