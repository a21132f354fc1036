"""The way in: a link that shows nothing, a code that works once, and a browser that may go on.

Programs open what they find in messages, so looking changes nothing and sends nothing: a code is
sent when somebody asks for it. Five wrong ones shut the link until somebody sends a new one; the
member's row is held while one is looked at, so that many at once are no more than five.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlmodel import col, select

from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct
from hotline.errors import GroupRefused
from hotline.helpgroups.codes import (
    TOLD_LASTS,
    code_fits,
    is_worth_something,
    new_code,
)
from hotline.helpgroups.letters import send_code
from hotline.helpgroups.living import why_over
from hotline.helpgroups.service import lock_live_member, lock_member, shut
from hotline.helpgroups.timeline import tell_of
from hotline.staff.actor import Actor
from hotline.staff.tokens import hash_of
from hotline.storage.session import Work
from hotline.storage.tables import Case, GroupCode, GroupLink, GroupMember, GroupSession
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

SESSION_LASTS = timedelta(hours=12)
MOST_WRONG = 5
APART = timedelta(minutes=1)
MOST_CODES, IN = 8, timedelta(hours=24)
LOCKED = "Too many wrong codes came in by their link: send them a new one first."


class DoorState(StrEnum):
    """What whoever opens a link is shown. Nothing of the case, and nobody's name."""

    UNKNOWN = "unknown"
    OVER = "over"
    LOCKED = "locked"
    ASKS = "asks"
    SENT = "sent"
    NO_CODE = "no_code"
    WRONG_CODE = "wrong_code"
    TOO_SOON = "too_soon"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """`by_text`: a code can be asked for; else whoever invited them tells it. `session`: a fresh
    one, once the door has opened."""

    state: DoorState
    member_id: str = ""
    by_text: bool = False
    session: str = ""


NOWHERE = Door(state=DoorState.UNKNOWN)


async def look(work: Work, vault: Vault, token: str, *, at: datetime) -> Door:
    """What a link shows. Changes nothing, however often it is asked and by whom."""
    member = await _member_of(work, token)
    if member is None:
        return NOWHERE
    return _door(member, await _shut(work, vault, member, at=at) or DoorState.ASKS)


async def ask_for_code(work: Work, vault: Vault, token: str, *, at: datetime) -> Door:
    """A text with a code is on its way, unless one was sent a moment ago, or many today."""
    member = await _hold(work, token)
    if member is None:
        return NOWHERE
    shut = await _shut(work, vault, member, at=at)
    if shut is not None or not member.phone_index:
        return _door(member, shut or DoorState.ASKS)
    if await _is_too_soon(work, member, at=at):
        return _door(member, DoorState.TOO_SOON)
    case = await work.get_one(Case, await standing_case(work, member.case_id))
    await send_code(work, case, member, at=at)
    return _door(member, DoorState.SENT)


async def enter(work: Work, vault: Vault, token: str, code: str, *, at: datetime) -> Door:
    """The code opens, once. An empty form is no try; nor is one while no code is worth anything."""
    member = await _hold(work, token)
    if member is None:
        return NOWHERE
    shut = await _shut(work, vault, member, at=at)
    if shut is not None or not code.strip():
        return _door(member, shut or DoorState.ASKS)
    kept = await _newest_code(work, member, at=at)
    if kept is None or not is_worth_something(kept, at=at):
        return _door(member, DoorState.NO_CODE)
    if not code_fits(vault, kept, code):
        return _door(member, await _count_wrong(work, member, at=at))
    kept.used_at, member.tries = at, 0
    return _door(member, DoorState.OPEN, session=await _let_in(work, member, at=at))


async def tell_code(work: Work, act: CaseAct, case_id: str, member_id: str) -> str:
    """For whoever invited them, to say on the telephone. Raises `GroupRefused`."""
    member = await lock_live_member(work, act, case_id, member_id)
    if member.locked_at is not None:
        raise GroupRefused("locked", LOCKED)
    kept = GroupCode(id=new_id(), member_id=member.id, asked_at=act.at)
    code = new_code(act.vault, kept, at=act.at, lasts=TOLD_LASTS)
    work.add(kept)
    await tell_of(work, member, "code_told", at=act.at, actor=act.by)
    return code


# ── behind it ───────────────────────────────────────────────────────────────────────────────────


def _door(member: GroupMember, state: DoorState, *, session: str = "") -> Door:
    return Door(
        state=state,
        member_id=member.id,
        by_text=bool(member.phone_index),
        session=session,
    )


async def _member_of(work: Work, token: str) -> GroupMember | None:
    query = (
        select(GroupMember)
        .join(GroupLink, col(GroupLink.member_id) == col(GroupMember.id))
        .where(GroupLink.hash == hash_of(token))
    )
    return (await work.exec(query)).one_or_none()


async def _hold(work: Work, token: str) -> GroupMember | None:
    """Looked for again once it is held: a new link may have been sent meanwhile."""
    found = await _member_of(work, token)
    if found is None:
        return None
    member = await lock_member(work, found.id)
    return member if await _member_of(work, token) is not None else None


async def _shut(work: Work, vault: Vault, member: GroupMember, *, at: datetime) -> DoorState | None:
    if await why_over(work, vault, member, at=at) is not None:
        return DoorState.OVER
    return DoorState.LOCKED if member.locked_at is not None else None


async def _newest_code(work: Work, member: GroupMember, *, at: datetime) -> GroupCode | None:
    """One of the future, from which a clock was set back, stands in nobody's way."""
    query = select(GroupCode).where(GroupCode.member_id == member.id, GroupCode.asked_at <= at)
    newest = query.order_by(col(GroupCode.asked_at).desc(), col(GroupCode.id)).limit(1)
    return (await work.exec(newest)).one_or_none()


async def _is_too_soon(work: Work, member: GroupMember, *, at: datetime) -> bool:
    """What the future holds, from which a clock was set back, keeps nobody waiting."""
    query = select(GroupCode.asked_at).where(
        GroupCode.member_id == member.id, GroupCode.delivery_id != ""
    )
    lately = query.where(col(GroupCode.asked_at) > at - IN, col(GroupCode.asked_at) <= at)
    asked = (await work.exec(lately)).all()
    return len(asked) >= MOST_CODES or any(at - one < APART for one in asked)


async def _count_wrong(work: Work, member: GroupMember, *, at: datetime) -> DoorState:
    member.tries += 1
    if member.tries < MOST_WRONG:
        return DoorState.WRONG_CODE
    member.locked_at = at
    await tell_of(work, member, "locked", at=at)
    log.info("group.locked", member_id=member.id)
    return DoorState.LOCKED


async def _let_in(work: Work, member: GroupMember, *, at: datetime) -> str:
    """In this browser and no other: an earlier one is out."""
    await shut(work, member)
    token, ends = secrets.token_urlsafe(32), min(at + SESSION_LASTS, member.ends_at)
    work.add(GroupSession(token_hash=hash_of(token), member_id=member.id, at=at, expires_at=ends))
    kind = "signed_in" if member.joined_at else "joined"
    member.joined_at = member.joined_at or at
    await tell_of(work, member, kind, at=at, actor=Actor.of_member(member.id))
    return token


async def member_of_session(
    work: Work, vault: Vault, token: str, member_id: str, *, at: datetime
) -> GroupMember | None:
    """Who may go on in this browser; None where it is over, or they are no member any more."""
    kept = await work.get(GroupSession, hash_of(token), populate_existing=True)
    if kept is None or kept.member_id != member_id or not kept.at <= at < kept.expires_at:
        return None
    member = await work.get_one(GroupMember, member_id, populate_existing=True)
    return member if await why_over(work, vault, member, at=at) is None else None
