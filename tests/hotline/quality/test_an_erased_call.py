"""Nobody owes a review of a call that was erased, and the lot can still be proved."""

import pytest

from hotline.errors import IllegalMove
from hotline.quality.queries import proof_of, samples_of_lines
from hotline.rights.erasing import ErasureOrder, erase_call
from hotline.staff.actor import SYSTEM
from hotline.storage.tables import Calibration, Call, CallReview, QualityMonth
from tests.hotline.quality.conftest import QualityScene
from tests.hotline.quality.test_calibrating import begun, calls_drawn, reviews
from tests.hotline.quality.test_reviewing import assigned

pytestmark = pytest.mark.anyio


async def erased(scene: QualityScene, call_id: str) -> None:
    order = ErasureOrder(why="retention", by=SYSTEM, at=scene.now, kept_days=1096)
    async with scene.database.work() as work:
        await erase_call(work, await work.get_one(Call, call_id), order)


async def test_its_owed_review_is_withdrawn_and_the_lot_still_holds(scene: QualityScene) -> None:
    await scene.call("c1")
    await scene.next_month()
    review_id = (await scene.review_of("c1")).id

    await erased(scene, "c1")

    review = await scene.review_of("c1")
    assert (review.state, review.history[-1]["why"]) == ("withdrawn", "call_erased")
    with pytest.raises(IllegalMove, match="was erased"):
        await assigned(scene, review_id)
    [month] = [one for one in await scene.all(QualityMonth) if one.drawn_at]
    async with scene.database.work() as work:
        assert (await proof_of(work, month.id, scene.who("he"))).holds
        samples = await samples_of_lines(work, ["youth"])
    [sample] = [one for one in samples if one.drawn_at]
    assert (sample.drawn, sample.by_lot_done, sample.withdrawn) == (1, 0, 1)


async def test_a_call_that_was_erased_before_its_month_was_drawn_is_owed_no_review(
    scene: QualityScene,
) -> None:
    await scene.call("c1")
    await erased(scene, "c1")

    await scene.next_month()

    assert (await scene.review_of("c1")).state == "withdrawn"


async def test_its_calibration_is_over_with_those_who_have_reviewed_it(
    scene: QualityScene,
) -> None:
    await calls_drawn(scene, "c1")
    await begun(scene)
    await reviews(scene, "he")

    await erased(scene, "c1")

    rows: list[CallReview] = await scene.all(CallReview)
    assert {one.reviewer_id: one.state for one in rows if one.calibration_id} == {
        "he": "reviewed",
        "sun": "withdrawn",
    }
    assert (await scene.all(Calibration))[0].closed_at == scene.now
