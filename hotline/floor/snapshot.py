"""The floor as it is now: one snapshot for the API, the floor page and the wall."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from hotline.callbacks.queries import OwedCount
from hotline.calls.model import IN_HAND, CallState
from hotline.escalations.model import EscalationState
from hotline.floor.accounts import LineAccount, accounts_now
from hotline.floor.breaks import BreakTurn, break_turns, breaks_due
from hotline.floor.callers import CallerNow, by_line, callers_now
from hotline.floor.rows import FloorRows, read_floor_rows
from hotline.lines.plans import care_for
from hotline.staff.breaks import on_shift
from hotline.staff.on_duty import PersonNow
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Line, Station
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


@dataclass(slots=True)  # not frozen, and made by position: there may be thousands
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
    duties: bool = True,
) -> FloorSnapshot:
    """Read it. A handful of indexed queries, whatever the history holds.

    `of`: of these lines alone, and of who works for them; None: of all, for the operator. `rows`:
    where somebody has read them already. `most_breaks`: so many of those to come are enough.
    `duties`: with the open escalations.
    """
    rows = rows or await read_floor_rows(work)
    lines, people = rows.lines, rows.people
    shown = {key: line for key, line in lines.items() if of is None or key in of}
    ids = list(shown)
    callers = await callers_now(work, shown, at=at)
    accounts = await accounts_now(work, ids, at=at)
    on_duty, nothing = on_shift(people, lines, at=at), LineAccount()
    due, on_line, at_work = breaks_due(on_duty, at=at), by_line(callers), people_by_line(on_duty)
    return FloorSnapshot(
        at=at,
        lines=[
            line_shown(line, on_line[key], accounts.get(key, nothing), at_work)
            for key, line in shown.items()
        ],
        callers=callers,
        counselors=[
            counselor_shown(one, due) for one in people if not shown.keys().isdisjoint(one.lines)
        ],
        escalations=await _escalations(work, ids) if duties else [],
        breaks=await break_turns(work, on_duty, due, at=at, of=ids, most=most_breaks),
    )


class PeopleByLine(NamedTuple):
    """How many work for each line, and how many of these are away."""

    on_duty: Counter[str]
    away: Counter[str]


def people_by_line(on_duty: Iterable[OnShift]) -> PeopleByLine:
    """Counted once for all lines."""
    found = PeopleByLine(Counter(), Counter())
    for one in on_duty:
        for line in one.skills.lines:
            found.on_duty[line] += 1
            found.away[line] += one.away
    return found


def line_shown(
    line: Line, callers: list[CallerNow], account: LineAccount, at_work: PeopleByLine
) -> LineNow:
    """A line as the floor shows it. `callers`: its own; `at_work`: of all lines."""
    on_duty = at_work.on_duty[line.id]
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
        away=at_work.away[line.id],
        may_be_away=places(share, on_duty) if on_duty else 0,
        promises=account.promises,
    )


def counselor_shown(one: PersonNow, due: Mapping[str, str]) -> CounselorNow:
    """Somebody as the floor shows them. `due`: what each break waits for that is due."""
    skills = one.skills
    return CounselorNow(
        one.staff_id,
        one.name,
        one.state,
        UNREADABLE if skills is None else one.reason,
        one.since,
        one.languages,
        skills is not None and skills.certified,
        skills is None,
        due.get(one.staff_id, ""),
        one.for_shift,
        one.lines,
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
