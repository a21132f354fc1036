"""Nobody of the line comes: its partner is rung, or another line of ours has the caller."""

from typing import Any

import pytest

from hotline.ports import LegStatus
from hotline.storage.tables import Line
from tests.fakes import NOON
from tests.hotline.switchboard.alarm_scene import DUTY, AlarmScene
from tests.hotline.switchboard.conftest import a_line, later

pytestmark = pytest.mark.anyio

CITY = "+862000000031"
OUTSIDE = {"name": "市级热线", "name_en": "City line", "number": CITY, "line": "", "after_s": 60}
SISTER = {"name": "法援", "name_en": "Legal", "number": "", "line": "legal", "after_s": 60}
CLOSED = {"holidays": "as_usual", "days": [{"date": "2026-03-01", "is": "closed", "reason": "x"}]}


async def waits_in_no_danger(alarm: AlarmScene, **values: Any) -> None:
    """A caller waits since noon; li is at work, and busy."""
    await alarm.floor.counselor("li", "wrapping_up")
    await alarm.waits(urgency="routine", queued_at=NOON, **values)


async def has_partner(alarm: AlarmScene, partner: dict[str, Any], **values: Any) -> None:
    await alarm.floor.change(Line, "youth", overflow=partner, **values)


async def test_the_partner_is_rung_after_a_minute_though_somebody_is_at_work(
    alarm: AlarmScene,
) -> None:
    await has_partner(alarm, OUTSIDE)
    await waits_in_no_danger(alarm)

    await alarm.passes(59)
    before = alarm.carrier.dialled()
    await alarm.passes(1)

    assert (before, alarm.carrier.dialled()) == ([], [CITY])
    assert await alarm.told() == [("alarm.rang", "partner")]
    assert (await alarm.call()).state == "waiting"


async def test_who_does_not_answer_there_gives_the_caller_back_with_the_place(
    alarm: AlarmScene,
) -> None:
    await has_partner(alarm, OUTSIDE)
    await waits_in_no_danger(alarm)
    await alarm.passes(60)

    await alarm.ends(CITY, LegStatus.NO_ANSWER)
    await alarm.passes(1)

    call = await alarm.call()
    assert (call.state, call.queued_at) == ("waiting", NOON)
    assert alarm.carrier.dialled() == [CITY]


async def test_whoever_takes_the_call_at_the_partner_has_it(alarm: AlarmScene) -> None:
    await has_partner(alarm, OUTSIDE)
    await waits_in_no_danger(alarm)
    await alarm.passes(60)

    assert await alarm.takes(CITY)

    call = await alarm.call()
    assert (call.state, call.counselor_id, call.step) == ("connecting", None, "partner")


async def test_on_a_closed_line_the_partner_is_rung_at_once_and_then_the_duty_phone(
    alarm: AlarmScene,
) -> None:
    await has_partner(alarm, OUTSIDE, calendar=CLOSED)
    await alarm.waits(urgency="routine", queued_at=NOON)
    first = alarm.carrier.dialled()

    await alarm.ends(CITY, LegStatus.BUSY)
    await alarm.passes(1)

    assert (first, alarm.carrier.dialled()) == ([CITY], [CITY, DUTY])


async def test_in_danger_the_partner_outside_comes_after_all_who_are_ours(
    alarm: AlarmScene,
) -> None:
    await has_partner(alarm, OUTSIDE)
    await alarm.waits()

    await alarm.passes(90)
    before = alarm.carrier.dialled()
    await alarm.passes(30)

    assert CITY not in before
    assert alarm.carrier.dialled()[-1] == CITY


async def test_another_line_has_the_caller_for_a_minute_and_gives_them_back(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.add(a_line(id="legal"))
    await alarm.floor.counselor("lee", "talking", staff={"lines": ["legal"]})
    await has_partner(alarm, SISTER)
    await waits_in_no_danger(alarm)

    await alarm.passes(60)
    there = await alarm.call()
    await alarm.passes(1)
    await alarm.passes(60)
    back = await alarm.call()
    await alarm.passes(61)

    assert (there.line_id, there.queued_at, there.overflowed_from) == ("legal", NOON, "youth")
    assert (back.line_id, back.queued_at, back.overflowed_from) == ("youth", NOON, "youth")
    assert (await alarm.call()).line_id == "youth"


async def test_a_line_where_nobody_works_takes_nobody_over(alarm: AlarmScene) -> None:
    await alarm.floor.add(a_line(id="legal"))
    await has_partner(alarm, SISTER)
    await waits_in_no_danger(alarm)

    await alarm.passes(60)

    call = await alarm.call()
    assert (call.line_id, call.alarm_due_at) == ("youth", later(180))
    assert await alarm.told() == [("alarm.reached_nobody", "partner")]
