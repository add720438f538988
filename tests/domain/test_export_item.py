import pytest

from bilag.domain.export_item import NO_CATEGORY_ID, MalformedItem, MappedAccount
from tests.builders import OFFICE


@pytest.mark.parametrize(
    ("code", "identifier", "number"),
    [
        ("6010", "gl-17", "6010"),
        ("6010", None, "6010"),
        (None, "gl-17", "gl-17"),
        ("", "gl-17", "gl-17"),
        (None, None, None),
        ("", "", None),
    ],
)
def test_an_account_is_known_by_its_code_then_by_its_identifier(
    code: str | None, identifier: str | None, number: str | None
) -> None:
    assert MappedAccount(id=OFFICE.id, name="Office supplies", code=code, identifier=identifier).number == number


def test_the_all_zero_category_has_no_account_whatever_else_it_says() -> None:
    assert MappedAccount(id=NO_CATEGORY_ID, name="None", code="6010", identifier="gl-17").number is None


def test_a_malformed_item_says_what_is_wrong_with_it() -> None:
    with pytest.raises(AssertionError):
        MalformedItem(entry_id="8d2c9b34", failures=())
