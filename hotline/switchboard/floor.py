"""The floor as it is now: one snapshot for the API, the floor page and the wall."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from hotline.calls.model import CallState, Urgency
from hotline.staff.model import PresenceState
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Line, Presence, Staff, Station

ZONE = ZoneInfo("Asia/Shanghai")
IN_HAND = (CallState.CONNECTING, CallState.TALKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """One line: who waits, who talks, and today's account. In = the sum of the outcomes + alive."""

    id: str
    name: str
    name_en: str
    waiting: int
    longest_since: datetime | None
    talking: int
    came_in: int
    alive: int
    outcomes: dict[str, int]

    @property
    def in_equals_out(self) -> bool:
        """Nobody is lost: whoever came in today is alive or counted once."""
        return self.came_in == self.alive + sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerNow:
    """Somebody on the line, masked."""

    call_id: str
    line_id: str
    masked: str
    state: str
    urgency: str
    language: str
    since: datetime
    counselor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounselorNow:
    """Somebody on duty."""

    staff_id: str
    name: str
    state: str
    reason: str
    since: datetime
    languages: tuple[str, ...]
    certified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationNow:
    """A duty that is not done yet."""

    id: str
    case_number: str
    station: str
    level: str
    state: str
    step: int
    round: int
    next_due_at: datetime | None
    created_at: datetime
    acknowledged_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Everything, at one moment."""

    at: datetime
    lines: list[LineNow]
    callers: list[CallerNow]
    counselors: list[CounselorNow]
    escalations: list[EscalationNow]


async def floor_snapshot(work: Work, *, at: datetime) -> Floor:
    """Read it. A handful of indexed queries, whatever the history holds."""
    callers = await _callers(work)
    return Floor(
        at=at,
        lines=[await _line(work, line, callers, at=at) for line in await _lines(work)],
        callers=callers,
        counselors=await _counselors(work),
        escalations=await _escalations(work),
    )


async def _lines(work: Work) -> list[Line]:
    return list((await work.exec(select(Line).order_by(col(Line.id)))).all())


async def _callers(work: Work) -> list[CallerNow]:
    """The most urgent first, then who waits longest."""
    query = (
        select(Call, Staff.name)
        .join(Staff, col(Staff.id) == col(Call.counselor_id), isouter=True)
        .where(Call.state != CallState.ENDED)
    )
    rows = (await work.exec(query)).all()
    callers = [_caller(call, name or "") for call, name in rows]
    return sorted(callers, key=lambda one: (one.urgency != Urgency.CRISIS, one.since))


def _caller(call: Call, counselor: str) -> CallerNow:
    talking = call.state in IN_HAND
    since = (call.joined_at if talking else call.queued_at) or call.arrived_at
    return CallerNow(
        call_id=call.id,
        line_id=call.line_id,
        masked=call.from_masked,
        state=call.state,
        urgency=call.urgency,
        language=call.language,
        since=since,
        counselor=counselor if talking else "",
    )


async def _line(work: Work, line: Line, callers: list[CallerNow], *, at: datetime) -> LineNow:
    ours = [one for one in callers if one.line_id == line.id]
    waiting = [one for one in ours if one.state == CallState.WAITING]
    midnight = at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    # Whoever came in yesterday and is still here belongs to today's account as well.
    query = (
        select(Call.outcome, func.count())
        .where(Call.line_id == line.id, col(Call.arrived_at) >= midnight)
        .group_by(col(Call.outcome))
        .where(Call.state == CallState.ENDED)
    )
    outcomes = {str(outcome): count for outcome, count in (await work.exec(query)).all()}
    alive = [one for one in ours if one.state != CallState.ENDED]
    came_in = await _came_in(work, line.id, midnight)
    return LineNow(
        id=line.id,
        name=line.name,
        name_en=line.name_en,
        waiting=len(waiting),
        longest_since=min((one.since for one in waiting), default=None),
        talking=sum(1 for one in ours if one.state in IN_HAND),
        came_in=came_in,
        alive=len(alive),
        outcomes=outcomes,
    )


async def _came_in(work: Work, line_id: str, midnight: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Call)
        .where(Call.line_id == line_id)
        .where((col(Call.arrived_at) >= midnight) | (col(Call.state) != CallState.ENDED))
    )
    return int((await work.exec(query)).one())


async def _counselors(work: Work) -> list[CounselorNow]:
    query = (
        select(Presence, Staff)
        .where(Presence.staff_id == Staff.id, col(Staff.active))
        .where(Presence.state != PresenceState.OFFLINE)
        .order_by(col(Presence.since))
    )
    return [
        CounselorNow(
            staff_id=staff.id,
            name=staff.name,
            state=presence.state,
            reason=presence.reason,
            since=presence.since,
            languages=tuple(staff.skills.get("languages", {})),
            certified=bool(staff.skills.get("certified")),
        )
        for presence, staff in (await work.exec(query)).all()
    ]


async def _escalations(work: Work) -> list[EscalationNow]:
    """The one that is due next first."""
    query = (
        select(Escalation, Station.name)
        .join(Station, col(Station.id) == col(Escalation.station_id), isouter=True)
        .where(col(Escalation.closed_at).is_(None))
        .order_by(col(Escalation.next_due_at))
    )
    return [
        EscalationNow(
            id=row.id,
            case_number=row.case_number,
            station=station or "",
            level=row.level,
            state=row.state,
            step=row.step,
            round=row.round,
            next_due_at=row.next_due_at,
            created_at=row.created_at,
            acknowledged_by=row.acknowledged_by,
        )
        for row, station in (await work.exec(query)).all()
    ]
