"""A topic or a district that doubles is named with its numbers; what is as always is not."""

from datetime import timedelta

import pytest

from hotline.reports.change_point import LOOKED_AT_DAYS, NEEDED
from hotline.reports.changes import Increase, read_changes
from tests.hotline.reports.conftest import FiguresScene

pytestmark = pytest.mark.anyio
A_DAY = timedelta(days=1)


async def found(scene: FiguresScene, *lines: str) -> list[Increase]:
    async with scene.database.work() as work:
        return await read_changes(work, lines, at=scene.clock.now())


@pytest.fixture
async def grown(scene: FiguresScene) -> FiguresScene:
    """One call a day about the family from Tianhe, and for four days eight of them."""
    now = scene.clock.now()
    for n in range(1, NEEDED.days + 5):
        for k in range(8 if n <= 4 else 1):
            await scene.came(f"{n}-{k}", arrived_at=now - n * A_DAY, place_code="440106")
            await scene.recorded(f"{n}-{k}", "family.general", "family.siblings")
    return scene


async def test_a_topic_and_a_district_that_became_more_are_named(grown: FiguresScene) -> None:
    changes = await found(grown, "youth")

    assert {(one.kind.value, one.key) for one in changes} == {
        ("topic", "family"),
        ("place", "440106"),
    }
    for one in changes:
        assert (one.point.days, one.point.observed) == (4, 32)
        assert one.point.expected == pytest.approx(4, abs=0.5)


async def test_nothing_is_named_of_another_line_or_of_none(grown: FiguresScene) -> None:
    assert await found(grown, "legal") == []
    assert await found(grown) == []


async def test_a_line_that_began_lately_is_not_measured(scene: FiguresScene) -> None:
    for n in range(1, LOOKED_AT_DAYS):
        await scene.came(str(n), arrived_at=scene.clock.now() - n * A_DAY, place_code="440106")

    assert await found(scene, "youth") == []
