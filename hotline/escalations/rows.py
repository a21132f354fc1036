"""One line of a list of escalations: how it is read, and what it says. No numbers, no stories.

The one telephone number is that of the contact whose turn it is, for people who ring themselves.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    case,
    cast,
    func,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from hotline.deliveries.model import Channel
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import chain_of, longest_wait
from hotline.escalations.receivers import UNREADABLE, kept_walk
from hotline.escalations.timeline import position_of
from hotline.numbers import as_people_dial
from hotline.storage.tables import (
    Attempt,
    Call,
    Delivery,
    Escalation,
    EscalationEntry,
    Line,
    StationContact,
)

REMINDED = "escalation.reminded"
ANSWERS = (
    "escalation.acknowledged",
    "escalation.accepted",
    "escalation.reported",
    "escalation.given_back",
)

HERE = "$[*] ? (@.step == $step)"  # of the chain, those who are rung now
AFTER = "$[*] ? (@.step > $step)"

Listed = Select[Escalation, Line, StationContact, list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRow:
    """One line of a list. `stations`: those that the chain leads to, nearest first.

    `round`: how often the chain has been gone through before. `dialled`: contacts rung so far.
    `next_name`: who is rung when the deadline passes, where nobody has it. `due_from`: since when
    the deadline runs. `reminders`: how often whoever has it was reminded since their last word.
    """

    id: str
    number: str
    call_id: str
    line_name: str
    line_name_en: str
    level: str
    state: str
    step: int
    round: int
    dialled: int
    stations: tuple[str, ...]
    contact_name: str
    contact_phone: str
    station_id: str
    counselor_id: str | None
    next_name: str
    reminders: int
    created_at: datetime
    due_from: datetime | None
    next_due_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str

    @property
    def is_late(self) -> bool:
        """Nobody has it, and the first who was asked did not answer in time."""
        return self.state == EscalationState.OPEN and (self.step, self.round) != (0, 0)


@cache  # a long statement, for every draw of the floor
def listed() -> Listed:
    """Each with its line, whose call it was, how many were rung, and the contact whose turn it is
    if there is one; then who is next, and how often they were reminded."""
    turn = _contact_at(HERE, col(Escalation.step))
    dialled = (
        select(func.count())
        .select_from(Attempt)
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(col(Attempt.escalation_id) == col(Escalation.id), Delivery.tries > 0)
        .where(Delivery.channel == Channel.PHONE)
    )
    more = func.jsonb_build_array(
        col(Call.counselor_id), dialled.scalar_subquery(), _next_name(), _reminders()
    )
    return (
        select(Escalation, Line, StationContact, more)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .join(Line, col(Line.id) == col(Call.line_id))
        .join(
            StationContact,
            (col(StationContact.id) == turn) & col(StationContact.active),
            isouter=True,
        )
    )


def _contact_at(path: str, number: SQLColumnExpression[int]) -> ColumnElement[str]:
    """The first at these steps, of those that are rung together. Without a policy each is one."""
    here = func.jsonb_build_object("step", col(Escalation.step))
    found = func.jsonb_path_query_first(col(Escalation.chain), cast(path, JSONPATH), here)
    by_step = type_coerce(found, JSONB)["contact_id"].astext
    by_number = col(Escalation.chain)[number]["contact_id"].astext
    return case((col(Escalation.policy) == {}, by_number), else_=by_step)


def _next_name() -> ScalarSelect[str]:
    """Of whoever comes after whose turn it is; at the end of the chain, of its first."""
    following = func.coalesce(
        _contact_at(AFTER, col(Escalation.step) + 1),
        col(Escalation.chain)[0]["contact_id"].astext,
    )
    after = aliased(StationContact)
    return select(after.name).where(col(after.id) == following).scalar_subquery()


def _reminders() -> ScalarSelect[int]:
    """Since the last word of whoever has it."""
    said, entry = aliased(EscalationEntry), aliased(EscalationEntry)
    last = (
        select(func.coalesce(func.max(said.id), 0))
        .where(col(said.escalation_id) == col(Escalation.id), col(said.kind).in_(ANSWERS))
        .correlate(Escalation)
    )
    counted = (
        select(func.count(col(entry.id)))
        .where(col(entry.escalation_id) == col(Escalation.id), col(entry.kind) == REMINDED)
        .where(col(entry.id) > last.scalar_subquery())
        .correlate(Escalation)
    )
    return counted.scalar_subquery()


def row_of(
    escalation: Escalation, line: Line, contact: StationContact | None, more: Sequence[Any]
) -> EscalationRow:
    """From what `listed` reads."""
    counselor_id, dialled, next_name, reminders = more
    return EscalationRow(
        id=escalation.id,
        number=escalation.number,
        call_id=escalation.call_id,
        line_name=line.name,
        line_name_en=line.name_en,
        level=escalation.level,
        state=escalation.state,
        step=escalation.step,
        round=max(escalation.round, 0),  # below 0: nobody was rung yet
        dialled=dialled,
        stations=_stations(escalation),
        contact_name=contact.name if contact else "",
        contact_phone=as_people_dial(contact.phone) if contact else "",
        station_id=escalation.station_id,
        counselor_id=counselor_id,
        next_name=next_name or "",
        reminders=reminders,
        created_at=escalation.created_at,
        due_from=_due_from(escalation),
        next_due_at=escalation.next_due_at,
        acknowledged_at=escalation.acknowledged_at,
        acknowledged_by=escalation.acknowledged_by,
    )


def _stations(escalation: Escalation) -> tuple[str, ...]:
    """A row whose chain cannot be read is shown with its own: it hides none of the others."""
    with suppress(*UNREADABLE):
        chain = chain_of(escalation.chain)
        found = dict.fromkeys([escalation.station_id, *(step.station_id for step in chain)])
        return tuple(found)
    return (escalation.station_id,)


def _due_from(escalation: Escalation) -> datetime | None:
    if escalation.next_due_at is None:
        return None
    state, place = EscalationState(escalation.state), position_of(escalation)
    with suppress(*UNREADABLE):
        return escalation.next_due_at - longest_wait(state, kept_walk(escalation), place)
    return None
