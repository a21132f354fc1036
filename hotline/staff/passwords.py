"""Passwords and PINs: Argon2id, beside the calls (`hotline.staff.hashing`), two at a time of each
kind, and of strangers one, so that neither a shift change nor guesses slow the calls.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.staff.hashing import NOBODY, HashingProcesses, hash_fits, make_hash
from hotline.staff.revocation import end_sessions
from hotline.staff.strength import refuse_weak_password, refuse_weak_pin
from hotline.staff.usernames import one_form
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StationContact
from hotline.turns import Turns

AT_ONCE = 2
MOST_WAITING = 60  # of one sender: a shift may sign in at once and waits some seconds

RunBeside = Callable[..., Awaitable[Any]]


class HashChecks:
    """Hashes made and checked a few at a time, in rotation by who asks."""

    def __init__(
        self, run: RunBeside, most_waiting: int = MOST_WAITING, *, at_once: int = AT_ONCE
    ) -> None:
        """`run`: a function with its arguments, beside us. `most_waiting`: of one sender."""
        self._turns = Turns(at_once=at_once, most_waiting=most_waiting)
        self._run = run

    async def hash(self, secret: str) -> str:
        """Takes as long as it takes: this is an administrator's doing."""
        async with self._turns.turn(""):
            made: str = await self._run(make_hash, secret)
        return made

    async def fits(self, secret: str, kept: str, *, sender: str = "") -> bool:
        """Whether the secret is the one of this hash. Raises `TooBusy` at a flood's own sender."""
        async with self._turns.turn(sender):
            fits: bool = await self._run(hash_fits, secret, kept)
        return fits


_PROCESSES = HashingProcesses(AT_ONCE + 1)
_STRANGERS = HashChecks(_PROCESSES.run, at_once=1)
_KNOWN = HashChecks(
    _PROCESSES.run
)  # devices that have signed in before never wait behind strangers
# Asked for in calls that we place: no stranger can flood them, and a station is on the line and
# waits, not for a process to begin either.
_PINS = HashChecks(asyncio.to_thread, sys.maxsize)


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
    fits = await checks.fits(password, password_hash or NOBODY, sender=sender)
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
    query = select(Staff).where(Staff.username == one_form(username))
    staff = (await work.exec(query)).one_or_none()
    if staff is None:
        raise NotFound(f"There is no account {username}.")
    await choose_password(work, staff, password)


async def choose_password(work: Work, staff: Staff, password: str, *, but: str = "") -> None:
    """A password that this person chose. Their sessions end, but for the one of this name.

    Raises `Invalid` for one that can be guessed.
    """
    refuse_weak_password(password, [staff.username, staff.name])
    staff.password_hash, staff.password_chosen = await hash_password(password), True
    await end_sessions(work, staff, but=but)


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
