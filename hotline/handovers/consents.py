"""A consent is given and taken back; what it carries as long as it lives.

Nothing is told when one is withdrawn: whoever stands on it asks whether it lives. Who is asked to
give one, and what stands in the timeline of a case, is the business of `cases.consents`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import col, select

from hotline.errors import IllegalMove, NotFound
from hotline.handovers.model import (
    ConsentAge,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
    Scope,
    WithdrawnWho,
    needs_guardian,
)
from hotline.handovers.refusals import WhyRefused, refused
from hotline.staff.actor import Actor
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import DataConsent, GuardianBlock
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

WITHDRAWN = "This consent was withdrawn already."


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenConsent:
    """What was said, by whom and how far it goes. Of a case, or of a call that has none.

    `person_id`: who of the case; None: the caller. `giver_index`: `Vault.index` of a guardian's
    number, where it is known. `opinion_words`: the child's own, or why they were not asked.
    """

    case_id: str | None
    call_id: str | None
    given_by: Giver
    relation: GiverRelation
    how: GivenHow
    given_at: datetime
    age: ConsentAge
    scope: Scope
    person_id: str | None = None
    giver_index: str = ""
    said_in_id: str | None = None
    opinion: Opinion | None = None
    opinion_words: str = ""

    def check(self, *, at: datetime) -> None:
        """Raises `HandOverRefused` with what is missing."""
        if self.given_at > at:
            raise refused(WhyRefused.IN_THE_FUTURE)
        if not (self.scope.recipients and self.scope.purposes and self.scope.kinds):
            raise refused(WhyRefused.NO_SCOPE)
        if self.how is GivenHow.SAID and self.said_in_id is None:
            raise refused(WhyRefused.WHICH_CALL)
        if (self.given_by is Giver.PERSON) != (self.relation is GiverRelation.SELF):
            raise refused(WhyRefused.WRONG_SELF)
        self._check_opinion()

    def _check_opinion(self) -> None:
        if self.given_by is Giver.GUARDIAN and self.opinion is None:
            raise refused(WhyRefused.NOT_HEARD)
        if self.opinion is Opinion.NOT_ASKED and not self.opinion_words.strip():
            raise refused(WhyRefused.WHY_NOT_ASKED)


async def give(
    work: Work, vault: Vault, given: GivenConsent, *, by: Actor, at: datetime
) -> DataConsent:
    """Keep it. Raises `HandOverRefused` where something that makes it one is missing."""
    given.check(at=at)
    consent = DataConsent(
        id=new_id(),
        case_id=given.case_id,
        call_id=given.call_id,
        given_by=given.given_by,
        person_id=given.person_id,
        relation=given.relation,
        giver_index=given.giver_index,
        how=given.how,
        said_in_id=given.said_in_id,
        given_at=given.given_at,
        age=given.age,
        recipients=sorted(given.scope.recipients),
        purposes=sorted(given.scope.purposes),
        kinds=sorted(given.scope.kinds),
        opinion=given.opinion or "",
        by=str(by),
        at=at,
    )
    if given.opinion_words.strip():
        consent.opinion_sealed = seal_cell(
            vault, consent, "opinion_sealed", given.opinion_words.strip()
        )
    work.add(consent)
    await work.flush()
    return consent


async def withdraw(
    work: Work,
    consent_id: str,
    *,
    who: WithdrawnWho,
    withdrawn_at: datetime,
    by: Actor,
    at: datetime,
) -> DataConsent:
    """It carries nothing from now on; what was handed over before stays in the ledger.

    `withdrawn_at`: when they said so. Raises `NotFound`, `IllegalMove`, `HandOverRefused`.
    """
    consent = await lock_consent(work, consent_id)
    if consent.withdrawn_at is not None:
        raise IllegalMove(WITHDRAWN)
    if withdrawn_at > at:
        raise refused(WhyRefused.IN_THE_FUTURE)
    if withdrawn_at < consent.given_at:
        raise refused(WhyRefused.BEFORE_GIVEN)
    consent.withdrawn_at, consent.withdrawn_known_at = withdrawn_at, at
    consent.withdrawn_who, consent.withdrawn_by = who, str(by)
    return consent


async def lock_consent(work: Work, consent_id: str) -> DataConsent:
    """Held until the unit ends, so that it is not withdrawn meanwhile. Raises `NotFound`."""
    query = select(DataConsent).where(DataConsent.id == consent_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def live_consents(
    work: Work, *case_ids: str, calls: Collection[str] = ()
) -> list[DataConsent]:
    """Those that carry something now, the newest first.

    `case_ids`: all that are read together; `calls`: theirs, for what was said before there was a
    case. Not of a guardian who is suspected; not of a child who needs a guardian's.
    """
    query = select(DataConsent).where(of_any(case_ids, calls), lives())
    found = (
        await work.exec(query.order_by(col(DataConsent.given_at).desc(), col(DataConsent.id)))
    ).all()
    return [one for one in found if carries(one)]


async def is_live(work: Work, consent_id: str) -> bool:
    """Whether what stands on it may go on."""
    return bool(await live_among(work, [consent_id]))


async def live_among(work: Work, consent_ids: Collection[str]) -> frozenset[str]:
    """Those of them on which something may go on. One statement."""
    query = select(DataConsent).where(col(DataConsent.id).in_(consent_ids), lives())
    return frozenset(one.id for one in (await work.exec(query)).all() if carries(one))


def carries(consent: DataConsent) -> bool:
    """Whether it can carry anything by itself: a child under 14 needs a guardian's beside it."""
    return consent.given_by == Giver.GUARDIAN or not needs_guardian(consent.age)


def scope_of(consent: DataConsent) -> Scope:
    """How far it goes."""
    return Scope.of(consent.recipients, consent.purposes, consent.kinds)


def of_any(case_ids: Sequence[str], calls: Collection[str] = ()) -> ColumnElement[bool]:
    """Of one of these cases or calls."""
    return or_(col(DataConsent.case_id).in_(case_ids), col(DataConsent.call_id).in_(calls))


def lives() -> ColumnElement[bool]:
    """Not withdrawn, and not given by a guardian who is suspected of the harm by now."""
    same = (col(GuardianBlock.person_id) == col(DataConsent.person_id)) | (
        (col(DataConsent.giver_index) != "")
        & (col(GuardianBlock.number_index) == col(DataConsent.giver_index))
    )
    suspected = exists().where(
        col(GuardianBlock.lifted_at).is_(None), same, col(DataConsent.given_by) == Giver.GUARDIAN
    )
    return col(DataConsent.withdrawn_at).is_(None) & ~suspected
