"""Passwords: Argon2id, in threads, two at a time, so that a shift change cannot slow the voice."""

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import col, delete, select

from hotline.errors import Invalid, NotFound
from hotline.staff.delays import TooManyTries
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffSession

SHORTEST = 12
MOST_INSIDE = 32  # a shift may sign in at once and waits some seconds; a flood may not queue
_HASHER = PasswordHash((Argon2Hasher(),))
# Checked when there is no such account, so that both answers take the same time.
_NOBODY = _HASHER.hash("nobody has this password")


class Desk:
    """Where passwords are looked at: two at a time, and not too many in the line."""

    def __init__(self, most: int = MOST_INSIDE) -> None:
        """`most`: looked at and waiting, together."""
        self._most, self._inside = most, 0
        self._two = CapacityLimiter(2)

    async def hash(self, password: str) -> str:
        """Takes as long as it takes: this is an administrator's doing."""
        return await to_thread.run_sync(_HASHER.hash, password, limiter=self._two)

    async def fits(self, password: str, password_hash: str) -> bool:
        """Raises `TooManyTries` where the line is full."""
        if self._inside >= self._most:
            raise TooManyTries
        self._inside += 1
        try:
            known = password_hash or _NOBODY
            fits = await to_thread.run_sync(_HASHER.verify, password, known, limiter=self._two)
        finally:
            self._inside -= 1
        return fits and bool(password_hash)


_DESK = Desk()


async def hash_password(password: str) -> str:
    """For the account's row."""
    return await _DESK.hash(password)


async def password_fits(password: str, password_hash: str) -> bool:
    """Whether this is the password. The same work for an account that is not there.

    Raises `TooManyTries` when too many wait for theirs to be looked at.
    """
    return await _DESK.fits(password, password_hash)


async def set_password(work: Work, username: str, password: str) -> None:
    """A new password; whoever is signed in with the old one is signed out.

    Raises `NotFound`, or `Invalid` for one that is too short.
    """
    if len(password) < SHORTEST:
        raise Invalid(f"A password needs at least {SHORTEST} characters. Nothing was changed.")
    staff = (await work.exec(select(Staff).where(Staff.username == username))).one_or_none()
    if staff is None:
        raise NotFound(f"There is no account {username}.")
    staff.password_hash = await hash_password(password)
    await work.exec(delete(StaffSession).where(col(StaffSession.staff_id) == staff.id))
    work.announce("session", staff.id)
