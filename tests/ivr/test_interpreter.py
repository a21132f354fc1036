"""What a caller meets, turn by turn."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow import parse
from ivr.interpreter import begin, proceed
from ivr.model import (
    CRISIS,
    ROUTINE,
    Collect,
    Flow,
    FlowOutcome,
    FlowReply,
    Heard,
    OutcomeKind,
    Position,
    Utterance,
)

Raw = dict[str, Any]

SILENCE = Heard()


@pytest.fixture
def flow(raw: Raw) -> Flow:
    """Every kind of step."""
    return parse(raw)


def pressing(flow: Flow, *keys: str) -> FlowReply:
    """Where these keys lead from the beginning."""
    turn = begin(flow)
    for key in keys:
        turn = proceed(flow, turn.position, Heard(digits=key))
    return turn


def saying(flow: Flow, words: str) -> FlowReply:
    """Where these words lead from the beginning."""
    return proceed(flow, begin(flow).position, Heard(speech=words))


def test_a_call_begins_with_the_greeting_then_danger_then_the_choices_then_the_human(
    flow: Flow,
) -> None:
    turn = begin(flow)

    assert turn.position == Position("menu")
    assert turn.say == (
        Utterance("greeting.line", "cmn"),
        Utterance("greeting.line", "eng"),
        Utterance("menu.danger", "cmn"),
        Utterance("wait.first", "cmn"),
        Utterance("language.cmn", "cmn", "1"),
        Utterance("language.yue", "yue", "2"),
        Utterance("language.hak", "hak", "3"),
        Utterance("language.eng", "cmn", "4"),
        Utterance("language.nan", "cmn", "5"),
        Utterance("menu.human", "cmn"),
    )


def test_a_menu_listens_for_its_words_and_for_words_of_danger(flow: Flow) -> None:
    asked = begin(flow).then

    assert asked == Collect(
        timeout_s=5, language="cmn", hints=("学校", "学校里", "message", "救命", "help me")
    )
    assert asked.speech


def test_a_choice_that_is_not_told_works_all_the_same(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][2]["say"] = None
    flow = parse(raw)

    told = [part.digit for part in begin(flow).say if part.digit]

    assert told == ["1", "3", "4", "5"]
    assert pressing(flow, "2").then.language == "yue"


def test_the_key_that_is_free_is_none_of_the_menus(raw: Raw) -> None:
    assert parse(raw).free_key == "6"

    choices = raw["steps"]["menu"]["choices"]
    choices[8] = choices.pop(2)
    assert parse(raw).free_key == "2"


def test_a_menu_without_words_listens_for_keys_only(raw: Raw) -> None:
    for choice in raw["steps"]["menu"]["choices"].values():
        choice.pop("words", None)

    asked = begin(parse(raw)).then

    assert isinstance(asked, Collect)
    assert not asked.speech


def test_a_known_language_is_spoken_from_the_first_word(flow: Flow) -> None:
    turn = begin(flow, language="yue")

    assert turn.say[0] == Utterance("greeting.line", "yue")
    assert proceed(flow, turn.position, SILENCE, language="yue").then == FlowOutcome(
        kind=OutcomeKind.ENQUEUE, language="yue", topic="school"
    )


def test_a_choice_of_language_is_kept_and_spoken(flow: Flow) -> None:
    turn = pressing(flow, "2")

    assert turn.say == (Utterance("menu.to_human", "yue"),)
    assert turn.position == Position("talk")
    assert turn.then == FlowOutcome(
        kind=OutcomeKind.ENQUEUE, language="yue", urgency=ROUTINE, topic="school"
    )


def test_a_caller_can_leave_a_message(flow: Flow) -> None:
    turn = pressing(flow, "4")

    assert turn.then == FlowOutcome(kind=OutcomeKind.VOICEMAIL, language="cmn")


def test_a_caller_who_is_turned_away_hears_why(flow: Flow) -> None:
    turn = pressing(flow, "5")

    assert turn.say == (Utterance("closed", "cmn"),)
    assert turn.then == FlowOutcome(kind=OutcomeKind.HANG_UP, language="cmn", reason="other_line")


def test_a_choice_can_say_how_old_the_caller_is_and_whom_they_would_rather_talk_to(
    raw: Raw,
) -> None:
    raw["steps"]["menu"]["choices"][1] |= {"age_group": "teen", "gender": "f"}

    turn = pressing(parse(raw), "1")

    assert isinstance(turn.then, FlowOutcome)
    assert (turn.then.age_group, turn.then.gender) == ("teen", "f")


@pytest.mark.parametrize(
    ("said", "learned"),
    [({}, None), ({"also": []}, ()), ({"also": ["yue", "cmn"]}, ("yue", "cmn"))],
)
def test_a_choice_can_say_what_else_the_caller_understands(
    raw: Raw, said: dict[str, Any], learned: tuple[str, ...] | None
) -> None:
    raw["steps"]["menu"]["choices"][1] |= said

    turn = pressing(parse(raw), "1")

    assert isinstance(turn.then, FlowOutcome)
    assert turn.then.also == learned


def test_a_choice_that_says_crisis_is_not_lowered_by_a_routine_queue(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][1] |= {"urgency": "crisis", "topic": "violence"}

    turn = pressing(parse(raw), "1")

    assert turn.then == FlowOutcome(
        kind=OutcomeKind.ENQUEUE, language="cmn", urgency=CRISIS, topic="violence"
    )


def test_a_queue_can_be_a_crisis_queue_by_itself(raw: Raw) -> None:
    raw["steps"]["talk"] = {"enqueue": "crisis"}

    turn = pressing(parse(raw), "1")

    assert turn.then == FlowOutcome(
        kind=OutcomeKind.ENQUEUE, language="cmn", urgency=CRISIS, topic=None
    )


@pytest.mark.parametrize("keys", [["9"], ["7", "9"], ["99"], ["9#"]])
def test_nine_is_the_crisis_queue_at_once_and_without_another_word(
    flow: Flow, keys: list[str]
) -> None:
    turn = pressing(flow, *keys)

    assert turn.say == ()
    assert turn.then == FlowOutcome(kind=OutcomeKind.ENQUEUE, language="cmn", urgency=CRISIS)


@pytest.mark.parametrize("words", ["救命", "我说救命啊", "HELP ME please", "学校里有人，救命"])
def test_words_of_danger_count_as_nine(flow: Flow, words: str) -> None:
    then = saying(flow, words).then

    assert isinstance(then, FlowOutcome)
    assert then.urgency == CRISIS


@pytest.mark.parametrize("keys", [[""], ["0"], ["7", "8"], ["7", "0"], ["*", ""], ["8", "7"]])
def test_silence_zero_and_two_wrong_keys_lead_to_a_human(flow: Flow, keys: list[str]) -> None:
    turn = pressing(flow, *keys)

    assert turn.say == (Utterance("menu.to_human", "cmn"),)
    assert turn.then == FlowOutcome(kind=OutcomeKind.ENQUEUE, language="cmn", topic="school")


def test_the_first_wrong_key_repeats_the_menu_but_not_the_greeting(flow: Flow) -> None:
    turn = pressing(flow, "7")

    assert turn.position == Position("menu", misses=1)
    assert turn.say[:2] == (Utterance("menu.again", "cmn"), Utterance("menu.danger", "cmn"))
    assert isinstance(turn.then, Collect)


def test_a_right_key_after_a_wrong_one_counts(flow: Flow) -> None:
    assert pressing(flow, "7", "2") == pressing(flow, "2")


def test_the_longest_word_that_was_said_chooses(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][3]["words"] = ["学校里的事"]
    flow = parse(raw)

    assert saying(flow, "是学校里的事情") == pressing(flow, "3")
    assert saying(flow, "在学校") == pressing(flow, "1")
    assert saying(flow, "MESSAGE") == pressing(flow, "4")


def test_a_key_counts_before_speech(flow: Flow) -> None:
    turn = proceed(flow, Position("menu"), Heard(digits="2", speech="学校"))

    assert turn == pressing(flow, "2")


def test_who_says_something_that_no_word_matches_is_not_asked_again(flow: Flow) -> None:
    assert saying(flow, "我想找人说话") == pressing(flow, "")


@pytest.mark.parametrize("step", ["", "gone"])
def test_a_position_that_the_flow_no_longer_has_leads_to_a_human(flow: Flow, step: str) -> None:
    turn = proceed(flow, Position(step), Heard(digits="1"))

    assert turn.then == FlowOutcome(kind=OutcomeKind.ENQUEUE, language="cmn")


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("talk", FlowOutcome(kind=OutcomeKind.ENQUEUE, language="cmn", topic="school")),
        ("message", FlowOutcome(kind=OutcomeKind.VOICEMAIL, language="cmn")),
        ("shut", FlowOutcome(kind=OutcomeKind.HANG_UP, language="cmn", reason="other_line")),
    ],
)
def test_a_step_that_does_not_ask_gives_its_outcome_without_saying_its_words_twice(
    flow: Flow, step: str, outcome: FlowOutcome
) -> None:
    turn = proceed(flow, Position(step), SILENCE)

    assert turn == FlowReply(say=(), position=Position(step), then=outcome)


def test_a_step_that_has_become_the_greeting_greets(flow: Flow) -> None:
    assert proceed(flow, Position("welcome"), SILENCE) == begin(flow)


def test_a_flow_without_a_menu_goes_straight_to_the_queue(raw: Raw) -> None:
    raw["steps"] = {"welcome": {"say": "greeting.line", "enqueue": "routine"}}

    turn = begin(parse(raw))

    assert turn.say == (Utterance("greeting.line", "cmn"),)
    assert turn.then == FlowOutcome(kind=OutcomeKind.ENQUEUE, language="cmn")


@pytest.mark.parametrize("step", ["", "a step of an older flow"])
def test_a_damaged_position_leads_to_a_human(flow: Flow, step: str) -> None:
    then = proceed(flow, Position(step), SILENCE).then

    assert isinstance(then, FlowOutcome)
    assert then.kind is OutcomeKind.ENQUEUE


# ── any caller, any flow ────────────────────────────────────────────────────────────────────────

NAMES = ("a", "b", "c", "d", "e")
ENDS = (
    {"enqueue": "routine"},
    {"enqueue": {"urgency": "crisis", "topic": "school"}},
    {"voicemail": True},
    {"say": "closed", "hang_up": "closed"},
)


@st.composite
def valid_flows(draw: st.DrawFn) -> Flow:
    """A menu, with up to five choices, each ending somewhere after up to four spoken steps."""
    steps: Raw = {"human": {"enqueue": "routine"}}
    choices: Raw = {}
    for digit in draw(st.sets(st.sampled_from("12345678"), min_size=1, max_size=5)):
        names = [f"{name}{digit}" for name in NAMES[: draw(st.integers(1, 5))]]
        for here, there in pairwise(names):
            steps[here] = {"say": "connecting", "next": there}
        steps[names[-1]] = dict(draw(st.sampled_from(ENDS)))
        language = draw(st.sampled_from(["cmn", "yue", "hak", "nan", "eng"]))
        choices[digit] = {"say": "connecting", "next": names[0], "language": language}
    steps["menu"] = {"choices": choices, "silence": "human"}
    return parse({"name": "any", "start": "menu", "steps": steps})


ANYTHING = st.builds(
    Heard,
    digits=st.one_of(st.sampled_from([*"0123456789*#", ""]), st.text(max_size=3)),
    speech=st.one_of(st.just(""), st.text(max_size=8)),
)


@given(valid_flows(), ANYTHING, ANYTHING)
def test_whatever_a_caller_does_twice_is_enough_to_reach_an_outcome(
    flow: Flow, first: Heard, second: Heard
) -> None:
    turn = proceed(flow, begin(flow).position, first)
    if isinstance(turn.then, Collect):
        turn = proceed(flow, turn.position, second)

    assert isinstance(turn.then, FlowOutcome)


@given(valid_flows(), st.lists(st.sampled_from([*"12345678", "*"]), max_size=1))
def test_silence_always_ends_in_a_human_queue(flow: Flow, before: list[str]) -> None:
    turn = begin(flow)
    for key in before:
        turn = proceed(flow, turn.position, Heard(digits=key))

    if isinstance(turn.then, Collect):
        turn = proceed(flow, turn.position, SILENCE)
        assert isinstance(turn.then, FlowOutcome)
        assert turn.then.kind is OutcomeKind.ENQUEUE


@given(valid_flows(), st.text(max_size=5), st.integers())
def test_danger_is_heard_from_any_position(flow: Flow, step: str, misses: int) -> None:
    then = proceed(flow, Position(step, misses), Heard(digits="9")).then

    assert isinstance(then, FlowOutcome)
    assert (then.kind, then.urgency) == (OutcomeKind.ENQUEUE, CRISIS)


def test_a_choice_may_say_where_the_caller_is(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][1]["place"] = "440106"
    turn = pressing(parse(raw), "1")

    while isinstance(turn.then, Collect):
        turn = proceed(parse(raw), turn.position, SILENCE)

    assert isinstance(turn.then, FlowOutcome)
    assert turn.then.place == "440106"
