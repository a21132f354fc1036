"""A caller of a closed line: told so, and led on. Noon in London is 20:00 in Shanghai, a Sunday."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Line, LineDiversion, Participant, SupervisorAct
from ivr.twiml import readable
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says

pytestmark = pytest.mark.anyio

OFFICE = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:30", "to": "17:30"}]
HOURS = "星期一到星期五，8点30分到17点30分；法定节假日休息"
CITY = "+862000000031"
PARTNER = {"name": "市级热线", "name_en": "City line", "number": CITY, "after_s": 60}
SISTER = {"name": "妇女热线", "name_en": "Women", "number": "", "line": "women", "after_s": 60}


async def has_office_hours(scene: VoiceScene, overflow: dict[str, Any] | None = None) -> None:
    """The line is served on working days; its partner, if any."""
    await scene.change(Line, "youth", hours=OFFICE, calendar={"holidays": "closed", "days": []})
    await scene.change(Line, "youth", overflow=overflow or {})


async def calls_and_presses(scene: VoiceScene, key: str, **at: int) -> str:
    """The child dials at a moment of UTC, and presses a key of the menu."""
    if at:
        scene.clock.time = datetime(**at, tzinfo=UTC)
    await scene.child_calls()
    return await scene.child_presses(key)


async def test_who_calls_out_of_hours_hears_them_the_emergency_numbers_and_may_leave_a_message(
    scene: VoiceScene,
) -> None:
    await has_office_hours(scene)

    said = await calls_and_presses(scene, "1")

    call = await scene.call()
    assert (call.state, call.queued_at) == (CallState.MESSAGE, None)
    assert says(said, "closed_now.message", line="青少年", hours=HOURS)
    assert "1 1 0" in said
    assert says(said, "message.please_leave")


async def test_the_hours_are_said_in_the_language_that_was_chosen(scene: VoiceScene) -> None:
    await has_office_hours(scene)

    said = await calls_and_presses(scene, "5")

    assert readable("Monday to Friday, 8:30 to 17:30; closed on public holidays") in said


@pytest.mark.parametrize(
    ("day", "state"),
    [((2, 16), CallState.WAITING), ((2, 17), CallState.MESSAGE), ((2, 14), CallState.WAITING)],
    ids=["new_years_eve_by_the_files", "new_year", "saturday_worked_for_it"],
)
async def test_a_festival_closes_the_line_and_a_worked_saturday_opens_it(
    scene: VoiceScene, day: tuple[int, int], state: CallState
) -> None:
    await has_office_hours(scene)
    eve = {"date": "2026-02-16", "is": "working_day", "reason": "值守到中午"}
    await scene.change(Line, "youth", calendar={"holidays": "closed", "days": [eve]})

    await calls_and_presses(scene, "1", year=2026, month=day[0], day=day[1], hour=2)

    assert (await scene.call()).state == state


async def test_danger_goes_to_people_at_once_on_a_closed_line_too(scene: VoiceScene) -> None:
    await has_office_hours(scene)

    said = await calls_and_presses(scene, "9")

    call = await scene.call()
    assert (call.state, call.urgency) == (CallState.WAITING, "crisis")
    assert says(said, "wait.crisis")


async def test_a_number_that_is_known_to_be_in_danger_is_not_asked_for_a_message(
    scene: VoiceScene,
) -> None:
    await has_office_hours(scene)
    await scene.child_calls(CallSid="CA-before")
    before = await scene.call()
    await scene.change(Call, before.id, state="ended", urgency="crisis", outcome="hung_up",
                       ended_at=NOON)  # fmt: skip

    await calls_and_presses(scene, "1")

    (call,) = [one for one in await scene.calls() if one.id != before.id]
    assert (call.state, call.urgency) == (CallState.WAITING, "crisis")


async def test_with_a_partner_outside_the_caller_stays_ours_and_waits(scene: VoiceScene) -> None:
    await has_office_hours(scene, PARTNER)

    said = await calls_and_presses(scene, "1")

    call = await scene.call()
    assert (call.state, call.line_id, call.alarm_due_at) == (CallState.WAITING, "youth", None)
    assert says(said, "closed_now.partner", line="青少年", hours=HOURS, partner="市级热线")


async def test_another_line_that_is_open_takes_over(scene: VoiceScene) -> None:
    await scene.add(Line(id="women", name="妇女", name_en="Women", number_shown="12338"))
    await has_office_hours(scene, SISTER)

    said = await calls_and_presses(scene, "1")

    call = await scene.call()
    assert (call.state, call.line_id) == (CallState.WAITING, "women")
    assert call.queued_at == scene.clock.now()
    assert says(said, "closed_now.partner", line="青少年", hours=HOURS, partner="妇女热线")


async def test_another_line_that_is_closed_as_well_does_not(scene: VoiceScene) -> None:
    await scene.add(Line(id="women", name="妇女", name_en="W", number_shown="12338", hours=OFFICE))
    await has_office_hours(scene, SISTER)

    said = await calls_and_presses(scene, "1")

    assert (await scene.call()).state == CallState.MESSAGE
    assert says(said, "closed_now.message", line="青少年", hours=HOURS)


async def test_a_queue_that_a_supervisor_diverted_is_served_at_any_hour(scene: VoiceScene) -> None:
    await has_office_hours(scene)
    await scene.add(Line(id="women", name="妇女", name_en="Women", number_shown="12338"))
    await scene.add(
        SupervisorAct(id="a", group_id="a", by_id="li", at=NOON, kind="line_diverted",
                      subject_kind="line", subject_id="youth"),
        LineDiversion(line_id="youth", to_line_id="women", act_id="a", at=NOON),
    )  # fmt: skip

    await calls_and_presses(scene, "1")

    call = await scene.call()
    assert (call.state, call.line_id) == (CallState.WAITING, "women")


async def test_who_answers_at_the_partner_is_asked_for_a_key_and_the_outcome_names_them(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.WAITING, queued_at=NOON, alarm_since=NOON, alarm_step=1)
    await scene.add(
        Participant(id="city", call_id="c1", role="counselor", address=CITY,
                    name="市级热线", state="ringing", created_at=NOON)
    )  # fmt: skip

    asked = await scene.asks("/voice/legs/city/answer", CallSid="CA-city")
    await scene.asks(leads_to(asked), CallSid="CA-city", Digits="1")
    await scene.asks("/voice/calls/c1/join?turn=3")
    await scene.reports("/voice/status", CallStatus="completed")

    assert says(asked, "partner.offer", line="青少年")
    call = await scene.call()
    assert (call.outcome, call.outcome_step) == ("talked", "partner")
