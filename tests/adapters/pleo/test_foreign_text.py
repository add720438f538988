import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bilag.adapters.pleo.foreign_text import UNPRINTABLE_CATEGORIES, one_line


def test_lines_become_one_and_what_cannot_be_seen_goes() -> None:
    assert one_line(" a\r\n\tb\u202ec\x00 \u200b d ", 50) == "a b c d"


def test_long_text_is_cut_and_shows_it() -> None:
    assert one_line("abcdef", 6) == "abcdef"
    assert one_line("abcdefg", 6) == "abcde…"


@given(st.text(st.characters(codec=None)), st.integers(1, 50))
def test_any_text_fits_and_is_printable(text: str, characters_max: int) -> None:
    line = one_line(text, characters_max)

    assert len(line) <= characters_max
    assert not any(unicodedata.category(sign) in UNPRINTABLE_CATEGORIES for sign in line)
