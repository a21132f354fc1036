"""One call: what happened, who was asked and why, and why nobody has been asked yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.callers.blocks import AbuseCode
from hotline.callers.opening import may_open_number
from hotline.callers.where import PlaceSource
from hotline.calls.model import Urgency
from hotline.calls.queries import call_detail, may_act, may_do, permitted_call
from hotline.cases.model import LinkKind
from hotline.cases.queries import case_for
from hotline.floor.explanations import why_call
from hotline.lines.plans import DEFAULT_VERSION, version_of
from hotline.numbers import OF_A_PERSON
from hotline.recordings.queries import recordings_shown
from hotline.records.risk_queries import is_lowering_asked
from hotline.staff.model import Role
from hotline.staff.permissions import Permission
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, PlanVersion
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.case_consents import consents_beside
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.records import reading_beside_call
from hotline.web.pages.rendering import render
from hotline.web.pages.texts import texts_beside

router = APIRouter(prefix="/calls/{call_id}", include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWords:
    """What people call a plan: nobody knows one by its hash. `used_since`: None where not kept."""

    is_default: bool
    used_since: datetime | None
    in_force: bool


@router.get("")
async def call(frame: FrameDep, backend: BackendDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """The call inside the frame."""
    return frame.page("call.html", **await _call(frame, backend, work, call_id))


@router.get("/live")
async def call_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """What moves on it."""
    values = await _call(frame, backend, work, call_id)
    return render(frame.request, "call_live.html", {"frame": frame, **values})


async def _call(frame: Fragment, backend: Backend, work: Work, call_id: str) -> dict[str, object]:
    frame.require(Permission.SEE_CALL)
    row = await permitted_call(work, await work.get(Call, call_id), frame.who)
    line = await work.get_one(Line, row.line_id)
    why = await why_call(work, row, at=backend.clock.now(), of=frame.who.lines)
    return {
        "call": await call_detail(work, row, frame.who),
        "line_name": line.name_en if frame.in_english else line.name,
        "may_act": await may_act(work, row, frame.who),
        **await reading_beside_call(work, row, frame),
        "lowering": await is_lowering_asked(work, row.id),
        "why": why,
        "recordings": await recordings_shown(work, row, frame.who),
        "plans": await _plans(work, line, {offer.plan_version for offer in why.offers}),
        "number_kind": row.number_kind,
        "place": division_name(row.place_code),
        "place_is_about": row.place_source == PlaceSource.NUMBER,
        "case_of_call": await case_for(work, LinkKind.CALL, row.id),
        "may_block": _may_block(row, frame),
        "may_ask_rights": await may_do(work, row, frame.who, Permission.WRITE_RECORD),
        "may_suspect": await may_do(work, row, frame.who, Permission.RAISE_FLAG),
        "may_open_number": await may_open_number(work, row, frame.who),
        "abuse_codes": list(AbuseCode),
        **await texts_beside(frame, work, row.from_index),
        **await consents_beside(frame, work, row),
        "is_crisis": row.urgency == Urgency.CRISIS,
    }


def _may_block(call: Call, frame: Fragment) -> bool:
    """A supervisor of the line, of a number that stands for one caller."""
    theirs = frame.is_(Role.SUPERVISOR) and call.line_id in frame.who.lines
    return theirs and bool(call.from_index) and call.number_kind in OF_A_PERSON


async def _plans(work: Work, line: Line, versions: Collection[str]) -> dict[str, PlanWords]:
    """By version: those that decided about this call."""
    query = select(PlanVersion).where(col(PlanVersion.version).in_(versions))
    first_used = {one.version: one.first_used_at for one in (await work.exec(query)).all()}
    return {
        version: PlanWords(
            is_default=version == DEFAULT_VERSION,
            used_since=first_used.get(version),
            in_force=version == version_of(line),
        )
        for version in versions
    }
