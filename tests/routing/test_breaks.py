"""Breaks are given in turn: a shift never leaves together, and nobody is forgotten."""

import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.breaks import (
    BreakWaits,
    OnShift,
    TurnKept,
    begin_shift,
    due_breaks,
    next_in_turn,
    places,
    turn_kept,
)
from routing.care import Care, break_due_at
from routing.engine import Skills

CARE = Care(break_every_s=7200.0, break_s=600.0)
NOW = 10_000.0


def somebody(
    name: str, due_s_ago: float, *languages: str, line: str = "youth", certified: bool = False
) -> OnShift:
    skills = Skills.of(dict.fromkeys(languages or ("cmn",), 5), lines=[line], certified=certified)
    return OnShift(name=name, skills=skills, due_at=NOW - due_s_ago, share=0.2)


def five(**due_s_ago: float) -> list[OnShift]:
    """Five of a line, of whom some are due."""
    others = [somebody(f"other-{n}", -100.0) for n in range(5 - len(due_s_ago))]
    return [*(somebody(name, ago) for name, ago in due_s_ago.items()), *others]


@pytest.mark.parametrize(("on_duty", "away"), [(1, 1), (5, 1), (6, 2), (15, 3), (100, 20)])
def test_a_share_of_those_on_duty_may_be_away_and_always_one(on_duty: int, away: int) -> None:
    assert places(0.2, on_duty) == away


def test_of_a_shift_that_is_due_together_no_more_leave_than_may_be_away() -> None:
    everybody = [somebody(f"n-{n:02}", 0.0) for n in range(20)]

    found = due_breaks(everybody, NOW)

    assert Counter(found.values()) == {None: 4, BreakWaits.OTHERS_AWAY: 16}


def test_who_has_been_due_longest_goes_first() -> None:
    found = due_breaks(five(li=10.0, chen=300.0), NOW)

    assert list(found.items()) == [("chen", None), ("li", BreakWaits.OTHERS_AWAY)]


def test_a_break_that_waits_is_given_when_somebody_is_back() -> None:
    li, chen, *others = five(li=10.0, chen=300.0)

    away = due_breaks([li, chen._replace(away=True), *others], NOW)
    back = due_breaks([li, chen._replace(due_at=NOW + 7200.0), *others], NOW)

    assert (away, back) == ({"li": BreakWaits.OTHERS_AWAY}, {"li": None})


def test_who_is_not_due_is_not_named() -> None:
    assert due_breaks(five(), NOW) == {}


def test_who_talks_leaves_the_turn_to_the_next() -> None:
    li, chen, *others = five(li=10.0, chen=300.0)

    found = due_breaks([li, chen._replace(free=False), *others], NOW)

    assert found == {"chen": BreakWaits.BUSY, "li": None}


def test_of_those_who_speak_a_language_not_all_leave_though_the_line_could_spare_them() -> None:
    speakers = [somebody(name, ago, "cmn", "hak") for name, ago in (("li", 20.0), ("chen", 10.0))]
    others = [somebody(f"other-{n}", -100.0) for n in range(18)]

    found = due_breaks([*speakers, *others], NOW)

    assert found == {"li": None, "chen": BreakWaits.OTHERS_AWAY}


def test_another_lines_breaks_are_not_ours() -> None:
    elsewhere = somebody("chen", 10.0, line="women")._replace(away=True)

    assert due_breaks([*five(li=0.0), elsewhere], NOW) == {"li": None}


def test_the_last_certified_counselor_at_work_is_not_sent_away() -> None:
    li = somebody("li", 10.0, certified=True)
    resting = somebody("he", 0.0, certified=True)._replace(away=True)
    others = [somebody(f"other-{n}", -100.0) for n in range(18)]

    alone = due_breaks([li, resting, *others], NOW)
    with_another = due_breaks([li, resting._replace(away=False, due_at=NOW + 9.0), *others], NOW)

    assert alone == {"li": BreakWaits.LAST_CERTIFIED}
    assert with_another == {"li": None}


def test_of_the_last_two_certified_one_goes_at_a_time() -> None:
    two = [somebody(name, 10.0, certified=True) for name in ("he", "li")]
    others = [somebody(f"other-{n}", -100.0) for n in range(18)]

    found = due_breaks([*two, *others], NOW)

    assert found == {"he": None, "li": BreakWaits.LAST_CERTIFIED}


LANGUAGES = st.sets(st.sampled_from(("cmn", "yue", "hak", "nan", "eng")), min_size=1)


@given(
    team=st.lists(st.tuples(LANGUAGES, st.booleans(), st.booleans()), min_size=1, max_size=12),
    share=st.floats(0.05, 1.0),
)
def test_no_share_that_a_plan_may_name_keeps_everybody_of_a_line_from_leaving(
    team: list[tuple[set[str], bool, bool]], share: float
) -> None:
    people = [
        somebody(f"n-{n:02}", 10.0, *spoken, certified=certified)._replace(share=share, free=free)
        for n, (spoken, certified, free) in enumerate(team)
    ]
    certified = sum(one.skills.certified for one in people)
    could = [one for one in people if one.free and (not one.skills.certified or certified > 1)]

    leave = [name for name, waits in due_breaks(people, NOW).items() if waits is None]

    assert bool(leave) == bool(could)


def test_who_works_alone_has_breaks_all_the_same() -> None:
    assert due_breaks([somebody("chen", 0.0, "hak")], NOW) == {"chen": None}


# ── turns that are given to a colleague ─────────────────────────────────────────────────────────


def puts_off(one: OnShift, seconds: float = 1800.0) -> OnShift:
    return one._replace(put_off_s=seconds)


def test_a_turn_may_be_given_to_who_is_due_a_little_later() -> None:
    li = puts_off(somebody("li", -600.0))

    assert turn_kept(li, somebody("chen", -2400.0)) is None


@pytest.mark.parametrize(
    ("taker", "why"),
    [
        (somebody("chen", -1200.0)._replace(away=True), TurnKept.AWAY),
        (somebody("chen", -1200.0, line="women"), TurnKept.NO_LINE_IN_COMMON),
        (somebody("chen", -600.0), TurnKept.NOT_LATER),
        (somebody("chen", 0.0), TurnKept.NOT_LATER),
        (somebody("chen", -2401.0), TurnKept.PUT_OFF_TOO_LONG),
        (somebody("chen", 0.0)._replace(due_at=math.inf), TurnKept.PUT_OFF_TOO_LONG),
    ],
)
def test_a_turn_is_kept_where_giving_it_is_no_swap_or_puts_a_break_off_too_long(
    taker: OnShift, why: TurnKept
) -> None:
    assert turn_kept(puts_off(somebody("li", -600.0)), taker) == why


def test_who_is_on_a_break_has_no_turn_to_give() -> None:
    resting = puts_off(somebody("li", -600.0))._replace(away=True)

    assert turn_kept(resting, somebody("chen", -1200.0)) == TurnKept.AWAY


def test_a_turn_is_offered_to_the_next_in_order_to_whom_it_may_be_given() -> None:
    li, chen, he = (puts_off(somebody(name, -ago)) for name, ago in
                    (("li", 0.0), ("chen", 600.0), ("he", 3000.0)))  # fmt: skip
    elsewhere = somebody("ann", -300.0, line="women")
    away = somebody("bao", -300.0)._replace(away=True)

    assert next_in_turn([he, elsewhere, chen, away, li]) == {"li": "chen"}
    assert next_in_turn([li, he]) == {}


def test_for_a_page_with_room_for_a_few_only_the_first_in_order_are_asked() -> None:
    shift = [puts_off(somebody(f"n-{n}", -60.0 * n)) for n in range(4)]

    assert next_in_turn(shift, most=2) == {"n-0": "n-1", "n-1": "n-2"}
    assert next_in_turn(shift, most=9) == next_in_turn(shift)


def test_swapped_turns_leave_no_more_away_than_before() -> None:
    everybody = [somebody(f"n-{n:02}", 10.0 * n) for n in range(20)]
    first, last = everybody[-1], everybody[0]
    swapped = [first._replace(due_at=last.due_at), last._replace(due_at=first.due_at)]

    found = due_breaks([*everybody[1:-1], *swapped], NOW)

    assert next(iter(found)) == last.name
    assert Counter(found.values()) == {None: 4, BreakWaits.OTHERS_AWAY: 16}


def test_the_last_certified_counselor_is_not_sent_for_a_turn_she_was_given() -> None:
    li = somebody("li", 300.0, certified=True)
    chen, *others = five(chen=10.0)

    assert due_breaks([li, chen, *others], NOW)["li"] == BreakWaits.LAST_CERTIFIED


# ── the first break of a shift ──────────────────────────────────────────────────────────────────


def first_break(care: Care, others: list[float], now: float) -> float:
    return break_due_at(care, begin_shift(care, others, now))


def began_together(counselors: int) -> list[float]:
    due: list[float] = []
    for _ in range(counselors):
        due.append(first_break(CARE, due, NOW))
    return due


def test_who_begins_alone_has_the_first_break_after_the_usual_time() -> None:
    assert first_break(CARE, [], NOW) == NOW + 7200.0
    assert first_break(CARE, [NOW + 60.0], NOW) == NOW + 7200.0


@pytest.mark.parametrize("counselors", [2, 5, 20, 100])
def test_who_begins_together_is_due_apart(counselors: int) -> None:
    due = Counter(began_together(counselors))

    assert max(due.values()) == math.ceil(counselors / 9)
    assert all(NOW + 1800.0 <= at <= NOW + 7200.0 for at in due)


def test_who_begins_a_moment_later_is_due_apart_as_well() -> None:
    first = first_break(CARE, [], NOW)

    assert first_break(CARE, [first], NOW + 20.0) == NOW + 20.0 + 6600.0


def test_where_no_breaks_are_set_the_first_never_comes() -> None:
    assert first_break(replace(CARE, break_every_s=math.inf), [NOW], NOW) == math.inf
