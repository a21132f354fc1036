"""The live floor, for supervisors and counselors, and for a wall that reads JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from hotline.callcontrol.help import note_help
from hotline.calls.model import CallState
from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.directing.lines import QueueNow, queues_elsewhere
from hotline.errors import IllegalMove, NotFound
from hotline.floor.breaks import BreakTurn
from hotline.floor.callers import CallerNow
from hotline.floor.carrier import CarrierNow, carrier_now
from hotline.floor.explanations import WhyWaiting, why_waiting
from hotline.floor.help_wanted import HelpWanted, help_wanted
from hotline.floor.snapshot import (
    CounselorNow,
    EscalationNow,
    FloorSnapshot,
    LineNow,
    floor_snapshot,
)
from hotline.staff.permissions import Permission
from hotline.storage.tables import HelpCall
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader, FloorReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

TALK_GOES_ON = "The talk goes on: go there to help."

router = APIRouter(tags=["floor"], route_class=IdempotentRoute)


class LineOut(BaseModel):
    """One line. In equals out: whoever came in today is alive or in exactly one outcome.

    `away`: counselors at rest or on a break; `may_be_away`: how many breaks may leave away at once.
    `owed`: callbacks that nobody has kept yet; `overdue`: of these, how many are late.
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
    owed: int
    overdue: int


class CallerOut(BaseModel):
    """Somebody on the line. `ringing`: whose phones ring for them at this moment.

    `why`: of the first who wait for a decision, why nobody is being rung. `nobody_for_s`: how long
    nobody has taken them, where whoever is left is being rung; `told`: at which steps somebody was,
    `told_at`: when last, `again_at`: when the next step is due. `ahead`, `meant_for`: what a
    supervisor said of them. `attention`: why to look at them more closely, beside danger.
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
    ahead: bool
    meant_for: str
    attention: str
    why: WhyWaiting | None


class FloorOut(BaseModel):
    """Everything, at one moment. Callers: the most urgent first, then who waits longest.

    `breaks`: those to come, of who is at work, in the order of turns. `queues`: those that are
    diverted or closed. `help`: counselors who want a supervisor now, and nobody has come.
    `carrier`: the account of all lines, compared with the carrier's; null before the first time.
    """

    at: datetime
    lines: list[LineOut]
    callers: list[CallerOut]
    counselors: list[CounselorNow]
    escalations: list[EscalationNow]
    breaks: list[BreakTurn]
    queues: list[QueueNow]
    help: list[HelpWanted]
    carrier: CarrierNow | None


@router.get("/floor")
async def floor(backend: BackendDep, work: WorkDep, who: FloorReader) -> FloorOut:
    """Callers, counselors and open escalations of the reader's lines at this moment."""
    now = backend.clock.now()
    snapshot = await floor_snapshot(work, at=now, of=who.lines)
    why = await why_waiting(work, at=now, of=who.lines)
    wanted = await help_wanted(work, who.lines)
    shown = floor_shown(snapshot, why, await queues_elsewhere(work, who.lines), wanted)
    return shown.model_copy(update={"carrier": await carrier_now(work, at=now)})


@router.post("/floor/help/{help_id}/seen", status_code=204, responses=refuses(TALK_GOES_ON))
async def help_seen(backend: BackendDep, work: CommandWork, who: CallReader, help_id: str) -> None:
    """Help that was wanted in a talk that is over: a supervisor knows of it. Seen before: fine."""
    wanted = await work.get(HelpCall, help_id)
    if wanted is None:
        raise NotFound
    call = await permitted_call(
        work, await lock_call(work, wanted.call_id), who, Permission.LISTEN_IN
    )
    if call.state == CallState.TALKING:
        raise IllegalMove(TALK_GOES_ON)
    if wanted.taken_at is None:
        await note_help(work, call, wanted, at=backend.clock.now(), by=who.staff_id)


def floor_shown(
    snapshot: FloorSnapshot,
    why: Mapping[str, WhyWaiting],
    queues: list[QueueNow],
    wanted: Sequence[HelpWanted],
) -> FloorOut:
    """A snapshot as the API tells it, with what stands beside it."""
    return FloorOut(
        at=snapshot.at,
        lines=[_line(one, snapshot.at) for one in snapshot.lines],
        callers=[_caller(one, snapshot.at, why.get(one.call_id)) for one in snapshot.callers],
        counselors=snapshot.counselors,
        escalations=snapshot.escalations,
        breaks=snapshot.breaks,
        queues=queues,
        help=list(wanted),
        carrier=None,
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
        owed=line.promises.owed,
        overdue=line.promises.overdue,
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
        ahead=caller.ahead,
        meant_for=caller.meant_for,
        attention=caller.attention,
        why=why,
    )


def _seconds(since: datetime | None, at: datetime) -> int:
    return max(0, int((at - since).total_seconds())) if since is not None else 0
