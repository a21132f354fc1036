"""The live floor, for supervisors and counselors, and for a wall that reads JSON."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from hotline.floor.breaks import BreakTurn
from hotline.floor.explanations import WhyWaiting, why_waiting
from hotline.floor.snapshot import (
    CallerNow,
    CounselorNow,
    EscalationNow,
    FloorSnapshot,
    LineNow,
    floor_snapshot,
)
from hotline.web.auth import FloorReader
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(tags=["floor"])


class LineOut(BaseModel):
    """One line. In equals out: whoever came in today is alive or in exactly one outcome.

    `away`: counselors at rest or on a break; `may_be_away`: how many breaks may leave away at once.
    """

    id: str
    name: str
    name_en: str
    waiting: int
    longest_wait_s: int
    talking: int
    came_in: int
    alive: int
    outcomes: dict[str, int]
    in_equals_out: bool
    away: int
    may_be_away: int


class CallerOut(BaseModel):
    """Somebody on the line. `ringing`: whose phones ring for them at this moment.

    `why`: of the first who wait for a decision, why nobody is being rung. `nobody_for_s`: how long
    nobody has taken them, where whoever is left is being rung; `told`: at which steps somebody was,
    `told_at`: when last, `again_at`: when the next step is due.
    """

    call_id: str
    line_id: str
    masked: str
    state: str
    urgency: str
    language: str
    since: datetime
    for_s: int
    counselor: str
    ringing: list[str]
    nobody_for_s: int | None
    told: list[str]
    told_at: datetime | None
    again_at: datetime | None
    why: WhyWaiting | None


class FloorOut(BaseModel):
    """Everything, at one moment. Callers: the most urgent first, then who waits longest.

    `breaks`: those to come, of who is at work, in the order of turns.
    """

    at: datetime
    lines: list[LineOut]
    callers: list[CallerOut]
    counselors: list[CounselorNow]
    escalations: list[EscalationNow]
    breaks: list[BreakTurn]


@router.get("/floor")
async def floor(backend: BackendDep, work: WorkDep, who: FloorReader) -> FloorOut:
    """Callers, counselors and open escalations of the reader's lines at this moment."""
    now = backend.clock.now()
    snapshot = await floor_snapshot(work, at=now, of=who.lines)
    return _shown(snapshot, await why_waiting(work, at=now, of=who.lines))


def _shown(snapshot: FloorSnapshot, why: Mapping[str, WhyWaiting]) -> FloorOut:
    return FloorOut(
        at=snapshot.at,
        lines=[_line(one, snapshot.at) for one in snapshot.lines],
        callers=[_caller(one, snapshot.at, why.get(one.call_id)) for one in snapshot.callers],
        counselors=snapshot.counselors,
        escalations=snapshot.escalations,
        breaks=snapshot.breaks,
    )


def _line(line: LineNow, at: datetime) -> LineOut:
    return LineOut(
        id=line.id,
        name=line.name,
        name_en=line.name_en,
        waiting=line.waiting,
        longest_wait_s=_seconds(line.longest_since, at),
        talking=line.talking,
        came_in=line.came_in,
        alive=line.alive,
        outcomes=line.outcomes,
        in_equals_out=line.in_equals_out,
        away=line.away,
        may_be_away=line.may_be_away,
    )


def _caller(caller: CallerNow, at: datetime, why: WhyWaiting | None) -> CallerOut:
    return CallerOut(
        call_id=caller.call_id,
        line_id=caller.line_id,
        masked=caller.masked,
        state=caller.state,
        urgency=caller.urgency,
        language=caller.language,
        since=caller.since,
        for_s=_seconds(caller.since, at),
        counselor=caller.counselor,
        ringing=list(caller.ringing),
        nobody_for_s=_seconds(caller.nobody_since, at) if caller.nobody_since else None,
        told=list(caller.told),
        told_at=caller.told_at,
        again_at=caller.again_at,
        why=why,
    )


def _seconds(since: datetime | None, at: datetime) -> int:
    return max(0, int((at - since).total_seconds())) if since is not None else 0
