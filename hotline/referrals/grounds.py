"""What a hand-over stands on, as somebody chose it: a consent there is, a new one, a law.

`new`: a consent recorded in the same act, for exactly this body, this purpose and these data.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hotline.cases.queries import linked_calls
from hotline.cases.timeline import CaseAct, tell
from hotline.errors import Invalid
from hotline.escalations.cases import open_flag_of
from hotline.handovers.consents import GivenConsent, give
from hotline.handovers.model import (
    Article,
    Basis,
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
    Scope,
)
from hotline.referrals.handing import ALWAYS, Grounds, body_of
from hotline.storage.session import Work
from hotline.storage.tables import DataConsent, ReferralPlace

WHO_CONSENTS = "Say who consented, what they are to the person, and how they said so."
WHICH_CALL = "Choose a call of this case, or another way in which the consent was given."
WHICH_LAW = "Name the law that commands this."
NO_CONSENT = "This consent is not there any more: choose another, or record a new one."
BY_GIVER = {Giver.PERSON.value: Basis.CONSENT, Giver.GUARDIAN.value: Basis.GUARDIAN_CONSENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """What was said, as the form has it. `call_id`: in which call, where it was said."""

    given_by: Giver
    relation: GiverRelation
    how: GivenHow
    age: ConsentAge
    call_id: str | None = None
    opinion: Opinion | None = None
    opinion_words: str = ""


async def by_consent(work: Work, consent_id: str) -> Grounds:
    """A consent of the case. Whether it carries this hand-over is for the ledger to say."""
    consent = await work.get(DataConsent, consent_id)
    if consent is None:
        raise Invalid(NO_CONSENT)
    return Grounds(basis=BY_GIVER[consent.given_by], consent_id=consent.id)


async def by_new_consent(
    work: Work,
    act: CaseAct,
    said: NewConsent,
    *,
    case_ids: Sequence[str],
    place: ReferralPlace,
    kinds: Collection[DataKind],
) -> Grounds:
    """Recorded in the unit of work of the referral: without the one there is not the other.

    `case_ids`: the case that stands, then all that are read with it.
    """
    if said.call_id is not None and said.call_id not in await linked_calls(work, case_ids):
        raise Invalid(WHICH_CALL)
    body, purpose = body_of(place)
    given = GivenConsent(
        case_id=case_ids[0],
        call_id=said.call_id,
        given_by=said.given_by,
        relation=said.relation,
        how=said.how,
        given_at=act.at,
        age=said.age,
        scope=Scope.of([body], [purpose], {*kinds, ALWAYS}),
        said_in_id=said.call_id if said.how is GivenHow.SAID else None,
        opinion=said.opinion,
        opinion_words=said.opinion_words,
    )
    consent = await give(work, act.vault, given, by=act.by, at=act.at)
    tell(work, case_ids[0], "consent.given", at=act.at, actor=act.by, consent=consent.id)
    return Grounds(basis=BY_GIVER[said.given_by], consent_id=consent.id)


def by_law(article: Article | None) -> Grounds:
    """A statutory duty."""
    if article is None:
        raise Invalid(WHICH_LAW)
    return Grounds(basis=Basis.STATUTORY_DUTY, article=article)


async def by_emergency(
    work: Work, case_ids: Collection[str], *, supervisor_id: str | None
) -> Grounds:
    """An open flag of the case, or a supervisor's word. The ledger refuses where there is neither.

    Whoever it is about is to be told afterwards; the ledger sets by when.
    """
    flagged = await open_flag_of(work, case_ids)
    return Grounds(basis=Basis.EMERGENCY, escalation_id=flagged, supervisor_id=supervisor_id)
