"""A plain call is taken in, and ended in the flow, by one statement: as the usual way does it."""

from typing import Any
from urllib.parse import urlencode

import pytest

from hotline.callcontrol.talks import caller_left
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.storage.tables import Call, Line, Offer
from hotline.web.voice.plain_calls import end_at_once, take_in_at_once
from hotline.web.voice.webhook import Webhook
from tests.hotline.web.voice.conftest import CHILD, DIALLED, VoiceScene, says

pytestmark = pytest.mark.anyio

OF_EACH_CALL_ITS_OWN = {"id", "carrier_sid", "from_sealed"}


@pytest.fixture
async def scene(scene: VoiceScene) -> VoiceScene:
    """The process has read its lines, as it does at its start."""
    async with scene.backend.database.work() as work:
        await scene.backend.lines.read(work)
    return scene


def what_counts(call: Call) -> dict[str, Any]:
    """Of a row, what two calls of one story have alike."""
    return call.model_dump(exclude=OF_EACH_CALL_ITS_OWN)


async def both(scene: VoiceScene) -> tuple[Call, Call]:
    """The call of the short way, and that of the usual one."""
    calls = {call.carrier_sid: call for call in await scene.calls()}
    return calls["CA-plain"], calls["CA-usual"]


def asked(path: str, **form: str) -> Webhook:
    """A request that passed the gate."""
    return Webhook(path, "", urlencode(form).encode(), form)


async def calls_by_both_ways(scene: VoiceScene) -> tuple[str | None, str]:
    """What each hears first. Something in the query makes a request one of the usual way."""
    form = {"From": CHILD, "To": DIALLED, "CallStatus": "ringing"}
    first = asked("/voice/incoming", CallSid="CA-plain", **form)
    plain = await take_in_at_once(scene.backend, first)
    usual = await scene.asks("/voice/incoming?way=usual", CallSid="CA-usual", **form)
    return plain, usual


async def test_a_plain_call_is_taken_in_as_any_other(scene: VoiceScene) -> None:
    heard = await calls_by_both_ways(scene)

    plain, usual = await both(scene)
    opened = [
        scene.backend.vault.open(c.from_sealed, place=f"call.from.{c.id}") for c in (plain, usual)
    ]
    assert what_counts(plain) == what_counts(usual)
    assert (heard[0] or "").replace(plain.id, usual.id) == heard[1]
    assert opened == [CHILD, CHILD]
    assert await scene.kinds() == ["call.arrived"] * 2


async def test_a_plain_call_that_ends_in_the_flow_ends_as_any_other(scene: VoiceScene) -> None:
    await calls_by_both_ways(scene)
    scene.clock.advance(seconds=7)

    ended = await end_at_once(scene.backend, asked("/voice/status", CallSid="CA-plain"))
    async with scene.backend.database.work() as work:
        call = await lock_call(work, (await both(scene))[1].id)
        await caller_left(work, call, at=scene.clock.now())

    plain, usual = await both(scene)
    assert ended
    assert what_counts(plain) == what_counts(usual)
    assert (plain.state, plain.outcome) == (CallState.ENDED, "hung_up")
    assert await scene.told("call.caller_left") == [{"from_state": "flow"}] * 2


async def test_the_same_first_request_twice_is_one_call_and_one_answer(scene: VoiceScene) -> None:
    first = await scene.child_calls()
    again = await scene.child_calls()

    assert first == again
    assert len(await scene.calls()) == 1


async def test_a_caller_in_line_ends_the_usual_way(scene: VoiceScene) -> None:
    await scene.is_offered()

    await scene.reports("/voice/status", CallStatus="completed")

    assert (await scene.call()).outcome_step == CallState.WAITING
    assert (await scene.get(Offer, "offer-li")).state == "withdrawn"


async def test_a_line_that_has_changed_since_it_was_read_answers_as_it_is_now(
    scene: VoiceScene,
) -> None:
    await scene.change(Line, "youth", name="新的名字")

    await scene.child_calls()

    assert says(scene.document, "greeting.line", line="新的名字")


async def test_a_report_of_a_leg_that_is_not_over_changes_nothing(scene: VoiceScene) -> None:
    await scene.child_calls()
    before = await scene.call()

    status = await scene.reports("/voice/status", CallStatus="in-progress")

    assert (status, await scene.call()) == (204, before)
