"""The facts of some lines in a period, and of one city where that is asked: by index, no rows.

A call belongs to the day on which it came; a call-back to that of the promise; a follow-up to that
on which it fell due; an escalation to that of its call. Drills have no call, and are left out.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from hotline.callbacks.model import Why
from hotline.callbacks.policy import first_due
from hotline.calls.model import CallState, Direction, Urgency
from hotline.escalations.model import Level
from hotline.followups.model import TryOutcome
from hotline.followups.policy import due
from hotline.records.risk_queries import level_found
from hotline.reports.facts import CallBackFact, CallFact, EscalationFact, FollowUpFact, ServiceFacts
from hotline.reports.periods import A_DAY, Period
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    Callback,
    CallbackAttempt,
    CallbackCause,
    Escalation,
    EscalationEntry,
    FollowUp,
    FollowUpAttempt,
    Record,
    Rescue,
)

LONGEST_SEQUENCE = timedelta(days=400)  # follow-ups end after twelve months
ACKNOWLEDGE_WITHIN = {  # domain research, requirement 38 (P): where a chain names no other
    Level.IMMINENT: timedelta(minutes=5),
    Level.HIGH: timedelta(minutes=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsWish:
    """Of which lines, when, and from where. `city`: four digits; empty: from everywhere."""

    lines: Collection[str]
    period: Period
    city: str = ""


async def facts_of(work: Work, wish: FactsWish, *, at: datetime) -> ServiceFacts:
    """All of them, as they are known now."""
    return ServiceFacts(
        at=at,
        calls=tuple(await _calls(work, wish)),
        call_backs=tuple(await _call_backs(work, wish)),
        follow_ups=tuple(await _follow_ups(work, wish)),
        escalations=tuple(await _escalations(work, wish)),
    )


def _of_calls(query: Any, wish: FactsWish) -> Any:
    """Of a query with calls in it: those of these lines and this city."""
    query = query.where(col(Call.line_id).in_(wish.lines))
    return query.where(col(Call.place_code).startswith(wish.city)) if wish.city else query


def _in_period(query: Any, wish: FactsWish) -> Any:
    arrived = col(Call.arrived_at)
    return query.where(arrived >= wish.period.since, arrived < wish.period.until)


# ── calls ───────────────────────────────────────────────────────────────────────────────────────


async def _calls(work: Work, wish: FactsWish) -> list[CallFact]:
    columns: tuple[Any, ...] = (
        Call.id, Call.line_id, Call.arrived_at, Call.queued_at, Call.joined_at, Call.left_at,
        Call.ended_at, Call.state, Call.outcome, Call.urgency, Call.from_index, Call.place_code,
        Record.contact_type, Record.topics, col(Record.answers)["age_band"].as_string(),
        Record.unfinished, level_found(), CallbackCause.why,
    )  # fmt: skip
    query: Any = (
        select(*columns)
        .select_from(Call)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .join(CallbackCause, col(CallbackCause.call_id) == col(Call.id), isouter=True)
        .where(Call.direction == Direction.IN)
        .order_by(col(Call.arrived_at), col(Call.id))
    )
    query, arrived = _of_calls(query, wish), col(Call.arrived_at)
    found: list[CallFact] = []
    numbers: set[str] = set()
    for since in wish.period.days:  # calls of others pass between
        of_day = query.where(arrived >= since, arrived < since + A_DAY)
        found += _call_facts((await work.exec(of_day)).all(), numbers)
    return found


def _call_facts(rows: Sequence[Any], numbers: set[str]) -> Iterator[CallFact]:
    """In the order in which they came, so that whoever calls again is known by `numbers`."""
    for (
        call_id, line_id, arrived_at, queued_at, joined_at, left_at, ended_at, state, outcome,
        urgency, number, place, contact_type, topics, ages, unfinished, level, why,
    ) in rows:  # fmt: skip
        yield CallFact(
            id=call_id,
            line_id=line_id,
            arrived_at=arrived_at,
            queued_at=queued_at,
            joined_at=joined_at,
            left_at=left_at or ended_at,
            over=state == CallState.ENDED,
            outcome=outcome or "" if state == CallState.ENDED else "",
            crisis=urgency == Urgency.CRISIS,
            dropped_in_talk=why == Why.DROPPED and joined_at is not None,
            again=number in numbers if number else None,
            place=place,
            level=level or "",
            contact_type=contact_type or "",
            topics=tuple(topics or ()),
            ages=ages or "",
            recorded=unfinished is False,
        )
        numbers.add(number)


# ── promises ────────────────────────────────────────────────────────────────────────────────────


async def _call_backs(work: Work, wish: FactsWish) -> list[CallBackFact]:
    query = (
        select(Callback, CallbackAttempt.at)
        .join(
            CallbackAttempt,
            (col(CallbackAttempt.callback_id) == col(Callback.id)) & (CallbackAttempt.number == 1),
            isouter=True,
        )
        .where(col(Callback.line_id).in_(wish.lines))
        .where(col(Callback.promised_at) >= wish.period.since)
        .where(col(Callback.promised_at) < wish.period.until)
        .order_by(col(Callback.promised_at), col(Callback.id))
    )
    if wish.city:
        query = query.join(Call, col(Call.id) == col(Callback.call_id))
        query = query.where(col(Call.place_code).startswith(wish.city))
    return [_call_back(row, tried_at) for row, tried_at in (await work.exec(query)).all()]


def _call_back(row: Callback, tried_at: datetime | None) -> CallBackFact:
    return CallBackFact(
        id=row.id,
        line_id=row.line_id,
        call_id=row.call_id or "",
        promised_at=row.promised_at,
        due_at=first_due(Why(row.why), row.urgency, row.promised_at),
        state=row.state,
        tried_at=tried_at,
        closed_at=row.closed_at,
    )


async def _follow_ups(work: Work, wish: FactsWish) -> list[FollowUpFact]:
    """Of sequences that can have fallen due: each call of theirs that did in the period."""
    period = wish.period
    query = select(FollowUp).where(
        col(FollowUp.line_id).in_(wish.lines),
        col(FollowUp.began_at) >= period.since - LONGEST_SEQUENCE,
        col(FollowUp.began_at) < period.until,
    )
    if wish.city:
        query = query.join(Call, col(Call.id) == col(FollowUp.call_id))
        query = query.where(col(Call.place_code).startswith(wish.city))
    found = (await work.exec(query.order_by(col(FollowUp.began_at), col(FollowUp.id)))).all()
    tries = await _tries(work, [one.id for one in found])
    facts = (fact for one in found for fact in _steps_due(one, tries))
    return [fact for fact in facts if period.since <= fact.due_at < period.until]


FollowUpTries = dict[tuple[str, int, int], tuple[datetime, datetime | None]]
"""By sequence, which beginning of it and step: when the phone first rang, and was answered."""


async def _tries(work: Work, ids: Collection[str]) -> FollowUpTries:
    tried = FollowUpAttempt
    columns: tuple[Any, ...] = (
        tried.follow_up_id,
        tried.begun,
        tried.step,
        func.min(tried.at),
        func.min(tried.at).filter(col(tried.outcome) == TryOutcome.REACHED),
    )
    query = (
        select(*columns)
        .where(col(tried.follow_up_id).in_(ids), col(tried.outcome) != TryOutcome.NOT_RUNG)
        .group_by(col(tried.follow_up_id), col(tried.begun), col(tried.step))
    )
    found = (await work.exec(query)).all()
    return {(key, begun, step): (first, answer) for key, begun, step, first, answer in found}


def _steps_due(row: FollowUp, tries: FollowUpTries) -> Iterator[FollowUpFact]:
    """Up to the step where it stands; none that fell due after the sequence had ended."""
    for step in range(min(row.step, len(row.days) - 1) + 1):
        due_at, late_at = due(row.began_at, row.days, step)
        if row.stopped_at is not None and row.stopped_at <= due_at:
            return
        tried_at, reached_at = tries.get((row.id, row.begun, step), (None, None))
        yield FollowUpFact(
            id=f"{row.id}.{row.begun}.{step}",
            line_id=row.line_id,
            call_id=row.call_id,
            due_at=due_at,
            late_at=late_at,
            tried_at=tried_at,
            reached_at=reached_at,
        )


async def _escalations(work: Work, wish: FactsWish) -> list[EscalationFact]:
    acknowledged = (
        select(func.min(EscalationEntry.at))
        .where(col(EscalationEntry.escalation_id) == col(Escalation.id))
        .where(EscalationEntry.kind == "escalation.acknowledged")
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Escalation,
        Call.line_id,
        acknowledged,
        Rescue.escalation_id,
        Rescue.confirmed_at,
    )
    query = (
        select(*columns)
        .select_from(Escalation)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .join(Rescue, col(Rescue.escalation_id) == col(Escalation.id), isouter=True)
        .order_by(col(Escalation.created_at), col(Escalation.id))
    )
    found = (await work.exec(_in_period(_of_calls(query, wish), wish))).all()
    return [_escalation(*row) for row in found]


def _escalation(
    row: Escalation,
    line_id: str,
    acknowledged_at: datetime | None,
    rescue: str | None,
    confirmed_at: datetime | None,
) -> EscalationFact:
    within_s = row.policy.get("deadline_s")
    within = ACKNOWLEDGE_WITHIN[Level(row.level)] if within_s is None else _seconds(within_s)
    return EscalationFact(
        id=row.id,
        line_id=line_id,
        call_id=row.call_id,
        created_at=row.created_at,
        deadline_at=row.created_at + within,
        acknowledged_at=acknowledged_at,
        is_rescue=rescue is not None,
        confirmed_at=confirmed_at,
    )


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
