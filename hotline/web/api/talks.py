"""What people do in a talk beside holding it: consult, hand over, ask in, send on, supervise."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.callcontrol import consults, supervision
from hotline.callcontrol.help import ask_for_help
from hotline.callcontrol.keypad import ON_HOLD, ask_keys
from hotline.callcontrol.model import ParticipantRole, ParticipantState, VoiceReach
from hotline.callcontrol.participants import participants_of
from hotline.callcontrol.sending_on import IN_DANGER, NOWHERE, Onward, send_on
from hotline.callcontrol.talk import (
    NO_COLLEAGUE,
    NO_GUEST,
    NOBODY_ASKED,
    NOT_TALKING,
    ONE_AT_A_TIME,
)
from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

AUDITED = {
    VoiceReach.MUTED: ActKind.TALK_LISTENED,
    VoiceReach.COACH: ActKind.TALK_WHISPERED,
    VoiceReach.OPEN: ActKind.TALK_JOINED,
}

router = APIRouter(prefix="/calls/{call_id}", tags=["talks"], route_class=IdempotentRoute)


class ColleagueOut(BaseModel):
    """Somebody who could be consulted about this caller, and whether they are free now."""

    id: str
    name: str
    free: bool


class ConsultIn(BaseModel):
    """Whom to consult: an id of `GET …/colleagues`."""

    colleague: str = Field(min_length=1, max_length=80, examples=["chen"])


class GuestIn(BaseModel):
    """Whom to ask into the talk. `consent`: the caller was asked, and agrees."""

    number: str = Field(min_length=2, max_length=40, examples=["110", "020 8333 0000"])
    consent: bool = Field(default=False, examples=[True])


class OnwardIn(BaseModel):
    """Where the caller is to go; what is left out stays as it is."""

    line: str | None = Field(default=None, max_length=80, examples=["women"])
    topic: str | None = Field(default=None, max_length=80, examples=["family"])
    colleague: str | None = Field(default=None, max_length=80, examples=[None])


class InTalk(BaseModel):
    """One participant. `held`, `voice`: as it is wanted; `seen`: whether the carrier agrees."""

    id: str
    role: ParticipantRole
    name: str
    state: ParticipantState
    voice: VoiceReach
    held: bool
    seen: bool
    since: datetime | None


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


@router.get("/talk")
async def show_talk(work: WorkDep, who: CallReader, call_id: str) -> list[InTalk]:
    """Who is in the talk or on the way, what they hear and who hears them."""
    call = await permitted_call(work, await work.get(Call, call_id), who)
    return [_shown(one) for one in await participants_of(work, call)]


@router.get("/colleagues")
async def show_colleagues(work: WorkDep, who: CallReader, call_id: str) -> list[ColleagueOut]:
    """Who could be consulted, those who are free first."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.ACT_IN_CALL)
    return [
        ColleagueOut(id=one.staff_id, name=one.name, free=one.is_free)
        for one in await consults.colleagues_for(work, call, but=who.staff_id)
    ]


def _shown(one: Participant) -> InTalk:
    agrees = (one.voice, one.ends) == (one.voice_wanted, one.ends_wanted)
    return InTalk(
        id=one.id,
        role=ParticipantRole(one.role),
        name=one.name,
        state=ParticipantState(one.state),
        voice=VoiceReach(one.voice_wanted),
        held=one.hold_wanted,
        seen=agrees and one.held == one.hold_wanted,
        since=one.joined_at,
    )


# ── acts of a counselor ─────────────────────────────────────────────────────────────────────────


@router.post("/mute", status_code=204, responses=refuses(consults.NOT_IN_IT))
async def mute(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """Nobody hears me. Muted already: fine."""
    call, at = await _seen(work, call_id, who), backend.clock.now()
    await consults.set_muted(work, call, who.staff_id, muted=True, at=at)


@router.post(
    "/unmute", status_code=204, responses=refuses(consults.NOT_IN_IT, consults.SAY_WHO_HEARS)
)
async def unmute(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """I am heard again."""
    call, at = await _seen(work, call_id, who), backend.clock.now()
    await consults.set_muted(work, call, who.staff_id, muted=False, at=at)


@router.post("/consult", status_code=204, responses=refuses(ONE_AT_A_TIME, consults.NO_COLLEAGUE))
async def consult(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: ConsultIn
) -> None:
    """A colleague is rung, and the caller hears music until you bring them together or let go."""
    call, at = await _mine(work, call_id, who), backend.clock.now()
    await consults.consult(work, call, wanted.colleague, at=at, by=who.staff_id)


@router.post("/guest", status_code=204, responses=refuses(ONE_AT_A_TIME, consults.ASK_FIRST))
async def guest(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: GuestIn
) -> None:
    """Somebody of outside is rung: the police, a station, a parent by the caller's consent.

    The caller hears music until you bring them together (`resume`) or let go. The number is shown
    to nobody, and forgotten when the leg is over.
    """
    call, at = await _mine(work, call_id, who), backend.clock.now()
    asked = consults.Guest(wanted.number, wanted.consent)
    await consults.invite_guest(work, backend.vault, call, asked, at=at, by=who.staff_id)


@router.post("/let-go", status_code=204, responses=refuses(NOBODY_ASKED))
async def let_go(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The colleague or guest leaves, or is rung no more; the caller is back with you."""
    call, at = await _mine(work, call_id, who), backend.clock.now()
    await consults.let_second_go(work, call, at=at, by=who.staff_id)


@router.post("/hand-over", status_code=204, responses=refuses(NO_COLLEAGUE))
async def hand_over(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The colleague who is in the talk takes the caller, and you write your part of the record."""
    call, at = await _mine(work, call_id, who), backend.clock.now()
    await consults.hand_over(work, call, at=at, by=who.staff_id)


@router.post("/leave", status_code=204, responses=refuses(NO_GUEST))
async def leave(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The caller goes on with the guest alone. If the guest leaves, the caller is back in line."""
    call, at = await _mine(work, call_id, who), backend.clock.now()
    await consults.leave_to_guest(work, call, at=at, by=who.staff_id)


@router.post("/send-on", status_code=204, responses=refuses(IN_DANGER, NOWHERE))
async def onward(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: OnwardIn
) -> None:
    """The caller waits for another line, topic or colleague, at the place they had."""
    call, at = await _mine(work, call_id, who), backend.clock.now()
    place = Onward(wanted.line, wanted.topic, wanted.colleague)
    await send_on(work, call, place, at=at, by=who.staff_id)


@router.post("/ask-keys", status_code=204, responses=refuses(NOT_TALKING, ON_HOLD))
async def asks_keys(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The caller hears: yes is 1, no is 2; and is back with you. For who cannot speak.

    What they pressed stands on the desk and in the timeline.
    """
    call, at = await _mine(work, call_id, who), backend.clock.now()
    await ask_keys(work, call, at=at, by=who.staff_id)


@router.post("/help", status_code=204, responses=refuses(NOT_TALKING))
async def wants_help(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """A supervisor is rung now, and it stands on the floor until one takes it."""
    call, at = await _mine(work, call_id, who), backend.clock.now()
    await ask_for_help(work, call, at=at, by=who.staff_id)


@router.post("/step-out", status_code=204, responses=refuses(consults.NOT_IN_IT))
async def step_out(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """Whoever only listens, whispers or was consulted leaves the talk."""
    call, at = await _seen(work, call_id, who), backend.clock.now()
    await consults.step_out(work, call, who.staff_id, at=at)


# ── acts of a supervisor ────────────────────────────────────────────────────────────────────────


@router.post("/listen", status_code=204, responses=refuses(NOT_TALKING))
async def listen(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """Hear the talk, heard by nobody. The timeline tells; the counselor by the line's rule."""
    await _come_beside(backend, work, who, call_id, VoiceReach.MUTED)


@router.post("/whisper", status_code=204, responses=refuses(NOT_TALKING))
async def whisper(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """Speak to the counselor alone."""
    await _come_beside(backend, work, who, call_id, VoiceReach.COACH)


@router.post("/join", status_code=204, responses=refuses(NOT_TALKING))
async def join(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """Speak with everybody."""
    await _come_beside(backend, work, who, call_id, VoiceReach.OPEN)


@router.post("/take-over", status_code=204, responses=refuses(supervision.YOURS))
async def take_over(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """Answer for the caller yourself, as soon as you are in the talk; the counselor leaves then."""
    call, at = await _supervised(work, call_id, who), backend.clock.now()
    await supervision.take_over(work, call, who.staff_id, at=at)
    await _write_down(work, call, ActKind.TALK_TAKEN_OVER, who, at=at)


async def _come_beside(
    backend: BackendDep, work: Work, who: SignedIn, call_id: str, voice: VoiceReach
) -> None:
    call, at = await _supervised(work, call_id, who), backend.clock.now()
    await supervision.come_beside(work, call, who.staff_id, voice, at=at)
    await _write_down(work, call, AUDITED[voice], who, at=at)


async def _write_down(
    work: Work, call: Call, kind: ActKind, who: SignedIn, *, at: datetime
) -> None:
    """In the audit, beside the call's own timeline: whoever listens in answers for it."""
    act = NewAct(
        by_id=who.staff_id,
        kind=kind,
        subject=SubjectKind.CALL,
        subject_id=call.id,
        lines=frozenset({call.line_id}),
        after={"counselor_id": call.counselor_id},
    )
    await record_act(work, act, at=at)


async def _mine(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call to act in, locked until the unit of work ends."""
    return await permitted_call(work, await lock_call(work, call_id), who, Permission.ACT_IN_CALL)


async def _seen(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call in which they may be a participant themselves; locked."""
    return await permitted_call(work, await lock_call(work, call_id), who)


async def _supervised(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call on a line of theirs, locked."""
    return await permitted_call(work, await lock_call(work, call_id), who, Permission.LISTEN_IN)
