from beancount.core.data import Note
from beancount.parser import parser
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.adapters.accounting.plaintext import text_escape as escape
from tests.adapters.accounting.plaintext.any_documents import texts


@settings(deadline=None)
@given(texts)
def test_a_quoted_text_means_itself(text: str) -> None:
    assert escape.unquoted(escape.quoted(text)[1:-1]) == escape.holdable(text)


@settings(deadline=None)
@given(texts)
def test_beancount_reads_a_quoted_text_as_we_mean_it(text: str) -> None:
    entries, errors, _ = parser.parse_string(f"2026-01-01 note Assets:A {escape.quoted(text)}\n")
    assert not errors
    assert [one.comment for one in entries if isinstance(one, Note)] == [escape.holdable(text)]


@settings(deadline=None)
@given(texts)
def test_a_quoted_text_stays_on_its_line(text: str) -> None:
    assert len(escape.quoted(text).splitlines()) == 1


@settings(deadline=None)
@given(texts)
def test_an_exact_tag_gives_the_same_text_back(text: str) -> None:
    value = escape.tag_exact(text)
    assert escape.exact_tag(value) == escape.holdable(text)
    assert not set(value) & set(",[]\n\r\t ")


@settings(deadline=None)
@given(texts)
def test_tags_and_descriptions_stay_on_their_line_and_end_nowhere(text: str) -> None:
    for value in (escape.tag_value(text), escape.tag_link(text)):
        assert len(f"x{value}x".splitlines()) == 1
        assert not set(value) & set(",[]")
    described = escape.description(text)
    assert len(f"x{described}x".splitlines()) == 1
    assert not set(described) & set(";|")


@settings(deadline=None)
@given(texts)
def test_a_link_has_only_signs_that_beancount_takes(text: str) -> None:
    _, errors, _ = parser.parse_string(f'2026-01-01 * "x" ^{escape.link(text)}\n')
    assert not errors


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_different_references_have_different_links(one: str, other: str) -> None:
    if escape.holdable(one) != escape.holdable(other):
        assert escape.link(one) != escape.link(other)


def test_texts_without_anything_special_are_left_alone() -> None:
    assert escape.quoted("Papirhuset ApS") == '"Papirhuset ApS"'
    assert escape.tag_value("Papirhuset ApS") == "Papirhuset ApS"
    assert escape.link("4b1f0c5e.8d2c9b34-1f9e.je1") == "4b1f0c5e.8d2c9b34-1f9e.je1"


def test_direction_marks_become_visible() -> None:
    assert escape.quoted("invoice\u202egpj.exe") == '"invoice\ufffdgpj.exe"'
