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
