"""The participants of a talk: asked for, followed, let go. The rows of one conference.

What is wanted of somebody is written here; `dialler` makes it true. Lock order: call, then
participants, then presences.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlmodel import col, func, or_, select

from hotline.callcontrol.blocked import require_dialable
from hotline.callcontrol.model import (
    Act,
    ParticipantEvent,
    ParticipantRole,
    ParticipantState,
    Proof,
    Wanted,
    act_due,
    may_join,
    participant_after,
)
from hotline.calls.model import IN_HAND, CallState
from hotline.calls.returning import number_of
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.numbers import masked
from hotline.ports import LegStatus
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Participant
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

INTERPRETER_RING_S = 30
LOST_AFTER = timedelta(seconds=40)  # longer than any phone rings: no answer, no callback

BESIDE = (
    ParticipantRole.INTERPRETER,
    ParticipantRole.COLLEAGUE,
    ParticipantRole.GUEST,
    ParticipantRole.SUPERVISOR,
)
"""Who comes into a talk beside the caller and their counselor."""
ON_THE_WAY = (ParticipantState.DIALING, ParticipantState.RINGING, ParticipantState.UP)


class NewLeg(NamedTuple):
    """A counselor to be rung, whose row is there. Made without it: an offer must cost little."""

    id: str
    call_id: str
    staff_id: str


class Ring(NamedTuple):
    """What is dialled for a participant."""

    address: str
    number_shown: str
    ring_s: int


class WayIn(NamedTuple):
    """Whom to send into which talk. `turn`: of the document that leads there."""

    carrier_sid: str
    call_id: str
    turn: int


def conference_name(call_id: str) -> str:
    """The conference of a call. Opaque: a conference's name must hold no personal data."""
    return f"call-{call_id}"


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


async def participants_of(work: Work, call: Call) -> list[Participant]:
    """Those who are in the talk, or on their way."""
    query = select(Participant).where(
        Participant.call_id == call.id, Participant.state != ParticipantState.ENDED
    )
    return list((await work.exec(query)).all())


async def participants_to_tend(work: Work) -> list[Participant]:
    """Those of whom something is wanted that was not seen yet."""
    query = select(Participant).where(
        Participant.state != ParticipantState.ENDED,
        or_(
            col(Participant.state) == ParticipantState.ASKED,
            col(Participant.wanted) == Wanted.OUT,
            col(Participant.hold_wanted).is_distinct_from(col(Participant.held)),
            col(Participant.voice_wanted).is_distinct_from(col(Participant.voice)),
            col(Participant.ends_wanted).is_distinct_from(col(Participant.ends)),
            col(Participant.to_say) != "",
            col(Participant.keys) == "wanted",
        ),
    )
    return list((await work.exec(query)).all())


async def lock_participant(work: Work, participant_id: str) -> Participant:
    """The row, held for this unit of work. Who also needs the call locks that first."""
    query = select(Participant).where(Participant.id == participant_id).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).one()


async def caller_in_talk(work: Work, call: Call) -> Participant | None:
    """The caller's place in the talk, locked; None before anybody took the call."""
    query = select(Participant).where(
        Participant.call_id == call.id, Participant.role == ParticipantRole.CALLER
    )
    return (await work.exec(query.with_for_update())).one_or_none()


async def counselor_sid(work: Work, call: Call) -> str:
    """The leg of who answers for the call; empty while they are not in the talk."""
    query = select(Participant.carrier_sid).where(
        Participant.call_id == call.id,
        Participant.role == ParticipantRole.COUNSELOR,
        Participant.state == ParticipantState.IN_TALK,
        col(Participant.staff_id).is_not_distinct_from(call.counselor_id),
    )
    return (await work.exec(query)).first() or ""


async def unheard_of(work: Work, *, at: datetime) -> list[str]:
    """Whom we dialled, and of whom neither carrier nor callback said a word."""
    query = select(Participant.id).where(
        Participant.state == ParticipantState.DIALING,
        col(Participant.carrier_sid).is_(None),
        col(Participant.dialled_at) <= at - LOST_AFTER,
    )
    return list((await work.exec(query)).all())


async def silent_legs(work: Work, *, at: datetime) -> list[tuple[str, str]]:
    """Phones that no offer's end looks after, on the way in for too long: ids and carrier's ids.

    The word of their end was lost, and that phone would count as ringing for ever.
    """
    query = select(Participant.id, Participant.carrier_sid).where(
        col(Participant.state).in_(ON_THE_WAY),
        col(Participant.offer_id).is_(None),
        col(Participant.carrier_sid).is_not(None),
        func.coalesce(Participant.dialled_at, Participant.created_at) <= at - LOST_AFTER,
    )
    return [(one, sid) for one, sid in (await work.exec(query)).all() if sid]


# ── what happens to one ─────────────────────────────────────────────────────────────────────────


def move_participant(
    work: Work, one: Participant, event: ParticipantEvent, *, at: datetime
) -> bool:
    """Let an event happen to a participant. False, and nothing done, where it comes too late.

    Nobody joins who may be a mailbox: raises `IllegalMove`.
    """
    state = participant_after(one.state, event)
    if state is None:
        return False
    if event is ParticipantEvent.JOINED and not may_join(one):
        raise IllegalMove
    one.state = state
    if event is ParticipantEvent.DIALLED:
        one.dialled_at = at
    elif event is ParticipantEvent.ENDED:
        one.ended_at = at
    elif state is not ParticipantState.RINGING:
        one.answered_at = one.answered_at or at
        one.joined_at = at if state is ParticipantState.IN_TALK else None
    work.announce("leg", one.id)
    return True


def prove_person(one: Participant, proof: Proof) -> None:
    """A person is on this leg. The first proof stands."""
    one.proof = one.proof or proof


def end_participant(
    work: Work, call: Call, one: Participant, *, at: datetime, status: LegStatus, why: str = ""
) -> bool:
    """Their leg is over. Who came beside the counselor is told of while the talk goes on."""
    was_there = one.joined_at is not None
    if not move_participant(work, one, ParticipantEvent.ENDED, at=at):
        return False
    one.ended_as = status
    if one.role in BESIDE and one.wanted == Wanted.IN and call.state in IN_HAND:
        kind = f"{one.role}.left" if was_there else f"{one.role}.not_reached"
        facts = {"why": why or status} | ({"who": one.name} if one.name else {})
        add_call_entry(work, call, kind, at=at, staff_id=one.staff_id, facts=facts)
    if one.role == ParticipantRole.GUEST:
        one.address = masked(one.address)  # it was needed to dial, and is nobody's to keep
    log.info("participant.ended", participant_id=one.id, role=one.role, status=status, why=why)
    return True


def ask_caller_in(work: Work, call: Call, caller: Participant | None, *, at: datetime) -> None:
    """A counselor took the call: the caller is to come in, for the first time or once more.

    `caller`: as `caller_in_talk` says.
    """
    if caller is None:
        caller = Participant(
            id=new_id(),
            call_id=call.id,
            role=ParticipantRole.CALLER,
            address="",  # it called us
            carrier_sid=call.carrier_sid,
            ends_wanted=True,
            ends=True,  # as the way in says
            created_at=at,
        )
        work.add(caller)
    else:
        caller.state, caller.wanted = ParticipantState.ASKED, Wanted.IN
        caller.hold_wanted = caller.held = False
        caller.held_for = caller.to_say = caller.keys = ""
        caller.ends_wanted = caller.ends = True
        caller.sent_at = caller.joined_at = caller.ended_at = None
    work.announce("leg", caller.id)


async def let_go_of_offer(work: Work, call: Call, offer_id: str, *, at: datetime) -> None:
    """Nobody needs to answer this offer any more."""
    query = select(Participant).where(
        Participant.offer_id == offer_id, Participant.state != ParticipantState.ENDED
    )
    for one in (await work.exec(query.with_for_update())).all():
        let_go(work, call, one, at=at)


def let_go(work: Work, call: Call, one: Participant, *, at: datetime) -> None:
    """Somebody is not wanted any more. Whom nobody has dialled yet is not dialled at all."""
    if one.state == ParticipantState.ASKED:
        end_participant(work, call, one, at=at, status=LegStatus.CANCELED, why="not_wanted")
    else:
        one.wanted = Wanted.OUT
        work.announce("leg", one.id)


async def begin_change(
    work: Work, participant_id: str, *, at: datetime
) -> tuple[Participant, Act] | None:
    """Who is to be changed within the talk, and how, as the row says by now; None: nobody.

    From here until the carrier says yes nobody knows how it is there: an answer that was lost may
    have had its effect, and the opposite wish must be asked for all the same.
    """
    one = await lock_participant(work, participant_id)
    act = act_due(one, at)
    match act:
        case Act.HOLD | Act.RESUME:
            one.held = None
        case Act.SET_VOICE:
            one.voice = None
        case Act.SET_ENDS:
            one.ends = None
        case Act.SAY:
            pass
        case _:
            return None
    return one, act


async def hold_seen(work: Work, participant_id: str, *, held: bool) -> None:
    """The carrier says that the caller hears music, or does not any more."""
    one = await lock_participant(work, participant_id)
    one.held = held
    _ask_for_rest(work, one)


async def voice_seen(work: Work, participant_id: str, voice: str) -> None:
    """The carrier says who hears them now."""
    one = await lock_participant(work, participant_id)
    one.voice = voice
    _ask_for_rest(work, one)


async def ends_seen(work: Work, participant_id: str, *, ends: bool) -> None:
    """The carrier knows whether the talk is over when they leave."""
    one = await lock_participant(work, participant_id)
    one.ends = ends
    _ask_for_rest(work, one)


def _ask_for_rest(work: Work, one: Participant) -> None:
    """Pressed meanwhile, next in order, or a request that was late to have its effect."""
    if act_due(one, one.created_at) is not None:
        work.announce("leg", one.id)


async def said(work: Work, participant_id: str, prompt: str) -> None:
    """They hear it. Another prompt that was wanted meanwhile is still to be said."""
    one = await lock_participant(work, participant_id)
    one.to_say = "" if one.to_say == prompt else one.to_say


# ── interpreters ────────────────────────────────────────────────────────────────────────────────


async def interpreter_number(work: Work, call: Call) -> str | None:
    """Where the line reaches an interpreter of the caller's language."""
    line = await work.get_one(Line, call.line_id)
    return line.interpreters.get(call.language) or None


async def invite_interpreter(work: Work, call: Call, *, at: datetime, staff_id: str | None) -> bool:
    """Ask for an interpreter. False where the line has none of that language; one is enough."""
    number = await interpreter_number(work, call)
    if number is None:
        add_call_entry(work, call, "interpreter.none", at=at, staff_id=staff_id)
        return False
    if not any(map(is_interpreter_to_be, await participants_of(work, call))):
        one = Participant(
            id=new_id(),
            call_id=call.id,
            role=ParticipantRole.INTERPRETER,
            address=number,
            created_at=at,
        )
        work.add(one)
        work.announce("leg", one.id)
        add_call_entry(work, call, "interpreter.asked", at=at, staff_id=staff_id)
    return True


def is_interpreter_to_be(one: Participant) -> bool:
    """Somebody who translates, or is on the way to."""
    return one.role == ParticipantRole.INTERPRETER and one.wanted == Wanted.IN


# ── on behalf of the dialler ────────────────────────────────────────────────────────────────────


async def begin_dial(work: Work, vault: Vault, participant_id: str, *, at: datetime) -> Ring | None:
    """What to dial. None where it is not ours to dial: somebody did, or nobody wants it any more.

    `dialing` is committed before the carrier hears of it: whoever finds it so after a crash knows
    that a phone may be ringing. Raises `GuardianIsBlocked`.
    """
    one = await lock_participant(work, participant_id)
    if act_due(one, at) is not Act.DIAL:
        return None
    await require_dialable(work, vault, one)
    move_participant(work, one, ParticipantEvent.DIALLED, at=at)
    return await ring_of(work, vault, one)


async def ring_of(work: Work, vault: Vault, one: Participant) -> Ring:
    """The number that is shown is the line's; a counselor's phone rings as long as the offer."""
    query = (
        select(Line.number_shown, Offer.offered_at, Offer.expires_at)
        .join(Call, col(Call.line_id) == col(Line.id))
        .join(Offer, col(Offer.id) == one.offer_id, isouter=True)
        .where(Call.id == one.call_id)
    )
    shown, offered_at, expires_at = (await work.exec(query)).one()
    offered = offered_at is not None
    ring_s = round((expires_at - offered_at).total_seconds()) if offered else INTERPRETER_RING_S
    address = one.address
    if one.role == ParticipantRole.CALLER:  # whose number is in no row in clear
        address = number_of(vault, await work.get_one(Call, one.call_id)) or ""
    return Ring(address, shown, ring_s)


async def keep_sid(work: Work, participant_id: str, sid: str) -> Participant:
    """The carrier has taken the dial. Its callbacks may have said so before."""
    one = await lock_participant(work, participant_id)
    one.carrier_sid = one.carrier_sid or sid
    if one.wanted == Wanted.OUT:  # the caller left while we dialled
        work.announce("leg", one.id)
    return one


async def begin_way_in(work: Work, participant_id: str, *, at: datetime) -> WayIn | None:
    """Whom to send in: once, since a redirect tears somebody who is in out of the talk again."""
    one = await lock_participant(work, participant_id)
    call = await work.get_one(Call, one.call_id)
    if act_due(one, at) is not Act.SEND_IN or call.state != CallState.CONNECTING:
        return None
    one.sent_at = at
    return WayIn(call.carrier_sid, call.id, call.turn)


async def note_way_in(work: Work, participant_id: str, *, sent_at: datetime | None) -> None:
    """When the carrier said yes. None: it did not, and the next look sends the caller again."""
    one = await lock_participant(work, participant_id)
    one.sent_at = one.sent_at and sent_at  # none: they wait again by now
