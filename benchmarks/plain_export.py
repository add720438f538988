"""What a plain export makes of Pleo's JSON: the calls' bodies, without a look at rules. Standard library only."""

from datetime import UTC, datetime
from typing import Any, Final

PAGE: Final = 100
WALLET: Final = "5820"
# Where an expense has no category: transfers between bank and wallet.
OTHER: Final = "5815"


def entry_of(item: dict[str, Any]) -> dict[str, Any]:
    """The expense's lines against the wallet, as an entry for the books."""
    lines = [
        {
            "account": (line.get("account") or {}).get("code") or OTHER,
            "amount": line["lineAmount"]["inWalletCurrency"]["value"],
            "text": item.get("note") or "",
            "tax_code": (line.get("tax") or {}).get("code") or "",
            "dimensions": [[tag["groupCode"], tag["code"]] for tag in line.get("tags") or []],
        }
        for line in item["accountingEntryLines"]
    ]
    lines.append({"account": WALLET, "amount": -sum(line["amount"] for line in lines), "text": item.get("note") or ""})
    return {
        "source": item["accountingEntryId"],
        "date": item["date"][:10],
        "currency": item["amount"]["inWalletCurrency"]["currency"],
        "mode": "final",
        "payee": (item.get("supplier") or {}).get("name") or "",
        "employee": (item.get("user") or {}).get("name") or "",
        "lines": lines,
    }


def report_of(entry_id: str, posted: dict[str, Any]) -> dict[str, Any]:
    """The outcome of an item that was booked."""
    return {
        "accountingEntryId": entry_id,
        "status": "successful",
        "externalId": posted["id"],
        "exportedAt": datetime.now(UTC).isoformat(),
    }
