"""Of what was erased nothing is written again, and nothing is held back; a flag begins anew."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.service import lock_call
from hotline.cases.service import lock_case
from hotline.storage.tables import (
    Call,
    Callback,
    CallReview,
    CallSatisfaction,
    Case,
    CasePerson,
    CrisisFlag,
    LegalHold,
    RecordAddition,
)
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene, Person
from tests.hotline.web.api.consent_rights import GIVEN
from tests.hotline.web.api.quality_rights import QUALITY_BODIES, a_review
from tests.hotline.web.api.referral_rights import a_referral
from tests.hotline.web.api.visit_rights import VISIT_BODIES

pytestmark = pytest.mark.anyio

GONE = "Nothing is kept of this any more."
WORDS = "她说了很多"
RECORD = {"contact_type": "self", "disposition": "listened", "narrative": WORDS}


@pytest.fixture
async def erased(scene: ApiScene) -> ApiScene:
    """Call and case, with a referral: over for long, and all words of them are gone."""
    now = scene.clock.now()
    await scene.add(*a_case(now), *a_referral(now, state="declined"))
    await scene.add(CasePerson(id="father", case_id="case", role="guardian", by="system", at=now))
    over = now - timedelta(days=1)
    await scene.change(Call, "call", state="ended", ended_at=over, erased_at=now)
    await scene.change(Case, "case", state="closed", closed_at=over, erased_at=now)
    return scene


def a_hold(scene: ApiScene) -> dict[str, str]:
    review = scene.clock.now().date() + timedelta(days=30)
    return {"reason": "法院", "review_on": review.isoformat()}


async def refused(one: Person, path: str, body: Any = None, method: str = "POST") -> None:
    answer = await one.asks(method, path, body)
    assert (answer.status_code, answer.json()["title"]) == (409, GONE), path


async def test_beside_an_erased_call_nothing_is_written_any_more(erased: ApiScene) -> None:
    li = erased.person("li")
    added = {"words": WORDS, "happened_at": erased.clock.now().isoformat()}

    await refused(li, "/calls/call/record", RECORD, "PUT")
    await refused(li, "/calls/call/record/additions", added)
    await refused(li, "/calls/call/consents", GIVEN)

    assert await erased.all(RecordAddition) == []


async def test_of_an_erased_call_nothing_is_reviewed_answered_or_said(erased: ApiScene) -> None:
    await erased.add(*a_review(erased.clock.now()))
    await erased.change(CallReview, "review", state="reviewed")
    li, he = erased.person("li"), erased.person("he")

    await refused(he, "/quality/reviews/review/scores", QUALITY_BODIES["scores"])
    await erased.change(CallReview, "review", state="read")
    await refused(li, "/me/feedback/review/answer", {"words": WORDS})
    await refused(li, "/calls/call/satisfaction", {"said": "no"})

    [review] = await erased.all(CallReview)
    assert (review.words_sealed, review.answer_sealed, review.state) == ("", "", "read")
    assert await erased.all(CallSatisfaction) == []
    assert await erased.all(Callback) == []


async def test_in_an_erased_case_nothing_is_written_any_more(erased: ApiScene) -> None:
    tianhe, he = erased.person("tianhe"), erased.person("he")
    visit = {**VISIT_BODIES["visits"], "visited_at": erased.clock.now().isoformat()}

    for what in ("colour-proposals", "colour", "visit-plan", "family-return"):
        await refused(tianhe, f"/cases/case/{what}", VISIT_BODIES[what])
    await refused(tianhe, "/cases/case/visits", visit)
    await refused(tianhe, "/cases/case/consents", GIVEN)
    for what in ("people/father/suspected", "people/father/cleared"):
        await refused(he, f"/cases/case/{what}", {"text": WORDS})
    await refused(he, "/referrals/referral/settle")


async def test_beside_a_call_whose_case_was_erased_no_consent_is_written(
    erased: ApiScene,
) -> None:
    await erased.change(Call, "call", erased_at=None)

    await refused(erased.person("li"), "/calls/call/consents", GIVEN)


async def test_a_flag_on_an_erased_call_begins_anew_for_call_and_case(erased: ApiScene) -> None:
    li = erased.person("li")

    await li.does("POST", "/calls/call/flags", {"level": "high", "summary": WORDS})

    call, case = await erased.get(Call, "call"), await erased.get(Case, "case")
    assert (call.erased_at, case.erased_at, case.state) == (None, None, "open")
    assert len(await erased.all(CrisisFlag)) == 1
    await li.does("PUT", "/calls/call/record", RECORD)


async def test_in_a_case_that_is_open_again_words_are_written(erased: ApiScene) -> None:
    tianhe = erased.person("tianhe")
    await tianhe.does("POST", "/cases/case/reopen")

    await tianhe.does("POST", "/cases/case/colour", VISIT_BODIES["colour"])


async def test_what_was_erased_is_not_held_back(erased: ApiScene) -> None:
    for of in ("calls/call", "cases/case"):
        await refused(erased.person("he"), f"/{of}/hold-back", a_hold(erased))

    assert await erased.all(LegalHold) == []


@pytest.mark.parametrize("of", ["calls/call", "cases/case"])
async def test_whoever_holds_back_what_is_being_erased_comes_too_late(
    scene: ApiScene, of: str
) -> None:
    await scene.add(*a_case(scene.clock.now()))
    he = scene.person("he")

    async with scene.house.database.work() as work:
        call, case = await lock_call(work, "call"), await lock_case(work, "case")
        asked = asyncio.create_task(he.asks("POST", f"/{of}/hold-back", a_hold(scene)))
        await asyncio.wait([asked], timeout=0.5)
        call.erased_at = case.erased_at = scene.clock.now()

    assert (await asked).status_code == 409
    assert await scene.all(LegalHold) == []


async def test_whoever_answers_feedback_of_what_is_being_erased_comes_too_late(
    scene: ApiScene,
) -> None:
    await scene.add(*a_review(scene.clock.now()))
    await scene.change(CallReview, "review", state="read")
    li = scene.person("li")

    async with scene.house.database.work() as work:
        call = await lock_call(work, "call")
        answer = refused(li, "/me/feedback/review/answer", {"words": WORDS})
        asked = asyncio.create_task(answer)
        await asyncio.wait([asked], timeout=0.5)
        call.erased_at = scene.clock.now()

    await asked
    assert (await scene.get(CallReview, "review")).answer_sealed == ""
