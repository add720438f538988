"""Pleo's JSON as the tests need it: everything optional is there, and a test names what differs."""

import json
from collections.abc import Sequence
from typing import Any

COMPANY = "11111111-0000-4000-8000-000000000001"
JOB = "22222222-0000-4000-8000-000000000001"
ENTRY = "33333333-0000-4000-8000-000000000001"

Json = dict[str, Any]


def an_amount(value: object = 12500, currency: object = "EUR") -> Json:
    return {
        "inSupplierCurrency": {"currency": currency, "value": value},
        "inWalletCurrency": {"currency": currency, "value": value},
    }


def a_line(**changes: object) -> Json:
    return {
        "accountingEntryLineId": "44444444-0000-4000-8000-000000000001",
        "lineAmount": an_amount(),
        "netAmount": an_amount(10000),
        "account": {"id": "account-1", "name": "Meals", "code": "4000", "identifier": None},
        "tax": {
            "id": "tax-1",
            "rate": 0.25,
            "type": "inclusive",
            "amount": an_amount(2500),
            "code": "I25",
            "ingoingTaxAccount": "2640",
            "outgoingTaxAccount": "2610",
        },
        "tags": [{"id": "tag-1", "code": "OSL", "groupCode": "OFFICE"}, None],
        **changes,
    }


def an_item(**changes: object) -> Json:
    """A card purchase over 125.00 EUR with every field that Pleo can send."""
    return {
        "_links": {"web": {"exportItem": "https://app.example/expenses/1"}, "api": {}, "mobile": {}},
        "accountingEntryId": ENTRY,
        "companyId": COMPANY,
        "type": "card_purchase",
        "subType": None,
        "date": "2026-03-01T10:11:12Z",
        "amount": an_amount(),
        "accountingEntryLines": [a_line()],
        "additionalInformation": {
            "reconciliationId": "R-1",
            "attendees": ["Ann", None, "Bo"],
            "reconciledEntries": [None, "entry-9"],
            "invoiceInformation": {
                "invoiceNumber": "INV-7",
                "invoiceDate": "2026-02-27",
                "status": "paid",
                "dueDate": "2026-03-27T00:00:00Z",
                "paymentDate": None,
                "supplierBankAccount": {"bankName": "Bank", "country": "NO", "iban": "NO93"},
            },
        },
        "bookkeeping": {"method": "journal"},
        "contraAccount": {"id": "account-2", "name": "Wallet", "code": "1920"},
        "note": "Lunch",
        "supplier": {"name": "Kaffe AS", "country": "NO", "code": None},
        "vendor": {"id": "vendor-1", "name": "Kaffe", "defaultCurrency": "NOK", "code": "V1"},
        "user": {"id": "user-1", "name": "Ann", "code": "7"},
        "team": {"id": "team-1", "name": "Sales", "code": None},
        "servicePeriod": {"from": "2026-03-01T00:00:00Z", "to": "2026-03-31"},
        "files": [{"url": "https://files.example/a.pdf?sig=1", "type": "application/pdf", "size": 2084}],
        **changes,
    }


def a_job(**changes: object) -> Json:
    return {
        "id": JOB,
        "companyId": COMPANY,
        "status": "pending",
        "createdAt": "2026-11-21T10:00:00Z",
        "createdBy": None,
        "lastUpdatedAt": "2026-11-21T10:00:00Z",
        "expiresIn": 3600,
        "numberOfItems": 3,
        "isInteractive": True,
        "vendorBasedBookkeeping": False,
        "failureReasonType": None,
        **changes,
    }


def a_page(data: Sequence[object], *, next_cursor: str | None = None) -> bytes:
    """A page; with a cursor it promises another one."""
    pagination: Json = {
        "currentRequestPagination": {"parameters": {}},
        "hasNextPage": next_cursor is not None,
        "hasPreviousPage": False,
    }
    if next_cursor is not None:
        pagination["endCursor"] = next_cursor
    return as_json({"data": data, "pagination": pagination})


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
