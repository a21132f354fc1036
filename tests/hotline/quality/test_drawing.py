"""The lot of a month: published while it runs, drawn when it is over, and proved afterwards."""

import pytest

from hotline.quality.drawing import draw_month
from hotline.quality.queries import proof_of, samples_of_lines
from hotline.quality.sample import digest_of, draw, seed_of
from hotline.storage.tables import CallReview, QualityMonth, QualitySalt, Record
from tests.hotline.quality.conftest import QualityScene

pytestmark = pytest.mark.anyio


async def test_the_seed_of_a_month_is_kept_while_it_runs(scene: QualityScene) -> None:
    await scene.looks()

    [salt], [month] = await scene.all(QualitySalt), await scene.all(QualityMonth)
    assert (month.month, month.published_at, month.drawn_at) == ("2026-03", scene.now, None)
    assert month.seed == seed_of(salt.salt, "2026-03", "youth")


async def test_it_is_published_once_whoever_looks_again(scene: QualityScene) -> None:
    await scene.looks()
    before = await scene.all(QualityMonth)
    await scene.looks()

    assert [one.seed for one in await scene.all(QualityMonth)] == [one.seed for one in before]


async def test_five_of_a_hundred_are_drawn_when_the_month_is_over_and_no_call_before(
    scene: QualityScene,
) -> None:
    for number in range(41):
        await scene.call(f"c{number}")
    await scene.looks()
    assert await scene.all(CallReview) == []

    await scene.next_month()

    reviews = await scene.all(CallReview)
    month = next(one for one in await scene.all(QualityMonth) if one.month == "2026-03")
    calls = [f"c{number}" for number in range(41)]
    assert {one.call_id for one in reviews} == set(draw(month.seed, calls, ()).by_lot)
    assert (len(reviews), month.population, month.drawn) == (3, 41, 3)
    assert month.digest == digest_of(calls)


async def test_what_was_no_counselling_is_no_part_of_it_and_what_nobody_wrote_is(
    scene: QualityScene,
) -> None:
    await scene.call("prank", contact="test")
    await scene.call("hung-up", contact=None, outcome="hung_up")
    await scene.call("other-line-not-there", contact="silent")
    await scene.call("unwritten", contact=None)
    await scene.call("draft", contact="")

    await scene.next_month()

    month = next(one for one in await scene.all(QualityMonth) if one.month == "2026-03")
    assert month.digest == digest_of(["unwritten", "draft"])


async def test_calls_of_another_month_are_not_in_it(scene: QualityScene) -> None:
    await scene.call("february", at=scene.ago(days=2))
    await scene.call("march")

    await scene.next_month()

    assert [one.call_id for one in await scene.all(CallReview)] == ["march"]


async def test_every_imminent_call_waits_for_a_review_as_soon_as_it_is_over(
    scene: QualityScene,
) -> None:
    for number in range(30):
        await scene.call(f"c{number}", imminent=number % 10 == 0)

    await scene.looks()

    reviews = await scene.all(CallReview)
    assert {one.call_id for one in reviews} == {"c0", "c10", "c20"}
    assert all(one.imminent and not one.by_lot for one in reviews)


async def test_a_call_that_is_drawn_twice_is_reviewed_once(scene: QualityScene) -> None:
    await scene.call("only", imminent=True)
    await scene.looks()

    await scene.next_month()

    [review] = await scene.all(CallReview)
    assert review.by_lot
    assert review.imminent


async def test_a_lot_is_drawn_once(scene: QualityScene) -> None:
    await scene.call("first")
    await scene.next_month()
    month = next(one for one in await scene.all(QualityMonth) if one.drawn_at)
    await scene.call("later", at=scene.ago(days=32))

    async with scene.database.work() as work:
        await draw_month(work, month.id, at=scene.now)

    assert [one.call_id for one in await scene.all(CallReview)] == ["first"]


async def test_anybody_can_check_what_was_drawn(scene: QualityScene) -> None:
    for number in range(25):
        await scene.call(f"c{number:02d}")
    await scene.next_month()
    month = next(one for one in await scene.all(QualityMonth) if one.drawn_at)

    async with scene.database.work() as work:
        proof = await proof_of(work, month.id, scene.who("he"))

    assert proof.holds
    assert proof.same_calls
    assert proof.by_lot == list(draw(proof.seed, proof.calls, ()).by_lot)


async def test_it_shows_when_the_calls_of_the_month_are_others_since(scene: QualityScene) -> None:
    await scene.call("one")
    await scene.call("two")
    await scene.next_month()
    await scene.change(Record, "one", contact_type="test")
    month = next(one for one in await scene.all(QualityMonth) if one.drawn_at)

    async with scene.database.work() as work:
        proof = await proof_of(work, month.id, scene.who("he"))

    assert not proof.same_calls


async def test_the_progress_of_each_month_is_told(scene: QualityScene) -> None:
    for number in range(21):
        await scene.call(f"c{number}", imminent=number == 0)
    await scene.next_month()

    async with scene.database.work() as work:
        running, over = await samples_of_lines(work, ["youth"])

    assert (running.month, running.drawn_at, running.population) == ("2026-04", None, 0)
    assert (over.month, over.population, over.drawn) == ("2026-03", 21, 2)
    assert (over.by_lot_done, over.imminent, over.imminent_done) == (0, 1, 0)
