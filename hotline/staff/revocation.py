"""What was given to an account and counts no more: its sessions, and the right to be rung.

Two numbers in the account's row say so. A session bears the generation, an offer the revision, of
the time when it was made: whatever bears another is over, whoever held it and wherever.
"""

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, false, or_
from sqlalchemy.dialects.postgresql import array
from sqlmodel import col, delete, not_, select, update

from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffSession

# What decides whom a call is offered to, and which phone rings for them.
DECIDES_OFFERS = frozenset({"active", "roles", "lines", "skills", "own_phone", "answers_on"})


async def note_changes(work: Work, staff: Staff, changed: Collection[str]) -> None:
    """Columns of an account were changed: offers made before fall; switched off, it is out."""
    if not DECIDES_OFFERS.isdisjoint(changed):
        staff.revision += 1
    if "roles" in changed:  # what the new ones allow wants a proof, and with it a new token
        own = col(StaffSession.staff_id) == staff.id
        await work.exec(update(StaffSession).where(own).values(confirmed_at=None))
    if "active" in changed and not staff.active:
        await end_sessions(work, staff)


async def end_sessions(work: Work, staff: Staff, *, but: str = "") -> None:
    """Every session ends at once, and none of them ever comes back. `but`: the name of one."""
    staff.generation += 1
    own = col(StaffSession.staff_id) == staff.id
    kept = col(StaffSession.token_hash).startswith(but) if but else false()
    await work.exec(delete(StaffSession).where(own, not_(kept)))
    await work.exec(update(StaffSession).where(own, kept).values(generation=staff.generation))
    work.announce("session", staff.id)


async def end_sessions_of_switched_off(work: Work) -> None:
    """Whoever was switched off in a way that told nobody."""
    held = select(StaffSession.staff_id).where(StaffSession.staff_id == Staff.id)
    query = select(Staff).where(not_(col(Staff.active)), held.exists())
    for staff in (await work.exec(query.with_for_update(skip_locked=True))).all():
        await end_sessions(work, staff)


def may_be_rung() -> ColumnElement[bool]:
    """Whether calls may be offered to an account at all: a condition on `Staff`."""
    return and_(col(Staff.active), col(Staff.roles).contains([Role.COUNSELOR.value]))


def may_be_called_in() -> ColumnElement[bool]:
    """Whether an alarm may ring an account's own phone, as counselor or as supervisor."""
    roles = (Role.COUNSELOR.value, Role.SUPERVISOR.value)
    return and_(col(Staff.active), or_(*(col(Staff.roles).contains([role]) for role in roles)))


def works_for(lines: Collection[str], staff: type[Staff] = Staff) -> ColumnElement[bool]:
    """Whether somebody works for one of these lines: a condition on `Staff`; of no line, nobody."""
    return col(staff.lines).op("?|")(array(list(lines), type_=Text))


def works_for_given(name: str) -> ColumnElement[bool]:
    """The same in a statement that is built once: which lines is said when it is executed."""
    return col(Staff.lines).op("?|")(bindparam(name, type_=ARRAY(Text)))
