"""The end of a duty: what an officer has goes to a colleague of the station, with a note.

Until somebody takes it, it stays with who had it, and every deadline runs on: handing over never
lengthens one. Lock order: the hand-over, then its escalations by their ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from hotline.errors import Conflict, Forbidden, Invalid, NotFound
from hotline.escalations.holders import held_by, take_over
from hotline.escalations.timeline import add_escalation_entry
from hotline.fieldwork.policy import TAKEN_WITHIN
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, through
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell, place_in
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, ShiftHandover, ShiftItem, Staff
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

NOTE_READ = "escalation.shift_note_read"
NOTHING_TO_HAND = "You have no open escalation to hand over: nothing needs to be done."
NOT_YOURS = "One of these is not with you any more. Look again, then hand over what is left."
NO_SUCH_COLLEAGUE = "Choose a colleague of your own station, or whoever comes."
NOT_YOUR_OWN = "This is your own hand-over: take it back instead, and it stays with you."
FOR_SOMEBODY_ELSE = (
    "This was handed to a colleague by name. If they do not come within half an hour, you can take"
    " it; ring the one who handed it over before that."
)
OVER = "This hand-over is over: somebody took it, or it was taken back. Look again."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandover:
    """What is handed to whom. `to`: None for whoever comes. `escalations`: empty for all of it."""

    to: str | None = None
    escalations: Sequence[str] = ()
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of it, by numbers. `not_moved`: what its former holder did not have any more."""

    moved: tuple[str, ...]
    not_moved: tuple[str, ...]


def require_station(who: SignedIn) -> str:
    """The station that somebody answers for. Raises `Forbidden`."""
    if Relation.STATION not in through(who.roles, Permission.ANSWER_ESCALATION):
        raise Forbidden
    if who.station_id is None:
        raise Forbidden
    return who.station_id


async def hand_over_shift(
    work: Work, vault: Vault, who: SignedIn, wanted: NewHandover, *, at: datetime
) -> ShiftHandover:
    """It waits for a colleague. One that still waited is replaced. Raises `Conflict`, `Invalid`."""
    station_id = require_station(who)
    await _hold_person(work, who.staff_id)
    await _require_colleague(work, who, wanted.to)
    chosen = await _chosen(work, who, wanted.escalations)
    await _withdraw_open(work, who.staff_id, at=at)
    handover_id = new_id()
    place = place_in(ShiftHandover, "note_sealed", id=handover_id)
    one = ShiftHandover(
        id=handover_id,
        station_id=station_id,
        from_id=who.staff_id,
        to_id=wanted.to,
        note_sealed=vault.seal(wanted.note.strip(), place=place),
        created_at=at,
        due_at=at + TAKEN_WITHIN,
    )
    work.add(one)
    await work.flush()
    for escalation_id in chosen:
        work.add(ShiftItem(handover_id=one.id, escalation_id=escalation_id))
    work.announce("station", station_id)
    return one


async def _hold_person(work: Work, staff_id: str) -> None:
    """Two windows of one officer hand over one after the other."""
    query = select(Staff.id).where(Staff.id == staff_id).with_for_update(key_share=True)
    await work.exec(query)


async def _require_colleague(work: Work, who: SignedIn, to: str | None) -> None:
    if to is not None and to not in dict(await colleagues_of(work, who)):
        raise Invalid(NO_SUCH_COLLEAGUE)


async def colleagues_of(work: Work, who: SignedIn) -> list[tuple[str, str]]:
    """Officers of the same station, id and name."""
    query = select(Staff.id, Staff.name).where(
        Staff.station_id == who.station_id,
        Staff.id != who.staff_id,
        col(Staff.active),
        col(Staff.roles).contains([Role.OFFICER]),
    )
    found = await work.exec(query.order_by(col(Staff.name), col(Staff.id)))
    return [(staff_id, name) for staff_id, name in found.all()]


async def _chosen(work: Work, who: SignedIn, wanted: Sequence[str]) -> list[str]:
    held = [one.id for one in await held_by(work, who.staff_id)]
    if not held:
        raise Conflict(NOTHING_TO_HAND)
    if not set(wanted) <= set(held):
        raise Conflict(NOT_YOURS)
    return [one for one in held if one in wanted] if wanted else held


async def _withdraw_open(work: Work, staff_id: str, *, at: datetime) -> None:
    query = (
        update(ShiftHandover)
        .where(col(ShiftHandover.from_id) == staff_id, is_waiting())
        .values(withdrawn_at=at, due_at=None)
    )
    await work.exec(query.execution_options(synchronize_session=False))


def is_waiting() -> ColumnElement[bool]:
    """Nobody took it, and it was not taken back."""
    return col(ShiftHandover.taken_at).is_(None) & col(ShiftHandover.withdrawn_at).is_(None)


def may_take(one: ShiftHandover, who: SignedIn, *, at: datetime) -> bool:
    """What waits, by whoever it is for; after a while by any colleague."""
    is_over = one.taken_at is not None or one.withdrawn_at is not None
    is_late = at - one.created_at >= TAKEN_WITHIN
    is_theirs = is_late or one.to_id in (None, who.staff_id)
    return not is_over and one.from_id != who.staff_id and is_theirs


def may_read(one: ShiftHandover, who: SignedIn, *, at: datetime) -> bool:
    """Its note: whoever may take it, before they decide; afterwards the two it went between."""
    return who.staff_id in (one.from_id, one.taken_by) or may_take(one, who, at=at)


async def take_shift(work: Work, handover_id: str, who: SignedIn, *, at: datetime) -> TakenOver:
    """All of it in one act: who takes it has it from now on. Taken already by them: fine.

    Raises `Conflict`, `Forbidden`, `NotFound`.
    """
    one = await _held(work, handover_id, who)
    if one.taken_by == who.staff_id:
        return await _taken(work, one)
    _require_open(one)
    if one.from_id == who.staff_id:
        raise Conflict(NOT_YOUR_OWN)
    if not may_take(one, who, at=at):
        raise Forbidden(FOR_SOMEBODY_ELSE)
    by = Actor.of_staff(who.staff_id)
    for item in await _items(work, one.id):
        item.moved = await take_over(work, item.escalation_id, former_id=one.from_id, by=by, at=at)
    one.taken_at, one.taken_by, one.due_at = at, who.staff_id, None
    work.announce("station", one.station_id)
    await work.flush()
    return await _taken(work, one)


async def take_back(work: Work, handover_id: str, who: SignedIn, *, at: datetime) -> None:
    """It stays with whoever had it. Taken back already: fine. Raises `Conflict`, `NotFound`."""
    one = await _held(work, handover_id, who)
    if one.from_id != who.staff_id:
        raise NotFound
    if one.withdrawn_at is not None:
        return
    _require_open(one)
    one.withdrawn_at, one.due_at = at, None
    work.announce("station", one.station_id)


async def read_note(
    work: Work, vault: Vault, handover_id: str, who: SignedIn, *, at: datetime
) -> str:
    """What the former wrote. That it was read is told in each of its escalations."""
    one = await _held(work, handover_id, who)
    if not may_read(one, who, at=at):
        _require_open(one)
        raise Forbidden(FOR_SOMEBODY_ELSE)
    by = Actor.of_staff(who.staff_id)
    for item in await _items(work, one.id):
        escalation = await work.get_one(Escalation, item.escalation_id)
        add_escalation_entry(work, escalation, NOTE_READ, at=at, actor=by)
    return open_cell(vault, one, "note_sealed")


async def _held(work: Work, handover_id: str, who: SignedIn) -> ShiftHandover:
    """One of the own station, held until the unit of work ends. Raises `NotFound`."""
    station_id = require_station(who)
    query = select(ShiftHandover).where(ShiftHandover.id == handover_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None or found.station_id != station_id:
        raise NotFound
    return found


def _require_open(one: ShiftHandover) -> None:
    if one.taken_at is not None or one.withdrawn_at is not None:
        raise Conflict(OVER)


async def _items(work: Work, handover_id: str) -> Sequence[ShiftItem]:
    query = select(ShiftItem).where(ShiftItem.handover_id == handover_id)
    return (await work.exec(query.order_by(col(ShiftItem.escalation_id)))).all()


async def _taken(work: Work, one: ShiftHandover) -> TakenOver:
    query = (
        select(Escalation.number, ShiftItem.moved)
        .join(ShiftItem, col(ShiftItem.escalation_id) == col(Escalation.id))
        .where(ShiftItem.handover_id == one.id)
        .order_by(col(Escalation.number))
    )
    found = (await work.exec(query)).all()
    moved = tuple(number for number, moved in found if moved)
    return TakenOver(moved, tuple(number for number, moved in found if not moved))
