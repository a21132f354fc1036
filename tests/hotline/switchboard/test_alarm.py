"""Nobody takes a caller: by its deadlines a line rings whoever is left, one after the other."""

import asyncio

import pytest

from hotline.callcontrol.clock_back import bring_back
from hotline.calls.service import lock_call, make_urgent
from hotline.storage.tables import Call, Line, Offer
from tests.hotline.switchboard.alarm_scene import AT_HOME, DUTY, SUPERVISOR, AlarmScene, new_dialler
from tests.hotline.switchboard.conftest import ANYONE, a_line, later

pytestmark = pytest.mark.anyio


# ── the deadlines ───────────────────────────────────────────────────────────────────────────────


async def test_a_child_in_danger_has_a_deadline_from_the_first_look_on(alarm: AlarmScene) -> None:
    await alarm.waits()

    assert (await alarm.call()).alarm_due_at == later(20)
    assert alarm.carrier.journal == []


async def test_after_twenty_seconds_who_is_ready_on_another_line_is_offered_the_call(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.add(a_line(id="legal"))
    legal = {"lines": ["legal"], "skills": {"languages": {"cmn": 5}, "certified": True}}
    await alarm.floor.counselor("lee", staff=legal)
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.waits()

    await alarm.passes(19)
    before = alarm.carrier.dialled()
    await alarm.passes(1)

    (offer,) = await alarm.floor.all_of(Offer)
    assert (before, alarm.carrier.dialled()) == ([], ["client:lee"])
    assert (offer.staff_id, offer.state, offer.stage) == ("lee", "pending", "any_line")
    assert (await alarm.floor.presence("lee")).state == "offered"
    assert await alarm.told() == [("alarm.rang", "any_line")]


async def test_who_is_not_trained_for_danger_is_asked_where_nobody_else_is_ready(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == ["client:sun"]


@pytest.mark.parametrize(("language", "comes_in"), [("eng", True), ("cmn", False), ("yue", False)])
async def test_an_interpreter_comes_in_where_who_is_rung_does_not_speak_with_the_child(
    alarm: AlarmScene, language: str, *, comes_in: bool
) -> None:
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.waits(language=language)

    await alarm.passes(20)

    (offer,) = await alarm.floor.all_of(Offer)
    assert offer.interpreter is comes_in


async def test_then_counselors_off_duty_who_allow_it_the_duty_phone_and_the_supervisor(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.is_at_home("lin")
    await alarm.is_at_home("chen", "15400000302", rings_off_duty=False)
    await alarm.waits()

    rung: list[list[str]] = []
    for seconds in (20, 20, 20, 30):
        await alarm.passes(seconds)
        rung.append(alarm.carrier.dialled()[sum(map(len, rung)) :])

    assert rung == [["client:sun"], [AT_HOME], [DUTY], [SUPERVISOR]]


async def test_after_the_last_step_and_its_pause_the_round_begins_anew(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)
    await alarm.passes(70)
    await alarm.ends()
    await alarm.looks()
    await alarm.ends(SUPERVISOR)
    await alarm.looks()

    await alarm.passes(29)
    before = alarm.carrier.dialled()
    await alarm.passes(1)

    assert before == [DUTY, SUPERVISOR]
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR, DUTY]


async def test_a_step_that_reaches_nobody_is_followed_by_the_next_at_once(
    alarm: AlarmScene,
) -> None:
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == [DUTY]
    assert await alarm.told() == [
        ("alarm.reached_nobody", "any_line"),
        ("alarm.reached_nobody", "own_phones"),
        ("alarm.rang", "duty_phone"),
    ]


async def test_while_a_counselor_is_being_rung_each_step_keeps_to_its_time(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.counselor("li", "offered")
    await alarm.waits()
    rings = Offer(call_id="c1", staff_id="li", offered_at=later(15), expires_at=later(99))
    await alarm.floor.add(rings)

    await alarm.passes(20)
    before = alarm.carrier.dialled()
    await alarm.passes(20)
    await alarm.passes(20)

    assert (before, alarm.carrier.dialled()) == ([], [DUTY])


async def test_a_line_that_can_ring_nobody_goes_on_looking(alarm: AlarmScene) -> None:
    await alarm.floor.change(Line, "youth", duty_phone="", supervisor_phone="")
    await alarm.waits()

    await alarm.passes(20)
    await alarm.is_at_home("lin")
    await alarm.passes(100)

    assert alarm.carrier.dialled() == [AT_HOME]


async def test_the_deadlines_are_those_of_the_line(alarm: AlarmScene) -> None:
    danger = {"duty_phone_s": 5, "supervisor_s": 8}
    await alarm.floor.change(Line, "youth", alarm={"danger": danger})
    await alarm.waits()

    await alarm.passes(5)
    first = alarm.carrier.dialled()
    await alarm.passes(3)

    assert first == [DUTY]
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR]


async def test_who_becomes_a_child_in_danger_while_waiting_has_deadlines_from_then_on(
    alarm: AlarmScene,
) -> None:
    await alarm.waits(urgency="routine")
    await alarm.passes(100)
    async with alarm.floor.database.work() as work:
        make_urgent(work, await lock_call(work, "c1"), at=later(100), why="key_while_waiting")
    await alarm.looks()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == [DUTY]


async def test_a_waiting_call_of_a_version_before_has_a_deadline_after_one_look(
    alarm: AlarmScene,
) -> None:
    await alarm.waits(alarm_since=None)

    assert (await alarm.call()).alarm_due_at == later(20)


async def test_a_clock_set_back_delays_by_no_more_than_one_round(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.floor.change(Call, "c1", alarm_due_at=later(6 * 3600))

    await alarm.passes(20)

    assert (await alarm.call()).alarm_due_at is not None
    assert alarm.carrier.dialled() == [DUTY]


# ── no danger, and nobody left ──────────────────────────────────────────────────────────────────


async def test_for_a_caller_in_no_danger_the_duty_phone_rings_later_and_again(
    alarm: AlarmScene,
) -> None:
    await alarm.waits(urgency="routine")

    await alarm.passes(179)
    before = alarm.carrier.dialled()
    await alarm.passes(1)
    await alarm.ends()
    await alarm.passes(179)
    once = alarm.carrier.dialled()
    await alarm.passes(1)

    assert (before, once) == ([], [DUTY])
    assert alarm.carrier.dialled() == [DUTY, DUTY]


@pytest.mark.parametrize("state", ["ready", "offered", "talking", "wrapping_up"])
async def test_nobody_is_alarmed_while_somebody_at_work_could_take_a_caller_in_no_danger(
    alarm: AlarmScene, state: str
) -> None:
    await alarm.floor.counselor("li", state)
    await alarm.waits(urgency="routine")

    await alarm.passes(600)

    assert alarm.carrier.dialled() == []
    assert (await alarm.call()).alarm_due_at == later(615)


async def test_whom_danger_keeps_waiting_for_long_the_duty_phone_is_rung_again_and_again(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.counselor("li", "talking")
    await alarm.waits(urgency="routine")

    await alarm.passes(899)
    before = alarm.carrier.dialled()
    await alarm.passes(15)
    await alarm.ends()
    await alarm.passes(180)

    assert (before, alarm.carrier.dialled()) == ([], [DUTY, DUTY])


async def test_how_long_somebody_may_be_kept_waiting_is_the_lines_to_say(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.change(Line, "youth", alarm={"routine": {"long_wait_s": 300}})
    await alarm.floor.counselor("li", "talking")
    await alarm.waits(urgency="routine")

    await alarm.passes(300)

    assert alarm.carrier.dialled() == [DUTY]


@pytest.mark.parametrize(
    ("state", "lines"), [("paused", ["youth"]), ("offline", ["youth"]), ("ready", ["legal"])]
)
async def test_the_duty_phone_rings_where_nobody_at_work_fits_any_stage_of_the_plan(
    alarm: AlarmScene, state: str, lines: list[str]
) -> None:
    await alarm.floor.change(Line, "youth", plan=ANYONE, plan_version="anyone")
    await alarm.floor.counselor("li", state, staff={"lines": lines})
    await alarm.waits(urgency="routine")

    await alarm.passes(180)

    assert alarm.carrier.dialled() == [DUTY]


# ── leaders ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_leader_goes_on_at_the_same_step(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)

    alarm.dialler = new_dialler(alarm.floor, alarm.carrier)
    await alarm.passes(1)
    before = alarm.carrier.dialled()
    await alarm.passes(69)

    assert before == [DUTY]
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR]


async def test_two_leaders_at_once_ring_each_phone_once(alarm: AlarmScene) -> None:
    await alarm.waits()
    alarm.floor.clock.advance(20)

    await asyncio.gather(alarm.looks(), alarm.looks())

    assert alarm.carrier.dialled() == [DUTY]


async def test_an_alarm_that_is_not_understood_has_the_default_deadlines(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.change(Line, "youth", alarm={"danger": {"pause_s": "soon"}})
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == [DUTY]


# ── the clock ───────────────────────────────────────────────────────────────────────────────────


async def test_a_clock_that_is_set_back_puts_no_step_off(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(600)
    dialled = len(alarm.carrier.dialled())
    await alarm.ends(SUPERVISOR)
    await alarm.ends()
    await alarm.floor.change(Call, "c1", heard_at=alarm.floor.clock.now())
    due_at = (await alarm.call()).alarm_due_at

    now = alarm.floor.clock.advance(-600)
    await bring_back(alarm.floor.database, at=now)
    call = await alarm.call()
    await alarm.passes(30)

    assert (due_at, call.alarm_due_at) == (later(630), later(30))
    assert len(alarm.carrier.dialled()) > dialled


# ── rows that are wrong ─────────────────────────────────────────────────────────────────────────


async def test_a_counselor_who_can_be_offered_nothing_keeps_no_other_from_the_child(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.add(a_line(id="legal"))
    await alarm.floor.counselor("lee", staff={"lines": ["legal"]})
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.floor.caller("c0", state="ended")
    await alarm.floor.add(
        Offer(id="o0", call_id="c0", staff_id="lee", offered_at=later(0), expires_at=later(600))
    )
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == ["client:sun"]
    assert await alarm.told() == [("alarm.rang", "any_line")]
