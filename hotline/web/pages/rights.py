"""The rights desk: what people ask of what is kept about them, holds, and proofs of erasure."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.queries import may_do, permitted_call
from hotline.cases.queries import standing_case
from hotline.errors import NotFound
from hotline.rights.holds import LONGEST
from hotline.rights.kept import kept_of_call, kept_of_case
from hotline.rights.model import (
    WAITING,
    AskerProof,
    RequestState,
    RightsAsker,
    RightsKind,
    RightsRefusal,
)
from hotline.rights.queries import (
    answered_requests,
    erasures_of,
    holds_of,
    open_request,
    require_request,
    waiting_requests,
)
from hotline.rights.retention import obstacle_of_call, obstacle_of_case
from hotline.staff.permissions import Permission, Relation
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, RightsRequest
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.case_seen import CaseSeen
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)


class RightsTab(StrEnum):
    """Which of the desk's lists."""

    WAITING = "waiting"
    ANSWERED = "answered"
    HOLDS = "holds"
    ERASED = "erased"


@router.get("/rights")
async def rights(
    frame: FrameDep, backend: BackendDep, work: WorkDep, tab: RightsTab = RightsTab.WAITING
) -> HTMLResponse:
    """One of the lists, of one's lines."""
    frame.require(Permission.KEEP_RIGHTS, by=Relation.LINE)
    lines = frame.who.lines
    shown: dict[str, Any] = {"requests": (), "holds": (), "erasures": ()}
    match tab:
        case RightsTab.WAITING:
            shown["requests"] = await waiting_requests(work, lines)
        case RightsTab.ANSWERED:
            shown["requests"] = await answered_requests(work, lines)
        case RightsTab.HOLDS:
            shown["holds"] = await holds_of(work, backend.vault, lines)
        case RightsTab.ERASED:
            shown["erasures"] = await erasures_of(work, lines)
    now = backend.clock.now()
    return frame.page("rights.html", tab=tab, tabs=list(RightsTab), now=now, **shown)


@router.get("/rights/{request_id}")
async def request(
    frame: FrameDep, backend: BackendDep, work: WorkDep, request_id: str
) -> HTMLResponse:
    """One request, opened, and what may be answered. Opening it leaves a trace."""
    row = await require_request(work, request_id, frame.who)
    return frame.page("rights_request.html", **await _request(frame, backend, work, row))


@router.get("/rights/{request_id}/letter")
async def letter(
    frame: FrameDep, backend: BackendDep, work: WorkDep, request_id: str
) -> HTMLResponse:
    """The answer in writing, to print. There is none before it was answered."""
    row = await require_request(work, request_id, frame.who)
    if row.state in WAITING:
        raise NotFound
    return frame.page("rights_letter.html", **await _request(frame, backend, work, row))


async def _request(
    frame: Fragment, backend: Backend, work: Work, row: RightsRequest
) -> dict[str, Any]:
    at = backend.clock.now()
    opened = open_request(work, backend.vault, row, by_id=frame.who.staff_id, at=at)
    waits = row.state in WAITING
    days = backend.settings.records_kept_days
    return {
        "opened": opened,
        "asked": opened.row,
        "waits": waits,
        "obstacle": await _obstacle(work, row, kept_days=days, at=at) if waits else None,
        "second_wanted": row.state == RequestState.PROPOSED
        and row.answered_by == frame.who.staff_id,
        "proofs": list(AskerProof),
        "refusals": list(RightsRefusal),
        "now": at,
    }


async def _obstacle(work: Work, row: RightsRequest, *, kept_days: int, at: Any) -> Any:
    """What would keep something from being deleted; None where nothing would."""
    if row.kind != RightsKind.DELETE:
        return None
    if row.subject_kind == "case":
        case = await work.get_one(Case, await standing_case(work, row.subject_id))
        return await obstacle_of_case(work, case, kept_days=kept_days, at=at)
    call = await work.get_one(Call, row.subject_id)
    return await obstacle_of_call(work, call, kept_days=kept_days, at=at)


@router.get("/calls/{call_id}/rights")
async def of_call(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """What is kept of a call, and the forms to take a request down or to hold it back."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, frame.who, Permission.WRITE_RECORD)
    at = backend.clock.now()
    days = backend.settings.records_kept_days
    return frame.page(
        "rights_of.html",
        kept=await kept_of_call(work, call),
        path=f"/calls/{call.id}",
        obstacle=await obstacle_of_call(work, call, kept_days=days, at=at),
        may_hold=await may_do(work, call, frame.who, Permission.KEEP_RIGHTS),
        **choices(at),
    )


async def load_rights(seen: CaseSeen) -> dict[str, Any] | None:
    """The same of a case, for whoever adds to it."""
    if not seen.may(Permission.ADD_TO_CASE):
        return None
    at, days = seen.backend.clock.now(), seen.backend.settings.records_kept_days
    return {
        "kept": await kept_of_case(seen.work, seen.case),
        "path": f"/cases/{seen.case.id}",
        "obstacle": await obstacle_of_case(seen.work, seen.case, kept_days=days, at=at),
        "may_hold": seen.may(Permission.KEEP_RIGHTS),
        **choices(at),
    }


def choices(at: Any) -> dict[str, Any]:
    """What the forms offer."""
    return {
        "kinds": list(RightsKind),
        "askers": list(RightsAsker),
        "proofs": list(AskerProof),
        "first_day": (at + timedelta(days=1)).date(),
        "usual_day": (at + timedelta(days=180)).date(),
        "last_day": (at + LONGEST).date(),
    }
