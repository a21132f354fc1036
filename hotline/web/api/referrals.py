"""Referrals: sent from a case or beside a talk, answered by the receiver, taken back."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, field_validator

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.model import OpenedAs
from hotline.cases.queries import require_case, standing_case, together
from hotline.cases.service import Opening, case_for_call
from hotline.cases.timeline import CaseAct
from hotline.errors import Invalid
from hotline.handovers.model import (
    Article,
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
)
from hotline.referrals.access import require_answerer, require_sender
from hotline.referrals.acts import (
    ReferralOutcome,
    accept,
    appoint,
    bring_result,
    decline,
    note_came,
    note_not_come,
    settle,
    withdraw,
)
from hotline.referrals.grounds import (
    WHO_CONSENTS,
    NewConsent,
    by_consent,
    by_emergency,
    by_law,
    by_new_consent,
)
from hotline.referrals.handing import MAY_BE_HANDED, Grounds
from hotline.referrals.model import (
    DeclineReason,
    MayTell,
    ReferralProposal,
    ReferralReason,
    ReferralResult,
    ReferralUrgency,
)
from hotline.referrals.service import GONE, NewReferral, advise, refer
from hotline.staff.model import Role
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Case, Referral, ReferralPlace
from hotline.web.auth import CallReader, CaseAdder
from hotline.web.case_acts import act_of
from hotline.web.deps import Backend, BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import MomentHere

router = APIRouter(tags=["referrals"], route_class=IdempotentRoute)

ReferralWords = Annotated[str, Field(max_length=2000)]
ADVISED = "advised"


class ReferIn(BaseModel):
    """Where to and why. `ground`: `advised`, where nothing is handed over; the id of a consent;
    `new`, with the fields of one; `statutory_duty`, with `article`; or `emergency`."""

    place: Annotated[str, Field(max_length=40)]
    reason: ReferralReason
    text: ReferralWords = ""
    urgency: ReferralUrgency = ReferralUrgency.PLANNED
    kinds: list[DataKind] = Field(default=[], max_length=len(MAY_BE_HANDED))
    may_tell: MayTell = MayTell.CAME_ONLY
    ground: Annotated[str, Field(max_length=40)]
    instead_of: Annotated[str, Field(max_length=40)] | None = None
    article: Article | None = None
    given_by: Giver | None = None
    relation: GiverRelation | None = None
    how: GivenHow | None = None
    age: ConsentAge | None = None
    said_in: Annotated[str, Field(max_length=40)] | None = None
    opinion: Opinion | None = None
    opinion_text: ReferralWords = ""

    @field_validator("kinds")
    @classmethod
    def _only_these(cls, kinds: list[DataKind]) -> list[DataKind]:
        if not set(kinds) <= set(MAY_BE_HANDED):
            raise ValueError("not handed over with a referral")
        return kinds

    def new_consent(self) -> NewConsent:
        """Raises `Invalid` where it is not whole."""
        if not (self.given_by and self.relation and self.how and self.age):
            raise Invalid(WHO_CONSENTS)
        return NewConsent(
            given_by=self.given_by,
            relation=self.relation,
            how=self.how,
            age=self.age,
            call_id=self.said_in,
            opinion=self.opinion,
            opinion_words=self.opinion_text,
        )


class ReferralOut(BaseModel):
    """How it stands after the command."""

    id: str
    case_id: str
    state: str


class AppointmentIn(BaseModel):
    """`appointment_at`: without a zone, as clocks show it here."""

    appointment_at: MomentHere | None = None


class DeclineIn(BaseModel):
    """Why not."""

    code: DeclineReason
    text: ReferralWords = ""


class ResultIn(BaseModel):
    """How it went, and what should follow."""

    result: ReferralResult
    text: ReferralWords = ""
    proposal: ReferralProposal = ReferralProposal.NOTHING


class WithdrawIn(BaseModel):
    """Why it is taken back."""

    text: ReferralWords


@router.post("/cases/{case_id}/referrals", status_code=201)
async def refer_from_case(
    backend: BackendDep, work: CommandWork, who: CaseAdder, case_id: str, wanted: ReferIn
) -> ReferralOut:
    """Refer, or note that somebody was advised to go. Refused where nothing carries it."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    case = await work.get_one(Case, await standing_case(work, case_id))
    return await _refer(backend, work, who, case, wanted)


@router.post("/calls/{call_id}/referrals", status_code=201)
async def refer_from_call(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: ReferIn
) -> ReferralOut:
    """The same beside a talk: the case of this call, opened where there is none."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.READ_RECORD)
    act = act_of(backend, who)
    opening = Opening(opened_as=OpenedAs.BY_HAND, station_id=None, by=act.by, at=act.at)
    case = await case_for_call(work, call, opening)
    await require_case(work, case.id, who, Permission.ADD_TO_CASE)
    wanted = wanted.model_copy(update={"said_in": wanted.said_in or call.id})
    return await _refer(backend, work, who, case, wanted)


async def _refer(
    backend: Backend, work: Work, who: SignedIn, case: Case, wanted: ReferIn
) -> ReferralOut:
    act = act_of(backend, who)
    new = NewReferral(
        place_id=wanted.place,
        reason=wanted.reason,
        words=wanted.text,
        urgency=wanted.urgency,
        kinds=frozenset(wanted.kinds),
        may_tell=wanted.may_tell,
        instead_of=wanted.instead_of,
    )
    if wanted.ground == ADVISED:
        return out(await advise(work, act, case.id, new))
    grounds = await _grounds(work, act, who, case, wanted)
    return out(await refer(work, act, case.id, new, grounds))


async def _grounds(work: Work, act: CaseAct, who: SignedIn, case: Case, wanted: ReferIn) -> Grounds:
    match wanted.ground:
        case "statutory_duty":
            return by_law(wanted.article)
        case "emergency":
            supervisor = who.staff_id if who.is_a(Role.SUPERVISOR) else None
            ids = await together(work, case.id)
            return await by_emergency(work, ids, supervisor_id=supervisor)
        case "new":
            place = await work.get(ReferralPlace, wanted.place)
            if place is None:
                raise Invalid(GONE)
            said = wanted.new_consent()
            all_ids = [case.id, *await together(work, case.id) - {case.id}]
            return await by_new_consent(
                work, act, said, case_ids=all_ids, place=place, kinds=wanted.kinds
            )
        case consent_id:
            return await by_consent(work, consent_id)


@router.post("/referrals/{referral_id}/accept")
async def accept_referral(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str, when: AppointmentIn
) -> ReferralOut:
    """The receiver takes it; or said so on the telephone to whoever referred."""
    await require_answerer(work, referral_id, who)
    return out(await accept(work, act_of(backend, who), referral_id, when.appointment_at))


@router.post("/referrals/{referral_id}/decline")
async def decline_referral(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str, why: DeclineIn
) -> ReferralOut:
    """The receiver does not take it."""
    await require_answerer(work, referral_id, who, is_news=False)
    return out(await decline(work, act_of(backend, who), referral_id, why.code, why.text))


@router.post("/referrals/{referral_id}/appointment")
async def appoint_referral(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str, when: AppointmentIn
) -> ReferralOut:
    """A first time, or another one."""
    await require_answerer(work, referral_id, who)
    return out(await appoint(work, act_of(backend, who), referral_id, when.appointment_at))


@router.post("/referrals/{referral_id}/came")
async def came(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str
) -> ReferralOut:
    """They were there."""
    await require_answerer(work, referral_id, who)
    return out(await note_came(work, act_of(backend, who), referral_id))


@router.post("/referrals/{referral_id}/not-come")
async def not_come(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str
) -> ReferralOut:
    """They did not come."""
    await require_answerer(work, referral_id, who)
    return out(await note_not_come(work, act_of(backend, who), referral_id))


@router.post("/referrals/{referral_id}/result")
async def result(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str, how: ResultIn
) -> ReferralOut:
    """How it went, as far as the consent goes."""
    await require_answerer(work, referral_id, who)
    outcome = ReferralOutcome(result=how.result, words=how.text, proposal=how.proposal)
    return out(await bring_result(work, act_of(backend, who), referral_id, outcome))


@router.post("/referrals/{referral_id}/withdraw")
async def withdraw_referral(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str, why: WithdrawIn
) -> ReferralOut:
    """Whoever referred takes it back."""
    await require_sender(work, referral_id, who)
    return out(await withdraw(work, act_of(backend, who), referral_id, why.text))


@router.post("/referrals/{referral_id}/settle")
async def settle_referral(
    backend: BackendDep, work: CommandWork, who: CaseAdder, referral_id: str
) -> ReferralOut:
    """What was declined needs no other place."""
    await require_sender(work, referral_id, who)
    return out(await settle(work, act_of(backend, who), referral_id))


def out(referral: Referral) -> ReferralOut:
    """As every command answers."""
    return ReferralOut(id=referral.id, case_id=referral.case_id, state=referral.state)
