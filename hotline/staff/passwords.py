"""Passwords and PINs: Argon2id, in threads, so that neither a shift change nor a ringing station
slows the calls. Each takes a quarter of a second and 64 MB: two at a time of either kind.
"""

import math

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.staff.delays import TooManyTries
from hotline.staff.revocation import end_sessions
from hotline.staff.strength import refuse_weak_password, refuse_weak_pin
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StationContact

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

    Raises `NotFound`, or `Invalid` for one that can be guessed.
    """
    staff = (await work.exec(select(Staff).where(Staff.username == username))).one_or_none()
    if staff is None:
        raise NotFound(f"There is no account {username}.")
    refuse_weak_password(password, [username, staff.name])
    staff.password_hash, staff.password_chosen = await hash_password(password), True
    await end_sessions(work, staff)


async def set_pin(work: Work, station: str, number: int, pin: str) -> str:
    """A new PIN for the contact of this number, counted from 1. Returns the contact's name.

    Raises `NotFound`, or `Invalid` for one that can be guessed.
    """
    query = select(StationContact).where(
        StationContact.station_id == station,
        StationContact.rank == number - 1,
        col(StationContact.active),
    )
    contact = (await work.exec(query)).first()
    if contact is None:
        raise NotFound(f"There is no contact {number} of a station {station}.")
    refuse_weak_pin(pin)
    contact.pin_hash, contact.pin_chosen = await hash_pin(pin), True
    return contact.name


async def contacts_without_pin(work: Work) -> list[str]:
    """A sentence for each: they are rung, and cannot acknowledge anything."""
    query = (
        select(StationContact.station_id, StationContact.rank)
        .where(StationContact.pin_hash == "", col(StationContact.active))
        .order_by(col(StationContact.station_id), col(StationContact.rank))
    )
    return [
        f"Contact {rank + 1} of station {station} has no PIN and cannot acknowledge: set one with"
        f" `hotline stations pin {station} {rank + 1}`."
        for station, rank in (await work.exec(query)).all()
    ]
