"""Names of accounts in the books, made from the numbers that Pleo knows them by."""

import unicodedata
from collections.abc import Container
from enum import StrEnum
from itertools import count
from typing import Final, assert_never

from bilag.domain.ledger import AccountRole

NUMBER_CHARACTERS_MAX: Final = 64
_COMPONENT_CHARACTERS_MAX: Final = 60
_FORBIDDEN_IN_HLEDGER: Final = frozenset(';()[]{}|=@*!"')


class AccountKind(StrEnum):
    """The five kinds of accounts, by the name that their branch of the chart carries in the books."""

    ASSET = "Assets"
    LIABILITY = "Liabilities"
    INCOME = "Income"
    EXPENSE = "Expenses"
    EQUITY = "Equity"


def kind_of_role(role: AccountRole) -> AccountKind:
    """Where an account belongs that no chart mentions, judged by its first use."""
    match role:
        case AccountRole.EXPENSE:
            return AccountKind.EXPENSE
        case AccountRole.WALLET | AccountRole.CONTRA | AccountRole.INPUT_TAX:
            return AccountKind.ASSET
        case AccountRole.OUT_OF_POCKET | AccountRole.ACCOUNTS_PAYABLE | AccountRole.OUTPUT_TAX:
            return AccountKind.LIABILITY
        case _:
            assert_never(role)


def number_problem(number: str) -> str:
    """Why the text cannot stand in the books as an account's number, from where it must read back, or empty text."""
    if not number.strip() or not number.isprintable() or len(number) > NUMBER_CHARACTERS_MAX:
        return f"the account number {number!r} is empty, not printable, or longer than {NUMBER_CHARACTERS_MAX}"
    return ""


def derived_name(number: str, name: str, kind: AccountKind, taken: Container[str]) -> str:
    """A name that both syntaxes take and that is not taken: 4010 "Travel" gives "Expenses:4010-Travel"."""
    wanted = f"{kind.value}:{_component(f'{number} {name}')}"
    if wanted not in taken:
        return wanted
    return next(other for extra in count(2) if (other := f"{wanted}-{extra}") not in taken)


def derived_below(parent: str, number: str, name: str, taken: Container[str]) -> str:
    """The name of a vendor's own account: V1001 "Gadget Store" gives "Liabilities:6800:V1001-Gadget-Store"."""
    wanted = f"{parent}:{_component(f'{number} {name}')}"
    if wanted not in taken:
        return wanted
    return next(other for extra in count(2) if (other := f"{wanted}-{extra}") not in taken)


def vendor_number_problem(number: str) -> str:
    """Why the text cannot stand in the books as a vendor's number, or empty text."""
    if number_problem(number):
        return f"the vendor number {number!r} is empty, not printable, or longer than {NUMBER_CHARACTERS_MAX}"
    if not any(_may_follow(sign) and sign != "-" for sign in number):
        return f"the vendor number {number!r} has no letter and no digit to name an account after"
    return ""


def beancount_problem(name: str) -> str:
    """Why beancount would not take the account name, or empty text.

    https://beancount.github.io/docs/beancount_language_syntax.html (accounts)
    """
    root, *rest = name.split(":")
    if root not in set(AccountKind) or not rest:
        return f"{name!r} does not start with one of {', '.join(AccountKind)} and a colon"
    for component in rest:
        if not component or not _may_start(component[0]) or not all(_may_follow(sign) for sign in component):
            return (
                f"the part {component!r} of {name!r} is not a capital letter or digit, then letters, digits or dashes"
            )
    return ""


def hledger_problem(name: str) -> str:
    """Why hledger would not take the account name, or empty text.

    https://hledger.org/hledger.html#account-names
    """
    if not name or name != name.strip() or "  " in name or not all(part.strip() for part in name.split(":")):
        return f"{name!r} has an empty part, or spaces that hledger reads as the end of the name"
    if not name.replace(" ", "").isprintable() or _FORBIDDEN_IN_HLEDGER & set(name):
        return f"{name!r} has a character that means something else to hledger"
    return ""


def _component(text: str) -> str:
    kept = "".join(sign if _may_follow(sign) else " " for sign in unicodedata.normalize("NFC", text))
    joined = "-".join(kept.replace("-", " ").split())[:_COMPONENT_CHARACTERS_MAX].rstrip("-")
    capital = joined[:1].upper() + joined[1:]
    return capital if capital and _may_start(capital[0]) else f"X{joined}"


def _may_start(sign: str) -> bool:
    return unicodedata.category(sign) in {"Lu", "Nd"}


def _may_follow(sign: str) -> bool:
    return sign == "-" or unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}
