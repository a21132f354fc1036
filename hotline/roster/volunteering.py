"""Self-service: an open shift that somebody would take, and a shift that somebody will come to."""

from hotline.roster.model import ShiftEvent, shift_after
from hotline.roster.refusals import RosterRefusal, RosterRefused
from hotline.roster.telling import RosterAct, RosterDeed, of_shift, tell_roster
from hotline.roster.weighing import handed, require_able, require_free, require_to_come
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift


async def volunteer(work: Work, act: RosterAct, shift: RosterShift) -> None:
    """I would take it; a supervisor decides. Raises `RosterRefused`, `IllegalMove`."""
    require_to_come(shift.ends_at, act.at)
    await _require_able_and_free(work, shift, act.by_id)
    shift.state = shift_after(shift.state, ShiftEvent.VOLUNTEERED)
    shift.volunteer_id = act.by_id
    await tell_roster(work, act, RosterDeed.VOLUNTEERED, of_shift(shift))


async def step_back(work: Work, act: RosterAct, shift: RosterShift) -> None:
    """I would not any more: it is open again. Raises `RosterRefused` for another's word."""
    if shift.volunteer_id not in (None, act.by_id):
        raise RosterRefused(RosterRefusal.NOT_YOURS)
    shift.state = shift_after(shift.state, ShiftEvent.STEPPED_BACK)
    told = of_shift(shift)
    shift.volunteer_id = None
    await tell_roster(work, act, RosterDeed.STEPPED_BACK, told)


async def approve_volunteer(work: Work, act: RosterAct, shift: RosterShift) -> None:
    """It is theirs: one more person opens no hole. Raises `RosterRefused` where they are busy."""
    require_to_come(shift.ends_at, act.at)
    state, taker = shift_after(shift.state, ShiftEvent.APPROVED), shift.volunteer_id or ""
    await _require_able_and_free(work, shift, taker)
    shift.state, shift.staff_id, shift.volunteer_id = state, taker, None
    shift.by_id, shift.at = act.by_id, act.at
    await tell_roster(work, act, RosterDeed.VOLUNTEER_APPROVED, of_shift(shift))


async def refuse_volunteer(work: Work, act: RosterAct, shift: RosterShift, answer: str) -> None:
    """It is open again. `answer`: why."""
    shift.state = shift_after(shift.state, ShiftEvent.REFUSED)
    told = of_shift(shift, reason=answer)
    shift.volunteer_id = None
    await tell_roster(work, act, RosterDeed.VOLUNTEER_REFUSED, told)


async def confirm_shift(work: Work, act: RosterAct, shift: RosterShift) -> None:
    """I will come. Said before: fine."""
    require_to_come(shift.ends_at, act.at)
    shift.state = shift_after(shift.state, ShiftEvent.CONFIRMED)
    if shift.confirmed_at is None:
        shift.confirmed_at = act.at
        await tell_roster(work, act, RosterDeed.CONFIRMED, of_shift(shift))


async def _require_able_and_free(work: Work, shift: RosterShift, staff_id: str) -> None:
    await require_able(work, staff_id, shift.lines)
    await require_free(work, staff_id, [handed(shift, staff_id)])
