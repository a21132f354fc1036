"""Nobody takes the child: what it hears meanwhile, and a phone that is nobody's account."""

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Participant
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import DUTY_PHONE, VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

ROUND = "/voice/calls/c1/wait?turn=3"


async def duty_phone_rings(scene: VoiceScene, urgency: str = "crisis") -> None:
    """The child waits, and the line's duty phone was dialled."""
    await scene.call_stands(
        CallState.WAITING, queued_at=NOON, urgency=urgency, alarm_since=NOON, alarm_step=3
    )
    await scene.add(
        Participant(id="duty", call_id="c1", role="counselor", address=DUTY_PHONE,
                    state="ringing", created_at=NOON)
    )  # fmt: skip


@pytest.mark.parametrize(("rounds", "spoken"), [(0, False), (1, True), (2, False), (3, True)])
async def test_a_child_in_danger_hears_that_phones_ring_and_the_emergency_numbers(
    scene: VoiceScene, rounds: int, *, spoken: bool
) -> None:
    await duty_phone_rings(scene)
    await scene.change(Call, "c1", waits=rounds)

    said = await scene.asks(ROUND)

    assert says(said, "wait.danger_alarm") == spoken
    assert silent(said) != spoken


@pytest.mark.parametrize(("language", "words"), [("cmn", "110"), ("yue", "120"), ("eng", "120")])
async def test_the_emergency_numbers_are_named_in_the_childs_language(
    scene: VoiceScene, language: str, words: str
) -> None:
    await duty_phone_rings(scene)
    await scene.change(Call, "c1", waits=1, language=language)

    said = await scene.asks(ROUND)

    assert says(said, "wait.danger_alarm", language)
    assert " ".join(words) in said


async def test_a_child_in_no_danger_hears_the_truth_and_may_leave_a_message(
    scene: VoiceScene,
) -> None:
    await duty_phone_rings(scene, "routine")
    await scene.change(Call, "c1", waits=1)

    told = await scene.asks(ROUND)
    said = await scene.child_presses("8")

    assert says(told, "wait.nobody")
    assert says(told, "wait.choices", digit="6")
    assert says(said, "message.please_leave")
    assert (await scene.call()).state == CallState.MESSAGE
    assert (await scene.get(Participant, "duty")).wanted == "out"


@pytest.mark.parametrize(("urgency", "step"), [("crisis", 3), ("routine", 0)])
async def test_a_message_is_no_way_out_of_danger_or_where_somebody_will_come(
    scene: VoiceScene, urgency: str, step: int
) -> None:
    await duty_phone_rings(scene, urgency)
    await scene.change(Call, "c1", alarm_step=step)

    await scene.asks(ROUND, Digits="8")

    assert (await scene.call()).state == CallState.WAITING


async def test_whoever_answers_the_duty_phone_must_press_a_key(scene: VoiceScene) -> None:
    await duty_phone_rings(scene)

    said = await scene.asks("/voice/legs/duty/answer", CallSid="CA-duty")

    assert says(said, "counselor.called_in", line="青少年")
    assert "<Conference" not in said
    assert (await scene.call()).state == CallState.WAITING


async def test_with_the_key_the_child_and_the_duty_phone_are_in_one_talk(
    scene: VoiceScene,
) -> None:
    await duty_phone_rings(scene)
    said = await scene.asks("/voice/legs/duty/answer", CallSid="CA-duty")

    joined = await scene.asks(leads_to(said), CallSid="CA-duty", Digits="1")
    child = await scene.asks("/voice/calls/c1/join?turn=3")

    assert ">call-c1</Conference>" in joined
    assert ">call-c1</Conference>" in child
    call = await scene.call()
    assert (call.state, call.counselor_id) == (CallState.TALKING, None)


async def test_a_mailbox_on_the_duty_phone_is_hung_up_and_the_timeline_tells_it(
    scene: VoiceScene,
) -> None:
    await duty_phone_rings(scene)
    said = await scene.asks("/voice/legs/duty/answer", CallSid="CA-duty")

    after = await scene.asks(leads_to(said), CallSid="CA-duty", Digits="")
    await scene.reports("/voice/legs/duty/status", CallSid="CA-duty", CallStatus="completed")

    assert "<Hangup" in after
    assert await scene.told("alarm.not_taken") == [{"why": "completed"}]
    call = await scene.call()
    assert (call.state, call.alarm_due_at) == (CallState.WAITING, scene.clock.now())


async def test_a_talk_with_the_duty_phone_that_ends_counts_as_a_talk(scene: VoiceScene) -> None:
    await duty_phone_rings(scene)
    said = await scene.asks("/voice/legs/duty/answer", CallSid="CA-duty")
    await scene.asks(leads_to(said), CallSid="CA-duty", Digits="1")
    await scene.asks("/voice/calls/c1/join?turn=3")

    await scene.reports("/voice/status", CallStatus="completed")

    call = await scene.call()
    assert (call.state, call.outcome) == (CallState.ENDED, "talked")
    assert (await scene.get(Participant, "duty")).wanted == "out"


async def test_a_duty_phone_that_is_lost_brings_the_child_back_and_is_due_again_at_once(
    scene: VoiceScene,
) -> None:
    await duty_phone_rings(scene)
    said = await scene.asks("/voice/legs/duty/answer", CallSid="CA-duty")
    await scene.asks(leads_to(said), CallSid="CA-duty", Digits="1")
    await scene.asks("/voice/calls/c1/join?turn=3")

    after = await scene.asks(leads_to(scene.document))

    call = await scene.call()
    assert says(after, "after.dropped")
    assert (call.state, call.alarm_step) == (CallState.WAITING, 2)
    assert call.alarm_due_at == scene.clock.now()
