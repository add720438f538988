from hypothesis import given
from hypothesis import strategies as st

from bilag.app.timetable import Timetable
from bilag.lifecycle.wake import Pause


def pause(shortest: float, longest: float) -> Pause:
    return Pause(seconds_min=shortest, seconds_max=longest)


def all_due(table: Timetable, now: float) -> list[str]:
    found = []
    while (name := table.take_due(now)) is not None:
        found.append(name)
    return found


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 100), max_size=30), st.floats(0, 100))
def test_everybody_comes_when_due_in_order_and_once(waits: dict[str, float], now: float) -> None:
    table = Timetable()
    for name, seconds in waits.items():
        table.put(name, 0.0, pause(0.0, seconds))
    due = all_due(table, now)
    assert sorted(due) == sorted(name for name, seconds in waits.items() if seconds <= now)
    assert [waits[name] for name in due] == sorted(waits[name] for name in due)
    later = [seconds for seconds in waits.values() if seconds > now]
    assert table.seconds_to_next(now) == (min(later) - now if later else None)


def test_woken_one_comes_as_soon_as_its_pause_lets_and_only_once() -> None:
    table = Timetable()
    table.put("a", 0.0, pause(5.0, 300.0))
    table.wake("a")
    table.wake("a")
    assert all_due(table, 4.9) == []
    assert table.seconds_to_next(4.0) == 1.0
    assert all_due(table, 5.0) == ["a"]
    assert all_due(table, 1000.0) == []


def test_one_that_is_woken_during_its_look_comes_again_after_it() -> None:
    table = Timetable()
    table.put("a", 0.0, pause(0.0, 0.0))
    assert all_due(table, 0.0) == ["a"]
    table.wake("a")
    table.put("a", 10.0, pause(1.0, 300.0))
    assert all_due(table, 11.0) == ["a"]
    table.put("a", 11.0, pause(1.0, 300.0))
    assert table.seconds_to_next(11.0) == 300.0
