"""Several supervisors review one call blind to each other, and see how far they agree."""

from typing import Any

import pytest

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.quality.calibrating import (
    NewCalibration,
    agreement_on,
    begin_calibration,
    close_calibration,
    close_when_done,
    lock_calibration,
)
from hotline.quality.queries import feedback_for, permitted_review, reviews_for
from hotline.quality.sample import ticket_of
from hotline.quality.service import ReviewGiven, give_feedback, lock_review, write_review
from hotline.storage.tables import Calibration, Call, CallReview, QualityMonth
from tests.hotline.quality.conftest import QualityScene
from tests.hotline.quality.test_reviewing import FULL, assigned, written

pytestmark = pytest.mark.anyio


async def begun(scene: QualityScene, **other: Any) -> str:
    """Of one of the calls that were drawn."""
    new = NewCalibration(**{"line_id": "youth", "reviewers": ["he", "sun"], "by_id": "he", **other})
    async with scene.database.work() as work:
        return (await begin_calibration(work, new, at=scene.now)).id


async def calls_drawn(scene: QualityScene, *calls: str, counselor: str = "li") -> None:
    for call in calls:
        await scene.call(call, counselor, imminent=True)
    await scene.looks()


async def reviews(scene: QualityScene, who: str, **points: int) -> None:
    """Somebody writes their own of the calibration."""
    found: list[CallReview] = await scene.all(CallReview)
    own = next(one for one in found if one.calibration_id and one.reviewer_id == who)
    await scene.reads(who, own.call_id)
    async with scene.database.work() as work:
        row = await lock_review(work, own.id)
        given = ReviewGiven(scores={**FULL, **points}, words="", by_id=who)
        await write_review(work, scene.vault, row, given, at=scene.now)
        await work.flush()
        await close_when_done(work, str(row.calibration_id), at=scene.now)


async def test_it_is_closed_when_the_last_has_reviewed_it(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")
    await begun(scene)

    await reviews(scene, "he")
    assert (await scene.all(Calibration))[0].closed_at is None
    await reviews(scene, "sun", opening=0)

    assert (await scene.all(Calibration))[0].closed_at == scene.now
    async with scene.database.work() as work:
        found = await agreement_on(work, ["youth"], since=scene.ago(days=1))
    assert found.distance["opening"] == 1
    assert found.distance["record"] == 0
    assert {one.reviewer_id: one.lean for one in found.reviewers} == {
        "he": pytest.approx(1 / 6),
        "sun": pytest.approx(-1 / 6),
    }


async def test_until_then_nobody_sees_what_another_gave(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")
    await begun(scene)
    await reviews(scene, "he")
    of_he = next(one for one in await scene.all(CallReview) if one.calibration_id and one.total)

    async with scene.database.work() as work:
        seen = await reviews_for(work, scene.who("sun"), at=scene.now)
        assert all(one.total is None for one in seen)
        assert of_he.id not in {one.id for one in seen}
        with pytest.raises(NotFound):
            await permitted_review(work, await lock_review(work, of_he.id), scene.who("sun"))
        assert not (await agreement_on(work, ["youth"], since=scene.ago(days=1))).reviewers


async def test_nor_does_anybody_review_the_call_beside_it(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")
    await begun(scene)
    own = (await scene.review_of("c1")).id
    await assigned(scene, own)
    await scene.reads("he", "c1")

    with pytest.raises(IllegalMove, match="blind"):
        await written(scene, own)


async def test_it_is_written_once_and_no_feedback_to_anybody(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")
    await begun(scene)
    await reviews(scene, "he")
    row = next(one for one in await scene.all(CallReview) if one.total)

    with pytest.raises(IllegalMove, match="written once"):
        await reviews(scene, "he", opening=0)
    with pytest.raises(IllegalMove, match="no feedback"):
        async with scene.database.work() as work:
            await give_feedback(work, await lock_review(work, row.id), by_id="he", at=scene.now)
    async with scene.database.work() as work:
        assert await feedback_for(work, scene.who("li"), at=scene.now) == []


async def test_the_lot_takes_none_in_which_one_of_them_had_a_part(scene: QualityScene) -> None:
    await calls_drawn(scene, "of-sun", counselor="sun")

    with pytest.raises(IllegalMove, match="No call"):
        await begun(scene)
    await calls_drawn(scene, "of-li")
    await begun(scene)

    assert (await scene.all(Calibration))[0].call_id == "of-li"


async def test_the_lot_takes_no_call_that_was_erased(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")
    await scene.change(Call, "c1", erased_at=scene.now)

    with pytest.raises(IllegalMove, match="No call"):
        await begun(scene)


async def test_a_call_is_calibrated_once_and_not_after_somebody_reviewed_it(
    scene: QualityScene,
) -> None:
    await calls_drawn(scene, "c1", "c2")
    await begun(scene, call_id="c1")

    with pytest.raises(Invalid, match="reviewed already"):
        await begun(scene, call_id="c1")
    own = (await scene.review_of("c2")).id
    await assigned(scene, own)
    await scene.reads("he", "c2")
    await written(scene, own)
    with pytest.raises(Invalid, match="reviewed already"):
        await begun(scene, call_id="c2")


async def test_it_needs_two_who_may_review(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")

    with pytest.raises(Invalid, match="two reviewers"):
        await begun(scene, reviewers=["he", "he"])
    with pytest.raises(Invalid, match="Choose a supervisor"):
        await begun(scene, reviewers=["he", "wong"])


async def test_it_can_be_closed_without_who_does_not_come_to_it(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1")
    calibration = await begun(scene)
    await reviews(scene, "he")

    async with scene.database.work() as work:
        row = await lock_calibration(work, calibration)
        await close_calibration(work, row, at=scene.now)
        with pytest.raises(IllegalMove, match="closed already"):
            await close_calibration(work, row, at=scene.now)

    left = [one for one in await scene.all(CallReview) if one.calibration_id]
    assert [one.reviewer_id for one in left] == ["he"]


async def test_the_lowest_ticket_of_the_newest_month_is_taken(scene: QualityScene) -> None:
    await calls_drawn(scene, "c1", "c2", "c3")
    [month] = await scene.all(QualityMonth)
    await begun(scene)

    first = min(("c1", "c2", "c3"), key=lambda call: ticket_of(month.seed, call))
    assert (await scene.all(Calibration))[0].call_id == first
