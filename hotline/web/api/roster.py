"""The roster as people see it, and planners' changes: shifts, repeats, weeks, and the proof."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from hotline.lines.hours import DAYS
from hotline.roster.access import require_planner, shift_to_plan
from hotline.roster.duty import PlannedNow, on_duty
from hotline.roster.model import (
    ShiftKind,
    ShiftTime,
    WeeklyPattern,
    local_day,
    monday_of,
    occurrences,
)
from hotline.roster.period import RosterPeriod, period_of
from hotline.roster.proof import Hole
from hotline.roster.queries import (
    RosterShown,
    ShiftShown,
    proof_of,
    reader_of,
    roster_shown,
    unconfirmed,
)
from hotline.roster.refusals import SENTENCES, RosterRefusal, Weighed
from hotline.roster.repeats import NewShift, RepeatPreview, previewed
from hotline.roster.service import (
    WeekCopied,
    copy_week,
    plan_shifts,
    remove_shift,
    replan,
)
from hotline.roster.telling import RosterAct
from hotline.staff.sign_in import SignedIn
from hotline.web.api.refusals import refuses
from hotline.web.auth import FloorReader, RosterPlanner
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import DayHere, Moment

router = APIRouter(prefix="/roster", tags=["roster"], route_class=IdempotentRoute)

HAS_SHIFT = RosterRefusal.HAS_SHIFT
NOT_PLANNED = refuses(SENTENCES[HAS_SHIFT], kind="RosterRefused", reason=HAS_SHIFT.value)
QuarterClock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):(00|15|30|45)$", examples=["08:00"])]
LineKey = Annotated[str, Field(max_length=40)]


class RepeatIn(BaseModel):
    """Every week on these days, until a last one; not on those dates.

    `skip_holidays`: nor on days that are holidays of all the lines; `skip_clashes`: nor where the
    person has a shift or is away.
    """

    days: list[str] = Field(min_length=1, max_length=7, examples=[["mon", "tue"]])
    until: DayHere
    without: list[DayHere] = Field(default_factory=list, max_length=366)
    skip_holidays: bool = False
    skip_clashes: bool = False

    def pattern(self, first: date, start: int, end: int) -> WeeklyPattern:
        """From this day on."""
        days = frozenset(n for n, day in enumerate(DAYS) if day in self.days)
        return WeeklyPattern(
            days=days,
            start=start,
            end=end,
            first=first,
            until=self.until,
            without=frozenset(self.without),
        )


class RosterTimeIn(BaseModel):
    """When, here. An end no later than the beginning is on the next day. `staff`: empty: open."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "staff": "li",
                    "lines": ["youth"],
                    "day": "2026-12-07",
                    "start": "22:00",
                    "end": "06:00",
                }
            ]
        }
    )

    staff: str = Field(default="", max_length=40)
    lines: list[LineKey] = Field(min_length=1, max_length=50)
    kind: ShiftKind = ShiftKind.DUTY
    day: DayHere
    start: QuarterClock
    end: QuarterClock

    def times(self) -> list[ShiftTime]:
        """The one time."""
        return [ShiftTime(self.day, _minute(self.start), _minute(self.end))]

    def new(self) -> NewShift:
        """As planned. Raises `Invalid`."""
        return NewShift(
            staff_id=self.staff or None,
            lines=frozenset(self.lines),
            kind=self.kind,
            times=self.times(),
        )


class RosterShiftIn(RosterTimeIn):
    """The same, which may repeat weekly from its day on."""

    repeat: RepeatIn | None = None

    def times(self) -> list[ShiftTime]:
        """All of them. Raises `Invalid` for a repeat without a day, or without an end."""
        if self.repeat is None:
            return super().times()
        pattern = self.repeat.pattern(self.day, _minute(self.start), _minute(self.end))
        return occurrences(pattern)

    def new(self) -> NewShift:
        """With what a repeat skips. Raises `Invalid`."""
        if self.repeat is None:
            return super().new()
        rules = self.repeat
        return replace(
            super().new(), skip_holidays=rules.skip_holidays, skip_clashes=rules.skip_clashes
        )


class ShiftsOut(BaseModel):
    """The shifts that are there now, by time."""

    shifts: list[str]


class ReplannedOut(BaseModel):
    """The shift that stands in its place, what the change opened and who could close it."""

    shift: str
    opened: Weighed


class RemovedIn(BaseModel):
    """`rest`: also the later ones of its weekly repeat."""

    rest: bool = False


class WeekIn(BaseModel):
    """Any day of either week. `lines`: left out, all of yours."""

    week: DayHere
    to: DayHere
    lines: list[LineKey] = Field(default_factory=list, max_length=50)


def asked_period(
    backend: BackendDep,
    first: Annotated[DayHere | None, Query(alias="from")] = None,
    last: Annotated[DayHere | None, Query(alias="to")] = None,
) -> RosterPeriod:
    """By itself, this week. Raises `Invalid`."""
    begin = first or monday_of(local_day(backend.clock.now()))
    return period_of(begin, last or begin + timedelta(days=6))


AskedPeriod = Annotated[RosterPeriod, Depends(asked_period)]


@router.get("")
async def shown(work: WorkDep, who: FloorReader, period: AskedPeriod) -> RosterShown:
    """The roster of my lines: by itself, of this week."""
    return await roster_shown(work, reader_of(who), period)


@router.get("/proof")
async def proof(work: WorkDep, who: RosterPlanner, period: AskedPeriod) -> list[Hole]:
    """The hours of my lines in which somebody is missing, and who: the earliest first."""
    return await proof_of(work, who.lines, period)


@router.get("/duty")
async def duty(
    backend: BackendDep, work: WorkDep, who: FloorReader, at: Moment | None = None
) -> list[PlannedNow]:
    """Who of my lines is planned at a moment: by itself, now."""
    found = await on_duty(work, at or backend.clock.now())
    return [one for one in found if not set(one.lines).isdisjoint(who.lines)]


@router.get("/reminders")
async def reminders(backend: BackendDep, work: WorkDep, who: FloorReader) -> list[ShiftShown]:
    """Shifts of the next 24 hours that nobody confirmed: mine; where I plan, all of my lines."""
    return await unconfirmed(work, reader_of(who), at=backend.clock.now())


@router.post("/shifts", status_code=201, responses=NOT_PLANNED)
async def plans(
    backend: BackendDep, work: CommandWork, who: RosterPlanner, said: RosterShiftIn
) -> ShiftsOut:
    """Plan a shift, or all of a weekly repeat: every one of them, or none."""
    require_planner(who, said.lines)
    rows = await plan_shifts(work, act_now(backend, who), said.new())
    return ShiftsOut(shifts=[one.id for one in rows])


@router.post("/shifts/preview", responses=NOT_PLANNED)
async def previews(work: CommandWork, who: RosterPlanner, said: RosterShiftIn) -> RepeatPreview:
    """What a repeat would plan, what it skips and what it collides with. Nothing is written."""
    require_planner(who, said.lines)
    return await previewed(work, said.new())


@router.post("/shifts/{shift_id}/replan", responses=NOT_PLANNED)
async def moves(
    backend: BackendDep, work: CommandWork, who: RosterPlanner, shift_id: str, said: RosterTimeIn
) -> ReplannedOut:
    """Another time, person, kind or lines. Never refused for a hole: it is told."""
    shift = await shift_to_plan(work, shift_id, who)
    require_planner(who, said.lines)
    row, weighed = await replan(work, act_now(backend, who), shift, said.new())
    return ReplannedOut(shift=row.id, opened=weighed)


@router.post("/shifts/{shift_id}/remove", responses=NOT_PLANNED)
async def removes(
    backend: BackendDep,
    work: CommandWork,
    who: RosterPlanner,
    shift_id: str,
    said: RemovedIn | None = None,
) -> Weighed:
    """Take it off the roster. Never refused for a hole: it is told, and who could close it."""
    shift = await shift_to_plan(work, shift_id, who)
    with_rest = said.rest if said is not None else False
    return await remove_shift(work, act_now(backend, who), shift, with_rest=with_rest)


@router.post("/weeks/copy")
async def copies(
    backend: BackendDep, work: CommandWork, who: RosterPlanner, said: WeekIn
) -> WeekCopied:
    """Copy a week's shifts to another. Who is busy or away then is left out, and counted."""
    lines = said.lines or list(who.lines)
    require_planner(who, lines)
    act = act_now(backend, who)
    return await copy_week(work, act, lines, monday=monday_of(said.week), to=monday_of(said.to))


def act_now(backend: Backend, who: SignedIn) -> RosterAct:
    """Somebody does something now."""
    return RosterAct(by_id=who.staff_id, at=backend.clock.now())


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
