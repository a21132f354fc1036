"""Two people at once: who comes second is told who did what, before anything is done twice."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlmodel import col, select

from hotline.errors import IllegalMove, SomebodyWasFirst
from hotline.escalations.progress import lock_escalation
from hotline.escalations.queries import names_of
from hotline.escalations.service import TAKEN
from hotline.i18n.catalog import moment
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import EscalationEntry

DID: Mapping[str, str] = {
    "escalation.acknowledged": "acknowledged it",
    "escalation.accepted": "accepted it",
    "escalation.given_back": "returned it",
    "escalation.on_the_way": "set out",
    "escalation.contact_made": "was in contact with the child",
    "escalation.reported": "reported on it",
    "escalation.closed": "closed it",
    "escalation.handed_to": "handed it to another station",
    "escalation.handed_over": "took it over from a colleague",
    "escalation.reminded": "reminded whoever has it",
    "escalation.rung": "rang the station",
    "escalation.opened_again": "opened it again",
}
"""What people do that changes how it stands. Comments and looks do not."""

BY_STATE = (IllegalMove.public, TAKEN)
"""Refusals that only say how it stands by now, not why."""


@asynccontextmanager
async def in_turn(
    work: Work, escalation_id: str, by: Actor, seen: int | None
) -> AsyncIterator[None]:
    """Around a command of somebody who saw the timeline up to the entry `seen`, if they say so.

    Raises `SomebodyWasFirst` where somebody else has acted since, or made the act impossible.
    """
    await lock_escalation(work, escalation_id)
    if seen is not None:
        await _tell_who_acted(work, escalation_id, by, after=seen)
    try:
        yield
    except IllegalMove as refusal:
        if refusal.public in BY_STATE:
            await _tell_who_acted(work, escalation_id, by)
        raise


async def _tell_who_acted(work: Work, escalation_id: str, by: Actor, *, after: int = 0) -> None:
    """Raises `SomebodyWasFirst` where the last act was somebody else's, later than `after`."""
    query = (
        select(EscalationEntry)
        .where(EscalationEntry.escalation_id == escalation_id, col(EscalationEntry.id) > after)
        .where(col(EscalationEntry.kind).in_(DID), EscalationEntry.actor != str(SYSTEM))
        .order_by(col(EscalationEntry.id).desc())
    )
    last = (await work.exec(query.limit(1))).first()
    if last is None or last.actor == str(by):
        return
    name = (await names_of(work, [Actor.parse(last.actor)])).get(last.actor, "Somebody")
    did = f"{DID[last.kind]} at {moment(last.at)}"
    facts = {"did": last.kind.removeprefix("escalation."), "at": last.at.isoformat()}
    raise SomebodyWasFirst(name, did, facts)
