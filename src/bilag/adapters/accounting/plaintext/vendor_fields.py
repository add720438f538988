"""What an entry says of its vendor document, beside the postings: written from the document, read back from the text.

References stand in lists, so each is one word: what would end a word, or a value of hledger's, is percent-encoded.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote, unquote

from bilag.adapters.accounting.plaintext.amounts import Unreadable, amount_text, read_amount
from bilag.adapters.accounting.plaintext.text_escape import holdable
from bilag.domain.ledger import DocumentKind
from bilag.domain.money import Money
from bilag.domain.payables import Allocation, Reopening, VendorDocument

DOCUMENT_KIND: Final = "document_kind"
VENDOR_NUMBER: Final = "vendor_number"
VENDOR_NAME: Final = "vendor_name"
PAIRED_WITH: Final = "paired_with"
SETTLES: Final = "settles"
REOPENS: Final = "reopens"
INVOICE_NUMBER: Final = "invoice_number"
INVOICE_DUE: Final = "invoice_due"
RECONCILIATION_ID: Final = "reconciliation_id"
RECONCILED_ENTRIES: Final = "reconciled_entries"
EXACT: Final = frozenset({DOCUMENT_KIND, VENDOR_NUMBER, PAIRED_WITH, INVOICE_NUMBER, RECONCILIATION_ID})
LISTS: Final = frozenset({SETTLES, REOPENS, RECONCILED_ENTRIES})
READ: Final = (*sorted(EXACT), *sorted(LISTS), VENDOR_NAME, INVOICE_DUE)

_LIST_SEPARATOR: Final = "; "
_NOT_IN_WORD: Final = re.compile(r"[%,;\[\]\s]")
_ALLOCATION_WORDS: Final = 3
_REOPENING_WORDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFields:
    """What the entry of a vendor document names; its amount is in the postings."""

    kind: DocumentKind
    vendor_number: str
    vendor_name: str
    invoice_number: str
    due_date: date | None
    reconciliation_id: str
    reconciled_entries: tuple[str, ...]
    paired_with: str
    settles: tuple[Allocation, ...]
    reopens: tuple[Reopening, ...]


def vendor_fields(document: VendorDocument) -> Iterator[tuple[str, str]]:
    """The fields of a vendor document, as text; empty ones are left out."""
    yield DOCUMENT_KIND, document.kind.value
    yield VENDOR_NUMBER, document.vendor.number
    if document.vendor.name:
        yield VENDOR_NAME, document.vendor.name
    if document.paired_with:
        yield PAIRED_WITH, document.paired_with
    if document.settles:
        settled = (f"{_word(one.reference)} {amount_text(one.amount)}" for one in document.settles)
        yield SETTLES, _LIST_SEPARATOR.join(settled)
    if document.reopens:
        reopened = (f"{_word(one.payment)} {_word(one.bill)} {amount_text(one.amount)}" for one in document.reopens)
        yield REOPENS, _LIST_SEPARATOR.join(reopened)


def list_text(words: Iterable[str]) -> str:
    """Several identifiers as one value, from which `_list` gives them back."""
    return _LIST_SEPARATOR.join(_word(word) for word in words if word)


def read_vendor_fields(values: Mapping[str, str]) -> VendorFields | None:
    """The fields, or None when the entry is no vendor document. Raises Unreadable on what is none of ours.

    `values` are those of the entry's text by field, lists still encoded.
    """
    kind = values.get(DOCUMENT_KIND, "")
    if not kind:
        return None
    if kind not in set(DocumentKind) - {DocumentKind.JOURNAL_ENTRY}:
        raise Unreadable(f"{kind!r} is no {DOCUMENT_KIND} of a vendor")
    return VendorFields(
        kind=DocumentKind(kind),
        vendor_number=values.get(VENDOR_NUMBER, ""),
        vendor_name=values.get(VENDOR_NAME, ""),
        invoice_number=values.get(INVOICE_NUMBER, ""),
        due_date=_day(values.get(INVOICE_DUE, "")),
        reconciliation_id=values.get(RECONCILIATION_ID, ""),
        reconciled_entries=tuple(unquote(word) for word in _list(values.get(RECONCILED_ENTRIES, ""))),
        paired_with=values.get(PAIRED_WITH, ""),
        settles=tuple(_allocation(text) for text in _list(values.get(SETTLES, ""))),
        reopens=tuple(_reopening(text) for text in _list(values.get(REOPENS, ""))),
    )


def _word(text: str) -> str:
    return _NOT_IN_WORD.sub(lambda found: quote(found[0], safe=""), holdable(text))


def _list(value: str) -> list[str]:
    return [text for part in value.split(";") if (text := part.strip())]


def _allocation(text: str) -> Allocation:
    words = text.split()
    if len(words) != _ALLOCATION_WORDS:
        raise Unreadable(f"{SETTLES} says {text!r}, which is not a reference, an amount and a currency")
    return Allocation(reference=unquote(words[0]), amount=_positive(SETTLES, " ".join(words[1:])))


def _reopening(text: str) -> Reopening:
    words = text.split()
    if len(words) != _REOPENING_WORDS:
        raise Unreadable(f"{REOPENS} says {text!r}, which is not two references, an amount and a currency")
    payment, bill, *amount = words
    return Reopening(payment=unquote(payment), bill=unquote(bill), amount=_positive(REOPENS, " ".join(amount)))


def _positive(name: str, text: str) -> Money:
    amount = read_amount(text)
    if amount is None or amount.minor <= 0:
        raise Unreadable(f"{name} says {text!r}, which is not an amount above zero")
    return amount


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unreadable(f"there is no day {text!r} for an invoice to be due") from None
