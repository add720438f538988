"""Books in beancount's syntax: https://beancount.github.io/docs/beancount_language_syntax.html."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bilag.adapters.accounting.plaintext import entry_fields as fields
from bilag.adapters.accounting.plaintext.dialect import (
    BooksAccountLine,
    NewEntry,
    NewReceipt,
    ScanPatterns,
    StandingEntry,
    StandingReceipt,
    Unreadable,
)
from bilag.adapters.accounting.plaintext.read_back import debit_total, first_values, read_amount, read_date
from bilag.adapters.accounting.plaintext.text_escape import link, quoted, unquoted
from bilag.domain.ledger import PostingMode, Side
from bilag.domain.money import Currency, Money, UnknownCurrency

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
_CURRENCIES: Final = re.compile(r"\b[A-Z]{3}\b")
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
        """An `open` directive, with the number that Pleo knows the account by."""
        title = f"  name: {quoted(account.title)}\n" if account.title else ""
        return f"\n{_OPENED_ON} open {account.name}\n  number: {quoted(account.number)}\n{title}"

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
                )
            )
        return tuple(found)

    def entry_text(self, entry: NewEntry) -> str:
        """A transaction: "*" when final, "!" when a person shall look at it first."""
        document = entry.document
        data = document.datapoints
        flag = "*" if document.mode is PostingMode.FINAL else "!"
        payee = f"{quoted(data.payee)} " if data.payee else ""
        words = f"{payee}{quoted(fields.narration(data))} ^{link(document.external_reference)}"
        lines = [f"{document.posting_date.date} {flag} {words}\n"]
        for name, value in fields.entry_fields(document, entry.voucher, entry.content_hash):
            lines.append(f"  {name}: {_value_text(value)}\n")
        for posting in document.postings:
            amount = fields.amount_text(posting.amount if posting.side is Side.DEBIT else -posting.amount)
            lines.append(f"  {entry.accounts[posting.account]:<{_ACCOUNT_WIDTH}}  {amount:>{_AMOUNT_WIDTH}}\n")
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
        postings = list(_postings(text))
        if not postings:
            raise Unreadable("the entry has no postings")
        return StandingEntry(
            external_reference=_field(text, fields.EXTERNAL_REFERENCE),
            voucher=_field(text, fields.VOUCHER),
            day=read_date(*header.group(1, 2, 3)),
            mode=PostingMode.FINAL if header[4] in {"*", "txn"} else PostingMode.DRAFT,
            total=debit_total([amount for _, amount in postings]),
            content_hash=_field(text, fields.CONTENT_HASH),
            account=postings[0][0],
        )

    def read_receipt(self, text: str) -> StandingReceipt:
        """The `document` directive at the start of the text."""
        found = _DOCUMENT.match(text)
        if found is None:
            raise Unreadable("the document directive names no file")
        return StandingReceipt(path=unquoted(found[1]), sha256=_field(text, fields.SHA256))


def _value_text(value: fields.FieldValue) -> str:
    if isinstance(value, str):
        return quoted(value)
    return fields.amount_text(value) if isinstance(value, Money) else date.isoformat(value)


def _field(text: str, name: str) -> str:
    found = _FIELDS[name].search(text)
    return "" if found is None else unquoted(found[1])


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
