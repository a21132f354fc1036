"""What a counselor does in a call: flag, hold, end, note; and what one may see of it."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callcontrol.consults import set_hold
from hotline.callcontrol.participants import invite_interpreter
from hotline.callcontrol.talk import NOT_TALKING
from hotline.callcontrol.talks import finish_talk
from hotline.calls.known import SameCounselor, note_same_counselor, same_counselor_of
from hotline.calls.model import CallState
from hotline.calls.queries import CallDetail, call_detail, permitted_call
from hotline.calls.service import lock_call
from hotline.calls.understanding import Understanding, note_understanding, understanding_of
from hotline.cases.timeline import CaseAct
from hotline.errors import IllegalMove, Invalid
from hotline.escalations.chains.model import FlagKind
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.floor.explanations import CallWhy, why_call
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.statutory.sources import suspect_from_flag
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line
from hotline.storage.tables.columns import new_id
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from ivr.model import Language

NO_INTERPRETER = "This line has no interpreter of the caller's language: write one into its file."

router = APIRouter(prefix="/calls/{call_id}", tags=["calls"], route_class=IdempotentRoute)


class FlagIn(BaseModel):
    """A child is in danger. `client_key`: made once per intent, so that it can be sent again.

    `another_child`: not the one whom an earlier call of this number was about.
    `station`: which one is to answer, by its id or its name; without one, or where there is none
    of that name, the one of the place. A flag is never refused for it.
    """

    level: Level
    kind: FlagKind | None = None
    another_child: bool = False
    summary: str = Field(default="", max_length=2000)
    client_key: str = Field(default_factory=new_id, min_length=1, max_length=80)
    station: str = Field(default="", max_length=60)


class SameCounselorIn(BaseModel):
    """What the caller said. False also takes an earlier yes back."""

    agreed: bool


class UnderstandingIn(BaseModel):
    """What the caller understands beside their own language; null: not known, the table counts."""

    also_speaks: list[Language] | None = Field(max_length=20, examples=[["cmn", "yue"], [], None])


class FlagOut(BaseModel):
    """The escalation that answers for it."""

    escalation_id: str
    number: str
    station_id: str
    state: str
    next_due_at: datetime | None


@router.get("")
async def show_call(work: WorkDep, who: CallReader, call_id: str) -> CallDetail:
    """One call, masked, with its timeline and its offers and the facts that decided each."""
    call = await work.get(Call, call_id)
    return await call_detail(work, await permitted_call(work, call, who), who)


@router.get("/routing")
async def show_routing(
    backend: BackendDep, work: WorkDep, who: CallReader, call_id: str
) -> CallWhy:
    """Why each offer went where it went, candidate by candidate; and why nobody is rung yet."""
    call = await permitted_call(work, await work.get(Call, call_id), who)
    return await why_call(work, call, at=backend.clock.now(), of=who.lines)


@router.post("/flags", status_code=201)
async def flag(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: FlagIn
) -> FlagOut:
    """Raise a crisis flag: a station is made to answer for it until a person closes it."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.RAISE_FLAG)
    new = NewFlag(
        raised_by=who.staff_id,
        level=wanted.level,
        kind=wanted.kind or "",
        another_child=wanted.another_child,
        summary=wanted.summary,
        client_key=wanted.client_key,
        station=wanted.station,
    )
    now = backend.clock.now()
    escalation = await raise_flag(work, backend.vault, call=call, flag=new, at=now)
    act = CaseAct(vault=backend.vault, by=Actor.of_staff(who.staff_id), at=now)
    await suspect_from_flag(work, act, call, new.kind, backend.settings)
    return FlagOut(
        escalation_id=escalation.id,
        number=escalation.number,
        station_id=escalation.station_id,
        state=escalation.state,
        next_due_at=escalation.next_due_at,
    )


@router.post("/hold", status_code=204, responses=refuses(NOT_TALKING))
async def hold(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The caller hears music."""
    await _set_hold(work, call_id, who, held=True, at=backend.clock.now())


@router.post("/resume", status_code=204, responses=refuses(NOT_TALKING))
async def resume(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The caller is back in the talk."""
    await _set_hold(work, call_id, who, held=False, at=backend.clock.now())


async def _set_hold(work: Work, call_id: str, who: SignedIn, *, held: bool, at: datetime) -> None:
    """The switchboard carries it out at the carrier."""
    call = await _locked(work, call_id, who)
    await set_hold(work, call, held=held, at=at, staff_id=who.staff_id)


@router.post("/interpreter", status_code=204, responses=refuses(NOT_TALKING))
async def interpreter(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str
) -> None:
    """Somebody who speaks the caller's language comes into the talk. On the way already: fine."""
    call = await _locked(work, call_id, who)
    if call.state != CallState.TALKING:
        raise IllegalMove(NOT_TALKING)
    if not await invite_interpreter(work, call, at=backend.clock.now(), staff_id=who.staff_id):
        raise Invalid(NO_INTERPRETER)


@router.put("/understanding")
async def understanding(
    backend: BackendDep, work: WorkDep, who: CallReader, call_id: str, noted: UnderstandingIn
) -> Understanding:
    """Write down what the caller understands: who waits is offered by it at once.

    Kept with the call, whoever takes it next. 409 before the caller waits and after the talk.
    """
    call, at = await _locked(work, call_id, who), backend.clock.now()
    await note_understanding(work, call, noted.also_speaks, at=at, staff_id=who.staff_id)
    return understanding_of(call, await work.get_one(Line, call.line_id))


@router.put("/same-counselor", responses=refuses(IllegalMove.public))
async def same_counselor(
    backend: BackendDep, work: WorkDep, who: CallReader, call_id: str, said: SameCounselorIn
) -> SameCounselor:
    """The caller was asked whether to be connected to the same counselor next time.

    Counts for half a year, and for the number. 409 where it was withheld, or nobody has talked
    with them yet.
    """
    call, at = await _locked(work, call_id, who), backend.clock.now()
    await note_same_counselor(work, call, agreed=said.agreed, at=at, staff_id=who.staff_id)
    await work.flush()
    return await same_counselor_of(work, call, at=at)


@router.post("/end", status_code=204, responses=refuses(IllegalMove.public))
async def end(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """The talk is over; the caller hears a goodbye. Ended already: fine."""
    call = await _locked(work, call_id, who)
    if call.state in (CallState.CLOSING, CallState.ENDED):
        return
    if not await finish_talk(work, call, at=backend.clock.now()):
        raise IllegalMove


async def _locked(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call to act in, locked until the unit of work ends."""
    return await permitted_call(work, await lock_call(work, call_id), who, Permission.ACT_IN_CALL)
