"""From what is known of a caller to the plan the engine follows."""

import pickle
from collections.abc import Sequence
from dataclasses import replace

import pytest

from routing.engine import (
    Decision,
    Engine,
    Plan,
    Requirement,
    Signature,
    Skills,
    Stage,
    Urgency,
)
from routing.policy import DEFAULT_POLICY, Need, Policy, read_policy
from tests.routing.policy.people import ANYONE, ON_LINE, document, policy

HAKKA = Need(line="youth", language="hak")
DANGER = Need(line="youth", language="hak", urgency=Urgency.CRISIS)
OWN = Requirement(line="youth", languages=("hak",), language_level=3)
SPOKEN = Requirement(line="youth", languages=("hak", "cmn"))

FOR_TEENS = policy(
    routine={
        "stages": [
            {"name": "their_age", "language": "own", "age_group": "own", "bonus_s": 40},
            {"name": "language", "language": "own", "bonus_s": 10},
            ON_LINE,
        ]
    }
)
BY_THE_CLOCK = policy(
    topics={
        "violence": {
            "ring": 2,
            "stages": [
                {"name": "topic_well", "language": "own", "topic_level": 3},
                {"name": "topic", "language": "own", "topic_level": 1, "after_s": 10},
                {**ON_LINE, "interpreter": True},
            ],
        }
    }
)


def names(plan: Plan) -> list[str]:
    return [stage.name for stage in plan.stages]


def test_the_default_routine_ladder_is_the_one_that_was_measured_best() -> None:
    on_topic = Need(line="youth", language="hak", topic="family")

    plan = DEFAULT_POLICY.plan_for(on_topic)

    knows = Requirement(line="youth", languages=("hak",), language_level=3, topic="family")
    knows_well = Requirement(
        line="youth", languages=("hak",), language_level=3, topic="family", topic_level=3
    )
    assert plan.ring == 1
    assert plan.stages == (
        Stage("topic_well", knows_well, bonus_s=90.0),
        Stage("topic", knows, bonus_s=75.0),
        Stage("language", OWN, bonus_s=60.0),
        Stage("any_language", SPOKEN, bonus_s=45.0),
        Stage("anyone_on_line", Requirement(line="youth"), after_s=300.0),
    )


def test_the_default_crisis_ladder_rings_three_and_ends_with_anybody_at_all() -> None:
    plan = DEFAULT_POLICY.plan_for(DANGER)

    certified = Requirement(line="youth", languages=("hak",), language_level=3, certified=True)
    any_certified = Requirement(line="youth", languages=("hak", "cmn"), certified=True)
    assert plan.ring == 3
    assert plan.urgency is Urgency.CRISIS
    assert plan.stages == (
        Stage("certified", certified),
        Stage("certified_any_language", any_certified),
        Stage("any_language", SPOKEN),
        Stage("anyone", Requirement(), after_s=5.0, protected=True),
    )


def test_a_caller_without_a_topic_begins_lower_and_inherits_no_bonus() -> None:
    plan = DEFAULT_POLICY.plan_for(HAKKA)

    assert names(plan) == ["language", "any_language", "anyone_on_line"]
    assert [stage.bonus_s for stage in plan.stages] == [60.0, 45.0, 0.0]


def test_a_caller_of_unknown_age_is_not_asked_for_somebody_trained_for_it() -> None:
    teen = Need(line="youth", language="cmn", age_group="teen")

    known = FOR_TEENS.plan_for(teen)
    unknown = FOR_TEENS.plan_for(Need(line="youth", language="cmn"))

    assert known.stages[0].requirement.age_group == "teen"
    assert names(unknown) == ["language", "anyone_on_line"]
    assert unknown.stages[0].bonus_s == 10.0


# ── what a caller understands ───────────────────────────────────────────────────────────────────


def test_a_caller_who_chose_english_is_not_taken_to_understand_mandarin() -> None:
    english = Need(line="youth", language="eng")

    plan = DEFAULT_POLICY.plan_for(english)

    assert plan.stages[1].requirement.languages == ("eng",)


def test_without_a_table_only_what_is_known_of_the_caller_counts() -> None:
    alone = policy(understands=None)
    both = Need(line="youth", language="hak", also_speaks=("yue", "hak"))

    assert alone.plan_for(HAKKA).stages[1].requirement.languages == ("hak",)
    assert alone.plan_for(both).stages[1].requirement.languages == ("hak", "yue")


@pytest.mark.parametrize("known", [(), ("yue",), ("eng", "yue")])
def test_what_is_known_of_a_caller_counts_instead_of_the_table(known: tuple[str, ...]) -> None:
    asked = Need(line="youth", language="hak", also_speaks=known)

    assert DEFAULT_POLICY.languages_of(asked) == ("hak", *known)


def test_a_language_counts_from_the_share_that_the_plan_names() -> None:
    table = {"hak": {"yue": 0.7, "cmn": 0.9}}

    usual = policy(understands=table)
    wide = policy(understands=table, understood_from=0.7)

    assert usual.languages_of(HAKKA) == ("hak", "cmn")
    assert wide.languages_of(HAKKA) == ("hak", "cmn", "yue")


@pytest.mark.parametrize("language", ["cmn", "yue", "hak", "nan", "eng", "fra"])
def test_the_common_language_of_an_older_plan_counts_for_the_chinese_languages_alone(
    language: str,
) -> None:
    older = {**document(common_language="yue"), "understands": {}}
    caller = Need(line="youth", language=language)

    understood = read_policy(older).languages_of(caller)

    assert ("yue" in understood) is (language in ("cmn", "yue", "hak", "nan"))


def test_a_topic_with_a_ladder_of_its_own_takes_it_unless_there_is_danger() -> None:
    asked = Need(line="youth", language="cmn", topic="violence")
    danger = Need(line="youth", language="cmn", topic="violence", urgency=Urgency.CRISIS)

    plan = BY_THE_CLOCK.plan_for(asked)

    assert plan.ring == 2
    assert [(stage.name, stage.after_s) for stage in plan.stages] == [
        ("topic_well", 0.0),
        ("topic", 10.0),
        ("anyone_on_line", 30.0),
    ]
    assert names(BY_THE_CLOCK.plan_for(danger))[0] == "certified"


def test_a_wished_gender_is_asked_first_and_nobody_waits_for_it_unless_the_plan_says() -> None:
    wish = Need(line="youth", language="hak", topic="family", gender="f")

    first, second, *_ = DEFAULT_POLICY.plan_for(wish).stages

    assert (first.name, first.after_s, first.bonus_s) == ("wished_gender", 0.0, 90.0)
    assert (first.requirement.gender, first.requirement.topic) == ("f", None)
    assert first.requirement.languages == ("hak",)
    assert (second.name, second.after_s) == ("topic_well", 0.0)


def test_a_known_counselor_is_asked_before_all_others() -> None:
    known = Need(line="youth", language="hak", gender="f", counselor="li")

    plan = DEFAULT_POLICY.plan_for(known)

    assert names(plan)[:3] == ["same_counselor", "wished_gender", "language"]
    assert plan.stages[0].requirement == Requirement(counselor="li")
    assert {stage.after_s for stage in plan.stages[:-1]} == {0.0}


def test_a_routine_caller_is_kept_for_a_known_counselor_and_one_in_danger_is_not() -> None:
    held = policy(wishes={"same_counselor_hold_s": 15})
    routine = Need(line="youth", language="hak", counselor="li")
    danger = Need(line="youth", language="hak", counselor="li", urgency=Urgency.CRISIS)

    waits = [stage.after_s for stage in held.plan_for(routine).stages]

    assert waits == [0.0, 15.0, 15.0, 300.0]
    assert [stage.after_s for stage in held.plan_for(danger).stages][:2] == [0.0, 0.0]


def test_a_wish_for_a_woman_or_a_man_is_held_as_long_as_the_plan_says_but_not_in_danger() -> None:
    held = policy(wishes={"gender_hold_s": 30, "same_counselor_hold_s": 15})
    wish = Need(line="youth", language="hak", gender="f")
    both = Need(line="youth", language="hak", gender="f", counselor="li")
    danger = Need(line="youth", language="hak", gender="f", urgency=Urgency.CRISIS)

    def waits(need: Need) -> list[float]:
        return [stage.after_s for stage in held.plan_for(need).stages]

    assert waits(wish) == [0.0, 30.0, 30.0, 300.0]
    assert waits(both) == [0.0, 15.0, 30.0, 30.0, 300.0]
    assert waits(danger) == [0.0, 0.0, 0.0, 0.0, 5.0]


def test_who_is_trained_for_the_callers_age_is_asked_before_others_of_their_language() -> None:
    teen = Need(line="youth", language="hak", age_group="teen")
    teen_in_danger = Need(line="youth", language="hak", age_group="teen", urgency=Urgency.CRISIS)

    routine = DEFAULT_POLICY.plan_for(teen).stages[0]
    danger = DEFAULT_POLICY.plan_for(teen_in_danger).stages

    assert (routine.requirement.age_group, routine.after_s) == ("teen", 0.0)
    assert [stage.requirement.age_group for stage in danger[:2]] == ["teen", None]
    assert danger[0].requirement.certified


def test_callers_who_differ_in_whom_they_know_share_a_plan_but_for_that() -> None:
    plan = DEFAULT_POLICY.plan_for(Need(line="youth", language="hak", counselor="li"))

    assert plan.serves_as(DEFAULT_POLICY.plan_for(HAKKA))
    assert plan.name == DEFAULT_POLICY.plan_for(HAKKA).name


def test_equal_needs_get_one_plan() -> None:
    again = Need(line="youth", language="hak")

    assert DEFAULT_POLICY.plan_for(again) is DEFAULT_POLICY.plan_for(HAKKA)


@pytest.mark.parametrize(
    "other",
    [
        Need(line="women", language="hak"),
        Need(line="youth", language="yue"),
        Need(line="youth", language="hak", also_speaks=("yue",)),
        Need(line="youth", language="hak", topic="family"),
        Need(line="youth", language="hak", gender="f"),
        Need(line="youth", language="hak", age_group="teen"),
        DANGER,
    ],
)
def test_plans_that_differ_have_names_that_differ(other: Need) -> None:
    first, second = FOR_TEENS.plan_for(HAKKA), FOR_TEENS.plan_for(other)

    assert first != second
    assert first.name != second.name


def test_an_interpreter_is_called_where_the_stage_says_so() -> None:
    mandarin = Skills.of({"cmn": 5}, lines=["youth"])
    asked = Need(line="youth", language="cmn", topic="violence")

    assert DEFAULT_POLICY.interpreter_at(DANGER, "anyone", mandarin)
    assert not DEFAULT_POLICY.interpreter_at(DANGER, "any_language", mandarin)
    assert not DEFAULT_POLICY.interpreter_at(HAKKA, "same_counselor", mandarin)
    assert BY_THE_CLOCK.interpreter_at(asked, "anyone_on_line", mandarin)


@pytest.mark.parametrize("stage", ["same_counselor", "wished_gender", "any_language", "language"])
def test_an_interpreter_is_called_wherever_the_two_have_no_language_in_common(stage: str) -> None:
    english = Skills.of({"eng": 5}, lines=["youth"])

    assert DEFAULT_POLICY.interpreter_at(HAKKA, stage, english)
    assert not DEFAULT_POLICY.interpreter_at(
        Need(line="youth", language="hak", also_speaks=("eng",)), stage, english
    )


def test_certified_phones_end_the_ringing_of_others_unless_the_plan_keeps_it() -> None:
    crisis = {"running_offer": "keep", "stages": [{"name": "certified", "certified": True}, ANYONE]}

    assert DEFAULT_POLICY.ends_running(DANGER, "certified")
    assert not DEFAULT_POLICY.ends_running(DANGER, "anyone")
    assert not DEFAULT_POLICY.ends_running(HAKKA, "certified")
    assert not policy(crisis=crisis).ends_running(DANGER, "certified")


def test_a_policy_is_equal_to_one_read_again_and_survives_another_process() -> None:
    again = policy()

    assert again == DEFAULT_POLICY
    assert hash(again) == hash(DEFAULT_POLICY)
    assert pickle.loads(pickle.dumps(again)) == DEFAULT_POLICY  # noqa: S301 – our own bytes
    assert policy(crisis={"stages": [ANYONE]}) != DEFAULT_POLICY


# ── a language that nobody on duty speaks ───────────────────────────────────────────────────────


def opens(need: Need) -> list[tuple[str, float]]:
    return [(stage.name, stage.after_s) for stage in DEFAULT_POLICY.plan_for(need).stages]


def on_duty(lines: Sequence[str], language: str, gender: str | None = None) -> frozenset[Skills]:
    return frozenset({Skills.of({language: 5}, lines=lines, gender=gender)})


def test_nobody_waits_for_a_language_that_nobody_on_duty_speaks() -> None:
    english = Need(line="youth", language="eng")
    alone = DEFAULT_POLICY.on_duty(english, on_duty(["youth"], "cmn") | on_duty(["women"], "eng"))

    assert opens(english)[-1] == ("anyone_on_line", 300.0)
    assert opens(alone)[-1] == ("anyone_on_line", 0.0)
    assert opens(replace(alone, urgency=Urgency.CRISIS))[-1] == ("anyone", 0.0)


def test_who_has_a_language_in_common_with_somebody_on_duty_waits_for_them() -> None:
    hakka, english = (Need(line="youth", language=one) for one in ("hak", "eng"))
    bilingual = replace(english, also_speaks=("cmn",))
    mandarin = on_duty(["youth"], "cmn")

    assert DEFAULT_POLICY.on_duty(hakka, mandarin) == hakka
    assert DEFAULT_POLICY.on_duty(bilingual, mandarin) == bilingual


# ── a woman or a man whom nobody on duty is ─────────────────────────────────────────────────────

HELD = policy(wishes={"gender_hold_s": 30})
WOMAN_WISHED = Need(line="youth", language="hak", gender="f")


def test_nobody_is_kept_for_a_woman_or_a_man_where_nobody_on_duty_is_one() -> None:
    men = on_duty(["youth"], "hak", gender="m")

    alone = HELD.on_duty(WOMAN_WISHED, men)

    assert [stage.after_s for stage in HELD.plan_for(WOMAN_WISHED).stages] == [0.0, 30.0, 30.0, 300]
    assert [stage.after_s for stage in HELD.plan_for(alone).stages] == [0.0, 0.0, 0.0, 300.0]
    assert HELD.plan_for(alone).name != HELD.plan_for(WOMAN_WISHED).name
    assert (HELD.is_kept_for_gender(WOMAN_WISHED), HELD.is_kept_for_gender(alone)) == (True, False)


@pytest.mark.parametrize(
    ("line", "language", "kept"),
    [("youth", "hak", True), ("youth", "eng", False), ("women", "hak", False)],
)
def test_a_caller_is_kept_for_who_could_come_a_woman_of_the_line_and_the_language(
    line: str, language: str, *, kept: bool
) -> None:
    people = on_duty(["youth"], "hak", gender="m") | on_duty([line], language, gender="f")

    assert HELD.on_duty(WOMAN_WISHED, people).nobody_of_gender is not kept


def test_who_is_kept_for_nobody_is_not_asked_after() -> None:
    men, danger = on_duty(["youth"], "hak", gender="m"), Urgency.CRISIS

    assert DEFAULT_POLICY.on_duty(WOMAN_WISHED, men) == WOMAN_WISHED
    assert not HELD.on_duty(replace(WOMAN_WISHED, urgency=danger), men).nobody_of_gender
    assert HELD.on_duty(HAKKA, men) == HAKKA


# ── a second line ───────────────────────────────────────────────────────────────────────────────


def taken_by(plan: Policy) -> tuple[str, float] | None:
    """Who is offered a routine caller within an hour, and after how long.

    Danger comes every minute, and takes li, who is alone on the line; ma is on another one.
    """
    engine, made = Engine(), list[Decision]()
    ma = Signature(Skills.of({"cmn": 5}, lines=["women"]))
    li = Signature(Skills.of({"cmn": 5}, lines=["youth"], certified=True))
    routine, danger = (plan.plan_for(Need(line="youth", language="cmn", urgency=urgency))
                       for urgency in (Urgency.ROUTINE, Urgency.CRISIS))  # fmt: skip
    for minute in range(60):
        at = 60.0 * minute
        made += engine.call_arrives(f"danger-{minute}", danger, now=at)
        made += engine.counselor_ready("li", li, now=at)
        if not minute:
            engine.counselor_ready("ma", ma, now=at)
            made += engine.call_arrives("waits", routine, now=at)
        made += engine.tick(now=at)
    taken = [(one.counselor, one.waited_s) for one in made if one.call == "waits"]
    return taken[0] if taken else None


def test_whom_danger_keeps_waiting_a_second_line_of_the_plan_takes_at_its_time() -> None:
    second = {"name": "second_line", "line": "any", "after_s": 600, "interpreter": True}
    with_second, without = (
        policy(routine={"stages": stages}) for stages in ([ON_LINE, second], [ON_LINE])
    )

    assert taken_by(with_second) == ("ma", 600.0)
    assert taken_by(without) is None
