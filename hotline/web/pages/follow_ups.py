"""Whom we call again after a call of high risk: who answers for each, and what was tried."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.followups.history import read_story
from hotline.followups.model import FollowUpDecision, SafetyPlan, TryOutcome
from hotline.followups.policy import rules
from hotline.followups.queries import (
    FollowUpTab,
    colleagues_of,
    follow_up_of,
    list_follow_ups,
)
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import LADDER, Risk
from hotline.staff.permissions import Permission, Relation, may
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)

TABS = tuple(one for one in FollowUpTab if one is not FollowUpTab.WANTED)
TOLD = tuple(one for one in TryOutcome if one is not TryOutcome.NOT_RUNG)


@router.get("/follow-ups")
async def follow_ups(
    frame: FrameDep, backend: BackendDep, work: WorkDep, tab: FollowUpTab | None = None
) -> HTMLResponse:
    """One of the lists: one's own first, for a supervisor what is late."""
    frame.require(Permission.CALL_BACK)
    return frame.page("follow_ups.html", **await _now(frame, backend, work, tab))


@router.get("/follow-ups/live")
async def follow_ups_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, tab: FollowUpTab | None = None
) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.CALL_BACK)
    return frame.page("follow_ups_live.html", **await _now(frame, backend, work, tab))


async def _now(
    frame: Fragment, backend: Backend, work: Work, tab: FollowUpTab | None
) -> dict[str, Any]:
    shown = tab or (FollowUpTab.MINE if frame.at_desk else FollowUpTab.LATE)
    at = backend.clock.now()
    rows = await list_follow_ups(work, backend.vault, frame.who, shown, at=at)
    colleagues = await colleagues_of(work, frame.who)
    return {"rows": rows, "tab": shown, "tabs": TABS, "colleagues": colleagues} | choices(frame)


def choices(frame: Fragment) -> dict[str, Any]:
    """What the forms beside a sequence offer its reader."""
    decides = may(frame.who.roles, [Relation.LINE], Permission.DECIDE_FOLLOW_UP)
    return {
        "decides": decides,
        "outcomes": TOLD,
        "found_risks": LADDER,
        "safety_plans": list(SafetyPlan),
        "decisions": list(FollowUpDecision),
        "rules": rules(),
    }


async def beside_record(
    frame: Fragment, backend: Backend, work: Work, call: Call
) -> dict[str, Any]:
    """What the record's page shows of it, opened; that leaves a trace where there are words."""
    found = await follow_up_of(work, call)
    values = choices(frame) | {"follow_up": found, "story": None, "by_choice": False}
    if found is None:
        level = (await standing_of(work, call.id)).level
        return values | {"by_choice": level is Risk.MODERATE}
    at, reader = backend.clock.now(), frame.who.staff_id
    return values | {"story": await read_story(work, backend.vault, found, reader=reader, at=at)}
