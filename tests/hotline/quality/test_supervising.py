"""Whose supervision is due or late, and sessions that are written down."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.errors import Forbidden, Invalid
from hotline.quality.certificates import Noting, note_course
from hotline.quality.model import SupervisionWay
from hotline.quality.policy import MONTHLY, WEEKLY
from hotline.quality.supervising import (
    SessionHeld,
    SupervisedRow,
    note_session,
    supervision_of,
    supervision_of_lines,
)
from hotline.storage.tables import SupervisionSession
from tests.hotline.quality.conftest import QualityScene

pytestmark = pytest.mark.anyio


async def listed(scene: QualityScene) -> dict[str, SupervisedRow]:
    async with scene.database.work() as work:
        rows = await supervision_of_lines(work, ["youth"], at=scene.now)
    return {row.staff_id: row for row in rows}


async def held(scene: QualityScene, with_: str = "li", by: str = "he", **other: Any) -> None:
    session = SessionHeld(
        **{"staff_id": with_, "by_id": by, "way": SupervisionWay.ALONE, "minutes": 50,
           "held_at": scene.now, **other}
    )  # fmt: skip
    async with scene.database.work() as work:
        await note_session(work, session, noted_by_id="he", at=scene.now)


async def test_everybody_who_takes_calls_is_listed_who_is_late_first(scene: QualityScene) -> None:
    await scene.call("old", "li", at=scene.ago(days=200))
    await scene.call("new", "wong", at=scene.ago(days=5))

    rows = await listed(scene)

    assert list(rows) == ["li", "wong", "sun"]  # who only supervises is none of them
    assert rows["li"].overdue
    assert rows["wong"].soon
    assert not rows["wong"].overdue
    assert rows["sun"].due is None  # has not begun


async def test_a_session_that_was_held_moves_it_on(scene: QualityScene) -> None:
    await scene.call("old", "li", at=scene.ago(days=200))
    await scene.call("new", "wong", at=scene.ago(days=20))
    for person in ("li", "wong"):
        await held(scene, person)

    rows = await listed(scene)

    assert rows["li"].due is not None
    assert rows["li"].due.due_at == scene.now + MONTHLY
    assert rows["wong"].due is not None
    assert rows["wong"].due.due_at == scene.now + WEEKLY


async def test_who_came_with_courses_done_long_ago_is_not_new(scene: QualityScene) -> None:
    await scene.call("first-here", "li")
    day = (scene.now - timedelta(days=400)).date()
    async with scene.database.work() as work:
        noting = Noting(staff_id="li", by_id="he", at=scene.now)
        await note_course(work, noting, title="岗前培训", hours=40, done_on=day)
    await held(scene)

    async with scene.database.work() as work:
        row = await supervision_of(work, "li", at=scene.now)

    assert row.due is not None
    assert row.due.every == MONTHLY


async def test_a_session_keeps_who_with_whom_and_when_and_no_word_of_it(
    scene: QualityScene,
) -> None:
    await held(scene, held_at=scene.ago(days=1))

    [row] = await scene.all(SupervisionSession)
    assert (row.staff_id, row.by_id, row.held_at) == ("li", "he", scene.ago(days=1))
    assert not {name for name in SupervisionSession.model_fields if "words" in name}


async def test_nobody_supervises_themselves_or_ahead_of_time(scene: QualityScene) -> None:
    with pytest.raises(Invalid, match="somebody else"):
        await held(scene, "sun", "sun")
    with pytest.raises(Forbidden):
        await held(scene, "he", "sun")
    with pytest.raises(Invalid, match="not ahead"):
        await held(scene, held_at=scene.now + timedelta(minutes=1))
