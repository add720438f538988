"""Pleo's JSON for Export Items: shapes only. Numbers stay JSON text (`Number`) until they are read exactly.

Null and missing mean the same in every optional field; unknown fields are passed over. A key that stands twice
counts with its last value, as msgspec reads it.

https://developers.pleo.io/reference/export-api (Export Items v3)
"""

from typing import Annotated, Final

import msgspec

from bilag.adapters.pleo.wire_values import Id

NUMBER: Final = "number"
Number = Annotated[msgspec.Raw, msgspec.Meta(title=NUMBER)]
# Taken when it makes sense and passed over when not: no item fails for it.
Lenient = msgspec.Raw


class MoneyWire(msgspec.Struct, rename="camel"):
    """An amount: `value` in hundredths, whatever the currency."""

    currency: str
    value: Number


class AmountWire(msgspec.Struct, rename="camel"):
    """An amount in both currencies."""

    in_supplier_currency: MoneyWire
    in_wallet_currency: MoneyWire


class AccountWire(msgspec.Struct, rename="camel"):
    """A mapped GL account."""

    id: str
    name: str
    code: str | None = None
    identifier: str | None = None


class TaxWire(msgspec.Struct, rename="camel"):
    """The tax of a line; a `rate` of 0.2 is 20 percent."""

    id: str
    type: str
    rate: Number
    amount: AmountWire
    code: str | None = None
    ingoing_tax_account: str | None = None
    outgoing_tax_account: str | None = None


class TagWire(msgspec.Struct, rename="camel"):
    """A dimension value."""

    id: str
    code: str
    group_code: str


class LineWire(msgspec.Struct, rename="camel"):
    """A split of an expense."""

    accounting_entry_line_id: str
    line_amount: AmountWire
    net_amount: AmountWire
    account: AccountWire | None = None
    tax: TaxWire | None = None
    tags: list[TagWire | None] | None = None


class SupplierWire(msgspec.Struct, rename="camel"):
    """The supplier as read from the expense."""

    name: str | None = None
    code: str | None = None
    account: str | None = None
    category_code: str | None = None
    country: str | None = None
    tax_identifier: str | None = None


class VendorWire(msgspec.Struct, rename="camel"):
    """The tagged vendor."""

    id: str
    name: str
    default_currency: str
    code: str | None = None
    external_id: str | None = None
    country: str | None = None
    registration_number: str | None = None
    tax_registration_number: str | None = None


class PersonWire(msgspec.Struct, rename="camel"):
    """A user or a team."""

    id: str
    name: str
    code: str | None = None


class ServicePeriodWire(msgspec.Struct):
    """The time that the cost is for."""

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")


class BankAccountWire(msgspec.Struct, rename="camel"):
    """Where the supplier wants to be paid."""

    bank_name: str
    country: str
    account_number: str | None = None
    bank_code: str | None = None
    bic: str | None = None
    iban: str | None = None


class InvoiceWire(msgspec.Struct, rename="camel"):
    """The invoice behind the expense."""

    invoice_number: str
    invoice_date: str
    status: str
    due_date: str | None = None
    payment_date: str | None = None
    supplier_bank_account: BankAccountWire | None = None


class AdditionalInformationWire(msgspec.Struct, rename="camel"):
    """The rest of the item."""

    reconciliation_id: str
    attendees: list[str | None] | None = None
    reconciled_entries: list[str | None] | None = None
    invoice_information: InvoiceWire | None = None


class BookkeepingWire(msgspec.Struct, rename="camel"):
    """How the item is recorded."""

    method: str


class FileWire(msgspec.Struct, rename="camel"):
    """A receipt; a sample of Pleo's holds only `url`, although the reference wants all three."""

    url: str
    type: Lenient = msgspec.Raw(b"null")
    size: Lenient = msgspec.Raw(b"null")


class ItemWire(msgspec.Struct, rename="camel"):
    """An Export Item."""

    accounting_entry_id: Id
    company_id: Id
    type: str
    date: str
    amount: AmountWire
    accounting_entry_lines: list[LineWire]
    additional_information: AdditionalInformationWire
    sub_type: str | None = None
    bookkeeping: BookkeepingWire | None = None
    contra_account: AccountWire | None = None
    note: str | None = None
    supplier: SupplierWire | None = None
    vendor: VendorWire | None = None
    user: PersonWire | None = None
    team: PersonWire | None = None
    service_period: ServicePeriodWire | None = None
    files: list[FileWire | None] | None = None
    links: Lenient = msgspec.field(default=msgspec.Raw(b"null"), name="_links")
