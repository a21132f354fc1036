"""What a caller does in the scripted part is kept with the call."""

from pathlib import Path

import pytest
import yaml

from hotline.calls.flow import begin_flow, hear_in_flow
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from ivr.flow import parse
from ivr.model import Collect, Flow, FlowOutcome, FlowReply, Heard
from tests.fakes import NOON
from tests.hotline.calls.conftest import CallsScene

pytestmark = pytest.mark.anyio

FILE = Path(__file__).parents[3] / "deploy/guangdong/flows/youth-12355.yaml"


@pytest.fixture(scope="module")
def flow() -> Flow:
    """The flow of the youth line, as it is deployed."""
    return parse(yaml.safe_load(FILE.read_text("utf-8")))


@pytest.fixture(scope="module")
def every_end() -> Flow:
    """One menu, from which every kind of end can be reached."""
    choices = {
        1: {"say": "language.cmn", "next": "talk", "topic": "family", "age_group": "teen",
            "gender": "f", "also": ["yue"]},
        2: {"say": "language.yue", "language": "yue", "next": "message"},
        3: {"say": "language.eng", "language": "eng", "next": "shut"},
        4: {"say": "language.hak", "language": "hak", "next": "talk", "urgency": "crisis"},
    }  # fmt: skip
    steps = {
        "menu": {"say": "wait.first", "choices": choices, "silence": "talk"},
        "talk": {"enqueue": {"urgency": "routine", "topic": "school"}},
        "message": {"say": "message.please_leave", "voicemail": True},
        "shut": {"say": "closed", "hang_up": "other_line"},
    }
    return parse({"name": "every-end", "start": "menu", "steps": steps})


async def hears(scene: CallsScene, flow: Flow, *digits: str) -> FlowReply:
    """The caller listens to the first words, then presses these keys, one after the other."""
    await scene.call(CallState.FLOW)
    async with scene.work() as work:
        call = await lock_call(work, "c1")
        reply = begin_flow(flow, call)
        for digit in digits:
            reply = hear_in_flow(work, flow, call, Heard(digit), at=NOON)
    return reply


async def test_the_first_words_are_those_of_the_start(scene: CallsScene, flow: Flow) -> None:
    reply = await hears(scene, flow)

    assert isinstance(reply.then, Collect)
    assert (await scene.now()).step == reply.position.step


async def test_a_language_that_was_chosen_is_kept_and_the_caller_is_handed_over(
    scene: CallsScene, flow: Flow
) -> None:
    reply = await hears(scene, flow, "2")

    assert isinstance(reply.then, FlowOutcome)
    assert ((await scene.now()).language, (await scene.now()).urgency) == ("yue", "routine")


async def test_a_wrong_key_is_counted_and_asked_about_once(scene: CallsScene, flow: Flow) -> None:
    reply = await hears(scene, flow, "7")

    assert isinstance(reply.then, Collect)
    assert (await scene.now()).misses == 1


async def test_danger_is_raised_where_it_is_told(scene: CallsScene, flow: Flow) -> None:
    await hears(scene, flow, "9")

    assert (await scene.now()).urgency == "crisis"
    assert await scene.told() == [("call.raised_to_crisis", {"why": "key_in_menu"})]


async def test_beginning_again_forgets_what_was_missed(scene: CallsScene, flow: Flow) -> None:
    await hears(scene, flow, "7")
    async with scene.work() as work:
        begin_flow(flow, await lock_call(work, "c1"))

    assert (await scene.now()).misses == 0


async def test_what_a_caller_said_about_themselves_is_kept_for_who_will_talk_to_them(
    scene: CallsScene, every_end: Flow
) -> None:
    await hears(scene, every_end, "1")

    call = await scene.now()
    assert (call.topic, call.age_group, call.wished_gender) == ("family", "teen", "f")
    assert call.also_speaks == ["yue"]
    assert (call.step, call.urgency) == ("talk", "routine")


async def test_a_caller_who_says_nothing_comes_to_a_human_with_what_the_line_is_about(
    scene: CallsScene, every_end: Flow
) -> None:
    reply = await hears(scene, every_end, "")

    assert isinstance(reply.then, FlowOutcome)
    call = await scene.now()
    assert (reply.then.kind, call.topic, call.age_group) == ("enqueue", "school", None)


@pytest.mark.parametrize(
    ("digit", "kind", "language", "step"),
    [("2", "voicemail", "yue", "message"), ("3", "hang_up", "eng", "shut")],
)
async def test_an_end_without_a_human_is_reached_in_the_language_that_was_chosen(
    scene: CallsScene, every_end: Flow, digit: str, kind: str, language: str, step: str
) -> None:
    reply = await hears(scene, every_end, digit)

    assert isinstance(reply.then, FlowOutcome)
    assert reply.then.kind == kind
    call = await scene.now()
    assert (call.language, call.step, call.urgency) == (language, step, "routine")
    assert await scene.told() == []


async def test_a_choice_that_means_danger_raises_the_call(
    scene: CallsScene, every_end: Flow
) -> None:
    await hears(scene, every_end, "4")

    call = await scene.now()
    assert (call.urgency, call.language) == ("crisis", "hak")
    assert [kind for kind, _ in await scene.told()] == ["call.raised_to_crisis"]


async def test_a_call_that_is_a_crisis_already_is_not_lowered_by_a_quiet_choice(
    scene: CallsScene, every_end: Flow
) -> None:
    await scene.call(CallState.FLOW, urgency="crisis")

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        begin_flow(every_end, call)
        hear_in_flow(work, every_end, call, Heard("1"), at=NOON)

    assert (await scene.now()).urgency == "crisis"
    assert await scene.told() == []


async def test_a_caller_who_was_at_a_step_that_a_new_flow_does_not_have_comes_to_a_human(
    scene: CallsScene, every_end: Flow
) -> None:
    await scene.call(CallState.FLOW, step="was-there-yesterday")

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        reply = hear_in_flow(work, every_end, call, Heard("2"), at=NOON)

    assert isinstance(reply.then, FlowOutcome)
    assert reply.then.kind == "enqueue"


async def test_a_second_wrong_key_leads_to_a_human(scene: CallsScene, every_end: Flow) -> None:
    reply = await hears(scene, every_end, "7", "8")

    assert isinstance(reply.then, FlowOutcome)
    assert reply.then.kind == "enqueue"
