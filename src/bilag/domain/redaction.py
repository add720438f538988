"""Redaction: what nobody is to read in a log, an error text or a reason, taken out of it. Pure.

Names come first: whatever stands under the name of a secret goes. Then come forms: authorisation headers, tokens, bank
account numbers (ISO 13616), payment card numbers (ISO/IEC 7812) and mail addresses.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

MASK: Final = "***"
BANK_ACCOUNT: Final = "[bank account]"
CARD: Final = "[card]"
MAIL: Final = "[mail]"

_NAMES_THAT_HIDE: Final = (
    r"(?:authorization|api[-_]?key|apikey|token|secret|password|passwd|passphrase|private[-_]?key|master[-_]?key"
    r"|cookie|signature|credential)"
)
_IS_SECRET_NAME: Final = re.compile(rf"{_NAMES_THAT_HIDE}s?$", re.IGNORECASE)
_IBAN_CHARACTERS: Final = range(15, 35)
# Letters count as two digits: ISO 13616 holds when the rearranged number leaves 1 after division by 97.
_IBAN_DIVISOR: Final = 97

_Replacement: TypeAlias = str | Callable[[re.Match[str]], str]


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret, whatever it looks like: "api_key", "webhookSecret", "Authorization"."""
    return _IS_SECRET_NAME.search(name) is not None


def redacted(text: str) -> str:
    """The text without secrets and personal data that can be known by their form. Doing it twice changes nothing."""
    for form, replacement in _FORMS:
        text = form.sub(replacement, text)
    return text


def redacted_field(name: str, text: str) -> str:
    """The value of a named field: masked as a whole under the name of a secret, else searched."""
    return MASK if text and is_secret_name(name) else redacted(text)


def _bank_account(found: re.Match[str]) -> str:
    """Capitals in the printed form are believed; anything else has to pass the check."""
    text = found[0]
    return BANK_ACCOUNT if text.upper() == text or _is_iban(text.replace(" ", "").upper()) else text


def _is_iban(characters: str) -> bool:
    if len(characters) not in _IBAN_CHARACTERS:
        return False
    return int("".join(str(int(c, 36)) for c in characters[4:] + characters[:4])) % _IBAN_DIVISOR == 1


def _card(found: re.Match[str]) -> str:
    digits = [int(character) for character in found[0] if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]  # noqa: PLR2004  Luhn: the sum of its digits
    return CARD if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]


# In this order: what has a name or a scheme before it, then what is known by its own form. Each begins at the beginning
# of a word and takes what it takes at once, so that a long text costs time in proportion to its length.
_FORMS: Final[tuple[tuple[re.Pattern[str], _Replacement], ...]] = (
    (
        re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*+(?:-----END [A-Z ]{0,40}-----)?"),
        MASK,
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,8}(?=[\w.~+/=-]*[\d=+/_])[\w.~+/=-]{6,}+"), rf"\1 {MASK}"),
    (
        re.compile(
            rf"(?i)({_NAMES_THAT_HIDE}s?)(=\s?+[\"']?+|[\"']\s{{0,4}}+:\s{{0,4}}+[\"']|:(?=\S))(?!\{{)[^\s\"',;&]{{4,}}+"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(rf"(?i)({_NAMES_THAT_HIDE}s?:\s{{1,4}}+)(?=\S{{0,256}}?\d)[^\s,;]{{8,}}+"), rf"\1{MASK}"),
    (re.compile(r"(?<=://)[^/\s@:]{0,256}+:[^/\s@]{1,256}+@"), f"{MASK}@"),
    (re.compile(r"\bwhsec_[\w+/=-]++"), MASK),
    (re.compile(r"\beyJ[\w-]{4,}+\.[\w-]{4,}+\.[\w-]*+"), MASK),
    (
        re.compile(r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?\b"),
        _bank_account,
    ),
    (re.compile(r"(?<![\w-])[2-6]\d{3}(?:[ -]?\d){8,15}(?![\w-])"), _card),
    (re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+)++"), MAIL),
)
