"""A station's pages, for a phone in the field: what is ours, until when, and the one next step."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from sqlmodel import col, select

from hotline.cases.reporters import is_hidden
from hotline.escalations.export import told_story
from hotline.escalations.model import ChildReached, EscalationState
from hotline.escalations.queries import detail, given_back_by, kinds_of, require_escalation
from hotline.escalations.rows import EscalationRow
from hotline.escalations.stations import handed_away, is_held_by
from hotline.escalations.story_words import beginning_of, sentence, when, why_this_station
from hotline.escalations.way import STEPS, next_step, steps_taken
from hotline.i18n.catalog import CHINESE, _, speaking
from hotline.lines.numbers import NO_LINE
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Line
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.escalations import beside_escalation, list_for
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import STATIC, address, asset_version, language_of, render

router = APIRouter(include_in_schema=False)

TOLD_AWAY = timedelta(hours=12)  # so long a station is told that something is no longer theirs
ACTS = {
    "acknowledged": "acknowledge",
    "accepted": "accept",
    "on_the_way": "on-the-way",
    "contact_made": "contact-made",
    "reported": "report",
    "closed": "close",
}
"""By which command each step is taken."""
MOST_NAMED = 2  # six names are no name of an app


class WhichOurs(StrEnum):
    """Which of the list: all of the station's, what the reader has, what is overdue."""

    STATION = ""
    MINE = "mine"
    LATE = "late"


@router.get("/station")
async def station(
    frame: FrameDep, backend: BackendDep, work: WorkDep, show: WhichOurs = WhichOurs.STATION
) -> HTMLResponse:
    """What is ours, and until when."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    return frame.page("station.html", **await _inbox(frame, work, show, at=backend.clock.now()))


@router.get("/station/live")
async def station_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, show: WhichOurs = WhichOurs.STATION
) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    shown = await _inbox(frame, work, show, at=backend.clock.now())
    return frame.page("station_live.html", **shown)


async def _inbox(frame: Fragment, work: Work, show: WhichOurs, *, at: datetime) -> dict[str, Any]:
    values = await list_for(frame, work)
    rows: list[EscalationRow] = values.pop("escalations")
    me = str(Actor.of_staff(frame.who.staff_id))
    found = {
        WhichOurs.MINE: [row for row in rows if row.acknowledged_by == me],
        WhichOurs.STATION: rows,
        WhichOurs.LATE: [row for row in rows if is_overdue(row, at)],
    }
    kinds = await kinds_of(work, (row.id for row in found[show]))
    taken = {row.id: steps_taken(kinds.get(row.id, ())) for row in found[show]}
    return {
        **values,
        "escalations": found[show],
        "given_back": await given_back_by(work, frame.who.station_id, found[show]),
        "taken": taken,
        "next_steps": {row.id: next_step(row.state, taken[row.id]) for row in found[show]},
        "acts": ACTS,
        "counts": {one: len(of) for one, of in found.items()},
        "show": show,
        "me": me,
        "away": await handed_away(work, frame.who, since=at - TOLD_AWAY),
    }


def is_overdue(row: EscalationRow, at: datetime) -> bool:
    """A promise was broken: nobody has it, and the time of the first who was asked is over.

    Also of what somebody had and left: that it rings again makes nothing fresh.
    """
    if row.state != EscalationState.OPEN or row.next_due_at is None or row.due_from is None:
        return row.next_due_at is not None and row.next_due_at < at
    return row.is_late or row.created_at + (row.next_due_at - row.due_from) < at


# ── one of them ─────────────────────────────────────────────────────────────────────────────────


@router.get("/station/away")
async def station_away(request: Request) -> HTMLResponse:
    """What an installed app shows where nothing is kept and nothing answers."""
    return render(request, "station_away.html", {})


@router.get("/station/{escalation_id}")
async def escalation_of_station(frame: FrameDep, work: WorkDep, escalation_id: str) -> HTMLResponse:
    """What happened and where, whom to ring back, and the next step under the thumb."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    return frame.page("station_case.html", **await _case(frame, work, escalation_id))


@router.get("/station/{escalation_id}/live")
async def escalation_of_station_live(
    frame: FragmentDep, work: WorkDep, escalation_id: str
) -> HTMLResponse:
    """What moves on it."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    return frame.page("station_case_live.html", **await _case(frame, work, escalation_id))


async def _case(frame: Fragment, work: Work, escalation_id: str) -> dict[str, Any]:
    answering = Permission.ANSWER_ESCALATION
    standing = await require_escalation(work, escalation_id, frame.who, answering)
    found = await detail(work, escalation_id)
    row = found.row
    parts, names = await told_story(work, found, in_english=frame.in_english)
    taken = steps_taken(entry.kind for entry in found.timeline)
    given_back = row.id in await given_back_by(work, frame.who.station_id, [row])
    beside = await beside_escalation(frame, work, row, standing)
    held = await is_held_by(work, await work.get_one(Escalation, row.id), frame.who.station_id)
    return {
        "escalation": row,
        **await _where(work, row, in_english=frame.in_english),
        "given_back": given_back,
        "theirs": row.state != EscalationState.CLOSED
        and not (given_back and row.state == EscalationState.OPEN),
        "held": held,
        "mine": row.acknowledged_by == str(Actor.of_staff(frame.who.staff_id)),
        "taken": taken,
        "next": _next(row.state, taken, unrescued=beside["unrescued"]),
        "steps": STEPS,
        "contacts": get_args(ChildReached),
        "seen": found.timeline[-1].id if found.timeline else 0,
        "beginning": beginning_of(found.timeline),
        "why_this_station": why_this_station,
        "story": parts,
        "names": names,
        "sentence": sentence,
        "when": when,
        "rung": {one.id: one.contact_name for one in found.attempts},
        "holders": names.people,
        "people": names.people,
        **beside,
    }


def _next(state: str, taken: Iterable[str], *, unrescued: bool) -> str:
    """Before it is closed an emergency service has confirmed, where one must."""
    step = next_step(state, taken)
    return "rescue" if step == "closed" and unrescued else step


async def _where(work: Work, row: EscalationRow, *, in_english: bool) -> dict[str, Any]:
    """Where the call came from, and what is shown of its number: nothing of a kept reporter's."""
    call = await work.get_one(Call, row.call_id)
    line = await work.get_one(Line, call.line_id)
    is_kept = await is_hidden(work, call.id)
    return {
        "line_name": line.name_en if in_english else line.name,
        "line_number": line.number_shown,
        "place": division_name(call.place_code),
        "is_reporter_kept": is_kept,
        "masked": "" if is_kept else call.from_masked,
        "has_number": bool(call.from_sealed) and not is_kept,
    }


# ── what a phone needs to keep it as an app ─────────────────────────────────────────────────────


@router.get("/station.webmanifest")
async def manifest(request: Request, work: WorkDep) -> Response:
    """As an app: named after the hotline, begins with the inbox."""
    language = language_of(request)
    lines = (await work.exec(select(Line).where(Line.id != NO_LINE).order_by(col(Line.id)))).all()
    names = " · ".join(line.name if language == CHINESE else line.name_en for line in lines)
    with speaking(language):
        name = _("工作站")
        hotline = names if len(lines) <= MOST_NAMED else _("%(n)s 条热线", n=len(lines))
    files = address(request, f"/static/{asset_version()}")
    body = {
        "id": address(request, "/station"),
        "name": f"{name} · {hotline}" if hotline else name,
        "short_name": name,
        "lang": language,
        "start_url": address(request, "/station"),
        "scope": address(request, "/"),
        "display": "standalone",
        "background_color": "#f6f3ec",
        "theme_color": "#0f766e",
        "icons": [
            {"src": f"{files}/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": f"{files}/icon-512.png", "sizes": "512x512", "type": "image/png"},
            {"src": f"{files}/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    return JSONResponse(body, media_type="application/manifest+json")


@router.get("/station-worker.js")
async def station_worker() -> FileResponse:
    """Among the pages and not the files: it may stand only before what lies beside it."""
    headers = {"Cache-Control": "no-cache"}
    return FileResponse(STATIC / "station_worker.js", media_type="text/javascript", headers=headers)
