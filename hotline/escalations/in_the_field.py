"""What an officer says on the way to the child: that they set out, and whom they met.

Neither moves a deadline. Whoever is on the way still owes the report, and is rung when it is late.
"""

from dataclasses import dataclass
from datetime import datetime

from hotline.escalations.heard import tell_who_flagged
from hotline.escalations.late import DoneInField, when_done
from hotline.escalations.model import ChildReached, EscalationEvent
from hotline.escalations.notes import SealedNote, add_note
from hotline.escalations.progress import lock_escalation, move_no_later
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Escalation
from hotline.storage.vault import Vault

NOW = DoneInField()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOut:
    """They go there. `minutes`: how long they expect to take, where they say so."""

    minutes: int | None = None
    done: DoneInField = NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """They met the child, or did not. `done.words`: a short note, sealed."""

    child: ChildReached
    done: DoneInField = NOW


async def set_out(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, going: SetOut, at: datetime
) -> Escalation:
    """Somebody of the station goes there. Raises `IllegalMove` where they have not accepted it."""
    escalation = await lock_escalation(work, escalation_id)
    move_no_later(escalation, EscalationEvent.ON_THE_WAY, at=at)
    facts: dict[str, str | int] = {**when_done(escalation, going.done, at=at)}
    if going.minutes is not None:
        facts["minutes"] = going.minutes
    said = SealedNote("escalation.on_the_way", going.done.words, facts)
    add_note(work, vault, escalation, said, by=by, at=at)
    await tell_who_flagged(work, escalation)
    return escalation


async def make_contact(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, met: Contact, at: datetime
) -> Escalation:
    """Somebody of the station was in contact. Raises `IllegalMove` as `set_out` does."""
    escalation = await lock_escalation(work, escalation_id)
    move_no_later(escalation, EscalationEvent.CONTACT_MADE, at=at)
    facts = {"child": met.child, **when_done(escalation, met.done, at=at)}
    said = SealedNote("escalation.contact_made", met.done.words, facts)
    add_note(work, vault, escalation, said, by=by, at=at)
    await tell_who_flagged(work, escalation)
    return escalation
