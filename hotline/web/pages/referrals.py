"""Referrals beside their cases: those one sent or was sent, the directory, and the numbers."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from hotline.cases.timeline import CaseAct
from hotline.errors import Forbidden, Invalid
from hotline.i18n.material_words import MATERIAL_WORDS
from hotline.materials.receivers import ReceiverNeed
from hotline.referrals.access import require_receiver
from hotline.referrals.directory import PlaceWanted, directory
from hotline.referrals.handing import Handed, is_carried, open_document
from hotline.referrals.measures import as_csv, measures
from hotline.referrals.model import (
    WITH_RECEIVER,
    DeclineReason,
    MayTell,
    ReferralProposal,
    ReferralResult,
)
from hotline.referrals.queries import sent_by, sent_to
from hotline.referrals.telling import tell_of
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, may_anywhere, through
from hotline.stations.divisions import find_division
from hotline.storage.session import Work
from hotline.storage.tables import Referral, ReferralPlace
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(prefix="/referrals", include_in_schema=False)

MEASURED_DAYS, LONGEST_DAYS = 90, 1100
KINDS = tuple(MATERIAL_WORDS["place_kind"])


@router.get("")
async def referrals(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """What came to one's body, and what one sent."""
    frame.require(Permission.ADD_TO_CASE)
    return frame.page("referrals.html", **await _listed(frame, work))


@router.get("/live")
async def referrals_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The lists alone."""
    frame.require(Permission.ADD_TO_CASE)
    return frame.page("referrals_live.html", **await _listed(frame, work))


async def _listed(frame: Fragment, work: Work) -> dict[str, Any]:
    return {
        "came": await sent_to(work, frame.who),
        "sent": await sent_by(work, frame.who),
        "receives": bool(through(frame.who.roles, Permission.ANSWER_REFERRAL)),
    }


class PlacesAsked(BaseModel):
    """As the form asks. Empty: all."""

    place: str = Field(default="", max_length=40)
    kind: str = Field(default="", max_length=20)
    need: str = Field(default="", max_length=20)
    open_now: str = Field(default="", max_length=5)


@router.get("/places")
async def places(
    frame: FrameDep,
    backend: BackendDep,
    work: WorkDep,
    asked: Annotated[PlacesAsked, Query()],
) -> HTMLResponse:
    """The directory, for everybody who may refer; administrators see what is stale."""
    sets_up = may_anywhere(frame.who.roles, Permission.SET_UP)
    if not sets_up and not may_anywhere(frame.who.roles, Permission.ADD_TO_CASE):
        raise Forbidden
    division, unknown = division_of(asked.place)
    wanted = PlaceWanted(
        division=division, kind=asked.kind, need=asked.need, open_now=bool(asked.open_now)
    )
    found = await directory(work, wanted, at=backend.clock.now())
    return frame.page(
        "referral_places.html",
        places=found,
        stale=[one for one in found if one.is_stale] if sets_up else [],
        sets_up=sets_up,
        asked=asked,
        unknown_place=unknown,
        kinds=KINDS,
        needs=[one.value for one in ReceiverNeed],
    )


def division_of(place: str) -> tuple[str, bool]:
    """By its name, as people write it; whether there is no such place."""
    if not place.strip():
        return "", False
    try:
        return find_division(place), False
    except Invalid:
        return "", True


@router.get("/measures")
async def measured(
    frame: FrameDep,
    backend: BackendDep,
    work: WorkDep,
    days: Annotated[int, Query(ge=1, le=LONGEST_DAYS)] = MEASURED_DAYS,
) -> HTMLResponse:
    """How each receiver answers: numbers alone."""
    frame.require(Permission.COUNT_CASES, by=Relation.LINE)
    now = backend.clock.now()
    rows = await measures(work, frame.who.lines, since=now - timedelta(days=days), until=now)
    return frame.page("referral_measures.html", rows=rows, days=days)


@router.get("/measures.csv")
async def measured_csv(
    frame: FragmentDep,
    backend: BackendDep,
    work: WorkDep,
    days: Annotated[int, Query(ge=1, le=LONGEST_DAYS)] = MEASURED_DAYS,
) -> Response:
    """The same for a spreadsheet."""
    frame.require(Permission.COUNT_CASES, by=Relation.LINE)
    now = backend.clock.now()
    rows = await measures(work, frame.who.lines, since=now - timedelta(days=days), until=now)
    text = as_csv(rows, language="en" if frame.in_english else "zh")
    headers = {"Content-Disposition": 'attachment; filename="referrals.csv"'}
    # A mark at the beginning, since spreadsheets here read Chinese only with it.
    return Response(f"\ufeff{text}", media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{referral_id}")
async def referral(
    frame: FrameDep, backend: BackendDep, work: WorkDep, referral_id: str
) -> HTMLResponse:
    """One that was sent to the reader's body. Reading it leaves a trace."""
    frame.require(Permission.ANSWER_REFERRAL)
    found = await require_receiver(work, referral_id, frame.who)
    shown = found.state in WITH_RECEIVER and await is_carried(work, found)
    handed: list[Handed] = []
    if shown:
        by, at = Actor.of_staff(frame.who.staff_id), backend.clock.now()
        act = CaseAct(vault=backend.vault, by=by, at=at)
        handed = open_document(backend.vault, found)
        await tell_of(work, act, found, "referral.read", handed_kinds=found.kinds)
    place = await work.get_one(ReferralPlace, found.place_id)
    values = {"referral": found, "place": place, "handed": handed, "shown": shown}
    return frame.page("referral.html", **values, **answers_of(found))


def answers_of(referral: Referral) -> dict[str, Any]:
    """What may be chosen in the forms of an answer: no more than the consent covers."""
    results = [ReferralResult.SEEN] if referral.may_tell == MayTell.CAME_ONLY else ReferralResult
    return {
        "declines": [one.value for one in DeclineReason],
        "results": [one.value for one in results],
        "proposals": [one.value for one in ReferralProposal],
        "takes_words": referral.may_tell == MayTell.WORDS,
    }
