"""Passwords and PINs: Argon2id, in threads, so that neither a shift change nor a ringing station
slows the calls. Each takes a quarter of a second and 64 MB: two at a time of either kind.
"""

import math

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from hotline.errors import Invalid, NotFound
from hotline.staff.delays import TooManyTries
from hotline.staff.revocation import end_sessions
from hotline.storage.session import Work
from hotline.storage.tables import Staff

SHORTEST = 12
MOST_INSIDE = 32  # a shift may sign in at once and waits some seconds; a flood may not queue
_HASHER = PasswordHash((Argon2Hasher(),))
# Checked when there is no such account, so that both answers take the same time.
_NOBODY = _HASHER.hash("nobody has this password")


class HashChecks:
    """Hashes made and checked two at a time, with not too many waiting for their turn."""

    def __init__(self, most: float = MOST_INSIDE) -> None:
        """`most`: checked and waiting, together."""
        self._most, self._inside = most, 0
        self._two = CapacityLimiter(2)

    async def hash(self, secret: str) -> str:
        """Takes as long as it takes: this is an administrator's doing."""
        return await to_thread.run_sync(_HASHER.hash, secret, limiter=self._two)

    async def fits(self, secret: str, kept: str) -> bool:
        """Whether the secret is the one of this hash. Raises `TooManyTries` in a flood."""
        if self._inside >= self._most:
            raise TooManyTries
        self._inside += 1
        try:
            return await to_thread.run_sync(_fits, secret, kept, limiter=self._two)
        finally:
            self._inside -= 1


def _fits(secret: str, kept: str) -> bool:
    try:
        return _HASHER.verify(secret, kept)
    except UnknownHashError:
        return False


_PASSWORDS = HashChecks()
_PINS = HashChecks(math.inf)  # asked for in calls that we place: no stranger can flood them


async def hash_password(password: str) -> str:
    """For the account's row."""
    return await _PASSWORDS.hash(password)


async def password_fits(password: str, password_hash: str) -> bool:
    """Whether this is the password. The same work for an account that is not there.

    Raises `TooManyTries` when too many wait for theirs to be looked at.
    """
    fits = await _PASSWORDS.fits(password, password_hash or _NOBODY)
    return fits and bool(password_hash)


async def hash_pin(pin: str) -> str:
    """For the contact's row."""
    return await _PINS.hash(pin)


async def pin_fits(pin: str, pin_hash: str) -> bool:
    """Whether this is the PIN by which a station's contact proves who answers.

    A contact without a usable hash has none that fits.
    """
    return bool(pin) and await _PINS.fits(pin, pin_hash)


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
    await end_sessions(work, staff)
