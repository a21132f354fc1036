"""Accounts, for administrators: invite, reset, put out, switch off. Each asks who it is first.

Not kept for repeats: an answer may be a link that nobody else may read; the rest may be said twice.
"""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from hotline.callcontrol.revocation import end_revoked
from hotline.configuration.people import is_active_in_files
from hotline.staff.accounts import (
    AccountState,
    accounts,
    disable_account,
    enable_account,
    put_out,
    require_account,
    reset_factor,
)
from hotline.staff.invitations import INVITATION_LASTS, invite
from hotline.web.api.refusals import refuses
from hotline.web.api.sessions import refuse_passwords
from hotline.web.auth import Administrator, ConfirmedAdministrator
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(tags=["accounts"])


class AccountOut(BaseModel):
    """`second_factor`: whether it is set up; `seen_at`: when they last did anything here."""

    username: str
    name: str
    roles: list[str]
    state: AccountState
    second_factor: bool
    sessions: int
    seen_at: datetime | None
    invited_until: datetime | None


class InvitationOut(BaseModel):
    """Shown once: hand it over yourself, nothing is sent."""

    link: str
    until: datetime


@router.get("/accounts")
async def list_accounts(
    backend: BackendDep, work: WorkDep, _who: Administrator
) -> list[AccountOut]:
    """Everybody in the files, and who was there before."""
    found = await accounts(work, at=backend.clock.now())
    return [AccountOut.model_validate(one, from_attributes=True) for one in found]


@router.post("/accounts/{username}/invitation")
async def make_invitation(
    backend: BackendDep, work: WorkDep, who: ConfirmedAdministrator, username: str
) -> InvitationOut:
    """A link to choose a password by. The one they had counts no more."""
    refuse_passwords(backend.settings)
    staff, now = await require_account(work, username), backend.clock.now()
    token = await invite(work, staff, by=who.staff_id, at=now)
    link = f"{backend.settings.base_url}/invitation#{token}"
    return InvitationOut(link=link, until=now + INVITATION_LASTS)


@router.delete("/accounts/{username}/sessions", status_code=204)
async def end_all_sessions(
    backend: BackendDep, work: WorkDep, who: ConfirmedAdministrator, username: str
) -> None:
    """Signed out wherever they are, also in the middle of a talk."""
    await put_out(work, await require_account(work, username), who, at=backend.clock.now())


@router.delete("/accounts/{username}/second-factor", status_code=204)
async def reset_second_factor(
    backend: BackendDep, work: WorkDep, who: ConfirmedAdministrator, username: str
) -> None:
    """For a lost phone. They are told when they sign in, and set up a new one."""
    await reset_factor(work, await require_account(work, username), who, at=backend.clock.now())


@router.post("/accounts/{username}/disable", status_code=204, responses=refuses(""))
async def disable(
    backend: BackendDep, work: WorkDep, who: ConfirmedAdministrator, username: str
) -> None:
    """Out at once and for good, whatever the files say; a talk that goes on is not cut."""
    now = backend.clock.now()
    await disable_account(work, await require_account(work, username), who, at=now)
    await end_revoked(work, at=now)


@router.post("/accounts/{username}/enable", status_code=204)
async def enable(
    backend: BackendDep, work: WorkDep, who: ConfirmedAdministrator, username: str
) -> None:
    """As the files have them."""
    staff = await require_account(work, username)
    in_files = await is_active_in_files(work, staff.username)
    await enable_account(work, staff, who, in_files=in_files, at=backend.clock.now())
