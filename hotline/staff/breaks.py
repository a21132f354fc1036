"""Whose turn for a break it is, in the rows. The rule is `routing.breaks`."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlmodel import func, select

from hotline.lines.plans import CaresOfLines
from hotline.staff.model import PresenceState
from hotline.staff.on_duty import PersonNow, people_now
from hotline.staff.skills import can_be_read, skills_of
from hotline.staff.wellbeing import AWAY, keep_strain, strain_of
from hotline.storage.session import Work
from hotline.storage.tables import Line, Presence, Staff
from routing.breaks import PUT_OFF, OnShift, begin_shift, due_breaks
from routing.care import Care, break_due_at
from routing.engine import Skills

GIVING = 7_305_118  # the lock of whoever gives a break: one at a time, or too many would leave


async def people_on_duty(work: Work, *, at: datetime) -> list[OnShift]:
    """Everybody who works or is briefly away; who is paused for longer has left for now.

    Somebody whose account cannot be read is offered no calls, and is left out here as well.
    """
    lines = {line.id: line for line in (await work.exec(select(Line))).all()}
    return on_shift(await people_now(work), lines, at=at)


def on_shift(
    people: Iterable[PersonNow], lines: Mapping[str, Line], *, at: datetime
) -> list[OnShift]:
    """The same of people who were read already."""
    cares = CaresOfLines(lines)
    able = [(one, one.skills, cares.of(one.lines)) for one in people if one.skills is not None]
    return [_seen(one, skills, care) for one, skills, care in able if not _has_left(one, care, at)]


async def may_leave(work: Work, presence: Presence, care: Care, *, at: datetime) -> bool:
    """Whether it is their turn for the break that is due. They are held, and have no call.

    Not while another is given theirs: the next look, a second later, sees who left.
    """
    staff = await work.get_one(Staff, presence.staff_id)
    alone = (await work.exec(select(func.pg_try_advisory_xact_lock(GIVING)))).one()
    if not alone or not can_be_read(staff.skills, staff.lines):
        return False
    others = await _others(work, staff, at=at)
    me = _seen(presence, skills_of(staff), care, asks=True)
    return due_breaks([*others, me], at.timestamp())[me.name] is None


async def begin_work(work: Work, presence: Presence, care: Care, *, at: datetime) -> None:
    """A shift begins: who begins together has the first break at different times."""
    staff = await work.get_one(Staff, presence.staff_id)
    others = await _others(work, staff, at=at)
    due = [one.due_at for one in others if not one.skills.lines.isdisjoint(staff.lines)]
    keep_strain(presence, begin_shift(care, due, at.timestamp()))


async def turns_for_breaks(work: Work, *, at: datetime) -> list[str]:
    """Who is ready and due, and whose turn it is."""
    turns = due_breaks(await people_on_duty(work, at=at), at.timestamp())
    return [name for name, waits in turns.items() if waits is None]


async def _others(work: Work, staff: Staff, *, at: datetime) -> Iterable[OnShift]:
    return [one for one in await people_on_duty(work, at=at) if one.name != staff.id]


def _has_left(presence: PersonNow, care: Care, at: datetime) -> bool:
    """Were they counted as away, nobody else would have a break for as long as they stay."""
    if presence.state != PresenceState.PAUSED:
        return False
    return (presence.back_at or presence.since + timedelta(seconds=care.break_s)) <= at


def _seen(
    presence: Presence | PersonNow, skills: Skills, care: Care, *, asks: bool = False
) -> OnShift:
    """`asks`: they would be ready now, whatever their row says.

    Who is ready for a reason (for a child in danger, say) does not leave.
    """
    return OnShift(
        name=presence.staff_id,
        skills=skills,
        due_at=break_due_at(care, strain_of(presence)),
        share=care.break_share,
        away=presence.state in AWAY and not asks,
        free=asks or (presence.state == PresenceState.READY and not presence.reason),
        put_off_s=PUT_OFF * care.break_every_s,
    )
