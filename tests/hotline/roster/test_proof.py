"""The proof of a roster equals what comes out when every quarter hour is asked of every person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hotline.roster.model import Absence, PlannedShift, ShiftKind
from hotline.roster.proof import (
    MOST_NAMED,
    Hole,
    Lack,
    Plannable,
    RosterChange,
    RosterPlan,
    ServedLine,
    fixes_for,
    holes_of,
    opens_hole,
    runs,
    touched_by,
)
from routing.engine import Skills
from tests.hotline.roster.naive import A_QUARTER, NaiveDay, spread
from tests.hotline.roster.rosters import NAMES, absences, rosters, shifts

MIDNIGHT = datetime(2026, 9, 30, 16, tzinfo=UTC)


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def shift(
    who: str | None, begin: float, end: float, kind: ShiftKind = ShiftKind.DUTY
) -> PlannedShift:
    return PlannedShift(id=f"{who} {begin}", staff_id=who, lines=frozenset({"youth"}), kind=kind,
                        begins_at=at(begin), ends_at=at(end))  # fmt: skip


def worker(
    name: str, *languages: str, certified: bool = True, supervises: bool = False
) -> Plannable:
    skills = Skills.of(dict.fromkeys(languages, 3), lines=["youth"], certified=certified)
    return Plannable(id=name, skills=skills, takes_calls=not supervises, supervises=supervises)


def a_day(*shifts: PlannedShift, served: tuple[int, int] = (8, 20)) -> RosterPlan:
    """Two counselors of whom one speaks Cantonese and is certified, a third one, a supervisor."""
    bits = sum(1 << n for n in range(served[0] * 4, served[1] * 4))
    people = (
        worker("chen", "cmn", certified=False),
        worker("he", supervises=True),
        worker("li", "cmn", "yue"),
        worker("wong", "cmn", "yue"),
    )
    line = ServedLine(id="youth", languages=("cmn", "yue"), served=bits)
    return RosterPlan(begins_at=MIDNIGHT, quarters=96, lines=(line,), people=people, shifts=shifts)


FULL = (shift("chen", 8, 20), shift("he", 8, 20), shift("li", 8, 20))


@settings(max_examples=150)
@given(rosters())
def test_the_holes_are_those_of_the_naive_proof(roster: NaiveDay) -> None:
    assert spread(holes_of(roster.plan)) == roster.missing()


@given(rosters())
def test_no_two_holes_of_one_kind_adjoin(roster: NaiveDay) -> None:
    holes = holes_of(roster.plan)
    ends = {(one.ends_at, one.line, one.lack, one.missing, lang) for one in holes
            for lang in one.languages or ("",)}  # fmt: skip
    begins = {(one.begins_at, one.line, one.lack, one.missing, lang) for one in holes
              for lang in one.languages or ("",)}  # fmt: skip

    assert ends & begins == set()


@settings(max_examples=150)
@given(rosters(), st.data())
def test_what_a_change_opens_is_what_more_is_missing_of_afterwards(
    roster: NaiveDay, data: st.DataObject
) -> None:
    keys = [one.id for one in roster.plan.shifts]
    gone = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    new = (data.draw(shifts("new")),) if data.draw(st.booleans()) else ()
    absent = tuple(data.draw(st.lists(absences(), max_size=1)))
    change = RosterChange(gone=frozenset(gone), new=new, absent=absent)

    assert spread(opens_hole(roster.plan, change)) == roster.opened(change)


@settings(max_examples=150)
@given(rosters(), st.data())
def test_whoever_is_named_could_take_the_shift_and_nobody_before_them_could(
    roster: NaiveDay, data: st.DataObject
) -> None:
    mine = [one for one in roster.plan.shifts if one.staff_id is not None]
    assume(mine)
    lost = data.draw(st.sampled_from(mine))
    change = RosterChange(gone=frozenset({lost.id}))
    within = {when for when, *_ in roster.opened(change)}

    fixes = fixes_for(roster.plan, change)

    assert bool(fixes) == bool(within)
    if fixes:
        assert fixes[0].people == tuple(could_take(roster, lost))[:MOST_NAMED]


@settings(max_examples=150)
@given(rosters(), st.data())
def test_a_change_that_is_looked_at_only_where_it_touches_something_opens_the_same(
    roster: NaiveDay, data: st.DataObject
) -> None:
    plan = roster.plan
    keys = [one.id for one in plan.shifts]
    gone = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    new = (data.draw(shifts("new")),) if data.draw(st.booleans()) else ()
    absent = tuple(data.draw(st.lists(absences(), max_size=1)))
    change = RosterChange(gone=frozenset(gone), new=new, absent=absent)
    touched = touched_by(plan, change)
    lines = tuple(replace(one, served=one.served & touched.get(one.id, 0)) for one in plan.lines)
    narrow = replace(plan, lines=tuple(one for one in lines if one.id in touched))

    assert opens_hole(narrow, change) == opens_hole(plan, change)
    assert fixes_for(narrow, change) == fixes_for(plan, change)


def could_take(roster: NaiveDay, lost: PlannedShift) -> list[str]:
    """Each in turn, by hours and name, tried by putting them there."""
    planned = {name: sum(((one.ends_at - one.begins_at).total_seconds() / 3600
               for one in roster.plan.shifts if one.staff_id == name), 0.0)
               for name in NAMES}  # fmt: skip
    found = []
    for name in sorted(NAMES, key=lambda one: (planned[one], one)):
        taken = replace(lost, id="taken", staff_id=name)
        change = RosterChange(gone=frozenset({lost.id}), new=(taken,))
        opened = {when for when, line, *_ in roster.opened(change) if line in lost.lines
                  and lost.begins_at <= when and when + A_QUARTER <= lost.ends_at}  # fmt: skip
        if name != lost.staff_id and is_free(roster.plan, name, lost) and not opened:
            found.append(name)
    return found


def is_free(plan: RosterPlan, name: str, lost: PlannedShift) -> bool:
    one = next(each for each in plan.people if each.id == name)
    shifts = [each for each in plan.shifts if each.staff_id == name]
    away = [each for each in plan.absences if each.staff_id == name]
    times = [(each.begins_at, each.ends_at) for each in shifts]
    times += [(each.begins_at, each.ends_at) for each in away]
    return lost.lines <= one.skills.lines and not any(
        begin < lost.ends_at and lost.begins_at < end for begin, end in times
    )


# ── in the words of the field ───────────────────────────────────────────────────────────────────


def test_a_full_day_has_no_hole() -> None:
    assert holes_of(a_day(*FULL)) == []


def test_a_day_on_which_nobody_is_planned_is_four_holes_and_not_a_row_for_each_quarter() -> None:
    found = holes_of(a_day())

    assert found == [
        Hole(at(8), at(20), "youth", Lack.CERTIFIED, 1, ("cmn", "yue")),
        Hole(at(8), at(20), "youth", Lack.LANGUAGE, 1, ("cmn", "yue")),
        Hole(at(8), at(20), "youth", Lack.SEAT, 2),
        Hole(at(8), at(20), "youth", Lack.SUPERVISOR, 1),
    ]


def test_who_is_on_call_or_second_line_takes_no_seat() -> None:
    called = shift("li", 8, 20, ShiftKind.ON_CALL)
    second = shift("wong", 8, 20, ShiftKind.SECOND_LINE)

    found = holes_of(a_day(*FULL[:2], called, second))

    assert [(one.lack, one.missing, one.languages) for one in found] == [
        (Lack.CERTIFIED, 1, ("cmn", "yue")),
        (Lack.LANGUAGE, 1, ("yue",)),
        (Lack.SEAT, 1, ()),
    ]


def test_a_shift_past_midnight_covers_both_days() -> None:
    night = (shift("li", -3, 8), shift("wong", -3, 8), shift("he", -3, 8))

    assert holes_of(a_day(*night, served=(0, 8))) == []


def test_who_is_away_for_an_hour_leaves_a_hole_of_an_hour_and_a_colleague_is_named() -> None:
    away = Absence(staff_id="li", begins_at=at(10), ends_at=at(11))
    change = RosterChange(absent=(away,))

    opened = opens_hole(a_day(*FULL), change)
    fixes = fixes_for(a_day(*FULL), change)

    assert {(one.begins_at, one.ends_at) for one in opened} == {(at(10), at(11))}
    assert [(one.begins_at, one.ends_at, one.people) for one in fixes] == [
        (at(10), at(11), ("wong",))
    ]


def test_a_swap_with_somebody_who_does_not_speak_the_language_opens_a_hole() -> None:
    plan = a_day(FULL[1], FULL[2], shift("wong", 8, 20), shift("wong", 20, 22))
    change = RosterChange(gone=frozenset({"wong 8"}), new=(shift("chen", 8, 20),))
    last = RosterChange(gone=frozenset({"li 8"}), new=(shift("chen", 8, 20),))

    assert opens_hole(plan, change) == []
    assert [one.languages for one in opens_hole(changed_by(plan, change), last)] == [
        ("cmn", "yue"), ("yue",), ()
    ]  # fmt: skip


def changed_by(plan: RosterPlan, change: RosterChange) -> RosterPlan:
    kept = tuple(one for one in plan.shifts if one.id not in change.gone)
    return replace(plan, shifts=(*kept, *change.new))


def test_nobody_is_named_where_everybody_who_could_is_taken() -> None:
    busy = shift("wong", 12, 13, ShiftKind.ON_CALL)
    change = RosterChange(gone=frozenset({"li 8"}))

    assert [one.people for one in fixes_for(a_day(*FULL, busy), change)] == [()]


def test_a_change_that_opens_nothing_needs_no_fix() -> None:
    plan = a_day(*FULL, shift("wong", 8, 20))

    assert fixes_for(plan, RosterChange(gone=frozenset({"wong 8"}))) == []


def test_runs_of_quarters() -> None:
    assert list(runs(0b0111_0010)) == [(1, 2), (4, 7)]


def test_what_is_removed_touches_its_own_hours_and_lines_and_nothing_new_touches_any() -> None:
    change = RosterChange(gone=frozenset({"li 8"}), new=(shift("wong", 12, 14),))

    hours = sum(1 << n for n in range(8 * 4, 20 * 4))
    assert touched_by(a_day(*FULL), change) == {"youth": hours}
    assert touched_by(a_day(*FULL), RosterChange(new=change.new)) == {}
