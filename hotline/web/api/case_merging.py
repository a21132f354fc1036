"""One person, two cases: merged and taken apart by people, each with a reason and a way back."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from hotline.cases import merging, splitting
from hotline.cases.people import NO_REASON
from hotline.cases.queries import require_case
from hotline.cases.refusals import REFUSALS
from hotline.staff.permissions import Permission
from hotline.visits.merged import carry_over
from hotline.web.api.case_people import WhyIn
from hotline.web.api.cases import CaseOut, out
from hotline.web.api.refusals import refuses
from hotline.web.auth import CaseMerger
from hotline.web.case_acts import act_of
from hotline.web.case_lists import CaseNumber
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/cases/{case_id}", tags=["cases"], route_class=IdempotentRoute)

MERGED = refuses(
    REFUSALS["merged_meanwhile"], NO_REASON, kind="CaseRefused", reason="merged_meanwhile"
)
NOTHING = refuses(REFUSALS["nothing_left"], NO_REASON, kind="CaseRefused", reason="nothing_left")
CHANGED = refuses(
    REFUSALS["split_changed"], kind="CaseRefused", reason="split_changed", changed=["people"]
)


class MergeIn(WhyIn):
    """The number of the case that is to go into this one, and why both are of one person."""

    number: CaseNumber


class SplitIn(WhyIn):
    """Which links go into a case of their own, and why."""

    links: Annotated[list[str], Field(min_length=1, max_length=200)]


@router.post("/merge", responses=MERGED)
async def merge(
    backend: BackendDep, work: CommandWork, who: CaseMerger, case_id: str, wanted: MergeIn
) -> CaseOut:
    """The other case goes into this one. Nothing is moved, and it can be taken back at any time.

    What was due first of either is due now, and a graver colour waits to be confirmed.
    """
    await require_case(work, case_id, who, Permission.MERGE_CASE)
    other = await merging.by_number(work, wanted.number)
    await require_case(work, other.id, who, Permission.MERGE_CASE)
    act = act_of(backend, who)
    stands = await merging.merge(work, act, other.id, case_id, wanted.text)
    await carry_over(work, other.id, stands, at=act.at)
    return out(stands)


@router.post("/unmerge", responses=refuses(REFUSALS["not_merged"], kind="CaseRefused"))
async def unmerge(backend: BackendDep, work: CommandWork, who: CaseMerger, case_id: str) -> CaseOut:
    """This case, which went into another, stands by itself again."""
    await require_case(work, case_id, who, Permission.MERGE_CASE)
    return out(await merging.unmerge(work, act_of(backend, who), case_id))


@router.post("/split", responses=NOTHING)
async def split(
    backend: BackendDep, work: CommandWork, who: CaseMerger, case_id: str, wanted: SplitIn
) -> CaseOut:
    """These go into a new case, which is answered."""
    await require_case(work, case_id, who, Permission.MERGE_CASE)
    act = act_of(backend, who)
    return out(await splitting.split(work, act, case_id, wanted.links, wanted.text))


@router.post("/unsplit", responses=CHANGED)
async def unsplit(backend: BackendDep, work: CommandWork, who: CaseMerger, case_id: str) -> CaseOut:
    """What was split off goes back, unless it has gone on by itself: `changed` says by what."""
    await require_case(work, case_id, who, Permission.MERGE_CASE)
    back = await splitting.came_from(work, case_id)
    await require_case(work, back, who, Permission.MERGE_CASE)
    return out(await splitting.undo_split(work, act_of(backend, who), case_id))
