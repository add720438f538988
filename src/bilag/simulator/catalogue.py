"""The simulated company: who works there, which dimensions it keeps, what its currencies are worth.

Mågevig Studio ApS is an invented design studio in Copenhagen with clients in Berlin, London and Malmö. Every
person, project and figure here is invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

COMPANY_NAME: Final = "Mågevig Studio ApS"
COMPANY_ID: Final = "3d0c6a52-7f6e-4c1b-9a52-5b1f0e7c2d11"
TIME_ZONE: Final = "Europe/Copenhagen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team, with the department code that the books know it by."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A person with a Pleo card. `code` is the employee number in the books."""

    code: str
    name: str
    team_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A dimension value; `group_code` names the dimension."""

    code: str
    group_code: str
    name: str


TEAMS: Final = (
    Team(code="T10", name="Management"),
    Team(code="T20", name="Design"),
    Team(code="T30", name="Projects"),
    Team(code="T40", name="Operations"),
)

EMPLOYEES: Final = (
    Employee(code="M001", name="Asta Bjerregaard", team_code="T10"),
    Employee(code="M002", name="Villads Nørskov", team_code="T20"),
    Employee(code="M003", name="Selma Thorup Krogh", team_code="T20"),
    Employee(code="M004", name="Jonathan Weiss", team_code="T30"),
    Employee(code="M005", name="Priya Raman", team_code="T30"),
    Employee(code="M006", name="Elin Åkerström", team_code="T20"),
    Employee(code="M007", name="Storm Hedegaard", team_code="T40"),
    Employee(code="M008", name="Mathilde Riis", team_code="T40"),
)

TAGS: Final = (
    Tag(code="P-2601", group_code="PROJECT", name="Harbour library"),
    Tag(code="P-2604", group_code="PROJECT", name="Berlin showroom"),
    Tag(code="P-2607", group_code="PROJECT", name="Malmö café"),
    Tag(code="P-2609", group_code="PROJECT", name="London pop-up"),
    Tag(code="P-2611", group_code="PROJECT", name="Our own studio"),
    Tag(code="C-KOB", group_code="CLIENT", name="Kobberholm A/S"),
    Tag(code="C-ELB", group_code="CLIENT", name="Elbwerk GmbH"),
    Tag(code="C-SUN", group_code="CLIENT", name="Sundbro AB"),
    Tag(code="C-TAY", group_code="CLIENT", name="Tayler & Moss Ltd"),
    Tag(code="D-STU", group_code="DEPARTMENT", name="Studio"),
    Tag(code="D-OFF", group_code="DEPARTMENT", name="Office"),
)

GUESTS: Final = (
    "Ingrid Vestergaard (Kobberholm A/S)",
    "Palle Overgaard (Kobberholm A/S)",
    "Hanne Brockmann (Elbwerk GmbH)",
    "Tomasz Zielinski (Elbwerk GmbH)",
    "Göran Sundqvist (Sundbro AB)",
    "Amelia Tayler (Tayler & Moss Ltd)",
    "Dev Moss (Tayler & Moss Ltd)",
)

# What 10,000 units of a currency cost in DKK, invented but near life.
DKK_FOR_10000: Final[Mapping[str, int]] = MappingProxyType(
    {
        "DKK": 10_000,
        "EUR": 74_600,
        "GBP": 86_300,
        "SEK": 6_790,
        "USD": 64_120,
        "ISK": 530,
        "JPY": 425,
    }
)

# No minor unit in ISO 4217: their amounts in hundredths are multiples of 100.
WHOLE_UNIT_CURRENCIES: Final = frozenset({"ISK", "JPY"})


def convert(value: int, currency: str, into: str) -> int:
    """`value` hundredths of `currency` in hundredths of `into`, rounded half up; for amounts of zero or more."""
    rate, rate_into = DKK_FOR_10000[currency], DKK_FOR_10000[into]
    return (2 * value * rate + rate_into) // (2 * rate_into)
