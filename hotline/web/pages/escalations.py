"""Escalations: who has which, until when, and who is next. Stations have pages of their own."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, get_args

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from hotline.cases.model import LinkKind
from hotline.cases.queries import case_for, relations_to
from hotline.escalations.chains.model import FlagKind
from hotline.escalations.chains.phrases import CHAIN_PHRASES
from hotline.escalations.export import told_story
from hotline.escalations.links import linked_calls
from hotline.escalations.model import EscalationState
from hotline.escalations.progress import lock_escalation
from hotline.escalations.queries import (
    detail,
    given_back_by,
    list_open,
    names_of,
    open_summary,
    require_escalation,
)
from hotline.escalations.rescue import rescue_of
from hotline.escalations.rows import EscalationRow
from hotline.escalations.stations import (
    contacts_in,
    names_of_stations,
    stations_like,
)
from hotline.escalations.story_words import (
    AGENCIES,
    beginning_of,
    sentence,
    when,
    why_this_station,
)
from hotline.escalations.supervisors import supervisor_saw
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, may
from hotline.storage.session import Work
from hotline.storage.tables import Case
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import address, render
from hotline.web.pages.timelines import steps_done

router = APIRouter(include_in_schema=False)

STEPS = ("open", "acknowledged", "accepted", "reported", "closed")
RIGHTS = {
    "may_act": Permission.ANSWER_ESCALATION,
    "may_note": Permission.NOTE_ESCALATION,
    "may_direct": Permission.DIRECT_ESCALATION,
    "may_export": Permission.EXPORT_ESCALATION,
    "may_oversee": Permission.OVERSEE_ESCALATION,
}
MOST_LETTERS = 80


class WhichOpen(StrEnum):
    """Which of the list: all of one's lines, what is one's own, what nobody has in time."""

    ALL = ""
    MINE = "mine"
    LATE = "late"


@router.get("/escalations")
async def escalations(
    frame: FrameDep, work: WorkDep, show: WhichOpen = WhichOpen.ALL
) -> HTMLResponse:
    """Everything of one's lines that nobody has closed, the next deadline first."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.LINE)
    return frame.page("escalations.html", **await _strips(frame, work, show))


@router.get("/escalations/live")
async def escalations_live(
    frame: FragmentDep, work: WorkDep, show: WhichOpen = WhichOpen.ALL
) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_ESCALATION, by=Relation.LINE)
    return frame.page("escalations_live.html", **await _strips(frame, work, show))


async def _strips(frame: Fragment, work: Work, show: WhichOpen) -> dict[str, object]:
    """Those asked for, and how many there are of each kind."""
    values = await list_for(frame, work)
    rows: list[EscalationRow] = values.pop("escalations")
    me = str(Actor.of_staff(frame.who.staff_id))
    found = {
        WhichOpen.ALL: rows,
        WhichOpen.MINE: [
            row for row in rows if me in (f"staff:{row.counselor_id}", row.acknowledged_by)
        ],
        WhichOpen.LATE: [row for row in rows if row.is_late],
    }
    counts = {one: len(of) for one, of in found.items()}
    return {**values, "escalations": found[show], "counts": counts, "show": show}


async def list_for(frame: Fragment, work: Work) -> dict[str, Any]:
    rows = await list_open(work, frame.who)
    return {
        "escalations": rows,
        "holders": await holders_of(work, rows),
    }


async def holders_of(work: Work, rows: Iterable[EscalationRow]) -> dict[str, str]:
    """Who answers for each, by the text of their actor, where somebody has acknowledged it."""
    held = [Actor.parse(row.acknowledged_by) for row in rows if row.acknowledged_by]
    return await names_of(work, held)


@router.get("/escalations/{escalation_id}")
async def escalation(
    frame: FrameDep, backend: BackendDep, work: WorkDep, escalation_id: str
) -> Response:
    """One escalation: the next step, and everything that was tried.

    A supervisor who opens it has seen it. An officer has a page of their own, for the field.
    """
    seeing = Permission.SEE_ESCALATION
    standing = await require_escalation(work, escalation_id, frame.who, seeing)
    if not may(frame.who.roles, standing - {Relation.STATION}, seeing):
        return RedirectResponse(address(frame.request, f"/station/{escalation_id}"), 303)
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


@router.get("/escalations/{escalation_id}/stations")
async def stations(
    frame: FragmentDep, work: WorkDep, escalation_id: str, q: str = ""
) -> HTMLResponse:
    """Stations that it could be handed to, by a piece of their name or their division."""
    directing = Permission.DIRECT_ESCALATION
    await require_escalation(work, escalation_id, frame.who, directing)
    found = await stations_like(work, q[:MOST_LETTERS], in_english=frame.in_english)
    return frame.page("escalation_stations.html", found=found)


async def _escalation(frame: Fragment, work: Work, escalation_id: str) -> dict[str, object]:
    seeing = Permission.SEE_ESCALATION
    standing = await require_escalation(work, escalation_id, frame.who, seeing)
    found = await detail(work, escalation_id)
    row = found.row
    given_back = row.id in await given_back_by(work, frame.who.station_id, [row])
    parts, names = await told_story(work, found, in_english=frame.in_english)
    rights = {name: may(frame.who.roles, standing, wanted) for name, wanted in RIGHTS.items()}
    beside = await beside_escalation(frame, work, row, standing)
    return {
        "escalation": row,
        "given_back": given_back,
        "stage": f"{row.state}-{given_back}-{beside['unrescued']}-{len(beside['linked'])}",
        "seen": found.timeline[-1].id if found.timeline else 0,
        "story": parts,
        "names": names,
        "beginning": beginning_of(found.timeline),
        "why_this_station": why_this_station,
        "sentence": sentence,
        "when": when,
        "rung": {one.id: one.contact_name for one in found.attempts},
        "holders": names.people,
        "people": names.people,
        "chain": await contacts_in(work, row.id),
        "stations": await names_of_stations(work, row, in_english=frame.in_english),
        "steps": STEPS,
        "at": STEPS.index(row.state),
        "done": steps_done(found.timeline, at=STEPS.index(row.state), steps=STEPS),
        "case_of_alarm": await _case(frame, work, row.id),
        **rights,
        **beside,
    }


async def _case(frame: Fragment, work: Work, escalation_id: str) -> Case | None:
    """Where it goes on when the alarm is over; for whoever may see that."""
    found = await case_for(work, LinkKind.ESCALATION, escalation_id)
    if found is None:
        return None
    standing = await relations_to(work, found, frame.who)
    return found if may(frame.who.roles, standing, Permission.SEE_CASE) else None


async def beside_escalation(
    frame: Fragment, work: Work, row: EscalationRow, standing: frozenset[Relation]
) -> dict[str, Any]:
    """Whether a rescue is confirmed, and flags of other calls that were added to it."""
    rescue = await rescue_of(work, row.id)
    by_line = standing & {Relation.LINE}  # such a call may be another counselor's
    may_flag = may(frame.who.roles, by_line, Permission.RAISE_FLAG)
    is_open = row.state != EscalationState.CLOSED
    phrases = CHAIN_PHRASES["en" if frame.in_english else "zh"]
    return {
        "rescue": rescue,
        "unrescued": is_open and rescue is not None and rescue.due_at is not None,
        "agencies": AGENCIES,
        "linked": await linked_calls(work, row.id) if may_flag and is_open else (),
        "kinds": {kind: phrases[kind] for kind in get_args(FlagKind)},
    }
