"""Whom the simulated company keeps as vendors in Pleo: its suppliers with a number, and Pleo itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bilag.simulator.catalogue_suppliers import SUPPLIERS, Supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A vendor as Pleo tells it; what is empty is not told at all.

    `code` is its number in the books and `external_id` an id of the books; `tax_registration_number` is its VAT number.
    """

    name: str
    country: str
    default_currency: str
    code: str = ""
    external_id: str = ""
    registration_number: str = ""
    tax_registration_number: str = ""


def tax_number(country: str, code: str) -> str:
    """A number that looks like a VAT number and is nobody's, made of the supplier's code."""
    return f"{country}{code.removeprefix('K'):0>8}"


def _as_vendor(supplier: Supplier) -> Vendor:
    return Vendor(
        name=supplier.name,
        country=supplier.country,
        default_currency=supplier.currency,
        code=supplier.code,
        external_id=supplier.code,
        tax_registration_number=tax_number(supplier.country, supplier.code) if supplier.code else "",
    )


# Every supplier can be tagged; the books can find those with a number.
VENDORS: Final[Mapping[str, Vendor]] = MappingProxyType({supplier.name: _as_vendor(supplier) for supplier in SUPPLIERS})

# What Pleo charges and gives back has no merchant behind it.
PLEO: Final = Vendor(name="Pleo", country="DK", default_currency="DKK", external_id="pleo-fees")
