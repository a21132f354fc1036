"""The desk: a shell that stays while the call lasts, and the parts that change inside it.

`/desk/bar` and `/desk/presence` are looked at again with every change that concerns the reader;
the record form is never replaced while somebody writes in it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from hotline.errors import Forbidden
from hotline.floor import desk as desk_view
from hotline.floor.breaks import next_break
from hotline.floor.desk import LADDER, OnTheLine
from hotline.floor.held_back import danger_for
from hotline.records.model import ContactType, Disposition, Topic
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, Frame, FrameDep

router = APIRouter(prefix="/desk", include_in_schema=False)

HELP = Path(__file__).with_name("help.toml")
CHOICES = {
    "contact_types": list(ContactType),
    "topics": list(Topic),
    "risks": list(LADDER),
    "dispositions": list(Disposition),
}


@cache
def help_texts() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Scripts and places to refer to, in both languages."""
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
    if frame.talk is not None:
        return await _record_page(frame, backend, work, frame.talk)
    due = await desk_view.due(work, frame.who, at=backend.clock.now())
    return frame.page("desk_rest.html", due=due)


@router.get("/calls/{call_id}")
async def record(frame: DeskDep, backend: BackendDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """The record of an earlier call, to be finished or put right."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    return await _record_page(frame, backend, work, seen)


async def _record_page(frame: Frame, backend: Backend, work: Work, seen: OnTheLine) -> HTMLResponse:
    now = backend.clock.now()
    current = frame.talk is not None and frame.talk.call.id == seen.call.id
    form = await desk_view.form_of(
        work, backend.vault, seen, reader=None if current else frame.who.staff_id, at=now
    )
    return frame.page(
        "desk_call.html", seen=seen, form=form, current=current, help=help_texts(), **CHOICES
    )


@router.get("/calls/{call_id}/facts")
async def facts(frame: DeskPartDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """What is known of the caller: changes while the record is written."""
    seen = await desk_view.call_to_record(work, call_id, frame.who)
    return frame.page("desk_facts.html", seen=seen)


@router.get("/due")
async def due(frame: DeskPartDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What is due, afresh."""
    found = await desk_view.due(work, frame.who, at=backend.clock.now())
    return frame.page("desk_due.html", due=found)


@router.get("/break")
async def break_to_come(frame: DeskPartDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """When the next break is due, what it waits for, and who may go first instead."""
    found = await next_break(work, frame.who, at=backend.clock.now())
    return frame.page("desk_break.html", turn=found)


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
