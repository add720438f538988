from dataclasses import replace
from pathlib import Path

import pytest

from bilag.adapters.accounting.memory.set_up import CAPABILITIES
from tests.lifecycle.scene import SET_UP, Scene


@pytest.mark.parametrize(("wanted", "taken", "under_way"), [(16, 4, 4), (4, 16, 4), (1, 1, 1)])
def test_no_more_items_are_under_way_than_the_books_take_at_once(
    tmp_path: Path, wanted: int, taken: int, under_way: int
) -> None:
    scene = Scene(tmp_path, replace(SET_UP, capabilities=replace(CAPABILITIES, posts_at_once=taken)))
    scene.items_at_once_max = wanted
    assert scene.desk.items_at_once == under_way


def test_desk_works_with_the_planners_parts(scene: Scene) -> None:
    desk = scene.desk
    assert (desk.settings, desk.books, desk.clock) == (scene.settings, scene.books, scene.clock)
