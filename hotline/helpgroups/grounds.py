"""On what it stands that a member is told anything: a hand-over to the body they belong to.

It is written into the ledger in the unit of work of the invitation; where nothing carries it,
nobody is invited. What stood on a consent ends with it: `stands_still` is asked at each step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.cases.queries import linked_calls, together
from hotline.escalations.cases import open_flag_of
from hotline.handovers.consents import live_consents
from hotline.handovers.model import Article, Basis, DataKind, Purpose, RecipientKind
from hotline.handovers.provision import provide
from hotline.handovers.queries import still_stands
from hotline.helpgroups.rights import GroupField, MemberKind, may_see
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import DataConsent, GroupMember

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
    urgent = ground.basis is Basis.EMERGENCY
    flag = await open_flag_of(work, ids) if urgent else None
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
        together=[*ids, *await linked_calls(work, ids)],
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
    living = await live_consents(work, *ids, calls=await linked_calls(work, ids))
    return [
        one
        for one in living
        if BODIES[kind] in one.recipients and Purpose.HELP_GROUP in one.purposes
    ]
