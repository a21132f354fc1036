"""A life is in danger: it stays a duty until an emergency service has confirmed that it took over.

The duty is a row with a deadline of its own. While it is open supervisors' phones ring again each
time, the timeline says so, and the escalation cannot be closed, unless a supervisor says why.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from sqlalchemy import or_
from sqlmodel import col, select

from hotline.errors import IllegalMove, Invalid
from hotline.escalations.apart import done_apart
from hotline.escalations.model import EscalationState
from hotline.escalations.provisions import taken_by_service
from hotline.escalations.supervisors import call_supervisors
from hotline.escalations.timeline import add_escalation_entry, page_supervisors
from hotline.ports import Clock
from hotline.staff.actor import Actor
from hotline.storage.sealed import place_in
from hotline.storage.session import Database, Work
from hotline.storage.tables import Escalation, EscalationEntry, Rescue
from hotline.storage.vault import Vault

MOST_RESCUES_AT_ONCE = 50
CONFIRMED = "rescue.confirmed"
EVERY_S = 900.0  # domain research 32
NOT_CONFIRMED = (
    "Nobody has confirmed the rescue yet: write down who took over, or let a supervisor close it."
)

Agency = Literal["110", "119", "120", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Who took over, when they were reached, and under which number they keep it."""

    agency: Agency
    contacted_at: datetime
    reference: str


def open_rescue(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """With the escalation, where its chain asks for it."""
    if not _said(escalation).get("confirmed"):
        return
    work.add(Rescue(escalation_id=escalation.id, due_at=at + _every(escalation)))
    add_escalation_entry(work, escalation, "rescue.asked", at=at)


def _said(escalation: Escalation) -> dict[str, Any]:
    found: dict[str, Any] = escalation.policy.get("rescue", {})
    return found


def _every(escalation: Escalation) -> timedelta:
    return timedelta(seconds=float(_said(escalation).get("every_s", EVERY_S)))


async def rescue_of(work: Work, escalation_id: str) -> Rescue | None:
    """How it stands, to be shown."""
    return await work.get(Rescue, escalation_id)


async def lock_rescue(work: Work, escalation_id: str) -> Rescue | None:
    """The duty, held until the unit of work ends. Its escalation is held before."""
    await work.flush()
    query = select(Rescue).where(Rescue.escalation_id == escalation_id).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).one_or_none()


async def confirm_rescue(
    work: Work,
    vault: Vault,
    escalation: Escalation,
    *,
    said: Confirmation,
    by: Actor,
    at: datetime,
) -> None:
    """An emergency service has it. The caller holds the escalation.

    Also where no chain asked for it: it is worth knowing. Twice is fine, the timeline has both.
    """
    if escalation.state == EscalationState.CLOSED:
        raise IllegalMove
    if said.contacted_at > at:
        raise Invalid("Nobody was reached in the future: correct the time of contact.")
    rescue = await lock_rescue(work, escalation.id)
    if rescue is None:
        rescue = Rescue(escalation_id=escalation.id, due_at=None)
    rescue.agency, rescue.contacted_at = said.agency, said.contacted_at
    rescue.confirmed_at, rescue.due_at = at, None
    work.add(rescue)
    place = place_in(EscalationEntry, "facts", escalation_id=escalation.id, kind=CONFIRMED, at=at)
    contacted = said.contacted_at.isoformat()
    facts = {"agency": said.agency, "contacted_at": contacted}
    if said.reference:
        facts["note"] = vault.seal(said.reference, place=place)
    add_escalation_entry(work, escalation, CONFIRMED, at=at, actor=by, **facts)
    await taken_by_service(work, escalation, said.agency, by=by, at=at)


async def leave_rescue(work: Work, escalation: Escalation, *, by: Actor, at: datetime) -> None:
    """A supervisor closes what nobody has confirmed; why stands in the entry of the closing.

    In the unit of work of `service.close`: both or neither. The caller holds the escalation.
    """
    rescue = await lock_rescue(work, escalation.id)
    if rescue is not None and rescue.due_at is not None:
        rescue.due_at, rescue.left_at = None, at
        add_escalation_entry(work, escalation, "rescue.left_unconfirmed", at=at, actor=by)


async def ask_rescue_again(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """What was closed unconfirmed is open again, and so is the duty. The caller holds it."""
    rescue = await lock_rescue(work, escalation.id)
    if rescue is not None and rescue.left_at is not None and rescue.confirmed_at is None:
        rescue.due_at, rescue.left_at = at + _every(escalation), None
        add_escalation_entry(work, escalation, "rescue.asked", at=at)


async def require_rescued(work: Work, escalation: Escalation) -> None:
    """Before it is closed. Raises `IllegalMove` while the duty is open."""
    rescue = await lock_rescue(work, escalation.id)
    if rescue is not None and rescue.due_at is not None:
        raise IllegalMove(NOT_CONFIRMED)


class RescueLook:
    """One of possibly several: each row is taken with SKIP LOCKED."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._clock = clock

    async def tick(self) -> None:
        """Remind whoever must see to it, where nobody has confirmed by now."""
        at = self._clock.now()
        async with self._database.work() as work:
            for escalation_id in (await work.exec(_unconfirmed(at))).all():
                await done_apart(work, escalation_id, partial(_look_at, work, at=at))


def _unconfirmed(at: datetime) -> Any:
    """Also candidates of a clock that was set back."""
    due = or_(col(Rescue.due_at) <= at, col(Rescue.due_at) > at + timedelta(seconds=EVERY_S))
    return (
        select(Escalation.id)
        .join(Rescue, col(Rescue.escalation_id) == col(Escalation.id))
        .where(Escalation.state != EscalationState.CLOSED, due)
        .order_by(col(Rescue.due_at))
        .limit(MOST_RESCUES_AT_ONCE)
        .with_for_update(of=Escalation, skip_locked=True)
    )


async def _look_at(work: Work, escalation: Escalation, *, at: datetime) -> None:
    rescue = await lock_rescue(work, escalation.id)
    if rescue is None or rescue.due_at is None:
        return
    rescue.due_at = min(rescue.due_at, at + _every(escalation))
    if rescue.due_at <= at:
        await _remind(work, escalation, rescue, at=at)


async def _remind(work: Work, escalation: Escalation, rescue: Rescue, *, at: datetime) -> None:
    rescue.reminded += 1
    rescue.due_at = at + _every(escalation)
    add_escalation_entry(
        work,
        escalation,
        "rescue.unconfirmed",
        at=at,
        times=rescue.reminded,
        holder=escalation.acknowledged_by,
    )
    page_supervisors(work, escalation, "rescue_unconfirmed", at=at)
    await call_supervisors(work, escalation, at=at)
