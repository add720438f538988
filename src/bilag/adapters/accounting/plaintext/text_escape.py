"""Foreign text on its way into the books: whatever a supplier is called, it stays text.

Quotes, backslashes and line breaks are escaped where the syntax has an escape. Characters that no syntax can hold,
or that make a line read differently from what it says, become the replacement character: control characters,
lone surrogates, and the direction marks of https://www.unicode.org/reports/tr36/ (bidirectional text spoofing).
"""

import hashlib
import re
from typing import Final
from urllib.parse import quote, unquote

_UNHOLDABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_QUOTED: Final = re.compile(r'[\\"\n\r\t]')
# What most texts have none of, in one look.
_NOT_PLAIN: Final = re.compile(f'{_UNHOLDABLE.pattern}|[\\\\"\n\r\t,;|%\\[\\]]|\\s\\s|^\\s|\\s$')
_QUOTED_AS: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_MEANT_BY: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b"}
_SPACES: Final = re.compile(r"\s+")
_LINE_BREAKS: Final = re.compile(r"[\r\n]+")
_LINK: Final = re.compile(r"[A-Za-z0-9\-_/.]+")
_NOT_LINK: Final = re.compile(r"[^A-Za-z0-9\-_/.]")
_LINK_DIGEST_CHARACTERS: Final = 12
_NOT_EXACT: Final = re.compile(r"[%,\[\]\s]")

_DESCRIPTION_AS: Final = str.maketrans({";": ",", "|": "/"})
_TAG_AS: Final = str.maketrans({",": ";", "[": "(", "]": ")"})


def holdable(text: str) -> str:
    """The text without the characters that cannot stand in a text file that people read."""
    return _UNHOLDABLE.sub("\ufffd", text)


def quoted(text: str) -> str:
    """The text as a beancount string, quotes included.

    https://beancount.github.io/docs/beancount_language_syntax.html (strings)
    """
    if _NOT_PLAIN.search(text) is None:
        return f'"{text}"'
    held = _UNHOLDABLE.sub("\ufffd", text)
    return '"' + _QUOTED.sub(lambda found: _QUOTED_AS[found[0]], held) + '"'


def unquoted(inner: str) -> str:
    """What a beancount string means, given what stands between its quotes."""
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda found: _MEANT_BY.get(found[1], found[1]), inner)


def link(reference: str) -> str:
    """The reference as a beancount link: itself where the syntax allows, else a stand-in with a digest."""
    if _LINK.fullmatch(reference):
        return reference
    digest = hashlib.sha256(holdable(reference).encode()).hexdigest()[:_LINK_DIGEST_CHARACTERS]
    return f"{_NOT_LINK.sub('_', reference)}-{digest}"


def description(text: str) -> str:
    """The text as an hledger description, where ";" would start a comment and "|" ends the payee.

    https://hledger.org/hledger.html#transactions
    """
    return _SPACES.sub(" ", holdable(text)).translate(_DESCRIPTION_AS).strip()


def tag_value(text: str) -> str:
    """The text as an hledger tag value, which "," would end and "[...]" could turn into a date.

    https://hledger.org/hledger.html#tags
    """
    if _NOT_PLAIN.search(text) is None:
        return text
    lines = (line.strip() for line in _LINE_BREAKS.split(holdable(text)))
    return " \u21b5 ".join(line for line in lines if line).translate(_TAG_AS)


def tag_link(address: str) -> str:
    """A web address as an hledger tag value; it stays the same address."""
    return _SPACES.sub("%20", holdable(address)).translate(
        _TAG_AS | {ord(","): "%2C", ord("["): "%5B", ord("]"): "%5D"}
    )


def tag_exact(text: str) -> str:
    """An identifier as an hledger tag value, from which `exact_tag` gives back the very same text."""
    return _NOT_EXACT.sub(lambda found: quote(found[0], safe=""), holdable(text))


def exact_tag(value: str) -> str:
    """What `tag_exact` was given."""
    return unquote(value.strip())
