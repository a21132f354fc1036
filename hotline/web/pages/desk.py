"""The desk: a shell that stays while the call lasts, and the parts that change inside it.

`/desk/bar` and `/desk/presence` are looked at again with every change that concerns the reader;
the record form is never replaced while somebody writes in it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from hotline.callers.blocks import AbuseCode
from hotline.callers.plans import plan_for
from hotline.calls.known import same_counselor_of
from hotline.calls.queries import permitted_call
from hotline.debriefs.model import PUT_OFF_CHOICES, PutOff
from hotline.debriefs.queries import DebriefRow, heavy_behind, takers_for
from hotline.errors import Forbidden
from hotline.floor import desk as desk_view
from hotline.floor.call_backs import call_backs
from hotline.floor.desk import OnTheLine
from hotline.floor.due import DueReader, due_rows
from hotline.floor.earlier import keep_shown
from hotline.floor.held_back import danger_for, why_quiet
from hotline.floor.onward import onward
from hotline.floor.record_form import form_of
from hotline.recordings.telling import is_notice_owed
from hotline.records.model import Topic
from hotline.risk.levels import LADDER
from hotline.roster.own_duty import own_duty
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.stations.divisions import division_name, places_here
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.beside_talk import materials_beside
from hotline.web.pages.follow_ups import beside_record
from hotline.web.pages.frame import Fragment, FragmentDep, Frame, FrameDep
from hotline.web.pages.risk import risk_as_it_is, risk_beside_record
from hotline.web.pages.texts import texts_beside

router = APIRouter(prefix="/desk", include_in_schema=False)

AskFor = Literal["consult", "guest", "send-on", "abusive"]
HELP = Path(__file__).with_name("help.toml")
SOON = timedelta(hours=1)  # what is due counts down from here on, and before that has a time
CHOICES = {
    "topics": list(Topic),
    "risks": list(LADDER),
    "abuse_codes": list(AbuseCode),
}


@cache
def help_texts() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Services that can be asked into a talk, in both languages."""
    return tomllib.loads(HELP.read_text(encoding="utf-8"))


def counselors_frame(frame: FrameDep) -> Frame:
    """Around the pages of somebody who takes calls. Raises `Forbidden`."""
    _require_desk(frame)
    return frame


def counselors_fragment(fragment: FragmentDep) -> Fragment:
    """For the parts that are looked at again with every change. Raises `Forbidden`."""
    _require_desk(fragment)
    return fragment


def _require_desk(fragment: Fragment) -> None:
    fragment.require(Permission.TAKE_CALLS)
    if fragment.presence is None:
        raise Forbidden


DeskDep = Annotated[Frame, Depends(counselors_frame)]
DeskPartDep = Annotated[Fragment, Depends(counselors_fragment)]


@router.get("")
async def desk(frame: DeskDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """At rest: what is due. With somebody on the line: their record."""
    if frame.talk is not None and frame.talk.mine:
        return await _record_page(frame, backend, work, frame.talk)
    at = backend.clock.now()
    now, due = await _now(frame, work, at=at), await _due(frame, backend, work)
    return frame.page("desk_rest.html", **now, **due)


async def _now(frame: Fragment, work: Work, *, at: datetime) -> dict[str, Any]:
    assert frame.presence is not None  # noqa: S101 – `_require_desk` saw it
    return {
        "shift": await desk_view.shift_of(work, frame.who, at=at),
        "heavy": await heavy_behind(work, frame.who.staff_id, at=at),
        "quiet": await why_quiet(work, frame.presence, at=at),
        "duty": await own_duty(work, frame.who.staff_id, at=at),
    }


async def _due(frame: Fragment, backend: Backend, work: Work) -> dict[str, Any]:
    reader = DueReader(who=frame.who, vault=backend.vault, at=backend.clock.now())
    rows = await due_rows(work, reader)
    talks = any(isinstance(row.facts, DebriefRow) for row in rows)
    return {
        "rows": rows,
        "soon": SOON,
        "takers": await takers_for(work, frame.who) if talks else (),
        "put_off": PUT_OFF_CHOICES,
        "put_off_why": tuple(PutOff),
    }


@router.get("/calls/{call_id}")
async def record(frame: DeskDep, backend: BackendDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """The record of an earlier call, to be finished or put right."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    return await _record_page(frame, backend, work, seen)


async def _record_page(frame: Frame, backend: Backend, work: Work, seen: OnTheLine) -> HTMLResponse:
    now = backend.clock.now()
    current = frame.talk is not None and frame.talk.call.id == seen.call.id
    form = await form_of(
        work, backend.vault, seen, reader=None if current else frame.who.staff_id, at=now
    )
    parts = {"form": form, "current": current, **CHOICES}
    materials = await materials_beside(work, seen, form, at=now)
    backs = await call_backs(work, [seen.call], at=now)
    known = await _known(backend, work, seen, frame.who)
    risk = await risk_beside_record(work, backend.vault, seen.call.id, frame.who.staff_id)
    texting = await texts_beside(frame, work, seen.call.from_index)
    beside = known | risk | parts | texting | materials
    beside |= await beside_record(frame, backend, work, seen.call)
    return frame.page("desk_call.html", seen=seen, backs=backs, **beside)


async def _known(backend: Backend, work: Work, seen: OnTheLine, who: SignedIn) -> dict[str, Any]:
    """What is known of the caller beyond this call, and still to be told them.

    That the reader sees earlier calls leaves a trace.
    """
    at = backend.clock.now()
    if seen.earlier:
        await keep_shown(work, seen.call, who, at=at)
    return {
        "same": await same_counselor_of(work, seen.call, at=at),
        "plan": await plan_for(work, backend.vault, seen.call),
        "place": division_name(seen.call.place_code),
        "places_here": places_here(),
        "notice_owed": await is_notice_owed(work, seen.call.id),
    }


@router.get("/calls/{call_id}/facts")
async def facts(
    frame: DeskPartDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """What is known of the caller: changes while the record is written."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    known = await _known(backend, work, seen, frame.who)
    return frame.page("desk_facts.html", seen=seen, **known)


@router.get("/calls/{call_id}/risk")
async def risk(
    frame: DeskPartDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """The level as it is now: supervisors and instruments move it as well."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    values = await risk_as_it_is(work, backend.vault, seen.call.id, frame.who.staff_id)
    return frame.page("desk_risk_now.html", call=seen.call, **values)


@router.get("/calls/{call_id}/call-back")
async def call_back(
    frame: DeskPartDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """Whether they can be called back now, or are being rung."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    backs = await call_backs(work, [seen.call], at=backend.clock.now())
    return frame.page("desk_call_back.html", call=seen.call, backs=backs)


@router.get("/calls/{call_id}/follow-up")
async def follow_up(
    frame: DeskPartDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """Whether and when they are called again: begins by itself when the level rises."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    values = await beside_record(frame, backend, work, seen.call)
    return frame.page("desk_follow_up.html", call=seen.call, **values)


@router.get("/calls/{call_id}/ask")
async def ask(frame: DeskPartDep, work: WorkDep, call_id: str, what: AskFor) -> HTMLResponse:
    """Whom one could consult, ask into the talk, or send the caller on to."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, frame.who, Permission.ACT_IN_CALL)
    choices = await onward(work, call, frame.who)
    services = [one for one in help_texts()["places"] if one["number"] not in choices.ours]
    return frame.page(
        "desk_ask.html", call=call, what=what, choices=choices, services=services, **CHOICES
    )


@router.get("/now")
async def now(frame: DeskPartDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What one does now, who waits, and why nothing rings."""
    return frame.page("desk_now.html", **await _now(frame, work, at=backend.clock.now()))


@router.get("/due")
async def due(frame: DeskPartDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What is due, afresh."""
    return frame.page("desk_due.html", **await _due(frame, backend, work))


@router.get("/danger")
async def danger(frame: DeskPartDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Who waits in danger while she writes or rests, and what keeps her from being rung."""
    now = backend.clock.now()
    assert frame.presence is not None  # noqa: S101 – `_require_desk` saw it
    found = await danger_for(work, frame.who, frame.presence, at=now)
    return frame.page("desk_danger.html", danger=found)


@router.get("/presence")
async def presence(frame: DeskPartDep) -> HTMLResponse:
    """The presence control."""
    return frame.page("desk_presence.html")


@router.get("/bar")
async def bar(frame: DeskDep) -> HTMLResponse:
    """Who rings, or who is on the line."""
    return frame.page("desk_bar.html")
