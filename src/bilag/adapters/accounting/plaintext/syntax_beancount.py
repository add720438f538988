"""Books in beancount's syntax: https://beancount.github.io/docs/beancount_language_syntax.html."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bilag.adapters.accounting.plaintext import entry_fields as fields
from bilag.adapters.accounting.plaintext import vendor_fields as vendor
from bilag.adapters.accounting.plaintext.amounts import Unreadable, amount_text, read_amount
from bilag.adapters.accounting.plaintext.dialect import (
    BooksAccountLine,
    LoosePosting,
    NewEntry,
    NewReceipt,
    ScanPatterns,
    StandingEntry,
    StandingReceipt,
)
from bilag.adapters.accounting.plaintext.read_back import debit_total, first_values, read_date, whole_postings
from bilag.adapters.accounting.plaintext.text_escape import link, quoted, unquoted
from bilag.domain.document import Document
from bilag.domain.ledger import PostingMode, Side
from bilag.domain.money import Currency, Money, UnknownCurrency
from bilag.domain.payables import VendorDocument

# Accounts are open for any posting date that can come.
_OPENED_ON: Final = "1970-01-01"
_ACCOUNT_WIDTH: Final = 44
_AMOUNT_WIDTH: Final = 16

_HEADER: Final = re.compile(r"(\d{4,})[-/](\d+)[-/](\d+)[ \t]*(txn\b|[*!&#?%]|'?[A-Z]\b)")
_STRING: Final = r'"((?:[^"\\]|\\.)*)"'
_META: Final = re.compile(rf"[ \t]+([a-z][A-Za-z0-9_-]+):[ \t]*(?:{_STRING})?")
_POSTING: Final = re.compile(r"[ \t]+(?:(?:[*!&#?%]|'?[A-Z])[ \t]+)?([^\s\";:]+(?::[^\s\";:]+)+)[ \t]*([^;\r]*)")
_OPEN: Final = re.compile(
    r"^\d{4,}[-/]\d+[-/]\d+[ \t]+open[ \t]+([^\s;\"]+)([^\n]*)\n?((?:[ \t]+[^\n]*\n?)*)", re.MULTILINE
)
_CLOSE: Final = re.compile(r"^\d{4,}[-/]\d+[-/]\d+[ \t]+close[ \t]+([^\s;\"]+)", re.MULTILINE)
_NOT_POSTING: Final = re.compile(r"\s*(?:$|[;#^]|[a-z][A-Za-z0-9_-]+:)")
_FIELDS: Final = {
    name: re.compile(rf"^[ \t]+{name}:[ \t]*{_STRING}", re.MULTILINE)
    for name in (fields.EXTERNAL_REFERENCE, fields.VOUCHER, fields.CONTENT_HASH, fields.SHA256)
}
_VENDOR_FIELD: Final = re.compile(rf"^[ \t]+({'|'.join(vendor.READ)}):[ \t]*(?:{_STRING}|([0-9-]+))", re.MULTILINE)
_CURRENCIES: Final = re.compile(r"\b[A-Z]{3}\b")
_INCLUDE: Final = re.compile(rf"^include[ \t]+{_STRING}", re.MULTILINE)
_PAD: Final = re.compile(r"^\d{4,}[-/]\d+[-/]\d+[ \t]+pad[ \t][^\n]*", re.MULTILINE)
_COST_OR_PRICE: Final = re.compile(r"[{@]")
_DOCUMENT: Final = re.compile(rf"[^\n]*?\bdocument[ \t]+\S+[ \t]+{_STRING}")


class BeancountDialect:
    """Transactions with metadata, `document` directives for receipts, one link that ties them together."""

    ending = "beancount"
    patterns = ScanPatterns(
        header=re.compile(_HEADER.pattern.encode()),
        reference=re.compile(rb'^[ \t]+external_reference:[ \t]*"((?:[^"\\\n]|\\.)*)"', re.MULTILINE),
        voucher=re.compile(rb'^[ \t]+voucher:[ \t]*"([^"\n]*)"', re.MULTILINE),
        receipt=re.compile(rb"^\d{4,}[-/]\d+[-/]\d+[ \t]+document[ \t]", re.MULTILINE),
        receipt_voucher=re.compile(rb'^[ \t]+voucher:[ \t]*"([^"\n]*)"', re.MULTILINE),
        vendor_document=re.compile(rb'^[ \t]+document_kind:[ \t]*"', re.MULTILINE),
    )

    def main_text(self, title: str, currency: Currency) -> str:
        """The file that `bean-check` and Fava are given."""
        return (
            "; These books are kept by bilag. Open them with: fava main.beancount\n"
            "; This file is written once and yours to change; keep the two includes.\n\n"
            f'option "title" {quoted(title)}\n'
            f'option "operating_currency" "{currency}"\n'
            'option "documents" "documents"\n\n'
            'include "accounts.beancount"\n'
            'include "journal/*.beancount"\n'
        )

    def header_text(self, about: str) -> str:
        """A heading."""
        return f"; {quoted(about)[1:-1]}\n"

    def account_text(self, account: BooksAccountLine) -> str:
        """An `open` directive, with the number that Pleo knows the account by.

        A vendor's own has the numbers of payable account and vendor instead.
        """
        values = {fields.NUMBER: account.number, fields.PAYABLE: account.payable, fields.VENDOR: account.vendor}
        lines = "".join(f"  {name}: {quoted(value)}\n" for name, value in values.items() if value)
        title = f"  name: {quoted(account.title)}\n" if account.title else ""
        return f"\n{_OPENED_ON} open {account.name}\n{lines}{title}"

    def currency_text(self, currency: Currency) -> str:
        """Nothing: beancount takes a currency at its first use."""
        del currency
        return ""

    def currencies_in(self, text: str) -> frozenset[str]:
        """None; see currency_text."""
        del text
        return frozenset()

    def accounts_in(self, text: str) -> tuple[BooksAccountLine, ...]:
        """Every account with an `open` directive, ours or a person's."""
        closed = set(_CLOSE.findall(text))
        found = []
        for name, rest, lines in _OPEN.findall(text):
            values = first_values(_metadata(lines))
            found.append(
                BooksAccountLine(
                    name=name,
                    number=values.get(fields.NUMBER, ""),
                    title=values.get("name", ""),
                    currencies=frozenset(_known_currencies(rest.partition(";")[0].partition('"')[0])),
                    closed=name in closed,
                    payable=values.get(fields.PAYABLE, ""),
                    vendor=values.get(fields.VENDOR, ""),
                )
            )
        return tuple(found)

    def entry_text(self, entry: NewEntry) -> str:
        """A transaction: "*" when final, "!" when a person shall look at it first."""
        document = entry.document
        data = document.datapoints
        flag = "*" if document.mode is PostingMode.FINAL else "!"
        payee = f"{quoted(data.payee)} " if data.payee else ""
        links = dict.fromkeys(f"^{link(reference)}" for reference in _linked(document))
        words = f"{payee}{quoted(fields.narration(data))} {' '.join(links)}"
        lines = [f"{document.posting_date.date} {flag} {words}\n"]
        for name, value in fields.entry_fields(document, entry.voucher, entry.content_hash):
            lines.append(f"  {name}: {_value_text(value)}\n")
        for posting in document.postings:
            amount = amount_text(posting.amount if posting.side is Side.DEBIT else -posting.amount)
            lines.append(f"  {entry.account_of(posting):<{_ACCOUNT_WIDTH}}  {amount:>{_AMOUNT_WIDTH}}\n")
            for name, value in fields.posting_fields(posting, document):
                lines.append(f"    {name}: {_value_text(value)}\n")
        return "".join(lines)

    def receipt_text(self, receipt: NewReceipt) -> str:
        """A `document` directive that carries the entry's link, so that Fava shows it with the entry."""
        return (
            f"{receipt.day} document {receipt.account} {quoted(receipt.path)} ^{link(receipt.external_reference)}\n"
            f"  {fields.VOUCHER}: {quoted(receipt.voucher)}\n"
            f"  {fields.SHA256}: {quoted(receipt.sha256)}\n"
        )

    def reference_in(self, raw: bytes) -> str:
        """The reference without its escapes."""
        return unquoted(raw.decode(errors="replace"))

    def read_entry(self, text: str) -> StandingEntry:
        """The transaction at the start of the text, as a person may have changed it."""
        header = _HEADER.match(text)
        if header is None:
            raise Unreadable("the entry does not start with a date and a flag")
        postings = whole_postings(list(_postings(text)))
        return StandingEntry(
            external_reference=_field(text, fields.EXTERNAL_REFERENCE),
            voucher=_field(text, fields.VOUCHER),
            day=read_date(*header.group(1, 2, 3)),
            mode=PostingMode.FINAL if header[4] in {"*", "txn"} else PostingMode.DRAFT,
            total=debit_total(postings),
            content_hash=_field(text, fields.CONTENT_HASH),
            account=postings[0][0],
            postings=postings,
            vendor=vendor.read_vendor_fields(_vendor_values(text)),
        )

    def included(self, text: str) -> tuple[str, ...]:
        """The paths in `include` directives."""
        return tuple(unquoted(path) for path in _INCLUDE.findall(text))

    def without_comments(self, text: str) -> str:
        """The text itself: a comment is a line of its own."""
        return text

    def is_transaction(self, text: str) -> bool:
        """Whether there is a flag after the date, not the name of a directive."""
        return _HEADER.match(text) is not None

    def indirect_lines(self, text: str) -> Iterator[tuple[int, str]]:
        """The `pad` directives, whose amounts only beancount works out."""
        return ((found.start(), found[0]) for found in _PAD.finditer(text))

    def loose_postings(self, text: str) -> tuple[LoosePosting, ...]:
        """Account names and units; costs and prices stand in braces and after "@"."""
        found = []
        for line in text.split("\n")[1:]:
            if _NOT_POSTING.match(line):
                continue
            posting = _POSTING.match(line)
            if posting is None:
                raise Unreadable(f"the line {line.strip()!r} is no posting")
            amount = posting[2].strip()
            units = _COST_OR_PRICE.split(amount, 1)[0].strip()
            found.append(LoosePosting(account=posting[1], units=units, is_plain=units == amount))
        return tuple(found)

    def read_receipt(self, text: str) -> StandingReceipt:
        """The `document` directive at the start of the text."""
        found = _DOCUMENT.match(text)
        if found is None:
            raise Unreadable("the document directive names no file")
        return StandingReceipt(path=unquoted(found[1]), sha256=_field(text, fields.SHA256))


def _value_text(value: fields.FieldValue) -> str:
    if isinstance(value, str):
        return quoted(value)
    return amount_text(value) if isinstance(value, Money) else date.isoformat(value)


def _field(text: str, name: str) -> str:
    # From the line that names it: a search from the top would try every line before.
    named = text.find(f"{name}:")
    found = _FIELDS[name].search(text, text.rfind("\n", 0, named) + 1) if named >= 0 else None
    return "" if found is None else unquoted(found[1])


def _vendor_values(text: str) -> dict[str, str]:
    if vendor.DOCUMENT_KIND not in text:
        return {}
    return first_values((name, unquoted(string) or day) for name, string, day in _VENDOR_FIELD.findall(text))


def _linked(document: Document) -> Iterator[str]:
    """The references whose links the entry has: its own, and those of what it settles, to be seen together."""
    yield document.external_reference
    if isinstance(document, VendorDocument):
        yield from (allocation.reference for allocation in document.settles)


def _metadata(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        found = _META.match(line)
        if found is not None:
            yield found[1], unquoted(found[2] or "")


def _postings(text: str) -> Iterator[tuple[str, Money | None]]:
    for line in text.split("\n")[1:]:
        if _NOT_POSTING.match(line):
            continue
        found = _POSTING.match(line)
        if found is None:
            raise Unreadable(f"the line {line.strip()!r} is no posting")
        yield found[1], read_amount(found[2].strip())


def _known_currencies(text: str) -> Iterator[Currency]:
    for code in _CURRENCIES.findall(text):
        try:
            yield Currency(code)
        except UnknownCurrency:
            continue
