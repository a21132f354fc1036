"""Calls after a call of high risk: agreed to, made, told of, handed on, stopped, decided."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import select

from hotline.callcontrol.calling_back import NO_WAY, CallingBack
from hotline.callcontrol.following_up import NOT_NOW, call_again
from hotline.calls.queries import may_do, permitted_call
from hotline.calls.service import lock_call
from hotline.errors import Forbidden, Invalid
from hotline.escalations.of_risk import flag_for_level
from hotline.followups.acts import (
    NO_COLLEAGUE,
    NO_REASON,
    NOT_YOURS,
    STOPS_OF_COUNSELORS,
    Handing,
    decide,
    hand_on,
    require_free_for,
    stop_by_person,
    take,
)
from hotline.followups.attempts import NOT_TRIED, TryFinding, tell_outcome
from hotline.followups.history import FollowUpStory, read_story
from hotline.followups.model import FollowUpDecision, SafetyPlan, StoppedAs, TryOutcome
from hotline.followups.policy import rules
from hotline.followups.queries import (
    FollowUpRow,
    FollowUpTab,
    list_follow_ups,
    permitted_follow_up,
)
from hotline.followups.service import (
    BEGUN_ALREADY,
    IN_HAND,
    NOT_FOR_THIS,
    Acting,
    agree,
    begin_by_hand,
    hold_follow_up,
    keep_words,
    refuse,
)
from hotline.records.risk import raise_level
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import Risk
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import FollowUp, FollowUpAttempt, Staff
from hotline.web.api.callbacks import CallBackOut
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallbackKeeper, CallReader
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["follow-ups"], route_class=IdempotentRoute)


class FollowUpOut(BaseModel):
    """A sequence that has begun."""

    id: str


class FollowUpIn(BaseModel):
    """Which calls, in days from now. A supervisor may choose any, with the reason."""

    days: list[int] = Field(min_length=1, max_length=5, examples=[[90, 365]])
    reason: str = Field(default="", max_length=1000)


class SaidIn(BaseModel):
    """What they said to being called, in their words, and when it is safe for them.

    `not_safe`: nobody may ring this number; `withdrawn`: they had agreed before.
    """

    said: Literal["agreed", "refused", "withdrawn", "not_safe"]
    words: str = Field(default="", max_length=1000)
    from_hour: int = Field(default=rules().from_hour, ge=0, le=23)
    until_hour: int = Field(default=rules().until_hour, ge=1, le=24)


class FindingIn(BaseModel):
    """What the last try came to. All but `note` is of somebody who was reached."""

    outcome: TryOutcome
    note: str = Field(default="", max_length=4000)
    risk: Risk | Literal[""] = ""
    safety_plan: SafetyPlan | Literal[""] = ""
    linked: bool = False


class HandIn(BaseModel):
    """To whom: the username of a counselor, or empty for the line."""

    ids: list[str] = Field(min_length=1, max_length=100)
    to: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=1000)


class StopIn(BaseModel):
    """They refused, or are cared for elsewhere; or a supervisor decides, and says why."""

    stopped_as: Literal[StoppedAs.REFUSED, StoppedAs.LINKED, StoppedAs.SUPERVISOR]
    note: str = Field(default="", max_length=1000)


class DecisionIn(BaseModel):
    """A supervisor's answer, with the reason."""

    decision: FollowUpDecision
    reason: str = Field(min_length=1, max_length=1000)


@router.get("/follow-ups")
async def follow_ups(
    backend: BackendDep, work: WorkDep, who: CallbackKeeper, tab: FollowUpTab = FollowUpTab.LINE
) -> list[FollowUpRow]:
    """Whom my lines follow up, masked, what is due first first."""
    return await list_follow_ups(work, backend.vault, who, tab, at=backend.clock.now())


@router.get("/follow-ups/{follow_up_id}")
async def story(
    backend: BackendDep, work: WorkDep, who: CallbackKeeper, follow_up_id: str
) -> FollowUpStory:
    """Every word about it, opened. Leaves a trace."""
    found = await permitted_follow_up(work, follow_up_id, who)
    await require_free_for(work, found, who.staff_id, by_supervisor=_decides(who))
    at = backend.clock.now()
    return await read_story(work, backend.vault, found, reader=who.staff_id, at=at)


@router.post(
    "/calls/{call_id}/follow-up", status_code=201, responses=refuses(BEGUN_ALREADY, NOT_FOR_THIS)
)
async def begins(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: FollowUpIn
) -> FollowUpOut:
    """Follow somebody up by choice: of a moderate risk, or whenever a supervisor says why.

    At high risk it begins by itself.
    """
    call, at = await lock_call(work, call_id), backend.clock.now()
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    level = (await standing_of(work, call.id)).level
    decides = await may_do(work, call, who, Permission.DECIDE_FOLLOW_UP)
    if decides and not wanted.reason.strip():
        raise Invalid(NO_REASON)
    if not decides and (level is not Risk.MODERATE or not {*wanted.days} <= {*rules().moderate}):
        raise Invalid(NOT_FOR_THIS)
    made = await begin_by_hand(work, call, level, wanted.days, at=at)
    keep_words(work, made, "begun", wanted.reason, by=_acting(backend, who))
    return FollowUpOut(id=made.id)


@router.post("/follow-ups/{follow_up_id}/consent", status_code=204, responses=refuses(IN_HAND))
async def consents(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, follow_up_id: str, heard: SaidIn
) -> None:
    """What they said to being called. Who says no is called no more."""
    follow_up, at = await _answered_for(work, follow_up_id, who), backend.clock.now()
    if heard.said == "agreed":
        hours = heard.from_hour, heard.until_hour
        agree(work, follow_up, hours, by_id=who.staff_id, at=at)
    else:
        not_safe = heard.said == "not_safe"
        await refuse(work, follow_up, not_safe=not_safe, by_id=who.staff_id, at=at)
    keep_words(work, follow_up, follow_up.consent, heard.words, by=_acting(backend, who))


@router.post("/follow-ups/{follow_up_id}/call", status_code=201, responses=refuses(NOT_NOW, NO_WAY))
async def calls(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, follow_up_id: str
) -> CallBackOut:
    """Make the call that is due: my own phone rings first, then theirs. It is mine from now on.

    409 while somebody else calls them, while I am not free, without consent, outside their safe
    hours, within an hour of the last ring, where the number is marked, or where a colleague on duty
    answers for it.
    """
    await permitted_follow_up(work, follow_up_id, who)
    now = backend.clock.now()
    by = CallingBack(vault=backend.vault, duty_phone=backend.settings.duty_phone, at=now)
    made = await call_again(work, follow_up_id, who.staff_id, by=by)
    return CallBackOut(call_id=made.id)


@router.post("/follow-ups/{follow_up_id}/outcome", status_code=204, responses=refuses(NOT_TRIED))
async def tells(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, follow_up_id: str, told: FindingIn
) -> None:
    """What the last try came to, and what was found. A high risk is a flag, as in any call."""
    seen = await permitted_follow_up(work, follow_up_id, who)
    await require_free_for(work, seen, who.staff_id, by_supervisor=_decides(who))
    if told.outcome is TryOutcome.REACHED and told.risk:
        await _level_found(backend, work, follow_up_id, who, Risk(told.risk))
    follow_up = await hold_follow_up(work, follow_up_id)
    finding = TryFinding(
        outcome=told.outcome,
        note=told.note,
        risk=told.risk,
        safety_plan=told.safety_plan or None,
        linked=told.linked,
    )
    await tell_outcome(work, follow_up, finding, by=_acting(backend, who))


async def _level_found(
    backend: Backend, work: Work, follow_up_id: str, who: SignedIn, level: Risk
) -> None:
    """Of the call we made: never lowered by it."""
    query = select(FollowUpAttempt.call_id).where(
        FollowUpAttempt.follow_up_id == follow_up_id, FollowUpAttempt.outcome == ""
    )
    call_id = (await work.exec(query)).first()
    if call_id is None:
        return
    call, at = await lock_call(work, call_id), backend.clock.now()
    await raise_level(work, call.id, level, by=who.staff_id, at=at)
    await flag_for_level(work, backend.vault, call, at=at)


@router.post("/follow-ups/hand", status_code=204, responses=refuses(NOT_YOURS, NO_COLLEAGUE))
async def hands_on(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, wanted: HandIn
) -> None:
    """To a colleague, or to the line. Mine until somebody takes them; all of them, or none."""
    for follow_up_id in wanted.ids:
        await permitted_follow_up(work, follow_up_id, who)
    query = select(Staff.id).where(Staff.username == wanted.to)
    to_id = (await work.exec(query)).one_or_none() if wanted.to else None
    if wanted.to and to_id is None:
        raise Invalid(NO_COLLEAGUE)
    how = Handing(
        to_id=to_id,
        note=wanted.note,
        by_id=who.staff_id,
        by_supervisor=_decides(who),
        at=backend.clock.now(),
    )
    await hand_on(work, backend.vault, wanted.ids, how)


@router.post("/follow-ups/{follow_up_id}/take", status_code=204, responses=refuses(NOT_YOURS))
async def takes(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, follow_up_id: str
) -> None:
    """I answer for it from now on: what was handed to me or the line, or nobody on duty has."""
    follow_up, at = await _held(work, follow_up_id, who), backend.clock.now()
    await take(work, follow_up, who.staff_id, by_supervisor=_decides(who), at=at)


@router.post("/follow-ups/{follow_up_id}/stop", status_code=204, responses=refuses(IN_HAND))
async def stops(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, follow_up_id: str, why: StopIn
) -> None:
    """Nobody calls them any more: they do not want it, others care for them, or it is decided."""
    follow_up = await _answered_for(work, follow_up_id, who)
    if why.stopped_as not in STOPS_OF_COUNSELORS and not _decides(who):
        raise Forbidden
    by = _acting(backend, who)
    stop_by_person(work, follow_up, StoppedAs(why.stopped_as), why.note, by=by)


@router.post("/follow-ups/{follow_up_id}/decide", status_code=204, responses=refuses(IN_HAND))
async def decides(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, follow_up_id: str, said: DecisionIn
) -> None:
    """A supervisor says how it goes on, or that somebody in imminent danger is called unasked."""
    await permitted_follow_up(work, follow_up_id, who, Permission.DECIDE_FOLLOW_UP)
    follow_up = await _held(work, follow_up_id, who)
    decide(work, follow_up, said.decision, said.reason, by=_acting(backend, who))


def _acting(backend: Backend, who: SignedIn) -> Acting:
    return Acting(vault=backend.vault, by_id=who.staff_id, at=backend.clock.now())


async def _held(work: Work, follow_up_id: str, who: SignedIn) -> FollowUp:
    await permitted_follow_up(work, follow_up_id, who)
    return await hold_follow_up(work, follow_up_id)


async def _answered_for(work: Work, follow_up_id: str, who: SignedIn) -> FollowUp:
    """By whoever acts on it: a colleague's on duty is left to them."""
    follow_up = await _held(work, follow_up_id, who)
    await require_free_for(work, follow_up, who.staff_id, by_supervisor=_decides(who))
    return follow_up


def _decides(who: SignedIn) -> bool:
    """Asked of what is on a line of theirs already."""
    return may(who.roles, [Relation.LINE], Permission.DECIDE_FOLLOW_UP)
