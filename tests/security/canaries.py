"""Secrets and personal data that would be recognised anywhere, planted in every expense of the demo."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from bilag.simulator.demo_job import demo_expenses
from bilag.simulator.expense import ListedExpenses
from tests.e2e.stage import API_KEY

IBAN: Final = "DK5000400440116243"
MAIL: Final = "canary.person@mail.example.com"
CARD: Final = "4111 1111 1111 1111"
TOKEN: Final = "Bearer canaryToken0123456789"
NAME: Final = "Canarina Vogelsang"
WEBHOOK_SECRET: Final = "whsec_" + b64encode(b"canary-webhook-secret-32-bytes!!").decode()
DATABASE_PASSWORD: Final = "canary-database-password"

# Nowhere but in the environment that we are given.
SECRETS: Final = (
    API_KEY,
    b64encode(f"{API_KEY}:".encode()).decode(),
    b64encode(API_KEY.encode()).decode().rstrip("="),
    WEBHOOK_SECRET,
    DATABASE_PASSWORD,
)
# What can be known by its form: in the books and in our journal, and in nothing that is told or shown.
FORMS: Final = (IBAN, IBAN[4:], MAIL, CARD, TOKEN.split()[1])
# What only its place gives away: in none of the logs, metrics and traces.
PERSONAL: Final = (*FORMS, NAME)
NOTE: Final = f"{NAME}, {MAIL}, {IBAN}, {CARD}, {TOKEN}"

_NAMED: Final = frozenset({"user", "supplier", "vendor", "team"})


def planted_expenses() -> ListedExpenses:
    """The demo's expenses, good and failing, with canaries wherever a person can write."""
    source = demo_expenses()
    expenses = [source.expense(index) for index in range(len(source))]
    return ListedExpenses(
        company_id=source.company_id,
        expenses=[one if one.raw_item else replace(one, item=_planted(one.item)) for one in expenses],
    )


def _planted(item: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(item)
    changed["note"] = NOTE
    for key in _NAMED & changed.keys():
        if isinstance(changed[key], dict) and changed[key].get("name"):
            changed[key] = changed[key] | {"name": NAME}
    more = changed.get("additionalInformation")
    if isinstance(more, dict) and more.get("attendees"):
        changed["additionalInformation"] = more | {"attendees": [NAME, NOTE]}
    return changed


def seen(text: str, canaries: tuple[str, ...]) -> Iterator[str]:
    """The canaries that stand in the text, spaces or not."""
    close = text.replace(" ", "")
    return (canary for canary in canaries if canary in text or canary.replace(" ", "") in close)
