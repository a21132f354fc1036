"""Random rosters: two lines, three languages, a few people, two days around a midnight."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from hotline.lines.hours import HolidayRule, OpenSpan, ServiceHours
from hotline.roster.model import Absence, PlannedShift, ShiftKind
from hotline.roster.proof import Demands, Plannable, RosterPlan, ServedLine, served_quarters
from routing.engine import Skills
from tests.hotline.roster.naive import NaiveDay

BEGIN = datetime(2026, 9, 30, 4, tzinfo=UTC)  # noon here, and a public holiday tomorrow
QUARTERS = 96
LINES, LANGUAGES = ("legal", "youth"), ("cmn", "hak", "yue")
NAMES = ("a", "b", "c", "d", "e", "f")
some_lines = st.sets(st.sampled_from(LINES), min_size=1)
minutes = st.integers(-20, QUARTERS + 20).map(lambda n: n * 15) | st.integers(0, 24 * 60)


@st.composite
def workers(draw: st.DrawFn, name: str) -> Plannable:
    languages = draw(st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 5)))
    skills = Skills.of(languages, lines=draw(some_lines), certified=draw(st.booleans()))
    return Plannable(id=name, skills=skills, takes_calls=draw(st.booleans()) or draw(st.booleans()),
                  supervises=draw(st.booleans()))  # fmt: skip


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime]:
    first, second = sorted((draw(minutes), draw(minutes)))
    return BEGIN + timedelta(minutes=first), BEGIN + timedelta(minutes=second + 15)


@st.composite
def shifts(draw: st.DrawFn, key: str) -> PlannedShift:
    begins_at, ends_at = draw(spans())
    return PlannedShift(
        id=key,
        staff_id=draw(st.sampled_from((*NAMES, *NAMES, None))),
        lines=frozenset(draw(some_lines)),
        kind=draw(st.sampled_from((*[ShiftKind.DUTY] * 4, *ShiftKind))),
        begins_at=begins_at,
        ends_at=ends_at,
    )


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    begins_at, ends_at = draw(spans())
    return Absence(staff_id=draw(st.sampled_from(NAMES)), begins_at=begins_at, ends_at=ends_at)


@st.composite
def hours(draw: st.DrawFn) -> ServiceHours:
    quarters = st.integers(0, 95).map(lambda n: n * 15)
    days = st.sets(st.integers(0, 6)).map(frozenset)
    every = st.builds(OpenSpan, days, quarters, quarters)
    return ServiceHours(tuple(draw(st.lists(every, max_size=3))),
                        draw(st.sampled_from(HolidayRule)))  # fmt: skip


@st.composite
def rosters(draw: st.DrawFn) -> NaiveDay:
    of = {line: draw(hours()) for line in LINES}
    lines = tuple(
        ServedLine(id=line, languages=tuple(sorted(draw(st.sets(st.sampled_from(LANGUAGES))))),
                   served=served_quarters(of[line], BEGIN, (1 << QUARTERS) - 1))
        for line in LINES
    )  # fmt: skip
    number = draw(st.integers(0, 9))
    plan = RosterPlan(
        begins_at=BEGIN,
        quarters=QUARTERS,
        lines=lines,
        people=tuple(draw(workers(name)) for name in NAMES),
        shifts=tuple(draw(shifts(f"shift {n}")) for n in range(number)),
        absences=tuple(draw(st.lists(absences(), max_size=2))),
        demands=Demands(seats=draw(st.integers(1, 3)), speakers=draw(st.integers(1, 2))),
    )
    return NaiveDay(plan, of)


def round_the_clock(plan: RosterPlan) -> RosterPlan:
    """The same with every line served at every moment."""
    every = (1 << plan.quarters) - 1
    return replace(plan, lines=tuple(replace(line, served=every) for line in plan.lines))
