"""Passwords: Argon2id, in threads, two at a time, so that a shift change cannot slow the voice."""

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from hotline.errors import Invalid, NotFound
from hotline.storage.session import Work
from hotline.storage.tables import Staff

SHORTEST = 12
_HASHER = PasswordHash((Argon2Hasher(),))
_TWO = CapacityLimiter(2)
# Checked when there is no such account, so that both answers take the same time.
_NOBODY = _HASHER.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """For the account's row."""
    return await to_thread.run_sync(_HASHER.hash, password, limiter=_TWO)


async def password_fits(password: str, password_hash: str) -> bool:
    """Whether this is the password. The same work for an account that is not there."""
    known = password_hash or _NOBODY
    fits = await to_thread.run_sync(_HASHER.verify, password, known, limiter=_TWO)
    return fits and bool(password_hash)


async def set_password(work: Work, username: str, password: str) -> None:
    """A new password. Raises `NotFound`, or `Invalid` for one that is too short."""
    if len(password) < SHORTEST:
        raise Invalid(f"A password needs at least {SHORTEST} characters. Nothing was changed.")
    staff = (await work.exec(select(Staff).where(Staff.username == username))).one_or_none()
    if staff is None:
        raise NotFound(f"There is no account {username}.")
    staff.password_hash = await hash_password(password)
