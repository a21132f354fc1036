"""Signing in through the provider: the way there and back, and whom it lets in here.

A browser takes a secret along, from which all that makes its way its own is derived; of that a hash
is kept, until it comes back or ten minutes are over. Nobody comes to have an account this way, who
is switched off stays out, and our second factor is asked for unless the provider said it has one.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, delete, select

from hotline.errors import NoAccount, NotSignedIn, ProviderAway, ProviderRefused
from hotline.staff.half_way import Halfway
from hotline.staff.id_tokens import LEEWAY_S, ProvenName
from hotline.staff.provider import Asking, Provider
from hotline.staff.sign_in import NewSession, SignedIn, SignIn, SignInDesk, renew_session
from hotline.staff.tokens import hash_of
from hotline.storage.session import Work
from hotline.storage.tables import ProviderSignIn, Staff

log = structlog.get_logger()

PASSING = frozenset({"server_error", "temporarily_unavailable"})
WAY_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayThere:
    """`address`: of the provider; `token`: for the browser to keep, until it is back."""

    address: str
    asking: Asking
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """It was them. `token`: what their browser signs with from now on; None: as before."""

    token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """What the provider sent a browser back with, and the secret that the browser kept.

    `error`: its word for why there is no code, if it has one.
    """

    code: str
    error: str
    state: str
    issuer: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDoor:
    """`counts_as_two`: words of the provider that stand for our second factor."""

    desk: SignInDesk
    provider: Provider
    counts_as_two: frozenset[str]

    async def begin(self, *, fresh: bool, confirms: SignedIn | None = None) -> WayThere:
        """`fresh`: the provider is to ask who it is. `confirms`: who says again that it is them.

        Raises `ProviderAway`.
        """
        token, at = secrets.token_urlsafe(32), self.desk.clock.now()
        asking = asking_of(token)
        address = await self.provider.address(asking, fresh=fresh or confirms is not None)
        begun = ProviderSignIn(
            state_hash=hash_of(asking.state),
            staff_id=confirms.staff_id if confirms else None,
            session=confirms.session if confirms else "",
            fresh=fresh or confirms is not None,
            begun_at=at,
            expires_at=at + WAY_LASTS,
        )
        async with self.desk.database.work() as work:
            work.add(begun)
        return WayThere(address=address, asking=asking, token=token)

    async def end(self, came: CameBack, given: SignIn) -> NewSession | Halfway | Confirmed:
        """They are back. Raises `ProviderRefused`, `NoAccount`, `ProviderAway`."""
        asking = asking_of(came.token)
        if not came.token or not hmac.compare_digest(asking.state.encode(), came.state.encode()):
            raise ProviderRefused  # not the browser that was sent there
        begun = await self._taken(asking)
        if came.error in PASSING:
            raise ProviderAway
        if came.error or not came.code:
            raise ProviderRefused  # they thought better of it, or it does not let them
        named = await self.provider.who(came.code, asking, issuer=came.issuer, sender=given.sender)
        if begun.fresh and not _just_proved(named, begun):
            raise ProviderRefused
        at = self.desk.clock.now()
        async with self.desk.database.work() as work:
            staff = await _account_named(work, named.username)
            if begun.staff_id is None:
                twice = not self.counts_as_two.isdisjoint(named.words)
                return await self.desk.admit(work, staff, given, at=at, twice=twice)
            return await _confirmed(work, staff, begun, at=at)

    async def _taken(self, asking: Asking) -> ProviderSignIn:
        """Once: whoever repeats a way back finds nothing."""
        at, same = self.desk.clock.now(), ProviderSignIn.state_hash == hash_of(asking.state)
        async with self.desk.database.work() as work:
            query = select(ProviderSignIn).where(same).with_for_update()
            begun = (await work.exec(query)).one_or_none()
            if begun is not None:
                await work.exec(
                    delete(ProviderSignIn).where(col(ProviderSignIn.state_hash) == begun.state_hash)
                )
        if begun is None or not begun.begun_at <= at < begun.expires_at:
            raise ProviderRefused
        return begun


def asking_of(token: str) -> Asking:
    """What goes with a browser's secret. The state says nothing of the other two."""
    state, nonce, verifier = (_derived(token, what) for what in ("state", "nonce", "verifier"))
    return Asking(state=state, nonce=nonce, verifier=verifier)


def _derived(token: str, what: str) -> str:
    digest = hmac.new(token.encode(), what.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _just_proved(named: ProvenName, begun: ProviderSignIn) -> bool:
    """A provider that was asked to ask again says when it did."""
    earliest = begun.begun_at.timestamp() - LEEWAY_S
    return named.proved_at is not None and named.proved_at >= earliest


async def _account_named(work: Work, username: str) -> Staff:
    query = select(Staff).where(Staff.username == username, col(Staff.active))
    staff = (await work.exec(query)).one_or_none()
    if staff is None:
        log.info("provider.nobody_of_ours")
        raise NoAccount
    return staff


async def _confirmed(work: Work, staff: Staff, begun: ProviderSignIn, *, at: datetime) -> Confirmed:
    """Whoever is named must be whoever began it, and still be signed in there."""
    if staff.id != begun.staff_id:
        raise ProviderRefused
    try:
        return Confirmed(token=await renew_session(work, staff.id, begun.session, at=at))
    except NotSignedIn as fault:
        raise ProviderRefused from fault
