"""Who the simulated company buys from: invented suppliers in the countries and trades of a design studio."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A supplier, what it sells and what that usually costs.

    `accounts` are the categories its goods fall under and `tax_codes` what it puts on its bills (none: no tax).
    `price_min` and `price_max` are hundredths of `currency`. `code` is its number in the books, empty when the
    books do not know it.
    """

    name: str
    country: str
    currency: str
    merchant_category: str
    accounts: tuple[str, ...]
    tax_codes: tuple[str, ...]
    price_min: int
    price_max: int
    code: str = ""


# The numbers in the middle are merchant category codes of ISO 18245.
_ROWS: Final = (
    ("Kaffe & Kardemomme", "DK", "DKK", "5814", "2745", "DK25", 35_00, 420_00, ""),
    ("Restaurant Saltkarret", "DK", "DKK", "5812", "2740 2745", "DK25", 280_00, 3_900_00, "K1002"),
    ("Papirværket ApS", "DK", "DKK", "5943", "3600 3610", "DK25", 49_00, 1_850_00, "K1003"),
    ("Skærmbutikken A/S", "DK", "DKK", "5732", "3610", "DK25", 249_00, 14_990_00, "K1004"),
    ("Nordtog", "DK", "DKK", "4112", "2810", "", 58_00, 940_00, "K1005"),
    ("Havnetaxa", "DK", "DKK", "4121", "2810", "", 85_00, 620_00, ""),
    ("Parkér Let", "DK", "DKK", "7523", "2810", "DK25", 12_00, 260_00, ""),
    ("Trykkeriet Blåtryk", "DK", "DKK", "2741", "2760 2150", "DK25N", 650_00, 18_000_00, "K1008"),
    ("Modelværkstedet ApS", "DK", "DKK", "7399", "2150 2110", "DK25N", 1_200_00, 32_000_00, "K1009"),
    ("Lysnet Bredbånd A/S", "DK", "DKK", "4814", "3630", "DK25", 199_00, 1_299_00, "K1010"),
    ("Kontorhuset Refshale P/S", "DK", "DKK", "6513", "3410", "DK25N", 9_500_00, 42_000_00, "K1011"),
    ("Forsikringshuset Svane", "DK", "DKK", "6300", "3680", "", 850_00, 12_400_00, "K1012"),
    ("Bro & Revision", "DK", "DKK", "8931", "3670", "DK25N", 2_500_00, 28_000_00, "K1013"),
    ("Boghandlen Skrift", "DK", "DKK", "5942", "3650", "DK25", 89_00, 1_250_00, ""),
    ("Pakkeposten", "DK", "DKK", "9402", "3640", "", 39_00, 780_00, "K1015"),
    ("Hotel Spreeblick GmbH", "DE", "EUR", "7011", "2820", "DE7 DE7 DE19", 89_00, 640_00, "K2001"),
    ("Werkstoffhaus Kreuzberg GmbH", "DE", "EUR", "5211", "2150", "DE19", 18_00, 920_00, "K2002"),
    ("Biergarten Lindenhof", "DE", "EUR", "5812", "2740 2745", "DE19", 14_00, 310_00, ""),
    ("Spreebahn Verkehr", "DE", "EUR", "4111", "2810", "DE7", 3_20, 78_00, ""),
    ("Messehalle Nordrhein GmbH", "DE", "EUR", "7941", "2770", "DE19N", 240_00, 5_200_00, "K2005"),
    ("The Tallow Street Hotel Ltd", "GB", "GBP", "7011", "2820", "GB20", 95_00, 720_00, "K3001"),
    ("Moss & Ferry Bookshop", "GB", "GBP", "5942", "3650", "GB0", 7_99, 140_00, ""),
    ("Thames Power Hire Ltd", "GB", "GBP", "7394", "2150 2770", "GB20 GB5", 40_00, 980_00, "K3003"),
    ("Cable Yard Studios Ltd", "GB", "GBP", "7999", "2770", "GB20N", 180_00, 3_600_00, "K3004"),
    ("Hotell Kajen AB", "SE", "SEK", "7011", "2820", "SE12", 890_00, 5_400_00, "K4001"),
    ("Öresund Trafik AB", "SE", "SEK", "4111", "2810", "SE6", 32_00, 680_00, ""),
    ("Limhamns Färg & Papper AB", "SE", "SEK", "5231", "2150 3600", "SE25", 79_00, 3_200_00, "K4003"),
    ("Restaurang Sillviken", "SE", "SEK", "5812", "2740 2745", "SE12 SE12 SE25", 145_00, 2_900_00, ""),
    ("Cloudbarn Ltd", "IE", "EUR", "5734", "3620", "EU25R", 9_00, 480_00, "K5001"),
    ("Typefoundry Rotterdam B.V.", "NL", "EUR", "5817", "3620", "EU25R", 35_00, 890_00, "K5002"),
    ("Lampenwinkel Utrecht B.V.", "NL", "EUR", "5712", "3610 2150", "EU25G", 48_00, 1_900_00, "K5003"),
    ("Pixelgrove Inc.", "US", "USD", "5817", "3620", "XX25R", 12_00, 600_00, "K6001"),
    ("Wireframe Labs LLC", "US", "USD", "7372", "3620", "XX25R", 19_00, 1_200_00, ""),
    ("Gistihús Hraun ehf.", "IS", "ISK", "7011", "2820", "", 18_900_00, 96_000_00, ""),
    ("Kami Washi Trading K.K.", "JP", "JPY", "5943", "2150", "", 2_400_00, 88_000_00, ""),
)

SUPPLIERS: Final = tuple(
    Supplier(
        name=name,
        country=country,
        currency=currency,
        merchant_category=merchant_category,
        accounts=tuple(accounts.split()),
        tax_codes=tuple(tax_codes.split()),
        price_min=price_min,
        price_max=price_max,
        code=code,
    )
    for name, country, currency, merchant_category, accounts, tax_codes, price_min, price_max, code in _ROWS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Where the suppliers of one country want to be paid."""

    name: str
    iban: str


# The example IBANs of the SWIFT IBAN registry.
BANKS: Final = {
    "DK": Bank(name="Havnebanken", iban="DK5000400440116243"),
    "DE": Bank(name="Uferbank", iban="DE89370400440532013000"),
    "NL": Bank(name="Grachtenbank", iban="NL91ABNA0417164300"),
    "GB": Bank(name="Quayside Bank", iban="GB29NWBK60161331926819"),
    "SE": Bank(name="Sundsbanken", iban="SE4550000000058398257466"),
}
