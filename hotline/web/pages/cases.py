"""Cases: which there are, and everything of one."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from hotline.cases.listing import WhichCases, list_cases
from hotline.cases.merging import beside, by_number
from hotline.cases.model import CaseState, OpenedAs
from hotline.cases.people_seen import people_of
from hotline.cases.queries import require_case, standing_case, together
from hotline.cases.timeline import keep_trace
from hotline.errors import Forbidden, NotFound
from hotline.escalations.stations import station_names
from hotline.floor.case_told import head_of
from hotline.i18n.catalog import speaking
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, through
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Case
from hotline.web.case_lists import OPENED, CaseNumber, ListIn
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.case_parts import PARTS
from hotline.web.pages.case_seen import CasePart, CaseSeen
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import language_of

router = APIRouter(include_in_schema=False)
BY_NAME = {part.name: part for part in PARTS}
OFFICERS = (WhichCases.STATION, WhichCases.BELOW)


@router.get("/cases")
async def cases(
    frame: FrameDep, backend: BackendDep, work: WorkDep, asked: Annotated[ListIn, Query()]
) -> HTMLResponse:
    """Those that one may see, by whose they are, how they stand, and their number."""
    frame.require(Permission.SEE_CASE)
    return frame.page("cases.html", **await _list(frame, backend, work, asked))


@router.get("/cases/live")
async def cases_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, asked: Annotated[ListIn, Query()]
) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_CASE)
    return frame.page("cases_live.html", **await _list(frame, backend, work, asked))


async def _list(frame: Fragment, backend: Backend, work: Work, asked: ListIn) -> dict[str, Any]:
    at, who = backend.clock.now(), frame.who
    page = await list_cases(work, who, asked.sought, at=at, after=asked.after)
    fields = asked.model_dump(mode="json", exclude_none=True, exclude={"after"})
    kept = {name: value for name, value in fields.items() if value}
    above = Relation.ABOVE in through(who.roles, Permission.SEE_CASE)
    return {
        "page": page,
        "asked": asked,
        "more": f"/cases?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "whose": [one for one in WhichCases if above or one not in OFFICERS],
        "states": list(CaseState),
        "rules": list(OpenedAs),
        "place": division_name,
    }


@router.get("/cases/{case_id}")
async def case(
    frame: FrameDep, backend: BackendDep, work: WorkDep, case_id: str, *, opened: bool = False
) -> HTMLResponse:
    """One case with all its parts. `opened`: with what people wrote, which leaves a trace."""
    seen = await _seen(frame, backend, work, case_id, opened=opened)
    if opened:
        _trace(seen, OPENED)
    parts = [(one, values) for one in PARTS if (values := await _loaded(one, seen)) is not None]
    return frame.page("case.html", parts=parts, **await _head(seen))


@router.get("/cases/{case_id}/head")
async def case_head(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, case_id: str, *, opened: bool = False
) -> HTMLResponse:
    """What its head says by now; nothing is opened by that."""
    seen = await _seen(frame, backend, work, case_id, opened=opened)
    return frame.page("case_head.html", **await _head(seen))


@router.get("/cases/{case_id}/parts/{name}")
async def case_part(
    frame: FragmentDep,
    backend: BackendDep,
    work: WorkDep,
    case_id: str,
    name: str,
    *,
    opened: bool = False,
) -> HTMLResponse:
    """One part again: something in it has changed. Opened, it is read again, with a trace."""
    seen = await _seen(frame, backend, work, case_id, opened=opened)
    part = BY_NAME.get(name)
    values = await _loaded(part, seen) if part is not None else None
    if part is None or values is None:
        raise NotFound
    if opened:
        _trace(seen, (TRACED[name],) if name in TRACED else ())
    return frame.page("case_part.html", **_of_part(seen, part, values))


TRACED = {"people": "people", "plan": "plan", "history": "story"}
"""Parts in which words are opened, and as what that is written down."""


@router.get("/cases/{case_id}/beside")
async def case_beside(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, case_id: str, number: CaseNumber = ""
) -> HTMLResponse:
    """Another case beside this one, to see whether both are about one person.

    With names, for whoever may read both; of that a trace is left in each.
    """
    await require_case(work, case_id, frame.who, Permission.MERGE_CASE)
    this = await work.get_one(Case, await standing_case(work, case_id))
    try:
        other = await by_number(work, number)
        await require_case(work, other.id, frame.who, Permission.MERGE_CASE)
    except (Forbidden, NotFound):  # which of the two it is, is not theirs to know
        return frame.page("case_beside.html", this=this, both=[], same=False)
    both = [await _beside(frame, backend, work, one) for one in (this, other)]
    ids = [one.station_id or "" for one, _ in both]
    stations = await station_names(work, ids, in_english=frame.in_english)
    same = this.id == other.id
    return frame.page(
        "case_beside.html", this=this, both=both, same=same, stations=stations, place=division_name
    )


async def _beside(frame: Fragment, backend: Backend, work: Work, case: Case) -> tuple[Any, Any]:
    standing = await require_case(work, case.id, frame.who, Permission.READ_CASE)
    at, by = backend.clock.now(), Actor.of_staff(frame.who.staff_id)
    keep_trace(work, case.id, ("beside",), by=by, at=at)
    ids = await together(work, case.id)
    people = await people_of(work, ids, frame.who, standing, vault=backend.vault)
    return await beside(work, case), people


async def _seen(
    frame: Fragment, backend: Backend, work: Work, case_id: str, *, opened: bool
) -> CaseSeen:
    wanted = Permission.READ_CASE if opened else Permission.SEE_CASE
    standing = await require_case(work, case_id, frame.who, wanted)
    found = await work.get_one(Case, await standing_case(work, case_id))
    return CaseSeen(
        frame=frame,
        work=work,
        backend=backend,
        case=found,
        ids=await together(work, found.id),
        standing=standing,
        opened=opened,
    )


async def _loaded(part: CasePart, seen: CaseSeen) -> dict[str, Any] | None:
    """What a part shows, with its sentences in the reader's language."""
    with speaking(language_of(seen.frame.request)):
        return await part.load(seen)


def _trace(seen: CaseSeen, what: tuple[str, ...]) -> None:
    if what:
        by = Actor.of_staff(seen.frame.who.staff_id)
        keep_trace(seen.work, seen.case.id, what, by=by, at=seen.backend.clock.now())


async def _head(seen: CaseSeen) -> dict[str, Any]:
    return {
        "case": seen.case,
        "head": await head_of(seen.work, seen.reading),
        "opened": seen.opened,
        "may_open": seen.may(Permission.READ_CASE),
        "may_work": seen.may(Permission.WORK_CASE),
        "merged_here": len(seen.ids) - 1,
    }


def _of_part(seen: CaseSeen, part: CasePart, values: dict[str, Any]) -> dict[str, Any]:
    return {"case": seen.case, "part": part, "values": values, "opened": seen.opened}
