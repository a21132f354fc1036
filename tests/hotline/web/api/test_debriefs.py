"""After a heavy call somebody talks with the counselor, and a word can be asked for at any time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.storage.tables import AnsweredRequest, Call, Debrief, Presence, Staff
from tests.hotline.web.api.conftest import ApiScene, Person
from tests.hotline.web.api.listening import listening

pytestmark = pytest.mark.anyio


async def ends_heavy(scene: ApiScene) -> str:
    """The talk was one in danger, and is over: the id of the debrief."""
    await scene.change(Call, "call", urgency="crisis")
    await scene.person("li").does("POST", "/calls/call/end")
    (row,) = await scene.all(Debrief)
    return str(row.id)


async def due_in(scene: ApiScene, who: Person) -> dict[str, timedelta]:
    rows = await who.gets("/me/debriefs")
    return {one["why"]: datetime.fromisoformat(one["due_at"]) - scene.clock.now() for one in rows}


async def steps(scene: ApiScene, debrief_id: str) -> list[str]:
    return [one["what"] for one in (await scene.get(Debrief, debrief_id)).history]


# ── owed by what the call was ───────────────────────────────────────────────────────────────────


async def test_after_a_heavy_call_a_debrief_is_due_within_the_shift(
    scene: ApiScene, li: Person
) -> None:
    await ends_heavy(scene)

    assert await due_in(scene, li) == {"heavy_call": timedelta(hours=4)}


async def test_after_any_other_call_none_is(scene: ApiScene, li: Person) -> None:
    await li.does("POST", "/calls/call/end")

    assert await li.gets("/me/debriefs") == []


async def test_danger_found_while_the_record_is_written_brings_rest_and_debrief_too(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/end")
    now = scene.clock.now()
    await scene.change(Call, "call", state="ended", left_at=now, ended_at=now)
    scene.clock.advance(60)

    await li.does("POST", "/calls/call/flags", {"level": "high"})
    await li.does("POST", "/calls/call/flags", {"level": "imminent"})

    presence = await scene.get(Presence, "li")
    assert (presence.crisis_in_a_row, presence.crisis_ended_at) == (1, now)
    assert len(await scene.all(Debrief)) == 1
    later = {"state": "ready", "finish_later": True}  # nothing was written yet
    ready = await li.does("PUT", "/me/presence", later)
    assert (ready["state"], ready["reason"]) == ("paused", "rest")


async def test_a_flag_during_the_talk_owes_nothing_before_its_end(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/flags", {"level": "high"})
    assert await scene.all(Debrief) == []

    await li.does("POST", "/calls/call/end")

    assert len(await scene.all(Debrief)) == 1


async def test_a_level_chosen_by_mistake_is_forgotten_with_rest_and_debrief(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/end")
    now = scene.clock.now()
    await scene.change(Call, "call", state="ended", left_at=now, ended_at=now)
    await li.does("POST", "/calls/call/risk", {"level": "high"})

    await li.does("POST", "/calls/call/risk/take-back")

    assert await li.gets("/me/debriefs") == []
    presence = await scene.get(Presence, "li")
    assert (presence.crisis_in_a_row, presence.crisis_ended_at) == (0, None)


async def test_a_slip_takes_nothing_from_a_call_that_was_flagged_by_hand(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/end")
    now = scene.clock.now()
    await scene.change(Call, "call", state="ended", left_at=now, ended_at=now)
    await li.does("POST", "/calls/call/flags", {"level": "high"})
    await li.does("POST", "/calls/call/risk", {"level": "imminent"})

    await li.does("POST", "/calls/call/risk/take-back")

    assert len(await li.gets("/me/debriefs")) == 1
    assert (await scene.get(Presence, "li")).crisis_ended_at is not None


# ── who talks with them, and when ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("by", "named", "taker"), [("he", "", "he"), ("he", "chen", "chen"), ("li", "chen", "chen")]
)
async def test_a_supervisor_takes_it_or_a_colleague_is_named(
    scene: ApiScene, li: Person, by: str, named: str, taker: str
) -> None:
    debrief = await ends_heavy(scene)

    await scene.person(by).does("POST", f"/debriefs/{debrief}/taker", {"taker": named})

    (mine,) = await li.gets("/me/debriefs")
    (theirs,) = await scene.person(taker).gets("/me/debriefs")
    assert (mine["state"], mine["taker_id"]) == ("taken", taker)
    assert theirs["id"] == debrief


@pytest.mark.parametrize(
    ("by", "named"), [("li", ""), ("he", "li"), ("he", "tianhe"), ("he", "nobody"), ("he", "sun")]
)
async def test_nobody_debriefs_themselves_and_no_stranger_does(
    scene: ApiScene, by: str, named: str
) -> None:
    await scene.change(Staff, "root", lines=["youth"])
    debrief = await ends_heavy(scene)

    answer = await scene.person(by).asks("POST", f"/debriefs/{debrief}/taker", {"taker": named})

    assert answer.status_code == 422
    assert (await scene.get(Debrief, debrief)).state == "open"


async def test_who_took_it_may_be_somebody_else_later(scene: ApiScene, he: Person) -> None:
    debrief = await ends_heavy(scene)
    await he.does("POST", f"/debriefs/{debrief}/taker", {"taker": "chen"})
    await he.does("POST", f"/debriefs/{debrief}/taker", {"taker": "chen"})

    await he.does("POST", f"/debriefs/{debrief}/taker")

    assert (await scene.get(Debrief, debrief)).taker_id == "he"
    assert await steps(scene, debrief) == ["taken", "taken"]
    assert await scene.person("chen").gets("/me/debriefs") == []


async def test_it_is_put_off_for_a_reason_that_stays_visible(
    scene: ApiScene, li: Person, he: Person
) -> None:
    debrief = await ends_heavy(scene)
    later = scene.clock.now() + timedelta(days=1)
    body = {"until": later.isoformat(), "why": "shift_ends"}

    await li.does("POST", f"/debriefs/{debrief}/put-off", body)

    (row,) = await he.gets("/floor/debriefs")
    assert (row["put_off"], row["put_off_why"]) == (1, "shift_ends")
    assert datetime.fromisoformat(row["due_at"]) == later


@pytest.mark.parametrize("days", [-1, 0, 8])
async def test_it_is_not_put_off_into_the_past_or_for_ever(
    scene: ApiScene, li: Person, days: int
) -> None:
    debrief = await ends_heavy(scene)
    until = (scene.clock.now() + timedelta(days=days)).isoformat()
    body = {"until": until, "why": "needs_time"}

    assert (await li.asks("POST", f"/debriefs/{debrief}/put-off", body)).status_code == 422


async def test_one_that_nobody_had_in_time_is_late_on_the_floor(
    scene: ApiScene, he: Person
) -> None:
    await ends_heavy(scene)
    (before,) = await he.gets("/floor/debriefs")
    scene.clock.advance(4 * 3600 + 1)

    (after,) = await he.gets("/floor/debriefs")

    assert (before["overdue"], after["overdue"]) == (False, True)


# ── what was said ───────────────────────────────────────────────────────────────────────────────


async def test_the_note_is_sealed_and_for_the_two_who_talked_alone(
    scene: ApiScene, li: Person, he: Person
) -> None:
    debrief = await ends_heavy(scene)
    await he.does("POST", f"/debriefs/{debrief}/taker", {"taker": "chen"})
    chen = scene.person("chen")

    await chen.does("POST", f"/debriefs/{debrief}/done", {"how": "talked", "note": "睡不好"})

    assert "睡不好" not in (await scene.get(Debrief, debrief)).note_sealed
    assert await li.does("POST", f"/debriefs/{debrief}/note") == {"note": "睡不好"}
    assert (await he.asks("POST", f"/debriefs/{debrief}/note")).status_code == 404
    assert await steps(scene, debrief) == ["taken", "talked", "note_read"]


async def test_what_is_closed_stays_closed(scene: ApiScene, li: Person, he: Person) -> None:
    debrief = await ends_heavy(scene)
    done = {"how": "talked"}
    await li.does("POST", f"/debriefs/{debrief}/done", done)
    await li.does("POST", f"/debriefs/{debrief}/done", done)

    refused = [
        await he.asks("POST", f"/debriefs/{debrief}/done", {"how": "not_wanted"}),
        await he.asks("POST", f"/debriefs/{debrief}/taker"),
    ]

    assert [one.status_code for one in refused] == [409, 409]
    assert await he.gets("/floor/debriefs") == []
    assert await steps(scene, debrief) == ["talked"]


# ── a word with a supervisor ────────────────────────────────────────────────────────────────────


async def test_a_word_is_asked_for_without_any_call_and_once_is_enough(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    first = await chen.does("POST", "/me/word")
    again = await chen.does("POST", "/me/word")

    assert first == again
    (row,) = await he.gets("/floor/debriefs")
    assert (row["why"], row["name"], row["call_id"]) == ("asked", "name of chen", None)


async def test_who_asks_for_a_word_stands_before_what_is_due_anyway(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    await ends_heavy(scene)
    scene.clock.advance(3 * 3600 + 59 * 60)

    await chen.does("POST", "/me/word")

    assert [one["why"] for one in await he.gets("/floor/debriefs")] == ["asked", "heavy_call"]


async def test_both_see_who_took_the_word_until_one_says_it_is_done(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    word = (await chen.does("POST", "/me/word"))["id"]

    await he.does("POST", f"/debriefs/{word}/taker")

    (hers,), (floor,) = await chen.gets("/me/debriefs"), await he.gets("/floor/debriefs")
    assert hers["taker"] == floor["taker"] == "name of he"
    await chen.does("POST", f"/debriefs/{word}/done", {"how": "talked"})
    assert await he.gets("/floor/debriefs") == []
    assert (await chen.does("POST", "/me/word"))["id"] != word


async def test_a_word_is_withdrawn_by_who_asked(scene: ApiScene, chen: Person, he: Person) -> None:
    word = (await chen.does("POST", "/me/word"))["id"]

    await chen.does("POST", f"/debriefs/{word}/done", {"how": "withdrawn"})

    assert await he.gets("/floor/debriefs") == []


@pytest.mark.usefixtures("following")
async def test_the_supervisor_hears_of_it_at_once(scene: ApiScene, chen: Person) -> None:
    async with listening(scene.app, "he") as heard:
        await heard.until("clock")
        word: dict[str, Any] = await chen.does("POST", "/me/word")
        told = await heard.until("debrief")

    assert told == word["id"]


async def test_a_note_that_was_read_is_kept_for_no_repeat(
    scene: ApiScene, li: Person, he: Person
) -> None:
    one = await ends_heavy(scene)
    await he.does("POST", f"/debriefs/{one}/taker")
    await he.does("POST", f"/debriefs/{one}/done", {"how": "talked", "note": "marked words"})

    read = await he.asks("POST", f"/debriefs/{one}/note", key="one reading")

    assert read.json() == {"note": "marked words"}
    assert all("marked words" not in str(kept) for kept in await scene.all(AnsweredRequest))
