"""What belongs to a case, and who has it: a colleague, a station."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.calls.service import lock_call
from hotline.cases import belonging
from hotline.cases.model import LinkKind
from hotline.cases.people import NO_REASON
from hotline.cases.queries import require_case, require_line
from hotline.cases.refusals import REFUSALS
from hotline.cases.service import link, lock_open_case
from hotline.escalations.queries import escalation_of_number, require_escalation
from hotline.staff.permissions import Permission
from hotline.web.api.case_people import WhyIn
from hotline.web.api.cases import CaseOut, out
from hotline.web.api.refusals import refuses
from hotline.web.auth import CaseAdder, CaseWorker
from hotline.web.case_acts import act_of
from hotline.web.case_lists import CaseNumber
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/cases/{case_id}", tags=["cases"], route_class=IdempotentRoute)

OTHER = refuses(REFUSALS["other_case"], kind="CaseRefused", reason="other_case")
NOT_THEIRS = refuses(REFUSALS["not_theirs"], kind="CaseRefused", reason="not_theirs")
CLOSED = refuses(REFUSALS["closed"], NO_REASON, kind="CaseRefused", reason="closed")


class CaseLinkIn(BaseModel):
    """The number of an escalation, as it is said on the telephone."""

    number: CaseNumber


class GiveIn(BaseModel):
    """To whom, by id."""

    to: Annotated[str, Field(min_length=1, max_length=80)]


class StationIn(WhyIn):
    """Which station holds it from now on, and why."""

    station: Annotated[str, Field(min_length=1, max_length=80)]


@router.post("/links", responses=OTHER)
async def add(
    backend: BackendDep, work: CommandWork, who: CaseAdder, case_id: str, wanted: CaseLinkIn
) -> CaseOut:
    """An escalation belongs to it, and its call. A call by itself joins from its own page."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    escalation = await escalation_of_number(work, wanted.number)
    await require_escalation(work, escalation.id, who, Permission.NOTE_ESCALATION)
    await lock_call(work, escalation.call_id)  # a flag may be opening a case for it just now
    case, act = await lock_open_case(work, case_id), act_of(backend, who)
    await link(work, case, LinkKind.ESCALATION, escalation.id, by=act.by, at=act.at)
    await link(work, case, LinkKind.CALL, escalation.call_id, by=act.by, at=act.at)
    return out(case)


@router.post("/links/{link_id}/end", responses=CLOSED)
async def take_out(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, link_id: str, why: WhyIn
) -> CaseOut:
    """It does not belong here."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    key = case_id, link_id
    return out(await belonging.take_out(work, act_of(backend, who), key, why.text))


@router.post("/take", responses=NOT_THEIRS)
async def take(backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str) -> CaseOut:
    """I look after it."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    act = act_of(backend, who)
    return out(await belonging.give_to(work, act, case_id, who.staff_id))


@router.post("/give", responses=NOT_THEIRS)
async def give(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, wanted: GiveIn
) -> CaseOut:
    """A colleague of its line, or of the station that holds it, looks after it."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    return out(await belonging.give_to(work, act_of(backend, who), case_id, wanted.to))


@router.post("/station", responses=CLOSED)
async def hand_to_station(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, wanted: StationIn
) -> CaseOut:
    """Another station holds it, by a supervisor of the line."""
    standing = await require_case(work, case_id, who, Permission.WORK_CASE)
    require_line(who, standing, Permission.WORK_CASE)
    act = act_of(backend, who)
    return out(await belonging.hand_to_station(work, act, case_id, wanted.station, wanted.text))
