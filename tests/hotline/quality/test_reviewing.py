"""A call is reviewed by somebody who had no part in it, and the counselor is told, and answers."""

import pytest

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.quality.form import default_review_form
from hotline.quality.queries import feedback_for, own_feedback, permitted_review, reviews_for
from hotline.quality.scoring import Scores
from hotline.quality.service import (
    ReviewGiven,
    answer_feedback,
    assign_review,
    give_feedback,
    lock_review,
    read_feedback,
    write_review,
)
from hotline.storage.tables import CallReview, Participant
from tests.hotline.quality.conftest import QualityScene

pytestmark = pytest.mark.anyio

FULL: Scores = {one.key: one.most for one in default_review_form().criteria}


async def drawn(scene: QualityScene, call_id: str = "c1", counselor: str = "li") -> str:
    """A review that waits for a reviewer."""
    await scene.call(call_id, counselor, imminent=True)
    await scene.looks()
    return (await scene.review_of(call_id)).id


async def assigned(scene: QualityScene, review_id: str, to: str = "he") -> None:
    async with scene.database.work() as work:
        review = await lock_review(work, review_id)
        await assign_review(work, review, to, by_id="he", at=scene.now)


async def written(
    scene: QualityScene, review_id: str, by: str = "he", scores: Scores = FULL
) -> CallReview:
    async with scene.database.work() as work:
        review = await lock_review(work, review_id)
        given = ReviewGiven(scores=scores, words="听得很好", by_id=by)
        await write_review(work, scene.vault, review, given, at=scene.now)
        return review


async def told(scene: QualityScene, review_id: str) -> None:
    async with scene.database.work() as work:
        await give_feedback(work, await lock_review(work, review_id), by_id="he", at=scene.now)


async def test_from_the_lot_to_the_counselors_answer(scene: QualityScene) -> None:
    review_id = await drawn(scene)
    await assigned(scene, review_id)
    await scene.reads("he", "c1")
    await written(scene, review_id)
    await told(scene, review_id)

    async with scene.database.work() as work:
        review = await lock_review(work, review_id)
        opened = read_feedback(work, scene.vault, review, by_id="li", at=scene.now)
        await answer_feedback(work, scene.vault, review, "谢谢", by_id="li", at=scene.now)

    assert opened.words == "听得很好"
    done = await scene.review_of("c1")
    assert (done.state, done.total) == ("answered", 100)
    assert [step["what"] for step in done.history] == [
        "assigned",
        "reviewed",
        "given",
        "read",
        "answered",
    ]
    assert "听" not in done.words_sealed
    assert "谢" not in done.answer_sealed


async def test_nobody_reviews_a_call_of_their_own(scene: QualityScene) -> None:
    review_id = await drawn(scene, "of-sun", "sun")

    with pytest.raises(Invalid, match="had a part"):
        await assigned(scene, review_id, "sun")


async def test_nor_one_in_which_they_helped_a_colleague(scene: QualityScene) -> None:
    review_id = await drawn(scene)
    await scene.add(
        Participant(id="p", call_id="c1", role="colleague", state="ended", staff_id="sun",
                    address="", created_at=scene.now, joined_at=scene.now)
    )  # fmt: skip

    with pytest.raises(Invalid, match="had a part"):
        await assigned(scene, review_id, "sun")


async def test_who_only_listened_in_as_a_supervisor_may_review_it(scene: QualityScene) -> None:
    review_id = await drawn(scene)
    await scene.add(
        Participant(id="p", call_id="c1", role="supervisor", state="ended", staff_id="sun",
                    address="", created_at=scene.now, joined_at=scene.now)
    )  # fmt: skip

    await assigned(scene, review_id, "sun")

    assert (await scene.review_of("c1")).reviewer_id == "sun"


async def test_only_supervisors_of_the_line_review(scene: QualityScene) -> None:
    review_id = await drawn(scene)

    with pytest.raises(Invalid, match="Choose a supervisor"):
        await assigned(scene, review_id, "wong")


async def test_nobody_reviews_what_they_have_not_read(scene: QualityScene) -> None:
    review_id = await drawn(scene)
    await assigned(scene, review_id)
    await scene.reads("sun", "c1")

    with pytest.raises(IllegalMove, match="Read the record"):
        await written(scene, review_id)


async def test_only_the_reviewer_writes_and_gives_it(scene: QualityScene) -> None:
    review_id = await drawn(scene)
    await assigned(scene, review_id, "sun")
    await scene.reads("he", "c1")

    with pytest.raises(IllegalMove, match="Somebody else"):
        await written(scene, review_id, "he")
    with pytest.raises(IllegalMove):
        await told(scene, review_id)


async def test_until_it_is_given_it_may_be_written_anew_and_not_after(scene: QualityScene) -> None:
    review_id = await drawn(scene)
    await assigned(scene, review_id)
    await scene.reads("he", "c1")
    await written(scene, review_id)

    again = await written(scene, review_id, scores={**FULL, "opening": 0})
    assert again.total == 90
    await told(scene, review_id)

    with pytest.raises(IllegalMove):
        await written(scene, review_id)
    with pytest.raises(IllegalMove):
        await assigned(scene, review_id, "sun")


async def test_the_counselor_sees_it_once_it_was_given_and_nobody_elses(
    scene: QualityScene,
) -> None:
    review_id = await drawn(scene)
    await assigned(scene, review_id)
    await scene.reads("he", "c1")
    await written(scene, review_id)

    async with scene.database.work() as work:
        assert await feedback_for(work, scene.who("li"), at=scene.now) == []
        with pytest.raises(NotFound):
            own_feedback(await lock_review(work, review_id), scene.who("li"))
    await told(scene, review_id)

    async with scene.database.work() as work:
        [row] = await feedback_for(work, scene.who("li"), at=scene.now)
        assert (row.id, row.total, row.reviewer) == (review_id, 100, "He")
        assert await feedback_for(work, scene.who("wong"), at=scene.now) == []
        with pytest.raises(NotFound):
            own_feedback(await lock_review(work, review_id), scene.who("wong"))


async def test_a_supervisor_does_not_keep_the_review_of_their_own_call(
    scene: QualityScene,
) -> None:
    review_id = await drawn(scene, "of-sun", "sun")

    async with scene.database.work() as work:
        assert await reviews_for(work, scene.who("sun"), at=scene.now) == []
        assert len(await reviews_for(work, scene.who("he"), at=scene.now)) == 1
        with pytest.raises(NotFound):
            await permitted_review(work, await lock_review(work, review_id), scene.who("sun"))


async def test_what_is_late_is_told(scene: QualityScene) -> None:
    await drawn(scene)
    scene.clock.advance(4 * 86400)

    async with scene.database.work() as work:
        [row] = await reviews_for(work, scene.who("he"), at=scene.now)

    assert row.overdue
