"""What people do with an escalation beside answering for it: comment, ring, remind, and more.

`seen` in a body: the newest entry of the timeline that the person saw. Where somebody else has
acted since, nothing is done and the answer says who did what (`SomebodyWasFirst`).
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hotline.escalations import acts
from hotline.escalations.first_come import in_turn
from hotline.escalations.queries import require_escalation
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.web.api.escalations import Said, State, state_of
from hotline.web.api.refusals import refuses
from hotline.web.auth import gate
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/escalations", tags=["escalations"], route_class=IdempotentRoute)

NoteWriter = Annotated[SignedIn, Depends(gate(Permission.NOTE_ESCALATION))]
EscalationDirector = Annotated[SignedIn, Depends(gate(Permission.DIRECT_ESCALATION))]
REFUSED = refuses(acts.REFUSALS["rings_now"], kind="EscalationRefused", reason="rings_now")
NOT_HANDED = refuses(
    acts.REFUSALS["nobody_there"], acts.NO_WORDS, kind="EscalationRefused", reason="nobody_there"
)
NOT_REMINDED = refuses(
    acts.REFUSALS["nobody_has_it"], kind="EscalationRefused", reason="nobody_has_it"
)
NOT_REOPENED = refuses(
    acts.REFUSALS["other_alarm"], acts.NO_WORDS, kind="EscalationRefused", reason="other_alarm"
)


class RingNow(BaseModel):
    """`contact`: one of the chain; without it, whoever's turn it is."""

    contact: str | None = Field(default=None, max_length=80)
    seen: int | None = None


class HandTo(Said):
    """`station`: which one is asked from now on; `text`: why."""

    station: str = Field(min_length=1, max_length=80)


class Reminder(BaseModel):
    """A sentence for whoever has it, if there is something to say."""

    text: str = Field(default="", max_length=4000)
    seen: int | None = None


@router.post("/{escalation_id}/comment", responses=refuses(acts.NO_WORDS, acts.NO_WORDS))
async def comment(
    backend: BackendDep, work: CommandWork, who: NoteWriter, escalation_id: str, said: Said
) -> State:
    """What whoever answers for the child must know. It is sealed, and changes nothing else."""
    await require_escalation(work, escalation_id, who, Permission.NOTE_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    found = await acts.comment(work, backend.vault, escalation_id, by=actor, text=said.text, at=now)
    return state_of(found)


@router.post("/{escalation_id}/ring-now", responses=REFUSED)
async def ring_now(
    backend: BackendDep,
    work: CommandWork,
    who: EscalationDirector,
    escalation_id: str,
    ring: RingNow,
) -> State:
    """Ring whoever's turn it is at once, or somebody else of the chain."""
    await require_escalation(work, escalation_id, who, Permission.DIRECT_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, ring.seen):
        found = await acts.ring_now(work, escalation_id, by=actor, contact_id=ring.contact, at=now)
    return state_of(found)


@router.post("/{escalation_id}/hand-to", responses=NOT_HANDED)
async def hand_to(
    backend: BackendDep, work: CommandWork, who: EscalationDirector, escalation_id: str, to: HandTo
) -> State:
    """Another station answers for it: its contacts are rung from the first one on, at once."""
    await require_escalation(work, escalation_id, who, Permission.DIRECT_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    over = acts.HandOver(to.station, to.text)
    async with in_turn(work, escalation_id, actor, to.seen):
        found = await acts.hand_to(work, backend.vault, escalation_id, to=over, by=actor, at=now)
    return state_of(found)


@router.post("/{escalation_id}/remind", responses=NOT_REMINDED)
async def remind(
    backend: BackendDep,
    work: CommandWork,
    who: EscalationDirector,
    escalation_id: str,
    said: Reminder,
) -> State:
    """Whoever has it is told that the hotline waits, and has ten minutes at most from now on."""
    await require_escalation(work, escalation_id, who, Permission.DIRECT_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, said.seen):
        found = await acts.remind(
            work, backend.vault, escalation_id, by=actor, words=said.text, at=now
        )
    return state_of(found)


@router.post("/{escalation_id}/reopen", responses=NOT_REOPENED)
async def reopen(
    backend: BackendDep, work: CommandWork, who: EscalationDirector, escalation_id: str, said: Said
) -> State:
    """What was closed is open again, and whoever had it is rung at once."""
    await require_escalation(work, escalation_id, who, Permission.DIRECT_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    async with in_turn(work, escalation_id, actor, said.seen):
        found = await acts.reopen(
            work, backend.vault, escalation_id, by=actor, reason=said.text, at=now
        )
    return state_of(found)
