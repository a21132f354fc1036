"""The floor as it is now: one snapshot for the API, the floor page and the wall."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Label, Row, Select
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from hotline.callbacks.queries import OwedCount
from hotline.callcontrol.talk_length import talks_now
from hotline.calls.model import IN_HAND, CallState, OfferState, Urgency
from hotline.escalations.model import EscalationState
from hotline.floor.accounts import LineAccount, accounts_now
from hotline.floor.breaks import BreakTurn, break_turns, breaks_due
from hotline.floor.rows import FloorRows, read_floor_rows
from hotline.lines.plans import care_for
from hotline.staff.breaks import on_shift
from hotline.staff.on_duty import PersonNow
from hotline.storage.in_bulk import moments
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    CallEntry,
    Escalation,
    Line,
    Offer,
    Staff,
    Station,
)
from routing.breaks import OnShift, places

UNREADABLE = "account_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """One line: who waits, who talks, and today's account.

    `outcomes` counts those that are over, each in one of the named outcomes; a call that is over
    without one is missing there, and the account does not balance. `away`: at rest or on a break
    now; `may_be_away`: how many a break that is given may leave away. `promises`: calls it owes.
    """

    id: str
    name: str
    name_en: str
    waiting: int
    longest_since: datetime | None
    talking: int
    came_in: int
    alive: int
    outcomes: dict[str, int]
    away: int
    may_be_away: int
    promises: OwedCount

    @property
    def in_equals_out(self) -> bool:
        """Nobody is lost: whoever came in today is alive or counted once."""
        return self.came_in == self.alive + sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerNow:
    """Somebody on the line, masked. `ringing`: whose phones ring for them at this moment.

    `nobody_since` is set while nobody takes them and whoever is left is rung; `told`: at which
    steps (`hotline.lines.alarm.AlarmStep`) somebody was, `told_at`: when last, `again_at`: when the
    next step is due. A supervisor may have put them `ahead`, or named whom they are `meant_for`.
    `attention`: as the call says. `is_long`: a talk longer than the line's last reminder.
    """

    call_id: str
    line_id: str
    masked: str
    state: str
    urgency: str
    language: str
    since: datetime
    counselor: str
    ringing: tuple[str, ...] = ()
    nobody_since: datetime | None = None
    told: tuple[str, ...] = ()
    told_at: datetime | None = None
    again_at: datetime | None = None
    ahead: bool = False
    meant_for: str = ""
    attention: str = ""
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CounselorNow:
    """Somebody on duty. `left_out`: their account cannot be read, and they are offered nothing.

    `break_due`: of a break that is due, what it waits for (`routing.breaks.BreakWaits`), or "now".
    `for_shift`: what they can do was changed for a while. `lines`: for which they work.
    """

    staff_id: str
    name: str
    state: str
    reason: str
    since: datetime
    languages: tuple[str, ...]
    certified: bool
    left_out: bool = False
    break_due: str = ""
    for_shift: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationNow:
    """A duty that is not done yet."""

    id: str
    number: str
    station: str
    level: str
    state: str
    step: int
    round: int
    next_due_at: datetime | None
    created_at: datetime
    acknowledged_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSnapshot:
    """Everything, at one moment."""

    at: datetime
    lines: list[LineNow]
    callers: list[CallerNow]
    counselors: list[CounselorNow]
    escalations: list[EscalationNow]
    breaks: list[BreakTurn]


async def floor_snapshot(
    work: Work,
    *,
    at: datetime,
    of: Collection[str] | None = None,
    rows: FloorRows | None = None,
    most_breaks: int | None = None,
) -> FloorSnapshot:
    """Read it. A handful of indexed queries, whatever the history holds.

    `of`: of these lines alone, and of who works for them; None: of all, for the operator. `rows`:
    where somebody has read them already. `most_breaks`: so many of those to come are enough.
    """
    rows = rows or await read_floor_rows(work)
    lines, people = rows.lines, rows.people
    shown = {key: line for key, line in lines.items() if of is None or key in of}
    ids = list(shown)
    callers, accounts = await _callers(work, ids, at=at), await accounts_now(work, ids, at=at)
    on_duty, nothing = on_shift(people, lines, at=at), LineAccount()
    due, on_line = breaks_due(on_duty, at=at), by_line(callers)
    return FloorSnapshot(
        at=at,
        lines=[
            line_shown(line, on_line[key], accounts.get(key, nothing), on_duty)
            for key, line in shown.items()
        ],
        callers=callers,
        counselors=[
            counselor_shown(one, due) for one in people if not shown.keys().isdisjoint(one.lines)
        ],
        escalations=await _escalations(work, ids),
        breaks=await break_turns(work, on_duty, due, at=at, of=ids, most=most_breaks),
    )


def _moment(name: str) -> Label[Any]:
    return moments(getattr(Call, name)).label(name)


_COUNSELOR, _MEANT_FOR = aliased(Staff), aliased(Staff)
_CALLERS: Select[*tuple[Any, ...]] = (
    sql_select(
        *(col(one) for one in (Call.id, Call.line_id, Call.from_masked, Call.state, Call.urgency)),
        *(col(one) for one in (Call.language, Call.attention, Call.alarm_step)),
        *(_moment(one) for one in ("arrived_at", "queued_at", "joined_at", "ahead_at")),
        *(_moment(one) for one in ("alarm_since", "alarm_due_at")),
        col(_COUNSELOR.name).label("counselor"),
        col(_MEANT_FOR.name).label("meant_for"),
    )
    .join(_COUNSELOR, col(_COUNSELOR.id) == col(Call.counselor_id), isouter=True)
    .join(_MEANT_FOR, col(_MEANT_FOR.id) == col(Call.meant_for_id), isouter=True)
    .where(col(Call.state) != CallState.ENDED)
)


async def _callers(work: Work, lines: Collection[str], *, at: datetime) -> list[CallerNow]:
    """The most urgent first, then who waits longest. Plain rows: there may be hundreds."""
    found = await (await work.connection()).execute(_CALLERS.where(col(Call.line_id).in_(lines)))
    rows, ringing = found.all(), await _ringing(work, lines)
    told = await _told(work, [row.id for row in rows if is_alarmed(row)])
    long = {one.call_id for one in await talks_now(work, at=at, of=lines) if one.is_long}
    callers = [
        caller_shown(
            row,
            (row.counselor or "", row.meant_for or ""),
            ringing.get(row.id, ()),
            told.get(row.id, {}),
            is_long=row.id in long,
        )
        for row in rows
    ]
    return in_order(callers)


def in_order(callers: Iterable[CallerNow]) -> list[CallerNow]:
    """The most urgent first, then who waits longest."""
    return sorted(callers, key=lambda one: (one.urgency != Urgency.CRISIS, one.since, one.call_id))


def by_line(callers: Iterable[CallerNow]) -> Mapping[str, list[CallerNow]]:
    """In the same order; a line without callers has an empty list."""
    found: defaultdict[str, list[CallerNow]] = defaultdict(list)
    for one in callers:
        found[one.line_id].append(one)
    return found


async def _ringing(work: Work, lines: Collection[str]) -> dict[str, tuple[str, ...]]:
    query = (
        select(Offer.call_id, Staff.name)
        .join(Staff, col(Staff.id) == col(Offer.staff_id))
        .join(Call, col(Call.id) == col(Offer.call_id))
        .where(Offer.state == OfferState.PENDING, col(Call.line_id).in_(lines))
        .order_by(col(Offer.offered_at), col(Offer.id))
    )
    found: dict[str, tuple[str, ...]] = {}
    for call_id, name in (await work.exec(query)).all():
        found[call_id] = (*found.get(call_id, ()), name)
    return found


def is_alarmed(call: Call | Row[Any]) -> bool:
    """Whether they wait, and nobody has taken them for so long that somebody was rung."""
    return bool(call.state == CallState.WAITING and call.alarm_step > 0)


async def _told(work: Work, alarmed: Collection[str]) -> dict[str, dict[str, datetime]]:
    """The steps of an alarm that rang somebody, each once, in order, with its last time."""
    if not alarmed:
        return {}
    query = (
        select(CallEntry.call_id, CallEntry.facts, CallEntry.at)
        .join(Call, col(Call.id) == col(CallEntry.call_id))
        .where(col(CallEntry.call_id).in_(alarmed), CallEntry.kind == "alarm.rang")
        .where(col(CallEntry.at) >= col(Call.alarm_since))
        .order_by(col(CallEntry.id))
    )
    found: dict[str, dict[str, datetime]] = {}
    for call_id, facts, at in (await work.exec(query)).all():
        found.setdefault(call_id, {})[str(facts["step"])] = at
    return found


def caller_shown(
    call: Call | Row[Any],
    names: tuple[str, str],
    ringing: tuple[str, ...],
    told: Mapping[str, datetime],
    *,
    is_long: bool,
) -> CallerNow:
    """A row as the floor shows it.

    `names`: of the counselor they talk to, and of the one they were sent to. `told`: when last, by
    step of the alarm.
    """
    talking, waiting = call.state in IN_HAND, call.state == CallState.WAITING
    counselor, meant_for = names
    return CallerNow(
        call_id=call.id,
        line_id=call.line_id,
        masked=call.from_masked,
        state=call.state,
        urgency=call.urgency,
        language=call.language,
        since=(call.joined_at if talking else call.queued_at) or call.arrived_at,
        counselor=counselor if talking else "",
        ringing=ringing,
        nobody_since=call.alarm_since if is_alarmed(call) else None,
        told=tuple(told),
        told_at=max(told.values(), default=None),
        again_at=call.alarm_due_at if is_alarmed(call) else None,
        ahead=call.ahead_at is not None and waiting,
        meant_for=meant_for if waiting else "",
        attention=call.attention,
        is_long=is_long,
    )


def line_shown(
    line: Line, callers: list[CallerNow], account: LineAccount, on_duty: list[OnShift]
) -> LineNow:
    """A line as the floor shows it. `callers`: its own; `on_duty`: of all lines."""
    people = [one for one in on_duty if line.id in one.skills.lines]
    share = care_for([line]).break_share
    waiting = [one for one in callers if one.state == CallState.WAITING]
    return LineNow(
        id=line.id,
        name=line.name,
        name_en=line.name_en,
        waiting=len(waiting),
        longest_since=min((one.since for one in waiting), default=None),
        talking=sum(1 for one in callers if one.state in IN_HAND),
        came_in=account.came_in,
        alive=account.alive,
        outcomes=account.outcomes,
        away=sum(one.away for one in people),
        may_be_away=places(share, len(people)) if people else 0,
        promises=account.promises,
    )


def counselor_shown(one: PersonNow, due: Mapping[str, str]) -> CounselorNow:
    """Somebody as the floor shows them. `due`: what each break waits for that is due."""
    skills = one.skills
    return CounselorNow(
        staff_id=one.staff_id,
        name=one.name,
        state=one.state,
        reason=UNREADABLE if skills is None else one.reason,
        since=one.since,
        languages=one.languages,
        certified=skills is not None and skills.certified,
        left_out=skills is None,
        break_due=due.get(one.staff_id, ""),
        for_shift=one.for_shift,
        lines=one.lines,
    )


async def _escalations(work: Work, lines: Collection[str]) -> list[EscalationNow]:
    """The one that is due next first."""
    query = (
        select(Escalation, Station.name)
        .join(Station, col(Station.id) == col(Escalation.station_id), isouter=True)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(Escalation.state != EscalationState.CLOSED, col(Call.line_id).in_(lines))
        .order_by(col(Escalation.next_due_at), col(Escalation.id))
    )
    return [escalation_shown(row, name or "") for row, name in (await work.exec(query)).all()]


def escalation_shown(row: Escalation, station: str) -> EscalationNow:
    """A duty as the floor shows it. `station`: its name."""
    return EscalationNow(
        id=row.id,
        number=row.number,
        station=station,
        level=row.level,
        state=row.state,
        step=row.step,
        round=row.round,
        next_due_at=row.next_due_at,
        created_at=row.created_at,
        acknowledged_by=row.acknowledged_by,
    )
