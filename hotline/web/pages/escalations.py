"""Escalations: who has which, until when, who is next; and a station's own page of them."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.escalations.queries import (
    detail,
    list_open,
    names_of,
    names_of_stations,
    open_summary,
    require_escalation,
)
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, may
from hotline.storage.session import Work
from hotline.storage.tables import Station
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)

STEPS = ("open", "acknowledged", "accepted", "reported", "closed")


@router.get("/escalations")
async def escalations(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Everything of one's lines that nobody has closed, the next deadline first."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.LINE)
    return frame.page(
        "escalations.html", escalations=await list_open(work, frame.who), heading="all"
    )


@router.get("/escalations/live")
async def escalations_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.LINE)
    values = {"escalations": await list_open(work, frame.who), "heading": "all", "frame": frame}
    return render(frame.request, "escalations_live.html", values)


@router.get("/station")
async def station(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """What is ours, and until when."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    escalations = await list_open(work, frame.who)
    ours = await work.get(Station, frame.who.station_id or "")
    return frame.page("escalations.html", escalations=escalations, heading="station", station=ours)


@router.get("/station/live")
async def station_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    escalations = await list_open(work, frame.who)
    values = {"escalations": escalations, "heading": "station", "frame": frame}
    return render(frame.request, "escalations_live.html", values)


@router.get("/escalations/{escalation_id}")
async def escalation(frame: FrameDep, work: WorkDep, escalation_id: str) -> HTMLResponse:
    """One escalation: the next step, and everything that was tried."""
    return frame.page("escalation.html", **await _escalation(frame, work, escalation_id))


@router.get("/escalations/{escalation_id}/live")
async def escalation_live(frame: FragmentDep, work: WorkDep, escalation_id: str) -> HTMLResponse:
    """What moves on it."""
    values = await _escalation(frame, work, escalation_id)
    return render(frame.request, "escalation_live.html", {"frame": frame, **values})


@router.get("/escalations/{escalation_id}/story")
async def story(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, escalation_id: str
) -> HTMLResponse:
    """The story, for those who must act on it. Opening it leaves a trace."""
    await require_escalation(work, escalation_id, frame.who, Permission.READ_STORY)
    actor, now = Actor.of_staff(frame.who.staff_id), backend.clock.now()
    text = await open_summary(work, backend.vault, escalation_id, by=actor, at=now)
    return render(frame.request, "escalation_story.html", {"frame": frame, "text": text})


async def _escalation(frame: Fragment, work: Work, escalation_id: str) -> dict[str, object]:
    seeing = Permission.SEE_ESCALATION
    standing = await require_escalation(work, escalation_id, frame.who, seeing)
    found = await detail(work, escalation_id)
    return {
        "escalation": found.row,
        "timeline": found.timeline[::-1],
        "attempts": found.attempts,
        "stations": await names_of_stations(work, found.row),
        "steps": STEPS,
        "at": STEPS.index(found.row.state),
        "people": await names_of(work, (Actor.parse(one.actor) for one in found.timeline)),
        "may_act": may(frame.who.roles, standing, Permission.ANSWER_ESCALATION),
    }
