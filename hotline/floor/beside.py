"""Who is in a talk beside the caller and the counselor, as the desk shows it. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.callcontrol.model import ParticipantRole, ParticipantState, VoiceReach
from hotline.callcontrol.talk import Talk, is_there
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, HelpCall, Line, Participant, Staff

RINGING, APART, TOGETHER = "ringing", "apart", "together"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondParty:
    """The colleague or guest. `place`: it rings, they talk with the counselor only, or with all."""

    role: str
    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Who else is there. `supervisors`: name and how they are heard, as far as it is shown.

    `is_muted`: whether the reader is, by the carrier. `help_since`: help was asked for, and nobody
    has come. `answers`: who answers for the caller, by name. `keys`: as
    `Participant.keys` says of the caller.
    """

    second: SecondParty | None
    supervisors: Sequence[tuple[str, str]]
    is_muted: bool
    help_since: datetime | None
    answers: str
    keys: str


async def beside(
    work: Work, call: Call, line: Line, there: Sequence[Participant], who: SignedIn
) -> Beside:
    """`there`: those of the talk whose leg is not over."""
    own = [one for one in there if one.staff_id == who.staff_id]
    return Beside(
        second=_second(Talk(call, list(there))),
        supervisors=[
            (one.name, one.voice_wanted)
            for one in there
            if one.role == ParticipantRole.SUPERVISOR and _is_shown(one, line, who)
        ],
        is_muted=any(one.voice_wanted == VoiceReach.MUTED for one in own),
        help_since=await _help_since(work, call),
        answers=await _name_of(work, call.counselor_id),
        keys=next((one.keys for one in there if one.role == ParticipantRole.CALLER), ""),
    )


def _second(talk: Talk) -> SecondParty | None:
    second, caller = talk.second, talk.caller
    if second is None:
        return None
    held = caller is not None and caller.hold_wanted
    place = (APART if held else TOGETHER) if is_there(second) else RINGING
    return SecondParty(role=second.role, name=second.name, place=place)


def _is_shown(one: Participant, line: Line, who: SignedIn) -> bool:
    """Whoever speaks is heard anyway; of who only listens the line's rule decides."""
    if one.state != ParticipantState.IN_TALK or one.staff_id == who.staff_id:
        return False
    return line.shows_listening or one.voice_wanted != VoiceReach.MUTED


async def _help_since(work: Work, call: Call) -> datetime | None:
    query = select(HelpCall.asked_at).where(
        HelpCall.call_id == call.id, col(HelpCall.taken_at).is_(None)
    )
    return (await work.exec(query)).first()


async def _name_of(work: Work, staff_id: str | None) -> str:
    staff = await work.get(Staff, staff_id) if staff_id is not None else None
    return staff.name if staff is not None else ""
