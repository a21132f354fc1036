"""What is written into the timeline of an escalation, and where in its chain it stands."""

from datetime import datetime
from typing import Any

from hotline.escalations.policy import (
    ChainPosition,
)
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import (
    Escalation,
    EscalationEntry,
)


def add_escalation_entry(
    work: Work,
    escalation: Escalation,
    kind: str,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    **facts: Any,
) -> None:
    """One entry in the timeline, and news for everybody who watches."""
    work.add(
        EscalationEntry(
            escalation_id=escalation.id, at=at, kind=kind, actor=str(actor), facts=facts
        )
    )
    work.announce("escalation", escalation.id)


def page_supervisors(work: Work, escalation: Escalation, why: str, *, at: datetime) -> None:
    """The stations alone do not carry this escalation: people here must look at it.

    Of a drill nobody is told; the auditor finds it.
    """
    if escalation.drill:
        return
    add_escalation_entry(
        work, escalation, "supervisors.paged", at=at, why=why, round=escalation.round
    )
    work.announce("supervisors", escalation.id)


def position_of(escalation: Escalation) -> ChainPosition:
    """Where in its chain it stands."""
    return ChainPosition(escalation.step, escalation.round)
