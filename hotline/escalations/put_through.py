"""Whether a number is put through at all: blocked by a supervisor for a while, never in danger."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select

from hotline.calls.model import Urgency
from hotline.escalations.model import EscalationState
from hotline.numbers import OF_A_PERSON
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallerBlock, Escalation

DANGER_COUNTS_FOR = timedelta(hours=24)


async def is_blocked(work: Work, call: Call, *, at: datetime) -> bool:
    """Whether this caller is not put through now, unless they are in danger."""
    if not call.from_index or call.number_kind not in OF_A_PERSON:
        return False
    query = select(CallerBlock.id).where(
        unlifted_block_of(call), col(CallerBlock.until) > at, ~_danger(at)
    )
    return (await work.exec(query)).first() is not None


def unlifted_block_of(call: Call) -> ColumnElement[bool]:
    """Of its number and line, and not taken back; its time may be over."""
    return (
        (col(CallerBlock.number_index) == call.from_index)
        & (col(CallerBlock.line_id) == call.line_id)
        & col(CallerBlock.lifted_at).is_(None)
    )


def _danger(at: datetime) -> ColumnElement[bool]:
    """What says that the blocked number may be in danger."""
    other = aliased(Call)
    crisis = (col(other.urgency) == Urgency.CRISIS) & (
        col(other.arrived_at) >= at - DANGER_COUNTS_FOR
    )
    flagged = exists().where(
        col(Escalation.call_id) == col(other.id), col(Escalation.state) != EscalationState.CLOSED
    )
    return exists().where(col(other.from_index) == col(CallerBlock.number_index), crisis | flagged)
