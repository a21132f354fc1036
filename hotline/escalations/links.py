"""Flags of other calls of one number: linked to what is open for it, not rung twice, never merged.

Calls, records and flags stay apart; only a person can say that two calls are about one child, or
that they are not: then the flag is raised as that of another child, and rings.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.escalations.model import EscalationState
from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, EscalationLink


async def lock_open_of_number(work: Work, call: Call) -> Sequence[Escalation]:
    """What is open for other calls of the number of a call, held, the oldest first."""
    if call.from_index == "":
        return ()
    query = (
        select(Escalation)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(Call.from_index == call.from_index, Call.id != call.id)
        .where(Call.line_id == call.line_id, Escalation.state != EscalationState.CLOSED)
        .order_by(col(Escalation.created_at), col(Escalation.id))
        .with_for_update(of=Escalation)
    )
    return (await work.exec(query.execution_options(populate_existing=True))).all()


async def linked_calls(work: Work, escalation_id: str) -> Sequence[EscalationLink]:
    """Of other calls, those whose flag was added here and has no escalation of its own."""
    own = select(Escalation.id).where(col(Escalation.call_id) == col(EscalationLink.call_id))
    query = select(EscalationLink).where(EscalationLink.escalation_id == escalation_id)
    return (await work.exec(query.where(~own.exists()).order_by(col(EscalationLink.at)))).all()


async def link_calls(
    work: Work, escalations: Sequence[Escalation], call: Call, *, by: Actor, at: datetime
) -> None:
    """Both sides are seen from then on. Twice is once."""
    for escalation in escalations:
        row = {"escalation_id": escalation.id, "call_id": call.id, "at": at}
        adding = insert(EscalationLink).values(row).on_conflict_do_nothing()
        made = await work.exec(adding.returning(col(EscalationLink.call_id)))
        if made.scalar_one_or_none() is not None:
            add_escalation_entry(
                work, escalation, "escalation.linked", at=at, actor=by, call_id=call.id
            )
