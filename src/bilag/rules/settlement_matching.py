"""Settlement matching: which documents of a vendor belong to an arriving one, and by which key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bilag.domain.payables import PayableItem, VendorDocument
from bilag.domain.posting_record import Part

# The end of PostingKey.external_reference, which is all that is known of a document that shares no key.
_PAYMENT_REFERENCE: Final = re.compile(rf"\.{Part.VENDOR_PAYMENT}[0-9]+")


class MatchingKey(StrEnum):
    """What brings two documents together, the strongest first."""

    PAIRED = "paired"
    RECONCILED_ENTRIES = "reconciled_entries"
    RECONCILIATION_ID = "reconciliation_id"
    INVOICE_NUMBER = "invoice_number"

    @property
    def rank(self) -> int:
        """Its place, 0 for the strongest."""
        return _RANKS[self]


_RANKS: Final = {key: rank for rank, key in enumerate(MatchingKey)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """A document on the other side of the account that shares a key; settled or in another currency all the same."""

    item: PayableItem
    key: MatchingKey

    @property
    def reference(self) -> str:
        """Our name of it."""
        return self.item.external_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """An arriving document, the vendor's others by reference, and its counterparts, strongest key and oldest first.

    `sharing` are the references of all that share a key, on either side of the account.
    """

    document: VendorDocument
    others: Mapping[str, PayableItem]
    counterparts: tuple[Counterpart, ...]
    sharing: frozenset[str]

    @property
    def comes_in(self) -> bool:
        """Whether the document is money from the vendor: a payment that came back, or the receipt of a credit note."""
        return self.document.is_payment and self.document.payable_amount.minor > 0

    @property
    def able(self) -> tuple[Counterpart, ...]:
        """The counterparts that can settle the document."""
        return tuple(c for c in self.counterparts if not self.obstacle(c.item))

    def obstacle(self, item: PayableItem) -> str:
        """What keeps another from settling the document, whatever is open of it; empty when nothing does.

        On two payable accounts neither balance would agree with its open items, so a person has to move one first.
        """
        if item.amount.currency != self.document.currency:
            return f"in {item.amount.currency}"
        return f"on account {item.account}" if item.account != self.document.payable_account else ""

    def is_payment(self, reference: str) -> bool:
        """Whether money moved in this document, which need not be one of the others."""
        item = self.others.get(reference)
        if item is not None:
            return item.is_payment
        at = reference.rfind(".")
        return at >= 0 and _PAYMENT_REFERENCE.fullmatch(reference, at) is not None


def meeting(document: VendorDocument, candidates: Sequence[PayableItem]) -> Meeting:
    """Whom the document meets among the candidates, oldest first; of two with one reference the first counts."""
    others: dict[str, PayableItem] = {}
    for item in candidates:
        if item.vendor.number == document.vendor.number and item.external_reference != document.external_reference:
            others.setdefault(item.external_reference, item)
    keys = _Keys(document)
    shared = [(item, key) for item in others.values() if (key := keys.shared_with(item)) is not None]
    shared.sort(key=lambda pair: pair[1].rank)
    owes = document.payable_amount.minor > 0
    return Meeting(
        document=document,
        others=others,
        # Bills never meet bills, and payments meet payments only where one of them came back: on the other side.
        counterparts=tuple(
            Counterpart(item=item, key=key)
            for item, key in shared
            if (item.amount.minor > 0) != owes and (document.is_payment or item.is_payment)
        ),
        sharing=frozenset(item.external_reference for item, _ in shared),
    )


class _Keys:
    """The keys of the arriving document, ready to be held against hundreds of others."""

    def __init__(self, document: VendorDocument) -> None:
        self._document = document
        self._id = document.datapoints.reconciliation_id
        self._entries = frozenset(filter(None, document.datapoints.reconciled_entries))
        self._number = document.invoice_number.strip()

    def shared_with(self, item: PayableItem) -> MatchingKey | None:
        """The strongest key that both have; a document with a pair has no other."""
        if self._document.paired_with or item.paired_with:
            # The other may name an earlier generation of this one, which was removed from the books since.
            return MatchingKey.PAIRED if self._document.paired_with == item.external_reference else None
        if self._reconciles(item):
            return MatchingKey.RECONCILED_ENTRIES
        if self._id and self._id == item.reconciliation_id:
            return MatchingKey.RECONCILIATION_ID
        # Spaces around an invoice number are no part of it; capitals and leading zeros are.
        if self._number and self._number == item.invoice_number.strip():
            return MatchingKey.INVOICE_NUMBER
        return None

    def _reconciles(self, item: PayableItem) -> bool:
        """Whether one names the other, or both are payments that name the same third."""
        if item.reconciliation_id in self._entries or (self._id and self._id in item.reconciled_entries):
            return True
        both_paid = self._document.is_payment and item.is_payment
        return both_paid and not self._entries.isdisjoint(item.reconciled_entries)
