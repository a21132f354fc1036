"""Raising a flag, and what people do with an escalation. Each locks the row and leaves a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import col, select

from hotline.calls.service import make_urgent, note
from hotline.errors import NotFound
from hotline.escalations.model import (
    LIVE,
    AttemptState,
    EscalationEvent,
    EscalationState,
    Level,
    after,
)
from hotline.escalations.policy import (
    ACCEPT_WITHIN,
    ACKNOWLEDGE_WITHIN,
    REPORT_WITHIN,
    Link,
    Step,
    first_step,
    next_step,
    read_chain,
)
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    CrisisFlag,
    Escalation,
    Line,
    Station,
    StationContact,
)
from hotline.storage.tables import EscalationEvent as TimelineEntry
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

PLACE = "crisis_flag.summary"


def tell(
    work: Work, escalation: Escalation, kind: str, *, at: datetime, actor: str, **facts: Any
) -> None:
    """Write one entry to the timeline and tell everybody who watches."""
    entry = TimelineEntry(escalation_id=escalation.id, at=at, kind=kind, actor=actor, facts=facts)
    work.add(entry)
    work.announce("escalation", escalation.id)


async def lock_escalation(work: Work, escalation_id: str) -> Escalation:
    """The row, held until the unit of work ends."""
    query = select(Escalation).where(Escalation.id == escalation_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlag:
    """What somebody says. `client_key` is made once where it is raised, so that it can be resent."""

    raised_by: str | None
    level: Level
    summary: str
    client_key: str


# ── raising ─────────────────────────────────────────────────────────────────────────────────────


async def raise_flag(
    work: Work, vault: Vault, call: Call, new: NewFlag, *, at: datetime
) -> Escalation:
    """Flag and escalation together. The same `client_key` again gives the same escalation."""
    known = await _escalation_of_key(work, new.client_key)
    if known is not None:
        return known
    flag = CrisisFlag(
        call_id=call.id,
        raised_by=new.raised_by,
        level=new.level,
        client_key=new.client_key,
        created_at=at,
    )
    flag.summary_sealed = vault.seal(new.summary, place=f"{PLACE}.{flag.id}")
    work.add(flag)
    make_urgent(work, call, at=at, why="flag")
    note(work, call, "flag.raised", at=at, staff_id=new.raised_by, facts={"level": new.level})
    await work.flush()
    return await _escalate(work, call, flag, at=at)


async def _escalation_of_key(work: Work, client_key: str) -> Escalation | None:
    query = (
        select(Escalation)
        .join(CrisisFlag, col(CrisisFlag.id) == col(Escalation.flag_id))
        .where(CrisisFlag.client_key == client_key)
    )
    return (await work.exec(query)).one_or_none()


async def _escalate(work: Work, call: Call, flag: CrisisFlag, *, at: datetime) -> Escalation:
    line = await work.get_one(Line, call.line_id)
    chain = await _chain(work, line.station_id)
    step = first_step(chain, at)
    escalation = Escalation(
        case_number=f"{at:%m%d}{int(new_id()[:8], 16) % 10_000:04d}{new_id()[:4]}",
        flag_id=flag.id,
        call_id=call.id,
        station_id=str(line.station_id),
        level=flag.level,
        policy=[link.plain() for link in chain],
        next_due_at=step.due_at,
        created_at=at,
    )
    work.add(escalation)
    await work.flush()
    tell(work, escalation, "raised", at=at, actor=flag.raised_by or "", level=flag.level)
    await take_step(work, escalation, step, at=at)
    log.info("escalation.raised", escalation_id=escalation.id, call_id=call.id, level=flag.level)
    return escalation


async def _chain(work: Work, station_id: str | None) -> list[Link]:
    """The station's contacts by rank, then those of its parent, and so on upwards."""
    chain: list[Link] = []
    seen: set[str] = set()
    while station_id is not None and station_id not in seen:
        seen.add(station_id)
        query = (
            select(StationContact.id)
            .where(StationContact.station_id == station_id, col(StationContact.active))
            .order_by(col(StationContact.rank))
        )
        contacts = (await work.exec(query)).all()
        chain += [Link(contact, station_id, ACKNOWLEDGE_WITHIN) for contact in contacts]
        station = await work.get(Station, station_id)
        station_id = station.parent_id if station else None
    return chain


async def take_step(work: Work, escalation: Escalation, step: Step, *, at: datetime) -> None:
    """Move to a step: its deadline, and the attempt that rings its contact."""
    escalation.step, escalation.round = step.step, step.round
    escalation.next_due_at = step.due_at
    escalation.version += 1
    if step.begins_again:
        tell(work, escalation, "chain_exhausted", at=at, actor="", round=step.round)
    if step.link is None:
        tell(work, escalation, "nobody_to_ring", at=at, actor="")
        return
    attempt = Attempt(
        escalation_id=escalation.id,
        contact_id=step.link.contact_id,
        step=step.step,
        round=step.round,
        dedupe_key=f"{escalation.id}:{step.round}:{step.step}:phone",
        due_at=at,
        created_at=at,
    )
    work.add(attempt)
    await work.flush()
    tell(work, escalation, "attempt_planned", at=at, actor="", attempt=attempt.id)
    work.announce("attempt", attempt.id)


# ── what people do ──────────────────────────────────────────────────────────────────────────────


async def acknowledge(work: Work, escalation_id: str, *, by: str, at: datetime) -> Escalation:
    """“I have it.” Said again by anybody: fine. Everybody else stops being rung."""
    escalation = await lock_escalation(work, escalation_id)
    if escalation.state in (EscalationState.ACKNOWLEDGED, EscalationState.ACCEPTED):
        return escalation
    escalation.state = after(escalation.state, EscalationEvent.ACKNOWLEDGED)
    escalation.acknowledged_at, escalation.acknowledged_by = at, by
    escalation.next_due_at = at + ACCEPT_WITHIN
    tell(work, escalation, "acknowledged", at=at, actor=by)
    await supersede_attempts(work, escalation, at=at)
    log.info("escalation.acknowledged", escalation_id=escalation.id)
    return escalation


async def accept(work: Work, escalation_id: str, *, by: str, at: datetime) -> Escalation:
    """The station takes the case and will report."""
    escalation = await lock_escalation(work, escalation_id)
    if escalation.state == EscalationState.ACCEPTED:
        return escalation
    escalation.state = after(escalation.state, EscalationEvent.ACCEPTED)
    escalation.next_due_at = at + REPORT_WITHIN
    if escalation.acknowledged_at is None:
        escalation.acknowledged_at, escalation.acknowledged_by = at, by
    tell(work, escalation, "accepted", at=at, actor=by)
    await supersede_attempts(work, escalation, at=at)
    return escalation


async def give_back(
    work: Work, escalation_id: str, *, by: str, reason: str, at: datetime
) -> Escalation:
    """The station cannot: the next contact is rung at once."""
    escalation = await lock_escalation(work, escalation_id)
    escalation.state = after(escalation.state, EscalationEvent.RETURNED)
    tell(work, escalation, "returned", at=at, actor=by, reason=reason)
    await supersede_attempts(work, escalation, at=at)
    await press_on(work, escalation, at=at)
    return escalation


async def report(work: Work, escalation_id: str, *, by: str, text: str, at: datetime) -> Escalation:
    """What was done so far. The next report is due after the same time again."""
    escalation = await lock_escalation(work, escalation_id)
    escalation.state = after(escalation.state, EscalationEvent.REPORTED)
    escalation.next_due_at = at + REPORT_WITHIN
    tell(work, escalation, "reported", at=at, actor=by, text=text)
    return escalation


async def close(
    work: Work, escalation_id: str, *, by: str, reason: str, at: datetime
) -> Escalation:
    """A person ends the duty, with a reason."""
    escalation = await lock_escalation(work, escalation_id)
    escalation.state = after(escalation.state, EscalationEvent.CLOSED)
    escalation.closed_at, escalation.closed_by, escalation.next_due_at = at, by, None
    tell(work, escalation, "closed", at=at, actor=by, reason=reason)
    await supersede_attempts(work, escalation, at=at)
    return escalation


async def press_on(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """The next contact, now."""
    chain = read_chain(escalation.policy)
    await take_step(
        work, escalation, next_step(chain, escalation.step, escalation.round, at), at=at
    )


async def supersede_attempts(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Nobody else needs to be rung."""
    for attempt in await live_attempts(work, escalation.id):
        attempt.state, attempt.ended_at = AttemptState.SUPERSEDED, at
        work.announce("attempt", attempt.id)


async def live_attempts(work: Work, escalation_id: str) -> Sequence[Attempt]:
    """Attempts that may still reach somebody."""
    query = select(Attempt).where(
        Attempt.escalation_id == escalation_id, col(Attempt.state).in_(LIVE)
    )
    return (await work.exec(query)).all()
