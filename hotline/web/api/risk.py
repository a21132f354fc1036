"""How great the risk is: anybody who writes the record raises it, a supervisor lowers it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.calls.queries import may_do, permitted_call
from hotline.calls.service import lock_call
from hotline.errors import IllegalMove
from hotline.escalations.of_risk import flag_for_level, take_back_level
from hotline.records.queries import keep_trace
from hotline.records.risk import (
    NOT_LOWER,
    LevelDown,
    LoweringAnswer,
    answer_lowering,
    keep_assessment,
    lower_level,
    raise_level,
    rate,
)
from hotline.records.risk_queries import (
    LoweringAsked,
    Ratings,
    RiskStep,
    lowerings_of,
    ratings_of,
    standing_of,
    steps_of,
)
from hotline.risk.instruments import instrument_of
from hotline.risk.levels import Risk, is_below
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

NOT_HIGHER = "The level is higher already. To lower it, say why: POST …/risk/lower."

router = APIRouter(prefix="/calls/{call_id}/risk", tags=["calls"], route_class=IdempotentRoute)


class LevelIn(BaseModel):
    """The level that somebody sees."""

    level: Risk


class LowerIn(BaseModel):
    """A lower level, and why."""

    level: Risk
    reason: str = Field(min_length=1, max_length=2000)


class AnswerIn(BaseModel):
    """A supervisor's reason."""

    reason: str = Field(min_length=1, max_length=2000)


class AssessmentIn(BaseModel):
    """An instrument that was filled in: question by question the chosen answer."""

    instrument: str = Field(max_length=80)
    version: int = Field(ge=1, le=1_000_000)
    answers: dict[str, str] = Field(max_length=100)


class RatingIn(BaseModel):
    """What the caller says of themselves, from 0 to 100."""

    moment: Literal["start", "end"]
    scale: Literal["distress", "hope", "intent"]
    value: int = Field(ge=0, le=100)


class LevelOut(BaseModel):
    """The level that holds. `slip_until`: so long the reader may take the newest step back."""

    level: Risk
    floor: Risk
    version: int
    slip_until: datetime | None


class RiskOut(LevelOut):
    """The level with all that led to it."""

    steps: Sequence[RiskStep]
    lowerings: Sequence[LoweringAsked]
    ratings: Ratings


@router.get("")
async def get_risk(backend: BackendDep, work: WorkDep, who: CallReader, call_id: str) -> RiskOut:
    """The level, each step to it, and what the caller said of themselves. Leaves a trace."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.READ_RECORD)
    keep_trace(work, call.id, "record.read", who.staff_id, at=backend.clock.now())
    return RiskOut(
        **(await _level_of(work, call, who)).model_dump(),
        steps=await steps_of(work, backend.vault, call.id),
        lowerings=await lowerings_of(work, backend.vault, call.id),
        ratings=await ratings_of(work, call.id),
    )


@router.post("", responses=refuses(NOT_HIGHER))
async def raise_risk(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: LevelIn
) -> LevelOut:
    """Up at once. High and imminent raise a flag, which rings after ten seconds to think."""
    call, at = await _locked(work, call_id, who), backend.clock.now()
    if is_below(wanted.level, (await standing_of(work, call.id)).level):
        raise IllegalMove(NOT_HIGHER)
    await raise_level(work, call.id, wanted.level, by=who.staff_id, at=at)
    return await _flagged(backend, work, call, who, at=at)


@router.post("/assessments", status_code=201)
async def assess(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: AssessmentIn
) -> LevelOut:
    """Keep what an instrument found. It may raise the level, and never lowers it."""
    call, at = await _locked(work, call_id, who), backend.clock.now()
    filled = instrument_of(wanted.instrument, wanted.version), wanted.answers
    await keep_assessment(work, backend.vault, call.id, filled, by=who.staff_id, at=at)
    return await _flagged(backend, work, call, who, at=at)


@router.post("/take-back", responses=refuses(IllegalMove.public))
async def take_back_risk(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str
) -> LevelOut:
    """A mis-click: within ten seconds, by the same person, and before anybody was rung."""
    call = await _locked(work, call_id, who)
    await take_back_level(work, call, by=who.staff_id, at=backend.clock.now())
    return await _level_of(work, call, who)


@router.post("/lower", responses=refuses(NOT_LOWER))
async def lower_risk(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: LowerIn
) -> LevelOut:
    """Down, with a reason; below `floor` a supervisor is asked, and the level stays meanwhile."""
    call, at = await _locked(work, call_id, who), backend.clock.now()
    approves = await may_do(work, call, who, Permission.LOWER_RISK)
    as_supervisor = approves and call.counselor_id != who.staff_id  # nobody approves of oneself
    down = LevelDown(level=wanted.level, reason=wanted.reason, by=who.staff_id,
                     as_supervisor=as_supervisor)  # fmt: skip
    before = (await standing_of(work, call.id)).level
    lowered = await lower_level(work, backend.vault, call.id, down, at=at)
    if lowered is not None and as_supervisor:
        levels = str(before), lowered.level
        await _write_down(work, call, ActKind.RISK_LOWERED, who, levels, at=at)
    return await _level_of(work, call, who)


@router.post("/lowering/grant")
async def grant_lowering(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, said: AnswerIn
) -> LevelOut:
    """A supervisor agrees that the level is lower. Not to what they asked for themselves."""
    return await _answer(backend, work, who, call_id, said, grant=True)


@router.post("/lowering/refuse")
async def refuse_lowering(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, said: AnswerIn
) -> LevelOut:
    """The level stays."""
    return await _answer(backend, work, who, call_id, said, grant=False)


@router.post("/ratings", status_code=204)
async def rate_risk(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, said: RatingIn
) -> None:
    """What the caller says of themselves. Said anew: the newest holds, the former is kept."""
    call = await _locked(work, call_id, who)
    rating = said.moment, said.scale, said.value
    rate(work, call.id, rating, by=who.staff_id, at=backend.clock.now())


async def _answer(
    backend: Backend, work: Work, who: SignedIn, call_id: str, said: AnswerIn, *, grant: bool
) -> LevelOut:
    call, at = await lock_call(work, call_id), backend.clock.now()
    await permitted_call(work, call, who, Permission.LOWER_RISK)
    before = (await standing_of(work, call.id)).level
    answer = LoweringAnswer(granted=grant, words=said.reason, by=who.staff_id)
    asked = await answer_lowering(work, backend.vault, call.id, answer, at=at)
    kind = ActKind.RISK_LOWERED if grant else ActKind.RISK_KEPT
    await _write_down(work, call, kind, who, (str(before), asked.level), at=at)
    return await _level_of(work, call, who)


async def _write_down(
    work: Work,
    call: Call,
    kind: ActKind,
    who: SignedIn,
    levels: tuple[str, str],
    *,
    at: datetime,
) -> None:
    """From which level to which. The reason is sealed with the step: more people read the acts."""
    act = NewAct(
        by_id=who.staff_id,
        kind=kind,
        subject=SubjectKind.CALL,
        subject_id=call.id,
        lines=frozenset({call.line_id}),
        before={"level": levels[0]},
        after={"level": levels[1]},
    )
    await record_act(work, act, at=at)


async def _flagged(
    backend: Backend, work: Work, call: Call, who: SignedIn, *, at: datetime
) -> LevelOut:
    await flag_for_level(work, backend.vault, call, at=at)
    return await _level_of(work, call, who)


async def _level_of(work: Work, call: Call, who: SignedIn) -> LevelOut:
    found = await standing_of(work, call.id)
    return LevelOut(
        level=found.level,
        floor=found.floor,
        version=found.version,
        slip_until=found.slip_until(who.staff_id),
    )


async def _locked(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call whose record one writes, locked until the unit of work ends."""
    return await permitted_call(work, await lock_call(work, call_id), who, Permission.WRITE_RECORD)
