"""A supervisor's acts on callers, lines and people; each can be looked at, and most undone."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hotline.audit.queries import ActDone, named, recent_acts
from hotline.directing.callers import (
    CallerMove,
    move_caller,
    put_ahead,
    raise_to_danger,
)
from hotline.directing.hindrances import SENTENCES, Hindrance
from hotline.directing.lines import QueueChange, divert_line, reopen_line
from hotline.directing.messages import TEXT_LENGTH, FloorMessage, write_to_floor
from hotline.directing.people import Directed, PresenceChange, set_presences
from hotline.directing.reach import REASON_LENGTH
from hotline.directing.shift_skills import SkillsChange, change_skills
from hotline.directing.undo import can_be_undone, undo_act
from hotline.staff.model import PresenceState
from hotline.storage.session import Work
from hotline.storage.tables import SupervisorAct
from hotline.web.api.refusals import Responses, refuses
from hotline.web.auth import FloorDirector
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import Moment
from ivr.model import Language

MOST_ACTS = 200

LevelForShift = Annotated[int, Field(ge=0, le=5)]
TopicKey = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]

router = APIRouter(prefix="/floor", tags=["floor"], route_class=IdempotentRoute)


def refusal(hindrance: Hindrance) -> Responses:
    """How OpenAPI shows that the state of things forbids it."""
    return refuses(SENTENCES[hindrance], kind="ActRefused", reason=hindrance.value)


class ActOut(BaseModel):
    """What somebody did. `before`, `after`: what it changed; `can_be_undone`: by its kind.

    `group_id`: the same for all that were done at once.
    """

    id: str
    group_id: str
    by: str
    at: datetime
    kind: str
    subject_kind: str
    subject_id: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    can_be_undone: bool
    undone_at: datetime | None
    undone_by: str


class RefusedOut(BaseModel):
    """Somebody who was left as they are: the reason as a word, and as a sentence."""

    staff_id: str
    name: str
    reason: Hindrance
    why: str


class PeopleOut(BaseModel):
    """One act for each who was changed; who was not, and why."""

    acts: list[ActOut]
    refused: list[RefusedOut]


class WithReason(BaseModel):
    """`reason`: what the audit keeps, and those whom it concerns read."""

    reason: str = Field(default="", max_length=REASON_LENGTH)


class MoveIn(WithReason):
    """Where to. What is left out stays; a counselor on duty is asked before all others."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"line": "legal", "reason": "asks about custody"}]}
    )

    line: str | None = Field(default=None, max_length=40)
    topic: str | None = Field(default=None, pattern=r"^[a-z_]{1,40}$")
    counselor: str | None = Field(default=None, max_length=40)


class PriorityIn(WithReason):
    """`ahead`: before the others of the line, can be undone. `crisis`: in danger, one way."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"priority": "ahead", "reason": "called three times"}]}
    )

    priority: Literal["ahead", "crisis"]


class DivertIn(WithReason):
    """`to`: the line that serves this queue from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"to": "legal", "reason": "two are ill"}]}
    )

    to: str = Field(max_length=40)


class CloseIn(WithReason):
    """`waiting`: who waits already goes on waiting, or is asked for a message as new callers are.

    Danger always gets to people.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"waiting": "stay", "reason": "no staff until eight"}]}
    )

    waiting: Literal["stay", "message"] = "stay"


class PresencesIn(BaseModel):
    """What these people do from now on, and the reason they read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"people": ["li"], "state": "paused", "reason": "please come to my desk"}]
        }
    )

    people: list[str] = Field(min_length=1, max_length=200)
    state: Literal["ready", "paused", "offline"]
    reason: str = Field(min_length=1, max_length=REASON_LENGTH)


class SkillsIn(WithReason):
    """Levels from 0 (not at all) to 5 by language and topic; what is left out stays.

    `until`: left out, to the end of their shift.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"people": ["li"], "languages": {"yue": 3}, "certified": True}]
        }
    )

    people: list[str] = Field(min_length=1, max_length=200)
    languages: dict[Language, LevelForShift] = Field(default_factory=dict)
    topics: dict[TopicKey, LevelForShift] = Field(default_factory=dict, max_length=40)
    certified: bool | None = None
    until: Moment | None = None


class MessageIn(BaseModel):
    """`people`: to these; else to all on duty of `line`, or of all lines of the writer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "The line is very busy: please stay if you can."}]}
    )

    text: str = Field(min_length=1, max_length=TEXT_LENGTH)
    line: str | None = Field(default=None, max_length=40)
    people: list[str] = Field(default_factory=list, max_length=200)


class UndoIn(BaseModel):
    """`together`: with all that were done at once with it, as far as each still can be."""

    together: bool = False


@router.get("/acts")
async def acts(
    work: WorkDep, who: FloorDirector, limit: int = 50, before: Moment | None = None
) -> list[ActOut]:
    """What was done on the reader's lines, the newest first. `before`: read on from there."""
    most = max(1, min(limit, MOST_ACTS))
    return [_act(one) for one in await recent_acts(work, who.lines, limit=most, before=before)]


@router.post("/acts/{act_id}/undo", responses=refusal(Hindrance.UNDONE_ALREADY))
async def undo(
    backend: BackendDep,
    work: CommandWork,
    who: FloorDirector,
    act_id: str,
    wanted: UndoIn | None = None,
) -> list[ActOut]:
    """Take an act back, where the world still allows it."""
    together = wanted is not None and wanted.together
    now = backend.clock.now()
    return await _shown(work, await undo_act(work, act_id, who, together=together, at=now))


@router.post("/callers/{call_id}/move", responses=refusal(Hindrance.NOT_ON_DUTY))
async def move(
    backend: BackendDep, work: CommandWork, who: FloorDirector, call_id: str, wanted: MoveIn
) -> ActOut:
    """Put a caller who waits on another line, topic or counselor. The place in line is kept."""
    to = CallerMove(
        line_id=wanted.line,
        topic=wanted.topic,
        counselor_id=wanted.counselor,
        reason=wanted.reason,
    )
    act = await move_caller(work, call_id, to, who, at=backend.clock.now())
    return (await _shown(work, [act]))[0]


@router.post("/callers/{call_id}/priority", responses=refusal(Hindrance.FIRST_ALREADY))
async def priority(
    backend: BackendDep, work: CommandWork, who: FloorDirector, call_id: str, wanted: PriorityIn
) -> ActOut:
    """Serve a caller who waits before others, or as one in danger."""
    raised = {"ahead": put_ahead, "crisis": raise_to_danger}[wanted.priority]
    act = await raised(work, call_id, who, reason=wanted.reason, at=backend.clock.now())
    return (await _shown(work, [act]))[0]


@router.post("/lines/{line_id}/divert", responses=refusal(Hindrance.NOT_SERVED_HERE))
async def divert(
    backend: BackendDep, work: CommandWork, who: FloorDirector, line_id: str, wanted: DivertIn
) -> ActOut:
    """Let another line serve this queue: those who wait, with their places, and who comes."""
    change = QueueChange(line_id=line_id, to_line_id=wanted.to, reason=wanted.reason)
    act = await divert_line(work, change, who, at=backend.clock.now())
    return (await _shown(work, [act]))[0]


@router.post("/lines/{line_id}/close", responses=refusal(Hindrance.NOT_SERVED_HERE))
async def close(
    backend: BackendDep, work: CommandWork, who: FloorDirector, line_id: str, wanted: CloseIn
) -> ActOut:
    """Ask new callers for a message. Who is in danger still gets to people."""
    asked = wanted.waiting == "message"
    change = QueueChange(line_id=line_id, waiting_leave_message=asked, reason=wanted.reason)
    act = await divert_line(work, change, who, at=backend.clock.now())
    return (await _shown(work, [act]))[0]


@router.post("/lines/{line_id}/reopen", responses=refusal(Hindrance.OPEN))
async def reopen(
    backend: BackendDep, work: CommandWork, who: FloorDirector, line_id: str
) -> ActOut:
    """Serve the queue here again; who still waits elsewhere because of it comes back."""
    act = await reopen_line(work, line_id, who, at=backend.clock.now())
    return (await _shown(work, [act]))[0]


@router.post("/presences", responses=refusal(Hindrance.IN_CALL))
async def presences(
    backend: BackendDep, work: CommandWork, who: FloorDirector, wanted: PresencesIn
) -> PeopleOut:
    """Set what counselors do. Who is in a call is left alone; 409 where all are."""
    change = PresenceChange(state=PresenceState(wanted.state), reason=wanted.reason)
    done = await set_presences(work, wanted.people, change, who, at=backend.clock.now())
    return await _people(work, done)


@router.post("/skills", responses=refusal(Hindrance.NO_LANGUAGE))
async def skills(
    backend: BackendDep, work: CommandWork, who: FloorDirector, wanted: SkillsIn
) -> PeopleOut:
    """What counselors can do, for their shift or until a time. Routing goes by it at once."""
    change = SkillsChange(
        languages={str(name): level for name, level in wanted.languages.items()},
        topics=dict(wanted.topics),
        certified=wanted.certified,
        until=wanted.until,
        reason=wanted.reason,
    )
    return await _people(
        work, await change_skills(work, wanted.people, change, who, at=backend.clock.now())
    )


@router.post("/messages", responses=refusal(Hindrance.NOBODY_THERE))
async def message(
    backend: BackendDep, work: CommandWork, who: FloorDirector, wanted: MessageIn
) -> ActOut:
    """Say something to those on duty: it stands on their desks until they have read it."""
    written = FloorMessage(text=wanted.text, line_id=wanted.line, people=wanted.people)
    act = await write_to_floor(work, written, who, at=backend.clock.now())
    return (await _shown(work, [act]))[0]


async def _people(work: Work, done: Directed) -> PeopleOut:
    refused = [
        RefusedOut(
            staff_id=one.staff_id,
            name=one.name,
            reason=one.hindrance,
            why=SENTENCES[one.hindrance],
        )
        for one in done.refused
    ]
    return PeopleOut(acts=await _shown(work, done.acts), refused=refused)


async def _shown(work: Work, done: list[SupervisorAct]) -> list[ActOut]:
    return [_act(one) for one in await named(work, done)]


def _act(one: ActDone) -> ActOut:
    return ActOut(
        id=one.id,
        group_id=one.group_id,
        by=one.by,
        at=one.at,
        kind=one.kind,
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        subject=one.subject,
        before=one.before,
        after=one.after,
        reason=one.reason,
        can_be_undone=one.undone_at is None and can_be_undone(one.kind),
        undone_at=one.undone_at,
        undone_by=one.undone_by,
    )
