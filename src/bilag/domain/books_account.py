"""An account as the books know it."""

from dataclasses import dataclass

from bilag.domain.money import Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksAccount:
    """Number, name and state of a GL account. `currencies` empty means any currency may be posted."""

    number: str
    name: str
    closed: bool = False
    currencies: frozenset[Currency] = frozenset()
