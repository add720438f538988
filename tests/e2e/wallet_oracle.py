"""What the wallets must hold, added up from Pleo's raw items by a second, shorter reading of Pleo's own words.

https://developers.pleo.io/docs/expense-types
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

# A plain amount leaves the wallet, a negative one comes back.
_SPENT: Final = {"card_purchase", "card_invoice", "fee", "atm_withdrawal", "personal_spend"}
# Leaves or enters the wallet whatever sign it carries.
_LEAVES: Final = {
    ("direct_reimbursement", "reimbursement_to_employee"),
    ("invoice_payment", "invoice_payment_sent"),
    ("wallet_unload", None),
}
_ENTERS: Final = {
    ("cashback", None),
    ("refund", None),
    ("chargeback", None),
    ("direct_reimbursement", "reimbursement_to_employee_refund"),
    ("invoice_payment", "invoice_payment_returned"),
}


def wallet_balances(items: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Decimal]:
    """The balance of each wallet account and currency after these items; an item without a wallet moves none."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in items:
        if item["contraAccount"] is not None:
            money = item["amount"]["inWalletCurrency"]
            sums[item["contraAccount"]["code"], money["currency"]] += _change(item, Decimal(money["value"]) / 100)
    return dict(sums)


def _change(item: Mapping[str, Any], amount: Decimal) -> Decimal:
    kind = (item["type"], item["subType"])
    if item["type"] in _SPENT:
        return -amount
    if kind in _LEAVES:
        return -abs(amount)
    if kind in _ENTERS:
        return abs(amount)
    assert kind == ("wallet_topup", None), kind
    return amount
