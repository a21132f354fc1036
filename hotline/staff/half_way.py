"""Between a right password and a session: a token that opens nothing, until a code has come.

It lasts ten minutes and a few codes. Codes are counted like wrong passwords, by account, or by the
browser that is known: nobody comes so far who does not know the password.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, delete, select, update

from hotline.errors import HalfWayOver
from hotline.staff.delays import count_proof, forgive_proof
from hotline.staff.tokens import hash_of
from hotline.storage.session import Database, Work
from hotline.storage.tables import HalfSignIn, Staff

HalfStep = Literal["code", "enrol"]
HALF_LASTS = timedelta(minutes=10)
MOST_CODES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Halfway:
    """`wants`: a `code` of the second factor, or to `enrol` one. `token` names the sign-in."""

    token: str
    wants: HalfStep


def stop_half_way(
    work: Work, staff: Staff, wants: HalfStep, device: str, *, at: datetime
) -> Halfway:
    """The password was right. `device`: the known browser, if it is one."""
    token = secrets.token_urlsafe(32)
    half = HalfSignIn(
        token_hash=hash_of(token),
        staff_id=staff.id,
        wants=wants,
        generation=staff.generation,
        device=device,
        expires_at=at + HALF_LASTS,
    )
    work.add(half)
    return Halfway(token=token, wants=wants)


async def half_way(
    work: Work, token: str, wants: HalfStep, *, at: datetime
) -> tuple[HalfSignIn, Staff]:
    """The sign-in of this token, and whose it is. Raises `HalfWayOver`."""
    query = (
        select(HalfSignIn, Staff)
        .join(Staff, col(Staff.id) == col(HalfSignIn.staff_id))
        .where(HalfSignIn.token_hash == hash_of(token), HalfSignIn.wants == wants)
        .where(HalfSignIn.expires_at > at, HalfSignIn.generation == Staff.generation)
        .where(col(Staff.active))
    )
    found = (await work.exec(query)).one_or_none()
    if found is None:
        raise HalfWayOver
    return found


async def count_code(database: Database, token: str, wants: HalfStep, *, at: datetime) -> None:
    """Before it is looked at, and kept whatever comes of it.

    Raises `HalfWayOver`, or `TooManyTries`.
    """
    async with database.work() as work:
        half, staff = await half_way(work, token, wants, at=at)
        same = col(HalfSignIn.token_hash) == half.token_hash
        left = col(HalfSignIn.tries) < MOST_CODES
        count = update(HalfSignIn).where(same, left).values(tries=HalfSignIn.tries + 1)
        if (await work.exec(count)).rowcount != 1:
            raise HalfWayOver
        await count_proof(work, _whose(half, staff), at=at)


async def end_half_way(work: Work, half: HalfSignIn, staff: Staff) -> None:
    """The code was right. Of two who come at once, one is told `HalfWayOver`."""
    gone = delete(HalfSignIn).where(col(HalfSignIn.token_hash) == half.token_hash)
    if (await work.exec(gone)).rowcount != 1:
        raise HalfWayOver
    await forgive_proof(work, _whose(half, staff))


def _whose(half: HalfSignIn, staff: Staff) -> str:
    return f"code {half.device or staff.id}"
