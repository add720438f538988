import pytest

from bilag.adapters.webhooks.refused_tally import TOLD_EVERY_SECONDS, RefusedTally
from tests.lifecycle.fake_clock import FakeClock


def test_flood_of_refusals_is_a_line_a_minute_and_none_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    tally = RefusedTally(clock)
    for _ in range(600):
        tally.add("no signature")
        clock.advance(TOLD_EVERY_SECONDS / 300)
    tally.tell()
    tally.tell()

    texts = [record.getMessage() for record in caplog.records]
    assert len(texts) == 3
    assert sum(int(text.partition("=")[2].partition(",")[0]) for text in texts) == 600
