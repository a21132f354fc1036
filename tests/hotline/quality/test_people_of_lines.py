"""Whoever looks after quality sees people of their own lines, and of no line nobody."""

import pytest

from hotline.quality.queries import people_of_lines
from hotline.quality.supervising import supervision_of_lines
from tests.hotline.quality.conftest import PEOPLE, QualityScene

pytestmark = pytest.mark.anyio


async def test_people_of_a_line_are_seen_by_its_supervisors(scene: QualityScene) -> None:
    async with scene.database.work() as work:
        assert await people_of_lines(work, ["other"]) == {}
        assert set(await people_of_lines(work, ["other", "youth"])) == set(PEOPLE)


async def test_whoever_has_no_line_sees_nobody(scene: QualityScene) -> None:
    async with scene.database.work() as work:
        assert await people_of_lines(work, ()) == {}
        assert await supervision_of_lines(work, (), at=scene.now) == []
