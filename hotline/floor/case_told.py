"""A case as one answer: its head, its people, its plan, what belongs to it, its story.

Each field only as far as `cases.fields` shows it to this reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from hotline.calls.queries import may_do
from hotline.cases.belonging import links_of
from hotline.cases.fields import Field, HowMuch, what_is_shown
from hotline.cases.model import CaseState, LinkKind
from hotline.cases.people_seen import PersonSeen, people_of
from hotline.cases.plan import StepSeen, plan_of
from hotline.errors import Forbidden, NotFound
from hotline.escalations.queries import require_escalation
from hotline.escalations.stations import station_names
from hotline.floor.case_story import CaseStoryDay, StoryFor, story_of_case
from hotline.staff.permissions import Permission, Relation
from hotline.staff.sign_in import SignedIn
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, Escalation, Line, Staff
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFor:
    """Which case, with all that are read with it, and who reads. `vault`: they open the words."""

    case: Case
    ids: frozenset[str]
    who: SignedIn
    standing: frozenset[Relation]
    at: datetime
    in_english: bool = False
    vault: Vault | None = None

    def shows(self, field: Field) -> bool:
        """Whether all of a field is shown."""
        return what_is_shown(self.who.roles, self.standing)[field] is HowMuch.SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHead:
    """That it is there, and who has it. `due_on`: the day of the next step of the plan."""

    id: str
    number: str
    state: str
    result: str
    opened_as: str
    opened_at: datetime
    closed_at: datetime | None
    line: str
    station_id: str
    station: str
    owner_id: str
    owner: str
    place: str
    due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTold:
    """What belongs to it. `name`: an escalation's number, or a call's line; `path`: its page."""

    id: str
    kind: str
    name: str
    state: str
    at: datetime
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTold:
    """All that is shown to this reader; an empty list also stands for what is not theirs."""

    head: CaseHead
    people: Sequence[PersonSeen]
    plan: Sequence[StepSeen]
    links: Sequence[LinkTold]
    story: Sequence[CaseStoryDay]


async def case_told(work: Work, reading: CaseFor) -> CaseTold:
    """Everything, in the present language."""
    return CaseTold(
        head=await head_of(work, reading),
        people=await people_told(work, reading),
        plan=await plan_told(work, reading),
        links=await links_told(work, reading),
        story=await story_told(work, reading),
    )


async def head_of(work: Work, reading: CaseFor) -> CaseHead:
    """Its head."""
    case = reading.case
    line = await work.get_one(Line, case.line_id)
    stations = await station_names(work, [case.station_id or ""], in_english=reading.in_english)
    owner = await work.get(Staff, case.owner_id) if case.owner_id else None
    steps = [one for one in await plan_of(work, reading.ids, at=reading.at) if one.is_open]
    due = next((one for one in steps if one.due_on is not None), None)
    return CaseHead(
        id=case.id,
        number=case.number,
        state=case.state,
        result=case.result,
        opened_as=case.opened_as,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        line=line.name_en if reading.in_english else line.name,
        station_id=case.station_id or "",
        station=stations.get(case.station_id or "", ""),
        owner_id=case.owner_id or "",
        owner="" if owner is None else owner.name,
        place=division_name(case.division),
        due_on=due.due_on if due else None,
        late=case.state == CaseState.OPEN and due is not None and due.late,
    )


async def people_told(work: Work, reading: CaseFor) -> Sequence[PersonSeen]:
    """Those whom this reader may know of."""
    who, standing = reading.who, reading.standing
    return await people_of(work, reading.ids, who, standing, vault=reading.vault)


async def plan_told(work: Work, reading: CaseFor) -> Sequence[StepSeen]:
    """By its days; with its words where it is shown in full and they are opened."""
    vault = reading.vault if reading.shows(Field.PLAN) else None
    return await plan_of(work, reading.ids, at=reading.at, vault=vault)


async def story_told(work: Work, reading: CaseFor) -> Sequence[CaseStoryDay]:
    """By days, the last first."""
    shown = what_is_shown(reading.who.roles, reading.standing)
    reader = StoryFor(
        who=reading.who, shown=shown, in_english=reading.in_english, vault=reading.vault
    )
    return await story_of_case(work, reading.case.id, reading.ids, reader)


async def links_told(work: Work, reading: CaseFor) -> Sequence[LinkTold]:
    """Calls and escalations, with the way to those that this reader may open."""
    if not reading.shows(Field.STORY):
        return []
    return [
        await _call(work, reading, one.id, one.subject_id)
        if one.kind == LinkKind.CALL
        else await _escalation(work, reading, one.id, one.subject_id)
        for one in await links_of(work, reading.ids)
    ]


async def _call(work: Work, reading: CaseFor, link_id: str, call_id: str) -> LinkTold:
    query = select(Call, Line).join(Line, col(Line.id) == col(Call.line_id))
    call, line = (await work.exec(query.where(Call.id == call_id))).one()
    may_see = await may_do(work, call, reading.who, Permission.SEE_CALL)
    return LinkTold(
        id=link_id,
        kind=LinkKind.CALL,
        name=line.name_en if reading.in_english else line.name,
        state=call.state,
        at=call.arrived_at,
        path=f"/calls/{call.id}" if may_see else "",
    )


async def _escalation(work: Work, reading: CaseFor, link_id: str, key: str) -> LinkTold:
    escalation = await work.get_one(Escalation, key)
    try:
        await require_escalation(work, key, reading.who, Permission.SEE_ESCALATION)
        path = f"/escalations/{key}"
    except (Forbidden, NotFound):  # the case is theirs, the alarm is not
        path = ""
    return LinkTold(
        id=link_id,
        kind=LinkKind.ESCALATION,
        name=escalation.number,
        state=escalation.state,
        at=escalation.created_at,
        path=path,
    )
