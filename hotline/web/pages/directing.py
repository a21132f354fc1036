"""What a supervisor may do from the floor: panels of choices, and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.alerts.acts import permitted_alert
from hotline.alerts.owners import supervisors_of
from hotline.audit.queries import ActDone, recent_acts
from hotline.callcontrol.talk_length import reminder_for
from hotline.calls.model import CallState, Urgency
from hotline.calls.queries import permitted_call
from hotline.directing.lines import queues_elsewhere
from hotline.directing.notices import readers, unread_notices
from hotline.directing.reach import line_to_direct, on_duty_of, staff_to_direct
from hotline.directing.undo import can_be_undone
from hotline.escalations.heard import NEWS_FOR, station_news
from hotline.i18n.words import WORDS
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Presence, Staff
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.moments import Moment
from hotline.web.pages.desk import DeskPartDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep, line_names_for

router = APIRouter(include_in_schema=False)

UNDO_OFFERED_FOR = timedelta(minutes=10)
OFFERED_AT_ONCE = 3
A_PAGE = 50
HOURS = (1, 2, 4, 8)
ASIDE = ("rest", "come_to_me", "meeting")  # the words they read; others are written
IN_A_TALK = ("listen", "whisper", "join", "take-over")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsTogether:
    """What was done at once. `acts`: those that can still be undone come first."""

    acts: Sequence[ActDone]

    @property
    def first(self) -> ActDone:
        """Which says what was done."""
        return self.acts[0]

    @property
    def left(self) -> Sequence[ActDone]:
        """Those that were not undone, of a kind that can be."""
        return [one for one in self.acts if one.undone_at is None and can_be_undone(one.kind)]


@router.get("/floor/acts")
async def acts(frame: FrameDep, work: WorkDep, before: Moment | None = None) -> HTMLResponse:
    """The audit of what supervisors did on the reader's lines, the newest first."""
    frame.require(Permission.DIRECT_FLOOR)
    found = await recent_acts(work, frame.who.lines, limit=A_PAGE, before=before)
    groups = _together(found)
    return frame.page(
        "floor_acts.html",
        groups=groups,
        read=await readers(work, [one.id for one in found]),
        older=found[-1].at if len(found) == A_PAGE else None,
        line_name=await line_names_for(frame, work),
    )


@router.get("/floor/acts/recent")
async def recent(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What can be undone now, beside what it was done to."""
    frame.require(Permission.DIRECT_FLOOR)
    since = backend.clock.now() - UNDO_OFFERED_FOR
    found = await recent_acts(work, frame.who.lines, limit=A_PAGE)
    groups = [one for one in _together(found) if one.left and one.first.at >= since]
    names = await line_names_for(frame, work)
    return frame.page("floor_recent.html", groups=groups[:OFFERED_AT_ONCE], line_name=names)


def _together(found: Sequence[ActDone]) -> list[ActsTogether]:
    groups = [list(some) for _, some in groupby(found, key=lambda one: one.group_id)]
    return [
        ActsTogether(acts=sorted(some, key=lambda one: one.undone_at is not None))
        for some in groups
    ]


@router.get("/floor/callers/{call_id}/acts")
async def caller_acts(frame: FragmentDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """What can be done with a caller."""
    frame.require(Permission.DIRECT_FLOOR)
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, frame.who, Permission.DIRECT_FLOOR)
    counselor = await work.get(Staff, call.counselor_id) if call.counselor_id else None
    return frame.page(
        "floor_caller_acts.html",
        call=call,
        waits=call.state == CallState.WAITING,
        in_danger=call.urgency == Urgency.CRISIS,
        lines=await _other_lines(frame, work, call.line_id),
        people=await _people_on_duty(work, call.line_id),
        topics=WORDS["topic"],
        talk=IN_A_TALK if call.state == CallState.TALKING else [],
        counselor=counselor.name if counselor is not None else "",
    )


@router.get("/floor/people/acts")
async def people_acts(
    frame: FragmentDep,
    backend: BackendDep,
    work: WorkDep,
    people: Annotated[list[str], Query(min_length=1, max_length=200)],
) -> HTMLResponse:
    """What can be done with one or many counselors."""
    frame.require(Permission.DIRECT_FLOOR)
    chosen = [await staff_to_direct(work, one, frame.who) for one in sorted({*people})]
    now = backend.clock.now()
    return frame.page(
        "floor_people_acts.html",
        people=chosen,
        ids=[one.id for one in chosen],
        aside=ASIDE,
        languages=WORDS["language"],
        topics=WORDS["topic"],
        times=[now + timedelta(hours=one) for one in HOURS],
    )


@router.get("/floor/lines/{line_id}/acts")
async def line_acts(frame: FragmentDep, work: WorkDep, line_id: str) -> HTMLResponse:
    """What can be done with the queue of a line."""
    frame.require(Permission.DIRECT_FLOOR)
    line = await line_to_direct(work, line_id, frame.who)
    queues = await queues_elsewhere(work, [line_id])
    return frame.page(
        "floor_line_acts.html",
        line=line,
        elsewhere=next((one for one in queues if one.line_id == line_id), None),
        lines=await _other_lines(frame, work, line_id),
    )


@router.get("/floor/alerts/{alert_id}/acts")
async def alert_acts(frame: FragmentDep, work: WorkDep, alert_id: str) -> HTMLResponse:
    """What can be done with an alert."""
    frame.require(Permission.DIRECT_FLOOR)
    alert = await permitted_alert(work, alert_id, frame.who, held=False)
    line = await work.get_one(Line, alert.line_id)
    nobody_new = (alert.owner_id, frame.who.staff_id)  # who takes it themselves has a key for that
    people = [one for one in await supervisors_of(work, alert.line_id) if one.id not in nobody_new]
    is_mine = alert.owner_id == frame.who.staff_id and alert.acknowledged_at is not None
    return frame.page(
        "floor_alert_acts.html", alert=alert, line=line, people=people, is_mine=is_mine
    )


@router.get("/floor/message")
async def message(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """Words to everybody on duty, or to a line."""
    frame.require(Permission.DIRECT_FLOOR)
    return frame.page("floor_message.html", lines=await _other_lines(frame, work, ""))


@router.get("/desk/notices")
async def notices(frame: DeskPartDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What a supervisor did that concerns the reader or wrote to them, and what stations did."""
    since = backend.clock.now() - NEWS_FOR
    news = await station_news(work, frame.who.staff_id, since=since)
    found = await unread_notices(work, frame.who.staff_id)
    names, reminder = await _all_names(frame, work), await reminder_for(work, frame.who.staff_id)
    return frame.page(
        "desk_notices.html", notices=found, line_name=names, reminder=reminder, news=news
    )


async def _other_lines(frame: Fragment, work: Work, but: str) -> Sequence[Line]:
    query = select(Line).where(col(Line.id).in_(frame.who.lines), Line.id != but)
    return (await work.exec(query.order_by(col(Line.id)))).all()


async def _all_names(frame: Fragment, work: Work) -> dict[str, str]:
    """A queue may go to a line that is not the reader's."""
    found = (await work.exec(select(Line))).all()
    return {one.id: one.name_en if frame.in_english else one.name for one in found}


async def _people_on_duty(work: Work, line_id: str) -> Sequence[tuple[str, str, str]]:
    """Id, name and state of who takes calls on this line and is there."""
    query = (
        select(Staff.id, Staff.name, Presence.state)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(col(Staff.id).in_(await on_duty_of(work, [line_id])))
        .order_by(col(Staff.name))
    )
    return (await work.exec(query)).all()
