"""From the JSON of one Export Item to the Export Item, or to the list of what is wrong with it.

Two kinds of problem: a broken shape makes a MalformedItem; a value that makes no sense in a sound shape is
collected in `unreadable`, with a placeholder in its field.
"""

from typing import Final, TypeVar

import msgspec

from bilag.adapters.pleo.foreign_text import one_line
from bilag.adapters.pleo.raw_json import members_of, text_of
from bilag.adapters.pleo.wire_items import (
    AccountWire,
    BankAccountWire,
    FileWire,
    InvoiceWire,
    ItemWire,
    Lenient,
    LineWire,
    PersonWire,
    ServicePeriodWire,
    SupplierWire,
    TaxWire,
    VendorWire,
)
from bilag.adapters.pleo.wire_shape import malformed, too_large
from bilag.adapters.pleo.wire_value_reading import ValueReader
from bilag.adapters.pleo.wire_values import UnreadableValue, number_of
from bilag.domain.expense_type import BookkeepingMethod, ExpenseSubtype, ExpenseType, TaxType
from bilag.domain.export_item import (
    BankAccount,
    ExportItem,
    ExportLine,
    InvoiceInformation,
    ItemFile,
    LineTax,
    MalformedItem,
    MappedAccount,
    Person,
    ServicePeriod,
    Supplier,
    Tag,
    Unrecognised,
    Vendor,
)

# An item has 2 kB as a rule; this holds one that is split a thousand times.
ITEM_BYTES_MAX: Final = 1024 * 1024
LINK_CHARACTERS_MAX: Final = 2048
WORD_CHARACTERS_MAX: Final = 100

# Pleo's lists of countries begin with this word.
_NO_COUNTRY: Final = "UNDEFINED"
_ITEM: Final = msgspec.json.Decoder(ItemWire)

Word = TypeVar("Word", ExpenseType, ExpenseSubtype, BookkeepingMethod, TaxType)


def item_of(raw: msgspec.Raw) -> ExportItem | MalformedItem:
    """The Export Item; never raises, whatever the JSON holds."""
    if memoryview(raw).nbytes > ITEM_BYTES_MAX:
        return too_large(raw, ITEM_BYTES_MAX)
    try:
        return _item(_ITEM.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, UnreadableValue) as error:
        return malformed(raw, str(error))
    except RecursionError:
        return malformed(raw, "it is nested too deeply")


def _item(wire: ItemWire) -> ExportItem:
    values = ValueReader()
    more, links = wire.additional_information, members_of(wire.links) or {}
    return ExportItem(
        entry_id=wire.accounting_entry_id,
        company_id=wire.company_id,
        type=_word(ExpenseType, wire.type),
        date=values.instant(wire.date, "date"),
        amount=values.amounts(wire.amount, "amount"),
        lines=tuple(
            _line(line, f"accountingEntryLines[{position}]", values)
            for position, line in enumerate(wire.accounting_entry_lines)
        ),
        reconciliation_id=more.reconciliation_id,
        subtype=None if wire.sub_type is None else _word(ExpenseSubtype, wire.sub_type),
        method=None if wire.bookkeeping is None else _word(BookkeepingMethod, wire.bookkeeping.method),
        contra_account=_account(wire.contra_account),
        note=wire.note,
        supplier=_supplier(wire.supplier),
        vendor=_vendor(wire.vendor),
        user=_person(wire.user),
        team=_person(wire.team),
        service_period=_service_period(wire.service_period, values),
        invoice=_invoice(more.invoice_information, values),
        attendees=tuple(name for name in more.attendees or () if name is not None),
        reconciled_entries=tuple(entry for entry in more.reconciled_entries or () if entry is not None),
        files=_files(wire.files),
        web_link=_link(links.get("web")),
        mobile_link=_link(links.get("mobile")),
        api_link=_link(links.get("api")),
        unreadable=values.failures,
    )


def _line(wire: LineWire, path: str, values: ValueReader) -> ExportLine:
    return ExportLine(
        id=wire.accounting_entry_line_id,
        amount=values.amounts(wire.line_amount, f"{path}.lineAmount"),
        net_amount=values.amounts(wire.net_amount, f"{path}.netAmount"),
        account=_account(wire.account),
        tax=_tax(wire.tax, f"{path}.tax", values),
        tags=tuple(
            Tag(id=tag.id, code=tag.code, group_code=tag.group_code) for tag in wire.tags or () if tag is not None
        ),
    )


def _tax(wire: TaxWire | None, path: str, values: ValueReader) -> LineTax | None:
    if wire is None:
        return None
    return LineTax(
        id=wire.id,
        type=_word(TaxType, wire.type),
        rate=number_of(wire.rate),
        amount=values.amounts(wire.amount, f"{path}.amount"),
        code=wire.code,
        ingoing_account=wire.ingoing_tax_account,
        outgoing_account=wire.outgoing_tax_account,
    )


def _account(wire: AccountWire | None) -> MappedAccount | None:
    if wire is None:
        return None
    return MappedAccount(id=wire.id, name=wire.name, code=wire.code, identifier=wire.identifier)


def _supplier(wire: SupplierWire | None) -> Supplier | None:
    if wire is None:
        return None
    return Supplier(
        name=wire.name,
        code=wire.code,
        account=wire.account,
        category_code=wire.category_code,
        country=_country(wire.country),
        tax_identifier=wire.tax_identifier,
    )


def _vendor(wire: VendorWire | None) -> Vendor | None:
    if wire is None:
        return None
    return Vendor(
        id=wire.id,
        name=wire.name,
        default_currency=wire.default_currency,
        code=wire.code,
        external_id=wire.external_id,
        country=_country(wire.country),
        registration_number=wire.registration_number,
        tax_registration_number=wire.tax_registration_number,
    )


def _person(wire: PersonWire | None) -> Person | None:
    return None if wire is None else Person(id=wire.id, name=wire.name, code=wire.code)


def _service_period(wire: ServicePeriodWire | None, values: ValueReader) -> ServicePeriod | None:
    if wire is None:
        return None
    return ServicePeriod(
        start=values.day(wire.start, "servicePeriod.from"), end=values.day(wire.end, "servicePeriod.to")
    )


def _invoice(wire: InvoiceWire | None, values: ValueReader) -> InvoiceInformation | None:
    if wire is None:
        return None
    path = "additionalInformation.invoiceInformation"
    return InvoiceInformation(
        number=wire.invoice_number,
        invoice_date=values.day(wire.invoice_date, f"{path}.invoiceDate"),
        status=wire.status,
        due_date=values.day_or_none(wire.due_date, f"{path}.dueDate"),
        payment_date=values.day_or_none(wire.payment_date, f"{path}.paymentDate"),
        supplier_bank_account=_bank_account(wire.supplier_bank_account),
    )


def _bank_account(wire: BankAccountWire | None) -> BankAccount | None:
    if wire is None:
        return None
    return BankAccount(
        bank_name=wire.bank_name,
        country=_country(wire.country) or "",
        account_number=wire.account_number,
        bank_code=wire.bank_code,
        bic=wire.bic,
        iban=wire.iban,
    )


def _files(wires: list[FileWire | None] | None) -> tuple[ItemFile, ...]:
    """The receipts; `position` counts as Pleo does, so that it names the same file in every message."""
    return tuple(
        ItemFile(
            url=wire.url, position=position, content_type=text_of(wire.type) or None, size_bytes=_size_bytes(wire.size)
        )
        for position, wire in enumerate(wires or ())
        if wire is not None
    )


def _size_bytes(raw: Lenient) -> int | None:
    """The announced size; nothing when it is not a whole number of bytes above zero."""
    try:
        size = number_of(raw)
    except UnreadableValue:
        return None
    return int(size) if size > 0 and size == size.to_integral_value() else None


def _link(link: Lenient | None) -> str | None:
    """The link to the expense in Pleo, wherever below its face in `_links` it stands; only a web address is taken."""
    if link is None:
        return None
    inside = members_of(link) or {}
    candidates = [link, *(inside[key] for key in ("href", "exportItem") if key in inside), *inside.values()]
    for candidate in candidates:
        text = text_of(candidate)
        if text and text.startswith(("https://", "http://")) and len(text) <= LINK_CHARACTERS_MAX:
            return text
    return None


def _country(text: str | None) -> str | None:
    return None if text in (None, "", _NO_COUNTRY) else text


def _word(words: type[Word], text: str) -> Word | Unrecognised:
    try:
        return words(text)
    except ValueError:
        return Unrecognised(one_line(text, WORD_CHARACTERS_MAX))
