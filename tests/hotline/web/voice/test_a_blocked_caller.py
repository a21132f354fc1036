"""Who is blocked hears where help is; who was abusive is parted from; danger gets to people."""

import pytest

from hotline.calls.model import CallState, Outcome
from hotline.storage.tables import Call, CallerBlock, Staff
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import CHILD, VoiceScene, leads_to, says

pytestmark = pytest.mark.anyio


async def child_is_blocked(scene: VoiceScene) -> str:
    """By a supervisor, for a day. What the child hears who calls now."""
    index = scene.backend.vault.index(f"+86{CHILD}")
    await scene.add(
        Staff(id="he", username="he", name="He", password_hash="", lines=["youth"]),
        Call(id="before", carrier_sid="CA-before", line_id="youth", state="ended",
             outcome="talked", arrived_at=NOON, heard_at=NOON, from_index=index),
        CallerBlock(number_index=index, masked="138****8000", line_id="youth", call_id="before",
                    code="insulting", by_id="he", at=NOON, until=NOON.replace(hour=23)),
    )  # fmt: skip
    return await scene.child_calls()


async def call_now(scene: VoiceScene) -> Call:
    [call] = [one for one in await scene.calls() if one.carrier_sid == "CA-child"]
    return call


async def test_a_blocked_caller_hears_where_help_is_and_is_turned_away(scene: VoiceScene) -> None:
    said = await child_is_blocked(scene)

    assert says(said, "caller.blocked", line="青少年")
    assert "<Gather" in said
    said = await scene.child_is_silent()
    assert "<Hangup" in said
    call = await call_now(scene)
    assert (call.state, call.outcome) == (CallState.CLOSING, Outcome.TURNED_AWAY)
    assert call.outcome_step == "blocked"


async def test_the_danger_key_leads_a_blocked_caller_to_people(scene: VoiceScene) -> None:
    await child_is_blocked(scene)

    said = await scene.child_presses("9")

    call = await call_now(scene)
    assert (call.state, call.urgency, call.outcome) == (CallState.WAITING, "crisis", None)
    assert "<Gather" in said


async def test_a_blocked_caller_who_hangs_up_is_counted(scene: VoiceScene) -> None:
    await child_is_blocked(scene)

    await scene.reports("/voice/status", CallStatus="completed")

    assert (await call_now(scene)).outcome == Outcome.HUNG_UP


async def was_abusive(scene: VoiceScene) -> str:
    """The counselor has ended the talk; the child's leg comes out of it."""
    await scene.child_calls()
    call = await scene.call()
    await scene.change(Call, call.id, state="closing", outcome="talked", outcome_step="abusive")
    return await scene.asks(f"/voice/calls/{call.id}/after?turn={call.turn}")


async def test_who_was_abusive_hears_a_word_and_is_hung_up(scene: VoiceScene) -> None:
    said = await was_abusive(scene)

    assert says(said, "after.abusive")
    assert leads_to(said).startswith(f"/voice/calls/{(await scene.call()).id}/parted")
    assert "<Hangup" in await scene.child_is_silent()


async def test_danger_after_the_last_words_still_counts(scene: VoiceScene) -> None:
    await was_abusive(scene)

    await scene.child_presses("9")

    call = await scene.call()
    assert (call.state, call.urgency) == (CallState.WAITING, "crisis")
