"""Callers who come back, of whom more became known or who know somebody; things said twice."""

from routing.engine import Engine, Requirement, Signature, Stage
from tests.routing.engine.people import (
    ANYONE,
    CERTIFIED_READY,
    MANDARIN,
    READY,
    WOMAN_READY,
    WRITING,
    crisis,
    offers,
    routine,
)

KNOWS_LI = Stage("same_counselor", Requirement(counselor="li"))


def test_a_caller_who_comes_back_has_the_old_place() -> None:
    floor = Engine()
    floor.call_arrives("second", routine(), 1.0)

    floor.call_arrives("first", routine(), 20.0, arrival=0.0)

    assert floor.waiting() == ["first", "second"]
    assert offers(floor.counselor_ready("li", READY, 21.0)) == [("first", "li", "anyone")]


def test_a_caller_rescored_to_a_crisis_is_offered_at_once() -> None:
    floor = Engine()
    floor.counselor_ready("li", WRITING, 0.0)
    floor.call_arrives("a", routine(), 1.0)

    made = floor.call_rescored("a", crisis(), 31.0)

    assert offers(made) == [("a", "li", "anyone")]
    assert made[0].waited_s == 30.0


def test_a_rescored_caller_keeps_the_arrival() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(name="old"), 0.0)
    floor.call_arrives("b", routine(name="new"), 5.0)

    floor.call_rescored("a", routine(name="new"), 21.0)

    assert floor.waiting() == ["a", "b"]
    assert offers(floor.counselor_ready("li", READY, 22.0)) == [("a", "li", "anyone")]


def test_rescoring_somebody_unknown_only_lets_time_pass() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(Stage("later", Requirement(), after_s=9.0)), 0.0)
    floor.counselor_ready("li", READY, 1.0)

    made = floor.call_rescored("nobody", crisis(), 9.0)

    assert offers(made) == [("a", "li", "later")]


def test_a_caller_is_offered_first_to_the_counselor_they_know() -> None:
    floor = Engine()
    floor.counselor_ready("wang", READY, 0.0)
    floor.counselor_ready("li", READY, 5.0)

    made = floor.call_arrives("a", routine(KNOWS_LI, ANYONE), 6.0)

    assert offers(made) == [("a", "li", "same_counselor")]


def test_where_the_counselor_they_know_is_busy_another_is_asked() -> None:
    floor = Engine()
    floor.counselor_ready("wang", READY, 0.0)

    made = floor.call_arrives("a", routine(KNOWS_LI, ANYONE), 6.0)

    assert offers(made) == [("a", "wang", "anyone")]


def test_a_caller_held_for_somebody_is_taken_by_them_when_they_become_ready() -> None:
    floor = Engine()
    held = routine(KNOWS_LI, Stage("held", Requirement(), after_s=20.0))
    floor.counselor_ready("wang", READY, 0.0)
    floor.call_arrives("a", held, 1.0)
    floor.call_arrives("behind", held, 2.0)

    made = floor.counselor_ready("li", READY, 10.0)

    assert offers(made) == [("a", "li", "same_counselor")]
    assert offers(floor.tick(22.0)) == [("behind", "wang", "held")]


def test_a_caller_behind_another_still_gets_the_counselor_they_know() -> None:
    floor = Engine()
    held = Stage("held", Requirement(), after_s=20.0)
    floor.counselor_ready("li", READY, 0.0)
    floor.call_arrives("first", routine(held, name="one line"), 1.0)

    made = floor.call_arrives("knows", routine(KNOWS_LI, held, name="one line"), 2.0)

    assert offers(made) == [("knows", "li", "same_counselor")]


def test_who_calls_for_a_counselor_as_the_caller_before_becomes_due_is_offered_once() -> None:
    floor = Engine()
    closed = (Stage("law", Requirement(topic="law")), Stage("later", Requirement(), after_s=30.0))
    floor.counselor_ready("wang", READY, 0.0)
    floor.counselor_ready("li", READY, 1.0)
    floor.call_arrives("due", routine(*closed), 2.0)

    made = floor.call_arrives("knows", routine(KNOWS_LI, *closed), 32.0)

    assert offers(made) == [("due", "wang", "later"), ("knows", "li", "same_counselor")]


def test_the_counselor_they_know_is_not_called_out_of_wrap_up_for_a_routine_call() -> None:
    floor = Engine()
    floor.counselor_ready("li", WRITING, 0.0)

    assert floor.call_arrives("a", routine(KNOWS_LI, ANYONE), 1.0) == []
    assert floor.counselor_ready("li", WRITING, 2.0) == []


def test_the_counselor_they_know_is_called_out_of_wrap_up_for_a_crisis() -> None:
    floor = Engine()
    floor.counselor_ready("wang", WRITING, 0.0)
    floor.counselor_ready("li", WRITING, 1.0)

    made = floor.call_arrives("a", crisis(KNOWS_LI, ANYONE), 2.0)

    assert offers(made) == [("a", "li", "same_counselor")]


def test_the_counselor_they_know_must_still_meet_the_stage() -> None:
    floor = Engine()
    known = Stage("same_counselor", Requirement(counselor="li", certified=True))
    floor.counselor_ready("li", READY, 0.0)
    floor.call_arrives("a", routine(known, Stage("certified", Requirement(certified=True))), 1.0)

    assert floor.waiting() == ["a"]
    assert floor.counselor_ready("li", READY, 2.0) == []
    assert offers(floor.counselor_ready("li", CERTIFIED_READY, 3.0)) == [
        ("a", "li", "same_counselor")
    ]


def test_a_caller_who_leaves_is_offered_to_nobody() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(), 0.0)
    floor.call_leaves("a")

    assert floor.counselor_ready("li", READY, 1.0) == []


def test_a_caller_who_knows_a_counselor_and_hangs_up_is_not_kept_for_them() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(KNOWS_LI, Stage("held", Requirement(), after_s=20.0)), 0.0)

    floor.call_leaves("a")

    assert (floor.waiting(), floor.next_deadline()) == ([], None)
    assert floor.counselor_ready("li", READY, 60.0) == []


def test_a_call_that_arrives_twice_waits_once_since_the_first_time() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(), 0.0)
    once = floor.floor().callers

    again = floor.call_arrives("a", routine(), 0.0)

    assert (again, floor.floor().callers) == ([], once)


def test_a_call_that_arrives_again_later_keeps_the_first_arrival() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(), 0.0)
    floor.call_arrives("b", routine(), 1.0)

    floor.call_arrives("a", routine(), 2.0)

    assert floor.waiting() == ["a", "b"]


def test_what_is_said_twice_of_a_counselor_changes_nothing() -> None:
    floor = Engine()
    floor.counselor_ready("li", READY, 0.0, idle_since=-5.0)
    once = floor.floor()

    again = floor.counselor_ready("li", Signature(MANDARIN), 0.0, idle_since=-5.0)

    assert (again, floor.floor()) == ([], once)


def test_leaving_twice_and_the_unknown_are_no_error() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(), 0.0)
    floor.counselor_ready("li", WRITING, 0.0)

    for _ in range(2):
        floor.call_leaves("a")
        floor.counselor_away("li")

    assert (floor.floor().callers, floor.floor().counselors) == ((), ())


def test_time_never_runs_backwards() -> None:
    floor = Engine()
    floor.tick(100.0)

    made = floor.counselor_ready("li", READY, 90.0) + floor.call_arrives("a", routine(), 95.0)

    assert (made[0].waited_s, made[0].idle_s) == (5.0, 10.0)


def test_a_counselor_with_another_signature_is_no_longer_found_by_the_old_one() -> None:
    floor = Engine()
    woman = Stage("woman", Requirement(gender="f"))
    floor.counselor_ready("li", WOMAN_READY, 0.0)
    floor.counselor_ready("li", READY, 1.0)

    assert floor.call_arrives("a", routine(woman, name="woman"), 2.0) == []


def test_a_caller_who_hangs_up_before_a_hard_stage_is_waited_for_no_longer() -> None:
    floor = Engine()
    floor.call_arrives("a", routine(Stage("later", Requirement(), after_s=9.0)), 0.0)
    floor.call_arrives("b", routine(Stage("later", Requirement(), after_s=9.0)), 4.0)

    floor.call_leaves("a")
    then = floor.next_deadline()
    floor.call_leaves("b")

    assert (then, floor.next_deadline()) == (13.0, None)
