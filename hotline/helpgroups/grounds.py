"""On what it stands that a member is told anything: a hand-over to the body they belong to.

It is written into the ledger in the unit of work of the invitation; where nothing carries it,
nobody is invited. What stood on a consent ends with it: `stands_still` is asked at each step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.cases.model import LinkKind
from hotline.cases.queries import together
from hotline.escalations.model import EscalationState
from hotline.handovers.consents import live_consents
from hotline.handovers.model import Article, Basis, DataKind, Purpose, RecipientKind
from hotline.handovers.provision import provide
from hotline.handovers.queries import still_stands
from hotline.helpgroups.rights import GroupField, MemberKind, may_see
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import CaseLink, DataConsent, Escalation, GroupMember

BODIES: Mapping[MemberKind, RecipientKind] = {
    MemberKind.SCHOOL_COUNSELOR: RecipientKind.SCHOOL,
    MemberKind.CLASS_TEACHER: RecipientKind.SCHOOL,
    MemberKind.SCHOOL_SOCIAL_WORKER: RecipientKind.SCHOOL,
    MemberKind.CHILD_DIRECTOR: RecipientKind.COMMITTEE,
    MemberKind.SOCIAL_WORKER: RecipientKind.SOCIAL_WORK,
    MemberKind.WOMENS_FEDERATION: RecipientKind.WOMENS_FEDERATION,
    MemberKind.YOUTH_LEAGUE: RecipientKind.YOUTH_LEAGUE,
    MemberKind.DOCTOR: RecipientKind.HOSPITAL,
}
DATA: Mapping[GroupField, DataKind] = {
    GroupField.CALLED: DataKind.IDENTITY,
    GroupField.ASKED: DataKind.PLAN,
    GroupField.KNOWN: DataKind.STORY,
    GroupField.PLACE: DataKind.WHEREABOUTS,
    GroupField.HEALTH: DataKind.HEALTH,
    GroupField.VISIT: DataKind.PLAN,
    GroupField.TASKS: DataKind.PLAN,
}
"""What each field shows, in the words of the ledger. One's own notes are nobody's data to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What carries an invitation. `consent_id`: of a consent; `article`: of a statutory duty."""

    basis: Basis
    consent_id: str | None = None
    article: Article | None = None


async def hand_over(
    work: Work, member: GroupMember, ground: Ground, *, by: Actor, at: datetime
) -> None:
    """Write it into the ledger. Raises `Invalid`: the basis does not carry it, and what would."""
    ids = await together(work, member.case_id)
    linked = await _linked(work, ids)
    urgent = ground.basis is Basis.EMERGENCY
    flag = await _open_escalation(work, linked[LinkKind.ESCALATION]) if urgent else None
    provision = await provide(
        work,
        case_id=member.case_id,
        call_id=None,
        recipient_kind=BODIES[MemberKind(member.kind)],
        recipient=member.body,
        recipient_id=member.id,
        purpose=Purpose.HELP_GROUP,
        kinds=data_of(may_see(member.kind, member.fields)),
        basis=ground.basis,
        consent_id=ground.consent_id,
        article=ground.article,
        escalation_id=flag,
        supervisor_id=by.id if urgent else None,
        together=[*ids, *linked[LinkKind.CALL]],
        by=by,
        at=at,
    )
    member.provision_id = provision.id


def data_of(fields: Iterable[GroupField]) -> frozenset[DataKind]:
    """Which data the ledger says were handed over."""
    return frozenset(DATA[one] for one in fields if one in DATA)


async def stands_still(work: Work, member: GroupMember) -> bool:
    """Whether what carried it carries it still."""
    return await still_stands(work, member.provision_id)


async def consents_for(work: Work, case_id: str, kind: MemberKind) -> list[DataConsent]:
    """Those that live and name such a body and the help group: what can be chosen."""
    ids = await together(work, case_id)
    linked = await _linked(work, ids)
    living = await live_consents(work, *ids, calls=linked[LinkKind.CALL])
    return [
        one
        for one in living
        if BODIES[kind] in one.recipients and Purpose.HELP_GROUP in one.purposes
    ]


async def _linked(work: Work, ids: frozenset[str]) -> dict[str, list[str]]:
    query = select(CaseLink).where(col(CaseLink.case_id).in_(ids), col(CaseLink.ended_at).is_(None))
    found = (await work.exec(query)).all()
    return {kind: [one.subject_id for one in found if one.kind == kind] for kind in LinkKind}


async def _open_escalation(work: Work, ids: list[str]) -> str | None:
    """An emergency stands on a flag that nobody has closed, where there is one."""
    query = select(Escalation.id).where(
        col(Escalation.id).in_(ids), Escalation.state != EscalationState.CLOSED
    )
    newest = query.order_by(col(Escalation.created_at).desc()).limit(1)
    return (await work.exec(newest)).one_or_none()
