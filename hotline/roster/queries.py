"""The roster as people of its lines see it, and whose word is still missing. Reads only."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import and_, col, or_, select

from hotline.roster.model import STANDING, LeaveState, ShiftState, SwapState
from hotline.roster.period import RosterPeriod, read_roster, shifts_in, whole_plan
from hotline.roster.proof import Hole, holes_of
from hotline.staff.permissions import Permission, may_anywhere
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import RosterLeave, RosterShift, RosterSwap, Staff

REMINDED_BEFORE = timedelta(hours=24)  # features research, "Roster that matches people"
NEEDED_BEFORE = timedelta(hours=12)  # still unconfirmed: somebody else is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftShown:
    """One shift. `volunteer_id`: who would take it. `in_series`: it repeats weekly.

    `needs_somebody`: it begins soon, and they have not said that they will come.
    """

    id: str
    staff_id: str | None
    name: str
    volunteer_id: str | None
    volunteer: str
    lines: tuple[str, ...]
    kind: str
    state: str
    begins_at: datetime
    ends_at: datetime
    confirmed: bool
    in_series: bool
    reminded: bool = False
    needs_somebody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveShown:
    """One leave. `kind` and `answer`: empty, where they are not the reader's business."""

    id: str
    staff_id: str
    name: str
    kind: str
    state: str
    begins_at: datetime
    ends_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapShown:
    """An offer that waits; to its two, also one that was refused, with the answer.

    `in_return_id`: the shift that the giver would get.
    """

    id: str
    shift_id: str
    giver: str
    taker_id: str | None
    taker: str
    in_return_id: str | None
    state: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterShown:
    """A period of some lines."""

    shifts: tuple[ShiftShown, ...]
    leaves: tuple[LeaveShown, ...]
    swaps: tuple[SwapShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterReader:
    """Who looks: their own leave they see whole, that of others as planners do or not."""

    staff_id: str
    lines: Collection[str]
    plans: bool


def reader_of(who: SignedIn) -> RosterReader:
    """Whoever is signed in."""
    plans = may_anywhere(who.roles, Permission.PLAN_ROSTER)
    return RosterReader(staff_id=who.staff_id, lines=who.lines, plans=plans)


async def roster_shown(work: Work, reader: RosterReader, period: RosterPeriod) -> RosterShown:
    """Shifts that stand, leave that is wanted or approved, offers that wait; by time."""
    rows = [
        one
        for one in await shifts_in(work, period.begins_at, period.ends_at)
        if one.state in STANDING
        and one.ends_at > period.begins_at
        and not set(one.lines).isdisjoint(reader.lines)
    ]
    leaves = await _leaves(work, period)
    swaps = await _swaps(work, reader, [one.id for one in rows])
    people = await _people(work, rows, leaves, swaps)
    names = {key: one.name for key, one in people.items()}
    return RosterShown(
        shifts=tuple(_shift(one, names) for one in rows),
        leaves=tuple(
            _leave(one, names, reader)
            for one in leaves
            if not set(people[one.staff_id].lines).isdisjoint(reader.lines)
            and _may_know(one, reader)
        ),
        swaps=tuple(_swap(one, names) for one in swaps),
    )


async def _leaves(work: Work, period: RosterPeriod) -> list[RosterLeave]:
    shown = (LeaveState.WANTED, LeaveState.APPROVED, LeaveState.REFUSED)
    query = (
        select(RosterLeave)
        .where(RosterLeave.ends_at > period.begins_at, RosterLeave.begins_at < period.ends_at)
        .where(col(RosterLeave.state).in_(shown))
        .order_by(col(RosterLeave.begins_at), col(RosterLeave.id))
    )
    return list((await work.exec(query)).all())


async def _swaps(work: Work, reader: RosterReader, shift_ids: Collection[str]) -> list[RosterSwap]:
    waits = col(RosterSwap.state).in_((SwapState.OFFERED, SwapState.TAKEN))
    mine = or_(
        col(RosterSwap.giver_id) == reader.staff_id, col(RosterSwap.taker_id) == reader.staff_id
    )
    told = and_(mine, RosterSwap.state == SwapState.REFUSED)
    query = select(RosterSwap).where(or_(waits, told), col(RosterSwap.shift_id).in_(shift_ids))
    return list((await work.exec(query.order_by(col(RosterSwap.at), col(RosterSwap.id)))).all())


async def _people(
    work: Work,
    shifts: Iterable[RosterShift],
    leaves: Collection[RosterLeave],
    swaps: Iterable[RosterSwap],
) -> Mapping[str, Staff]:
    ids = {one.staff_id for one in leaves} | {one.decided_by for one in leaves if one.decided_by}
    ids |= {who for one in shifts for who in (one.staff_id, one.volunteer_id) if who}
    ids |= {who for one in swaps for who in (one.giver_id, one.taker_id) if who}
    found = await work.exec(select(Staff).where(col(Staff.id).in_(ids)))
    return {one.id: one for one in found.all()}


def _may_know(leave: RosterLeave, reader: RosterReader) -> bool:
    """Colleagues know who is away. What is only wanted, or was refused, is nobody's business."""
    mine = leave.staff_id == reader.staff_id
    return mine or reader.plans or leave.state == LeaveState.APPROVED


def _shift(row: RosterShift, names: Mapping[str, str]) -> ShiftShown:
    return ShiftShown(
        id=row.id,
        staff_id=row.staff_id,
        name=names.get(row.staff_id or "", ""),
        volunteer_id=row.volunteer_id,
        volunteer=names.get(row.volunteer_id or "", ""),
        lines=tuple(row.lines),
        kind=row.kind,
        state=row.state,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        confirmed=row.confirmed_at is not None,
        in_series=bool(row.series_id),
        reminded=row.reminded_at is not None,
    )


def _leave(row: RosterLeave, names: Mapping[str, str], reader: RosterReader) -> LeaveShown:
    whole = reader.plans or row.staff_id == reader.staff_id
    return LeaveShown(
        id=row.id,
        staff_id=row.staff_id,
        name=names.get(row.staff_id, ""),
        kind=row.kind if whole else "",
        state=row.state,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        decided_by=names.get(row.decided_by or "", "") if whole else "",
        decided_at=row.decided_at if whole else None,
        answer=row.answer if whole else "",
    )


def _swap(row: RosterSwap, names: Mapping[str, str]) -> SwapShown:
    return SwapShown(
        id=row.id,
        shift_id=row.shift_id,
        giver=names.get(row.giver_id, ""),
        taker_id=row.taker_id,
        taker=names.get(row.taker_id or "", ""),
        in_return_id=row.in_return_id,
        state=row.state,
        answer=row.answer,
    )


async def proof_of(work: Work, lines: Collection[str], period: RosterPeriod) -> list[Hole]:
    """The holes of a period on these lines, the earliest first."""
    read = await read_roster(work, lines, period)
    return await asyncio.to_thread(lambda: holes_of(whole_plan(read)))


async def unconfirmed(work: Work, reader: RosterReader, *, at: datetime) -> list[ShiftShown]:
    """Shifts of the next 24 hours to which nobody has said yet that they will come, by time.

    The reader's own; and where they plan, all of their lines.
    """
    query = (
        select(RosterShift)
        .where(RosterShift.state == ShiftState.PLANNED, col(RosterShift.confirmed_at).is_(None))
        .where(RosterShift.begins_at > at, RosterShift.begins_at <= at + REMINDED_BEFORE)
        .order_by(col(RosterShift.begins_at), col(RosterShift.id))
    )
    found = [
        one
        for one in (await work.exec(query)).all()
        if one.staff_id == reader.staff_id
        or (reader.plans and not set(one.lines).isdisjoint(reader.lines))
    ]
    people = await _people(work, found, (), ())
    names = {key: one.name for key, one in people.items()}
    return [
        replace(_shift(one, names), needs_somebody=one.begins_at <= at + NEEDED_BEFORE)
        for one in found
    ]
