"""What is owed, for the work list, the floor and the ledger. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam
from sqlalchemy import select as core_select
from sqlmodel import col, exists, func, or_, select

from hotline.callbacks.model import STILL_OWED, CallbackState, Why
from hotline.callbacks.policy import first_try
from hotline.calls.model import Direction, Outcome, Urgency
from hotline.calls.returning import Tries, WhyNot, tries_at, why_not
from hotline.calls.waiting import SHORT_ABANDON
from hotline.errors import NotFound
from hotline.i18n.catalog import midnight_before
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.in_bulk import among_given
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, CallbackAttempt, CallbackCause, Line, Staff
from hotline.storage.vault import Vault

CLOSED_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptMade:
    """One try. `by`: whose doing it was, by name; empty where the system's."""

    number: int
    at: datetime
    by: str
    ended_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow:
    """One call that is owed. `owner`: by name; empty: the line's supervisors answer for it.

    `against`: what keeps us from calling now (`calls.returning.WhyNot`); empty: nothing.
    `calls`: how many calls it accounts for. `by_itself`: the system will ring them, in their turn;
    `left_to_people`: it would have, and does no more.
    """

    id: str
    line_id: str
    line_name: str
    line_name_en: str
    call_id: str | None
    masked: str
    language: str
    topic: str | None
    urgency: str
    why: str
    state: str
    promised_at: datetime
    due_at: datetime
    overdue: bool
    by_itself: bool
    left_to_people: bool
    owner: str
    owner_id: str | None
    mine: bool
    against: str
    calls: int
    attempts: tuple[AttemptMade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedCount:
    """What a line owes: how much, how much of it late, and who in danger was dropped.

    `messages`: to how many of them who left a message.
    """

    owed: int = 0
    overdue: int = 0
    dropped: int = 0
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLedger:
    """Today's callers who left the queue before anybody came.

    `with_item` of them are accounted for by a callback, `withheld` of these without a number;
    `reached` have talked with us since; `short` hardly waited and are counted apart.
    """

    lost: int
    with_item: int
    withheld: int
    reached: int
    short: int

    @property
    def balances(self) -> bool:
        """Whether nobody was lost without somebody who answers for them."""
        return self.lost == self.with_item + self.short


async def list_owed(work: Work, who: SignedIn, *, at: datetime) -> list[CallbackRow]:
    """Everything that lines of theirs owe: danger first, then what is due first."""
    query = (
        select(Callback, Line, Staff.name)
        .join(Line, col(Line.id) == col(Callback.line_id))
        .join(Staff, col(Staff.id) == col(Callback.owner_id), isouter=True)
        .where(col(Callback.line_id).in_(who.lines), col(Callback.state).in_(STILL_OWED))
        .order_by(col(Callback.urgency), col(Callback.due_at), col(Callback.place_at))
    )
    rows = (await work.exec(query)).all()
    found = [callback for callback, *_ in rows]
    beside = _Beside(
        who=who,
        at=at,
        tries=await tries_at(work, {one.from_index for one in found}),
        attempts=await _attempts(work, found),
        calls=await _calls(work, found),
    )
    return [_row(callback, line, name or "", beside) for callback, line, name in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What is read beside the rows: by number, and by callback."""

    who: SignedIn
    at: datetime
    tries: Mapping[str, Tries]
    attempts: Mapping[str, list[AttemptMade]]
    calls: Mapping[str, int]


def _against(callback: Callback, tries: Mapping[str, Tries], *, at: datetime) -> str:
    known = tries.get(callback.from_index)
    if known is None:
        return WhyNot.WITHHELD
    return why_not(known, has_number=True, urgency=callback.urgency, at=at) or ""


def left_to_people(callback: Callback) -> bool:
    """Whether the system has tried as often as it does, or found no way: only people call now."""
    by_system = first_try(Why(callback.why), callback.urgency, callback.promised_at)
    return callback.try_at is None and by_system is not None


def _row(callback: Callback, line: Line, owner: str, beside: _Beside) -> CallbackRow:
    return CallbackRow(
        id=callback.id,
        line_id=line.id,
        line_name=line.name,
        line_name_en=line.name_en,
        call_id=callback.call_id,
        masked=callback.from_masked,
        language=callback.language,
        topic=callback.topic,
        urgency=callback.urgency,
        why=callback.why,
        state=callback.state,
        promised_at=callback.promised_at,
        due_at=callback.due_at,
        overdue=callback.due_at < beside.at,
        by_itself=callback.try_at is not None,
        left_to_people=left_to_people(callback),
        owner=owner,
        owner_id=callback.owner_id,
        mine=callback.owner_id == beside.who.staff_id,
        against=_against(callback, beside.tries, at=beside.at),
        calls=beside.calls.get(callback.id, 0),
        attempts=tuple(beside.attempts.get(callback.id, ())),
    )


async def _attempts(work: Work, of: Sequence[Callback]) -> dict[str, list[AttemptMade]]:
    query = (
        select(CallbackAttempt, Staff.name)
        .join(Staff, col(Staff.id) == col(CallbackAttempt.by_id), isouter=True)
        .where(col(CallbackAttempt.callback_id).in_([one.id for one in of]))
        .order_by(col(CallbackAttempt.number))
    )
    found: dict[str, list[AttemptMade]] = {}
    for row, by in (await work.exec(query)).all():
        made = AttemptMade(number=row.number, at=row.at, by=by or "", ended_as=row.ended_as)
        found.setdefault(row.callback_id, []).append(made)
    return found


async def _calls(work: Work, of: Sequence[Callback]) -> dict[str, int]:
    query = (
        select(CallbackCause.callback_id, func.count())
        .where(col(CallbackCause.callback_id).in_([one.id for one in of]))
        .group_by(col(CallbackCause.callback_id))
    )
    return dict((await work.exec(query)).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRow:
    """One that people or the system closed. `by`: by name; empty: the system. `note`: opened."""

    id: str
    masked: str
    why: str
    closed_as: str
    closed_at: datetime
    by: str
    note: str


async def list_closed(work: Work, vault: Vault, who: SignedIn, *, at: datetime) -> list[ClosedRow]:
    """Of their lines, closed today; the last first."""
    query = (
        select(Callback, Staff.name)
        .join(Staff, col(Staff.id) == col(Callback.closed_by_id), isouter=True)
        .where(col(Callback.line_id).in_(who.lines), Callback.state == CallbackState.CLOSED)
        .where(col(Callback.closed_at) >= midnight_before(at))
        .order_by(col(Callback.closed_at).desc())
        .limit(CLOSED_LISTED)
    )
    return [_closed(vault, one, by or "") for one, by in (await work.exec(query)).all()]


def _closed(vault: Vault, callback: Callback, by: str) -> ClosedRow:
    return ClosedRow(
        id=callback.id,
        masked=callback.from_masked,
        why=callback.why,
        closed_as=callback.closed_as,
        closed_at=callback.closed_at or callback.due_at,
        by=by,
        note=open_cell(vault, callback, "note_sealed"),
    )


async def count_owed(work: Work, lines: Collection[str], *, at: datetime) -> dict[str, OwedCount]:
    """By line; a line that owes nothing is missing."""
    values = {"lines": list(lines), "at": at}
    found = (await (await work.connection()).execute(_owed_by_line(), values)).all()
    return {
        line: OwedCount(owed=owed, overdue=overdue, dropped=dropped, messages=messages)
        for line, owed, overdue, dropped, messages in found
    }


@cache  # for every draw of the floor
def _owed_by_line() -> Select[*tuple[Any, ...]]:
    late = col(Callback.due_at) < bindparam("at")
    return (
        core_select(
            col(Callback.line_id),
            func.count(),
            func.count().filter(late),
            func.count().filter(col(Callback.urgency) == Urgency.CRISIS),
            func.count().filter(has_message()),
        )
        .where(among_given(col(Callback.line_id), "lines"))
        .where(col(Callback.state).in_(STILL_OWED))
        .group_by(col(Callback.line_id))
    )


def has_message() -> ColumnElement[bool]:
    """One of the calls that it accounts for left a message, whatever else is owed for."""
    return exists().where(
        col(CallbackCause.callback_id) == col(Callback.id), col(CallbackCause.why) == Why.MESSAGE
    )


async def lost_ledger(work: Work, lines: Collection[str], *, at: datetime) -> LostLedger:
    """Every hang-up in a queue of these lines today has an item, or was too short for one."""
    item = exists().where(col(CallbackCause.call_id) == col(Call.id))
    reached = exists().where(
        col(CallbackCause.call_id) == col(Call.id),
        col(CallbackCause.callback_id) == col(Callback.id),
        col(Callback.state).in_(("done", "withdrawn")),
    )
    query = core_select(
        func.count(),
        func.count().filter(item),
        func.count().filter(item, col(Call.from_index) == ""),
        func.count().filter(reached),
        func.count().filter(~item, _is_short()),
    ).where(*_lost(lines, at=at))
    lost, with_item, withheld, was_reached, short = (
        await (await work.connection()).execute(query)
    ).one()
    return LostLedger(
        lost=lost, with_item=with_item, withheld=withheld, reached=was_reached, short=short
    )


def _lost(lines: Collection[str], *, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Call.line_id).in_(lines),
        col(Call.arrived_at) >= midnight_before(at),
        col(Call.direction) == Direction.IN,
        col(Call.outcome) == Outcome.HUNG_UP,
        col(Call.queued_at).is_not(None),
    )


def _is_short() -> ColumnElement[bool]:
    waited = col(Call.ended_at) - col(Call.queued_at)
    return or_(waited < SHORT_ABANDON, col(Call.ended_at).is_(None))


def is_settled() -> ColumnElement[bool]:
    """What was owed for the call is owed no more, whatever became of it."""
    return exists().where(
        col(CallbackCause.call_id) == col(Call.id),
        col(CallbackCause.callback_id) == col(Callback.id),
        col(Callback.state).not_in(STILL_OWED),
    )


async def answers_for(work: Work, call_id: str, staff_id: str) -> bool:
    """Whether somebody has taken what is owed for a call, and still owes it."""
    query = (
        select(Callback.id)
        .join(CallbackCause, col(CallbackCause.callback_id) == col(Callback.id))
        .where(CallbackCause.call_id == call_id, Callback.owner_id == staff_id)
        .where(col(Callback.state).in_(STILL_OWED))
    )
    return (await work.exec(query.limit(1))).first() is not None


async def permitted_callback(work: Work, callback_id: str, who: SignedIn) -> Callback:
    """One of a line of theirs. Any other does not exist for them. Raises `NotFound`."""
    callback = await work.get(Callback, callback_id)
    if callback is None or callback.line_id not in who.lines:
        raise NotFound
    standing = (Relation.LINE, Relation.OWED)
    require(who.roles, standing, Permission.CALL_BACK, to_know=Permission.CALL_BACK)
    return callback
