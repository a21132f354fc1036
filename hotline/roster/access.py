"""Who may see and plan what: people of a line see its roster, supervisors of all its lines plan.

What is asked for to be changed is held until the unit of work ends.
"""

from collections.abc import Collection
from typing import TypeVar

from sqlmodel import SQLModel, col, func, select

from hotline.errors import Forbidden, NotFound
from hotline.roster.refusals import NamedWorker, RosterRefusal, RosterRefused
from hotline.staff.permissions import Permission, Relation, may, may_anywhere
from hotline.staff.revocation import may_be_called_in, works_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import RosterLeave, RosterShift, RosterSwap, Staff

RosterRow = TypeVar("RosterRow", bound=SQLModel)
ONE_AT_A_TIME = 0x726F7374  # the advisory lock of whoever changes the roster


async def take_turns(work: Work) -> None:
    """Two changes that are harmless alone can open a hole together: one is made after the other."""
    await work.exec(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def require_planner(who: SignedIn, lines: Collection[str]) -> None:
    """Whoever plans for all of these lines. Raises `NotFound` where none is theirs, `Forbidden`."""
    _require_seen(who, lines)
    standing = [Relation.LINE] if set(lines) <= set(who.lines) else []
    if not may(who.roles, standing, Permission.PLAN_ROSTER):
        raise Forbidden


def _require_seen(who: SignedIn, lines: Collection[str]) -> None:
    standing = [] if set(lines).isdisjoint(who.lines) else [Relation.LINE]
    if not may(who.roles, standing, Permission.SEE_FLOOR):
        raise NotFound


async def shift_to_plan(work: Work, shift_id: str, who: SignedIn) -> RosterShift:
    """A shift of their lines. Raises `NotFound` or `Forbidden`."""
    shift = await _held(work, RosterShift, shift_id)
    require_planner(who, shift.lines)
    return shift


async def shift_to_take(work: Work, shift_id: str, who: SignedIn) -> RosterShift:
    """A shift that they see. Raises `NotFound`."""
    shift = await _held(work, RosterShift, shift_id)
    _require_seen(who, shift.lines)
    return shift


async def own_shift(work: Work, shift_id: str, who: SignedIn) -> RosterShift:
    """Raises `NotFound`, or `RosterRefused` for somebody else's."""
    shift = await shift_to_take(work, shift_id, who)
    if shift.staff_id != who.staff_id:
        raise RosterRefused(RosterRefusal.NOT_YOURS)
    return shift


async def leave_to_decide(work: Work, leave_id: str, who: SignedIn) -> tuple[RosterLeave, Staff]:
    """Of somebody else of their lines. Raises `NotFound`, `Forbidden` or `RosterRefused`."""
    leave = await _held(work, RosterLeave, leave_id)
    staff = await work.get_one(Staff, leave.staff_id)
    _require_seen(who, staff.lines)
    if not may(who.roles, [Relation.LINE], Permission.PLAN_ROSTER):
        raise Forbidden
    await _require_of_others(work, who, [leave.staff_id], staff.lines)
    return leave, staff


async def own_leave(work: Work, leave_id: str, who: SignedIn) -> RosterLeave:
    """Raises `NotFound` for what somebody else asked for."""
    leave = await _held(work, RosterLeave, leave_id)
    if leave.staff_id != who.staff_id:
        raise NotFound
    return leave


async def swap_to_take(work: Work, swap_id: str, who: SignedIn) -> tuple[RosterSwap, RosterShift]:
    """An offer that they see, with its shift. Raises `NotFound`."""
    swap = await _held(work, RosterSwap, swap_id)
    return swap, await shift_to_take(work, swap.shift_id, who)


async def swap_to_decide(work: Work, swap_id: str, who: SignedIn) -> tuple[RosterSwap, RosterShift]:
    """The same for whoever plans for both shifts and has a part in neither.

    Raises `NotFound`, `Forbidden` or `RosterRefused`.
    """
    swap = await _held(work, RosterSwap, swap_id)
    if swap.in_return_id is not None:
        await shift_to_plan(work, swap.in_return_id, who)
    shift = await shift_to_plan(work, swap.shift_id, who)
    await _require_of_others(work, who, [swap.giver_id, swap.taker_id], shift.lines)
    return swap, shift


async def volunteer_to_decide(work: Work, shift_id: str, who: SignedIn) -> RosterShift:
    """A shift that somebody else would take. Raises as `swap_to_decide`."""
    shift = await shift_to_plan(work, shift_id, who)
    await _require_of_others(work, who, [shift.volunteer_id], shift.lines)
    return shift


async def _require_of_others(
    work: Work, who: SignedIn, theirs: Collection[str | None], lines: Collection[str]
) -> None:
    """Nobody decides what they wish for themselves. Raises `RosterRefused` with whom to ask."""
    if who.staff_id in theirs:
        ask = [one for one in await planners_of(work, lines) if one.id not in theirs]
        raise RosterRefused(RosterRefusal.YOUR_OWN_WISH, ask=ask)


async def planners_of(work: Work, lines: Collection[str]) -> list[NamedWorker]:
    """Who plans for any of these lines, by name."""
    query = select(Staff).where(may_be_called_in(), works_for(lines))
    found = (await work.exec(query.order_by(col(Staff.name), col(Staff.id)))).all()
    return [
        NamedWorker(one.id, one.name)
        for one in found
        if may_anywhere(one.roles, Permission.PLAN_ROSTER)
    ]


async def _held(work: Work, table: type[RosterRow], key: str) -> RosterRow:
    """After everybody who changes the roster now."""
    await take_turns(work)
    row = await work.get(table, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def shifts_of_series(work: Work, shift: RosterShift) -> list[RosterShift]:
    """This one and the later ones of its weekly repeat, held."""
    if not shift.series_id:
        return [shift]
    query = (
        select(RosterShift)
        .where(RosterShift.series_id == shift.series_id)
        .where(RosterShift.begins_at >= shift.begins_at)
        .order_by(col(RosterShift.begins_at))
    )
    return list((await work.exec(query.with_for_update())).all())
