"""Nobody of ours can answer, and the duty phone does: an outcome of its own, nobody lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Callback, Leadership
from tests.fakes import FakeClock
from tests.hotline.web.voice.conftest import CHILD, DUTY_PHONE, VoiceScene, leads_to, says

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # by the database's own clock


async def put_through(scene: VoiceScene, **fields: object) -> str:
    """A child who waited, and is on the way to the duty phone. Where they ask after it."""
    at = scene.clock.now()
    known = {"urgency": "routine", "queued_at": at - timedelta(minutes=5), "turn": 3}
    await scene.call_stands(CallState.CLOSING, step="duty_phone", **(known | fields))
    return "/voice/calls/c1/wait?turn=3"


async def picks_up(scene: VoiceScene) -> None:
    """The carrier tells of the phone's leg."""
    await scene.reports(
        "/voice/duty-phone",
        CallSid="CA-duty",
        ParentCallSid=(await scene.call()).carrier_sid,
        CallStatus="in-progress",
        From=CHILD,
        To=DUTY_PHONE,
    )


async def owed(scene: VoiceScene) -> list[str]:
    """Why calls are owed."""
    async with scene.backend.database.work() as work:
        return list((await work.exec(select(Callback.why))).all())


@pytest.mark.parametrize("language", ["cmn", "yue", "eng"])
async def test_the_words_before_it_are_in_the_callers_language(
    scene: VoiceScene, language: str
) -> None:
    await scene.call_stands(CallState.WAITING, language=language)
    await scene.add(Leadership(name="switchboard", epoch=1, expires_at=LONG_AGO))

    said = await scene.asks("/voice/calls/c1/wait?turn=3")

    assert says(said, "duty_phone", language)
    assert f">{DUTY_PHONE}</Number>" in said


async def test_who_hangs_up_after_a_talk_there_was_served_and_is_owed_nothing(
    scene: VoiceScene, clock: FakeClock
) -> None:
    await put_through(scene)
    await picks_up(scene)
    clock.advance(300)

    await scene.reports("/voice/status", CallStatus="completed")

    call = await scene.call()
    assert (call.state, call.outcome) == (CallState.ENDED, Outcome.DUTY_PHONE)
    assert "call.with_duty_phone" in await scene.kinds()
    assert await owed(scene) == []


async def test_who_hangs_up_before_it_picks_up_or_on_a_mailbox_is_owed_a_call(
    scene: VoiceScene, clock: FakeClock
) -> None:
    await put_through(scene)
    await picks_up(scene)
    clock.advance(5)

    await scene.reports("/voice/status", CallStatus="completed")

    assert (await scene.call()).outcome == Outcome.HUNG_UP
    assert await owed(scene) == ["hung_up"]


async def test_a_child_in_danger_who_is_suddenly_gone_from_that_talk_is_owed_a_call(
    scene: VoiceScene, clock: FakeClock
) -> None:
    await put_through(scene, urgency="crisis")
    await picks_up(scene)
    clock.advance(300)

    await scene.reports("/voice/status", CallStatus="completed")

    assert (await scene.call()).outcome == Outcome.DUTY_PHONE
    assert await owed(scene) == ["dropped"]


async def test_who_hangs_up_as_soon_as_the_duty_phone_has_was_served_too(
    scene: VoiceScene, clock: FakeClock
) -> None:
    after = await put_through(scene)
    await picks_up(scene)
    clock.advance(300)
    said = await scene.asks(after, DialCallStatus="completed")

    await scene.reports("/voice/status", CallStatus="completed")

    assert leads_to(said).startswith("/voice/calls/c1/wait")
    assert (await scene.call()).outcome == Outcome.DUTY_PHONE


async def test_who_waits_on_for_somebody_else_afterwards_is_not_served_by_that_talk(
    scene: VoiceScene, clock: FakeClock
) -> None:
    await put_through(scene)
    await picks_up(scene)
    clock.advance(300)
    said = await scene.asks("/voice/calls/c1/wait?turn=3", DialCallStatus="completed")
    for _ in range(4):
        said = await scene.asks(leads_to(said))

    await scene.reports("/voice/status", CallStatus="completed")

    assert (await scene.call()).outcome == Outcome.HUNG_UP
    assert await owed(scene) == ["hung_up"]


async def test_a_report_about_nobody_we_know_changes_nothing(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING)

    await scene.reports("/voice/duty-phone", ParentCallSid="CA-of-nobody")
    await picks_up(scene)

    assert (await scene.call()).duty_phone_at is None
