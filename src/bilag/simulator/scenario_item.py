"""Write an entry as an Export Item of Pleo's Export API v3, and draw up its receipts.

Amounts are hundredths in whole numbers. With inclusive and exclusive tax, `netAmount` and `tax.amount` add up to
`lineAmount`, which is what was paid. With reverse charge the net amount is the line amount: the tax is owed on
top, to the tax office and not to the supplier.
"""

from functools import partial
from typing import Any, Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from bilag.simulator.catalogue import EMPLOYEES, TAGS, TEAMS, WHOLE_UNIT_CURRENCIES
from bilag.simulator.catalogue_chart import (
    CLOSED_ACCOUNT,
    DEMO_CHART,
    DEMO_TAX_CODES,
    WALLET_ACCOUNTS,
    ChartAccount,
    TaxCode,
    TaxKind,
)
from bilag.simulator.catalogue_suppliers import BANKS, SUPPLIERS, Supplier
from bilag.simulator.catalogue_vendors import Vendor, tax_number
from bilag.simulator.expense import Expense, Receipt
from bilag.simulator.receipts import ReceiptKind, Slip, SlipRow, content_type, draw_receipt, size_bytes
from bilag.simulator.scenario_entry import WALLET_TYPES, Entry, EntryKey, EntryLine, Invoice

JsonObject: TypeAlias = dict[str, Any]


def _catalogue_id(kind: str, code: str) -> str:
    """The id that Pleo has given to something in the catalogue: always the same one."""
    return str(uuid5(NAMESPACE_URL, f"https://pleo.example/{kind}/{code}"))


def _account_json(account: ChartAccount) -> JsonObject:
    return {
        "id": _catalogue_id("account", account.code),
        "name": account.name,
        "code": account.code,
        "identifier": account.code,
    }


def _supplier_json(supplier: Supplier) -> JsonObject:
    return {
        "name": supplier.name,
        "code": supplier.code or None,
        "account": None,
        "categoryCode": supplier.merchant_category,
        "country": supplier.country,
        "taxIdentifier": tax_number(supplier.country, supplier.code) if supplier.code else None,
    }


def _vendor_json(vendor: Vendor) -> JsonObject:
    # Pleo's schema lets the numbers be absent, but not null.
    numbers = {
        "code": vendor.code,
        "externalId": vendor.external_id,
        "registrationNumber": vendor.registration_number,
        "taxRegistrationNumber": vendor.tax_registration_number,
    }
    return {
        "id": _catalogue_id("vendor", vendor.name),
        "name": vendor.name,
        "defaultCurrency": vendor.default_currency,
        "country": vendor.country,
    } | {name: number for name, number in numbers.items() if number}


_ACCOUNTS: Final = {account.code: _account_json(account) for account in (*DEMO_CHART, CLOSED_ACCOUNT)}
_ACCOUNT_NAMES: Final = {account.code: account.name for account in (*DEMO_CHART, CLOSED_ACCOUNT)}
_WALLETS: Final = {currency: _ACCOUNTS[code] for currency, code in WALLET_ACCOUNTS.items()}
_TAX_CODES: Final = {tax.code: tax for tax in DEMO_TAX_CODES}
_TAX_IDS: Final = {tax.code: _catalogue_id("tax-code", tax.code) for tax in DEMO_TAX_CODES}
_TAGS: Final = {
    tag.code: {"id": _catalogue_id("tag", tag.code), "code": tag.code, "groupCode": tag.group_code} for tag in TAGS
}
_TEAMS: Final = {
    team.code: {"id": _catalogue_id("team", team.code), "name": team.name, "code": team.code} for team in TEAMS
}
_USERS: Final = {
    employee.code: {"id": _catalogue_id("user", employee.code), "name": employee.name, "code": employee.code}
    for employee in EMPLOYEES
}
_TEAM_OF: Final = {employee.code: _TEAMS[employee.team_code] for employee in EMPLOYEES}
_SUPPLIERS: Final = {supplier.name: _supplier_json(supplier) for supplier in SUPPLIERS}


def write_expense(key: EntryKey, entry: Entry) -> Expense:
    """The expense as the simulator serves it: the Export Item and the receipts, not yet drawn."""
    return Expense(item=export_item(key, entry), receipts=receipts_of(key, entry))


def export_item(key: EntryKey, entry: Entry) -> JsonObject:
    """The Export Item without `files`. Every call builds new objects, which the caller may change."""
    wallet_value = supplier_value = 0
    for line in entry.lines:
        wallet_value += line.wallet_value
        supplier_value += line.supplier_value
    return {
        "_links": {"web": {"exportItem": f"https://app.pleo.example/entries/{key.entry_id}"}},
        "accountingEntryId": key.entry_id,
        "accountingEntryLines": [
            _line_json(entry, line, f"{key.entry_id[:24]}{number:012x}")
            for number, line in enumerate(entry.lines, start=1)
        ],
        "additionalInformation": _additional_information(key, entry),
        "amount": _amount(entry, wallet_value, supplier_value),
        "bookkeeping": {"method": str(entry.method)} if entry.method is not None else None,
        "companyId": key.company_id,
        "contraAccount": dict(_WALLETS[entry.wallet_currency]) if entry.type in WALLET_TYPES else None,
        "date": entry.date,
        "note": entry.note,
        "servicePeriod": _service_period(entry.service_period),
        "subType": str(entry.subtype) if entry.subtype is not None else None,
        "supplier": dict(_SUPPLIERS[entry.supplier]) if entry.supplier is not None else None,
        "team": dict(_TEAM_OF[entry.employee]) if entry.employee is not None else None,
        "type": str(entry.type),
        "user": dict(_USERS[entry.employee]) if entry.employee is not None else None,
        "vendor": _vendor_json(entry.vendor) if entry.vendor is not None else None,
    }


def _amount(entry: Entry, wallet_value: int, supplier_value: int) -> JsonObject:
    return {
        "inSupplierCurrency": {"currency": entry.supplier_currency, "value": supplier_value},
        "inWalletCurrency": {"currency": entry.wallet_currency, "value": wallet_value},
    }


def _line_json(entry: Entry, line: EntryLine, line_id: str) -> JsonObject:
    wallet_net, supplier_net = line.wallet_value, line.supplier_value
    tax_json: JsonObject | None = None
    if line.tax_code is not None:
        tax = _TAX_CODES[line.tax_code]
        wallet_tax = _tax_value(tax, line.wallet_value, entry.wallet_currency)
        supplier_tax = _tax_value(tax, line.supplier_value, entry.supplier_currency)
        if tax.kind is not TaxKind.REVERSE:
            wallet_net -= wallet_tax
            supplier_net -= supplier_tax
        tax_json = _tax_json(tax, _amount(entry, wallet_tax, supplier_tax))
    return {
        "account": dict(_ACCOUNTS[line.account]) if line.account is not None else None,
        "accountingEntryLineId": line_id,
        "lineAmount": _amount(entry, line.wallet_value, line.supplier_value),
        "netAmount": _amount(entry, wallet_net, supplier_net),
        "tags": [dict(_TAGS[code]) for code in line.tags],
        "tax": tax_json,
    }


def _tax_value(tax: TaxCode, value: int, currency: str) -> int:
    """The tax in hundredths, rounded half away from zero to what the currency can pay out."""
    divisor = 100 if tax.kind is TaxKind.REVERSE else 100 + tax.rate_percent
    step = 100 if currency in WHOLE_UNIT_CURRENCIES else 1
    rounded = (2 * abs(value) * tax.rate_percent + divisor * step) // (2 * divisor * step) * step
    return rounded if value >= 0 else -rounded


def _tax_json(tax: TaxCode, amount: JsonObject) -> JsonObject:
    tax_json = {
        "amount": amount,
        "code": tax.code,
        "id": _TAX_IDS[tax.code],
        "rate": tax.rate_percent / 100,
        "type": str(tax.kind),
    }
    # Pleo's schema lets these be absent, but not null.
    if tax.ingoing_account:
        tax_json["ingoingTaxAccount"] = tax.ingoing_account
    if tax.outgoing_account:
        tax_json["outgoingTaxAccount"] = tax.outgoing_account
    return tax_json


def _additional_information(key: EntryKey, entry: Entry) -> JsonObject:
    return {
        "attendees": list(entry.attendees),
        "invoiceInformation": _invoice_json(entry, entry.invoice) if entry.invoice is not None else None,
        "reconciledEntries": list(entry.reconciled_entries),
        "reconciliationId": key.reconciliation_id,
    }


def _invoice_json(entry: Entry, invoice: Invoice) -> JsonObject:
    return {
        "dueDate": _midnight(invoice.due_day),
        "invoiceDate": _midnight(invoice.day),
        "invoiceNumber": invoice.number,
        "paymentDate": _midnight(invoice.paid_day) if invoice.paid_day is not None else None,
        "status": invoice.status,
        "supplierBankAccount": _bank_account_json(entry.supplier),
    }


def _bank_account_json(supplier: str | None) -> JsonObject | None:
    country = _SUPPLIERS[supplier]["country"] if supplier is not None else ""
    if country not in BANKS:
        return None
    return {"bankName": BANKS[country].name, "country": country, "iban": BANKS[country].iban}


def _service_period(days: tuple[str, ...]) -> JsonObject | None:
    if not days:
        return None
    first_day, last_day = days
    return {"from": _midnight(first_day), "to": _midnight(last_day)}


def _midnight(day: str) -> str:
    return f"{day}T00:00:00Z"


def receipts_of(key: EntryKey, entry: Entry) -> tuple[Receipt, ...]:
    """The receipts of an entry, in order; each is drawn on download."""
    return tuple(
        Receipt(
            name=f"receipt-{key.reconciliation_id}-{position}.{kind}",
            content_type=content_type(kind),
            size_bytes=size_bytes(kind),
            render=partial(_render, kind, key, entry, position),
        )
        for position, kind in enumerate(entry.receipts, start=1)
    )


def _render(kind: ReceiptKind, key: EntryKey, entry: Entry, position: int) -> bytes:
    tax_value, reverse_charge = 0, False
    for line in entry.lines:
        if line.tax_code is not None:
            tax = _TAX_CODES[line.tax_code]
            reverse_charge |= tax.kind is TaxKind.REVERSE
            if tax.kind is not TaxKind.REVERSE:
                tax_value += _tax_value(tax, line.supplier_value, entry.supplier_currency)
    supplier = _SUPPLIERS[entry.supplier] if entry.supplier is not None else {}
    slip = Slip(
        seller=supplier.get("name", "Pleo account statement"),
        country=supplier.get("country", ""),
        reference=f"{key.reconciliation_id}-{position}",
        day=entry.date[:10],
        currency=entry.supplier_currency,
        rows=tuple(SlipRow(label=_row_label(entry, line), value=line.supplier_value) for line in entry.lines),
        tax_value=tax_value,
        remark="Reverse charge: VAT is on the buyer" if reverse_charge else "",
    )
    return draw_receipt(kind, slip)


def _row_label(entry: Entry, line: EntryLine) -> str:
    return _ACCOUNT_NAMES[line.account] if line.account is not None else entry.type.replace("_", " ")
