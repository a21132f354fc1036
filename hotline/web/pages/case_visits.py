"""The colour and the visits of one case, as a part of its page; their words if opened."""

from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.cases.queries import require_case, standing_case
from hotline.escalations.model import Level
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.stations.divisions import division_name, places_here
from hotline.storage.tables import Case
from hotline.visits.model import ChildMood, ChildNeed, ChildSeen, VisitPlace
from hotline.visits.queries import open_words, visits_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.case_seen import CaseSeen
from hotline.web.pages.frame import FragmentDep

router = APIRouter(include_in_schema=False)


async def load_visits(seen: CaseSeen) -> dict[str, Any] | None:
    """Everybody who sees the case sees its colour and what is due; no word of a visit."""
    found = await visits_of(seen.work, seen.case.id, at=seen.backend.clock.now())
    return {
        "now_of": found,
        "language": "en" if seen.frame.in_english else "zh",
        "reads": seen.may(Permission.READ_CASE),
        "works": seen.may(Permission.WORK_CASE),
        "proposes": seen.may(Permission.ADD_TO_CASE),
        "confirms": seen.may(Permission.CONFIRM_COLOUR),
        "loosens": seen.may(Permission.LOOSEN_VISITS),
        "divisions": divisions_near(seen.case.division),
        "division_names": {one.division: division_name(one.division) for one in found.visits},
        "seal_key": seen.frame.seal_key,
        "owner": seen.frame.who.staff_id,
        **visit_choices(),
    }


def visit_choices() -> dict[str, Any]:
    """What a visit can be said to be."""
    return {
        "seen_choices": list(ChildSeen),
        "place_choices": get_args(VisitPlace),
        "mood_choices": get_args(ChildMood),
        "need_choices": get_args(ChildNeed),
        "levels": list(Level),
    }


def divisions_near(division: str) -> list[tuple[str, str]]:
    """The case's own first, then those of its city, by code."""
    near = [code for code in places_here() if division and code[:4] == division[:4]]
    codes = dict.fromkeys([*([division] if division else ()), *sorted(near)])
    return [(code, division_name(code)) for code in codes]


@router.get("/cases/{case_id}/visits/words")
async def visit_words(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, case_id: str
) -> HTMLResponse:
    """What was written of visits and colours. Opening it leaves a trace."""
    await require_case(work, case_id, frame.who, Permission.READ_CASE)
    case = await work.get_one(Case, await standing_case(work, case_id))
    reader, at = Actor.of_staff(frame.who.staff_id), backend.clock.now()
    words = await open_words(work, backend.vault, case.id, reader=reader, at=at)
    language = "en" if frame.in_english else "zh"
    return frame.page("visit_words.html", words=words, language=language)
