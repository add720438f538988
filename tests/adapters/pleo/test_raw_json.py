import msgspec
import pytest

from bilag.adapters.pleo.raw_json import entries_of, members_of, text_of


def test_each_look_finds_its_own_kind_only() -> None:
    an_object, a_list, a_text = msgspec.Raw(b'{"a": [1]}'), msgspec.Raw(b'[1, "x"]'), msgspec.Raw(b'"x"')

    assert {key: bytes(raw) for key, raw in (members_of(an_object) or {}).items()} == {"a": b"[1]"}
    assert [bytes(raw) for raw in entries_of(a_list) or ()] == [b"1", b'"x"']
    assert text_of(a_text) == "x"
    assert members_of(a_list) is members_of(a_text) is None
    assert entries_of(an_object) is entries_of(a_text) is None
    assert text_of(an_object) is text_of(a_list) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"[1", b'"\xff"', b'{"\xff": 1}', b"nul"])
def test_what_is_no_json_is_nothing(raw: bytes) -> None:
    assert members_of(msgspec.Raw(raw)) is None
    assert entries_of(msgspec.Raw(raw)) is None
    assert text_of(msgspec.Raw(raw)) is None


def test_what_is_nested_too_deeply_is_said_so() -> None:
    with pytest.raises(RecursionError):
        members_of(msgspec.Raw(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
