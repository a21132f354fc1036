"""One's own account, everybody's for administrators, and the page behind an invitation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.quality.queries import certificate_rows, feedback_for
from hotline.quality.supervising import supervision_of
from hotline.staff.account_acts import acts_on
from hotline.staff.accounts import accounts
from hotline.staff.permissions import Permission, may_anywhere
from hotline.staff.second_factor import has_second_factor, must_have, recovery_codes_left
from hotline.staff.sessions import sessions_of
from hotline.storage.session import Work
from hotline.storage.tables import AccountAct, Staff
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Frame, FrameDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/account")
async def my_account(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Where I am signed in, my password, my second factor, and what was done to my account."""
    who, acts = frame.who, await acts_on(work, frame.who.staff_id)
    return frame.page(
        "account.html",
        sessions=await sessions_of(work, who.staff_id, at=backend.clock.now(), here=who.session),
        factor=await has_second_factor(work, who.staff_id),
        must=must_have(backend.settings.who_needs_codes, who.roles),
        codes_left=await recovery_codes_left(work, who.staff_id),
        acts=acts,
        untold=[one for one in acts if one.by_id != who.staff_id and one.seen_at is None],
        names=await _names(work, acts),
        care=await _care(frame, work, at=backend.clock.now()),
    )


async def _care(frame: Frame, work: Work, *, at: datetime) -> dict[str, Any] | None:
    """What is due to whoever takes calls, and what they were told of theirs."""
    who = frame.who
    if not may_anywhere(who.roles, Permission.TAKE_CALLS):
        return None
    return {
        "supervision": await supervision_of(work, who.staff_id, at=at),
        "certificates": await certificate_rows(work, {who.staff_id: who.name}, at=at),
        "feedback": await feedback_for(work, who, at=at),
    }


async def _names(work: Work, acts: Sequence[AccountAct]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_({one.by_id for one in acts}))
    return dict((await work.exec(query)).all())


@router.get("/accounts")
async def all_accounts(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Who can sign in, who cannot and why, and what to do about it."""
    frame.require(Permission.SET_UP)
    people = await accounts(work, at=backend.clock.now())
    return frame.page("accounts.html", people=people)


@router.get("/invitation")
async def invitation(request: Request) -> HTMLResponse:
    """For whoever was given a link. Its token stands behind the #, which browsers keep."""
    return render(request, "invitation.html", {})
