"""What a caller's number says about danger, before anybody has spoken with them.

A child who was cut off, or hung up for fear, dials again and does not press 9 a second time. So a
call becomes a crisis while it waits when its number has an escalation that nobody closed, or a
crisis call in the last hours that ended without a talk.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.calls.model import CallState, Outcome, Urgency
from hotline.calls.service import make_urgent
from hotline.escalations.model import EscalationState
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation

REMEMBERED_FOR = timedelta(hours=24)  # as long as the first follow-up after a crisis may take

OPEN_ESCALATION, DROPPED = "open_escalation", "dropped_crisis_call"


async def raise_endangered(work: Work, *, at: datetime, number: str | None = None) -> None:
    """Raise every waiting caller whose number says so; of one number (`from_index`), or of all.

    A call in other hands at this moment is left to them, and to the next look.
    """
    waiting = _waiting()
    if number is not None:
        waiting = waiting.where(Call.from_index == number)
    for why, sign in ((OPEN_ESCALATION, _has_open_escalation()), (DROPPED, _was_dropped(at))):
        query = waiting.where(sign).order_by(col(Call.id)).with_for_update(skip_locked=True)
        for call in (await work.exec(query)).all():
            make_urgent(work, call, at=at, why=why)
        await work.flush()


async def raise_other_calls(work: Work, call: Call, *, at: datetime) -> None:
    """An escalation was raised for a call: its number may be waiting a second time."""
    if call.from_index == "":
        return
    query = _waiting().where(Call.from_index == call.from_index).order_by(col(Call.id))
    for other in (await work.exec(query.with_for_update(skip_locked=True))).all():
        make_urgent(work, other, at=at, why=OPEN_ESCALATION)


def _waiting() -> SelectOfScalar[Call]:
    return select(Call).where(
        Call.state == CallState.WAITING, Call.urgency == Urgency.ROUTINE, Call.from_index != ""
    )


def _has_open_escalation() -> ColumnElement[bool]:
    earlier = _other_call()
    return exists().where(
        col(earlier.from_index) == col(Call.from_index),
        col(Escalation.call_id) == col(earlier.id),
        col(Escalation.state) != EscalationState.CLOSED,
    )


def _was_dropped(at: datetime) -> ColumnElement[bool]:
    """An earlier crisis call that ended without a talk, and no talk since."""
    dropped, talked = _other_call(), _other_call()
    since = exists().where(
        col(talked.from_index) == col(dropped.from_index),
        col(talked.outcome) == Outcome.TALKED,
        col(talked.arrived_at) > col(dropped.arrived_at),
    )
    return exists().where(
        col(dropped.from_index) == col(Call.from_index),
        col(dropped.id) != col(Call.id),
        col(dropped.urgency) == Urgency.CRISIS,
        col(dropped.outcome) != Outcome.TALKED,
        col(dropped.ended_at) >= at - REMEMBERED_FOR,
        ~since,
    )


def _other_call() -> Any:
    return aliased(Call)
