"""Passwords and PINs: Argon2id, in threads, so that neither a shift change nor a ringing station
slows the calls. Each takes a quarter of a second and 64 MB: two at a time of each kind.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import col, delete, select

from hotline.errors import Invalid, NotFound
from hotline.staff.usernames import one_form
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffSession
from hotline.turns import Turns

Hashed = TypeVar("Hashed")

SHORTEST = 12
AT_ONCE = 2
MOST_WAITING = 60  # of one sender: a shift may sign in at once and waits some seconds
LOWEST = 19  # the niceness at which hashing never takes the processor from a call
_HASHER = PasswordHash((Argon2Hasher(),))
# Checked when there is no such account, so that both answers take the same time.
_NOBODY = _HASHER.hash("nobody has this password")


def _step_back() -> None:
    """Where threads have a priority of their own, calls go before this one."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST)


class HashChecks:
    """Hashes made and checked two at a time, in rotation by who asks."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        """`most_waiting`: of one sender."""
        self._turns = Turns(at_once=AT_ONCE, most_waiting=most_waiting)
        self._threads = ThreadPoolExecutor(AT_ONCE, "hash", initializer=_step_back)

    async def hash(self, secret: str) -> str:
        """Takes as long as it takes: this is an administrator's doing."""
        return await self._in_turn("", lambda: _HASHER.hash(secret))

    async def fits(self, secret: str, kept: str, *, sender: str = "") -> bool:
        """Whether the secret is the one of this hash. Raises `TooBusy` at a flood's own sender."""
        return await self._in_turn(sender, lambda: _fits(secret, kept))

    async def _in_turn(self, sender: str, work: Callable[[], Hashed]) -> Hashed:
        async with self._turns.turn(sender):
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _fits(secret: str, kept: str) -> bool:
    try:
        return _HASHER.verify(secret, kept)
    except UnknownHashError:
        return False


_STRANGERS = HashChecks()
_KNOWN = HashChecks()  # devices that have signed in before never wait behind strangers
_PINS = HashChecks(sys.maxsize)  # asked for in calls that we place: no stranger can flood them


async def hash_password(password: str) -> str:
    """For the account's row."""
    return await _KNOWN.hash(password)


async def password_fits(
    password: str, password_hash: str, *, sender: str = "", known: bool = False
) -> bool:
    """Whether this is the password. The same work for an account that is not there.

    `known`: the sender is a device that has signed in before. Raises `TooBusy` when too many of
    the sender's own wait.
    """
    checks = _KNOWN if known else _STRANGERS
    fits = await checks.fits(password, password_hash or _NOBODY, sender=sender)
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
    staff = (
        await work.exec(select(Staff).where(Staff.username == one_form(username)))
    ).one_or_none()
    if staff is None:
        raise NotFound(f"There is no account {username}.")
    staff.password_hash = await hash_password(password)
    await work.exec(delete(StaffSession).where(col(StaffSession.staff_id) == staff.id))
    work.announce("session", staff.id)
