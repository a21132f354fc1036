"""Reviews, care of people and satisfaction, over the API."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.quality.form import default_review_form
from hotline.quality.look import QualityLook
from hotline.quality.service import lock_review
from hotline.staff.model import Role
from hotline.storage.tables import (
    Calibration,
    Call,
    Callback,
    CallReview,
    RiskAssessment,
    Staff,
    StaffCourse,
)
from hotline.supervision import RowFaults
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

POINTS = [f"{one.key}:{one.most}" for one in default_review_form().criteria]


async def drawn(scene: ApiScene, call_id: str = "over") -> str:
    """A call of li's in imminent danger is over, and waits for a review; its id."""
    now = scene.clock.now()
    over = {"counselor_id": "li", "joined_at": now, "ended_at": now, "outcome": "talked"}
    await scene.add(
        scene.call(call_id, CallState.ENDED, **over),
        RiskAssessment(call_id=call_id, version=1, kind="chosen", at=now, level="imminent"),
    )
    record = {"contact_type": "self", "disposition": "listened", "narrative": "x"}
    await scene.person("li").does("PUT", f"/calls/{call_id}/record", record)
    await QualityLook(scene.house.database, RowFaults()).look(at=now)
    found: list[CallReview] = await scene.all(CallReview)
    return next(one.id for one in found if one.call_id == call_id)


async def reviewed(scene: ApiScene) -> str:
    """The same, reviewed by he."""
    review_id, he = await drawn(scene), scene.person("he")
    await he.does("POST", f"/quality/reviews/{review_id}/reviewer")
    await he.gets("/calls/over/record")
    scores = {"scores": POINTS, "words": "听得好"}
    told = await he.does("POST", f"/quality/reviews/{review_id}/scores", scores)
    assert told == {"total": 100.0}
    return review_id


async def test_a_review_from_the_sample_to_the_counselors_answer(scene: ApiScene) -> None:
    review_id = await reviewed(scene)
    he, li = scene.person("he"), scene.person("li")
    assert await li.gets("/me/feedback") == []

    await he.does("POST", f"/quality/reviews/{review_id}/feedback")
    [told] = await li.gets("/me/feedback")
    read = await li.does("POST", f"/me/feedback/{review_id}/read")
    await li.does("POST", f"/me/feedback/{review_id}/answer", {"words": "谢谢"})

    assert (told["state"], told["total"]) == ("given", 100)
    assert read["words"] == "听得好"
    seen = await he.gets(f"/quality/reviews/{review_id}")
    assert (seen["state"], seen["answer"]) == ("answered", "谢谢")


async def test_without_having_read_the_record_nobody_reviews_it(scene: ApiScene) -> None:
    review_id, he = await drawn(scene), scene.person("he")
    await he.does("POST", f"/quality/reviews/{review_id}/reviewer")

    answer = await he.asks("POST", f"/quality/reviews/{review_id}/scores", {"scores": POINTS})

    assert answer.status_code == 409
    assert "Read the record" in answer.text


@pytest.mark.parametrize(
    "scores", [{}, {"opening": 9}, {"nothing": 1}, ["opening:2"], [":"], ["opening"]]
)
async def test_what_is_not_whole_is_refused_and_nothing_kept(scene: ApiScene, scores: Any) -> None:
    review_id, he = await drawn(scene), scene.person("he")
    await he.does("POST", f"/quality/reviews/{review_id}/reviewer")
    await he.gets("/calls/over/record")

    answer = await he.asks("POST", f"/quality/reviews/{review_id}/scores", {"scores": scores})

    assert answer.status_code == 422
    assert (await scene.get(CallReview, review_id)).total is None


async def test_the_words_of_feedback_are_kept_for_no_repeat(scene: ApiScene) -> None:
    review_id = await reviewed(scene)
    await scene.person("he").does("POST", f"/quality/reviews/{review_id}/feedback")

    answer = await scene.person("li").asks("POST", f"/me/feedback/{review_id}/read", key="k1")

    assert answer.json()["words"] == "听得好"
    assert "Idempotent-Replayed" not in answer.headers


async def test_the_seed_of_the_running_month_is_there_for_anybody_who_reviews(
    scene: ApiScene,
) -> None:
    await drawn(scene)

    [sample] = await scene.person("he").gets("/quality/samples")

    assert (sample["month"], sample["drawn_at"], sample["imminent"]) == ("2026-03", None, 1)
    assert len(sample["seed"]) == 64


async def test_a_calibration_is_begun_by_lot_and_blind(scene: ApiScene) -> None:
    await drawn(scene)
    await scene.hires("ho", Role.SUPERVISOR)
    he, ho = scene.person("he"), scene.person("ho")

    wanted = {"line": "youth", "reviewers": ["he", "ho"]}
    begun = await he.does("POST", "/quality/calibrations", wanted)

    assert begun["call_id"] == "over"
    mine = [one for one in await he.gets("/quality/reviews") if one["calibration_id"]]
    theirs = [one for one in await ho.gets("/quality/reviews") if one["calibration_id"]]
    assert [one["reviewer_id"] for one in mine] == ["he"]
    assert [one["reviewer_id"] for one in theirs] == ["ho"]
    other = await ho.asks("GET", f"/quality/reviews/{mine[0]['id']}")
    assert other.status_code == 404
    for person, reviews in ((he, mine), (ho, theirs)):
        await person.gets("/calls/over/record")
        path = f"/quality/reviews/{reviews[0]['id']}/scores"
        await person.does("POST", path, {"scores": POINTS})
    agreement = await he.gets("/quality/agreement")
    assert {one["reviewer_id"]: one["distance"] for one in agreement["reviewers"]} == {
        "he": 0,
        "ho": 0,
    }


@pytest.mark.parametrize("named", [{"call_id": "over"}, {}])
async def test_of_two_calibrations_of_one_call_at_once_one_is_refused(
    scene: ApiScene, named: dict[str, str]
) -> None:
    review_id = await drawn(scene)
    await scene.hires("ho", Role.SUPERVISOR)
    wanted = {"line": "youth", "reviewers": ["he", "ho"], **named}

    async with scene.house.database.work() as work:
        await lock_review(work, review_id)
        asked = [
            asyncio.create_task(scene.person(who).asks("POST", "/quality/calibrations", wanted))
            for who in ("he", "ho")
        ]
        await asyncio.wait(asked, timeout=0.5)
    answers = sorted(await asyncio.gather(*asked), key=lambda one: one.status_code)

    assert [one.status_code for one in answers] == [201, 409]
    assert "just now" in answers[1].json()["detail"]
    assert len(await scene.all(Calibration)) == 1


async def test_a_session_moves_the_next_one_on(scene: ApiScene) -> None:
    he = scene.person("he")
    await scene.change(Call, "call", joined_at=scene.clock.now() - timedelta(days=8))
    before = {one["staff_id"]: one for one in await he.gets("/quality/supervision")}
    assert before["li"]["overdue"]  # has taken calls for more than a week

    held = {"person": "li", "held_at": "2026-03-01T10:00", "minutes": 50}
    await he.does("POST", "/quality/supervision", held)

    after = {one["staff_id"]: one for one in await he.gets("/quality/supervision")}
    assert not after["li"]["overdue"]
    assert (await scene.person("li").gets("/me/care"))["supervision"]["overdue"] is False


async def test_an_ended_certificate_keeps_calls_in_danger_away_until_a_new_one(
    scene: ApiScene,
) -> None:
    he = scene.person("he")
    certified = {"languages": {"cmn": 5}, "certified": True}
    await scene.change(Staff, "chen", skills=certified)
    ended = {"person": "chen", "kind": "crisis", "issued_on": "2024-01-01",
             "valid_until": "2026-01-01"}  # fmt: skip

    await he.does("POST", "/quality/certificates", ended)

    assert (await scene.get(Staff, "chen")).certificate_lapsed
    again = {"people": ["chen"], "certified": True, "until": "2026-03-02T12:00:00+00:00"}
    refused = await he.asks("POST", "/floor/skills", again)
    assert "certificate" in refused.text
    [row] = await he.gets("/quality/certificates")
    assert (row["ended"], row["ends_soon"]) == (True, True)
    await he.does("POST", f"/quality/certificates/{row['id']}/take-back")
    assert not (await scene.get(Staff, "chen")).certificate_lapsed


@pytest.mark.parametrize("title", ["", "  ", "\u3000\t"])
async def test_a_course_has_a_title(scene: ApiScene, title: str) -> None:
    done = {"person": "li", "title": title, "hours": 8, "done_on": "2026-02-01"}

    answer = await scene.person("he").asks("POST", "/quality/courses", done)

    assert answer.status_code == 422
    assert await scene.all(StaffCourse) == []


async def test_nobody_writes_their_own_certificate_down(scene: ApiScene) -> None:
    own = {"person": "he", "kind": "crisis", "issued_on": "2026-01-01"}

    answer = await scene.person("he").asks("POST", "/quality/certificates", own)

    assert answer.status_code == 403


async def test_whoever_is_not_satisfied_is_owed_a_call(scene: ApiScene) -> None:
    await drawn(scene)
    await scene.change(Call, "over", from_index="number")

    said = await scene.person("li").does("POST", "/calls/over/satisfaction", {"said": "no"})

    [owed] = await scene.all(Callback)
    assert (owed.id, owed.why) == (said["callback_id"], "dissatisfied")
    [count] = await scene.person("he").gets("/quality/satisfaction")
    assert (count["no"], count["owed"]) == (1, 1)
