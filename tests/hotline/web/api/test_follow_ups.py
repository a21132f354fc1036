"""Somebody at high risk is called again: asked first, tried at other hours, never forgotten."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hotline.followups.attempts import nobody_there
from hotline.storage.tables import (
    Call,
    FollowUp,
    FollowUpAttempt,
    FollowUpWord,
    Participant,
    Presence,
)
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.followed import (
    DAY,
    a_day_passes,
    calls,
    ends,
    followed,
    is_agreed,
    refused,
    says,
    talks,
    was_at,
)

pytestmark = pytest.mark.anyio


async def test_a_high_risk_begins_it_and_nobody_is_called_before_they_were_asked(
    scene: ApiScene,
) -> None:
    await was_at(scene, "high")

    one = await followed(scene)

    assert (one.state, one.owner_id, one.days) == ("proposed", "li", [1, 7, 30, 90, 365])
    assert (one.due_at, one.late_at) == (scene.clock.now() + DAY, scene.clock.now() + 2 * DAY)
    assert await refused(scene, "li", f"/follow-ups/{one.id}/call") == 409


@pytest.mark.parametrize("level", ["moderate", "low", "none"])
async def test_a_lesser_risk_begins_nothing_by_itself(scene: ApiScene, level: str) -> None:
    await was_at(scene, level)

    assert await scene.all(FollowUp) == []


async def test_the_record_saved_again_begins_no_second_one(scene: ApiScene) -> None:
    await was_at(scene, "high")
    record = {"risk": "high", "narrative": "a", "contact_type": "self", "disposition": "listened"}

    await scene.person("li").does("PUT", "/calls/old/record", record)
    await scene.person("li").does("PUT", "/calls/old/record", {**record, "narrative": "b"})
    await scene.person("li").does("POST", "/calls/old/risk", {"level": "imminent"})

    assert (await followed(scene)).level == "imminent"
    assert (await followed(scene)).begun == 0


async def test_a_level_that_is_lowered_stops_nothing(scene: ApiScene) -> None:
    one = await is_agreed(scene)

    await scene.person("he").does("POST", "/calls/old/risk/lower", {"level": "low", "reason": "x"})

    row = await scene.get(FollowUp, one)
    assert (row.state, row.level) == ("running", "high")


async def test_a_slip_that_is_taken_back_is_followed_by_no_call(scene: ApiScene) -> None:
    await was_at(scene, "high")

    await scene.person("li").does("POST", "/calls/old/risk/take-back")

    assert (await followed(scene)).stopped_as == "mistaken"


async def test_consent_is_kept_with_who_when_and_their_words_and_can_be_taken_back(
    scene: ApiScene,
) -> None:
    one = await is_agreed(scene)

    await says(scene, "withdrawn", words="no more please")

    words = await scene.all(FollowUpWord)
    assert [(it.kind, it.by_id) for it in words] == [("agreed", "li"), ("withdrawn", "li")]
    assert "school" not in words[0].words_sealed
    told = await scene.person("he").gets(f"/follow-ups/{one}")
    assert [it["words"] for it in told["words"]] == ["after school", "no more please"]
    assert (told["state"], told["stopped_as"]) == ("stopped", "refused")
    assert "follow_up.read" in await scene.kinds("old")
    assert await refused(scene, "li", f"/follow-ups/{one}/call") == 409


async def test_a_number_that_is_not_safe_is_rung_by_nobody_any_more(scene: ApiScene) -> None:
    await was_at(scene, "high")

    await says(scene, "not_safe")

    assert (await scene.get(Call, "old")).no_callback
    assert (await followed(scene)).state == "stopped"


async def test_a_marked_number_is_refused_though_they_had_agreed(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await scene.change(Call, "old", no_callback=True)

    assert await refused(scene, "li", f"/follow-ups/{one}/call") == 409
    [row] = await scene.person("li").gets("/follow-ups")
    assert row["against"] == "marked"


async def test_outside_the_hours_that_are_safe_nobody_is_called(scene: ApiScene) -> None:
    await was_at(scene, "high")
    one = await says(scene, "agreed", from_hour=16, until_hour=18)
    await a_day_passes(scene)  # eight in the evening there

    assert await refused(scene, "li", f"/follow-ups/{one}/call") == 409
    [row] = await scene.person("li").gets("/follow-ups")
    assert row["against"] == "out_of_hours"


async def test_the_call_rings_ones_own_phone_first_and_returns_the_first_call(
    scene: ApiScene,
) -> None:
    one = await is_agreed(scene)

    made = await scene.get(Call, await calls(scene, one))

    assert (made.direction, made.returns_id, made.counselor_id) == ("out", "old", "li")
    legs = [it for it in await scene.all(Participant) if it.call_id == made.id]
    assert [(it.role, it.address) for it in legs] == [("counselor", "client:li")]
    assert "follow_up.called" in await scene.kinds("old")


async def test_of_two_who_press_at_once_one_calls(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await scene.change(FollowUp, one, owner_id=None)
    await scene.change(Presence, "chen", state="ready", call_id=None)
    path = f"/follow-ups/{one}/call"

    answers = await asyncio.gather(refused(scene, "li", path), refused(scene, "chen", path))

    assert sorted(answers) == [201, 409]
    assert len(await scene.all(FollowUpAttempt)) == 1


async def test_the_same_request_twice_makes_one_call(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    li = scene.person("li")

    first = await li.asks("POST", f"/follow-ups/{one}/call", key="k")
    again = await li.asks("POST", f"/follow-ups/{one}/call", key="k")

    assert first.json() == again.json()
    assert len(await scene.all(FollowUpAttempt)) == 1


async def test_after_a_try_in_vain_another_part_of_the_day_is_proposed(scene: ApiScene) -> None:
    one = await is_agreed(scene)

    await ends(scene, await calls(scene, one), "no_answer")

    row = await scene.get(FollowUp, one)
    assert (row.state, row.tries) == ("running", 1)
    assert row.try_at == scene.clock.now() + timedelta(hours=12)  # in the morning
    assert await refused(scene, "li", f"/follow-ups/{one}/call") == 409  # it has just rung


@pytest.mark.parametrize("step", ["not_dialled", "given_up", "failed"])
async def test_a_phone_that_did_not_ring_uses_up_no_try(scene: ApiScene, step: str) -> None:
    one = await is_agreed(scene)

    await ends(scene, await calls(scene, one), step)

    assert (await scene.get(FollowUp, one)).tries == 0


async def test_five_tries_in_vain_are_a_supervisors_question_and_close_nothing(
    scene: ApiScene,
) -> None:
    one = await is_agreed(scene)
    for _ in range(5):
        await ends(scene, await calls(scene, one), "no_answer")
        await a_day_passes(scene)

    assert (await scene.get(FollowUp, one)).state == "question"
    assert await refused(scene, "li", f"/follow-ups/{one}/call") == 409
    [asked] = await scene.person("he").gets("/follow-ups?tab=open")
    assert asked["id"] == one

    said = {"decision": "go_on", "reason": "perhaps in a week"}
    await scene.person("he").does("POST", f"/follow-ups/{one}/decide", said)
    row = await scene.get(FollowUp, one)
    assert (row.state, row.step, row.tries) == ("running", 1, 0)


async def test_who_was_reached_is_called_again_after_a_week(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    began = (await scene.get(FollowUp, one)).began_at
    await talks(scene, await calls(scene, one))
    assert (await scene.get(FollowUp, one)).state == "talked"

    found = {"outcome": "reached", "risk": "low", "safety_plan": "kept", "note": "sleeps again"}
    await scene.person("li").does("POST", f"/follow-ups/{one}/outcome", found)

    row = await scene.get(FollowUp, one)
    assert (row.state, row.step, row.due_at) == ("running", 1, began + 7 * DAY)
    [attempt] = await scene.all(FollowUpAttempt)
    assert (attempt.outcome, attempt.found, attempt.safety_plan) == ("reached", "low", "kept")
    assert "sleeps" not in attempt.note_sealed


async def test_danger_found_again_begins_the_sequence_anew(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await talks(scene, await calls(scene, one))

    found = {"outcome": "reached", "risk": "high"}
    await scene.person("li").does("POST", f"/follow-ups/{one}/outcome", found)

    row = await followed(scene)
    assert (row.state, row.step, row.begun) == ("running", 0, 1)
    assert row.due_at == scene.clock.now() + DAY
    assert row.consent == "agreed"


@pytest.mark.parametrize(
    ("told", "state", "stopped_as"),
    [
        ({"outcome": "reached", "linked": True}, "stopped", "linked"),
        ({"outcome": "refused"}, "stopped", "refused"),
        ({"outcome": "wrong_person"}, "question", ""),
        ({"outcome": "no_such_number"}, "question", ""),
        ({"outcome": "not_safe"}, "question", ""),
        ({"outcome": "nobody"}, "running", ""),
    ],
)
async def test_what_was_found_leads_on_or_stops(
    scene: ApiScene, told: dict[str, Any], state: str, stopped_as: str
) -> None:
    one = await is_agreed(scene)
    await talks(scene, await calls(scene, one))

    await scene.person("li").does("POST", f"/follow-ups/{one}/outcome", told)

    row = await scene.get(FollowUp, one)
    assert (row.state, row.stopped_as) == (state, stopped_as)
    assert (await scene.get(Call, "old")).no_callback == (told["outcome"] == "not_safe")


async def test_a_mailbox_that_seemed_to_be_the_child_is_a_try_in_vain(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    call_id = await calls(scene, one)
    await talks(scene, call_id)

    async with scene.house.database.work() as work:
        await nobody_there(work, await work.get_one(Call, call_id), at=scene.clock.now())

    row = await scene.get(FollowUp, one)
    assert (row.state, row.tries) == ("running", 1)


async def test_nothing_can_be_found_of_somebody_who_was_not_reached(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    assert await refused(scene, "li", f"/follow-ups/{one}/outcome", {"outcome": "nobody"}) == 409
    await ends(scene, await calls(scene, one), "no_answer")

    assert await refused(scene, "li", f"/follow-ups/{one}/outcome", {"outcome": "reached"}) == 409
    await scene.person("li").does("POST", f"/follow-ups/{one}/outcome", {"outcome": "nobody"})
    assert (await scene.get(FollowUp, one)).tries == 1


async def test_the_last_call_ends_it(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await scene.change(FollowUp, one, step=4)
    await talks(scene, await calls(scene, one))

    await scene.person("li").does("POST", f"/follow-ups/{one}/outcome", {"outcome": "reached"})

    assert (await scene.get(FollowUp, one)).state == "finished"
