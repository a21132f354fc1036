"""The proof of a period: which quarter hours of which line and language nobody could answer. Pure.

A set of quarter hours is an int, bit 0 the first of the period, as in `routing.policy.roster`.
More people never make a hole: so what a change opens is what lacks after it and did not before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby, islice

from hotline.lines.hours import ServiceHours
from hotline.roster.model import BESIDE, QUARTER, Absence, PlannedShift, ShiftKind
from routing.engine import Skills
from routing.policy.roster import Person, staffed


class Lack(StrEnum):
    """What a quarter hour of a line has too little of."""

    SEAT = "seat"
    SUPERVISOR = "supervisor"
    LANGUAGE = "language"
    CERTIFIED = "certified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """How many must be there in each quarter hour of service.

    Two seats and a supervisor: domain research, requirement 18 (the 12356 notice of December 2024
    asks for two seats a line). One who speaks each language of the line, and one of those who is
    certified for crisis: features research, 14.
    """

    seats: int = 2
    supervisors: int = 1
    speakers: int = 1
    certified: int = 1


DEMANDS = Demands()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedLine:
    """A line, the languages it answers in, and its quarter hours of service in the period."""

    id: str
    languages: tuple[str, ...]
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plannable:
    """Somebody who can be planned. Whoever is both takes a seat and supervises at once."""

    id: str
    skills: Skills
    takes_calls: bool = True
    supervises: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPlan:
    """All that a proof is made of. `quarters`: how many, from `begins_at` on."""

    begins_at: datetime
    quarters: int
    lines: tuple[ServedLine, ...]
    people: tuple[Plannable, ...]
    shifts: tuple[PlannedShift, ...] = ()
    absences: tuple[Absence, ...] = ()
    demands: Demands = DEMANDS


@dataclass(frozen=True, slots=True, order=True)
class Hole:
    """Adjoining quarter hours in which so many are missing. `languages`: of which all it is so."""

    begins_at: datetime
    ends_at: datetime
    line: str
    lack: Lack
    missing: int
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """What would be otherwise: shifts that are gone, others that are new, people who are away."""

    gone: frozenset[str] = frozenset()
    new: tuple[PlannedShift, ...] = ()
    absent: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class _LackAt:
    """At least `missing` of these are not there."""

    line: str
    lack: Lack
    language: str
    missing: int


Lacks = Mapping[_LackAt, int]


def served_quarters(hours: ServiceHours, begins_at: datetime, asked: int) -> int:
    """In which of the quarter hours asked for a line is served. `begins_at`: on a quarter hour."""
    found = 0
    for first, last in runs(asked):
        for n in range(first, last):
            if hours.open_at(begins_at + n * QUARTER):
                found |= 1 << n
    return found


def holes_of(plan: RosterPlan) -> list[Hole]:
    """Every hole of the period, the earliest first."""
    return _told(plan, _lacks(plan))


def opens_hole(before: RosterPlan, change: RosterChange) -> list[Hole]:
    """The holes that are there after a change and were not, or not as deep, before it."""
    return _told(before, _opened(before, change))


def changed(plan: RosterPlan, change: RosterChange) -> RosterPlan:
    """The plan as it would be."""
    kept = tuple(one for one in plan.shifts if one.id not in change.gone)
    return replace(plan, shifts=(*kept, *change.new), absences=(*plan.absences, *change.absent))


def touched_by(before: RosterPlan, change: RosterChange) -> dict[str, int]:
    """By line: the quarter hours that a change could leave alone. It opens no hole elsewhere."""
    found: dict[str, int] = {}
    for lost in _lost(before, change):
        bits = _touched(before, lost.begins_at, lost.ends_at)
        for line in lost.lines:
            found[line] = found.get(line, 0) | bits
    return found


def _opened(before: RosterPlan, change: RosterChange) -> Lacks:
    lacked = _lacks(before)
    now = _lacks(changed(before, change))
    return {at: new for at, bits in now.items() if (new := bits & ~lacked.get(at, 0))}


# ── who is there ────────────────────────────────────────────────────────────────────────────────


def mask(plan: RosterPlan, begins_at: datetime, ends_at: datetime) -> int:
    """The quarter hours of the period that lie whole within this time."""
    first = max(0, -((plan.begins_at - begins_at) // QUARTER))
    last = min(plan.quarters, (ends_at - plan.begins_at) // QUARTER)
    return ((1 << (last - first)) - 1) << first if last > first else 0


def _touched(plan: RosterPlan, begins_at: datetime, ends_at: datetime) -> int:
    """Those of which any moment lies within it."""
    first = max(0, (begins_at - plan.begins_at) // QUARTER)
    last = min(plan.quarters, -((plan.begins_at - ends_at) // QUARTER))
    return ((1 << (last - first)) - 1) << first if last > first else 0


def present(plan: RosterPlan) -> dict[str, dict[str, int]]:
    """By line and person: when they sit there."""
    away: dict[str, int] = {}
    for one in plan.absences:
        bits = _touched(plan, one.begins_at, one.ends_at)
        away[one.staff_id] = away.get(one.staff_id, 0) | bits
    found: dict[str, dict[str, int]] = {line.id: {} for line in plan.lines}
    for shift in plan.shifts:
        who = shift.staff_id
        if who is None or shift.kind in BESIDE:
            continue
        bits = mask(plan, shift.begins_at, shift.ends_at) & ~away.get(who, 0)
        for line in shift.lines & found.keys():
            found[line][who] = found[line].get(who, 0) | bits
    return found


def _lacks(plan: RosterPlan) -> Lacks:
    there_by_line = present(plan)
    found: dict[_LackAt, int] = {}
    for line in plan.lines:
        there = there_by_line[line.id]
        people = [
            (one, Person(name=one.id, skills=one.skills, quarters=there[one.id]))
            for one in plan.people
            if there.get(one.id) and line.id in one.skills.lines
        ]
        for lack, language, able, wanted in _wanted(plan.demands, line, people):
            for missing in range(1, wanted + 1):
                bits = line.served & ~staffed(able, wanted - missing + 1)
                if bits:
                    found[_LackAt(line.id, lack, language, missing)] = bits
    return found


_Asked = tuple[Lack, str, Sequence[Person], int]


def _wanted(
    demands: Demands, line: ServedLine, people: Sequence[tuple[Plannable, Person]]
) -> Iterator[_Asked]:
    """Whom a line needs at any moment, and those who are able to be it."""
    seats = [person for one, person in people if one.takes_calls]
    yield Lack.SEAT, "", seats, demands.seats
    supervisors = [person for one, person in people if one.supervises]
    yield Lack.SUPERVISOR, "", supervisors, demands.supervisors
    for language in line.languages:
        able = [person for person in seats if speaks(person.skills, language)]
        yield Lack.LANGUAGE, language, able, demands.speakers
        certified = [person for person in able if person.skills.certified]
        yield Lack.CERTIFIED, language, certified, demands.certified


def speaks(skills: Skills, language: str) -> bool:
    """Whether they speak it at all, as the engine asks where a plan names no level."""
    return any(name == language and level >= 1 for name, level in skills.languages)


# ── told as intervals ───────────────────────────────────────────────────────────────────────────


def _told(plan: RosterPlan, lacks: Lacks) -> list[Hole]:
    """Adjoining quarters together; languages that lack at the same time together."""
    found = []
    for at, bits in lacks.items():
        deeper = lacks.get(replace(at, missing=at.missing + 1), 0)
        for first, last in runs(bits & ~deeper):
            span = (plan.begins_at + first * QUARTER, plan.begins_at + last * QUARTER)
            found.append((*span, at.line, at.lack, at.missing, at.language))
    holes = []
    for (begins_at, ends_at, line, lack, missing), each in groupby(
        sorted(found), key=lambda one: one[:-1]
    ):
        languages = tuple(filter(None, (one[-1] for one in each)))
        holes.append(Hole(begins_at, ends_at, line, lack, missing, languages))
    return holes


def runs(bits: int) -> Iterator[tuple[int, int]]:
    """First and one past the last of each unbroken row of ones."""
    at = 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits, at = bits >> gap, at + gap
        length = (~bits & (bits + 1)).bit_length() - 1
        yield at, at + length
        bits, at = bits >> length, at + length


# ── the nearest fix ─────────────────────────────────────────────────────────────────────────────

MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Somebody who takes this shift or part of one lets the change open no hole.

    `people`: ids, who is planned for the fewest hours of the period first; empty: nobody can.
    """

    lines: tuple[str, ...]
    kind: ShiftKind
    begins_at: datetime
    ends_at: datetime
    people: tuple[str, ...]


def fixes_for(before: RosterPlan, change: RosterChange) -> list[Fix]:
    """For each shift whose loss opens a hole: who of the eligible and free could take it."""
    opened = 0
    for bits in _opened(before, change).values():
        opened |= bits
    planned = _hours_planned(before.shifts)
    lost = [
        one for one in _lost(before, change) if mask(before, one.begins_at, one.ends_at) & opened
    ]
    return [
        Fix(
            lines=tuple(sorted(one.lines)),
            kind=one.kind,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            people=tuple(islice(_could_take(before, change, one, planned), MOST_NAMED)),
        )
        for one in sorted(lost, key=lambda one: (one.begins_at, one.id))
    ]


def _lost(before: RosterPlan, change: RosterChange) -> Iterator[PlannedShift]:
    """What nobody does any more: shifts that are gone, and parts of those of whoever is away."""
    for shift in before.shifts:
        if shift.id in change.gone:
            yield shift
            continue
        for away in change.absent:
            if away.staff_id == shift.staff_id and shift.overlaps(away.begins_at, away.ends_at):
                yield replace(
                    shift,
                    begins_at=max(shift.begins_at, away.begins_at),
                    ends_at=min(shift.ends_at, away.ends_at),
                )


def _could_take(
    before: RosterPlan, change: RosterChange, lost: PlannedShift, planned: Mapping[str, float]
) -> Iterator[str]:
    """By hours planned, then by id: the same question has the same answer."""
    others = tuple(one for one in change.new if not _same_work(one, lost))
    window = _window(before, lost)
    lacked = _lacks(window)
    for one in sorted(before.people, key=lambda one: (planned.get(one.id, 0), one.id)):
        if one.id != lost.staff_id and _is_free(window, one, lost):
            taken = replace(lost, id=f"{lost.id} taken", staff_id=one.id)
            now = _lacks(changed(window, replace(change, new=(*others, taken))))
            if not any(bits & ~lacked.get(at, 0) for at, bits in now.items()):
                yield one.id


def _window(plan: RosterPlan, lost: PlannedShift) -> RosterPlan:
    """The same plan, of nothing but the time and the lines of one shift."""
    within = mask(plan, lost.begins_at, lost.ends_at)
    first = (within & -within).bit_length() - 1
    lines = (
        replace(line, served=(line.served & within) >> first)
        for line in plan.lines
        if line.id in lost.lines
    )
    return replace(
        plan,
        begins_at=plan.begins_at + first * QUARTER,
        quarters=within.bit_count(),
        lines=tuple(lines),
        shifts=tuple(one for one in plan.shifts if one.overlaps(lost.begins_at, lost.ends_at)),
    )


def _same_work(one: PlannedShift, lost: PlannedShift) -> bool:
    return (one.lines, one.begins_at, one.ends_at) == (lost.lines, lost.begins_at, lost.ends_at)


def _is_free(plan: RosterPlan, one: Plannable, lost: PlannedShift) -> bool:
    """Whether they work for its lines, and nothing of theirs is at that time."""
    if not lost.lines <= one.skills.lines:
        return False
    shifts = (shift for shift in plan.shifts if shift.staff_id == one.id)
    away = (each for each in plan.absences if each.staff_id == one.id)
    busy = any(shift.overlaps(lost.begins_at, lost.ends_at) for shift in shifts)
    return not busy and not any(
        each.begins_at < lost.ends_at and lost.begins_at < each.ends_at for each in away
    )


def _hours_planned(shifts: Iterable[PlannedShift]) -> dict[str, float]:
    found: dict[str, float] = {}
    for shift in shifts:
        if shift.staff_id is not None:
            hours = (shift.ends_at - shift.begins_at).total_seconds() / 3600
            found[shift.staff_id] = found.get(shift.staff_id, 0.0) + hours
    return found
