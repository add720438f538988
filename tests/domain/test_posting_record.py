from dataclasses import replace

import pytest

from bilag.domain.failure import Failure, FailureCode
from bilag.domain.posting_record import Part, PostingKey
from tests.builders import COMPANY, ENTRY, an_outcome

KEY = PostingKey(company_id=COMPANY, entry_id=ENTRY, part=Part.JOURNAL_ENTRY, generation=1)


def test_the_external_reference_holds_the_whole_entry_id_and_stays_short() -> None:
    assert KEY.external_reference == f"4b1f0c5e.{ENTRY}.je1"
    assert len(replace(KEY, generation=999).external_reference) <= 51


def test_every_part_and_generation_has_a_reference_of_its_own() -> None:
    keys = [replace(KEY, part=part, generation=generation) for part in Part for generation in (1, 2, 12)]
    assert len({key.external_reference for key in keys}) == len(keys)


@pytest.mark.parametrize("warnings", [(), ("Booked without a receipt.",)])
def test_warnings_do_not_make_an_outcome_fail(warnings: tuple[str, ...]) -> None:
    assert an_outcome(warnings=warnings).successful


def test_failures_do() -> None:
    failure = Failure(code=FailureCode.AMOUNT_ZERO, path="amount", message="Nothing.", remedy="Delete it.")
    assert not an_outcome(failures=(failure,)).successful
