"""Sessions: opaque tokens, of which only the hash is kept, ended at once when taken back.

Whoever ends a session announces ("session", staff id): open streams look again at once.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from cachetools import TTLCache
from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, delete, or_, select, update

from hotline.errors import NotSignedIn, TooBusy, WrongPassword
from hotline.ports import Clock
from hotline.staff.account_acts import untold
from hotline.staff.delays import TooManyTries, count_device, count_try, forgive
from hotline.staff.devices import Devices
from hotline.staff.half_way import Halfway, stop_half_way
from hotline.staff.model import BUSY, Role
from hotline.staff.passwords import password_fits
from hotline.staff.second_factor import has_second_factor
from hotline.staff.tokens import hash_of
from hotline.staff.usernames import one_form
from hotline.storage.session import Database, Work
from hotline.storage.tables import Presence, Staff, StaffSession
from hotline.turns import Turns

log = structlog.get_logger()

LASTS = timedelta(hours=12)
MOST_SESSIONS = {"cookie": 5, "bearer": 20}  # desk, floor, wall and phone; programs keep theirs
OLD_TOKEN_LASTS = timedelta(seconds=30)  # what is under way when a session gets a new one
SEEN_EVERY = timedelta(minutes=1)  # so often it is written down that a session is used
NAME_DIGITS = 24
REFUSED_FOR_S = 2.0  # without a look at the database
MOST_INSIDE = 100  # of one address, waiting included: a whole office may have one


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is asking. `session`: its name; `confirmed_at`: when they last proved who they are.

    `at`: when they ask. None: nothing that was granted for a time counts.
    """

    staff_id: str
    username: str
    name: str
    roles: tuple[str, ...]
    station_id: str | None
    lines: tuple[str, ...]
    answers_on: str = "browser"
    session: str = ""
    confirmed_at: datetime | None = None
    at: datetime | None = None

    def is_a(self, *roles: Role) -> bool:
        """Whether they have one of these roles."""
        return any(role in self.roles for role in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A name, its password, and what for: `cookie` (a browser) or `bearer` (other software).

    `sender`: the address it came from. `device_mark`: what the browser was given the last time.
    `device`, `shown_address`: how its owner will know the session again.
    """

    username: str
    password: str
    kind: str
    sender: str
    device_mark: str = ""
    device: str = ""
    shown_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A fresh token and when it ends; `device_mark`: for the browser to keep beyond that.

    `told`: others did something to this account, which its owner has not been told yet.
    """

    token: str
    ends: datetime
    device_mark: str
    username: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """Whose password is to be looked at, by which known device, and how long that must wait."""

    staff: Staff | None
    device: str
    wait_s: float


def nobody_must(_roles: Sequence[str]) -> bool:
    """Second factors are up to each."""
    return False


@dataclass(kw_only=True)
class SignInDesk:
    """Where people sign in. `wait`: how a name that was guessed at is slowed down.

    `must`: whether somebody with these roles needs a second factor.
    """

    database: Database
    clock: Clock
    devices: Devices
    must: Callable[[Sequence[str]], bool] = nobody_must
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    turns: Turns = field(default_factory=lambda: Turns(at_once=2, most_waiting=60))
    inside: Counter[str] = field(default_factory=Counter)
    refused: TTLCache[str, bool] = field(default_factory=lambda: TTLCache(10_000, REFUSED_FOR_S))

    async def sign_in(self, given: SignIn) -> NewSession | Halfway:
        """Open a session, or stop half way to it where a second factor has a word to say.

        Raises `WrongPassword`, in the same time for every name; `TooManyTries` or `TooBusy` for a
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

    async def _sign_in(self, given: SignIn) -> NewSession | Halfway:
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
            raise WrongPassword
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
    ) -> NewSession | Halfway:
        async with self.database.work() as work:
            sender = "" if device else given.sender
            await forgive(work, sender=sender, device=device, name=one_form(given.username))
            return await self.admit(work, staff, given, at=at, device=device)

    async def admit(
        self,
        work: Work,
        staff: Staff,
        given: SignIn,
        *,
        at: datetime,
        device: str = "",
        twice: bool = False,
    ) -> NewSession | Halfway:
        """Whoever proved one factor. `twice`: two. `device`: the known browser, if it is one."""
        has = not twice and await has_second_factor(work, staff.id)
        if has or (not twice and self.must(staff.roles)):
            return stop_half_way(work, staff, "code" if has else "enrol", device, at=at)
        return await self.open(work, staff, given, at=at, known=bool(device))

    async def open(
        self, work: Work, staff: Staff, given: SignIn, *, at: datetime, known: bool
    ) -> NewSession:
        """Whoever proved to be this person is in. `known`: the browser bears a mark of theirs."""
        token, ends = await open_session(work, staff, given, at=at)
        return NewSession(
            token=token,
            ends=ends,
            device_mark=given.device_mark if known else self.devices.mark(staff),
            username=staff.username,
            told=await untold(work, staff.id),
        )


async def _account(work: Work, name: str) -> Staff | None:
    query = select(Staff).where(Staff.username == name, col(Staff.active))
    return (await work.exec(query)).one_or_none()


async def open_session(
    work: Work, staff: Staff, given: SignIn, *, at: datetime
) -> tuple[str, datetime]:
    """A session of this person. Returns its token, and when it ends."""
    token, ends = secrets.token_urlsafe(32), at + LASTS
    same = col(Staff.id) == staff.id  # locks the row: of two who come at once, both are counted
    await work.exec(update(Staff).where(same).values(signed_in_at=at))
    session = StaffSession(
        token_hash=hash_of(token),
        staff_id=staff.id,
        kind=given.kind,
        created_at=at,
        seen_at=at,
        confirmed_at=at,
        device=given.device,
        address=given.shown_address,
        expires_at=ends,
        generation=staff.generation,
    )
    work.add(session)
    await work.flush()
    await _end_surplus(work, session)
    return token, ends


async def _end_surplus(work: Work, newest: StaffSession) -> None:
    """The ones used least recently end: a browser that was forgotten, never the one in a talk."""
    kind = col(StaffSession.kind) == newest.kind
    own = col(StaffSession.staff_id) == newest.staff_id
    others = col(StaffSession.token_hash) != newest.token_hash
    used = func.coalesce(StaffSession.seen_at, StaffSession.created_at)
    kept = MOST_SESSIONS[newest.kind] - 1
    beyond = select(StaffSession.token_hash).where(own, kind, others)
    beyond = beyond.order_by(used.desc(), col(StaffSession.token_hash)).offset(kept)
    ended = delete(StaffSession).where(col(StaffSession.token_hash).in_(beyond))
    if (await work.exec(ended)).rowcount:
        work.announce("session", newest.staff_id)


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
    found = await who_are(work, [token], at=at)
    if token not in found:
        raise NotSignedIn
    return found[token]


async def who_are(work: Work, tokens: Collection[str], *, at: datetime) -> dict[str, SignedIn]:
    """Whose tokens these are, in one statement. A token that is nobody's is not in it."""
    hashed = {hash_of(token): token for token in tokens}
    query = (
        select(Staff, StaffSession)
        .join(StaffSession, col(StaffSession.staff_id) == col(Staff.id))
        .where(_is_of(hashed, at), session_lasts(at))
        .where(col(Staff.active), StaffSession.generation == Staff.generation)
    )
    found = (await work.exec(query)).all()
    await _note_seen(work, [session for _, session in found], at=at)
    return {
        hashed[name]: _signed_in(staff, session, at)
        for staff, session in found
        for name in _hashes_of(session, at) & hashed.keys()
    }


def _hashes_of(session: StaffSession, at: datetime) -> set[str]:
    """As `_is_of` says it to the database."""
    replaced, since = session.previous_hash, session.renewed_at
    just_now = since is not None and at - OLD_TOKEN_LASTS <= since <= at
    return {session.token_hash, replaced} if replaced and just_now else {session.token_hash}


def _signed_in(staff: Staff, session: StaffSession, at: datetime) -> SignedIn:
    return SignedIn(
        staff_id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=tuple(staff.roles),
        station_id=staff.station_id,
        lines=tuple(staff.lines),
        answers_on=staff.answers_on,
        session=session_name(session.token_hash),
        confirmed_at=session.confirmed_at,
        at=at,
    )


async def _note_seen(work: Work, sessions: Sequence[StaffSession], *, at: datetime) -> None:
    """By a statement of its own: a session that is ended meanwhile is no fault."""
    long_ago = [
        session.token_hash
        for session in sessions
        if session.seen_at is None or session.seen_at <= at - SEEN_EVERY
    ]
    if long_ago:
        same = col(StaffSession.token_hash).in_(sorted(long_ago))  # one order: no deadlock
        await work.exec(update(StaffSession).where(same).values(seen_at=at))


def session_name(token_hash: str) -> str:
    """What a session is called in lists and addresses; it opens nothing."""
    return token_hash[:NAME_DIGITS]


def _is_of(hashed: Collection[str], at: datetime) -> ColumnElement[bool]:
    """The session of one of these tokens, or of one that it has replaced a moment ago."""
    just_now = col(StaffSession.renewed_at).between(at - OLD_TOKEN_LASTS, at)
    before = and_(col(StaffSession.previous_hash).in_(hashed), just_now)
    return or_(col(StaffSession.token_hash).in_(hashed), before)


async def renew_session(work: Work, staff_id: str, name: str, *, at: datetime) -> str | None:
    """Its owner has just proved again who they are: a browser signs with a new token from now on.

    Returns it; None where the one it has goes on: other software was told its token once, and of
    two proofs at once the second changes nothing. Raises `NotSignedIn` for one that has ended.
    """
    same = col(StaffSession.token_hash).startswith(name), col(StaffSession.staff_id) == staff_id
    query = select(StaffSession).where(*same).with_for_update()
    session = (await work.exec(query)).one_or_none()
    if session is None:
        raise NotSignedIn
    session.confirmed_at = at
    again = session.renewed_at is not None and at - session.renewed_at <= OLD_TOKEN_LASTS
    if session.kind != "cookie" or again:
        return None
    token, old = secrets.token_urlsafe(32), session.token_hash
    session.previous_hash, session.renewed_at, session.token_hash = old, at, hash_of(token)
    return token


async def sign_out(work: Work, token: str, *, at: datetime) -> None:
    """End this session, and with it the streams that hang on it."""
    ended = delete(StaffSession).where(_is_of([hash_of(token)], at))
    staff_id = (await work.exec(ended.returning(col(StaffSession.staff_id)))).scalar_one_or_none()
    if staff_id is not None:
        work.announce("session", staff_id)
