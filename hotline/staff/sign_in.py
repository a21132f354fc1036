"""Sessions: opaque tokens, of which only the hash is kept, ended at once when taken back.

Whoever ends a session announces ("session", staff id): open streams look again at once.
"""

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from cachetools import TTLCache
from sqlalchemy import ColumnElement
from sqlmodel import col, delete, or_, select

from hotline.errors import NotSignedIn, TooBusy
from hotline.ports import Clock
from hotline.staff.delays import TooManyTries, count_device, count_try, forgive
from hotline.staff.devices import Devices
from hotline.staff.model import BUSY, Role
from hotline.staff.passwords import password_fits
from hotline.staff.usernames import one_form
from hotline.storage.session import Database, Work
from hotline.storage.tables import Presence, Staff, StaffSession
from hotline.turns import Turns

log = structlog.get_logger()

LASTS = timedelta(hours=12)
REFUSED_FOR_S = 2.0  # without a look at the database
MOST_INSIDE = 100  # of one address, waiting included: a whole office may have one
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
    """A name, its password, and what for: `cookie` (a browser) or `bearer` (other software).

    `sender`: the address it came from. `device_mark`: what the browser was given the last time.
    """

    username: str
    password: str
    kind: str
    sender: str
    device_mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A fresh token and when it ends; `device_mark`: for the browser to keep beyond that."""

    token: str
    ends: datetime
    device_mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """Whose password is to be looked at, by which known device, and how long that must wait."""

    staff: Staff | None
    device: str
    wait_s: float


@dataclass(kw_only=True)
class SignInDesk:
    """Where people sign in. `wait`: how a name that was guessed at is slowed down."""

    database: Database
    clock: Clock
    devices: Devices
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    turns: Turns = field(default_factory=lambda: Turns(at_once=2, most_waiting=60))
    inside: Counter[str] = field(default_factory=Counter)
    refused: TTLCache[str, bool] = field(default_factory=lambda: TTLCache(10_000, REFUSED_FOR_S))

    async def sign_in(self, given: SignIn) -> NewSession:
        """Open a session.

        Raises `NotSignedIn`, in the same time for every name; `TooManyTries` or `TooBusy` for a
        sender who floods. No connection is held while the password is looked at.
        """
        if given.sender in self.refused and not given.device_mark:
            raise TooManyTries
        if self.inside[given.sender] >= MOST_INSIDE:
            raise TooBusy
        self.inside[given.sender] += 1
        try:
            return await self._sign_in(given)
        finally:
            self.inside[given.sender] -= 1
            if not self.inside[given.sender]:
                del self.inside[given.sender]

    async def _sign_in(self, given: SignIn) -> NewSession:
        at = self.clock.now()
        async with self.turns.turn(given.sender), self.database.work() as work:
            checked = await self._counted(work, given, at=at)
        if checked.wait_s:
            await self.wait(checked.wait_s)
        staff = checked.staff
        fits = await password_fits(
            given.password,
            staff.password_hash if staff else "",
            sender=checked.device or given.sender,
            known=bool(checked.device),
        )
        if staff is None or not fits:
            log.info("sign_in.refused", staff_id=staff.id if staff else None)
            raise NotSignedIn(WRONG)
        return await self._welcome(given, staff, checked.device, at=at)

    async def _counted(self, work: Work, given: SignIn, *, at: datetime) -> _Checked:
        name = one_form(given.username)
        staff = await _account(work, name)
        device = self.devices.device_of(given.device_mark, staff)
        if device and await count_device(work, device, at=at):
            return _Checked(staff=staff, device=device, wait_s=0)
        try:
            wait_s = await count_try(work, sender=given.sender, name=name, at=at)
        except TooManyTries:
            self.refused[given.sender] = True
            raise
        return _Checked(staff=staff, device="", wait_s=wait_s)

    async def _welcome(
        self, given: SignIn, staff: Staff, device: str, *, at: datetime
    ) -> NewSession:
        async with self.database.work() as work:
            sender = "" if device else given.sender
            await forgive(work, sender=sender, device=device, name=one_form(given.username))
            token, ends = _open_session(work, staff, given.kind, at=at)
        mark = given.device_mark if device else self.devices.mark(staff)
        return NewSession(token=token, ends=ends, device_mark=mark)


async def _account(work: Work, name: str) -> Staff | None:
    query = select(Staff).where(Staff.username == name, col(Staff.active))
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
