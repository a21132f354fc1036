"""A plan in sentences: what it says in general, and examples computed with the roster."""

from dataclasses import replace
from math import inf

import pytest

from routing.care import Care
from routing.engine import Engine, Signature, Skills, Urgency
from routing.policy import DEFAULT_DOCUMENT, DEFAULT_POLICY, Need, Policy
from routing.policy.lint import Setting
from routing.policy.phrases import CHINESE, ENGLISH
from routing.policy.roster import Person
from routing.policy.sentences import asked, sentences
from tests.routing.policy.people import ANYONE, CHEN, DAYTIME, LI, LINE, ON_LINE, on_duty, policy

WONG = Person(name="wong", skills=Skills.of({"yue": 5}, lines=["youth"]))
ELSEWHERE = Person(name="ma", skills=Skills.of({"cmn": 5}, lines=["women"]))
FLOOR = replace(LINE, people=(LI, CHEN, WONG, ELSEWHERE))
QUICK = DEFAULT_DOCUMENT["routine"]["stages"]
WORDS = {"cmn": "Mandarin", "yue": "Cantonese", "hak": "Hakka", "family": "home"}


def word(code: str) -> str:
    return WORDS.get(code, code)


def said(plan: Policy, heading: str, setting: Setting = FLOOR, tongue: str = "en") -> list[str]:
    sections = sentences(plan, setting, tongue=tongue, word=word)
    (section,) = (one for one in sections if one.heading.startswith(heading))
    return list(section.sentences)


def test_both_tongues_have_all_phrases() -> None:
    assert CHINESE.keys() == ENGLISH.keys()


def test_a_plan_is_said_in_the_order_of_urgency() -> None:
    plan = policy(topics={"family": {"stages": [ON_LINE]}})

    headings = [one.heading for one in sentences(plan, FLOOR, tongue="en", word=word)]

    assert headings[:4] == [
        "When somebody is in danger",
        "Routine callers",
        "Callers about home",
        "What callers wish for",
    ]


def test_a_tongue_nobody_reads_is_refused() -> None:
    with pytest.raises(KeyError):
        sentences(DEFAULT_POLICY, FLOOR, tongue="fr", word=word)


def test_every_step_says_when_it_comes_and_whom_it_asks() -> None:
    stages = [
        {"name": "best", "language": "own", "topic_level": 2, "age_group": "own", "bonus_s": 5},
        {"name": "known", "language": "spoken", "language_level": 2, "certified": True},
        ANYONE,
    ]

    assert said(policy(routine={"stages": stages}), "Routine") == [
        "Step 1, at once: any counselor of this line who speaks the caller's language (level 1 or"
        " more) and who knows the topic (level 2 or more) and who is trained for the caller's age"
        " group (best).",
        "Step 2, at once: any counselor of this line who speaks a language the caller understands"
        " (level 2 or more) and who is certified for crisis calls (known).",
        "Step 3, after 20 s of waiting: any counselor of any line (anyone). Whoever answers may not"
        " speak the caller's language: an interpreter joins.",
        "When a counselor becomes free, callers whom they fit count as older: by 5 s at step 1.",
        "Who names a topic or an age never waits longer for it than who names none.",
    ]


def test_a_step_that_asks_even_who_has_just_ended_a_talk_says_so() -> None:
    stages = [{**ANYONE, "protected": True}]

    assert said(policy(crisis={"stages": stages}), "When somebody") == [
        "Step 1, after 20 s of waiting: any counselor of any line (anyone). Whoever answers may not"
        " speak the caller's language: an interpreter joins. From then on even somebody whose talk"
        " has only just ended is asked, at the steps before too.",
        "Fit and certificate come before comfort: steps are taken in their order, and at one step"
        " whoever is ready is rung before whoever is writing up a call.",
        "Where danger becomes known while a phone rings, certified phones ring at once, and one"
        " without the certificate stops.",
    ]


def test_what_becomes_of_a_phone_that_rings_when_danger_becomes_known_is_said() -> None:
    stays = policy(crisis={"running_offer": "keep", "stages": [ANYONE]})

    assert said(stays, "When somebody")[-1].endswith("and the one that rings goes on.")


def test_that_phones_are_shared_is_said_where_several_ring() -> None:
    alone = policy(crisis={"stages": [ANYONE]})

    assert any("each keeps at least one" in one for one in said(DEFAULT_POLICY, "When somebody"))
    assert not any("each keeps at least one" in one for one in said(alone, "When somebody"))


def test_how_many_phones_ring_is_said_where_it_is_more_than_one() -> None:
    one_phone = policy(crisis={"stages": [ANYONE]})

    assert any(one.startswith("3 phones ring") for one in said(DEFAULT_POLICY, "When somebody"))
    assert not any("ring together" in one for one in said(one_phone, "When somebody"))


def test_wishes_are_said_with_the_numbers_of_the_plan() -> None:
    held = policy(wishes={"same_counselor_hold_s": 15, "gender_hold_s": 30})

    assert said(held, "What callers") == [
        "A caller who was cut off is kept 15 s for the same counselor; not in danger.",
        "A caller who asks for a woman or a man is kept 30 s for such a one who fits by language,"
        " before others are asked, and is told so; not in danger.",
        "While nobody on duty is such a one, talking or on a break or not, nobody is kept for it:"
        " others are asked at once.",
    ]
    assert said(DEFAULT_POLICY, "What callers") == [
        "A caller who was cut off is offered to the same counselor first, and at once to others if"
        " that one is not ready.",
        "A caller who asks for a woman or a man is offered to such a one who fits, if ready; nobody"
        " waits for it.",
    ]


def test_what_a_caller_is_taken_to_understand_is_said_for_each_language_of_the_line() -> None:
    plan = policy(understands={"yue": {"cmn": 0.95, "hak": 0.3}})

    assert said(plan, "Which language") == [
        "Who speaks Mandarin is taken to understand nothing else, unless they said so.",
        "Who speaks Cantonese is taken to understand Mandarin (some 95 %) too; what the caller said"
        " of it counts instead.",
        "A language counts as understood where 80 % or more understand it.",
        "Where the two have no language in common, an interpreter is called, at whatever step the"
        " call was taken.",
        "While nobody on duty has a language in common with a caller, the step for which an"
        " interpreter joins opens at once.",
    ]


def test_that_a_topic_by_the_clock_can_cost_time_is_said() -> None:
    stages = [{"name": "topic", "language": "own", "topic_level": 1, "bonus_s": 60}, ON_LINE]
    slow, quick = (policy(topics={"family": {"stages": one}}) for one in (stages, QUICK))

    assert said(slow, "Callers about")[-1] == (
        "For a better match these callers may wait longer than who names no topic: up to 60 s."
    )
    assert not any("For a better match" in one for one in said(quick, "Callers about"))


def test_rings_and_care_are_said_with_the_numbers_of_the_plan() -> None:
    plan = policy(ring_s=25, set_aside_s=40, care={"break_every_s": 5400, "break_s": 900})

    assert "A phone rings 25 s; who does not answer is not rung for 40 s." in said(plan, "How")
    assert said(plan, "What protects")[-2].startswith("Every 1.5 h a break of 15 minutes")


def test_the_plan_says_that_a_shift_never_leaves_together() -> None:
    turns = said(policy(care={"break_share": 0.15}), "What protects")[-1]

    assert "no more than 15% are away at once" in turns
    assert "The last certified counselor at work is not sent" in turns


def test_the_plan_says_what_becomes_of_whom_danger_keeps_waiting() -> None:
    in_chinese = said(DEFAULT_POLICY, "如何振铃", tongue="zh")[-1]

    assert said(DEFAULT_POLICY, "How")[-1].startswith("Danger always goes first, so a caller in no")
    assert in_chinese.startswith("危险来电总在前面，所以一般来电可能等很久")


def test_a_plan_with_a_second_line_says_from_when_on_other_lines_are_asked() -> None:
    second = {"name": "second_line", "line": "any", "after_s": 900, "interpreter": True}
    plan = policy(routine={"stages": [ON_LINE, second]})

    assert said(plan, "How")[-1] == (
        "From 900 s of waiting on counselors of other lines are asked for such a caller as well"
        " (step 2)."
    )
    assert "等满 900 秒起也请其他热线的咨询员接听（第 2 步）" in said(plan, "如何", tongue="zh")[-1]


def test_of_breaks_that_never_come_nothing_is_said() -> None:
    plan = replace(DEFAULT_POLICY, care=Care(break_every_s=inf))

    assert not any("break" in one for one in said(plan, "What protects"))


def test_examples_name_who_would_be_asked_and_when() -> None:
    assert said(DEFAULT_POLICY, "Examples") == [
        "A caller in danger who speaks Mandarin: chen, li first; then after 5 s ma, wong.",
        "A caller who speaks Mandarin: chen, li first; then after 300 s wong.",
        "A caller in danger who speaks Cantonese: chen, li first; then wong; then after 5 s ma.",
        "A caller who speaks Cantonese: chen, li, wong first.",
        "A caller who speaks Mandarin, about home: li first; then chen; then after 300 s wong.",
        "A caller who speaks Mandarin, about study: chen first; then li; then after 300 s wong.",
        "A caller who speaks Mandarin, about violence: li first; then chen; then after 300 s wong.",
    ]


def test_an_example_says_that_nobody_would_be_asked() -> None:
    setting = replace(FLOOR, people=())

    assert said(DEFAULT_POLICY, "Examples", setting)[0] == (
        "A caller in danger who speaks Mandarin: nobody at all."
    )


def test_examples_in_chinese_are_chinese() -> None:
    assert said(DEFAULT_POLICY, "例子", tongue="zh")[:2] == [
        "说Mandarin且有危险的来电者：先问 chen、li；5 秒后问 ma、wong。",
        "说Mandarin的来电者：先问 chen、li；300 秒后问 wong。",
    ]


@pytest.mark.parametrize("urgency", list(Urgency))
@pytest.mark.parametrize("language", ["cmn", "yue", "hak"])
def test_an_example_is_what_the_engine_would_do(language: str, urgency: Urgency) -> None:
    need = Need(line="youth", language=language, urgency=urgency)
    plan = replace(DEFAULT_POLICY.plan_for(need), ring=1)
    told = [(after_s, name) for after_s, names in asked(DEFAULT_POLICY, FLOOR, need)
            for name in names]  # fmt: skip

    made = []
    ready = {one.name: one for one in FLOOR.people}
    while ready:
        engine = Engine()
        for one in ready.values():
            engine.counselor_ready(one.name, Signature(one.skills), 0.0)
        decisions = engine.call_arrives("call", plan, 0.0)
        while not decisions and (due := engine.next_deadline()) is not None:
            decisions = engine.tick(due)
        if not decisions:
            break
        made.append((decisions[0].waited_s, decisions[0].counselor))
        del ready[decisions[0].counselor]

    assert told == made


def test_hours_of_the_line_and_who_works_then_are_said() -> None:
    day = replace(FLOOR, people=(on_duty(LI, DAYTIME), CHEN), hours=DAYTIME)

    assert said(DEFAULT_POLICY, "Who is on duty", day) == [
        "Open Mon-Sun 08:00-20:00; 2 counselors on the roster."
    ]


def test_hours_without_a_language_are_said_with_what_becomes_of_callers() -> None:
    mandarin = Person(name="bo", skills=Skills.of({"cmn": 5}, lines=["youth"]))
    alone = replace(LINE, people=(on_duty(LI, DAYTIME), mandarin), languages=("cmn", "yue"))

    assert said(DEFAULT_POLICY, "Who is on duty", alone) == [
        "Open round the clock; 2 counselors on the roster.",
        "Fewer than two are on duty Mon-Sun 00:00-08:00 and 20:00-24:00: a second caller waits.",
        "Nobody on duty speaks Cantonese Mon-Sun 00:00-08:00 and 20:00-24:00. So, at Mon 00:00: A"
        " caller who speaks Cantonese: bo first.",
    ]
    assert said(DEFAULT_POLICY, "谁在何时", alone, "zh")[2] == (
        "周一-周日 00:00-08:00及20:00-24:00没有人说Cantonese。例如周一 00:00："
        "说Cantonese的来电者：先问 bo。"
    )
