"""What may follow a stored posting. Both journals ask here, so that they cannot differ."""

from dataclasses import dataclass

from bilag.domain.posting_record import PostingKey, PostingRecord
from bilag.domain.transitions import IllegalMove, PostingState, posting_after


class ReferenceTaken(AssertionError):
    """Two documents would carry one external reference: a bug of ours, since the reference names the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is stored under an external reference: whose it is, and how far it came."""

    key: PostingKey
    state: PostingState


def standing_after(earlier: Standing | None, record: PostingRecord) -> Standing:
    """Where the document stands once the record is stored; raises IllegalMove or ReferenceTaken.

    A document's first record may have any state: the table of moves has no beginning.
    """
    reference = record.key.external_reference
    if earlier is not None:
        if earlier.key != record.key:
            raise ReferenceTaken(f"{reference} names {earlier.key}, so it cannot name {record.key}")
        try:
            posting_after(earlier.state, record.state)
        except IllegalMove as problem:
            raise IllegalMove(f"{reference}: {problem}") from None
    return Standing(key=record.key, state=record.state)
