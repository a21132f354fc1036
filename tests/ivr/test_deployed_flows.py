"""The flows of all six lines: whoever calls, and whatever they do, a human is one key away."""

from pathlib import Path

import pytest
import yaml

from ivr.flow import parse
from ivr.interpreter import begin, proceed
from ivr.model import CRISIS, ROUTINE, Collect, Flow, FlowOutcome, Heard, OutcomeKind
from ivr.wording import spoken_reply

FLOWS = sorted((Path(__file__).parents[2] / "deploy" / "guangdong" / "flows").glob("*.yaml"))
WHO_WE_ARE = {
    "youth-12355": "青少年",
    "mental-12356": "心理",
    "women-12338": "妇女",
    "legal-12348": "法律",
    "civil-12349": "民政",
    "child-protection": "未成年人",
}

Prompts = dict[str, dict[str, str]]


@pytest.fixture(params=FLOWS, ids=lambda file: file.stem)
def flow(request: pytest.FixtureRequest, prompts: Prompts) -> Flow:
    """Each in turn, checked with its prompts."""
    return parse(yaml.safe_load(request.param.read_text("utf-8")), prompts=prompts)


def outcome(flow: Flow, heard: Heard) -> FlowOutcome:
    then = proceed(flow, begin(flow).position, heard).then
    assert isinstance(then, FlowOutcome)
    return then


def test_there_is_a_flow_for_each_line() -> None:
    assert {file.stem for file in FLOWS} == set(WHO_WE_ARE)


def test_the_first_words_say_who_we_are_and_the_next_what_to_do_in_danger(
    flow: Flow, prompts: Prompts
) -> None:
    first, danger = spoken_reply(prompts, begin(flow).say)[:2]

    assert WHO_WE_ARE[flow.name] in first.text
    assert "9" in danger.text


@pytest.mark.parametrize("heard", [Heard(digits="9"), Heard(speech="救命")])
def test_danger_is_heard_from_the_first_word_on(flow: Flow, heard: Heard) -> None:
    assert isinstance(begin(flow).then, Collect)
    assert outcome(flow, heard).urgency == CRISIS


@pytest.mark.parametrize("heard", [Heard(), Heard(digits="0"), Heard(speech="喂")])
def test_silence_zero_and_words_nobody_knows_lead_to_a_human(flow: Flow, heard: Heard) -> None:
    reached = outcome(flow, heard)

    assert (reached.kind, reached.urgency) == (OutcomeKind.ENQUEUE, ROUTINE)


@pytest.mark.parametrize("key", "123456789*#")
def test_every_key_leads_to_a_human_at_the_second_try_at_the_latest(flow: Flow, key: str) -> None:
    once = proceed(flow, begin(flow).position, Heard(digits=key))

    twice = proceed(flow, once.position, Heard(digits=key))

    ends = [one.then for one in (once, twice) if isinstance(one.then, FlowOutcome)]
    assert ends
    assert {one.kind for one in ends} == {OutcomeKind.ENQUEUE}
