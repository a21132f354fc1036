"""What is wanted of the people in one talk, taken together. Pure.

The caller is in exactly one place and always hears somebody or something: who leaves, who is let
go and who never answers changes what is wanted of the others, here and nowhere else. `settle`
says what follows from how things stand; every act ends with it, and may be repeated.

At most one second party (a colleague who is consulted, or a guest of outside) is in a talk. The
caller is on hold for them until the counselor brings them together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hotline.callcontrol.model import (
    ParticipantRole,
    ParticipantState,
    VoiceReach,
    Wanted,
    is_at_question,
)
from hotline.calls.model import CallState
from hotline.errors import IllegalMove
from hotline.storage.tables import Call, Participant

LOST_COUNSELOR_GRACE = timedelta(seconds=3)  # the caller's own leg usually tells us sooner
BACK = "talk.back"  # the prompt for a caller whom nobody came to
SECONDS = (ParticipantRole.COLLEAGUE, ParticipantRole.GUEST)

NOT_TALKING = "There is no talk with the caller at this moment. Wait until it has begun."
NOT_YOURS = "You are not in this talk. Listen in or take it over first."
ONE_AT_A_TIME = "Somebody is being asked into this talk already. Let them go first."
NOBODY_ASKED = "Nobody was asked into this talk."
NOT_THERE_YET = "They have not answered yet. Wait, or let them go."
NO_COLLEAGUE = "Only a colleague can take the caller over. Leave the talk to a guest instead."
NO_GUEST = "You can only leave the caller with a guest who is in the talk."


class Effect(StrEnum):
    """What a talk does to somebody's presence."""

    TALKS = "talks"
    WRAPS_UP = "wraps_up"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class News:
    """One entry for the timeline."""

    kind: str
    staff_id: str | None
    facts: dict[str, Any]


@dataclass
class Talk:
    """A call and everybody who is or was in its talk. What happens is kept in `news` and `effects`.

    `effects`: by staff id.
    """

    call: Call
    people: list[Participant]
    news: list[News] = field(default_factory=list)
    effects: dict[str, Effect] = field(default_factory=dict)

    def tell(self, kind: str, staff_id: str | None = None, **facts: Any) -> None:
        """Something for the timeline."""
        self.news.append(News(kind, staff_id, facts))

    @property
    def alive(self) -> Iterator[Participant]:
        """Those whose leg is not over."""
        return (one for one in self.people if one.state != ParticipantState.ENDED)

    @property
    def caller(self) -> Participant | None:
        """The caller's place, if they were ever sent in."""
        return next((one for one in self.people if one.role == ParticipantRole.CALLER), None)

    @property
    def counselor(self) -> Participant | None:
        """Who answers for the call, while they are in the talk."""
        found = (
            one
            for one in self.alive
            if one.role == ParticipantRole.COUNSELOR
            and one.staff_id == self.call.counselor_id
            and is_there(one)
        )
        return next(found, None)

    @property
    def second(self) -> Participant | None:
        """The colleague or guest who is in the talk or on the way."""
        wanted = (one for one in self.alive if one.wanted == Wanted.IN)
        return next((one for one in wanted if one.role in SECONDS), None)


def is_there(one: Participant) -> bool:
    """In the talk, and to stay."""
    return one.state == ParticipantState.IN_TALK and one.wanted == Wanted.IN


def is_supervising(one: Participant, *voices: VoiceReach) -> bool:
    """A supervisor beside the counselor, heard in one of these ways."""
    return one.role == ParticipantRole.SUPERVISOR and one.voice_wanted in voices


# ── acts of the counselor ───────────────────────────────────────────────────────────────────────


def require_talk(talk: Talk) -> Participant:
    """The caller, who talks with somebody. Raises `IllegalMove`."""
    caller = talk.caller
    if talk.call.state != CallState.TALKING or caller is None:
        raise IllegalMove(NOT_TALKING)
    return caller


def require_counselor(talk: Talk) -> Participant:
    """Who answers for the call, and is there to bring a caller back. Raises `IllegalMove`."""
    counselor = talk.counselor
    if counselor is None:
        raise IllegalMove(NOT_YOURS)
    return counselor


def set_hold(talk: Talk, *, held: bool, by: str | None) -> None:
    """The caller is to hear music; or to be in the talk, with everybody who is there."""
    caller, second = require_talk(talk), talk.second
    require_counselor(talk)
    if caller.hold_wanted == held:
        return
    caller.hold_wanted = held
    caller.held_for = second.id if held and second is not None else ""
    talk.tell("call.held" if held else "call.resumed", by)
    if not held and second is not None and is_there(second):
        talk.tell(f"{second.role}.brought_in", by, who=second.name)
    settle(talk)


def ask_second(talk: Talk, one: Participant, *, by: str | None) -> None:
    """Ask a colleague or a guest; the caller is on hold until the counselor ends that."""
    caller = require_talk(talk)
    require_counselor(talk)
    if talk.second is not None:
        raise IllegalMove(ONE_AT_A_TIME)
    talk.people.append(one)
    caller.hold_wanted, caller.held_for = True, one.id
    talk.tell(f"{one.role}.asked", by, who=one.name)
    settle(talk)


def let_second_go(talk: Talk, *, by: str | None) -> None:
    """The counselor wants them no more; the caller is back."""
    second = _second_of(talk)
    if second.staff_id is not None and is_there(second):
        talk.effects[second.staff_id] = Effect.FREE
    dismiss(second)
    talk.tell(f"{second.role}.let_go", by, who=second.name)
    settle(talk)


def hand_over(talk: Talk, *, by: str | None) -> None:
    """The colleague who is in the talk takes the caller; the counselor leaves."""
    require_talk(talk)
    second = _second_of(talk)
    if second.role != ParticipantRole.COLLEAGUE:
        raise IllegalMove(NO_COLLEAGUE)
    if not is_there(second):
        raise IllegalMove(NOT_THERE_YET)
    _give_call_to(talk, second)
    talk.tell("call.handed_over", by, to=second.name)
    settle(talk)


def leave_to_guest(talk: Talk, *, by: str | None) -> None:
    """The caller and the guest go on without us; a guest who leaves brings the caller back."""
    caller, second = require_talk(talk), _second_of(talk)
    if second.role != ParticipantRole.GUEST or not is_there(second):
        raise IllegalMove(NO_GUEST)
    counselor = require_counselor(talk)
    _bring_in(caller)
    _step_back(talk, counselor)
    talk.tell("call.left_to_guest", by, who=second.name)
    settle(talk)


def step_out(talk: Talk, one: Participant) -> None:
    """Who only helped leaves; the caller stays with their counselor."""
    dismiss(one)
    if one.staff_id is not None:
        talk.effects[one.staff_id] = Effect.FREE
    talk.tell(f"{one.role}.stepped_out", one.staff_id, who=one.name)
    settle(talk)


def _second_of(talk: Talk) -> Participant:
    second = talk.second
    if second is None:
        raise IllegalMove(NOBODY_ASKED)
    return second


# ── acts of a supervisor ────────────────────────────────────────────────────────────────────────


def come_beside(talk: Talk, one: Participant, voice: VoiceReach) -> None:
    """A supervisor wants to listen, to whisper or to speak with all: anew, or otherwise."""
    require_talk(talk)
    if one not in talk.people:
        talk.people.append(one)
    one.voice_wanted, one.takes_over = voice, False
    settle(talk)


def take_over(talk: Talk, one: Participant) -> None:
    """A supervisor takes the caller: at once, or as soon as they are in the talk."""
    require_talk(talk)
    if one not in talk.people:
        talk.people.append(one)
    one.voice_wanted, one.takes_over = VoiceReach.OPEN, True
    settle(talk)


# ── what follows ────────────────────────────────────────────────────────────────────────────────


def settle(talk: Talk, *, now: datetime | None = None) -> None:
    """What is wanted of everybody, by how things stand. `now`: look also at what time brings up.

    Safe to repeat: where nothing has changed, nothing changes.
    """
    if talk.call.state == CallState.TALKING:
        _let_supervisor_take_over(talk)
        if now is not None:
            _succeed(talk, now)
        _bring_caller_back(talk)
        _let_whisperers_listen(talk)
    _say_whose_leaving_ends_it(talk)


def dissolve(talk: Talk) -> None:
    """Everybody but the caller is let go; whoever was only helping is free again."""
    for one in talk.alive:
        if one.role != ParticipantRole.CALLER:
            dismiss(one)
            if one.staff_id is not None and one.staff_id != talk.call.counselor_id:
                talk.effects.setdefault(one.staff_id, Effect.FREE)
    _say_whose_leaving_ends_it(talk)


def dismiss(one: Participant) -> None:
    """Wanted no more; a phone that was not dialled yet is not dialled at all."""
    one.wanted = Wanted.OUT


def _let_supervisor_take_over(talk: Talk) -> None:
    for one in talk.alive:
        if one.role == ParticipantRole.SUPERVISOR and one.takes_over and is_there(one):
            _give_call_to(talk, one)
            talk.tell("supervisor.took_over", one.staff_id)
            return


def _succeed(talk: Talk, now: datetime) -> None:
    """The counselor's line broke, and others are there: a colleague takes the caller.

    A guest who is not together with the caller is let go, and then the caller is back in line;
    one who is goes on with them, and the counselor writes up what there was.
    """
    if talk.counselor is not None or not _is_lost_since(talk, now):
        return
    heirs = [one for one in talk.alive if is_there(one) and _may_succeed(one)]
    if heirs:
        _give_call_to(talk, heirs[0])
        talk.tell("counselor.succeeded", heirs[0].staff_id)
        return
    second, caller = talk.second, talk.caller
    if second is not None and caller is not None and caller.hold_wanted:
        dismiss(second)
    elif second is not None and is_there(second) and talk.call.counselor_id is not None:
        talk.effects[talk.call.counselor_id] = Effect.WRAPS_UP


def _may_succeed(one: Participant) -> bool:
    if one.staff_id is None:
        return False
    return one.role == ParticipantRole.COLLEAGUE or is_supervising(one, VoiceReach.OPEN)


def _is_lost_since(talk: Talk, now: datetime) -> bool:
    """Long enough that it is no mere end of the whole talk, told in an odd order."""
    ends = [
        one.ended_at
        for one in talk.people
        if one.role == ParticipantRole.COUNSELOR
        and one.staff_id == talk.call.counselor_id
        and one.joined_at is not None
    ]
    if any(end is None for end in ends):
        return False
    return max((end for end in ends if end), default=now) <= now - LOST_COUNSELOR_GRACE


def _give_call_to(talk: Talk, one: Participant) -> None:
    """They answer for the caller from now on; whoever did so before writes up what there was."""
    before, caller = talk.counselor, talk.caller
    if before is not None:
        _step_back(talk, before)
    elif talk.call.counselor_id is not None:
        talk.effects[talk.call.counselor_id] = Effect.FREE
    if one.role == ParticipantRole.SUPERVISOR and one.staff_id is not None:
        talk.effects[one.staff_id] = Effect.TALKS
    talk.call.counselor_id = one.staff_id
    one.role, one.voice_wanted, one.takes_over = ParticipantRole.COUNSELOR, VoiceReach.OPEN, False
    if caller is not None and talk.second is None:
        _bring_in(caller)
    for other in talk.alive:
        if is_supervising(other, VoiceReach.COACH):
            other.voice = None  # until the carrier has been told whom they whisper to now


def _step_back(talk: Talk, counselor: Participant) -> None:
    dismiss(counselor)
    if counselor.staff_id is not None:
        talk.effects[counselor.staff_id] = Effect.WRAPS_UP


def _bring_caller_back(talk: Talk) -> None:
    """For whom the caller is on hold has gone, or never came: the caller is back, and told so."""
    caller, second = talk.caller, talk.second
    if caller is None or not caller.hold_wanted or not caller.held_for:
        return
    if second is None or second.id != caller.held_for:
        _bring_in(caller)
        caller.to_say = BACK


def _let_whisperers_listen(talk: Talk) -> None:
    """A whisper needs a counselor. Whoever comes next is whispered to only when it is asked for."""
    if talk.counselor is None:
        for one in talk.alive:
            if is_supervising(one, VoiceReach.COACH):
                one.voice_wanted = VoiceReach.MUTED


def _bring_in(caller: Participant) -> None:
    caller.hold_wanted, caller.held_for = False, ""


def _say_whose_leaving_ends_it(talk: Talk) -> None:
    """The caller's does, and that of whoever is the last to keep the caller company.

    Then the carrier itself sends the caller back to us, also while all our processes are down.
    """
    for one in talk.alive:
        if one.role == ParticipantRole.CALLER:
            one.ends_wanted = not is_at_question(one)  # who comes back leaves nobody
        else:
            others = any(_keeps_company(talk, other) for other in talk.alive if other is not one)
            one.ends_wanted = _could_keep_company(talk, one) and not others


def _keeps_company(talk: Talk, one: Participant) -> bool:
    return is_there(one) and _could_keep_company(talk, one)


def _could_keep_company(talk: Talk, one: Participant) -> bool:
    """Counselors and colleagues; a guest and a supervisor only when the caller is with them."""
    if one.role == ParticipantRole.GUEST:
        return talk.caller is not None and not talk.caller.hold_wanted
    if one.role == ParticipantRole.SUPERVISOR:
        return one.voice_wanted == VoiceReach.OPEN
    return one.role in (ParticipantRole.COUNSELOR, ParticipantRole.COLLEAGUE)
