"""What people do with an escalation: raise it, answer for it, close it.

Each command locks the row, writes the timeline and announces, all in the caller's unit of work.
Who may do what is the API's business. Free text is sealed; only `queries.open_summary` opens it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.calls.service import add_call_entry, make_urgent
from hotline.debriefs.service import heavy_after_all
from hotline.deliveries.model import DeliveryEvent
from hotline.errors import IllegalMove, Invalid, KeyReused
from hotline.escalations.attempts import lock_attempt, move_attempt, supersede_attempts
from hotline.escalations.cases import case_goes_to_taker, join_case_of, open_case
from hotline.escalations.chain import Roster, roster_of_line
from hotline.escalations.danger import raise_other_calls
from hotline.escalations.heard import tell_who_flagged
from hotline.escalations.late import DoneInField, when_done
from hotline.escalations.links import link_calls, lock_open_of_number
from hotline.escalations.model import (
    EscalationEvent,
    EscalationState,
    Level,
)
from hotline.escalations.notes import SealedNote, add_note
from hotline.escalations.policy import NOBODY_YET, REMINDED_WITHIN, ChainPosition, step_now
from hotline.escalations.progress import (
    add_escalation,
    lock_escalation,
    move_escalation,
    next_turn,
    press_on,
    take_step,
)
from hotline.escalations.provisions import taken_by
from hotline.escalations.receivers import policy_for, walk_of_policy
from hotline.escalations.rescue import open_rescue, require_rescued
from hotline.escalations.supervisors import (
    begin_alarm,
    show_supervisors_again,
    withdraw_supervisor_calls,
)
from hotline.escalations.timeline import add_escalation_entry, page_supervisors, position_of
from hotline.records.risk import raise_level
from hotline.risk.levels import Risk
from hotline.staff.actor import SYSTEM, Actor
from hotline.stations.queries import find_station
from hotline.stations.responsible import WhyStation, whereabouts_of
from hotline.storage.sealed import place_in
from hotline.storage.session import Work
from hotline.storage.tables import Call, CrisisFlag, Escalation
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

NUMBER_DIGITS = 6
RAISED = "crisis_flag"
TAKEN = "A colleague has already taken this escalation."
NOT_YET_THEIRS = "Nobody has acknowledged this escalation yet: acknowledge it, then return it."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlag:
    """What a counselor says. `client_key` is made once for each intent, in the browser.

    `kind`: one of `chains.model.FlagKind`, where somebody names it; it chooses the chain.
    `another_child`: than in earlier calls of the number, which may be a school's.
    `rings_at`: None for at once; else nobody is rung before, unless somebody flags by hand.
    `station`: which one is to answer, as they wrote it; empty, the one of the place.
    """

    raised_by: str | None
    level: Level
    summary: str
    client_key: str
    kind: str = ""
    another_child: bool = False
    rings_at: datetime | None = None
    station: str = ""


# ── raising ─────────────────────────────────────────────────────────────────────────────────────


async def raise_flag(
    work: Work, vault: Vault, *, call: Call, flag: NewFlag, at: datetime
) -> Escalation:
    """Keep the flag and start its escalation, both or neither. The caller holds the call.

    The same key again gives the same escalation. A call that already has an open escalation of
    this level or above gets no second alarm: the flag is added to it. So does a call whose number
    has one for another call; the two are linked. Raises `KeyReused`.
    """
    known = await _escalation_of_key(work, call, flag.client_key)
    if known is not None:
        return await lock_escalation(work, known)
    former = await _lock_escalations_of(work, call)
    if flag.rings_at is None:
        await raise_level(work, call.id, Risk(flag.level), by=flag.raised_by, kind="flagged", at=at)
    others = [] if flag.another_child else await lock_open_of_number(work, call)
    await link_calls(work, others, call, by=_actor(flag), at=at)
    running = next((one for one in (*former, *others) if _covers(one, flag.level)), None)
    await heavy_after_all(work, call, flag.raised_by, at=at)
    if running is None:
        return await _start(work, vault, call, flag, at=at)
    if running.call_id != call.id:
        await join_case_of(work, running, call, by=_actor(flag), at=at)
    flag_id = await _add_flag(work, vault, running, flag, call_id=call.id, at=at)
    make_urgent(work, call, at=at, why=RAISED)
    facts = {"flag_id": flag_id, "level": flag.level, **await _wish(work, flag)}
    add_escalation_entry(work, running, "escalation.flag_added", at=at, actor=_actor(flag), **facts)
    if running.state != EscalationState.OPEN:
        await _ask_who_has_it(work, running, since=flag.rings_at or at)
    elif flag.rings_at is None and position_of(running) == NOBODY_YET:
        await press_on(work, running, at=at)
    return running


async def _ask_who_has_it(work: Work, running: Escalation, *, since: datetime) -> None:
    """Somebody has had it for a while, perhaps since yesterday, and no phone rings for this flag:
    they answer within the time of a reminder or are rung again, and supervisors see it as well.
    """
    if running.next_due_at is not None:
        running.next_due_at = min(running.next_due_at, since + REMINDED_WITHIN)
    await show_supervisors_again(work, running, since=since)


async def _wish(work: Work, flag: NewFlag) -> dict[str, str]:
    """The station that a flag names which was added to a running escalation: for people to see."""
    wished = await find_station(work, flag.station)
    return {} if wished is None else {"station_wished": wished.id}


def _actor(flag: NewFlag) -> Actor:
    return Actor.of_staff(flag.raised_by) if flag.raised_by else SYSTEM


async def _escalation_of_key(work: Work, call: Call, client_key: str) -> str | None:
    """Where this flag of this call was kept before; that may be another call's escalation."""
    query = select(CrisisFlag.escalation_id).where(
        CrisisFlag.call_id == call.id, CrisisFlag.client_key == client_key
    )
    return (await work.exec(query)).one_or_none()


async def _lock_escalations_of(work: Work, call: Call) -> Sequence[Escalation]:
    """The oldest first: none can be closed under a new flag."""
    query = (
        select(Escalation)
        .where(Escalation.call_id == call.id)
        .order_by(col(Escalation.created_at), col(Escalation.id))
        .with_for_update(of=Escalation)
    )
    return (await work.exec(query.execution_options(populate_existing=True))).all()


def _covers(escalation: Escalation, level: Level) -> bool:
    """Whether its alarm still runs and is at least as loud."""
    running = escalation.state != EscalationState.CLOSED
    return running and escalation.level in level.covered_by()


async def _start(
    work: Work, vault: Vault, call: Call, flag: NewFlag, *, at: datetime
) -> Escalation:
    """First the rows that others point to, then what is written together with the rest."""
    known = await whereabouts_of(work, call, chosen=flag.station)
    roster = await roster_of_line(work, call.line_id, at, known)
    policy = await policy_for(work, flag.level, flag.kind)
    walk = await walk_of_policy(work, policy, roster.station_id, roster.chain, at)
    turn = step_now(walk, ChainPosition(0, 0), at)
    draft = Escalation(
        number=draw_number(),
        call_id=call.id,
        station_id=roster.station_id,
        level=flag.level,
        kind=flag.kind,
        policy=policy,
        chain=walk.plain(),
        next_due_at=turn.due_at,
        created_at=at,
    )
    escalation = await add_escalation(work, draft, draw=draw_number)
    begin_alarm(work, escalation, rings_at=flag.rings_at or at)
    flag_id = await _add_flag(work, vault, escalation, flag, call_id=call.id, at=at)
    make_urgent(work, call, at=at, why=RAISED)
    facts = {"flag_id": flag_id, **_why_this_station(flag, roster)}
    _tell_start(work, call, escalation, flag, facts, at=at)
    await open_case(work, call, escalation, by=_actor(flag), at=at)
    open_rescue(work, escalation, at=at)
    if not roster.named:
        page_supervisors(work, escalation, "line_without_station", at=at)
    if flag.rings_at is None:
        await take_step(work, escalation, turn, at=at)
    else:
        escalation.step, escalation.round = NOBODY_YET.step, NOBODY_YET.round
        escalation.next_due_at = flag.rings_at
    await raise_other_calls(work, call, at=at)
    log.info("escalation.raised", escalation_id=escalation.id, level=flag.level)
    return escalation


async def _add_flag(
    work: Work,
    vault: Vault,
    escalation: Escalation,
    flag: NewFlag,
    *,
    call_id: str,
    at: datetime,
) -> str:
    """Its id. Raises `KeyReused`: the key of another flag of this call was known before."""
    flag_id = new_id()
    row = CrisisFlag(
        id=flag_id,
        call_id=call_id,
        escalation_id=escalation.id,
        raised_by=flag.raised_by,
        level=flag.level,
        summary_sealed=vault.seal(
            flag.summary, place=place_in(CrisisFlag, "summary_sealed", id=flag_id)
        ),
        client_key=flag.client_key,
        created_at=at,
    )
    adding = insert(CrisisFlag).values(row.model_dump())
    adding = adding.on_conflict_do_nothing(index_elements=["client_key"])
    written = await work.exec(adding.returning(col(CrisisFlag.id)))
    if written.scalar_one_or_none() is None:
        raise KeyReused
    return flag_id


def _why_this_station(flag: NewFlag, roster: Roster) -> dict[str, Any]:
    """What was written for a station is not told where it is none: it could be anything."""
    why = {"station_id": roster.station_id, "why_station": roster.why}
    in_vain = bool(flag.station.strip()) and roster.why is not WhyStation.CHOSEN
    return {**why, "chosen_in_vain": True} if in_vain else why


def _tell_start(
    work: Work,
    call: Call,
    escalation: Escalation,
    flag: NewFlag,
    facts: dict[str, Any],
    *,
    at: datetime,
) -> None:
    facts = {"level": flag.level, **facts}
    add_escalation_entry(work, escalation, "escalation.raised", at=at, actor=_actor(flag), **facts)
    told = {"escalation_id": escalation.id, "level": escalation.level}
    add_call_entry(work, call, "call.flagged", at=at, staff_id=flag.raised_by, facts=told)


def draw_number() -> str:
    """Six digits to say on the telephone. Random: it tells nobody how many there are."""
    return str(10 ** (NUMBER_DIGITS - 1) + secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)))


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
        raise IllegalMove(TAKEN)
    move_escalation(escalation, EscalationEvent.ACKNOWLEDGED, at=at)
    escalation.acknowledged_at, escalation.acknowledged_by = at, str(by)
    add_escalation_entry(
        work, escalation, "escalation.acknowledged", at=at, actor=by, attempt_id=attempt_id
    )
    await taken_by(work, escalation, by, at=at)
    await _mark_attempt(work, escalation, attempt_id, by=by, at=at)
    await supersede_attempts(work, escalation, at=at)
    await tell_who_flagged(work, escalation)
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
    await case_goes_to_taker(work, escalation, by=by, at=at)
    await tell_who_flagged(work, escalation)
    return escalation


async def give_back(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, reason: str, at: datetime
) -> Escalation:
    """The station returns what it has: the next contact is rung at once. Raises `IllegalMove`."""
    escalation = await lock_escalation(work, escalation_id)
    if escalation.state == EscalationState.OPEN:
        raise IllegalMove(NOT_YET_THEIRS)
    place = position_of(escalation)
    move_escalation(escalation, EscalationEvent.GIVEN_BACK, at=at)
    escalation.acknowledged_at, escalation.acknowledged_by = None, ""
    await supersede_attempts(work, escalation, at=at)
    add_note(work, vault, escalation, SealedNote("escalation.given_back", reason), by=by, at=at)
    await tell_who_flagged(work, escalation)
    await take_step(work, escalation, await next_turn(work, escalation, place, at), at=at)
    return escalation


async def report(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, done: DoneInField, at: datetime
) -> Escalation:
    """The station says what was done. As often as needed; the escalation stays open."""
    escalation = await lock_escalation(work, escalation_id)
    move_escalation(escalation, EscalationEvent.REPORTED, at=at)
    said = SealedNote("escalation.reported", done.words, when_done(escalation, done, at=at))
    add_note(work, vault, escalation, said, by=by, at=at)
    await tell_who_flagged(work, escalation)
    return escalation


async def close(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, reason: str, at: datetime
) -> Escalation:
    """A person ends the escalation. Nothing else ever does. Raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid("Say why the escalation is closed. It stays open until then.")
    escalation = await lock_escalation(work, escalation_id)
    await require_rescued(work, escalation)
    move_escalation(escalation, EscalationEvent.CLOSED, at=at)
    escalation.closed_at = at
    await supersede_attempts(work, escalation, at=at)
    await withdraw_supervisor_calls(work, escalation, at=at)
    add_note(work, vault, escalation, SealedNote("escalation.closed", reason), by=by, at=at)
    await tell_who_flagged(work, escalation)
    return escalation
