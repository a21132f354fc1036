"""A number that is not put through for a while: by a supervisor alone, and never in danger.

Whoever is blocked still hears where help is, and the danger key leads them to people as it always
does. Nothing counts while an escalation of the number is open, or on the day of a crisis call.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.calls.model import Urgency
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.put_through import unlifted_block_of
from hotline.numbers import OF_A_PERSON
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallerBlock, Staff, SupervisorAct
from hotline.storage.tables.columns import new_id

FIRST_HOURS, MOST_HOURS = 24, 30 * 24  # domain research, requirement 48
NO_NUMBER = "This caller has no number of their own: nobody can be blocked by it."
IN_DANGER = "A caller in danger is put through, always."
BLOCKED_ALREADY = "This number is blocked already. Lift that first."
LIFTED_ALREADY = "This number is not blocked any more."
REVIEW_FIRST = "A block of more than a day needs a date, before its end, to look at it again."


class AbuseCode(StrEnum):
    """What somebody did who is not put through for a while."""

    OBSCENE = "obscene"
    INSULTING = "insulting"
    THREATENING = "threatening"
    PRANK = "prank"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBlock:
    """`hours`: until it ends by itself. `review_on`: when somebody looks at it again."""

    code: AbuseCode
    hours: int = FIRST_HOURS
    review_on: date | None = None


def end_of(new: NewBlock, *, at: datetime) -> datetime:
    """When it ends. Raises `Invalid` for a long one that nobody would look at again."""
    until = at + timedelta(hours=new.hours)
    if new.hours > MOST_HOURS:
        raise Invalid(REVIEW_FIRST)
    looked_at = new.review_on is not None and at.date() <= new.review_on <= until.date()
    if new.hours > FIRST_HOURS and not looked_at:
        raise Invalid(REVIEW_FIRST)
    return until


async def block_caller(
    work: Work, call: Call, new: NewBlock, *, at: datetime, by: str
) -> CallerBlock:
    """Put the number of a call, whose row is held, through no more. Raises `IllegalMove`."""
    until = end_of(new, at=at)
    if not call.from_index or call.number_kind not in OF_A_PERSON:
        raise IllegalMove(NO_NUMBER)
    if call.urgency == Urgency.CRISIS:
        raise IllegalMove(IN_DANGER)
    await _end_overdue(work, call, at=at)
    if (await work.exec(select(CallerBlock.id).where(unlifted_block_of(call)))).first() is not None:
        raise IllegalMove(BLOCKED_ALREADY)
    block = CallerBlock(
        id=new_id(), number_index=call.from_index, masked=call.from_masked, line_id=call.line_id,
        call_id=call.id, code=new.code, by_id=by, at=at, until=until, review_on=new.review_on,
    )  # fmt: skip
    work.add(block)
    add_call_entry(work, call, "caller.blocked", at=at, staff_id=by, facts={"code": new.code})
    after = {"block_id": block.id, "code": new.code, "until": until.isoformat()}
    await record_act(work, _act(block, ActKind.CALLER_BLOCKED, by, after), at=at)
    return block


async def _end_overdue(work: Work, call: Call, *, at: datetime) -> None:
    """One that ended by itself makes room for the next."""
    for block in (await work.exec(select(CallerBlock).where(unlifted_block_of(call)))).all():
        if block.until <= at:
            block.lifted_at = block.until
    await work.flush()


async def lift_block(work: Work, block: CallerBlock, who: SignedIn, *, at: datetime) -> None:
    """The number, whose row is held, is put through again. Raises as the permissions do."""
    standing = [Relation.LINE] if block.line_id in who.lines else []
    require(who.roles, standing, Permission.DIRECT_FLOOR, to_know=Permission.WATCH_FLOOR)
    if block.lifted_at is not None or block.until <= at:
        raise IllegalMove(LIFTED_ALREADY)
    block.lifted_at, block.lifted_by = at, who.staff_id


async def lift_by_id(work: Work, block_id: str, who: SignedIn, *, at: datetime) -> None:
    """The same as an act of its own, which the audit tells. Raises `NotFound` too."""
    block = await _held(work, block_id)
    await lift_block(work, block, who, at=at)
    act = _act(block, ActKind.CALLER_UNBLOCKED, who.staff_id, {"block_id": block.id})
    await record_act(work, act, at=at)


async def undo_block(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """Take the act back that blocked a number."""
    await lift_block(work, await _held(work, act.after["block_id"]), who, at=at)


async def _held(work: Work, block_id: str) -> CallerBlock:
    block = await work.get(CallerBlock, block_id, with_for_update=True)
    if block is None:
        raise NotFound
    return block


def _act(block: CallerBlock, kind: ActKind, by: str, after: dict[str, str]) -> NewAct:
    return NewAct(
        by_id=by,
        kind=kind,
        subject=SubjectKind.CALL,
        subject_id=block.call_id,
        lines=frozenset({block.line_id}),
        after=after,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockShown:
    """A block in force, as people read it."""

    id: str
    line_id: str
    call_id: str
    masked: str
    code: str
    by: str
    until: datetime
    review_on: date | None


async def blocks_of(work: Work, lines: Collection[str], *, at: datetime) -> list[BlockShown]:
    """Those in force on these lines, the next to end first."""
    query = (
        select(CallerBlock, Staff.name)
        .join(Staff, col(Staff.id) == col(CallerBlock.by_id))
        .where(col(CallerBlock.line_id).in_(lines), col(CallerBlock.until) > at)
        .where(col(CallerBlock.lifted_at).is_(None))
        .order_by(col(CallerBlock.until))
    )
    return [
        BlockShown(id=one.id, line_id=one.line_id, call_id=one.call_id, masked=one.masked,
                   code=one.code, by=name, until=one.until, review_on=one.review_on)
        for one, name in (await work.exec(query)).all()
    ]  # fmt: skip
