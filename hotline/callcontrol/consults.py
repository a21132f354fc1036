"""Colleagues and guests: asked into a talk, brought together with the caller, left with them.

What an act means for everybody in the talk is decided in `talk`; here are the rows around it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, select

from hotline.callcontrol import talk as talks
from hotline.callcontrol.arrangement import close_talk, open_talk
from hotline.callcontrol.model import ParticipantRole, Proof, VoiceReach
from hotline.callcontrol.offers import SOFTPHONE, withdraw_offer
from hotline.callcontrol.talk import Talk
from hotline.calls.model import OfferKind
from hotline.errors import IllegalMove, Invalid
from hotline.handovers.guardians import require_not_blocked
from hotline.lines.numbers import numbers_of_stations, own_numbers
from hotline.numbers import can_be_rung, is_service, masked, normalised
from hotline.recordings.service import end_recording
from hotline.staff.model import PresenceEvent, PresenceState, Role
from hotline.staff.presence import lock_presence, move_presence
from hotline.staff.revocation import may_be_rung
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Participant, Presence, Staff
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

CONSULT = "consult"  # the stage of an offer that no plan made
CONSULT_RING = timedelta(seconds=20)  # as long as a caller's call rings
NOT_FREE = "This colleague is not free at this moment. Choose another."
NO_COLLEAGUE = "Nobody of that name works on this caller's line. Choose from the list."
ASK_FIRST = "Ask the caller first, and say so: nobody is asked in without their consent."
NO_NUMBER = "No telephone can be rung at this number. Write it as you would dial it."
NOT_IN_IT = "You are not in this talk."
SAY_WHO_HEARS = "Say who is to hear you: whisper to the counselor, or join and speak with all."


class Colleague(NamedTuple):
    """Somebody who could be consulted, and whether they are free now."""

    staff_id: str
    name: str
    is_free: bool


class Guest(NamedTuple):
    """Whom to ask in: the number as people dial it, and whether the caller agrees."""

    number: str
    consent: bool


async def colleagues_for(work: Work, call: Call, *, but: str) -> list[Colleague]:
    """Who works on the caller's line and is there, those who are free first."""
    query = (
        select(Staff.id, Staff.name, Presence.state, Presence.back_at)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(may_be_rung(), Presence.state != PresenceState.OFFLINE, Staff.id != but)
        .where(col(Staff.lines).contains([call.line_id]))
        .order_by(col(Staff.name))
    )
    found = [
        Colleague(key, name, state == PresenceState.READY and back_at is None)
        for key, name, state, back_at in (await work.exec(query)).all()
    ]
    return sorted(found, key=lambda one: not one.is_free)


async def consult(work: Work, call: Call, staff_id: str, *, at: datetime, by: str) -> None:
    """Ring a colleague; the caller hears music. Hold the call. Raises `IllegalMove`, `Invalid`."""
    talk = await open_talk(work, call)
    talks.require_talk(talk)
    staff = await work.get(Staff, staff_id)
    if staff is None or call.line_id not in staff.lines or staff_id == call.counselor_id:
        raise Invalid(NO_COLLEAGUE)
    offer = _offer_to(call, staff, at=at)
    one = _leg(call, ParticipantRole.COLLEAGUE, address_of(staff), staff.name, at=at)
    one.staff_id, one.offer_id = staff.id, offer.id
    talks.ask_second(talk, one, by=by)
    await _take_free(work, call, staff, at=at)
    work.add(offer)
    await work.flush()
    work.announce("offer", offer.id)
    await close_talk(work, talk, at=at)


def address_of(staff: Staff) -> str:
    """Where somebody answers: their browser, or a phone of their own."""
    return staff.own_phone if staff.answers_on == "own_phone" else f"{SOFTPHONE}{staff.username}"


async def _take_free(work: Work, call: Call, staff: Staff, *, at: datetime) -> None:
    """Routing rings them for nobody else meanwhile. Raises `IllegalMove`."""
    presence = await lock_presence(work, staff.id)
    free = presence.state == PresenceState.READY and presence.back_at is None
    if not free or not staff.active or Role.COUNSELOR not in staff.roles:
        raise IllegalMove(NOT_FREE)
    move_presence(work, presence, PresenceEvent.OFFERED, at=at)
    presence.call_id = call.id


def _offer_to(call: Call, staff: Staff, *, at: datetime) -> Offer:
    return Offer(
        id=new_id(),
        call_id=call.id,
        staff_id=staff.id,
        kind=OfferKind.CONSULT,
        stage=CONSULT,
        revision=staff.revision,
        offered_at=at,
        expires_at=at + CONSULT_RING,
    )


async def invite_guest(
    work: Work, vault: Vault, call: Call, guest: Guest, *, at: datetime, by: str
) -> None:
    """Ring somebody of outside; the caller hears music. Hold the call.

    A public service answers with people and menus, and presses nothing: the counselor hears who
    is there before the caller does. A guardian who is suspected of the harm is not asked in, also
    where the caller wants it. Raises `IllegalMove`, `Invalid`, `GuardianIsBlocked`.
    """
    number = normalised(guest.number)
    stations, ours = await numbers_of_stations(work), await own_numbers(work)
    if number is None or number in ours - stations:
        raise Invalid(NO_NUMBER)
    talk = await open_talk(work, call)
    one = _leg(call, ParticipantRole.GUEST, number, masked(number), at=at)
    if is_service(number):
        one.proof = Proof.SERVICE
    elif number not in stations:
        await require_not_blocked(work, vault.index(number))
        await _require_consent(work, call, number, guest)
    talks.ask_second(talk, one, by=by)
    await close_talk(work, talk, at=at)


async def _require_consent(work: Work, call: Call, number: str, guest: Guest) -> None:
    """Public services and stations are asked for help at any time; nobody else is."""
    if not guest.consent:
        raise Invalid(ASK_FIRST)
    line = await work.get_one(Line, call.line_id)
    if not can_be_rung(number, ours=(), countries=line.callback_countries):
        raise Invalid(NO_NUMBER)


def _leg(
    call: Call, role: ParticipantRole, address: str, name: str, *, at: datetime
) -> Participant:
    return Participant(
        id=new_id(), call_id=call.id, role=role, address=address, name=name, created_at=at
    )


# ── while they are there ────────────────────────────────────────────────────────────────────────


async def set_hold(work: Work, call: Call, *, held: bool, at: datetime, staff_id: str) -> None:
    """The caller is to hear music, or to be back with everybody. Raises `IllegalMove`."""
    talk = await open_talk(work, call)
    talks.set_hold(talk, held=held, by=staff_id)
    await close_talk(work, talk, at=at)


async def let_second_go(work: Work, call: Call, *, at: datetime, by: str) -> None:
    """Whoever was asked in is wanted no more; the caller is back. Raises `IllegalMove`."""
    talk = await open_talk(work, call)
    second = talk.second
    talks.let_second_go(talk, by=by)
    await close_talk(work, talk, at=at)
    if second is not None and second.offer_id is not None:
        await withdraw_offer(work, call, second.offer_id, at=at, reason="not_wanted")


async def hand_over(work: Work, call: Call, *, at: datetime, by: str) -> None:
    """The colleague in the talk takes the caller. Raises `IllegalMove`."""
    talk = await open_talk(work, call)
    talks.hand_over(talk, by=by)
    await close_talk(work, talk, at=at)


async def leave_to_guest(work: Work, call: Call, *, at: datetime, by: str) -> None:
    """The caller goes on with the guest alone. Raises `IllegalMove`."""
    talk = await open_talk(work, call)
    talks.leave_to_guest(talk, by=by)
    await end_recording(work, call, at=at)  # nobody of ours is there any more
    await close_talk(work, talk, at=at)


async def set_muted(work: Work, call: Call, staff_id: str, *, muted: bool, at: datetime) -> None:
    """Whether nobody hears them. Raises `IllegalMove` for who is not in the talk."""
    talk = await open_talk(work, call)
    one = _own_leg(talk, staff_id)
    if one.role == ParticipantRole.SUPERVISOR and not muted:
        raise IllegalMove(SAY_WHO_HEARS)  # who whispered before must not be heard by the caller
    one.voice_wanted = VoiceReach.MUTED if muted else VoiceReach.OPEN
    await close_talk(work, talk, at=at)


async def step_out(work: Work, call: Call, staff_id: str, *, at: datetime) -> None:
    """Who only helped leaves the talk; the counselor ends it instead. Raises `IllegalMove`."""
    talk = await open_talk(work, call)
    one = _own_leg(talk, staff_id)
    if one.role == ParticipantRole.COUNSELOR:
        raise IllegalMove("You answer for this caller: end the talk, or hand it over.")
    talks.step_out(talk, one)
    await close_talk(work, talk, at=at)


def _own_leg(talk: Talk, staff_id: str) -> Participant:
    own = [one for one in talk.alive if one.staff_id == staff_id and talks.is_there(one)]
    if not own:
        raise IllegalMove(NOT_IN_IT)
    return own[0]
