from hypothesis import given
from hypothesis import strategies as st

from bilag.simulator.companies import Company
from bilag.simulator.item_rows import ItemRows
from bilag.simulator.jobs import ItemReport, Job, JobOptions
from bilag.simulator.terms import ItemStatus
from tests.simulator.builders import NOON, DrawnExpenses


@given(
    statuses=st.lists(st.sampled_from(ItemStatus), min_size=1, max_size=30),
    wanted=st.none() | st.sampled_from(ItemStatus),
    start=st.integers(min_value=0, max_value=31),
)
def test_filtered_places_are_those_of_a_plain_scan(
    statuses: list[ItemStatus], wanted: ItemStatus | None, start: int
) -> None:
    company = Company(DrawnExpenses(len(statuses)))
    job = Job("job", company, range(len(statuses)), number=0, options=JobOptions(), created_at=NOON)
    for place, status in enumerate(statuses):
        job.report_item(place, ItemReport(status=status), NOON)
    rows = ItemRows(job, wanted)
    matching = [place for place, status in enumerate(statuses) if wanted in {None, status}]

    assert list(rows.upward(min(start, len(rows)))) == [place for place in matching if place >= start]
    assert list(rows.downward(min(start, len(rows)))) == [place for place in reversed(matching) if place < start]
    assert rows.total() == len(matching)
