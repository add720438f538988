import pytest

from bilag.domain.export_job import ItemReport, ItemStatus, JobEvent, JobReport
from bilag.domain.failure import ItemReason, JobReason
from tests.builders import ENTRY


@pytest.mark.parametrize("status", [ItemStatus.PENDING, ItemStatus.ABANDONED])
def test_an_item_is_reported_as_ended_or_as_being_worked_on(status: ItemStatus) -> None:
    with pytest.raises(AssertionError):
        ItemReport(entry_id=ENTRY, status=status)


def test_a_failed_item_has_a_reason_type_and_a_successful_one_has_none() -> None:
    with pytest.raises(AssertionError):
        ItemReport(entry_id=ENTRY, status=ItemStatus.FAILED)
    with pytest.raises(AssertionError):
        ItemReport(entry_id=ENTRY, status=ItemStatus.SUCCESSFUL, failure_reason_type=ItemReason.VALIDATION_FAILURE)


def test_a_job_is_closed_with_a_closing_event_and_a_reason_only_when_it_failed() -> None:
    with pytest.raises(AssertionError):
        JobReport(event=JobEvent.STARTED)
    with pytest.raises(AssertionError):
        JobReport(event=JobEvent.FAILED)
    with pytest.raises(AssertionError):
        JobReport(event=JobEvent.COMPLETED, failure_reason_type=JobReason.VALIDATION_FAILURE)
    with pytest.raises(AssertionError):
        JobReport(event=JobEvent.COMPLETED_WITH_ERRORS, failure_reason_type=JobReason.VALIDATION_FAILURE)
