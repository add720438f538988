"""Books in hledger's syntax: https://hledger.org/hledger.html#journal. Metadata are tags in comments."""

import re
from collections.abc import Iterator
from typing import Final, assert_never

from bilag.adapters.accounting.plaintext import entry_fields as fields
from bilag.adapters.accounting.plaintext import text_escape as escape
from bilag.adapters.accounting.plaintext import vendor_fields as vendor
from bilag.adapters.accounting.plaintext.account_names import AccountKind
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
_VENDOR_FIELD: Final = re.compile(rf"^[ \t]+;[ \t]*({'|'.join(vendor.READ)}):([^,\r\n]*)", re.MULTILINE)
_NOT_POSTING: Final = re.compile(r"\s*(?:$|;)")
_COMMODITY: Final = re.compile(r"^commodity[ \t]+[0-9., ]*([A-Z]{3})\b", re.MULTILINE)
_INCLUDE: Final = re.compile(r"^!?include[ \t]+(?:[a-z]+:)?([^\n;]+)", re.MULTILINE)
_COMMENT_BLOCK: Final = re.compile(r"^comment[ \t]*\n.*?(?:^end comment[^\n]*\n|\Z)", re.MULTILINE | re.DOTALL)
_RENAMING: Final = re.compile(r"^!?(?:alias|apply[ \t]+account)[ \t][^\n]*", re.MULTILINE)
_PRICE_OR_ASSERTION: Final = re.compile(r"[{@=]")
_VIRTUAL: Final = re.compile(r"([(\[])(.+)[)\]]")
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
        vendor_document=re.compile(rb"^[ \t]+;[ \t]*document_kind:", re.MULTILINE),
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
        """An `account` directive with the kind of account and the number that Pleo knows it by.

        A vendor's own has the numbers of payable account and vendor instead.
        """
        values = {fields.NUMBER: account.number, fields.PAYABLE: account.payable, fields.VENDOR: account.vendor}
        lines = "".join(f"    ; {name}:{escape.tag_exact(value)}\n" for name, value in values.items() if value)
        kind = f"    ; type:{_type_letter(account.kind)}\n" if account.kind else ""
        title = f"    ; name:{escape.tag_value(account.title)}\n" if account.title else ""
        return f"\naccount {account.name}\n{lines}{title}{kind}"

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
                    payable=escape.exact_tag(values.get(fields.PAYABLE, "")),
                    vendor=escape.exact_tag(values.get(fields.VENDOR, "")),
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
            amount = amount_text(posting.amount if posting.side is Side.DEBIT else -posting.amount)
            lines.append(f"    {entry.account_of(posting):<{_ACCOUNT_WIDTH}}  {amount:>{_AMOUNT_WIDTH}}\n")
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
        postings = whole_postings(list(_postings(text)))
        return StandingEntry(
            external_reference=_field(text, fields.EXTERNAL_REFERENCE),
            voucher=_field(text, fields.VOUCHER),
            day=read_date(*header.group(1, 2, 3)),
            mode=PostingMode.FINAL if header[4] == "*" else PostingMode.DRAFT,
            total=debit_total(postings),
            content_hash=_field(text, fields.CONTENT_HASH),
            account=postings[0][0],
            postings=postings,
            vendor=vendor.read_vendor_fields(_vendor_values(text)),
        )

    def included(self, text: str) -> tuple[str, ...]:
        """The paths in `include` directives, without the name of a format in front."""
        return tuple(path.strip() for path in _INCLUDE.findall(text))

    def without_comments(self, text: str) -> str:
        """The text with the blocks between `comment` and `end comment` emptied."""
        return _COMMENT_BLOCK.sub(lambda found: "\n" * found[0].count("\n"), text)

    def is_transaction(self, text: str) -> bool:
        """Whatever starts with a digit is one."""
        del text
        return True

    def indirect_lines(self, text: str) -> Iterator[tuple[int, str]]:
        """The directives that rename accounts."""
        return ((found.start(), found[0]) for found in _RENAMING.finditer(text))

    def loose_postings(self, text: str) -> tuple[LoosePosting, ...]:
        """Account names and units, without price, assertion and the marks of virtual postings."""
        found = []
        for line in text.split("\n")[1:]:
            if _NOT_POSTING.match(line):
                continue
            posting = _POSTING.match(line)
            if posting is None:
                raise Unreadable(f"the line {line.strip()!r} is no posting")
            amount = (posting[2] or "").strip()
            units = _PRICE_OR_ASSERTION.split(amount, 1)[0].strip()
            name, group = posting[1], "real"
            if virtual := _VIRTUAL.fullmatch(name):
                name, group = virtual[2], "virtual" if virtual[1] == "[" else ""
            found.append(LoosePosting(account=name, units=units, is_plain=units == amount, group=group))
        return tuple(found)

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
        return amount_text(value)
    if not isinstance(value, str):
        return value.isoformat()
    if name in vendor.LISTS:
        return value
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
    # From the line that names it: a search from the top would try every line before.
    named = text.find(f"{name}:")
    found = _FIELDS[name].search(text, text.rfind("\n", 0, named) + 1) if named >= 0 else None
    return "" if found is None else escape.exact_tag(found[1])


def _vendor_values(text: str) -> dict[str, str]:
    if vendor.DOCUMENT_KIND not in text:
        return {}
    return first_values(
        (name, escape.exact_tag(value) if name in vendor.EXACT else value.strip())
        for name, value in _VENDOR_FIELD.findall(text)
    )


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
