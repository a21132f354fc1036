"""Planners' changes: shifts are planned, moved, removed, and a week is copied to another.

Each holds the roster (`access.take_turns`), writes the audit and announces, in the caller's unit of
work; who may do it was asked before (`access`). What a planner does is never refused for a hole
that it opens: somebody who falls ill is not there. They are told what they opened and who could
close it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, or_, select

from hotline.roster.access import shifts_of_series, take_turns
from hotline.roster.model import (
    STANDING,
    WEEK,
    PlannedShift,
    ShiftEvent,
    ShiftState,
    SwapEvent,
    SwapState,
    midnight,
    shift_after,
    swap_after,
)
from hotline.roster.period import planned, shifts_in
from hotline.roster.proof import RosterChange
from hotline.roster.refusals import RosterRefused, Weighed
from hotline.roster.repeats import NewShift, cleared
from hotline.roster.telling import RosterAct, RosterDeed, ToldOf, of_shift, tell_roster
from hotline.roster.weighing import (
    first_weeks,
    require_able,
    require_free,
    require_to_come,
    weigh,
)
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift, RosterSwap
from hotline.storage.tables.columns import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCopied:
    """How many shifts there are now, and how many could not be: their people are busy or away."""

    copied: int
    left_out: int


async def plan_shifts(work: Work, act: RosterAct, new: NewShift) -> list[RosterShift]:
    """One shift, or all of a weekly repeat: every one of them, or none. Raises `RosterRefused`."""
    await take_turns(work)
    wanted = (await cleared(work, new)).as_planned()
    require_to_come(wanted[-1].ends_at, act.at)
    await _require(work, new.staff_id, wanted)
    series = new_id() if len(wanted) > 1 else ""
    rows = [_row(act, one, series=series) for one in wanted]
    work.add_all(rows)
    await work.flush()
    await tell_roster(work, act, RosterDeed.PLANNED, of_shift(rows[0], shifts=len(rows)))
    return rows


async def replan(
    work: Work, act: RosterAct, shift: RosterShift, new: NewShift
) -> tuple[RosterShift, Weighed]:
    """Another time, person, kind or lines. The new shift begins unconfirmed and in no series."""
    require_to_come(shift.ends_at, act.at)
    [wanted] = new.as_planned()
    require_to_come(wanted.ends_at, act.at)
    await _require(work, new.staff_id, [wanted], but=[shift.id])
    change = RosterChange(gone=frozenset({shift.id}), new=(wanted,))
    weighed = await weigh(work, change, {*shift.lines, *new.lines}, planned(shift), wanted)
    await _end(work, act, shift, ShiftEvent.REMOVED)
    row = _row(act, wanted)
    work.add(row)
    await work.flush()
    told = replace(of_shift(row), lines={*shift.lines, *row.lines}, before=_seen(shift))
    await tell_roster(work, act, RosterDeed.MOVED, told)
    return row, weighed


async def remove_shift(
    work: Work, act: RosterAct, shift: RosterShift, *, with_rest: bool = False
) -> Weighed:
    """`with_rest`: also the later ones of its weekly repeat that still stand.

    Of those, what the first eight weeks would open is told (`weighing.WEIGHED_AHEAD`).
    """
    require_to_come(shift.ends_at, act.at)
    gone = await shifts_of_series(work, shift) if with_rest else [shift]
    gone = [one for one in gone if one is shift or one.state in STANDING]
    change = RosterChange(gone=frozenset(one.id for one in gone))
    lines = {line for one in gone for line in one.lines}
    weighed = await weigh(work, change, lines, *first_weeks([planned(one) for one in gone]))
    for one in gone:
        await _end(work, act, one, ShiftEvent.REMOVED)
    told = replace(of_shift(shift, shifts=len(gone)), before=_seen(shift))
    await tell_roster(work, act, RosterDeed.REMOVED, told)
    return weighed


async def copy_week(
    work: Work, act: RosterAct, lines: Collection[str], *, monday: date, to: date
) -> WeekCopied:
    """The shifts that lie whole on these lines, to another week. What stands there stays."""
    await take_turns(work)
    begins_at = midnight(monday)
    rows = await shifts_in(work, begins_at, begins_at + WEEK)
    found = [one for one in rows if one.begins_at >= begins_at and _to_copy(one, lines)]
    copied = 0
    for one in found:
        later = planned(one)
        moved = midnight(to) - begins_at
        wanted = replace(later, begins_at=one.begins_at + moved, ends_at=one.ends_at + moved)
        copied += await _copied(work, act, wanted)
    said = {"monday": monday.isoformat(), "to": to.isoformat(), "shifts": copied}
    told = ToldOf(lines=lines, person=None, row_id=to.isoformat(), after=said)
    await tell_roster(work, act, RosterDeed.COPIED, told)
    return WeekCopied(copied=copied, left_out=len(found) - copied)


def _to_copy(row: RosterShift, lines: Collection[str]) -> bool:
    return row.state in STANDING and set(row.lines) <= set(lines)


async def _copied(work: Work, act: RosterAct, wanted: PlannedShift) -> bool:
    """Whether it could be. An open one is not put beside the same open one."""
    try:
        require_to_come(wanted.ends_at, act.at)
        await _require(work, wanted.staff_id, [wanted])
    except RosterRefused:
        return False
    if wanted.staff_id is None and await _stands_open(work, wanted):
        return False
    work.add(_row(act, wanted))
    await work.flush()
    return True


async def _stands_open(work: Work, wanted: PlannedShift) -> bool:
    rows = await shifts_in(work, wanted.begins_at, wanted.ends_at)
    same = (wanted.begins_at, wanted.ends_at, wanted.lines, wanted.kind.value)
    return any(
        (one.begins_at, one.ends_at, frozenset(one.lines), one.kind) == same
        for one in rows
        if one.state in (ShiftState.OPEN, ShiftState.VOLUNTEERED)
    )


# ── shared with swaps and volunteers ────────────────────────────────────────────────────────────


async def _require(
    work: Work,
    staff_id: str | None,
    wanted: Sequence[PlannedShift],
    *,
    but: Iterable[str] = (),
) -> None:
    if staff_id is not None:
        await require_able(work, staff_id, wanted[0].lines)
        await require_free(work, staff_id, wanted, but=set(but))


def _row(act: RosterAct, wanted: PlannedShift, *, series: str = "") -> RosterShift:
    return RosterShift(
        id=new_id(),
        staff_id=wanted.staff_id,
        lines=sorted(wanted.lines),
        kind=wanted.kind,
        state=ShiftState.PLANNED if wanted.staff_id else ShiftState.OPEN,
        begins_at=wanted.begins_at,
        ends_at=wanted.ends_at,
        series_id=series,
        by_id=act.by_id,
        at=act.at,
    )


async def add_shifts(
    work: Work, act: RosterAct, wanted: Sequence[PlannedShift]
) -> list[RosterShift]:
    """As they are: whoever asks has the roster, has looked whether they can be, and tells it."""
    rows = [_row(act, one) for one in wanted]
    work.add_all(rows)
    await work.flush()
    return rows


async def hand_shift(
    work: Work, act: RosterAct, shift: RosterShift, wanted: PlannedShift
) -> RosterShift:
    """It is the colleague's now, as a shift of their own."""
    await _end(work, act, shift, ShiftEvent.GIVEN)
    row = _row(act, wanted)
    work.add(row)
    await work.flush()
    return row


async def _end(work: Work, act: RosterAct, shift: RosterShift, event: ShiftEvent) -> None:
    """What is not theirs any more is not offered any more. Raises `IllegalMove`."""
    shift.state = shift_after(shift.state, event)
    shift.volunteer_id, shift.ended_at = None, act.at
    offered = or_(col(RosterSwap.shift_id) == shift.id, col(RosterSwap.in_return_id) == shift.id)
    waits = col(RosterSwap.state).in_((SwapState.OFFERED, SwapState.TAKEN))
    for swap in (await work.exec(select(RosterSwap).where(offered, waits).with_for_update())).all():
        swap.state = swap_after(swap.state, SwapEvent.WITHDRAWN)


def _seen(shift: RosterShift) -> dict[str, object]:
    return {
        "row": shift.id,
        "person": shift.staff_id,
        "begins_at": shift.begins_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
    }
