import pytest

from bilag.domain.known_vendor import KnownVendor, VendorDirectory, matching_vendors
from bilag.domain.payables import BooksVendor, VendorKey, VendorQuery

PAPIRHUSET = KnownVendor(
    number="V1",
    name="Papirhuset",
    external_id="ext-1",
    account="44001",
    tax_registration_number="DK12345678",
    employee_code="M001",
    payable_account="2441",
    blocked=True,
    settles_on_posting=True,
)


def found(key: VendorKey, value: str, *vendors: KnownVendor) -> list[str]:
    query = VendorQuery(key=key, value=value, source="test")
    return [vendor.number for vendor in matching_vendors(vendors or (PAPIRHUSET,), query)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (VendorKey.CODE, "V1"),
        (VendorKey.EXTERNAL_ID, "ext-1"),
        (VendorKey.ACCOUNT, "44001"),
        (VendorKey.TAX_REGISTRATION_NUMBER, "DK12345678"),
        (VendorKey.EMPLOYEE_CODE, "M001"),
    ],
)
def test_vendor_is_found_by_the_key_that_was_asked_for_and_no_other(key: VendorKey, value: str) -> None:
    assert [other for other in VendorKey if found(other, value)] == [key]


@pytest.mark.parametrize("key", list(VendorKey))
def test_empty_text_matches_nothing(key: VendorKey) -> None:
    assert found(key, "", KnownVendor(number="V2")) == []


def test_marks_and_case_count_everywhere_but_in_a_tax_number() -> None:
    assert found(VendorKey.TAX_REGISTRATION_NUMBER, "dk-12.34 56 78") == ["V1"]
    assert found(VendorKey.TAX_REGISTRATION_NUMBER, " ", KnownVendor(number="V2")) == []
    assert found(VendorKey.CODE, "v1") == []


def test_every_vendor_that_shares_a_key_is_found() -> None:
    twins = (KnownVendor(number="V1", account="7"), KnownVendor(number="V2", account="7"))
    assert found(VendorKey.ACCOUNT, "7", *twins) == ["V1", "V2"]


def test_answer_says_what_the_books_know() -> None:
    query = VendorQuery(key=VendorKey.CODE, value="V1", source="test")
    known = BooksVendor(number="V1", name="Papirhuset", payable_account="2441", blocked=True, settles_on_posting=True)
    assert matching_vendors([PAPIRHUSET], query) == (known,)


def test_directory_answers_any_number_of_questions() -> None:
    namesake = KnownVendor(number="V2", account="44001")
    directory = VendorDirectory(iter([PAPIRHUSET, namesake]))
    for _ in range(2):
        query = VendorQuery(key=VendorKey.ACCOUNT, value="44001", source="test")
        assert directory.matching(query) == (PAPIRHUSET.in_books(), namesake.in_books())
        assert directory.numbered("V2") == namesake.in_books()
        assert directory.numbered("44001") is None
