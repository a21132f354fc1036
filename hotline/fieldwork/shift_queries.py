"""What is shown of shifts that are handed over: at a station, and to supervisors of a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select

from hotline.escalations.holders import HELD, held_by
from hotline.fieldwork.policy import TAKEN_WITHIN
from hotline.fieldwork.shifts import (
    colleagues_of,
    is_waiting,
    may_read,
    may_take,
    require_station,
)
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, ShiftHandover, ShiftItem, Staff

TOLD_FOR = timedelta(hours=12)  # so long whoever handed over is told who took it


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """One hand-over. `numbers`: of its escalations. `to`: None for whoever comes.

    `may_take`: the reader, now; `is_late`: nobody took it in time; `taken_by`: by name.
    """

    id: str
    by: str
    to: str | None
    numbers: tuple[str, ...]
    has_note: bool
    created_at: datetime
    may_take: bool
    may_read: bool
    is_late: bool
    taken_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """An escalation that could be handed over."""

    id: str
    number: str
    level: str
    state: str
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftView:
    """What an officer sees. `offered`: by colleagues; `taken`: by themselves, lately; `own`: what
    waits for somebody or was taken lately; `held`: what they have; `colleagues`: to whom it can go,
    id and name."""

    offered: list[ShiftRow]
    taken: list[ShiftRow]
    own: list[ShiftRow]
    held: list[HeldRow]
    colleagues: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UntakenRow:
    """An escalation of a shift that nobody took over."""

    id: str
    number: str
    holder: str
    since: datetime


async def shifts_of(work: Work, who: SignedIn, *, at: datetime) -> ShiftView:
    """Of the officer's station. Raises `Forbidden`."""
    station_id = require_station(who)
    lately = col(ShiftHandover.taken_at) > at - TOLD_FOR
    mine = or_(
        col(ShiftHandover.from_id) == who.staff_id, col(ShiftHandover.taken_by) == who.staff_id
    )
    query = select(ShiftHandover).where(ShiftHandover.station_id == station_id)
    shown = query.where(is_waiting() | (lately & mine))
    found = (await work.exec(shown.order_by(col(ShiftHandover.created_at)))).all()
    rows = await _rows(work, found, who, at)
    own = {one.id for one in found if one.from_id == who.staff_id}
    others = [row for row in rows if row.id not in own]
    return ShiftView(
        offered=[row for row in others if row.taken_by is None],
        taken=[row for row in others if row.taken_by is not None],
        own=[row for row in rows if row.id in own],
        held=[_held(one) for one in await held_by(work, who.staff_id)],
        colleagues=await colleagues_of(work, who),
    )


async def untaken_of(work: Work, who: SignedIn) -> list[UntakenRow]:
    """On a supervisor's lines: what nobody took over in time, and whoever had it still has."""
    query = (
        select(Escalation, ShiftHandover.from_id, Staff.name, ShiftHandover.created_at)
        .join(ShiftItem, col(ShiftItem.escalation_id) == col(Escalation.id))
        .join(ShiftHandover, col(ShiftHandover.id) == col(ShiftItem.handover_id))
        .join(Staff, col(Staff.id) == col(ShiftHandover.from_id))
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(is_waiting(), col(ShiftHandover.shown_at).is_not(None))
        .where(col(Call.line_id).in_(who.lines))
        .order_by(col(ShiftHandover.created_at), col(Escalation.number))
    )
    found = (await work.exec(query)).all()
    givers = {giver for _, giver, _, _ in found}
    held = {giver: {one.id for one in await held_by(work, giver)} for giver in givers}
    return [
        UntakenRow(one.id, one.number, name, since)
        for one, giver, name, since in found
        if one.id in held[giver]
    ]


async def _rows(
    work: Work, found: Sequence[ShiftHandover], who: SignedIn, at: datetime
) -> list[ShiftRow]:
    people = {key for one in found for key in (one.from_id, one.to_id, one.taken_by) if key}
    named = select(Staff.id, Staff.name).where(col(Staff.id).in_(people))
    names = dict((await work.exec(named)).all())
    numbers = await _numbers(work, (one.id for one in found))
    return [
        ShiftRow(
            id=one.id,
            by=names.get(one.from_id, ""),
            to=names.get(one.to_id) if one.to_id else None,
            numbers=tuple(numbers[one.id]),
            has_note=bool(one.note_sealed),
            created_at=one.created_at,
            may_take=may_take(one, who, at=at),
            may_read=may_read(one, who, at=at),
            is_late=one.taken_at is None and at - one.created_at >= TAKEN_WITHIN,
            taken_by=names.get(one.taken_by) if one.taken_by else None,
        )
        for one in found
        if one.id in numbers
    ]


async def _numbers(work: Work, ids: Iterable[str]) -> dict[str, list[str]]:
    """Of what went over, and of what still waits and somebody has: of what ended nothing goes."""
    waits = col(ShiftItem.moved).is_(None) & col(Escalation.state).in_(HELD)
    query = (
        select(ShiftItem.handover_id, Escalation.number)
        .join(Escalation, col(Escalation.id) == col(ShiftItem.escalation_id))
        .where(col(ShiftItem.handover_id).in_(set(ids)), col(ShiftItem.moved) | waits)
        .order_by(col(Escalation.number))
    )
    found: dict[str, list[str]] = {}
    for handover_id, number in (await work.exec(query)).all():
        found.setdefault(handover_id, []).append(number)
    return found


def _held(one: Escalation) -> HeldRow:
    return HeldRow(
        id=one.id,
        number=one.number,
        level=one.level,
        state=one.state,
        next_due_at=one.next_due_at,
    )
