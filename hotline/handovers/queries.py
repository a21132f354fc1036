"""What was agreed to and handed over: of one case, and the ledger of a line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from hotline.handovers.consents import carries, is_live, live_consents, of_any
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, CaseLink, DataConsent, Provision

UNTOLD = (
    col(Provision.tell_due_at).is_not(None),
    col(Provision.told_at).is_(None),
    col(Provision.not_told_at).is_(None),
)
"""Nobody has told the person yet, and nobody has decided not to."""


async def consents_of(
    work: Work, case_ids: Collection[str], calls: Collection[str] = ()
) -> Sequence[DataConsent]:
    """All of them, withdrawn or not, the newest first."""
    query = select(DataConsent).where(of_any(list(case_ids), calls))
    return (
        await work.exec(query.order_by(col(DataConsent.given_at).desc(), col(DataConsent.id)))
    ).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConsentShown:
    """A consent without a word of what anybody said. `live`: it carries something now.

    `has_words`: the child's own, or why they were not asked, stand sealed beside it.
    """

    id: str
    given_by: str
    person_id: str | None
    relation: str
    how: str
    said_in_id: str | None
    given_at: datetime
    age: str
    recipients: tuple[str, ...]
    purposes: tuple[str, ...]
    kinds: tuple[str, ...]
    opinion: str
    has_words: bool
    live: bool
    needs_guardian: bool
    suspected: bool
    withdrawn_at: datetime | None
    withdrawn_who: str


async def consents_shown(
    work: Work, case_ids: Collection[str], calls: Collection[str] = ()
) -> list[DataConsentShown]:
    """As `consents_of`, for people and for machines."""
    found = await consents_of(work, case_ids, calls)
    live = {one.id for one in await live_consents(work, *case_ids, calls=calls)}
    return [_shown(one, live=one.id in live) for one in found]


def _shown(one: DataConsent, *, live: bool) -> DataConsentShown:
    alone = not carries(one)
    return DataConsentShown(
        id=one.id,
        given_by=one.given_by,
        person_id=one.person_id,
        relation=one.relation,
        how=one.how,
        said_in_id=one.said_in_id,
        given_at=one.given_at,
        age=one.age,
        recipients=tuple(one.recipients),
        purposes=tuple(one.purposes),
        kinds=tuple(one.kinds),
        opinion=one.opinion,
        has_words=one.opinion_sealed != "",
        live=live,
        needs_guardian=alone,
        suspected=not live and not alone and one.withdrawn_at is None,
        withdrawn_at=one.withdrawn_at,
        withdrawn_who=one.withdrawn_who,
    )


async def provisions_of(
    work: Work, case_ids: Collection[str], calls: Collection[str] = ()
) -> Sequence[Provision]:
    """What was handed over of a case, the newest first."""
    of = col(Provision.case_id).in_(case_ids) | col(Provision.call_id).in_(calls)
    query = select(Provision).where(of)
    return (await work.exec(query.order_by(col(Provision.at).desc(), col(Provision.id)))).all()


async def still_stands(work: Work, provision_id: str) -> bool:
    """Whether what goes on because of it may go on: a withdrawn consent carries nothing."""
    provision = await work.get(Provision, provision_id)
    if provision is None or provision.consent_id is None:
        return provision is not None
    return await is_live(work, provision.consent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAsked:
    """Which part of the ledger. Empty words: all."""

    lines: Collection[str]
    since: datetime
    until: datetime
    recipient_kind: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A hand-over, with the number of its case: nothing of whom it is about."""

    provision: Provision
    case_number: str
    line_id: str


async def ledger(work: Work, asked: LedgerAsked) -> list[LedgerRow]:
    """The newest first."""
    wanted = [col(Provision.at) >= asked.since, col(Provision.at) < asked.until]
    if asked.recipient_kind:
        wanted.append(col(Provision.recipient_kind) == asked.recipient_kind)
    if asked.basis:
        wanted.append(col(Provision.basis) == asked.basis)
    return await _rows(work, asked.lines, *wanted)


async def owed(work: Work, lines: Collection[str]) -> list[LedgerRow]:
    """Of whom somebody still has to be told that their data were handed over in an emergency."""
    return sorted(await _rows(work, lines, *UNTOLD), key=_due)


async def owed_by(work: Work, staff_id: str) -> Sequence[tuple[Provision, str]]:
    """Those that this person owes: of their case, or of nobody's that they had a call of.

    Each with the caller's number, masked.
    """
    other = aliased(Call)
    linked = (col(CaseLink.subject_id) == col(other.id)) & (col(CaseLink.kind) == "call")
    had_a_call = exists().where(
        linked,
        col(CaseLink.case_id) == col(Provision.case_id),
        col(CaseLink.ended_at).is_(None),
        col(other.counselor_id) == staff_id,
    )
    answered = (col(Call.counselor_id) == staff_id) | had_a_call
    theirs = (col(Case.owner_id) == staff_id) | (col(Case.owner_id).is_(None) & answered)
    query = (
        select(Provision, func.coalesce(col(Call.from_masked), ""))
        .outerjoin(Case, col(Case.id) == col(Provision.case_id))
        .outerjoin(Call, col(Call.id) == col(Provision.call_id))
        .where(theirs, *UNTOLD)
    )
    return (await work.exec(query)).all()


def _due(row: LedgerRow) -> tuple[datetime, str]:
    return row.provision.tell_due_at or row.provision.at, row.provision.id


async def _rows(
    work: Work, lines: Collection[str], *wanted: ColumnElement[bool]
) -> list[LedgerRow]:
    line_id = func.coalesce(col(Case.line_id), col(Call.line_id))
    query = (
        select(Provision, func.coalesce(col(Case.number), ""), line_id)
        .outerjoin(Case, col(Case.id) == col(Provision.case_id))
        .outerjoin(Call, col(Call.id) == col(Provision.call_id))
        .where(line_id.in_(list(lines)), *wanted)
        .order_by(col(Provision.at).desc(), col(Provision.id))
    )
    return [LedgerRow(*row) for row in (await work.exec(query)).all()]
