"""What people do with an escalation: raise it, answer for it, close it.

Each command locks the row, writes the timeline and announces, all in the caller's unit of work.
Who may do what is the API's business. Free text is sealed; only `queries.open_summary` opens it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.calls.service import add_call_entry, lock_call, make_urgent
from hotline.deliveries.model import DeliveryEvent
from hotline.errors import IllegalMove, Invalid, KeyReused
from hotline.escalations.chain import read_chain, station_of_line
from hotline.escalations.danger import raise_endangered
from hotline.escalations.model import (
    EscalationEvent,
    EscalationState,
    Level,
)
from hotline.escalations.policy import ChainPosition, chain_of, step_after, step_now
from hotline.escalations.progress import (
    add_escalation_entry,
    lock_attempt,
    lock_escalation,
    move_attempt,
    move_escalation,
    page_supervisors,
    position_of,
    supersede_attempts,
    take_step,
)
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, CrisisFlag, Escalation
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

SUMMARY_PLACE = "crisis_flag.summary_sealed"
NOTE_PLACE = "escalation_event.facts.note"
NUMBER_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlag:
    """What a counselor says. `client_key` is made once for each intent, in the browser."""

    raised_by: str | None
    level: Level
    summary: str
    client_key: str


# ── raising ─────────────────────────────────────────────────────────────────────────────────────


async def raise_flag(
    work: Work, vault: Vault, *, call: Call, flag: NewFlag, at: datetime
) -> Escalation:
    """Keep the flag and start its escalation, both or neither.

    The same key again gives the same escalation. A call that already has an open escalation of
    this level or above gets no second alarm: the flag is added to it. Raises `KeyReused`.
    """
    call = await lock_call(work, call.id)
    known = await _escalation_of_key(work, call, flag.client_key)
    if known is not None:
        return known
    make_urgent(work, call, at=at, why="crisis_flag")
    flag_id = new_id()
    escalation = await _running_escalation(work, call.id, flag.level)
    if escalation is not None:
        facts = {"flag_id": flag_id, "level": flag.level}
        add_escalation_entry(
            work, escalation, "escalation.flag_added", at=at, actor=_actor(flag), **facts
        )
    else:
        escalation = await _start(work, call, flag, flag_id=flag_id, at=at)
    _add_flag(work, vault, escalation, flag, flag_id=flag_id, at=at)
    await work.flush()
    # The same number may be waiting a second time.
    await raise_endangered(work, at=at, number=call.from_index)
    return escalation


def _actor(flag: NewFlag) -> Actor:
    return Actor.of_staff(flag.raised_by) if flag.raised_by else SYSTEM


async def _escalation_of_key(work: Work, call: Call, client_key: str) -> Escalation | None:
    query = (
        select(Escalation)
        .join(CrisisFlag, col(CrisisFlag.escalation_id) == col(Escalation.id))
        .where(CrisisFlag.client_key == client_key)
    )
    known = (await work.exec(query)).one_or_none()
    if known is not None and known.call_id != call.id:
        raise KeyReused
    return known


def _add_flag(
    work: Work,
    vault: Vault,
    escalation: Escalation,
    flag: NewFlag,
    *,
    flag_id: str,
    at: datetime,
) -> None:
    row = CrisisFlag(
        id=flag_id,
        call_id=escalation.call_id,
        escalation_id=escalation.id,
        raised_by=flag.raised_by,
        level=flag.level,
        summary_sealed=vault.seal(flag.summary, place=f"{SUMMARY_PLACE}.{flag_id}"),
        client_key=flag.client_key,
        created_at=at,
    )
    work.add(row)


async def _running_escalation(work: Work, call_id: str, level: Level) -> Escalation | None:
    """An open one of at least this level, held: it cannot be closed under the new flag."""
    query = (
        select(Escalation)
        .where(Escalation.call_id == call_id)
        .where(Escalation.state != EscalationState.CLOSED)
        .where(col(Escalation.level).in_(level.covered_by()))
        .order_by(col(Escalation.created_at))
        .limit(1)
        .with_for_update()
    )
    return (await work.exec(query)).first()


async def _start(
    work: Work, call: Call, flag: NewFlag, *, flag_id: str, at: datetime
) -> Escalation:
    station_id, named = await station_of_line(work, call.line_id)
    chain = await read_chain(work, station_id)
    turn = step_now(chain, ChainPosition(0, 0), at)
    escalation = Escalation(
        number=await _free_number(work),
        call_id=call.id,
        station_id=station_id,
        level=flag.level,
        chain=[step.plain() for step in chain],
        next_due_at=turn.due_at,
        created_at=at,
    )
    work.add(escalation)
    await work.flush()
    facts = {"flag_id": flag_id, "level": flag.level, "station_id": station_id}
    add_escalation_entry(work, escalation, "escalation.raised", at=at, actor=_actor(flag), **facts)
    add_call_entry(
        work, call, "call.flagged", at=at, staff_id=flag.raised_by, facts=_told(escalation)
    )
    if not named:
        page_supervisors(work, escalation, "line_without_station", at=at)
    await take_step(work, escalation, turn, at=at)
    log.info("escalation.raised", escalation_id=escalation.id, level=flag.level)
    return escalation


def _told(escalation: Escalation) -> dict[str, str]:
    return {"escalation_id": escalation.id, "level": escalation.level}


async def _free_number(work: Work) -> str:
    """Six digits to say on the telephone. Random: it tells nobody how many there are."""
    while True:
        number = str(10 ** (NUMBER_DIGITS - 1) + secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)))
        taken = select(Escalation.id).where(Escalation.number == number)
        if (await work.exec(taken)).one_or_none() is None:
            return number


# ── answering for it ────────────────────────────────────────────────────────────────────────────


async def acknowledge(
    work: Work, escalation_id: str, *, by: Actor, attempt_id: str | None = None, at: datetime
) -> Escalation:
    """Somebody says: I have heard of it. Twice by the same is fine. Raises `IllegalMove`.

    `attempt_id`: the call in which it was said; one
    of an earlier step counts as well.
    """
    escalation = await lock_escalation(work, escalation_id)
    if escalation.acknowledged_by == str(by) and escalation.state != EscalationState.CLOSED:
        return escalation
    if escalation.state not in (EscalationState.OPEN, EscalationState.CLOSED):
        raise IllegalMove("A colleague has already taken this escalation.")
    move_escalation(escalation, EscalationEvent.ACKNOWLEDGED, at=at)
    escalation.acknowledged_at, escalation.acknowledged_by = at, str(by)
    add_escalation_entry(
        work, escalation, "escalation.acknowledged", at=at, actor=by, attempt_id=attempt_id
    )
    await _mark_attempt(work, escalation, attempt_id, by=by, at=at)
    await supersede_attempts(work, escalation, at=at)
    return escalation


async def _mark_attempt(
    work: Work, escalation: Escalation, attempt_id: str | None, *, by: Actor, at: datetime
) -> None:
    held = await lock_attempt(work, attempt_id) if attempt_id is not None else None
    if held is not None and held.escalation.id == escalation.id:
        await move_attempt(work, held, DeliveryEvent.ACKNOWLEDGED, at=at, actor=by)


async def accept(work: Work, escalation_id: str, *, by: Actor, at: datetime) -> Escalation:
    """The station takes it on. Raises `IllegalMove` unless it was acknowledged before."""
    escalation = await lock_escalation(work, escalation_id)
    move_escalation(escalation, EscalationEvent.ACCEPTED, at=at)
    add_escalation_entry(work, escalation, "escalation.accepted", at=at, actor=by)
    return escalation


async def give_back(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, reason: str, at: datetime
) -> Escalation:
    """The station returns the escalation: the next contact is rung at once."""
    escalation = await lock_escalation(work, escalation_id)
    place = position_of(escalation)
    move_escalation(escalation, EscalationEvent.GIVEN_BACK, at=at)
    escalation.acknowledged_at, escalation.acknowledged_by = None, ""
    await supersede_attempts(work, escalation, at=at)
    said = _sealed(vault, escalation, reason)
    add_escalation_entry(work, escalation, "escalation.given_back", at=at, actor=by, note=said)
    await take_step(work, escalation, step_after(chain_of(escalation.chain), place, at), at=at)
    return escalation


async def report(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, text: str, at: datetime
) -> Escalation:
    """The station says what was done. As often as needed; the escalation stays open."""
    escalation = await lock_escalation(work, escalation_id)
    move_escalation(escalation, EscalationEvent.REPORTED, at=at)
    said = _sealed(vault, escalation, text)
    add_escalation_entry(work, escalation, "escalation.reported", at=at, actor=by, note=said)
    return escalation


async def close(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, reason: str, at: datetime
) -> Escalation:
    """A person ends the escalation. Nothing else ever does. Raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid("Say why the escalation is closed. It stays open until then.")
    escalation = await lock_escalation(work, escalation_id)
    move_escalation(escalation, EscalationEvent.CLOSED, at=at)
    escalation.closed_at = at
    await supersede_attempts(work, escalation, at=at)
    said = _sealed(vault, escalation, reason)
    add_escalation_entry(work, escalation, "escalation.closed", at=at, actor=by, note=said)
    return escalation


def _sealed(vault: Vault, escalation: Escalation, text: str) -> str:
    """Bound to this escalation: moved to another one it does not open."""
    return vault.seal(text, place=f"{NOTE_PLACE}.{escalation.id}")
