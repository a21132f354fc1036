"""Somebody at high risk is called again: asked first, tried at other hours, never forgotten."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.followups.attempts import nobody_there, not_reached, reached
from hotline.followups.late import look_at_late
from hotline.staff.model import Role
from hotline.storage.tables import (
    Call,
    FollowUp,
    FollowUpAttempt,
    FollowUpWord,
    Offer,
    Participant,
    Presence,
    Staff,
    StaffSession,
)
from hotline.supervision import RowFaults
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

CHILD = "13800138000"
DAY = timedelta(days=1)


async def was_at(scene: ApiScene, level: str, key: str = "old", **values: Any) -> None:
    """A call of li's that is over; its level is found. Li is ready again."""
    vault = scene.house.vault
    known: dict[str, Any] = {
        "from_sealed": vault.seal(CHILD, place=f"call.from.{key}"),
        "from_index": vault.index(f"+86{CHILD}"),
        "from_masked": "138****8000",
        "counselor_id": "li",
        "outcome": "talked",
        "joined_at": scene.clock.now(),
    }
    await scene.add(scene.call(key, CallState.ENDED, **(known | values)))
    await scene.change(Presence, "li", state="ready", call_id=None)
    await scene.person("li").does("POST", f"/calls/{key}/risk", {"level": level})


async def followed(scene: ApiScene) -> FollowUp:
    [one] = await scene.all(FollowUp)
    return FollowUp.model_validate(one)


async def says(scene: ApiScene, said: str, **values: Any) -> str:
    """What the child says to being called. Returns the sequence."""
    one = await followed(scene)
    body = {"said": said, **values}
    await scene.person("li").does("POST", f"/follow-ups/{one.id}/consent", body)
    return one.id


async def is_agreed(scene: ApiScene, level: str = "high") -> str:
    """The child wants to be called, and it is the next day."""
    await was_at(scene, level)
    one = await says(scene, "agreed", words="after school", from_hour=8, until_hour=21)
    await a_day_passes(scene)
    return one


async def a_day_passes(scene: ApiScene) -> datetime:
    """And everybody is signed in still."""
    at = scene.clock.advance(DAY.total_seconds())
    for one in await scene.all(StaffSession):
        await scene.change(StaffSession, one.token_hash, expires_at=at + DAY)
    return at


async def calls(scene: ApiScene, one: str, who: str = "li") -> str:
    """Somebody presses the button. Returns the call."""
    told = await scene.person(who).does("POST", f"/follow-ups/{one}/call")
    return str(told["call_id"])


async def ends(scene: ApiScene, call_id: str, step: str) -> None:
    """The call is over, and nobody was reached."""
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, call_id)
        call.state, call.outcome, call.outcome_step = "ended", "not_reached", step
        await not_reached(work, call, step, at=scene.clock.now())
    await is_free(scene)


async def talks(scene: ApiScene, call_id: str) -> None:
    """They pick up, and the talk is over."""
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, call_id)
        await reached(work, call, at=scene.clock.now())
        call.state, call.outcome = "ended", "talked"
    await is_free(scene)


async def is_free(scene: ApiScene) -> None:
    for offer in await scene.all(Offer):
        await scene.change(Offer, offer.id, state="accepted")
    for who in ("li", "chen"):
        await scene.change(Presence, who, state="ready", call_id=None)


async def refused(scene: ApiScene, who: str, path: str, body: Any = None) -> int:
    return (await scene.person(who).asks("POST", path, body)).status_code


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


async def test_without_consent_only_imminent_danger_and_only_by_a_supervisors_reason(
    scene: ApiScene,
) -> None:
    await was_at(scene, "high")
    one = (await followed(scene)).id
    path, said = f"/follow-ups/{one}/decide", {"decision": "without_consent", "reason": "x"}
    assert await refused(scene, "li", path, said) == 403
    assert await refused(scene, "he", path, said) == 409
    await scene.person("li").does("POST", "/calls/old/risk", {"level": "imminent"})

    await scene.person("he").does("POST", path, said)

    assert (await scene.get(FollowUp, one)).consent == "decided"
    await calls(scene, one)


async def test_a_moderate_risk_is_followed_up_where_the_counselor_chooses_it(
    scene: ApiScene,
) -> None:
    await was_at(scene, "moderate")
    path = "/calls/old/follow-up"
    assert await refused(scene, "li", path, {"days": [1]}) == 422

    await scene.person("li").does("POST", path, {"days": [365, 90]})

    assert (await followed(scene)).days == [90, 365]
    assert await refused(scene, "li", path, {"days": [90]}) == 409


async def test_what_is_handed_on_stays_with_the_giver_until_it_is_taken(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await scene.change(Presence, "chen", state="ready", call_id=None)
    assert await refused(scene, "chen", f"/follow-ups/{one}/take") == 409

    hand = {"ids": [one], "to": "chen", "note": "call her aunt's phone never"}
    await scene.person("li").does("POST", "/follow-ups/hand", hand)

    [mine] = await scene.person("chen").gets("/follow-ups?tab=mine")
    assert (mine["owner"], mine["handed_to_me"], mine["handed_note"]) == (
        "li", True, "call her aunt's phone never",
    )  # fmt: skip
    assert (await scene.get(FollowUp, one)).owner_id == "li"
    await scene.person("chen").does("POST", f"/follow-ups/{one}/take")
    row = await scene.get(FollowUp, one)
    assert (row.owner_id, row.handed_to_id) == ("chen", None)


async def test_handed_to_the_line_anybody_of_it_may_take_it(scene: ApiScene) -> None:
    one = await is_agreed(scene)

    await scene.person("li").does("POST", "/follow-ups/hand", {"ids": [one]})

    [row] = await scene.person("chen").gets("/follow-ups?tab=line")
    assert (row["handed_to_line"], row["with_line"], row["may_take"]) == (True, True, True)
    await scene.person("chen").does("POST", f"/follow-ups/{one}/take")


async def test_nobody_hands_on_what_is_not_theirs_nor_to_who_cannot_have_it(
    scene: ApiScene,
) -> None:
    one = await is_agreed(scene)
    assert await refused(scene, "chen", "/follow-ups/hand", {"ids": [one]}) == 403
    assert await refused(scene, "li", "/follow-ups/hand", {"ids": [one], "to": "he"}) == 422
    await scene.hires("off", Role.COUNSELOR, line="youth")
    await scene.change(Staff, "off", active=False)
    assert await refused(scene, "li", "/follow-ups/hand", {"ids": [one], "to": "off"}) == 422


@pytest.mark.parametrize("gone", ["off duty", "disabled"])
async def test_whose_owner_is_gone_is_the_lines_at_once(scene: ApiScene, gone: str) -> None:
    one = await is_agreed(scene)
    if gone == "off duty":
        await scene.change(Presence, "li", state="offline")
    else:
        await scene.change(Staff, "li", active=False)

    [row] = await scene.person("chen").gets("/follow-ups")

    assert (row["with_line"], row["may_take"]) == (True, True)
    await scene.person("chen").does("POST", f"/follow-ups/{one}/take")


async def test_what_is_late_is_told_once(scene: ApiScene) -> None:
    await is_agreed(scene)
    database, faults = scene.house.database, RowFaults()
    await look_at_late(database, faults, at=scene.clock.now())
    assert (await followed(scene)).late_told_at is None

    late = await a_day_passes(scene)
    await look_at_late(database, faults, at=late)
    await look_at_late(database, faults, at=late + DAY)

    assert (await followed(scene)).late_told_at == late
    assert (await scene.kinds("old")).count("follow_up.late") == 1
    assert len(await scene.person("he").gets("/follow-ups?tab=late")) == 1


async def test_a_stop_is_by_refusal_care_or_a_supervisors_reason(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    path = f"/follow-ups/{one}/stop"
    assert await refused(scene, "li", path, {"stopped_as": "supervisor", "note": "x"}) == 403
    assert await refused(scene, "he", path, {"stopped_as": "supervisor"}) == 422

    await scene.person("li").does("POST", path, {"stopped_as": "linked", "note": "sees a doctor"})

    row = await scene.get(FollowUp, one)
    assert (row.state, row.stopped_as, row.stopped_by_id) == ("stopped", "linked", "li")
    assert "doctor" not in row.stop_note_sealed
    assert await refused(scene, "he", path, {"stopped_as": "linked"}) == 409


async def test_nobody_stops_it_while_somebody_calls(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await calls(scene, one)

    for path, body in (("stop", {"stopped_as": "linked"}), ("consent", {"said": "withdrawn"})):
        assert await refused(scene, "li", f"/follow-ups/{one}/{path}", body) == 409
