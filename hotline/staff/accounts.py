"""Accounts as administrators see and change them. Names, roles and lines are the files' affair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import col, select

from hotline.errors import LocksYouOut, NotFound
from hotline.staff.account_acts import AccountActKind, note_act
from hotline.staff.revocation import end_sessions, note_changes
from hotline.staff.second_factor import remove_factor
from hotline.staff.sign_in import SignedIn
from hotline.staff.usernames import one_form
from hotline.storage.session import Work
from hotline.storage.tables import Invitation, SecondFactor, Staff, StaffSession


class AccountState(StrEnum):
    """Whether somebody can sign in, and if not, why."""

    ACTIVE = "active"
    NEVER_SIGNED_IN = "never_signed_in"
    INVITED = "invited"
    NO_PASSWORD = "no_password"  # noqa: S105 – a word for a state
    DISABLED = "disabled"
    NOT_IN_FILES = "not_in_files"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAccount:
    """One account at a glance. `seen_at`: when they last did anything here."""

    username: str
    name: str
    roles: Sequence[str]
    state: AccountState
    second_factor: bool
    sessions: int
    seen_at: datetime | None
    invited_until: datetime | None


async def accounts(work: Work, *, at: datetime) -> list[StaffAccount]:
    """All of them, by name of account."""
    people = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    confirmed = select(SecondFactor.staff_id).where(col(SecondFactor.confirmed_at).is_not(None))
    factors = set((await work.exec(confirmed)).all())
    open_links = await _open_links(work, at=at)
    seen = await _seen(work, at=at)
    return [
        StaffAccount(
            username=one.username,
            name=one.name,
            roles=one.roles,
            state=state_of(one, invited=one.id in open_links),
            second_factor=one.id in factors,
            sessions=seen.get(one.id, (0, None))[0],
            seen_at=seen.get(one.id, (0, None))[1] or one.signed_in_at,
            invited_until=open_links.get(one.id),
        )
        for one in people
    ]


def state_of(staff: Staff, *, invited: bool) -> AccountState:
    """`invited`: a link by which they choose a password is open."""
    if staff.disabled_at is not None:
        return AccountState.DISABLED
    if not staff.active:
        return AccountState.NOT_IN_FILES
    if not staff.password_hash:
        return AccountState.INVITED if invited else AccountState.NO_PASSWORD
    return AccountState.ACTIVE if staff.signed_in_at else AccountState.NEVER_SIGNED_IN


async def _open_links(work: Work, *, at: datetime) -> dict[str, datetime]:
    query = select(Invitation.staff_id, Invitation.expires_at).where(Invitation.expires_at > at)
    return dict((await work.exec(query.where(col(Invitation.used_at).is_(None)))).all())


async def _seen(work: Work, *, at: datetime) -> dict[str, tuple[int, datetime | None]]:
    """How many sessions of each count, and when one of them was last used."""
    query = (
        select(StaffSession.staff_id, func.count(), func.max(StaffSession.seen_at))
        .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
        .where(StaffSession.generation == Staff.generation, StaffSession.expires_at > at)
        .group_by(col(StaffSession.staff_id))
    )
    return {staff_id: (count, seen) for staff_id, count, seen in (await work.exec(query)).all()}


async def require_account(work: Work, username: str) -> Staff:
    """To be changed. Raises `NotFound`."""
    query = select(Staff).where(Staff.username == one_form(username)).with_for_update()
    staff = (await work.exec(query)).one_or_none()
    if staff is None:
        raise NotFound
    return staff


async def disable_account(work: Work, staff: Staff, who: SignedIn, *, at: datetime) -> None:
    """Out at once, whatever the files say. Raises `LocksYouOut` for one's own."""
    if staff.id == who.staff_id:
        raise LocksYouOut
    if staff.disabled_at is not None:
        return
    staff.disabled_at, staff.active = at, False
    await note_changes(work, staff, {"active"})
    note_act(work, staff.id, AccountActKind.DISABLED, by=who.staff_id, at=at)


async def enable_account(
    work: Work, staff: Staff, who: SignedIn, *, in_files: bool, at: datetime
) -> None:
    """`in_files`: whether the configuration in force has them as active."""
    if staff.disabled_at is None:
        return
    staff.disabled_at, staff.active = None, in_files
    await note_changes(work, staff, {"active"})
    note_act(work, staff.id, AccountActKind.ENABLED, by=who.staff_id, at=at)


async def put_out(work: Work, staff: Staff, who: SignedIn, *, at: datetime) -> None:
    """Every session of somebody ends; an administrator's own goes on where it asks."""
    await end_sessions(work, staff, but=who.session if staff.id == who.staff_id else "")
    note_act(work, staff.id, AccountActKind.SESSIONS_ENDED, by=who.staff_id, at=at)


async def reset_factor(work: Work, staff: Staff, who: SignedIn, *, at: datetime) -> None:
    """For somebody who has lost phone and codes; they are told when they sign in."""
    await remove_factor(work, staff.id)
    note_act(work, staff.id, AccountActKind.FACTOR_REMOVED, by=who.staff_id, at=at)
