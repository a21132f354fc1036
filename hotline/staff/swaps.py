"""Turns for breaks that people give to each other. The rule is `routing.breaks.turn_kept`.

The two breaks change places; who leaves when is decided as before. One is put off once: whoever
gave a turn gives no other until their own break, or until they were given an earlier turn; and
however often, it is put off by no more than one swap may.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.errors import BreakNotSwapped
from hotline.staff.breaks import people_on_duty
from hotline.staff.presence import lock_presence
from hotline.storage.session import Work
from hotline.storage.tables import BreakSwap, Presence
from routing.breaks import OnShift, TurnKept, turn_kept

log = structlog.get_logger()

LOOKED_BACK = timedelta(hours=12)  # no break that is still to come was swapped longer ago
SAME = timedelta(seconds=1)

SENTENCES: Mapping[TurnKept, str] = {
    TurnKept.AWAY: "One of the two is on a break, at rest or off duty: there is no turn to give.",
    TurnKept.NO_LINE_IN_COMMON: "The two work for no line in common: neither waits for the other.",
    TurnKept.NOT_LATER: "The colleague's break is due first already: nothing was changed.",
    TurnKept.PUT_OFF_TOO_LONG: "This would put the break off for too long. A turn is given once,"
    " to somebody whose break is due soon after: at most a quarter of the time between breaks.",
}


async def swap_breaks(
    work: Work, giver_id: str, taker_id: str, *, by_id: str, at: datetime
) -> BreakSwap:
    """Let the colleague go first. Raises `BreakNotSwapped` with the reason, and changes nothing."""
    held = {name: await lock_presence(work, name) for name in sorted({giver_id, taker_id})}
    giver, taker = await _allowed(work, giver_id, taker_id, at=at)
    swap = BreakSwap(
        giver_id=giver_id,
        taker_id=taker_id,
        by_id=by_id,
        at=at,
        giver_due_at=_put(work, held[giver_id], from_s=giver.due_at, to_s=taker.due_at),
        taker_due_at=_put(work, held[taker_id], from_s=taker.due_at, to_s=giver.due_at),
    )
    work.add(swap)
    log.info("break.swapped", giver_id=giver_id, taker_id=taker_id, by_id=by_id)
    return swap


async def _allowed(
    work: Work, giver_id: str, taker_id: str, *, at: datetime
) -> tuple[OnShift, OnShift]:
    swaps, on_duty = await recent_swaps(work, at=at), await people_on_duty(work, at=at)
    people = {one.name: one for one in give_once(on_duty, swaps)}
    if giver_id not in people or taker_id not in people:
        raise BreakNotSwapped(TurnKept.AWAY, SENTENCES[TurnKept.AWAY])
    giver, taker = people[giver_id], people[taker_id]
    kept = turn_kept(giver, taker)
    if kept is not None:
        raise BreakNotSwapped(kept, SENTENCES[kept])
    return giver, taker


def _put(work: Work, presence: Presence, *, from_s: float, to_s: float) -> datetime:
    """Their break is due at another time: as if they had worked since another one."""
    since = presence.working_since or presence.since
    presence.working_since = since + timedelta(seconds=to_s - from_s)
    work.announce("presence", presence.staff_id)
    return datetime.fromtimestamp(to_s, UTC)


async def recent_swaps(work: Work, *, at: datetime) -> Sequence[BreakSwap]:
    """Those that may be in force, the oldest first."""
    query = select(BreakSwap).where(col(BreakSwap.at).between(at - LOOKED_BACK, at))
    return (await work.exec(query.order_by(col(BreakSwap.at), col(BreakSwap.id)))).all()


def give_once(people: Sequence[OnShift], swaps: Sequence[BreakSwap]) -> list[OnShift]:
    """The same people; who put their break off does not put it off again.

    Nor do turns given and taken in a row put a break off further than one of them may.
    """
    swapped = {name for swap in swaps for name in (swap.giver_id, swap.taker_id)}
    return [
        one._replace(put_off_s=_put_off_left(one, swaps)) if one.name in swapped else one
        for one in people
    ]


def _put_off_left(one: OnShift, swaps: Sequence[BreakSwap]) -> float:
    given = [swap.giver_due_at for swap in swaps if swap.giver_id == one.name]
    if given and is_due(one, given[-1]):
        return 0.0
    return max(0.0, one.put_off_s - max(0.0, one.due_at - _due_unswapped(one, swaps)))


def _due_unswapped(one: OnShift, swaps: Sequence[BreakSwap]) -> float:
    """When their break was due before the swaps in force, which are taken back one by one."""
    for swap in reversed(swaps):
        after = {swap.giver_id: swap.giver_due_at, swap.taker_id: swap.taker_due_at}
        if one.name in after and is_due(one, after.pop(one.name)):
            (before,) = after.values()  # they exchanged their times
            one = one._replace(due_at=before.timestamp())
    return one.due_at


def is_due(one: OnShift, at: datetime) -> bool:
    """Whether a break is due just then."""
    return abs(one.due_at - at.timestamp()) < SAME.total_seconds()
