"""Escalations: who has which, until when, and what people do about it."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.escalations import queries, service
from hotline.escalations.first_come import in_turn
from hotline.escalations.late import DoneInField
from hotline.escalations.progress import lock_escalation
from hotline.escalations.rescue import Agency, Confirmation, confirm_rescue, leave_rescue
from hotline.escalations.rows import EscalationRow
from hotline.escalations.supervisors import supervisor_saw
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, may
from hotline.storage.tables import Escalation
from hotline.web.auth import EscalationAnswerer, EscalationReader, SignedInDep, StoryReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import Moment

router = APIRouter(prefix="/escalations", tags=["escalations"], route_class=IdempotentRoute)


class Said(BaseModel):
    """A sentence: why, or what was done. `seen`: the newest entry that the person saw."""

    text: str = Field(min_length=1, max_length=4000)
    seen: int | None = None


class Reported(Said):
    """`done_at`: when it was done, where it is told later than that."""

    done_at: Moment | None = None


class Taken(BaseModel):
    """Who took over. `contacted_at`: when they were reached; left out, now."""

    agency: Agency
    contacted_at: Moment | None = None
    reference: str = Field(default="", max_length=200)


class State(BaseModel):
    """How it stands after the command."""

    id: str
    state: str
    next_due_at: datetime | None


@router.get("")
async def list_open(work: WorkDep, who: SignedInDep) -> list[EscalationRow]:
    """What nobody has closed: of one's lines, or of one's station."""
    return await queries.list_open(work, who)


@router.get("/{escalation_id}")
async def show(
    work: WorkDep, who: EscalationReader, escalation_id: str
) -> queries.EscalationDetail:
    """One with its timeline and every attempt; not the story."""
    await queries.require_escalation(work, escalation_id, who, Permission.SEE_ESCALATION)
    return await queries.detail(work, escalation_id)


@router.get("/{escalation_id}/summary")
async def summary(
    backend: BackendDep, work: WorkDep, who: StoryReader, escalation_id: str
) -> queries.EscalationText:
    """The story. Who read it is kept."""
    await queries.require_escalation(work, escalation_id, who, Permission.READ_STORY)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    return await queries.open_summary(work, backend.vault, escalation_id, by=actor, at=now)


@router.post("/{escalation_id}/seen")
async def seen(
    backend: BackendDep, work: CommandWork, who: EscalationReader, escalation_id: str
) -> State:
    """A supervisor has seen it: no supervisor's phone rings any more."""
    await queries.require_escalation(work, escalation_id, who, Permission.OVERSEE_ESCALATION)
    escalation = await lock_escalation(work, escalation_id)
    by, now = Actor.of_staff(who.staff_id), backend.clock.now()
    await supervisor_saw(work, escalation, by=by, at=now)
    return state_of(escalation)


@router.post("/{escalation_id}/acknowledge")
async def acknowledge(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, escalation_id: str
) -> State:
    """I have it."""
    await queries.require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, None):
        return state_of(await service.acknowledge(work, escalation_id, by=actor, at=now))


@router.post("/{escalation_id}/accept")
async def accept(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, escalation_id: str
) -> State:
    """We take the escalation on."""
    await queries.require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, None):
        return state_of(await service.accept(work, escalation_id, by=actor, at=now))


@router.post("/{escalation_id}/return")
async def give_back(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, escalation_id: str, said: Said
) -> State:
    """We cannot, and why: the next contact is rung at once."""
    await queries.require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, said.seen):
        found = await service.give_back(
            work, backend.vault, escalation_id, by=actor, reason=said.text, at=now
        )
    return state_of(found)


@router.post("/{escalation_id}/report")
async def report(
    backend: BackendDep,
    work: CommandWork,
    who: EscalationAnswerer,
    escalation_id: str,
    said: Reported,
) -> State:
    """What was done so far."""
    await queries.require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, said.seen):
        found = await service.report(
            work,
            backend.vault,
            escalation_id,
            by=actor,
            done=DoneInField(said.text, said.done_at),
            at=now,
        )
    return state_of(found)


@router.post("/{escalation_id}/close")
async def close(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, escalation_id: str, said: Said
) -> State:
    """It is done, and why. Only a supervisor closes what no emergency service has confirmed."""
    standing = await queries.require_escalation(
        work, escalation_id, who, Permission.ANSWER_ESCALATION
    )
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, said.seen):
        if may(who.roles, standing, Permission.OVERSEE_ESCALATION):
            escalation = await lock_escalation(work, escalation_id)
            await leave_rescue(work, escalation, by=actor, at=now)
        found = await service.close(
            work, backend.vault, escalation_id, by=actor, reason=said.text, at=now
        )
    return state_of(found)


@router.post("/{escalation_id}/rescue")
async def rescue(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, escalation_id: str, said: Taken
) -> State:
    """An emergency service has taken over: which, since when, and under which number."""
    await queries.require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    escalation = await lock_escalation(work, escalation_id)
    now = backend.clock.now()
    confirmation = Confirmation(
        agency=said.agency, contacted_at=said.contacted_at or now, reference=said.reference
    )
    by = Actor.of_staff(who.staff_id)
    await confirm_rescue(work, backend.vault, escalation, said=confirmation, by=by, at=now)
    return state_of(escalation)


def state_of(escalation: Escalation) -> State:
    """As every command answers."""
    return State(id=escalation.id, state=escalation.state, next_due_at=escalation.next_due_at)
