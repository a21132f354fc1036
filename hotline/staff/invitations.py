"""Links by which a person chooses a password, once: for somebody new, or who forgot theirs.

Whoever makes one hands it over themselves; nothing is sent. A newer one makes the older worthless.
"""

import secrets
from datetime import datetime, timedelta

from sqlmodel import col, delete, select, update

from hotline.errors import NotFound
from hotline.staff.account_acts import AccountActKind, note_act
from hotline.staff.passwords import choose_password
from hotline.staff.tokens import hash_of
from hotline.storage.session import Work
from hotline.storage.tables import Invitation, Staff

INVITATION_LASTS = timedelta(hours=72)


async def invite(work: Work, staff: Staff, *, by: str, at: datetime) -> str:
    """Returns the token, which is told to nobody else. A password that was there counts no more.

    Sessions go on until the new password is chosen: nobody is cut off in a talk by having
    forgotten something. To put somebody out at once, end their sessions or switch the account off.
    """
    known = bool(staff.password_hash)
    kind = AccountActKind.PASSWORD_RESET if known else AccountActKind.INVITED
    staff.password_hash, staff.password_chosen = "", False
    token = secrets.token_urlsafe(32)
    await work.exec(delete(Invitation).where(col(Invitation.staff_id) == staff.id))
    work.add(
        Invitation(
            token_hash=hash_of(token),
            staff_id=staff.id,
            by_id=by,
            created_at=at,
            expires_at=at + INVITATION_LASTS,
        )
    )
    note_act(work, staff.id, kind, by=by, at=at)
    return token


async def invited(work: Work, token: str, *, at: datetime) -> Staff:
    """Whom the link is for. Raises `NotFound` for one that is used, too old or none."""
    query = (
        select(Staff)
        .join(Invitation, col(Invitation.staff_id) == col(Staff.id))
        .where(Invitation.token_hash == hash_of(token), Invitation.expires_at > at)
        .where(col(Invitation.used_at).is_(None), col(Staff.active))
    )
    staff = (await work.exec(query)).one_or_none()
    if staff is None:
        raise NotFound("This link was used, or is too old. Ask your administrator for a new one.")
    return staff


async def accept_invitation(work: Work, token: str, password: str, *, at: datetime) -> None:
    """Their password from now on. Raises `NotFound`, or `Invalid` for one that can be guessed."""
    staff = await invited(work, token, at=at)
    await choose_password(work, staff, password)
    same = col(Invitation.token_hash) == hash_of(token)
    unused = col(Invitation.used_at).is_(None)
    used = update(Invitation).where(same, unused).values(used_at=at)
    if (await work.exec(used)).rowcount != 1:  # two chose at once: the second changes nothing
        raise NotFound
    note_act(work, staff.id, AccountActKind.PASSWORD_CHOSEN, at=at)
