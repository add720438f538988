"""docs/plan.md: the JSON that `bilag plan --json` prints, with an example that the rules themselves drew up."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from bilag.domain.capabilities import TextLimits
from bilag.domain.expense_type import BookkeepingMethod, ExpenseType, TaxType
from bilag.domain.export_item import AmountPair, ExportItem, ExportLine, LineTax, MappedAccount, Person, Supplier, Tag
from bilag.domain.money import Currency, Money
from bilag.domain.period import AccountingPeriod
from bilag.domain.plan import ItemPlan
from bilag.domain.posting_record import Part, PostingKey
from bilag.domain.settings import AccountSettings, ExportSettings
from bilag.lifecycle.plan_json import plan_as_json
from bilag.rules import (
    accounting_period,
    accounts_mapping,
    bookkeeping_method,
    data_mapping,
    documents,
    item_validation,
)
from bilag.rules.posting_behaviour import explain_mode
from docs.pages.markdown import table

_DKK: Final = Currency("DKK")
_COMPANY: Final = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"
_SETTINGS: Final = ExportSettings(
    company_id=_COMPANY,
    time_zone=ZoneInfo("Europe/Copenhagen"),
    accounts=AccountSettings(wallet="5820", input_tax="6910"),
    version="9d0be1c7a2f4",
)

_INTRODUCTION: Final = """\
# The plan

`bilag plan --json` prints one JSON object for each Export Item, one a line. `bilag run` posts what the same code plans,
and `bilag explain --json` gives back the plan that was posted.

The shape is stable: keys may be added, and no key changes its meaning. Amounts are decimal strings with the
currency's own decimals, dates are ISO 8601. A plan has documents or failures, never both; where the books do by
themselves what the item asks for, it has neither and says so in `nothingToBook`.

With `journal_entries = "per_job"`, `documents` holds the item's own entry, as it would be booked by itself; after
posting, the step of the rule `journal construction` in `trace` names the shared entry, and `bilag explain` gives its
external id.

What a document settles follows from what is open when it is posted. `bilag plan` tells it as of now, `bilag explain`
tells what was settled.
"""
_TABLES: Final = {
    "An item": (
        ("accountingEntryId", "Pleo's id of the expense"),
        ("method", "`journal` or `accounts_payable`; null when it could not be settled"),
        ("documents", "what would be booked"),
        ("notes", "texts that go along as files, each with `name` and `text`"),
        ("nothingToBook", "why there is nothing to book although nothing is wrong, or null"),
        ("failures", "why nothing would be booked"),
        ("trace", "why every value is what it is"),
        ("settingsVersion", "changes with every setting that can change a booking"),
    ),
    "A document": (
        ("kind", "`journal_entry`, `vendor_invoice`, `vendor_credit_note` or `vendor_payment`"),
        ("date", "the expense's own date"),
        ("postingDate", "the date that it is posted with"),
        ("period", "the accounting period of the posting date"),
        ("movedBy", "the step that moved the date, or null"),
        ("mode", "`draft` or `final`"),
        ("currency", "of every amount in `postings`"),
        ("externalReference", "our name of the document in the books"),
        ("vendor", "`number` and `name` in the books; null for journal entries"),
        ("settles", "earlier documents that this one settles, each with `externalReference` and `amount`"),
        ("reopens", "what a returned payment opens again: `amount` between `payment` and `bill`"),
        ("postings", "the legs; debits equal credits"),
        ("datapoints", "what the books carry beside accounts and amounts"),
    ),
    "A posting": (
        ("account", "the GL account's number"),
        (
            "role",
            "`expense`, `wallet`, `out_of_pocket`, `contra`, `accounts_payable`, `input_tax` or `output_tax`",
        ),
        ("side", "`debit` or `credit`"),
        ("amount", "never negative"),
        ("taxCode", "the tax code that the books are told, or null"),
        ("taxAmount", "the tax of the line as Pleo gives it, or null"),
        ("dimensions", "each with `group` and `code`"),
        ("description", "of this leg"),
        ("original", "`amount` and `currency` of the supplier where that currency differs, or null"),
    ),
    "Datapoints": (
        ("reconciliationId", "Pleo's id to reconcile by, never cut"),
        ("description", "supplier, employee and note"),
        ("comment", "attendees and settled expenses as one text"),
        ("payee", "vendor or supplier"),
        ("reconciledEntries", "what a reimbursement settles"),
        ("attendees", "names"),
        ("employee", "and `employeeCode`"),
        ("team", "and `teamCode`"),
        ("supplierCountry", "as Pleo has it"),
        ("merchantCategory", "as Pleo has it"),
        ("note", "of the expense"),
        ("webLink", "to the expense in Pleo"),
        ("expenseType", "type, or type/subtype"),
        ("originalAmount", "`amount` and `currency` in the supplier's currency"),
        ("servicePeriod", "`from` and `to`, or null"),
        ("invoice", "`number`, `invoiceDate`, `dueDate`, `paymentDate`, `status`, `supplierBankAccount`; or null"),
        ("supplierBankAccount", "`bankName`, `country`, `accountNumber`, `bankCode`, `bic`, `iban`; or null"),
    ),
    "A failure": (
        ("code", "stable, see [failures.md](failures.md)"),
        ("path", "the field in Pleo's notation, or the setting; empty for the item as a whole"),
        ("message", "what is wrong"),
        ("remedy", "what to do"),
        ("reasonType", "what Pleo is told"),
    ),
    "A step of the trace": (
        ("subject", "the value that it explains"),
        ("value", "what it is"),
        ("rule", "which rule chose it"),
        ("because", "why"),
        ("source", "the field or the setting that it comes from"),
        ("refused", "what was tried before"),
    ),
}


def plan_page() -> str:
    """The whole page."""
    example = json.dumps(plan_as_json(_example()), ensure_ascii=False, indent=2)
    shapes = [
        f"## {name}\n\n{table(('Key', 'Meaning'), [(f'`{k}`', text) for k, text in rows])}"
        for name, rows in _TABLES.items()
    ]
    return "\n".join((_INTRODUCTION, *shapes, f"## Example\n\n```json\n{example}\n```\n"))


def _example() -> ItemPlan:
    """The plan of one card purchase with tax."""
    item = _item()
    assert not item_validation.check_item(item, _COMPANY)
    row = item_validation.mapping_row(item)
    assert row is not None
    data = data_mapping.map_data(item, TextLimits())
    day = accounting_period.expense_date(item, _SETTINGS)
    month = AccountingPeriod(name="2026-10", start=day.replace(day=1), end=day.replace(day=31))
    dated = accounting_period.posting_date(day, day, month, None)
    method = bookkeeping_method.resolve_method(
        item, _SETTINGS, supported=frozenset({BookkeepingMethod.JOURNAL}), vendor_found=False
    )
    key = PostingKey(company_id=_COMPANY, entry_id=item.entry_id, part=Part.JOURNAL_ENTRY, generation=1)
    entry, trace = documents.draw_up_journal_entry(
        item,
        row,
        accounts_mapping.map_accounts(item, row, _SETTINGS),
        _SETTINGS.tax_style,
        documents.DocumentHead(
            reference=key.external_reference,
            posting_date=dated,
            mode=_SETTINGS.posting_mode,
            datapoints=data.datapoints,
        ),
    )
    why = (accounting_period.explain_date(dated), explain_mode(_SETTINGS))
    steps = (*method.trace, *why, *data.trace, *trace)
    return ItemPlan(
        entry_id=item.entry_id,
        method=method.method,
        documents=(entry,),
        trace=steps,
        settings_version=_SETTINGS.version,
    )


def _item() -> ExportItem:
    line = ExportLine(
        id="5a1f0b52-96f4-4a3e-8a37-0d7b8c6a2e10",
        amount=_kroner(125_000),
        net_amount=_kroner(100_000),
        account=MappedAccount(id="8f3f2b54-2a4e-4d0e-9d0b-3f6a5e1c7b22", name="Travel", code="2810"),
        tax=LineTax(
            id="c0a8012e-7d5b-4b57-8f1a-1f4e2d3c4b5a",
            type=TaxType.INCLUSIVE,
            rate=Decimal("0.25"),
            amount=_kroner(25_000),
            code="I25",
        ),
        tags=(Tag(id="0c9b8a7d-1111-4222-8333-444455556666", code="sales", group_code="department"),),
    )
    return ExportItem(
        entry_id="7c1d9e0a-3b52-4f6e-9a41-2d8f5b7c6e31",
        company_id=_COMPANY,
        type=ExpenseType.CARD_PURCHASE,
        date=datetime(2026, 10, 14, 9, 30, tzinfo=UTC),
        amount=_kroner(125_000),
        lines=(line,),
        reconciliation_id="R-2026-10-0042",
        supplier=Supplier(name="DSB", country="DK"),
        user=Person(id="e1", name="Freja Holm", code="17"),
        note="Train to a client",
    )


def _kroner(minor: int) -> AmountPair:
    return AmountPair(wallet=Money(minor, _DKK), supplier=Money(minor, _DKK))
