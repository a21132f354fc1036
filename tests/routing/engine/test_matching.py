"""Who is offered whom when somebody becomes ready or somebody calls."""

import pytest

from routing.engine import Engine, Flag, Requirement, Signature, Skills, Stage
from tests.routing.engine.people import (
    ANYONE,
    CANTONESE,
    CERTIFIED_CANTONESE,
    CERTIFIED_READY,
    CERTIFIED_WRITING,
    FOR_TEENS,
    JUST_ENDED,
    READY,
    WOMAN_READY,
    WRITING,
    crisis,
    offers,
    routine,
)

WELL = Stage("well", Requirement(languages=("cmn",), language_level=3), bonus_s=60.0)
CERTIFIED_FIRST = (Stage("certified", Requirement(certified=True)), ANYONE)


def test_a_crisis_caller_is_offered_before_an_earlier_routine_caller() -> None:
    engine = Engine()
    engine.call_arrives("routine", routine(), 0.0)
    engine.call_arrives("crisis", crisis(), 500.0)

    made = engine.counselor_ready("li", READY, 501.0)

    assert offers(made) == [("crisis", "li", "anyone")]


def test_of_equal_urgency_the_earlier_caller_is_offered_first() -> None:
    engine = Engine()
    engine.call_arrives("second", routine(name="b"), 2.0)
    engine.call_arrives("first", routine(name="a"), 2.0, arrival=1.0)

    made = engine.counselor_ready("li", READY, 3.0)

    assert offers(made) == [("first", "li", "anyone")]


def test_a_caller_falls_through_to_a_wider_stage_at_once() -> None:
    engine = Engine()
    engine.counselor_ready("li", Signature(CANTONESE), 0.0)

    made = engine.call_arrives("a", routine(WELL, ANYONE), 1.0)

    assert offers(made) == [("a", "li", "anyone")]


def test_the_best_stage_is_tried_first_whoever_has_been_idle_longest() -> None:
    engine = Engine()
    engine.counselor_ready("idle-long", Signature(CANTONESE), 0.0)
    engine.counselor_ready("fits-well", READY, 5.0)

    made = engine.call_arrives("a", routine(WELL, ANYONE), 10.0)

    assert offers(made) == [("a", "fits-well", "well")]


def test_a_hard_stage_opens_by_the_clock_and_not_before() -> None:
    engine = Engine()
    later = Stage("later", Requirement(), after_s=30.0)
    engine.call_arrives("a", routine(Stage("well", Requirement(topic="law")), later), 100.0)
    engine.counselor_ready("li", READY, 101.0)

    early, due = engine.tick(129.0), engine.next_deadline()
    made = engine.tick(130.0)

    assert (early, due) == ([], 130.0)
    assert offers(made) == [("a", "li", "later")]
    assert (made[0].waited_s, made[0].idle_s) == (30.0, 29.0)
    assert engine.next_deadline() is None


def test_a_counselor_is_not_given_a_caller_whose_stage_is_closed() -> None:
    engine = Engine()
    later = Stage("later", Requirement(), after_s=30.0)
    engine.call_arrives("a", routine(Stage("law", Requirement(topic="law")), later), 0.0)

    assert engine.counselor_ready("li", READY, 29.0) == []
    assert offers(engine.counselor_ready("wang", READY, 30.0)) == [("a", "li", "later")]


def test_one_who_returns_for_an_overdue_caller_is_counted_as_just_arrived() -> None:
    engine = Engine()
    later = Stage("later", Requirement(), after_s=30.0)
    engine.call_arrives("a", routine(Stage("law", Requirement(topic="law")), later), 0.0)
    engine.counselor_ready("li", READY, 1.0)

    made = engine.counselor_ready("li", WOMAN_READY, 31.0)

    assert offers(made) == [("a", "li", "later")]
    assert made[0].idle_s == 0.0


def test_three_phones_ring_for_one_crisis_caller_longest_idle_first() -> None:
    engine = Engine()
    for n, name in enumerate(("li", "wang", "chen", "zhao")):
        engine.counselor_ready(name, READY, 10.0, idle_since=float(-n))

    made = engine.call_arrives("a", crisis(ring=3), 11.0)

    assert [one.counselor for one in made] == ["zhao", "chen", "wang"]


def test_certified_phones_ring_alone() -> None:
    engine = Engine()
    engine.counselor_ready("li", READY, 0.0)
    engine.counselor_ready("wang", CERTIFIED_READY, 1.0)
    engine.counselor_ready("chen", CERTIFIED_READY, 2.0)

    made = engine.call_arrives("a", crisis(*CERTIFIED_FIRST, ring=3), 3.0)

    assert [one.counselor for one in made] == ["wang", "chen"]


def test_a_stage_between_that_waives_the_certificate_hides_no_certified_phone() -> None:
    engine = Engine()
    certified_at_all = Stage("certified_at_all", Requirement(certified=True))
    well = Stage("well", Requirement(certified=True, languages=("yue",)))
    engine.counselor_ready("li", CERTIFIED_CANTONESE, 0.0)
    engine.counselor_ready("ma", READY, 1.0)
    engine.counselor_ready("chen", CERTIFIED_READY, 2.0)

    made = engine.call_arrives("a", crisis(well, ANYONE, certified_at_all, ring=3), 3.0)

    assert offers(made) == [("a", "li", "well"), ("a", "chen", "certified_at_all")]


def test_whom_only_a_later_caller_knows_is_asked_when_a_wrap_up_may_be_cut_short() -> None:
    engine = Engine()
    cantonese = Stage("cantonese", Requirement(languages=("yue",)), after_s=20.0, protected=True)
    knows_li = Stage("same_counselor", Requirement(counselor="li"))
    engine.counselor_ready("li", JUST_ENDED, 0.0)
    engine.call_arrives("first", crisis(cantonese), 0.0)
    engine.call_arrives("knows", crisis(knows_li, cantonese), 5.0)

    assert engine.tick(20.0) == []
    assert engine.next_deadline() == 25.0
    assert offers(engine.tick(25.0)) == [("knows", "li", "same_counselor")]
    assert engine.next_deadline() is None


def test_whoever_left_is_not_looked_for_when_a_wrap_up_may_be_cut_short() -> None:
    engine = Engine()
    later = Stage("anyone", Requirement(), after_s=20.0, protected=True)
    knows_li = Stage("same_counselor", Requirement(counselor="li"))
    engine.call_arrives("knows", crisis(knows_li, later), 0.0)
    engine.call_leaves("knows")

    assert engine.next_deadline() is None
    assert engine.tick(30.0) == []


def test_where_nobody_is_certified_the_others_ring_together() -> None:
    engine = Engine()
    engine.counselor_ready("li", READY, 0.0)
    engine.counselor_ready("wang", READY, 1.0)

    made = engine.call_arrives("a", crisis(*CERTIFIED_FIRST, ring=3), 3.0)

    assert [one.counselor for one in made] == ["li", "wang"]


def test_the_longest_idle_is_the_one_whose_last_talk_ended_first() -> None:
    engine = Engine()
    engine.counselor_ready("came-first", READY, 0.0)
    engine.counselor_ready("talked-last-long-ago", WOMAN_READY, 10.0, idle_since=-100.0)

    made = engine.call_arrives("a", routine(), 11.0)

    assert [one.counselor for one in made] == ["talked-last-long-ago"]
    assert made[0].idle_s == 111.0


def test_a_good_match_counts_as_having_waited_longer() -> None:
    engine = Engine()
    hakka = Stage("hakka", Requirement(languages=("hak",)), bonus_s=60.0)
    engine.call_arrives("earlier", routine(hakka, ANYONE, name="hakka"), 0.0)
    engine.call_arrives("matches", routine(WELL, ANYONE, name="mandarin"), 59.0)

    made = engine.counselor_ready("li", READY, 70.0)

    assert offers(made) == [("matches", "li", "well")]


def test_the_bonus_of_a_match_has_its_limit() -> None:
    engine = Engine()
    hakka = Stage("hakka", Requirement(languages=("hak",)), bonus_s=60.0)
    engine.call_arrives("earlier", routine(hakka, ANYONE, name="hakka"), 0.0)
    engine.call_arrives("matches", routine(WELL, ANYONE, name="mandarin"), 61.0)

    made = engine.counselor_ready("li", READY, 70.0)

    assert offers(made) == [("earlier", "li", "anyone")]


def test_no_bonus_brings_a_routine_caller_before_a_crisis() -> None:
    engine = Engine()
    engine.call_arrives("routine", routine(WELL, ANYONE), 0.0)
    engine.call_arrives("crisis", crisis(), 1.0)

    made = engine.counselor_ready("li", READY, 2.0)

    assert offers(made) == [("crisis", "li", "anyone")]


@pytest.mark.parametrize(
    ("need", "fits"),
    [(Requirement(gender="f"), WOMAN_READY), (Requirement(age_group="teen"), Signature(FOR_TEENS))],
)
def test_a_wished_gender_or_age_group_comes_first_and_keeps_nobody_waiting(
    need: Requirement, fits: Signature
) -> None:
    engine = Engine()
    plan = routine(Stage("wished", need), ANYONE)
    engine.counselor_ready("li", READY, 0.0)
    engine.counselor_ready("fits", fits, 1.0)

    made = engine.call_arrives("a", plan, 2.0) + engine.call_arrives("b", plan, 2.0)

    assert offers(made) == [("a", "fits", "wished"), ("b", "li", "anyone")]


def test_a_counselor_who_was_offered_a_caller_is_offered_no_second() -> None:
    engine = Engine()
    engine.counselor_ready("li", READY, 0.0)

    made = [engine.call_arrives(call, routine(), 1.0) for call in ("a", "b")]

    assert [offers(one) for one in made] == [[("a", "li", "anyone")], []]
    assert (engine.waiting(), engine.floor().counselors) == (["b"], ())


def test_who_is_wrapping_up_gets_no_routine_caller() -> None:
    engine = Engine()
    engine.counselor_ready("li", WRITING, 0.0)

    assert engine.call_arrives("a", routine(), 1.0) == []
    assert engine.counselor_ready("li", WRITING, 2.0) == []


def test_who_fits_a_crisis_best_is_asked_although_they_are_wrapping_up() -> None:
    engine = Engine()
    engine.counselor_ready("certified-writing", CERTIFIED_WRITING, 0.0)
    engine.counselor_ready("ready", READY, 5.0)
    plan = crisis(*CERTIFIED_FIRST, ring=3)

    first, second = engine.call_arrives("a", plan, 6.0), engine.call_arrives("b", plan, 7.0)

    assert offers(first) == [("a", "certified-writing", "certified")]
    assert first[0].flag is Flag.WRAP_UP
    assert offers(second) == [("b", "ready", "anyone")]


def test_of_those_who_fit_alike_who_is_wrapping_up_is_left_in_peace() -> None:
    engine = Engine()
    engine.counselor_ready("certified-writing", CERTIFIED_WRITING, 0.0)
    engine.counselor_ready("certified-ready", CERTIFIED_READY, 5.0)

    made = engine.call_arrives("a", crisis(*CERTIFIED_FIRST, ring=3), 6.0)

    assert offers(made) == [("a", "certified-ready", "certified")]


def test_an_uncertified_voice_of_mandarin_does_not_come_before_a_certified_one_of_cantonese() -> (
    None
):
    engine = Engine()
    writing = Signature(Skills.of({"yue": 5}, lines=["youth"], certified=True), Flag.WRAP_UP)
    engine.counselor_ready("mandarin", READY, 0.0)
    engine.counselor_ready("cantonese", writing, 50.0)
    own = Requirement(languages=("yue",), certified=True)
    plan = crisis(Stage("certified", own), Stage("spoken", Requirement(languages=("yue", "cmn"))))

    made = engine.call_arrives("a", plan, 60.0)

    assert offers(made) == [("a", "cantonese", "certified")]


def test_a_stranger_does_not_come_before_who_fits_and_has_only_just_ended_a_talk() -> None:
    engine = Engine()
    stranger = Signature(Skills.of({"eng": 5}, lines=["women"]))
    engine.counselor_ready("stranger", stranger, 0.0)
    engine.counselor_ready("li", JUST_ENDED, 50.0)
    own = Stage("own", Requirement(line="youth", languages=("cmn",)))
    plan = crisis(own, Stage("anyone", Requirement(), after_s=20.0, protected=True))

    first, later = engine.call_arrives("a", plan, 60.0), engine.tick(80.0)

    assert first == []
    assert offers(later) == [("a", "li", "own")]


def test_who_has_only_just_ended_a_talk_is_asked_when_a_stage_opens_that_says_so() -> None:
    engine = Engine()
    engine.counselor_ready("li", JUST_ENDED, 0.0)
    plan = crisis(ANYONE, Stage("even_protected", Requirement(), after_s=20.0, protected=True))

    first, later = engine.call_arrives("a", plan, 1.0), engine.tick(21.0)

    assert first == []
    assert offers(later) == [("a", "li", "anyone")]
    assert later[0].flag is Flag.PROTECTED


def test_who_has_just_ended_a_talk_gets_the_crisis_that_has_waited_for_long() -> None:
    engine = Engine()
    plan = crisis(ANYONE, Stage("even_protected", Requirement(), after_s=20.0, protected=True))
    engine.call_arrives("long", plan, 0.0)
    engine.call_arrives("short", plan, 15.0)

    made = [engine.counselor_ready(name, JUST_ENDED, 30.0) for name in ("li", "chen")]

    assert [offers(one) for one in made] == [[("long", "li", "anyone")], []]


def test_who_has_only_just_ended_a_talk_is_asked_after_all_others() -> None:
    engine = Engine()
    engine.counselor_ready("li", JUST_ENDED, 0.0)
    engine.counselor_ready("chen", WRITING, 5.0)
    plan = crisis(Stage("even_protected", Requirement(), protected=True))

    made = [*engine.call_arrives("a", plan, 6.0), *engine.call_arrives("b", plan, 6.0)]

    assert offers(made) == [("a", "chen", "even_protected"), ("b", "li", "even_protected")]


def test_no_stage_of_a_routine_plan_takes_who_has_only_just_ended_a_talk() -> None:
    engine = Engine()
    engine.counselor_ready("li", JUST_ENDED, 0.0)

    assert engine.call_arrives("a", routine(Stage("s", Requirement(), protected=True)), 1.0) == []
    assert engine.counselor_ready("li", JUST_ENDED, 2.0) == []


def test_who_begins_to_wrap_up_is_given_the_crisis_that_waits() -> None:
    engine = Engine()
    engine.call_arrives("routine", routine(), 0.0)
    engine.call_arrives("crisis", crisis(), 1.0)

    made = engine.counselor_ready("li", WRITING, 2.0)

    assert offers(made) == [("crisis", "li", "anyone")]


def test_who_went_away_is_not_rung() -> None:
    engine = Engine()
    engine.counselor_ready("li", READY, 0.0)
    engine.counselor_away("li")

    assert engine.call_arrives("a", routine(), 1.0) == []


def test_of_many_signatures_the_longest_idle_is_found_over_all_of_them() -> None:
    engine = Engine()
    for n, signature in enumerate((READY, WOMAN_READY, CERTIFIED_READY, Signature(CANTONESE))):
        engine.counselor_ready(f"counselor-{n}", signature, 10.0, idle_since=float(-n))

    made = engine.call_arrives("a", routine(), 11.0)

    assert [one.counselor for one in made] == ["counselor-3"]


def test_of_many_counselors_with_few_signatures_the_longest_idle_is_found() -> None:
    engine = Engine()
    for n in range(40):
        signature = READY if n % 2 else Signature(CANTONESE)
        engine.counselor_ready(f"counselor-{n}", signature, 100.0, idle_since=float(-n))

    made = engine.call_arrives("a", routine(WELL), 101.0)

    assert [one.counselor for one in made] == ["counselor-39"]


def test_one_counselor_is_never_offered_two_calls_at_once() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(), 0.0)
    floor.call_arrives("b", crisis(), 1.0)

    made = floor.counselor_ready("li", READY, 2.0) + floor.tick(600.0)

    assert offers(made) == [("b", "li", "anyone")]
    assert floor.waiting() == ["a"]
