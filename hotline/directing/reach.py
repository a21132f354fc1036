"""Whom and what a supervisor may direct: what is on their lines (`staff.permissions`)."""

from collections.abc import Collection, Iterable, Sequence

from sqlmodel import col, select

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.errors import NotFound
from hotline.lines.numbers import NO_LINE
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission, Relation, may, require
from hotline.staff.revocation import may_be_rung, works_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Presence, Staff

REASON_LENGTH = 200


async def call_to_direct(work: Work, call_id: str, who: SignedIn) -> Call:
    """A caller of their lines, held. Raises `NotFound` or `Forbidden`."""
    call = await lock_call(work, call_id)
    return await permitted_call(work, call, who, Permission.DIRECT_FLOOR)


async def line_to_direct(work: Work, line_id: str, who: SignedIn) -> Line:
    """One of their lines, held. Raises `NotFound`."""
    line = await work.get(Line, line_id, with_for_update=True)
    if line is None or line.id == NO_LINE or not may_direct(who, [line.id]):
        raise NotFound
    return line


async def staff_to_direct(work: Work, staff_id: str, who: SignedIn) -> Staff:
    """Somebody who takes calls on one of their lines, held. Raises `NotFound`."""
    query = select(Staff).where(Staff.id == staff_id, may_be_rung()).with_for_update()
    staff = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if staff is None:
        raise NotFound
    standing = [Relation.LINE] if set(staff.lines) & set(who.lines) else []
    require(who.roles, standing, Permission.DIRECT_FLOOR, to_know=Permission.WATCH_FLOOR)
    return staff


def may_direct(who: SignedIn, lines: Iterable[str]) -> bool:
    """Whether something on these lines is theirs to direct."""
    standing = [Relation.LINE] if set(lines) & set(who.lines) else []
    return may(who.roles, standing, Permission.DIRECT_FLOOR)


async def on_duty_of(work: Work, lines: Collection[str]) -> Sequence[str]:
    """Who takes calls on these lines and is not off duty."""
    query = (
        select(Staff.id)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(Presence.state != PresenceState.OFFLINE, may_be_rung())
        .where(works_for(lines))
    )
    return (await work.exec(query)).all()
