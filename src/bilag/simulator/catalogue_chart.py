"""The books of the simulated company: its chart of accounts, the accounts with a role, and its tax codes.

The chart follows the shape of a Danish small-company chart (four digits; 5xxx assets, 6xxx liabilities). Foreign
VAT that a Danish company can claim back abroad waits on an asset account per country; tax codes that end in `R` or
`G` are reverse charge for services and goods bought abroad.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AccountKind(StrEnum):
    """On which side of the books an account stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartAccount:
    """A GL account. `currency` is the only currency it may hold; None lets it hold any."""

    code: str
    name: str
    kind: AccountKind
    currency: str | None = None


class TaxKind(StrEnum):
    """How the tax of a line relates to its amount, in the words of the Export API v3."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCode:
    """A tax code with its rate in whole percent; an empty account means that the code has none."""

    code: str
    rate_percent: int
    kind: TaxKind
    ingoing_account: str = ""
    outgoing_account: str = ""


def _account(code: str, name: str, kind: AccountKind, currency: str | None = None) -> ChartAccount:
    return ChartAccount(code=code, name=name, kind=kind, currency=currency)


CONTRA_ACCOUNT: Final = "5815"
ACCOUNTS_PAYABLE_ACCOUNT: Final = "6800"
OUT_OF_POCKET_ACCOUNT: Final = "6810"
EXTERNAL_REIMBURSEMENT_ACCOUNT: Final = "6815"
INPUT_TAX_ACCOUNT: Final = "6910"
OUTPUT_TAX_ACCOUNT: Final = "6920"

# Pleo still maps a category to it; the books no longer know it.
CLOSED_ACCOUNT: Final = ChartAccount(
    code="3999", name="Sundry expenses (closed)", kind=AccountKind.EXPENSE, currency=None
)

DEMO_CHART: Final = (
    _account("1010", "Design fees", AccountKind.INCOME),
    _account("1090", "Cashback and other income", AccountKind.INCOME),
    _account("2110", "Subcontractors", AccountKind.EXPENSE),
    _account("2150", "Materials and prototypes", AccountKind.EXPENSE),
    _account("2740", "Client entertainment", AccountKind.EXPENSE),
    _account("2745", "Staff meals", AccountKind.EXPENSE),
    _account("2760", "Advertising and print", AccountKind.EXPENSE),
    _account("2770", "Trade fairs and venues", AccountKind.EXPENSE),
    _account("2810", "Travel and transport", AccountKind.EXPENSE),
    _account("2820", "Hotels", AccountKind.EXPENSE),
    _account("2830", "Mileage allowance", AccountKind.EXPENSE),
    _account("2840", "Travel allowance", AccountKind.EXPENSE),
    _account("3410", "Rent", AccountKind.EXPENSE),
    _account("3600", "Office supplies", AccountKind.EXPENSE),
    _account("3610", "Small equipment", AccountKind.EXPENSE),
    _account("3620", "Software and subscriptions", AccountKind.EXPENSE),
    _account("3630", "Telephone and internet", AccountKind.EXPENSE),
    _account("3640", "Postage and freight", AccountKind.EXPENSE),
    _account("3650", "Books and courses", AccountKind.EXPENSE),
    _account("3660", "Bank and card fees", AccountKind.EXPENSE),
    _account("3670", "Accountant and lawyer", AccountKind.EXPENSE),
    _account("3680", "Insurance", AccountKind.EXPENSE),
    _account("4310", "Interest expense", AccountKind.EXPENSE),
    _account("5710", "VAT to be refunded, Germany", AccountKind.ASSET),
    _account("5711", "VAT to be refunded, United Kingdom", AccountKind.ASSET),
    _account("5712", "VAT to be refunded, Sweden", AccountKind.ASSET),
    _account("5810", "Bank account", AccountKind.ASSET, "DKK"),
    _account("5815", "Transfers between bank and Pleo", AccountKind.ASSET),
    _account("5820", "Pleo wallet DKK", AccountKind.ASSET, "DKK"),
    _account("5821", "Pleo wallet EUR", AccountKind.ASSET, "EUR"),
    _account("5822", "Pleo wallet GBP", AccountKind.ASSET, "GBP"),
    _account("5823", "Pleo wallet SEK", AccountKind.ASSET, "SEK"),
    _account("5824", "Pleo wallet USD", AccountKind.ASSET, "USD"),
    _account("6800", "Accounts payable", AccountKind.LIABILITY),
    _account("6805", "Accounts payable abroad", AccountKind.LIABILITY),
    _account("6810", "Owed to and by employees", AccountKind.LIABILITY),
    _account("6815", "Settled with employees outside Pleo", AccountKind.LIABILITY),
    _account("6910", "Input VAT", AccountKind.LIABILITY),
    _account("6920", "Output VAT on services bought abroad", AccountKind.LIABILITY),
    _account("6925", "Output VAT on goods bought abroad", AccountKind.LIABILITY),
)

WALLET_ACCOUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {"DKK": "5820", "EUR": "5821", "GBP": "5822", "SEK": "5823", "USD": "5824"}
)


def _code(
    code: str, rate_percent: int, kind: TaxKind, ingoing_account: str = "", outgoing_account: str = ""
) -> TaxCode:
    return TaxCode(
        code=code,
        rate_percent=rate_percent,
        kind=kind,
        ingoing_account=ingoing_account,
        outgoing_account=outgoing_account,
    )


# Rates: Denmark 25; Germany 19 and 7; United Kingdom 20, 5 and 0; Sweden 25, 12 and 6. EU member states' rates:
# https://europa.eu/youreurope/business/taxation/vat/vat-rules-rates/index_en.htm
# United Kingdom: https://www.gov.uk/vat-rates
DEMO_TAX_CODES: Final = (
    _code("DK25", 25, TaxKind.INCLUSIVE, "6910"),
    _code("DK25N", 25, TaxKind.EXCLUSIVE, "6910"),
    _code("DE19", 19, TaxKind.INCLUSIVE, "5710"),
    _code("DE19N", 19, TaxKind.EXCLUSIVE, "5710"),
    _code("DE7", 7, TaxKind.INCLUSIVE, "5710"),
    _code("GB20", 20, TaxKind.INCLUSIVE, "5711"),
    _code("GB20N", 20, TaxKind.EXCLUSIVE, "5711"),
    _code("GB5", 5, TaxKind.INCLUSIVE, "5711"),
    _code("GB0", 0, TaxKind.INCLUSIVE),
    _code("SE25", 25, TaxKind.INCLUSIVE, "5712"),
    _code("SE12", 12, TaxKind.INCLUSIVE, "5712"),
    _code("SE6", 6, TaxKind.INCLUSIVE, "5712"),
    _code("EU25R", 25, TaxKind.REVERSE, "6910", "6920"),
    _code("EU25G", 25, TaxKind.REVERSE, "6910", "6925"),
    _code("XX25R", 25, TaxKind.REVERSE, "6910", "6920"),
)
