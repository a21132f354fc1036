"""The child answers the menu: with a key, with words, or not at all."""

from typing import Any

import pytest

from hotline.calls.model import CallState, Outcome
from hotline.storage.documents import version_of_document
from hotline.storage.tables import Call, Line, LineDiversion, Presence, Staff, SupervisorAct
from routing.policy import DEFAULT_DOCUMENT
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import CHILD, VoiceScene, leads_to, says

pytestmark = pytest.mark.anyio


async def test_a_key_leads_to_the_queue_with_a_word_on_the_way(scene: VoiceScene) -> None:
    await scene.child_calls()

    scene.clock.advance(8)
    said = await scene.child_presses("1")

    call = await scene.call()
    assert (call.state, call.urgency) == (CallState.WAITING, "routine")
    assert call.queued_at == scene.clock.now()
    assert says(said, "menu.to_human")
    assert says(said, "wait.first")
    assert await scene.kinds() == ["call.arrived", "flow.left", "call.queued"]


async def test_what_was_chosen_is_known_to_whoever_answers(scene: VoiceScene) -> None:
    await scene.child_calls()

    await scene.child_presses("5")

    call = await scene.call()
    assert (call.language, call.topic) == ("eng", "school")
    assert (call.age_group, call.wished_gender) == ("child", "f")


ENGLISH_WOMAN = {"languages": {"eng": 5}, "gender": "f"}


@pytest.mark.parametrize(
    ("hold_s", "on_duty", "state", "told"),
    [
        (30, ENGLISH_WOMAN, "talking", True),
        (0, ENGLISH_WOMAN, "ready", False),
        (30, ENGLISH_WOMAN, "offline", False),
        (30, {**ENGLISH_WOMAN, "gender": "m"}, "ready", False),
        (30, {"languages": {"cmn": 5}, "gender": "f"}, "ready", False),
    ],
)
async def test_who_is_kept_for_a_woman_is_told_so_and_nobody_else(
    scene: VoiceScene, hold_s: int, on_duty: dict[str, Any], state: str, *, told: bool
) -> None:
    plan = {**DEFAULT_DOCUMENT, "wishes": {"gender_hold_s": hold_s}}
    await scene.change(Line, "youth", plan=plan, plan_version=version_of_document(plan))
    await scene.change(Staff, "li", skills=on_duty)
    await scene.change(Presence, "li", state=state)
    await scene.child_calls()

    said = await scene.child_presses("5")  # English, and a woman

    assert says(said, "wait.first", "eng")
    assert says(said, "wait.woman", "eng") is told


async def test_the_language_that_was_chosen_is_spoken_from_then_on(scene: VoiceScene) -> None:
    await scene.child_calls()

    arrived = await scene.child_presses("2")
    then = await scene.child_is_silent()
    asked = await scene.child_presses("6")
    promised = await scene.child_presses("6")

    assert says(arrived, "wait.first", "yue")
    assert says(then, "wait.choices", "yue", digit="6")
    assert says(asked, "callback.confirm", "yue", digit="6")
    assert says(promised, "callback.promised", "yue")


async def test_words_count_as_the_key_that_they_mean(scene: VoiceScene) -> None:
    await scene.child_calls()

    said = await scene.child_says("English please")

    assert says(said, "wait.first", "eng")


async def test_a_wrong_key_is_forgiven_once(scene: VoiceScene) -> None:
    await scene.child_calls()

    asked_again = await scene.child_presses("7")
    understood = await scene.child_presses("2")

    assert says(asked_again, "menu.again")
    assert says(understood, "wait.first", "yue")


async def test_a_second_wrong_key_leads_to_a_human(scene: VoiceScene) -> None:
    await scene.child_calls()
    await scene.child_presses("7")

    said = await scene.child_presses("8")

    assert says(said, "wait.first")
    assert (await scene.call()).state == CallState.WAITING


async def test_silence_leads_to_a_human(scene: VoiceScene) -> None:
    await scene.child_calls()

    said = await scene.child_is_silent()

    assert says(said, "wait.first")
    assert (await scene.call()).state == CallState.WAITING


@pytest.mark.parametrize("told", [{"Digits": "9"}, {"SpeechResult": "救命啊"}])
async def test_danger_in_the_menu_is_a_crisis_at_once_and_told_once(
    scene: VoiceScene, told: dict[str, str]
) -> None:
    menu = leads_to(await scene.child_calls())

    said = await scene.asks(menu, **told)
    await scene.asks(menu, **told)
    await scene.child_presses("9")

    assert says(said, "wait.crisis")
    assert (await scene.call()).urgency == "crisis"
    assert await scene.told("call.raised_to_crisis") == [{"why": "key_in_menu"}]


@pytest.mark.parametrize(("words", "language"), [("我唔想生，救命", "yue"), ("Help!", "eng")])
async def test_a_child_who_speaks_is_answered_in_its_language(
    scene: VoiceScene, words: str, language: str
) -> None:
    await scene.child_calls()

    said = await scene.child_says(words)

    prompt = "wait.crisis" if language == "yue" else "wait.first"
    assert says(said, prompt, language)
    assert (await scene.call()).language == language


async def test_a_child_whose_crisis_call_broke_off_is_in_danger_when_it_calls_again(
    scene: VoiceScene,
) -> None:
    index = scene.backend.vault.index(f"+86{CHILD}")
    broken_off: dict[str, Any] = {"from_index": index, "urgency": "crisis", "outcome": "hung_up"}
    await scene.add(Call(id="before", carrier_sid="CA-before", line_id="youth", state="ended",
                         arrived_at=NOON, heard_at=NOON, ended_at=NOON, **broken_off))  # fmt: skip
    await scene.child_calls()

    said = await scene.child_presses("1")

    assert says(said, "wait.crisis")
    assert await scene.told("call.raised_to_crisis") == [{"why": "dropped_crisis_call"}]


async def test_a_key_for_a_menu_that_is_over_does_not_count(scene: VoiceScene) -> None:
    menu = leads_to(await scene.child_calls())
    await scene.child_presses("1")

    said = await scene.asks(menu, Digits="2")

    call = await scene.call()
    assert says(said, "wait.first")
    assert (call.state, call.language) == (CallState.WAITING, "cmn")


async def test_a_key_for_an_earlier_reading_of_the_menu_hears_the_menu(scene: VoiceScene) -> None:
    menu = leads_to(await scene.child_calls())
    await scene.child_calls(ForwardedFrom="020")

    said = await scene.asks(menu, Digits="4")

    call = await scene.call()
    assert says(said, "menu.danger")
    assert (call.state, call.outcome) == (CallState.FLOW, None)
    assert leads_to(said) == f"/voice/calls/{call.id}/flow?turn=3"


async def test_a_flow_may_lead_to_the_recorder(scene: VoiceScene) -> None:
    await scene.child_calls()

    said = await scene.child_presses("3")

    call = await scene.call()
    assert call.state == CallState.MESSAGE
    assert says(said, "message.please_leave", "yue")
    assert leads_to(said) == f"/voice/calls/{call.id}/message?turn=2&lang=yue"
    assert f'"/voice/calls/{call.id}/recording?line=youth"' in said


async def test_a_flow_may_turn_a_caller_away_with_words_and_a_reason(scene: VoiceScene) -> None:
    await scene.child_calls()

    said = await scene.child_presses("4")

    call = await scene.call()
    assert says(said, "closed")
    assert said.endswith("<Hangup /></Response>")
    assert (call.state, call.outcome) == (CallState.CLOSING, Outcome.TURNED_AWAY)
    assert call.outcome_step == "other_line"


async def queue_is(scene: VoiceScene, to_line_id: str | None) -> None:
    """A supervisor diverted the queue of the line, or closed it."""
    at = scene.clock.now()
    act = SupervisorAct(id="a", group_id="a", by_id="li", at=at, kind="line_diverted",
                        subject_kind="line", subject_id="youth")  # fmt: skip
    await scene.add(act)
    await scene.add(LineDiversion(line_id="youth", to_line_id=to_line_id, act_id="a", at=at))


async def test_a_closed_queue_says_so_and_takes_a_message(scene: VoiceScene) -> None:
    await queue_is(scene, None)
    await scene.child_calls()

    said = await scene.child_presses("1")

    assert (await scene.call()).state == CallState.MESSAGE
    assert says(said, "closed")
    assert says(said, "message.please_leave")
    assert "<Record" in said
    assert not says(said, "menu.to_human")


async def test_danger_gets_to_people_through_a_closed_queue(scene: VoiceScene) -> None:
    await queue_is(scene, None)
    await scene.child_calls()

    said = await scene.child_presses("9")

    call = await scene.call()
    assert (call.state, call.urgency) == (CallState.WAITING, "crisis")
    assert says(said, "wait.crisis")


async def test_danger_that_is_said_to_the_recorder_of_a_closed_queue_gets_to_people(
    scene: VoiceScene,
) -> None:
    await queue_is(scene, None)
    await scene.child_calls()
    await scene.child_presses("1")

    await scene.asks("/voice/calls/c1/message?turn=2", Digits="9", CallSid="CA-child")

    assert (await scene.call()).state == CallState.WAITING


async def test_a_diverted_queue_takes_callers_to_the_other_line(scene: VoiceScene) -> None:
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await queue_is(scene, "legal")
    await scene.child_calls()

    await scene.child_presses("1")

    call = await scene.call()
    assert (call.state, call.line_id) == (CallState.WAITING, "legal")
    assert call.queued_at == scene.clock.now()
