"""Consents of a case and what was handed over of it, as a part of its page; a child's words."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.calls.queries import may_do, permitted_call
from hotline.cases.consents import calls_of, consent_in, words_read, words_read_of_call
from hotline.cases.queries import require_case, together
from hotline.handovers.consents import live_among
from hotline.handovers.model import (
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
    Purpose,
    RecipientKind,
    ToldHow,
    WithdrawnWho,
)
from hotline.handovers.queries import consents_shown, provisions_of
from hotline.staff.permissions import Permission
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, CasePerson
from hotline.web.case_acts import act_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.case_seen import CaseSeen
from hotline.web.pages.frame import Fragment, FrameDep

router = APIRouter(include_in_schema=False)


async def load_consents(seen: CaseSeen) -> dict[str, Any] | None:
    """Whoever may read the case; no name and no word is in it."""
    if not seen.may(Permission.READ_CASE):
        return None
    calls = await calls_of(seen.work, seen.ids)
    made = await provisions_of(seen.work, seen.ids, calls)
    live = await live_among(seen.work, [one.consent_id for one in made if one.consent_id])
    return {
        "consents": await consents_shown(seen.work, seen.ids, calls),
        "provisions": [(one, one.consent_id is None or one.consent_id in live) for one in made],
        "people": await _people(seen.work, seen.ids),
        "calls": await _calls(seen.work, calls),
        "adds": seen.may(Permission.ADD_TO_CASE),
        "decides": seen.may(Permission.KEEP_RIGHTS),
        "told_choices": list(ToldHow),
        **consent_choices(),
    }


def consent_choices() -> dict[str, Any]:
    """What can be said of a consent."""
    return {
        "givers": list(Giver),
        "relations": list(GiverRelation),
        "hows": list(GivenHow),
        "ages": list(ConsentAge),
        "opinions": list(Opinion),
        "recipients": list(RecipientKind),
        "purposes": list(Purpose),
        "kinds": list(DataKind),
        "withdrawers": list(WithdrawnWho),
    }


async def consents_beside(frame: Fragment, work: Work, call: Call) -> dict[str, Any]:
    """What a call's page shows of what was agreed to in it, to whoever may read its record."""
    if not await may_do(work, call, frame.who, Permission.READ_RECORD):
        return {"may_consent": False}
    return {
        "may_consent": True,
        "may_add_consent": await may_do(work, call, frame.who, Permission.WRITE_RECORD),
        "consents": await consents_shown(work, (), (call.id,)),
        **consent_choices(),
    }


async def _people(work: Work, ids: frozenset[str]) -> list[tuple[str, str]]:
    """By what they are in the case and the masked number: a list is no place for names."""
    query = select(CasePerson.id, CasePerson.phone_masked).where(
        col(CasePerson.case_id).in_(ids), col(CasePerson.left_at).is_(None)
    )
    query = query.where(col(CasePerson.role).in_(("at_risk", "guardian")))
    return list((await work.exec(query.order_by(col(CasePerson.at)))).all())


async def _calls(work: Work, calls: frozenset[str]) -> list[Call]:
    query = select(Call).where(col(Call.id).in_(calls)).order_by(col(Call.arrived_at).desc())
    return list((await work.exec(query)).all())


@router.get("/cases/{case_id}/consents/{consent_id}/words")
async def words(
    frame: FrameDep, backend: BackendDep, work: WorkDep, case_id: str, consent_id: str
) -> HTMLResponse:
    """What the child said to it, or why they were not asked. Each reading leaves a trace."""
    await require_case(work, case_id, frame.who, Permission.READ_CASE)
    ids = await together(work, case_id)
    consent = await consent_in(work, consent_id, ids, await calls_of(work, ids))
    await words_read(work, act_of(backend, frame.who), case_id, consent)
    said = open_cell(backend.vault, consent, "opinion_sealed")
    return frame.page("consent_words.html", words=said, consent=consent, back=f"/cases/{case_id}")


@router.get("/calls/{call_id}/consents/{consent_id}/words")
async def words_beside_call(
    frame: FrameDep, backend: BackendDep, work: WorkDep, call_id: str, consent_id: str
) -> HTMLResponse:
    """The same of a consent that was written down beside a call."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, frame.who, Permission.READ_RECORD)
    consent = await consent_in(work, consent_id, frozenset(), frozenset({call.id}))
    await words_read_of_call(work, act_of(backend, frame.who), call, consent)
    said = open_cell(backend.vault, consent, "opinion_sealed")
    return frame.page("consent_words.html", words=said, consent=consent, back=f"/calls/{call_id}")
