"""The desk: a shell that stays while the call lasts, and the parts that change inside it.

`/desk/bar` and `/desk/presence` are looked at again with every change that concerns the reader;
the record form is never replaced while somebody writes in it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.record import ContactType, Disposition, Topic
from hotline.errors import Forbidden
from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import Presence
from hotline.web.house import House, HouseDep, WorkDep
from hotline.web.pages import desk_view
from hotline.web.pages.desk_view import LADDER, OnTheLine
from hotline.web.pages.frame import Frame, FrameDep

router = APIRouter(prefix="/desk", include_in_schema=False)

PAUSES = ("break", "meal", "debrief", "training", "meeting", "other")
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


def presence_of(frame: Frame) -> Presence:
    """The reader's presence. Raises `Forbidden` for those who have none."""
    frame.require(Role.COUNSELOR)
    if frame.presence is None:
        raise Forbidden
    return frame.presence


async def bar_values(frame: Frame, work: Work) -> dict[str, Any]:
    """What the bar under the top shows: who rings, or who is on the line."""
    presence = presence_of(frame)
    return {
        "presence": presence,
        "pauses": PAUSES,
        "ring": await desk_view.ringing(work, presence),
        "talk": await desk_view.on_the_line(work, presence),
    }


async def _call_values(
    frame: Frame, house: House, work: Work, seen: OnTheLine
) -> dict[str, Any]:
    now, presence = house.clock.now(), presence_of(frame)
    form = await desk_view.form_of(work, house.vault, seen, presence, at=now)
    return {"seen": seen, "form": form, "help": help_texts(), **CHOICES}


@router.get("")
async def desk(frame: FrameDep, house: HouseDep, work: WorkDep) -> HTMLResponse:
    """At rest: what is due. With somebody on the line: their record."""
    bar = await bar_values(frame, work)
    if bar["talk"] is not None:
        values = await _call_values(frame, house, work, bar["talk"])
        return frame.page("desk_call.html", view="call", **bar, **values)
    due = await desk_view.due(work, frame.staff, at=house.clock.now())
    return frame.page("desk_rest.html", due=due, **bar)


@router.get("/calls/{call_id}")
async def record(frame: FrameDep, house: HouseDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """The record of an earlier call, to be finished."""
    bar = await bar_values(frame, work)
    seen = await desk_view.own_call(work, call_id, frame.who.staff_id)
    values = await _call_values(frame, house, work, seen)
    return frame.page("desk_call.html", view="record", **bar, **values)


@router.get("/calls/{call_id}/facts")
async def facts(frame: FrameDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """What is known of the caller: changes while the record is written."""
    presence_of(frame)
    seen = await desk_view.own_call(work, call_id, frame.who.staff_id)
    return frame.page("desk_facts.html", seen=seen)


@router.get("/due")
async def due(frame: FrameDep, house: HouseDep, work: WorkDep) -> HTMLResponse:
    """What is due, afresh."""
    presence = presence_of(frame)
    found = await desk_view.due(work, frame.staff, at=house.clock.now())
    return frame.page("desk_due.html", due=found, presence=presence)


@router.get("/presence")
async def presence(frame: FrameDep) -> HTMLResponse:
    """The presence control."""
    return frame.page("desk_presence.html", presence=presence_of(frame), pauses=PAUSES)


@router.get("/bar")
async def bar(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Who rings, or who is on the line."""
    return frame.page("desk_bar.html", **await bar_values(frame, work))
