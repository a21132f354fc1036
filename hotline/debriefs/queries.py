"""What talks are owed, to whom and by whom, and how heavy a shift was. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from hotline.debriefs.model import BEHIND_THEM, DebriefState, DebriefWhy
from hotline.errors import NotFound
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.revocation import works_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Debrief, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefRow:
    """A talk that is owed to `name`. `taker`: who will talk with them, by name; empty: nobody yet.

    `put_off`: how often; `put_off_why`: for what the last time. `masked`: of the heavy call.
    """

    id: str
    why: str
    state: str
    staff_id: str
    name: str
    call_id: str | None
    masked: str
    created_at: datetime
    due_at: datetime
    overdue: bool
    taker_id: str | None
    taker: str
    put_off: int
    put_off_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeavyBehind:
    """What somebody has behind them of this shift. For them alone, never to compare people."""

    calls: int
    talked: timedelta


async def debriefs_around(work: Work, staff_id: str, *, at: datetime) -> list[DebriefRow]:
    """Open ones that are owed to somebody, or that they said they would do; due first."""
    mine = or_(col(Debrief.staff_id) == staff_id, col(Debrief.taker_id) == staff_id)
    return await _open(work, mine, at=at)


async def debriefs_owed(work: Work, lines: Collection[str], *, at: datetime) -> list[DebriefRow]:
    """Open ones of everybody who works for one of these lines: asked ones first, then due ones."""
    rows = await _open(work, works_for(lines), at=at)
    return sorted(rows, key=lambda one: (one.why != DebriefWhy.ASKED, one.due_at))


async def _open(work: Work, of: ColumnElement[bool], *, at: datetime) -> list[DebriefRow]:
    taker = aliased(Staff)
    query = (
        select(Debrief, Staff.name, taker.name, Call.from_masked)
        .join(Staff, col(Staff.id) == col(Debrief.staff_id))
        .join(taker, col(taker.id) == col(Debrief.taker_id), isouter=True)
        .join(Call, col(Call.id) == col(Debrief.call_id), isouter=True)
        .where(Debrief.state != DebriefState.CLOSED, of)
        .order_by(col(Debrief.due_at), col(Debrief.id))
    )
    return [_row(*found, at) for found in (await work.exec(query)).all()]


def _row(
    row: Debrief, name: str, taker: str | None, masked: str | None, at: datetime
) -> DebriefRow:
    put_off = [str(one["why"]) for one in row.history if one["what"] == "put_off"]
    return DebriefRow(
        id=row.id,
        why=row.why,
        state=row.state,
        staff_id=row.staff_id,
        name=name,
        call_id=row.call_id,
        masked=masked or "",
        created_at=row.created_at,
        due_at=row.due_at,
        overdue=row.due_at < at,
        taker_id=row.taker_id,
        taker=taker or "",
        put_off=len(put_off),
        put_off_why=put_off[-1] if put_off else "",
    )


async def heavy_behind(work: Work, staff_id: str, *, at: datetime) -> HeavyBehind:
    """Of the last twelve hours: a shift may cross midnight, and none is kept as a row."""
    query = (
        select(Call.joined_at, Call.left_at)
        .join(Debrief, col(Debrief.call_id) == col(Call.id))
        .where(Debrief.staff_id == staff_id, Debrief.why == DebriefWhy.HEAVY_CALL)
        .where(col(Debrief.created_at) > at - BEHIND_THEM, Debrief.closed_as != "mistake")
    )
    talks = [(left or at) - joined for joined, left in (await work.exec(query)).all() if joined]
    return HeavyBehind(calls=len(talks), talked=sum(talks, timedelta()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefTaker:
    """Somebody who could talk with them."""

    id: str
    name: str
    is_supervisor: bool


async def takers_for(work: Work, who: SignedIn) -> Sequence[DebriefTaker]:
    """Supervisors of their lines first, then colleagues, by name."""
    query = select(Staff).where(col(Staff.active), Staff.id != who.staff_id)
    query = query.where(works_for(who.lines)).order_by(col(Staff.name), col(Staff.id))
    roles = {Role.SUPERVISOR, Role.COUNSELOR}
    found = [one for one in (await work.exec(query)).all() if roles & set(one.roles)]
    takers = [
        DebriefTaker(id=one.id, name=one.name, is_supervisor=Role.SUPERVISOR in one.roles)
        for one in found
    ]
    return sorted(takers, key=lambda one: not one.is_supervisor)


async def permitted_debrief(work: Work, row: Debrief, who: SignedIn) -> Debrief:
    """One that is theirs, or of a line they look after. Raises `NotFound`, `Forbidden`."""
    require(
        who.roles,
        await _standing(work, row, who),
        Permission.DEBRIEF,
        to_know=Permission.DEBRIEF,
    )
    return row


async def _standing(work: Work, row: Debrief, who: SignedIn) -> list[Relation]:
    lines = (await work.exec(select(Staff.lines).where(Staff.id == row.staff_id))).one()
    standing = {
        Relation.OWN: who.staff_id in (row.staff_id, row.taker_id),
        Relation.LINE: not set(lines).isdisjoint(who.lines),
    }
    return [relation for relation, holds in standing.items() if holds]


def require_one_of_two(row: Debrief, who: SignedIn) -> None:
    """What was said stays with the two who talked. Raises `NotFound`."""
    if who.staff_id not in (row.staff_id, row.taker_id):
        raise NotFound
