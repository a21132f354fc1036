"""A supervisor in somebody's talk: to listen, to whisper, to speak with all, to take it over."""

from datetime import datetime

from hotline.callcontrol import talk as talks
from hotline.callcontrol.arrangement import close_talk, open_talk
from hotline.callcontrol.consults import address_of
from hotline.callcontrol.model import ParticipantRole, VoiceReach, Wanted
from hotline.callcontrol.talk import Talk
from hotline.errors import IllegalMove
from hotline.staff.model import PresenceState
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant, Presence, Staff
from hotline.storage.tables.columns import new_id

ELSEWHERE = (PresenceState.TALKING, PresenceState.OFFERED)
IN_ANOTHER_TALK = "You are in another talk, or your phone rings. End that first."
YOURS = "You answer for this caller yourself."
TOLD_AS = {
    VoiceReach.MUTED: "listening",
    VoiceReach.COACH: "whispering",
    VoiceReach.OPEN: "speaking",
}


async def come_beside(
    work: Work, call: Call, staff_id: str, voice: VoiceReach, *, at: datetime
) -> None:
    """Ring the supervisor, or change how they are heard. Hold the call. Raises `IllegalMove`."""
    talk = await open_talk(work, call)
    one = await _leg_of(work, talk, staff_id, at=at)
    talk.tell(f"supervisor.{TOLD_AS[voice]}", staff_id)
    talks.come_beside(talk, one, voice)
    await close_talk(work, talk, at=at)


async def take_over(work: Work, call: Call, staff_id: str, *, at: datetime) -> None:
    """The supervisor answers for the caller as soon as they are in the talk; it is told then."""
    talk = await open_talk(work, call)
    one = await _leg_of(work, talk, staff_id, at=at)
    talk.tell("supervisor.takes_over", staff_id)
    talks.take_over(talk, one)
    await close_talk(work, talk, at=at)


async def _leg_of(work: Work, talk: Talk, staff_id: str, *, at: datetime) -> Participant:
    """Theirs that rings or is in the talk; else a new one. Raises `IllegalMove`."""
    if staff_id == talk.call.counselor_id:
        raise IllegalMove(YOURS)
    for one in talk.alive:
        if one.staff_id == staff_id and one.wanted == Wanted.IN:
            if one.role != ParticipantRole.SUPERVISOR:
                raise IllegalMove(talks.ONE_AT_A_TIME)
            return one
    presence = await work.get(Presence, staff_id)
    if presence is not None and presence.state in ELSEWHERE:
        raise IllegalMove(IN_ANOTHER_TALK)
    staff = await work.get_one(Staff, staff_id)
    return Participant(
        id=new_id(),
        call_id=talk.call.id,
        role=ParticipantRole.SUPERVISOR,
        staff_id=staff.id,
        address=address_of(staff),
        name=staff.name,
        created_at=at,
    )
