"""A talk as a person writes it down, and back: `music,*li,chen?,sup~`.

First what the caller hears: `talk`, `held` (music, as the counselor pressed it), `music` (music,
for the sake of who was asked in) or `back` (in the talk, and told that nobody came). Then who is
wanted in it. Before a name, `*`: answers for the call. After it, `?`: on the way; `~`: heard by
nobody; `>`: heard by the counselor alone; `^`: will take the call over; `!`: leaving ends the talk.
"""

from collections.abc import Iterator

from hotline.callcontrol.model import ParticipantRole, ParticipantState, VoiceReach, Wanted
from hotline.callcontrol.talk import BACK, Talk
from hotline.calls.model import CallState
from hotline.storage.tables import Call, Participant
from tests.fakes import NOON

SITUATIONS = {
    "alone": "talk,*li!",
    "on_hold": "held,*li!",
    "chen_rings": "music,*li!,chen?",
    "consulting": "music,*li,chen",
    "three": "talk,*li,chen",
    "guest_rings": "music,*li!,guest?",
    "guest_heard": "music,*li!,guest",
    "guest_with": "talk,*li,guest",
    "left": "talk,guest!",
    "listening": "talk,*li!,sup~",
    "whispering": "talk,*li!,sup>",
    "speaking": "talk,*li,sup",
    "taking_over": "talk,*li!,sup?^",
}

ROLES = {
    "li": ParticipantRole.COUNSELOR,
    "chen": ParticipantRole.COLLEAGUE,
    "guest": ParticipantRole.GUEST,
    "sup": ParticipantRole.SUPERVISOR,
}
VOICES = {"~": VoiceReach.MUTED, ">": VoiceReach.COACH}
MARKS = "?~>^!"


def written(talk: Talk) -> str:
    """Who is wanted in a talk, and what the caller hears."""
    return ",".join([_heard_by_caller(talk), *_people(talk)])


def _heard_by_caller(talk: Talk) -> str:
    caller = talk.caller
    assert caller is not None
    if caller.hold_wanted:
        return "music" if caller.held_for else "held"
    return "back" if caller.to_say == BACK else "talk"


def _people(talk: Talk) -> Iterator[str]:
    by_name = {one.name: one for one in talk.alive if one.wanted == Wanted.IN}
    for name in ROLES:
        if name in by_name:
            yield _named(by_name[name])


def _named(one: Participant) -> str:
    reach = {voice: mark for mark, voice in VOICES.items()}.get(VoiceReach(one.voice_wanted), "")
    marks = {
        "?": one.state != ParticipantState.IN_TALK,
        reach: reach != "",
        "^": one.takes_over,
        "!": one.ends_wanted,
    }
    star = "*" if one.role == ParticipantRole.COUNSELOR else ""
    return star + one.name + "".join(mark for mark, holds in marks.items() if holds)


def read(text: str) -> Talk:
    """The talk that is written so, with everything as the carrier has it."""
    heard, *people = text.split(",")
    call = Call(
        id="c1", carrier_sid="CA", line_id="youth", state=CallState.TALKING, arrived_at=NOON,
        heard_at=NOON, counselor_id="li",
    )  # fmt: skip
    talk = Talk(call, [_caller(heard), *(_read_one(one) for one in people)])
    second = talk.second
    if heard == "music" and second is not None and talk.caller is not None:
        talk.caller.held_for = second.id
    if not any(one.name == "li" for one in talk.people):
        talk.people.append(_gone("li"))
    return talk


def _caller(heard: str) -> Participant:
    held = heard in ("held", "music")
    return Participant(
        id="caller", call_id="c1", role=ParticipantRole.CALLER, name="caller", address="",
        carrier_sid="CA", state=ParticipantState.IN_TALK, hold_wanted=held, held=held,
        ends_wanted=True, ends=True, created_at=NOON,
    )  # fmt: skip


def _read_one(text: str) -> Participant:
    name = text.strip("*" + MARKS)
    one = person(name)
    one.state = ParticipantState.RINGING if "?" in text else ParticipantState.IN_TALK
    one.joined_at = None if "?" in text else NOON
    for mark, voice in VOICES.items():
        if mark in text:
            one.voice_wanted = one.voice = voice
    one.takes_over = "^" in text
    one.ends_wanted = one.ends = "!" in text
    return one


def person(name: str) -> Participant:
    """Somebody who is to come into a talk."""
    return Participant(
        id=name, call_id="c1", role=ROLES[name], name=name, address=f"client:{name}",
        staff_id=None if name == "guest" else name, carrier_sid=f"CA-{name}", created_at=NOON,
    )  # fmt: skip


def _gone(name: str) -> Participant:
    one = person(name)
    one.state, one.wanted = ParticipantState.ENDED, Wanted.OUT
    one.joined_at = one.ended_at = NOON
    return one
