"""Every finding of the linter, on a plan that has it and on one that has it no more."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from routing.engine import Skills
from routing.policy import DEFAULT_POLICY, Policy, read_policy
from routing.policy.lint import Setting, Severity, lint
from routing.policy.roster import Person, shift
from tests.routing.policy.people import (
    ANYONE,
    CHEN,
    DAYTIME,
    EVERY_DAY,
    LI,
    LINE,
    ON_LINE,
    document,
    on_duty,
    policy,
    routine,
    staffed_by,
)

FAULT, WARNING = Severity.FAULT, Severity.WARNING
BEGINNER = Person(name="wong", skills=Skills.of({"cmn": 2}, lines=["youth"]))
ELSEWHERE = Person(name="ma", skills=Skills.of({"cmn": 5}, lines=["women"], certified=True))
DAY, NIGHT = on_duty(CHEN, DAYTIME), on_duty(LI, shift(EVERY_DAY, 20 * 60, 8 * 60))


def found(plan: Policy, setting: Setting = LINE) -> list[tuple[Severity, str, str]]:
    findings = lint(plan, setting)
    return [(one.severity, ".".join(map(str, one.where)), one.message) for one in findings]


def routine_of(*stages: dict[str, Any]) -> Policy:
    return read_policy(routine(*stages))


def test_the_default_plan_has_nothing_against_it_where_all_skills_are_there() -> None:
    assert found(DEFAULT_POLICY) == []


# ── one ladder ──────────────────────────────────────────────────────────────────────────────────

# Each part of a stage, from asking for most to asking for nothing.
PARTS: tuple[tuple[dict[str, Any], ...], ...] = (
    ({"language": "own", "language_level": 3}, {"language": "own"}, {"language": "spoken"}, {}),
    ({"certified": True}, {}),
    ({"topic_level": 3}, {"topic_level": 1}, {}),
    ({"age_group": "own"}, {}),
    ({}, {"line": "any"}),
)
WIDTHS = [*product(*(range(len(part)) for part in PARTS))]


def stage_of(width: tuple[int, ...], name: str) -> dict[str, Any]:
    parts = [part[at] for part, at in zip(PARTS, width, strict=True)]
    return {"name": name} | {key: value for part in parts for key, value in part.items()}


def test_a_stage_is_unreachable_exactly_if_one_before_asks_for_no_more() -> None:
    for former, later in [*product(WIDTHS, WIDTHS)][::23]:
        plan = routine_of(stage_of(former, "former"), stage_of(later, "later"), ON_LINE)

        told = [place for _, place, said in found(plan) if "later is never reached" in said]

        wider = all(a >= b for a, b in zip(former, later, strict=True))
        assert told == (["routine.stages.1"] if wider else []), (former, later)


def test_a_stage_that_is_never_reached_is_told_with_the_one_that_takes_its_people() -> None:
    plan = routine_of({"name": "spoken", "language": "spoken"}, {"name": "own", "language": "own"},
                      ON_LINE)  # fmt: skip

    assert found(plan) == [
        (
            FAULT,
            "routine.stages.1",
            "own is never reached: spoken before it already takes everybody it would take."
            " Remove it, or put it earlier.",
        )
    ]


def test_asking_even_who_has_just_ended_a_talk_makes_a_stage_wider() -> None:
    anyone, even_protected = ANYONE, {**ANYONE, "name": "even_protected", "protected": True}

    assert found(policy(crisis={"stages": [anyone, even_protected]})) == []
    assert [
        place for _, place, _ in found(policy(crisis={"stages": [even_protected, anyone]}))
    ] == ["crisis.stages.1"]


def test_no_routine_caller_cuts_a_wrap_up_short_and_a_stage_that_says_so_is_told() -> None:
    assert found(routine_of({**ON_LINE, "protected": True})) == [
        (
            FAULT,
            "routine.stages.0.protected",
            "anyone_on_line: only danger cuts a wrap-up short, so `protected` does nothing here."
            " Remove it.",
        )
    ]


def test_a_stage_that_opens_when_every_caller_has_gone_is_told() -> None:
    plan = routine_of({"name": "language", "language": "own"}, {**ON_LINE, "after_s": 5000})

    assert found(plan) == [
        (
            FAULT,
            "routine.stages.1.after_s",
            "anyone_on_line never comes: hardly a caller waits 5000 s. Let it open within 900 s.",
        )
    ]


@pytest.mark.parametrize(
    ("stage", "where", "says"),
    [
        (
            {"certified": True},
            "certified",
            "first: nobody on the roster is certified for crisis calls. Train somebody, or take the"
            " stage out.",
        ),
        (
            {"topic_level": 2},
            "topic_level",
            "first: nobody on the roster knows any topic at level 2. Correct the level or the"
            " roster.",
        ),
        (
            {"language": "own", "language_level": 3, "interpreter": False},
            "language_level",
            "first: nobody on the roster speaks cmn at level 3 (the best is 2). Correct the level"
            " or the roster, or take the language from the line.",
        ),
    ],
)
def test_a_skill_that_nobody_has_is_told_where_it_is_asked_for(
    stage: dict[str, Any], where: str, says: str
) -> None:
    plan = routine_of({"name": "first", "interpreter": True, **stage}, ON_LINE)

    told = [one for one in found(plan, staffed_by(BEGINNER)) if one[1].startswith("routine")]

    assert told == [(FAULT, f"routine.stages.0.{where}", says)]


def test_somebody_of_another_line_does_not_make_up_for_a_missing_skill() -> None:
    told = [place for _, place, _ in found(DEFAULT_POLICY, staffed_by(BEGINNER, ELSEWHERE))]

    assert "crisis.stages.0.certified" in told


def test_a_certified_stage_that_nobody_of_some_language_meets_is_a_warning() -> None:
    hakka = Person(name="ho", skills=Skills.of({"hak": 4}, lines=["youth"]))
    setting = staffed_by(LI, CHEN, hakka, languages=["cmn", "hak"])
    plan = policy(routine={"stages": [{"name": "language", "language": "own"}, ON_LINE]})

    assert found(plan, setting) == [
        (
            WARNING,
            "crisis.stages.1.certified",
            "certified: nobody who speaks hak at level 3 is certified. Train somebody: until then"
            " these callers begin a step lower.",
        )
    ]


def test_a_topic_with_steps_of_its_own_that_nobody_knows_is_told() -> None:
    first = {"name": "topic", "language": "own", "topic_level": 1, "bonus_s": 60}
    rest = {"name": "language", "language": "spoken", "bonus_s": 60}
    ladder = {"stages": [first, rest, ON_LINE]}

    assert found(policy(topics={"violense": ladder, "violence": ladder})) == [
        (
            FAULT,
            "topics.violense.stages.0.topic_level",
            "topic: nobody on the roster knows violense at level 1. Correct the level or the"
            " roster.",
        ),
        (
            WARNING,
            "topics.violense",
            "violense: no counselor of this line knows this topic. Is it spelt as in the roster?",
        ),
    ]


def test_callers_whom_no_step_leads_to_anybody_are_told_by_language() -> None:
    plan = routine_of({"name": "language", "language": "own"})
    setting = replace(LINE, languages=("cmn", "hak"))

    told = [one for one in found(plan, setting) if one[1] == "routine.stages.0"]

    assert told == [
        (
            FAULT,
            "routine.stages.0",
            "a caller who speaks hak is left with nobody: no step has anybody on the roster. End"
            " with a stage that asks for less.",
        )
    ]


def test_a_line_without_anybody_leaves_every_caller_with_nobody() -> None:
    told = [place for _, place, said in found(DEFAULT_POLICY, staffed_by()) if "nobody:" in said]

    assert told == ["routine.stages.5", "crisis.stages.4"]


# ── the end of the crisis ladder, wishes, care ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    "last",
    [
        {"name": "last", "line": "any", "after_s": 20, "language": "spoken"},
        {"name": "last", "line": "any", "after_s": 20, "certified": True, "interpreter": True},
        {"name": "last", "after_s": 20, "interpreter": True},
    ],
)
def test_a_caller_in_danger_must_reach_anybody_in_the_end(last: dict[str, Any]) -> None:
    assert found(policy(crisis={"stages": [last]})) == [
        (
            FAULT,
            "crisis.stages.0",
            "last: a caller in danger must reach anybody in the end. Add a last stage"
            " `{name: anyone, line: any, after_s: 5, interpreter: true, protected: true}`.",
        )
    ]


def test_a_caller_in_danger_does_not_wait_long_for_anybody_at_all() -> None:
    assert found(policy(crisis={"stages": [{**ANYONE, "after_s": 61}]})) == [
        (
            FAULT,
            "crisis.stages.0.after_s",
            "anyone: a caller in danger waits 61 s for anybody at all. Let it open within 60 s.",
        )
    ]
    assert found(policy(crisis={"stages": [{**ANYONE, "after_s": 60}]})) == []


def test_that_anybody_at_all_is_asked_at_once_in_danger_is_a_warning() -> None:
    assert found(policy(crisis={"stages": [{**ANYONE, "after_s": 0}]})) == [
        (
            WARNING,
            "crisis.stages.0",
            "anyone counts at once: somebody who cannot speak with a caller in danger is rung as"
            " soon as nobody better is ready. Give it `after_s: 5`.",
        )
    ]


def test_a_hold_longer_than_until_anybody_is_asked_is_a_warning() -> None:
    soon = {"stages": [{"name": "own", "language": "own"}, {**ON_LINE, "after_s": 60}]}

    assert found(policy(wishes={"same_counselor_hold_s": 61}, routine=soon)) == [
        (
            WARNING,
            "wishes.same_counselor_hold_s",
            "a caller is kept 61 s for one counselor, longer than until anyone_on_line opens"
            " (60 s).",
        )
    ]
    assert found(policy(wishes={"same_counselor_hold_s": 60})) == []
    soon = {"stages": [{"name": "own", "language": "own"}, {**ON_LINE, "after_s": 60}]}

    assert found(policy(wishes={"gender_hold_s": 61}, routine=soon)) == [
        (
            WARNING,
            "wishes.gender_hold_s",
            "a caller is kept 61 s for a woman or a man, longer than until anyone_on_line opens"
            " (60 s).",
        )
    ]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("protected_s", 181, "181: a crisis can cut short hardly any wrap-up. Protect less of it."),
        ("rest_after_crisis_s", 0, "0: too short a rest after a crisis call. Give 900 s."),
        ("crisis_in_a_row", 4, "4: too many crisis calls in a row for one person. Allow 2."),
        ("break_every_s", 10801, "10801: too long without a break. Give one every 7200 s."),
        ("break_s", 60, "60: too short a break. Give 600 s."),
    ],
)
def test_care_that_protects_too_little_is_a_warning(name: str, value: float, says: str) -> None:
    assert found(policy(care={name: value})) == [(WARNING, f"care.{name}", says)]


def test_breaks_as_long_as_the_work_between_them_are_a_fault() -> None:
    assert found(policy(care={"break_every_s": 900, "break_s": 900})) == [
        (
            FAULT,
            "care.break_s",
            "a break of 900 s after 900 s of work: breaks must be shorter than the work between"
            " them.",
        )
    ]


# ── hours ───────────────────────────────────────────────────────────────────────────────────────


def test_hours_in_which_nobody_is_there_are_told_with_like_days_together() -> None:
    weekdays = on_duty(LI, shift(range(5), 6 * 60, 2 * 60))
    others = on_duty(CHEN, shift(range(5), 6 * 60, 2 * 60))

    told = found(DEFAULT_POLICY, staffed_by(weekdays, others))

    gap = "Mon 00:00-06:00, Tue-Fri 02:00-06:00, Sat 02:00-24:00, Sun 00:00-24:00"
    assert told[:2] == [
        (
            FAULT,
            ladder,
            f"no counselor for cmn ({ladder}) {gap}: shorten the line's hours, or staff these.",
        )
        for ladder in ("routine", "crisis")
    ]


def test_hours_in_which_the_line_is_closed_need_nobody() -> None:
    both = (on_duty(LI, DAYTIME), on_duty(CHEN, DAYTIME))

    assert found(DEFAULT_POLICY, staffed_by(*both, hours=DAYTIME)) == []


def test_languages_that_lack_the_same_hours_are_told_together() -> None:
    both = (on_duty(LI, DAYTIME), on_duty(CHEN, DAYTIME))

    told = [
        said for _, _, said in found(DEFAULT_POLICY, staffed_by(*both, languages=["cmn", "yue"]))
    ]

    assert told[0].startswith("no counselor for cmn, yue (routine) Mon-Sun 00:00-08:00 and 20:00")


def test_hours_in_which_a_topic_of_its_own_leads_to_nobody_are_told() -> None:
    ladder = {"stages": [{"name": "certified_only", "certified": True}]}
    untrained = on_duty(BEGINNER, DAYTIME)

    plan = policy(topics={"violence": ladder})

    enough = [said for _, _, said in found(plan, staffed_by(NIGHT, CHEN, untrained))]
    alone = found(plan, staffed_by(NIGHT, BEGINNER))

    assert [said for said in enough if said.startswith("no counselor")] == []
    assert [(where, said) for _, where, said in alone if said.startswith("no counselor")] == [
        (
            "topics.violence",
            "no counselor for cmn (topics violence) Mon-Sun 08:00-20:00: shorten the line's hours,"
            " or staff these.",
        )
    ]


def test_hours_in_which_nobody_speaks_a_language_of_the_line_are_a_warning() -> None:
    mandarin = Person(name="bo", skills=Skills.of({"cmn": 5}, lines=["youth"], certified=True))
    setting = staffed_by(LI, on_duty(CHEN, DAYTIME), mandarin, languages=["cmn", "yue"])
    told = found(DEFAULT_POLICY, replace(setting, people=(NIGHT, DAY, mandarin)))
    assert told == []

    told = found(DEFAULT_POLICY, replace(setting, people=(NIGHT, mandarin, mandarin)))

    assert told == [
        (
            WARNING,
            "",
            "nobody speaks yue Mon-Sun 08:00-20:00: callers need an interpreter then.",
        )
    ]


def test_fewer_than_two_at_once_is_a_warning() -> None:
    assert found(DEFAULT_POLICY, staffed_by(LI, DAY)) == [
        (
            WARNING,
            "",
            "fewer than 2 counselors Mon-Sun 00:00-08:00 and 20:00-24:00: a second caller waits.",
        )
    ]


def test_faults_come_before_warnings() -> None:
    plan = read_policy(
        document(care={"break_s": 60}, crisis={"stages": [{**ANYONE, "line": "own"}]})
    )

    assert [severity for severity, _, _ in found(plan)] == [FAULT, WARNING]
