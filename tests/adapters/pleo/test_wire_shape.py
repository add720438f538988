import msgspec
import pytest

from bilag.adapters.pleo.wire_item_reading import item_of
from bilag.adapters.pleo.wire_shape import SHAPE_PROBLEMS_MAX
from bilag.domain.export_item import ExportItem, MalformedItem
from bilag.domain.failure import FailureCode, ItemReason
from tests.adapters.pleo.samples import ENTRY, a_line, an_amount, an_item, as_json


def malformed(document: object) -> MalformedItem:
    item = item_of(msgspec.Raw(as_json(document)))
    assert isinstance(item, MalformedItem), item
    return item


def paths(document: object) -> list[str]:
    return [failure.path for failure in malformed(document).failures]


def test_every_problem_is_named_in_one_pass_with_its_path() -> None:
    broken = an_item(
        type=5,
        note=["x"],
        bookkeeping={},
        accountingEntryLines=[
            a_line(),
            a_line(lineAmount=an_amount("12"), tags=[{"id": "t", "code": None}], tax={"id": "x"}),
            "line",
        ],
        files=[{"type": "application/pdf"}],
    )
    del broken["date"]

    assert sorted(paths(broken)) == sorted(
        [
            "date",
            "type",
            "note",
            "bookkeeping.method",
            "accountingEntryLines[1].lineAmount.inSupplierCurrency.value",
            "accountingEntryLines[1].lineAmount.inWalletCurrency.value",
            "accountingEntryLines[1].tags[0].code",
            "accountingEntryLines[1].tags[0].groupCode",
            "accountingEntryLines[1].tax.type",
            "accountingEntryLines[1].tax.rate",
            "accountingEntryLines[1].tax.amount",
            "accountingEntryLines[2]",
            "files[0].url",
        ]
    )


REQUIRED = [
    "accountingEntryId",
    "accountingEntryLines",
    "additionalInformation",
    "amount",
    "companyId",
    "date",
    "type",
]


@pytest.mark.parametrize("field", REQUIRED)
def test_required_field_is_missed_and_may_not_be_null(field: str) -> None:
    without = an_item()
    del without[field]

    assert paths(without) == [field]
    assert paths(an_item(**{field: None})) == [field]


@pytest.mark.parametrize("value", ["12", True, None, [], {}, 1234567890123456789, 1e300])
def test_amount_that_is_no_number_is_malformed(value: object) -> None:
    assert paths(an_item(amount={**an_amount(), "inWalletCurrency": {"currency": "EUR", "value": value}})) == [
        "amount.inWalletCurrency.value"
    ]


def test_malformed_item_keeps_its_id_when_it_can_be_read() -> None:
    assert malformed(an_item(type=None)).entry_id == ENTRY
    assert malformed(an_item(accountingEntryId=5)).entry_id == ""
    for raw in (b"[]", b'"text"', b"5", b"null", b"{}", b"", b"{"):
        item = item_of(msgspec.Raw(raw))
        assert isinstance(item, MalformedItem)
        assert item.entry_id == ""


def test_failure_is_told_to_pleo_as_a_validation_failure_and_says_what_to_do() -> None:
    (failure,) = malformed(an_item(companyId=None)).failures

    assert failure.code is FailureCode.ITEM_MALFORMED
    assert failure.reason_type is ItemReason.VALIDATION_FAILURE
    assert failure.message == "Pleo sent nothing (null) as companyId: a text belongs here."
    assert failure.remedy


def test_number_of_problems_is_bounded() -> None:
    assert len(paths(an_item(accountingEntryLines=[None] * 100_000))) == SHAPE_PROBLEMS_MAX


def test_item_nested_too_deeply_is_malformed() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    whole = as_json(an_item(_links=None, note="NOTE"))

    for raw in (whole.replace(b'"NOTE"', deep), whole[:-1] + b', "novelty": ' + deep + b"}"):
        item = item_of(msgspec.Raw(raw))
        assert isinstance(item, MalformedItem)
        assert "nested too deeply" in item.failures[0].message


def test_item_whose_only_oddity_is_passed_over_is_sound_although_it_nests() -> None:
    nested = b"[" * 200 + b"]" * 200

    item = item_of(msgspec.Raw(as_json(an_item())[:-1] + b', "novelty": ' + nested + b"}"))

    assert isinstance(item, ExportItem)


def test_text_that_is_not_utf8_is_named() -> None:
    item = item_of(msgspec.Raw(as_json(an_item(note="NOTE")).replace(b"NOTE", b"caf\xe9")))

    assert isinstance(item, MalformedItem)
    assert [failure.path for failure in item.failures] == ["note"]
    assert "not UTF-8" in item.failures[0].message
    assert item.entry_id == ENTRY
