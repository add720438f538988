"""Books in hledger's syntax: https://hledger.org/hledger.html#journal. Metadata are tags in comments."""

import re
from collections.abc import Iterator
from typing import Final, assert_never

from bilag.adapters.accounting.plaintext import entry_fields as fields
from bilag.adapters.accounting.plaintext import text_escape as escape
from bilag.adapters.accounting.plaintext.account_names import AccountKind
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
from bilag.domain.ledger import PostingMode, Side
from bilag.domain.money import Currency, Money

_ACCOUNT_WIDTH: Final = 44
_AMOUNT_WIDTH: Final = 16

_HEADER: Final = re.compile(r"(\d{4,})[-/.](\d+)[-/.](\d+)(?:=\S+)?(?:[ \t]+([*!]))?(?=\s|$)")
_TAG: Final = re.compile(r"[ \t]*;[ \t]*([^\s:,]+):([^,\r]*)")
_POSTING: Final = re.compile(r"[ \t]+(?:[*!][ \t]+)?([^\s;](?:[^\s;]| (?! ))*)(?:[ \t]*$|(?:  |[ \t]*\t)([^;\r]*))")
_ACCOUNT: Final = re.compile(r"^account[ \t]+((?:[^\s;]| (?! ))+)([^\n]*)\n?((?:[ \t]+[^\n]*\n?)*)", re.MULTILINE)
_FIELDS: Final = {
    name: re.compile(rf"^[ \t]+;[ \t]*{name}:([^,\r\n]*)", re.MULTILINE)
    for name in (fields.EXTERNAL_REFERENCE, fields.VOUCHER, fields.CONTENT_HASH)
}
_NOT_POSTING: Final = re.compile(r"\s*(?:$|;)")
_COMMODITY: Final = re.compile(r"^commodity[ \t]+[0-9., ]*([A-Z]{3})\b", re.MULTILINE)
_DOCUMENT_TAGS: Final = re.compile(r"([a-z0-9_]+):([^,\n]*)")


class HledgerDialect:
    """Transactions with tags; the voucher number is the transaction's code; receipts are comments with tags."""

    ending = "journal"
    patterns = ScanPatterns(
        header=re.compile(rb"\d{4,}[-/.]\d+[-/.]\d+(?:=\S+)?(?=\s|$)"),
        reference=re.compile(rb"^[ \t]+;[ \t]*external_reference:([^,\r\n]*)", re.MULTILINE),
        voucher=re.compile(rb"^[ \t]+;[ \t]*voucher:([^,\r\n]*)", re.MULTILINE),
        receipt=re.compile(rb"^; document:", re.MULTILINE),
        receipt_voucher=re.compile(rb"[ \t,]voucher:([^,\r\n]*)"),
    )

    def main_text(self, title: str, currency: Currency) -> str:
        """The file that `hledger -f` is given."""
        return (
            f"; {escape.description(title)}, in {currency}\n"
            "; These books are kept by bilag. Look at them with: hledger -f main.journal balance\n"
            "; This file is written once and yours to change; keep the two includes.\n\n"
            "decimal-mark .\n\n"
            "include accounts.journal\n"
            "include journal/*.journal\n"
        )

    def header_text(self, about: str) -> str:
        """A heading, and the decimal mark, without which 1.234 might be read as a thousand."""
        return f"; {escape.description(about)}\ndecimal-mark .\n"

    def account_text(self, account: BooksAccountLine) -> str:
        """An `account` directive, with the number that Pleo knows the account by and the kind of account."""
        kind = f"    ; type:{_type_letter(account.kind)}\n" if account.kind else ""
        title = f"    ; name:{escape.tag_value(account.title)}\n" if account.title else ""
        return f"\naccount {account.name}\n    ; number:{escape.tag_exact(account.number)}\n{title}{kind}"

    def currency_text(self, currency: Currency) -> str:
        """A `commodity` directive, which `hledger check --strict` asks for."""
        mark = f".{'0' * currency.decimals}"
        return f"commodity 1000{mark} {currency}\n"

    def currencies_in(self, text: str) -> frozenset[str]:
        """The codes in `commodity` directives."""
        return frozenset(_COMMODITY.findall(text))

    def accounts_in(self, text: str) -> tuple[BooksAccountLine, ...]:
        """Every account with an `account` directive, ours or a person's."""
        found = []
        for name, rest, lines in _ACCOUNT.findall(text):
            values = first_values(_tags(f"{rest}\n{lines}"))
            found.append(
                BooksAccountLine(
                    name=name.strip(),
                    number=escape.exact_tag(values.get(fields.NUMBER, "")),
                    title=values.get("name", ""),
                )
            )
        return tuple(found)

    def entry_text(self, entry: NewEntry) -> str:
        """A transaction: "*" when final, "!" when a person shall look at it first."""
        document = entry.document
        data = document.datapoints
        flag = "*" if document.mode is PostingMode.FINAL else "!"
        parts = [part for part in (escape.description(data.payee), escape.description(fields.narration(data))) if part]
        lines = [f"{document.posting_date.date} {flag} ({entry.voucher}) {' | '.join(parts)}".rstrip() + "\n"]
        for name, value in fields.entry_fields(document, entry.voucher, entry.content_hash):
            lines.append(f"    ; {name}:{_value_text(name, value)}\n")
        for posting in document.postings:
            amount = fields.amount_text(posting.amount if posting.side is Side.DEBIT else -posting.amount)
            lines.append(f"    {entry.accounts[posting.account]:<{_ACCOUNT_WIDTH}}  {amount:>{_AMOUNT_WIDTH}}\n")
            for name, value in fields.posting_fields(posting, document):
                lines.append(f"        ; {name}:{_value_text(name, value)}\n")
        return "".join(lines)

    def receipt_text(self, receipt: NewReceipt) -> str:
        """One comment line: hledger has no directive for documents, and an entry is never rewritten."""
        return (
            f"; document:{escape.tag_exact(receipt.path)}, {fields.VOUCHER}:{escape.tag_exact(receipt.voucher)}"
            f", {fields.SHA256}:{escape.tag_exact(receipt.sha256)}"
            f", {fields.EXTERNAL_REFERENCE}:{escape.tag_exact(receipt.external_reference)}\n"
        )

    def reference_in(self, raw: bytes) -> str:
        """The reference without its escapes."""
        return escape.exact_tag(raw.decode(errors="replace"))

    def read_entry(self, text: str) -> StandingEntry:
        """The transaction at the start of the text, as a person may have changed it."""
        header = _HEADER.match(text)
        if header is None:
            raise Unreadable("the entry does not start with a date")
        postings = list(_postings(text))
        if not postings:
            raise Unreadable("the entry has no postings")
        return StandingEntry(
            external_reference=_field(text, fields.EXTERNAL_REFERENCE),
            voucher=_field(text, fields.VOUCHER),
            day=read_date(*header.group(1, 2, 3)),
            mode=PostingMode.FINAL if header[4] == "*" else PostingMode.DRAFT,
            total=debit_total([amount for _, amount in postings]),
            content_hash=_field(text, fields.CONTENT_HASH),
            account=postings[0][0],
        )

    def read_receipt(self, text: str) -> StandingReceipt:
        """The comment line at the start of the text."""
        values = first_values(_DOCUMENT_TAGS.findall(text.split("\n", 1)[0]))
        if not values.get("document"):
            raise Unreadable("the document comment names no file")
        return StandingReceipt(
            path=escape.exact_tag(values["document"]), sha256=escape.exact_tag(values.get(fields.SHA256, ""))
        )


def _value_text(name: str, value: fields.FieldValue) -> str:
    if isinstance(value, Money):
        return fields.amount_text(value)
    if not isinstance(value, str):
        return value.isoformat()
    if name in fields.EXACT_FIELDS or name.startswith((fields.DIMENSION, fields.DIMENSION_GROUP)):
        return escape.tag_exact(value)
    return escape.tag_link(value) if name == fields.WEB_LINK else escape.tag_value(value)


def _type_letter(kind: AccountKind) -> str:
    """The letter of https://hledger.org/hledger.html#account-types."""
    match kind:
        case AccountKind.ASSET:
            return "A"
        case AccountKind.LIABILITY:
            return "L"
        case AccountKind.INCOME:
            return "R"
        case AccountKind.EXPENSE:
            return "X"
        case AccountKind.EQUITY:
            return "E"
        case _:
            assert_never(kind)


def _field(text: str, name: str) -> str:
    found = _FIELDS[name].search(text)
    return "" if found is None else escape.exact_tag(found[1])


def _tags(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        found = _TAG.match(line)
        if found is not None:
            yield found[1], found[2].strip()


def _postings(text: str) -> Iterator[tuple[str, Money | None]]:
    for line in text.split("\n")[1:]:
        if _NOT_POSTING.match(line):
            continue
        found = _POSTING.match(line)
        if found is None:
            raise Unreadable(f"the line {line.strip()!r} is no posting")
        yield found[1], read_amount((found[2] or "").strip())
