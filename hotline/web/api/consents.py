"""Consents of a case or of a call: given, withdrawn, listed; and what a child said to one."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.consents import (
    ConsentSaid,
    calls_of,
    give_in_call,
    give_in_case,
    withdraw_in_call,
    withdraw_in_case,
)
from hotline.cases.queries import require_case, together
from hotline.handovers.consents import WITHDRAWN
from hotline.handovers.model import (
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
    Purpose,
    RecipientKind,
    Scope,
    WithdrawnWho,
)
from hotline.handovers.queries import DataConsentShown, consents_shown
from hotline.handovers.refusals import SENTENCES, WhyRefused
from hotline.staff.permissions import Permission
from hotline.storage.tables import Call
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader, CaseAdder, CaseReader
from hotline.web.case_acts import act_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import Moment

router = APIRouter(tags=["consents"], route_class=IdempotentRoute)

NO_SCOPE = SENTENCES[WhyRefused.NO_SCOPE]
ConsentChosen = Annotated[str, Field(max_length=64)]


class ConsentIn(BaseModel):
    """Who agreed, how and when, and how far it goes.

    `person`: who of the case; empty: the caller. `said_in`: the call, where it was said in one;
    at a call, that one. `given_at`: empty, now. `opinion`: of the child, beside a guardian's
    consent; `opinion_words`: their own, or why they were not asked.
    """

    given_by: Giver
    relation: GiverRelation
    how: GivenHow
    age: ConsentAge
    recipients: list[RecipientKind] = Field(min_length=1)
    purposes: list[Purpose] = Field(min_length=1)
    kinds: list[DataKind] = Field(min_length=1)
    person: ConsentChosen = ""
    said_in: ConsentChosen = ""
    given_at: Moment | None = None
    opinion: Opinion | None = None
    opinion_words: str = Field(default="", max_length=1000)

    def said(self, at: datetime, *, here: str = "") -> ConsentSaid:
        """`here`: the call beside which it is written."""
        said_in = self.said_in or here
        return ConsentSaid(
            given_by=self.given_by,
            relation=self.relation,
            how=self.how,
            given_at=self.given_at or at,
            age=self.age,
            scope=Scope.of(self.recipients, self.purposes, self.kinds),
            person_id=self.person or None,
            said_in_id=(said_in or None) if self.how is GivenHow.SAID else None,
            opinion=self.opinion,
            opinion_words=self.opinion_words,
        )


class WithdrawalIn(BaseModel):
    """Who took it back, and when: empty, now."""

    who: WithdrawnWho
    withdrawn_at: Moment | None = None


class ConsentOut(BaseModel):
    """How it stands after the command."""

    id: str
    withdrawn_at: datetime | None


@router.post("/cases/{case_id}/consents", responses=refuses(WITHDRAWN, NO_SCOPE))
async def give(
    backend: BackendDep, work: CommandWork, who: CaseAdder, case_id: str, told: ConsentIn
) -> ConsentOut:
    """Somebody agrees that data about the person at risk go to others."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    act = act_of(backend, who)
    consent = await give_in_case(work, act, case_id, told.said(act.at))
    return ConsentOut(id=consent.id, withdrawn_at=consent.withdrawn_at)


@router.post(
    "/cases/{case_id}/consents/{consent_id}/withdraw", responses=refuses(WITHDRAWN, NO_SCOPE)
)
async def withdraw(
    backend: BackendDep,
    work: CommandWork,
    who: CaseAdder,
    case_id: str,
    consent_id: str,
    told: WithdrawalIn,
) -> ConsentOut:
    """It is taken back: what stood on it ends, what was handed over before stays written."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    act = act_of(backend, who)
    at = told.withdrawn_at or act.at
    consent = await withdraw_in_case(work, act, case_id, consent_id, who=told.who, withdrawn_at=at)
    return ConsentOut(id=consent.id, withdrawn_at=consent.withdrawn_at)


@router.get("/cases/{case_id}/consents")
async def listed(work: WorkDep, who: CaseReader, case_id: str) -> list[DataConsentShown]:
    """All of them, the newest first, without a word of what anybody said."""
    await require_case(work, case_id, who, Permission.READ_CASE)
    ids = await together(work, case_id)
    return await consents_shown(work, ids, await calls_of(work, ids))


@router.post("/calls/{call_id}/consents", responses=refuses(WITHDRAWN, NO_SCOPE))
async def give_beside_call(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, told: ConsentIn
) -> ConsentOut:
    """The same in a call, with or without a case. Whoever writes its record may."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    act = act_of(backend, who)
    consent = await give_in_call(work, act, call, told.said(act.at, here=call.id))
    return ConsentOut(id=consent.id, withdrawn_at=consent.withdrawn_at)


@router.post(
    "/calls/{call_id}/consents/{consent_id}/withdraw", responses=refuses(WITHDRAWN, NO_SCOPE)
)
async def withdraw_beside_call(
    backend: BackendDep,
    work: CommandWork,
    who: CallReader,
    call_id: str,
    consent_id: str,
    told: WithdrawalIn,
) -> ConsentOut:
    """It is taken back."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    act = act_of(backend, who)
    at = told.withdrawn_at or act.at
    consent = await withdraw_in_call(work, act, call, consent_id, who=told.who, withdrawn_at=at)
    return ConsentOut(id=consent.id, withdrawn_at=consent.withdrawn_at)


@router.get("/calls/{call_id}/consents")
async def listed_beside_call(
    work: WorkDep, who: CallReader, call_id: str
) -> list[DataConsentShown]:
    """Those that were written down beside this call."""
    call = await permitted_call(work, await work.get(Call, call_id), who, Permission.READ_RECORD)
    return await consents_shown(work, (), (call.id,))
