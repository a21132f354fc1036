"""Escalations: who has which, until when, and what people do about it."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import col, or_, select

from hotline.errors import NotFound
from hotline.escalations import queries, service
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Escalation
from hotline.web.auth import Officer, SignedInDep
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/escalations", tags=["escalations"], route_class=IdempotentRoute)


class Said(BaseModel):
    """A sentence: why, or what was done."""

    text: str = Field(min_length=1, max_length=4000)


class State(BaseModel):
    """How it stands after the command."""

    id: str
    state: str
    next_due_at: datetime | None


@router.get("")
async def list_open(work: WorkDep, who: SignedInDep) -> list[queries.EscalationRow]:
    """What nobody has closed; for a station's officer, what its chain leads to."""
    station = None if who.is_a(Role.SUPERVISOR, Role.COUNSELOR) else (who.station_id or "")
    return await queries.list_open(work, station_id=station)


@router.get("/{escalation_id}")
async def show(work: WorkDep, who: Officer, escalation_id: str) -> queries.EscalationDetail:
    """One with its timeline and every attempt; not the story."""
    return await seen(work, escalation_id, who)


@router.get("/{escalation_id}/summary")
async def summary(
    backend: BackendDep, work: WorkDep, who: Officer, escalation_id: str
) -> queries.EscalationText:
    """The story. Who read it is kept."""
    await seen(work, escalation_id, who)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    return await queries.open_summary(work, backend.vault, escalation_id, by=actor, at=now)


@router.post("/{escalation_id}/acknowledge")
async def acknowledge(
    backend: BackendDep, work: CommandWork, who: Officer, escalation_id: str
) -> State:
    """I have it."""
    await seen(work, escalation_id, who)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    return _state(await service.acknowledge(work, escalation_id, by=actor, at=now))


@router.post("/{escalation_id}/accept")
async def accept(backend: BackendDep, work: CommandWork, who: Officer, escalation_id: str) -> State:
    """We take the escalation on."""
    await seen(work, escalation_id, who)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    return _state(await service.accept(work, escalation_id, by=actor, at=now))


@router.post("/{escalation_id}/return")
async def give_back(
    backend: BackendDep, work: CommandWork, who: Officer, escalation_id: str, said: Said
) -> State:
    """We cannot, and why: the next contact is rung at once."""
    await seen(work, escalation_id, who)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    found = await service.give_back(
        work, backend.vault, escalation_id, by=actor, reason=said.text, at=now
    )
    return _state(found)


@router.post("/{escalation_id}/report")
async def report(
    backend: BackendDep, work: CommandWork, who: Officer, escalation_id: str, said: Said
) -> State:
    """What was done so far."""
    await seen(work, escalation_id, who)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    found = await service.report(
        work, backend.vault, escalation_id, by=actor, text=said.text, at=now
    )
    return _state(found)


@router.post("/{escalation_id}/close")
async def close(
    backend: BackendDep, work: CommandWork, who: Officer, escalation_id: str, said: Said
) -> State:
    """It is done, and why."""
    await seen(work, escalation_id, who)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    found = await service.close(
        work, backend.vault, escalation_id, by=actor, reason=said.text, at=now
    )
    return _state(found)


async def seen(work: Work, escalation_id: str, who: SignedIn) -> queries.EscalationDetail:
    """One that is this person's business. A foreign one does not exist for them."""
    found = await queries.detail(work, escalation_id)
    if not who.is_a(Role.SUPERVISOR) and who.station_id not in found.row.stations:
        raise NotFound
    return found


async def concerns(work: Work, escalation_id: str, station_id: str) -> bool:
    """Whether the escalation is this station's, or its chain leads there."""
    chain = col(Escalation.chain).contains([{"station_id": station_id}])
    query = select(Escalation.id).where(Escalation.id == escalation_id)
    ours = query.where(or_(col(Escalation.station_id) == station_id, chain))
    return (await work.exec(ours)).first() is not None


def _state(escalation: Escalation) -> State:
    return State(id=escalation.id, state=escalation.state, next_due_at=escalation.next_due_at)
