"""Sessions: opaque tokens, of which only the hash is kept, ended at once when taken back.

Whoever ends a session announces ("session", staff id): open streams look again at once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, delete, or_, select

from hotline.errors import NotSignedIn
from hotline.staff.delays import Delays
from hotline.staff.model import BUSY, Role
from hotline.staff.passwords import password_fits
from hotline.storage.session import Database, Work
from hotline.storage.tables import Presence, Staff, StaffSession

log = structlog.get_logger()

LASTS = timedelta(hours=12)
WRONG = "The name or the password is not right. Try again, or ask your supervisor."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is asking."""

    staff_id: str
    username: str
    name: str
    roles: tuple[str, ...]
    station_id: str | None
    lines: tuple[str, ...]
    answers_on: str = "browser"

    def is_a(self, *roles: Role) -> bool:
        """Whether they have one of these roles."""
        return any(role in self.roles for role in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A name, its password, and what for: `cookie` (a browser) or `bearer` (other software)."""

    username: str
    password: str
    kind: str


async def sign_in(
    database: Database, delays: Delays, given: SignIn, *, at: datetime
) -> tuple[str, datetime]:
    """A fresh token and when it ends.

    Raises `NotSignedIn`, in the same time for every name, or `TooManyTries`. No connection is
    held while the password is looked at: a flood of sign-ins must not starve the webhooks.
    """
    delays.count_try(given.username, at=at)
    async with database.work() as work:
        staff = await _account(work, given.username)
    fits = await password_fits(given.password, staff.password_hash if staff else "")
    if staff is None or not fits:
        log.info("sign_in.refused", staff_id=staff.id if staff else None)
        raise NotSignedIn(WRONG)
    delays.forget(given.username)
    async with database.work() as work:
        return _open_session(work, staff, given.kind, at=at)


async def _account(work: Work, username: str) -> Staff | None:
    query = select(Staff).where(Staff.username == username, col(Staff.active))
    return (await work.exec(query)).one_or_none()


def _open_session(work: Work, staff: Staff, kind: str, *, at: datetime) -> tuple[str, datetime]:
    token, ends = secrets.token_urlsafe(32), at + LASTS
    session = StaffSession(
        token_hash=_hashed(token),
        staff_id=staff.id,
        kind=kind,
        created_at=at,
        expires_at=ends,
        generation=staff.generation,
    )
    work.add(session)
    return token, ends


def session_lasts(at: datetime) -> ColumnElement[bool]:
    """Whether a session is not over by age: a condition on `StaffSession`.

    Nobody is signed out of a live talk: a session of somebody who is rung, talks or writes the
    record lasts until that is done, so that they can flag, hold, end and save.
    """
    busy = select(Presence.staff_id).where(
        Presence.staff_id == StaffSession.staff_id, col(Presence.state).in_(BUSY)
    )
    return or_(col(StaffSession.expires_at) > at, busy.exists())


async def who_is(work: Work, token: str, *, at: datetime) -> SignedIn:
    """Whose token this is. Raises `NotSignedIn`."""
    query = (
        select(Staff)
        .join(StaffSession, col(StaffSession.staff_id) == col(Staff.id))
        .where(StaffSession.token_hash == _hashed(token), session_lasts(at))
        .where(col(Staff.active), StaffSession.generation == Staff.generation)
    )
    staff = (await work.exec(query)).one_or_none()
    if staff is None:
        raise NotSignedIn
    return SignedIn(
        staff_id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=tuple(staff.roles),
        station_id=staff.station_id,
        lines=tuple(staff.lines),
        answers_on=staff.answers_on,
    )


async def sign_out(work: Work, token: str) -> None:
    """End this session, and with it the streams that hang on it."""
    ended = delete(StaffSession).where(col(StaffSession.token_hash) == _hashed(token))
    staff_id = (await work.exec(ended.returning(col(StaffSession.staff_id)))).scalar_one_or_none()
    if staff_id is not None:
        work.announce("session", staff_id)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
