"""Sessions: opaque tokens, of which only the hash is kept, ended at once when taken back."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from hotline.errors import NotSignedIn
from hotline.staff.accounts import password_fits
from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffSession

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

    def is_a(self, *roles: Role) -> bool:
        """Whether they have one of these roles."""
        return any(role in self.roles for role in roles)


async def sign_in(
    work: Work, username: str, password: str, *, kind: str, at: datetime
) -> tuple[str, datetime]:
    """A fresh token and when it ends. Raises `NotSignedIn`, in the same time for everybody."""
    query = select(Staff).where(Staff.username == username, col(Staff.active))
    staff = (await work.exec(query)).one_or_none()
    fits = await password_fits(password, staff.password_hash if staff else "")
    if staff is None or not fits:
        raise NotSignedIn(WRONG)
    token = secrets.token_urlsafe(32)
    session = StaffSession(
        token_hash=_hashed(token),
        staff_id=staff.id,
        kind=kind,
        created_at=at,
        expires_at=at + LASTS,
    )
    work.add(session)
    return token, session.expires_at


async def who_is(work: Work, token: str, *, at: datetime) -> SignedIn:
    """Whose token this is. Raises `NotSignedIn`."""
    query = (
        select(Staff)
        .join(StaffSession, col(StaffSession.staff_id) == col(Staff.id))
        .where(StaffSession.token_hash == _hashed(token), col(StaffSession.expires_at) > at)
        .where(col(Staff.active))
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
    )


async def sign_out(work: Work, token: str) -> None:
    """End this session. Streams that hang on it end with their next ping."""
    await work.exec(delete(StaffSession).where(col(StaffSession.token_hash) == _hashed(token)))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
