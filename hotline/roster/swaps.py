"""Swaps: a shift offered by one, taken by another, for one of theirs or for nothing; approved."""

from sqlmodel import col, select

from hotline.roster.model import PlannedShift, ShiftState, SwapEvent, SwapState, swap_after
from hotline.roster.proof import RosterChange
from hotline.roster.refusals import RosterRefusal, RosterRefused
from hotline.roster.service import hand_shift
from hotline.roster.telling import RosterAct, RosterDeed, of_shift, tell_roster
from hotline.roster.weighing import (
    handed,
    refuse_holes,
    require_able,
    require_free,
    require_to_come,
    weigh,
)
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift, RosterSwap


async def offer_shift(work: Work, act: RosterAct, shift: RosterShift) -> RosterSwap:
    """To all colleagues of its lines. It stays theirs until a swap is approved."""
    if shift.state != ShiftState.PLANNED:
        raise RosterRefused(RosterRefusal.NOT_YOURS)
    require_to_come(shift.begins_at, act.at)
    waits = col(RosterSwap.state).in_((SwapState.OFFERED, SwapState.TAKEN))
    query = select(RosterSwap.id).where(RosterSwap.shift_id == shift.id, waits)
    if (await work.exec(query)).first() is not None:
        raise RosterRefused(RosterRefusal.OFFERED_ALREADY)
    swap = RosterSwap(shift_id=shift.id, giver_id=act.by_id, state=SwapState.OFFERED, at=act.at)
    work.add(swap)
    await work.flush()
    await tell_roster(work, act, RosterDeed.SWAP_OFFERED, of_shift(shift, swap=swap.id))
    return swap


async def take_swap(
    work: Work, act: RosterAct, swap: RosterSwap, shift: RosterShift, back: RosterShift | None
) -> None:
    """I would take it. `back`: a shift of mine that the giver gets for it. A supervisor decides."""
    if swap.giver_id == act.by_id:
        raise RosterRefused(RosterRefusal.YOUR_OWN)
    swap.state = swap_after(swap.state, SwapEvent.TAKEN)
    swap.taker_id, swap.in_return_id = act.by_id, back.id if back else None
    await _exchange(work, act, swap, shift, back)
    await tell_roster(work, act, RosterDeed.SWAP_TAKEN, of_shift(shift, taker=act.by_id))


async def step_back_from_swap(
    work: Work, act: RosterAct, swap: RosterSwap, shift: RosterShift
) -> None:
    """I would not any more: it is offered again. Raises `RosterRefused` for another's word."""
    if swap.state == SwapState.TAKEN and swap.taker_id != act.by_id:
        raise RosterRefused(RosterRefusal.NOT_YOURS)
    swap.state = swap_after(swap.state, SwapEvent.STEPPED_BACK)
    swap.taker_id = swap.in_return_id = None
    await tell_roster(work, act, RosterDeed.SWAP_STEPPED_BACK, of_shift(shift))


async def withdraw_swap(work: Work, act: RosterAct, swap: RosterSwap, shift: RosterShift) -> None:
    """The giver keeps it. Raises `RosterRefused` for somebody else's offer."""
    if swap.giver_id != act.by_id:
        raise RosterRefused(RosterRefusal.NOT_YOURS)
    swap.state = swap_after(swap.state, SwapEvent.WITHDRAWN)
    await tell_roster(work, act, RosterDeed.SWAP_WITHDRAWN, of_shift(shift))


async def refuse_swap(
    work: Work, act: RosterAct, swap: RosterSwap, shift: RosterShift, answer: str
) -> None:
    """The giver keeps it. `answer`: why."""
    swap.state, swap.answer = swap_after(swap.state, SwapEvent.REFUSED), answer
    told = of_shift(shift, reason=answer, taker=swap.taker_id)
    await tell_roster(work, act, RosterDeed.SWAP_REFUSED, told)


async def approve_swap(work: Work, act: RosterAct, swap: RosterSwap, shift: RosterShift) -> None:
    """The shifts change hands. Raises `RosterRefused` where it opens a hole, with the nearest fix,
    or where somebody is busy by now.
    """
    swap.state = swap_after(swap.state, SwapEvent.APPROVED)
    back = await _in_return(work, swap)
    pairs = await _exchange(work, act, swap, shift, back)
    old = frozenset(row.id for row, _ in pairs)
    new = tuple(wanted for _, wanted in pairs)
    lines = {line for row, _ in pairs for line in row.lines}
    refuse_holes(await weigh(work, RosterChange(gone=old, new=new), lines, *new))
    for row, wanted in pairs:
        await hand_shift(work, act, row, wanted)
    told = of_shift(shift, taker=swap.taker_id, in_return=swap.in_return_id)
    await tell_roster(work, act, RosterDeed.SWAP_APPROVED, told)


async def _in_return(work: Work, swap: RosterSwap) -> RosterShift | None:
    if swap.in_return_id is None:
        return None
    return await work.get_one(RosterShift, swap.in_return_id, with_for_update=True)


async def _exchange(
    work: Work, act: RosterAct, swap: RosterSwap, shift: RosterShift, back: RosterShift | None
) -> list[tuple[RosterShift, PlannedShift]]:
    """What each gets, where both can have it. Raises `RosterRefused`."""
    taker = swap.taker_id or ""
    pairs = [(shift, handed(shift, taker))]
    if back is not None:
        if back.staff_id != taker or back.state != ShiftState.PLANNED:
            raise RosterRefused(RosterRefusal.NOT_YOURS)
        pairs.append((back, handed(back, swap.giver_id)))
    old = {row.id for row, _ in pairs}
    for row, wanted in pairs:
        require_to_come(row.begins_at, act.at)
        await require_able(work, wanted.staff_id or "", row.lines)
        await require_free(work, wanted.staff_id or "", [wanted], but=old)
    return pairs
