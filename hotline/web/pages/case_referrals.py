"""The part "referrals" of a case's page, the form beside a talk, and what would be handed over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.calls.queries import permitted_call
from hotline.cases.model import CaseState, LinkKind
from hotline.cases.queries import (
    case_of,
    linked_calls,
    require_case,
    standing_case,
    together,
)
from hotline.cases.timeline import keep_trace
from hotline.errors import Invalid
from hotline.handovers.consents import live_consents
from hotline.handovers.model import (
    Article,
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
)
from hotline.referrals.directory import DirectoryPlace, PlaceWanted, directory, fitting
from hotline.referrals.handing import ALWAYS, MAY_BE_HANDED, about_person
from hotline.referrals.model import MayTell, ReferralReason, ReferralState, ReferralUrgency
from hotline.referrals.queries import ReferralRow, referrals_of
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, DataConsent
from hotline.storage.vault import Vault
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.case_seen import CaseSeen
from hotline.web.pages.desk import DeskPartDep
from hotline.web.pages.frame import FragmentDep
from hotline.web.pages.referrals import answers_of

router = APIRouter(include_in_schema=False)

CHOICES: dict[str, list[str]] = {
    "reasons": [one.value for one in ReferralReason],
    "urgencies": [one.value for one in ReferralUrgency],
    "kinds": [one.value for one in MAY_BE_HANDED],
    "may_tell": [one.value for one in MayTell],
    "articles": [one.value for one in Article],
    "givers": [one.value for one in Giver],
    "relations": [one.value for one in GiverRelation],
    "hows": [one.value for one in GivenHow],
    "ages": [one.value for one in ConsentAge],
    "opinions": [one.value for one in Opinion],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralShown:
    """One referral in the part, with its sealed words opened, and where else somebody could go."""

    row: ReferralRow
    words: str
    told: str
    answers: dict[str, Any]
    others: Collection[DirectoryPlace] = ()


async def load_referrals(seen: CaseSeen) -> dict[str, Any] | None:
    """For whoever may refer. The words of a receiver are read with it, which leaves a trace."""
    if not seen.may(Permission.ADD_TO_CASE):
        return None
    work, vault, at = seen.work, seen.backend.vault, seen.backend.clock.now()
    rows = await referrals_of(work, seen.ids)
    if any(row.referral.result_sealed or row.referral.words_sealed for row in rows):
        by = Actor.of_staff(seen.frame.who.staff_id)
        keep_trace(work, seen.case.id, ("referrals",), by=by, at=at)
    form = await form_for(work, seen.ids, seen.case.division, at=at)
    return {
        "referrals": [_shown(vault, row, form["places"]) for row in rows],
        "is_open": seen.case.state == CaseState.OPEN,
        "form": form,
        "command": f"/cases/{seen.case.id}/referrals",
        "preview": f"/cases/{seen.case.id}/handed",
    }


def _shown(vault: Vault, row: ReferralRow, places: Collection[DirectoryPlace]) -> ReferralShown:
    referral = row.referral
    declined = referral.state == ReferralState.DECLINED
    others = fitting(places, but=referral.place_id) if declined else ()
    return ReferralShown(
        row=row,
        words=open_cell(vault, referral, "words_sealed"),
        told=open_cell(vault, referral, "result_sealed"),
        answers=answers_of(referral),
        others=others,
    )


async def form_for(
    work: Work, case_ids: Collection[str], division: str, *, at: datetime
) -> dict[str, Any]:
    """What may be chosen in the form, the nearest place first."""
    calls = await linked_calls(work, case_ids) if case_ids else []
    query = select(Call.id, Call.arrived_at).where(col(Call.id).in_(calls))
    told = (await work.exec(query.order_by(col(Call.arrived_at).desc()))).all()
    consents: list[DataConsent] = []
    if case_ids:
        consents = await live_consents(work, *case_ids, calls=calls)
    return {
        **CHOICES,
        "places": await directory(work, PlaceWanted(division=division), at=at),
        "consents": consents,
        "calls": told,
    }


@router.get("/cases/{case_id}/handed")
async def handed(
    frame: FragmentDep,
    backend: BackendDep,
    work: WorkDep,
    case_id: str,
    kinds: Annotated[list[DataKind] | None, Query(max_length=9)] = None,
) -> HTMLResponse:
    """Exactly what a receiver would see. Reading it leaves a trace."""
    await require_case(work, case_id, frame.who, Permission.ADD_TO_CASE)
    await require_case(work, case_id, frame.who, Permission.READ_CASE)
    standing = await standing_case(work, case_id)
    wanted = [kind for kind in kinds or () if kind in MAY_BE_HANDED]
    refused, found = "", []
    try:
        found = await about_person(work, backend.vault, await together(work, standing), wanted)
    except Invalid as fault:
        refused = fault.public
    by = Actor.of_staff(frame.who.staff_id)
    at = backend.clock.now()
    keep_trace(work, standing, ("handed",), by=by, at=at, handed_kinds=wanted)
    return frame.page(
        "referral_handed.html",
        handed=found,
        refused=refused,
        with_words=DataKind.STORY in wanted,
        always=ALWAYS.value,
        missing=_missing(wanted, [one.kind for one in found]),
    )


def _missing(wanted: Collection[DataKind], found: Collection[str]) -> list[str]:
    return [one.value for one in wanted if one is not DataKind.STORY and one.value not in found]


@router.get("/desk/calls/{call_id}/refer")
async def refer_beside_talk(
    frame: DeskPartDep,
    backend: BackendDep,
    work: WorkDep,
    call_id: str,
    place: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The form beside a talk. The case of the call is opened by sending it, and not before."""
    call = await permitted_call(
        work, await work.get(Call, call_id), frame.who, Permission.READ_RECORD
    )
    case_id = await case_of(work, LinkKind.CALL, call.id)
    ids = await together(work, case_id) if case_id else frozenset()
    form = await form_for(work, ids, call.place_code, at=backend.clock.now())
    return frame.page(
        "refer_beside.html",
        form=form,
        chosen=place,
        command=f"/calls/{call.id}/referrals",
        preview=f"/cases/{case_id}/handed" if case_id else "",
    )
