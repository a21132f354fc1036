"""Which parts of the floor a change moves."""

import pytest

from hotline.web.pages.floor_parts import MOVED, PARTS, WALL, moved


@pytest.mark.parametrize("topic", MOVED)
def test_a_change_moves_some_parts_and_a_gap_all(topic: str) -> None:
    assert 0 < len(moved([topic], PARTS)) < len(PARTS)
    assert moved([topic, "resync"], PARTS) == PARTS
    assert set(MOVED[topic]) <= {*PARTS, *WALL}


def test_what_the_floor_does_not_show_moves_nothing() -> None:
    assert moved(["reading", "case"], PARTS) == ()
