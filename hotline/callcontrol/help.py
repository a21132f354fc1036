"""A counselor wants a supervisor now: phones ring; it stands on the floor until one takes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.callcontrol.alarm import RING_TOGETHER, Phone
from hotline.callcontrol.model import ParticipantRole, ParticipantState, VoiceReach, Wanted
from hotline.callcontrol.offers import SOFTPHONE
from hotline.callcontrol.participants import let_go, participants_of
from hotline.callcontrol.talk import NOT_TALKING
from hotline.calls.model import CallState
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.staff.model import PresenceState, Role
from hotline.storage.session import Work
from hotline.storage.tables import Call, HelpCall, Line, Participant, Presence, Staff
from hotline.storage.tables.columns import new_id

HELP = "help"  # the name of a supervisor's leg that rings because help is wanted


async def ask_for_help(work: Work, call: Call, *, at: datetime, by: str) -> None:
    """Ring the line's supervisors; asked again, whoever does not ring already. Hold the call.

    Raises `IllegalMove` without a talk.
    """
    if call.state != CallState.TALKING:
        raise IllegalMove(NOT_TALKING)
    if await open_help(work, call) is None:
        row = HelpCall(id=new_id(), call_id=call.id, line_id=call.line_id, staff_id=by, asked_at=at)
        work.add(row)
    phones = await _phones(work, call, at=at)
    for phone in phones:
        _ring(work, call, phone, at=at)
    add_call_entry(work, call, "help.asked", at=at, staff_id=by, facts={"rung": len(phones)})


async def open_help(work: Work, call: Call) -> HelpCall | None:
    """What nobody has taken yet; locked."""
    query = select(HelpCall).where(HelpCall.call_id == call.id, col(HelpCall.taken_at).is_(None))
    return (await work.exec(query.with_for_update())).first()


async def take_help(work: Work, call: Call, one: Participant, *, at: datetime) -> None:
    """A supervisor is in the talk: nobody else needs to come. Hold the call."""
    found = await open_help(work, call)
    if found is None or one.role not in (ParticipantRole.SUPERVISOR, ParticipantRole.COUNSELOR):
        return
    if one.staff_id != found.staff_id:
        await note_help(work, call, found, at=at, by=one.staff_id)
        for other in await participants_of(work, call):
            if _rings_for_help(other) and other.id != one.id:
                let_go(work, call, other, at=at)


async def note_help(
    work: Work, call: Call, help_call: HelpCall, *, at: datetime, by: str | None
) -> None:
    """It was taken, or seen after the talk was over."""
    help_call.taken_at = at
    add_call_entry(work, call, "help.taken", at=at, staff_id=by)


def _rings_for_help(one: Participant) -> bool:
    there = one.state in (ParticipantState.IN_TALK, ParticipantState.ENDED)
    return one.name == HELP and one.wanted == Wanted.IN and not there


async def _phones(work: Work, call: Call, *, at: datetime) -> Sequence[Phone]:
    """Of supervisors whose page is open, the softphone; else their own phone; always the line's.

    A page seems closed where a supervisor has only the floor open: without a phone of their own
    it is rung all the same, but never in the place of the line's phone.
    """
    query = (
        select(Staff, Presence.lease_until)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(col(Staff.active), col(Staff.roles).contains([Role.SUPERVISOR]))
        .where(col(Staff.lines).contains([call.line_id]))
        .where(Presence.state != PresenceState.TALKING)
        .order_by(col(Presence.lease_until).desc().nulls_last(), col(Staff.id))
    )
    found = [
        Phone(_address(staff, is_open=lease is not None and lease > at), staff.id)
        for staff, lease in (await work.exec(query)).all()
    ]
    line = await work.get_one(Line, call.line_id)
    ringing = {one.address for one in await participants_of(work, call)} | {""}
    people = [phone for phone in found if phone.address not in ringing][:RING_TOGETHER]
    taken = ringing | {phone.address for phone in people}
    return people if line.supervisor_phone in taken else [*people, Phone(line.supervisor_phone)]


def _address(staff: Staff, *, is_open: bool) -> str:
    in_browser = staff.answers_on != "own_phone" and (is_open or not staff.own_phone)
    return f"{SOFTPHONE}{staff.username}" if in_browser else staff.own_phone


def _ring(work: Work, call: Call, phone: Phone, *, at: datetime) -> None:
    one = Participant(
        id=new_id(),
        call_id=call.id,
        role=ParticipantRole.SUPERVISOR,
        staff_id=phone.staff_id,
        address=phone.address,
        name=HELP,
        voice_wanted=VoiceReach.COACH,
        created_at=at,
    )
    work.add(one)
    work.announce("leg", one.id)
