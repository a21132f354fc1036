"""An address failed and the carrier asks the fallback: it leads on, and never ends a caller."""

import asyncio

import pytest

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Line
from tests.hotline.web.api.conftest import SITE
from tests.hotline.web.voice.conftest import (
    CHILD,
    DIALLED,
    DUTY_PHONE,
    VoiceScene,
    asks_again_at,
    leads_to,
    says,
    somebody_holds_the_call,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("logged")]

OF_THE_LINE = "02000000077"


async def falls_back(scene: VoiceScene, failed: str, **form: str) -> str:
    """An address answered with an error, and the carrier asks the fallback instead."""
    said = {"ErrorCode": "11200", "ErrorUrl": f"{SITE}{failed}", "From": CHILD, "To": DIALLED}
    return await scene.asks("/voice/fallback", **(said | form))


async def line_has_a_duty_phone(scene: VoiceScene) -> None:
    """Known before anything failed."""
    await scene.change(Line, "youth", duty_phone=OF_THE_LINE)
    async with scene.backend.database.work() as work:
        await scene.backend.lines.read(work)


# ── with the database ───────────────────────────────────────────────────────────────────────────


async def test_a_caller_who_waits_goes_on_waiting(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING, waits=2)

    said = await falls_back(scene, "/voice/calls/c1/wait?turn=3")

    call = await scene.call()
    assert leads_to(said) == "/voice/calls/c1/wait?turn=4"
    assert (call.state, call.waits) == (CallState.WAITING, 3)


async def test_a_key_that_failed_counts_at_the_fallback(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.FLOW, step="menu")

    said = await falls_back(scene, "/voice/calls/c1/flow?turn=3", Digits="2")

    assert says(said, "wait.first", "yue")
    assert (await scene.call()).state == CallState.WAITING


@pytest.mark.parametrize(
    ("failed", "key"),
    [
        ("/voice/calls/c1/wait?turn=3", "9"),
        ("/voice/calls/c1/wait?turn=1", "9"),
        ("/voice/calls/c1/wait?turn=3&danger=1", ""),
        ("/voice/incoming", "9"),
    ],
)
async def test_the_danger_key_counts_at_the_fallback(
    scene: VoiceScene, failed: str, key: str
) -> None:
    await scene.call_stands(CallState.WAITING)

    said = await falls_back(scene, failed, Digits=key)

    assert says(said, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"


async def test_what_was_done_before_its_answer_was_lost_is_not_done_twice(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.WAITING)
    await scene.asks("/voice/calls/c1/wait?turn=3")

    said = await falls_back(scene, "/voice/calls/c1/wait?turn=3")

    assert leads_to(said) == "/voice/calls/c1/wait?turn=5"
    assert (await scene.call()).waits == 1


async def test_a_talk_that_was_over_is_over(scene: VoiceScene) -> None:
    await scene.talks()

    said = await falls_back(scene, "/voice/calls/c1/after?turn=3", DialCallStatus="answered")

    assert says(said, "after.dropped")
    assert (await scene.call()).state == CallState.WAITING


async def test_a_call_is_known_by_the_carriers_id_where_nothing_else_is_told(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.WAITING)

    said = await scene.asks("/voice/fallback", ErrorCode="11200")

    assert leads_to(said) == "/voice/calls/c1/wait?turn=4"


async def test_a_caller_whom_nobody_wrote_down_is_put_through_to_the_lines_own_duty_phone(
    scene: VoiceScene,
) -> None:
    await line_has_a_duty_phone(scene)

    said = await falls_back(scene, "/voice/incoming")

    call = await scene.call()
    assert f">{OF_THE_LINE}</Number>" in said
    assert "<Hangup" not in said
    assert (call.state, call.step) == (CallState.FLOW, "duty_phone")
    assert await scene.kinds() == ["call.arrived", "call.to_duty_phone"]


async def test_where_the_duty_phone_does_not_answer_the_caller_hears_the_menu(
    scene: VoiceScene,
) -> None:
    await falls_back(scene, "/voice/incoming")

    said = await scene.asks(leads_to(scene.document), To=DIALLED, DialCallStatus="no-answer")

    assert says(said, "menu.danger")
    assert (await scene.call()).state == CallState.FLOW


async def test_who_hangs_up_at_the_duty_phone_is_accounted_for(scene: VoiceScene) -> None:
    await falls_back(scene, "/voice/incoming")

    await scene.reports("/voice/status", CallStatus="completed")

    call = await scene.call()
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.HUNG_UP)
    assert call.outcome_step == "duty_phone"


async def test_without_a_duty_phone_the_caller_is_taken_in(scene: VoiceScene) -> None:
    settings = scene.backend.settings.model_copy(update={"duty_phone": ""})
    scene.backend.settings = settings

    said = await falls_back(scene, "/voice/incoming")

    assert "<Dial" not in said
    assert says(said, "menu.danger")


async def test_danger_before_anybody_was_written_down_leads_to_people_at_once(
    scene: VoiceScene,
) -> None:
    said = await falls_back(scene, "/voice/incoming?danger=1&rounds=2")

    call = await scene.call()
    assert says(said, "wait.crisis")
    assert (call.state, call.urgency) == (CallState.WAITING, "crisis")


async def test_a_leg_that_we_dialled_is_no_caller(scene: VoiceScene) -> None:
    await falls_back(scene, "/voice/legs/li/answer", Direction="outbound-api", CallSid="CA-li")

    assert await scene.calls() == []


# ── without it ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("what", "again"), [("flow", "wait"), ("after", "after")])
async def test_a_known_caller_is_kept_and_led_back_by_the_address_that_failed(
    without_database: VoiceScene, what: str, again: str
) -> None:
    failed = f"/voice/calls/c1/{what}?turn=3&lang=yue"

    said = await falls_back(without_database, failed, Digits="9")

    assert says(said, "wait.crisis", "yue")
    assert "<Hangup" not in said
    assert asks_again_at(said) == (f"/voice/calls/c1/{again}?turn=3&lang=yue&danger=1&rounds=1")


async def test_an_unknown_caller_is_put_through_and_comes_back_to_us(
    without_database: VoiceScene,
) -> None:
    said = await falls_back(without_database, "/voice/incoming")

    assert f">{DUTY_PHONE}</Number>" in said
    assert "<Hangup" not in said
    assert asks_again_at(said) == "/voice/incoming?rounds=1"


async def test_the_lines_own_duty_phone_is_known_without_the_database(
    scene: VoiceScene, without_database: VoiceScene
) -> None:
    await line_has_a_duty_phone(scene)
    without_database.backend.lines = scene.backend.lines

    said = await falls_back(without_database, "/voice/incoming")

    assert f">{OF_THE_LINE}</Number>" in said


@pytest.mark.parametrize(("rounds", "rings"), [(0, True), (1, False), (3, False), (4, True)])
async def test_the_duty_phone_is_rung_again_now_and_then(
    without_database: VoiceScene, rounds: int, *, rings: bool
) -> None:
    said = await without_database.asks(f"/voice/incoming?rounds={rounds}", To=DIALLED)

    assert ("<Dial" in said) == rings
    assert "<Hangup" not in said
    assert asks_again_at(said) == f"/voice/incoming?rounds={rounds + 1}"


async def test_without_a_duty_phone_the_caller_is_kept_and_told_the_emergency_numbers(
    without_database: VoiceScene,
) -> None:
    settings = without_database.backend.settings.model_copy(update={"duty_phone": ""})
    without_database.backend.settings = settings

    said = await falls_back(without_database, "/voice/incoming")

    assert "<Dial" not in said
    assert "<Hangup" not in said
    assert says(said, "technical")
    assert asks_again_at(said) == "/voice/incoming?rounds=1"


async def test_the_danger_key_at_the_duty_phone_is_carried_on_and_then_stored(
    scene: VoiceScene, without_database: VoiceScene
) -> None:
    await without_database.child_calls()
    await without_database.child_presses("9")

    said = await scene.asks(leads_to(without_database.document), From=CHILD, To=DIALLED)

    assert says(without_database.document, "wait.crisis")
    assert says(said, "wait.crisis")
    assert await scene.told("call.raised_to_crisis") == [{"why": "key_carried_on"}]


# ── in = out ────────────────────────────────────────────────────────────────────────────────────


async def test_the_end_of_a_call_that_nobody_wrote_down_is_accounted_for(
    scene: VoiceScene,
) -> None:
    form = {"From": CHILD, "To": DIALLED, "CallStatus": "completed", "Direction": "inbound"}

    status = await scene.reports("/voice/status", **form)

    call = await scene.call()
    assert status == 204
    assert (call.carrier_sid, call.line_id) == ("CA-child", "youth")
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.HUNG_UP)
    assert call.outcome_step == "not_taken_in"


async def test_a_call_that_comes_in_after_its_own_end_is_one_call_and_over(
    scene: VoiceScene,
) -> None:
    form = {"From": CHILD, "To": DIALLED}
    await scene.reports("/voice/status", CallStatus="completed", **form)

    said = await scene.child_calls()

    assert "<Hangup" in said
    assert (await scene.call()).state == CallState.ENDED


@pytest.mark.parametrize(
    "form",
    [
        {"CallStatus": "completed", "To": ""},
        {"CallStatus": "completed", "To": DIALLED, "Direction": "outbound-dial"},
        {"CallStatus": "in-progress", "To": DIALLED},
    ],
)
async def test_other_reports_of_unknown_legs_make_no_call(
    scene: VoiceScene, form: dict[str, str]
) -> None:
    status = await scene.reports("/voice/status", **form)

    assert status == 204
    assert await scene.calls() == []


async def test_who_dialled_a_number_of_no_line_and_left_is_counted(scene: VoiceScene) -> None:
    await scene.reports("/voice/status", CallStatus="completed", To="99999")

    (call,) = await scene.calls()
    assert (call.outcome, call.outcome_step) == ("turned_away", "number_unknown")


async def test_an_end_that_could_not_be_stored_is_stored_by_ourselves(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING)
    async with somebody_holds_the_call(scene):
        status = await scene.reports("/voice/status", CallStatus="completed")

    await scene.backend.unstored.settled()

    assert status == 503
    assert (await scene.call()).state == CallState.ENDED


async def test_two_requests_at_once_about_a_leg_that_nobody_wrote_down_make_one_call(
    scene: VoiceScene,
) -> None:
    form = {"From": CHILD, "To": DIALLED}
    ends = [scene.reports("/voice/status", CallStatus="completed", **form, Copy=n) for n in "ab"]

    _, *statuses = await asyncio.gather(scene.child_calls(), *ends)

    assert statuses == [204, 204]
    assert (await scene.call()).state == CallState.ENDED
