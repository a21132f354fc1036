"""A link by which somebody's own calendar follows their shifts. Only its hash is kept; one each.

Whoever has it reads times, lines and kinds of one person's shifts, and no name.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.i18n.catalog import _
from hotline.i18n.words import label
from hotline.roster.calendars import APART, CalendarEvent, calendar_of
from hotline.roster.model import LeaveState, ShiftState
from hotline.roster.period import shifts_in
from hotline.roster.telling import RosterAct, RosterDeed, ToldOf, tell_roster
from hotline.storage.session import Work
from hotline.storage.tables import Line, RosterFeed, RosterLeave, Staff

TOKEN_BYTES = 24  # 192 bits: it lasts until it is ended
LONGEST_TOKEN = 80
BACK, AHEAD = timedelta(days=31), timedelta(days=190)


async def open_feed(work: Work, act: RosterAct, staff: Staff) -> str:
    """A new link; the one before is worth nothing any more. The only time that it is known."""
    await end_feed(work, act, staff)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = RosterFeed(hash=_hash(token), staff_id=staff.id, made_at=act.at)
    work.add(row)
    await tell_roster(work, act, RosterDeed.FEED_MADE, _told(staff))
    return token


async def end_feed(work: Work, act: RosterAct, staff: Staff) -> None:
    """Nobody reads by it any more. There was none: fine."""
    feed = await feed_of(work, staff.id)
    if feed is not None:
        feed.ended_at = act.at
        await work.flush()  # before another begins
        await tell_roster(work, act, RosterDeed.FEED_ENDED, _told(staff))


async def feed_of(work: Work, staff_id: str) -> RosterFeed | None:
    """Theirs, if they have one."""
    query = select(RosterFeed).where(
        RosterFeed.staff_id == staff_id, col(RosterFeed.ended_at).is_(None)
    )
    return (await work.exec(query)).one_or_none()


async def read_feed(work: Work, token: str, *, at: datetime) -> bytes:
    """What a calendar program gets. Raises `NotFound` for a link that is none, or none any more."""
    feed = await work.get(RosterFeed, _hash(token))
    if feed is None or feed.ended_at is not None:
        raise NotFound
    staff = await work.get_one(Staff, feed.staff_id)
    if not staff.active:
        raise NotFound
    feed.read_at = at
    events = [*await _shifts(work, staff, at), *await _leaves(work, staff, at)]
    return calendar_of(_("我的排班"), events)


async def _shifts(work: Work, staff: Staff, at: datetime) -> list[CalendarEvent]:
    rows = await shifts_in(work, at - BACK, at + AHEAD, of=staff.id)
    names = {one.id: one for one in (await work.exec(select(Line))).all()}
    return [
        CalendarEvent(
            id=one.id,
            summary=APART.join(
                [label("roster_kind", one.kind), *(names[line].name for line in one.lines)]
            ),
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            changed_at=one.at,
        )
        for one in rows
        if one.state == ShiftState.PLANNED
    ]


async def _leaves(work: Work, staff: Staff, at: datetime) -> list[CalendarEvent]:
    """That they are away, and not why."""
    query = (
        select(RosterLeave)
        .where(RosterLeave.staff_id == staff.id, RosterLeave.state == LeaveState.APPROVED)
        .where(RosterLeave.ends_at > at - BACK, RosterLeave.begins_at < at + AHEAD)
        .order_by(col(RosterLeave.begins_at), col(RosterLeave.id))
    )
    return [
        CalendarEvent(
            id=one.id,
            summary=_("休假"),
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            changed_at=one.decided_at or one.at,
        )
        for one in (await work.exec(query)).all()
    ]


def _told(staff: Staff) -> ToldOf:
    return ToldOf(lines=staff.lines, person=staff.id, row_id=staff.id)


def _hash(token: str) -> str:
    return hashlib.sha256(token[:LONGEST_TOKEN].encode()).hexdigest()
