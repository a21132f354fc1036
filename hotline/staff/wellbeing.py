"""What keeps counselors well, in the rows: strain, rest, breaks.

The rules are `routing.care`, the numbers each line's plan. Whoever is due for a rest or a break is
paused for it, and comes back by themselves; no load takes that away.
"""

import math
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from hotline.lines.plans import care_for
from hotline.staff.model import PresenceState
from hotline.staff.on_duty import PersonNow
from hotline.storage.session import Work
from hotline.storage.tables import Line, Presence, Staff
from routing.care import Care, Relief, Strain, relief_due

RELIEFS = frozenset(relief.value for relief in Relief)
AWAY = (PresenceState.OFFLINE, PresenceState.PAUSED)
AFTER_CRISIS = "after_crisis"  # the rule by its name


def why_away(presence: Presence | PersonNow) -> str:
    """Why somebody on duty is not in the engine, beside their state."""
    writes = presence.state == PresenceState.WRAPPING_UP
    return AFTER_CRISIS if writes and presence.crisis_ended_at is not None else presence.reason


async def care_of(work: Work, staff_id: str) -> Care:
    """The care that somebody's lines ask for."""
    staff = await work.get_one(Staff, staff_id)
    lines = await work.exec(select(Line).where(col(Line.id).in_(staff.lines)))
    return care_for(lines.all())


def strain_of(presence: Presence | PersonNow) -> Strain:
    """What is kept of somebody's day."""
    ended = presence.crisis_ended_at
    return Strain(
        working_since=(presence.working_since or presence.since).timestamp(),
        crisis_in_a_row=presence.crisis_in_a_row,
        crisis_ended_at=None if ended is None else ended.timestamp(),
    )


def keep_strain(presence: Presence, strain: Strain) -> None:
    """The other way."""
    ended = strain.crisis_ended_at
    presence.working_since = _moment(strain.working_since)
    presence.crisis_in_a_row = strain.crisis_in_a_row
    presence.crisis_ended_at = None if ended is None else _moment(ended)


def talk_ended(presence: Presence, *, crisis: bool, at: datetime) -> None:
    """A talk lies behind them."""
    keep_strain(presence, strain_of(presence).after_talk(crisis=crisis, now=at.timestamp()))


def talk_forgotten(presence: Presence) -> None:
    """The heavy talk that was counted last was none."""
    presence.crisis_in_a_row = max(0, presence.crisis_in_a_row - 1)
    presence.crisis_ended_at = None


def back_from_away(presence: Presence, care: Care, *, at: datetime) -> bool:
    """They want to work again: long enough away was a break. True: a shift begins with it."""
    if presence.state not in AWAY:
        return False
    strain, now = strain_of(presence), at.timestamp()
    long_enough = now - presence.since.timestamp() >= care.break_s
    if presence.reason == Relief.REST and long_enough:
        keep_strain(presence, strain.after_rest(now=now))
    elif long_enough or presence.working_since is None:
        keep_strain(presence, strain.after_break(now=now))
        return presence.state == PresenceState.OFFLINE
    return False


def due_relief(
    presence: Presence, care: Care, *, at: datetime, may_leave: bool = True
) -> tuple[Relief, datetime] | None:
    """What they need before the next call, and until when. `may_leave`: if a break is due."""
    due = relief_due(care, strain_of(presence), at.timestamp(), may_leave=may_leave)
    return None if due is None else (due[0], _moment(due[1]))


def rest_ends_at(presence: Presence, care: Care) -> datetime | None:
    """When the rest after a heavy talk is over; None where the last talk was none."""
    ended = presence.crisis_ended_at
    return None if ended is None else ended + timedelta(seconds=care.rest_after_crisis_s)


async def somebody_ready_too_long(work: Work, *, at: datetime) -> bool:
    """Whether anybody is ready and due for a break by the strictest plan. A quick look."""
    every_s = care_for((await work.exec(select(Line))).all()).break_every_s
    if math.isinf(every_s):
        return False
    query = select(Presence.staff_id).where(
        Presence.state == PresenceState.READY,
        col(Presence.working_since) <= at - timedelta(seconds=every_s),
    )
    return (await work.exec(query.limit(1))).first() is not None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
