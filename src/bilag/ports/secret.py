"""A text that must not be seen: its value comes out only when asked for by name."""

import hmac
from typing import Final, NoReturn, Self

MASK: Final = "***"


class Secret:
    """An API key, a token, a header that holds one. Printing, formatting and logging show a mask.

    It cannot be pickled, so that it does not reach a queue or a crash file by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; call it only where it leaves for the far side."""
        return self._text

    def mask_in(self, text: str) -> str:
        """The other text with every occurrence of this secret masked."""
        return text.replace(self._text, MASK) if self._text else text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return MASK

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
