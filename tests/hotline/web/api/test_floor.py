"""The floor: who waits, who is rung, who is there, and whether the day's account balances."""

from datetime import timedelta

import pytest

from hotline.calls.model import OF_ARRIVALS, CallState, Outcome
from hotline.storage.tables import Call, CallEntry, Presence, Staff
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio


async def wait(scene: ApiScene, call_id: str, minutes: float, urgency: str = "routine") -> None:
    since = scene.clock.now() - timedelta(minutes=minutes)
    await scene.add(scene.call(call_id, CallState.WAITING, queued_at=since, urgency=urgency))


async def test_a_crisis_stands_first_and_then_who_waits_longest(
    scene: ApiScene, he: Person
) -> None:
    await wait(scene, "long", 9)
    await wait(scene, "short", 1)
    await wait(scene, "crisis", 0.5, "crisis")

    floor = await he.gets("/floor")

    waiting = [it for it in floor["callers"] if it["state"] == "waiting"]
    assert [it["call_id"] for it in waiting] == ["crisis", "long", "short"]
    assert [it["for_s"] for it in waiting] == [30, 540, 60]
    assert {it["masked"] for it in floor["callers"]} == {"154****0001"}


async def test_a_line_tells_its_queue_and_its_talks(scene: ApiScene, he: Person) -> None:
    await wait(scene, "long", 9)
    await wait(scene, "short", 1)

    line = (await he.gets("/floor"))["lines"][0]

    assert (line["waiting"], line["longest_wait_s"], line["talking"]) == (2, 540, 1)


async def test_a_line_tells_who_is_due_for_a_break_and_how_many_may_be_away(
    scene: ApiScene, he: Person
) -> None:
    await scene.change(Presence, "chen", state="ready")
    await scene.change(Presence, "li", working_since=scene.clock.now() - timedelta(hours=3))

    floor = await he.gets("/floor")

    assert (floor["lines"][0]["away"], floor["lines"][0]["may_be_away"]) == (0, 1)
    assert {it["staff_id"]: it["break_due"] for it in floor["counselors"]} == {
        "chen": "",
        "li": "busy",
    }


async def test_nobody_waits_on_a_quiet_line(he: Person) -> None:
    line = (await he.gets("/floor"))["lines"][0]

    assert (line["waiting"], line["longest_wait_s"]) == (0, 0)


async def test_whoever_is_rung_for_a_caller_is_named(scene: ApiScene, he: Person) -> None:
    await wait(scene, "rung", 1)
    await scene.offers_to("chen", "rung")

    callers = {it["call_id"]: it for it in (await he.gets("/floor"))["callers"]}

    assert callers["rung"]["ringing"] == ["name of chen"]
    assert (callers["call"]["ringing"], callers["call"]["counselor"]) == ([], "name of li")


async def test_a_caller_whom_nobody_takes_stands_with_the_seconds_and_who_was_told(
    scene: ApiScene, he: Person
) -> None:
    await wait(scene, "alone", 2, "crisis")
    since = scene.clock.now() - timedelta(seconds=70)
    await scene.change(Call, "alone", alarm_since=since, alarm_step=3)
    steps = [(-100, "rang", "supervisor"), (20, "rang", "own_phones"), (40, "reached_nobody", "x"),
             (60, "rang", "duty_phone"), (61, "rang", "own_phones")]  # fmt: skip
    for seconds, kind, step in steps:
        at = since + timedelta(seconds=seconds)
        entry = CallEntry(call_id="alone", at=at, kind=f"alarm.{kind}", facts={"step": step})
        await scene.add(entry)

    callers = {it["call_id"]: it for it in (await he.gets("/floor"))["callers"]}

    alone, talking = callers["alone"], callers["call"]
    assert (alone["nobody_for_s"], alone["told"]) == (70, ["own_phones", "duty_phone"])
    assert (talking["nobody_for_s"], talking["told"]) == (None, [])


async def test_the_account_of_the_day_counts_everybody_once(scene: ApiScene, he: Person) -> None:
    now = scene.clock.now()
    for number, outcome in enumerate([*OF_ARRIVALS, Outcome.TALKED]):
        over = scene.call(f"over{number}", CallState.ENDED, outcome=outcome, ended_at=now)
        await scene.add(over)
    yesterday = now - timedelta(days=1)
    old = scene.call("old", CallState.ENDED, outcome="talked", arrived_at=yesterday)
    alive = scene.call("since-yesterday", CallState.WAITING, arrived_at=yesterday)
    await scene.add(old, alive)

    line = (await he.gets("/floor"))["lines"][0]

    assert (line["came_in"], line["alive"]) == (9, 2)
    assert line["outcomes"] == {
        "talked": 2,
        "message_left": 1,
        "callback_owed": 1,
        "hung_up": 1,
        "turned_away": 1,
        "duty_phone": 1,
    }
    assert line["in_equals_out"]


async def test_a_call_that_ended_in_nothing_is_seen_to_be_lost(scene: ApiScene, he: Person) -> None:
    await scene.add(scene.call("lost", CallState.ENDED, outcome=None))

    line = (await he.gets("/floor"))["lines"][0]

    assert (line["came_in"], line["alive"], line["outcomes"]) == (2, 1, {})
    assert not line["in_equals_out"]


async def test_the_day_begins_at_midnight_in_guangdong(scene: ApiScene, he: Person) -> None:
    midnight = scene.clock.now().replace(hour=16, minute=0) - timedelta(days=1)
    for name, at in (("before", midnight - timedelta(seconds=1)), ("after", midnight)):
        await scene.add(scene.call(name, CallState.ENDED, outcome="talked", arrived_at=at))

    line = (await he.gets("/floor"))["lines"][0]

    assert line["outcomes"] == {"talked": 1}


async def test_those_on_duty_are_shown_with_what_they_do_and_since_when(
    scene: ApiScene, he: Person, chen: Person
) -> None:
    await scene.change(Staff, "chen", skills={"languages": {"yue": 5}, "certified": True})
    scene.clock.advance(60)
    await chen.does("PUT", "/me/presence", {"state": "ready"})

    counselors = (await he.gets("/floor"))["counselors"]

    assert [(it["staff_id"], it["state"]) for it in counselors] == [
        ("li", "talking"),
        ("chen", "ready"),
    ]
    assert (counselors[1]["languages"], counselors[1]["certified"]) == (["yue"], True)
    assert (await scene.get(Presence, "chen")).since == scene.clock.now()


async def test_an_open_escalation_stands_on_the_floor_until_it_is_closed(
    scene: ApiScene, he: Person, li: Person
) -> None:
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent"})

    shown = (await he.gets("/floor"))["escalations"]
    await he.does("POST", f"/escalations/{told['escalation_id']}/close", {"text": "safe"})

    assert [(it["station"], it["state"], it["step"]) for it in shown] == [("天河", "open", 0)]
    assert shown[0]["next_due_at"] == told["next_due_at"]
    assert (await he.gets("/floor"))["escalations"] == []
    assert (await scene.get(Call, "call")).urgency == "crisis"
