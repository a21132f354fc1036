"""What a caller's number says about danger, before anybody has spoken with them.

A child who was cut off, or hung up for fear, dials again and does not press 9 a second time. So a
call becomes a crisis while it waits when its number has an escalation that nobody closed, or a
crisis call in the last hours that ended without a talk, or a high risk that is still followed up.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.calls.model import CallState, Outcome, Urgency
from hotline.calls.service import make_urgent
from hotline.escalations.model import EscalationState, Level
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Record

REMEMBERED_FOR = timedelta(hours=24)  # as long as the first follow-up after a crisis may take

RISK_REMEMBERED_FOR = timedelta(days=30)  # a follow-up that is still open by then is a supervisor's

CALLS_OF_NUMBER = text("select from call where from_index = :number and :number <> '' limit 2")

OPEN_ESCALATION, DROPPED, OPEN_RISK = "open_escalation", "dropped_crisis_call", "open_risk"


async def raise_endangered(work: Work, *, at: datetime, number: str | None = None) -> None:
    """Raise every waiting caller whose number says so; of one number (`from_index`), or of all.

    A call in other hands at this moment is left to them, and to the next look.
    """
    waiting = _waiting()
    if number is not None:
        if not await _is_known(work, number):
            return
        waiting = waiting.where(Call.from_index == number)
    signs = (
        (OPEN_ESCALATION, _has_open_escalation()),
        (DROPPED, _was_dropped(at)),
        (OPEN_RISK, _is_followed_up(at)),
    )
    for why, sign in signs:
        query = waiting.where(sign).order_by(col(Call.id)).with_for_update(skip_locked=True)
        for call in (await work.exec(query)).all():
            make_urgent(work, call, at=at, why=why)
        await work.flush()


async def _is_known(work: Work, number: str) -> bool:
    """Whether there is more than the one call of it. Most callers call for the first time."""
    return len((await work.sql(CALLS_OF_NUMBER, {"number": number})).all()) > 1


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


def _is_followed_up(at: datetime) -> ColumnElement[bool]:
    """A counselor found a high risk, and what they wanted to do after the call is not done."""
    earlier = _other_call()
    return exists().where(
        col(earlier.from_index) == col(Call.from_index),
        col(Record.call_id) == col(earlier.id),
        col(Record.risk).in_((Level.HIGH, Level.IMMINENT)),
        col(Record.follow_up),
        col(Record.saved_at) >= at - RISK_REMEMBERED_FOR,
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
