"""Escalations: who has which, until when, who is next; and a station's own page of them."""

from collections.abc import Iterable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from hotline.escalations.progress import lock_escalation
from hotline.escalations.queries import (
    EscalationRow,
    detail,
    given_back_by,
    list_open,
    names_of,
    names_of_stations,
    open_summary,
    require_escalation,
)
from hotline.escalations.supervisors import supervisor_saw
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, may
from hotline.storage.session import Work
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import render
from hotline.web.pages.timelines import rounds_of, steps_done, told_once

router = APIRouter(include_in_schema=False)

STEPS = ("open", "acknowledged", "accepted", "reported", "closed")


@router.get("/escalations")
async def escalations(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Everything of one's lines that nobody has closed, the next deadline first."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.LINE)
    return frame.page("escalations.html", heading="all", **await _list(frame, work))


@router.get("/escalations/live")
async def escalations_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.LINE)
    return frame.page("escalations_live.html", heading="all", **await _list(frame, work))


@router.get("/station")
async def station(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """What is ours, and until when."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    return frame.page("escalations.html", heading="station", **await _list(frame, work))


@router.get("/station/live")
async def station_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.STATION)
    return frame.page("escalations_live.html", heading="station", **await _list(frame, work))


async def _list(frame: Fragment, work: Work) -> dict[str, object]:
    rows = await list_open(work, frame.who)
    return {
        "escalations": rows,
        "holders": await holders_of(work, rows),
        "given_back": await given_back_by(work, frame.who.station_id, rows),
    }


async def holders_of(work: Work, rows: Iterable[EscalationRow]) -> dict[str, str]:
    """Who answers for each, by the text of their actor, where somebody has acknowledged it."""
    held = [Actor.parse(row.acknowledged_by) for row in rows if row.acknowledged_by]
    return await names_of(work, held)


@router.get("/escalations/{escalation_id}")
async def escalation(
    frame: FrameDep, backend: BackendDep, work: WorkDep, escalation_id: str
) -> HTMLResponse:
    """One escalation: the next step, and everything that was tried.

    A supervisor who opens it has seen it.
    """
    seeing = Permission.SEE_ESCALATION
    standing = await require_escalation(work, escalation_id, frame.who, seeing)
    if may(frame.who.roles, standing, Permission.OVERSEE_ESCALATION):
        by, held = Actor.of_staff(frame.who.staff_id), await lock_escalation(work, escalation_id)
        await supervisor_saw(work, held, by=by, at=backend.clock.now())
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


@router.get("/escalations/{escalation_id}/acts")
async def acts(frame: FragmentDep, work: WorkDep, escalation_id: str, shown: str) -> Response:
    """What can be done by now. Nothing where that is `shown` already: somebody may be writing."""
    values = await _escalation(frame, work, escalation_id)
    if values["stage"] == shown:
        return Response(status_code=204)
    return frame.page("escalation_acts.html", **values)


async def _escalation(frame: Fragment, work: Work, escalation_id: str) -> dict[str, object]:
    seeing = Permission.SEE_ESCALATION
    standing = await require_escalation(work, escalation_id, frame.who, seeing)
    found = await detail(work, escalation_id)
    row = found.row
    given_back = row.id in await given_back_by(work, frame.who.station_id, [row])
    people = await names_of(work, (Actor.parse(one.actor) for one in found.timeline))
    return {
        "escalation": row,
        "given_back": given_back,
        "stage": f"{row.state}-{given_back}",
        "timeline": found.timeline[::-1],
        "story": told_once(found.timeline)[::-1],
        "rounds": rounds_of(found.attempts, found.timeline),
        "holders": people,
        "people": people,
        "stations": await names_of_stations(work, row, in_english=frame.in_english),
        "steps": STEPS,
        "at": STEPS.index(row.state),
        "done": steps_done(found.timeline, at=STEPS.index(row.state), steps=STEPS),
        "may_act": may(frame.who.roles, standing, Permission.ANSWER_ESCALATION),
    }
