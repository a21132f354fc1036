"""Consents and hand-overs of a case or of a call: who of it gave one, and what its story tells.

What makes a consent one, and what it carries, is decided in `handovers`. Who may is asked before.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.calls.service import add_call_entry
from hotline.cases.model import LinkKind
from hotline.cases.queries import case_of, standing_case, together
from hotline.cases.service import lock_kept_case
from hotline.cases.timeline import CaseAct, keep_trace, tell
from hotline.errors import NotFound
from hotline.handovers import consents, provision
from hotline.handovers.consents import GivenConsent
from hotline.handovers.model import (
    ConsentAge,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
    Scope,
    ToldHow,
    WithdrawnWho,
)
from hotline.handovers.refusals import WhyRefused, refused
from hotline.staff.actor import Actor, ActorKind
from hotline.storage.erased import require_kept
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    CallEntry,
    CaseLink,
    CasePerson,
    DataConsent,
    Escalation,
    Provision,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSaid:
    """What a person writes down of a consent. `person_id` None: the caller gave it."""

    given_by: Giver
    relation: GiverRelation
    how: GivenHow
    given_at: datetime
    age: ConsentAge
    scope: Scope
    person_id: str | None
    said_in_id: str | None
    opinion: Opinion | None
    opinion_words: str


async def calls_of(work: Work, case_ids: frozenset[str]) -> frozenset[str]:
    """Those that belong to it, and those that its escalations are about."""
    linked = select(CaseLink.kind, CaseLink.subject_id).where(
        col(CaseLink.case_id).in_(case_ids), col(CaseLink.ended_at).is_(None)
    )
    found = (await work.exec(linked)).all()
    calls = {subject for kind, subject in found if kind == LinkKind.CALL}
    escalations = [subject for kind, subject in found if kind == LinkKind.ESCALATION]
    flagged = select(Escalation.call_id).where(col(Escalation.id).in_(escalations))
    return frozenset(calls | {*(await work.exec(flagged)).all()})


# ── consents ────────────────────────────────────────────────────────────────────────────────────


async def give_in_case(work: Work, act: CaseAct, case_id: str, said: ConsentSaid) -> DataConsent:
    """Somebody of the case, or who called, consents. Raises `HandOverRefused`, `NotFound`."""
    case = await lock_kept_case(work, case_id)
    ids = await together(work, case.id)
    if said.said_in_id is not None and said.said_in_id not in await calls_of(work, ids):
        raise refused(WhyRefused.WHICH_CALL)
    return await _give(work, act, said, case_id=case.id, call_id=None)


async def give_in_call(work: Work, act: CaseAct, call: Call, said: ConsentSaid) -> DataConsent:
    """The caller consents, or says that somebody did; to its case, where there is one."""
    require_kept(call)
    case_id = await case_of(work, LinkKind.CALL, call.id)
    if case_id is not None:
        case_id = (await lock_kept_case(work, case_id)).id
    consent = await _give(work, act, said, case_id=case_id, call_id=call.id)
    _tell_call(work, act, call, "consent.given", consent=consent.id)
    return consent


async def _give(
    work: Work, act: CaseAct, said: ConsentSaid, *, case_id: str | None, call_id: str | None
) -> DataConsent:
    given = GivenConsent(
        case_id=case_id,
        call_id=call_id,
        given_by=said.given_by,
        relation=said.relation,
        how=said.how,
        given_at=said.given_at,
        age=said.age,
        scope=said.scope,
        person_id=said.person_id,
        giver_index=await _index_of(work, said, case_id, call_id),
        said_in_id=said.said_in_id,
        opinion=said.opinion,
        opinion_words=said.opinion_words,
    )
    consent = await consents.give(work, act.vault, given, by=act.by, at=act.at)
    if case_id is not None:
        facts = {"consent": consent.id, "giver": said.given_by, "relation": said.relation}
        tell(work, case_id, "consent.given", at=act.at, actor=act.by, **facts)
    return consent


async def _index_of(work: Work, said: ConsentSaid, case_id: str | None, call_id: str | None) -> str:
    """By which number whoever gives it is known, so that a guardian's block is found by it.

    Raises `HandOverRefused` where they are nobody of this case.
    """
    if said.person_id is not None:
        person = await work.get(CasePerson, said.person_id)
        ids = await together(work, case_id) if case_id is not None else frozenset[str]()
        if person is None or person.case_id not in ids or person.left_at is not None:
            raise refused(WhyRefused.WHICH_PERSON)
        return person.phone_index
    called = said.said_in_id or call_id
    call = await work.get(Call, called) if called is not None else None
    return call.from_index if call is not None else ""


async def withdraw_in_case(
    work: Work,
    act: CaseAct,
    case_id: str,
    consent_id: str,
    *,
    who: WithdrawnWho,
    withdrawn_at: datetime,
) -> DataConsent:
    """What stood on it ends. Raises `NotFound` where it is not of this case, and as `withdraw`."""
    ids = await together(work, case_id)
    await consent_in(work, consent_id, ids, await calls_of(work, ids))
    return await _withdraw(work, act, consent_id, who=who, withdrawn_at=withdrawn_at)


async def withdraw_in_call(
    work: Work,
    act: CaseAct,
    call: Call,
    consent_id: str,
    *,
    who: WithdrawnWho,
    withdrawn_at: datetime,
) -> DataConsent:
    """The same of a call, also one without a case."""
    await consent_in(work, consent_id, frozenset(), frozenset({call.id}))
    consent = await _withdraw(work, act, consent_id, who=who, withdrawn_at=withdrawn_at)
    _tell_call(work, act, call, "consent.withdrawn", consent=consent.id)
    return consent


async def _withdraw(
    work: Work, act: CaseAct, consent_id: str, *, who: WithdrawnWho, withdrawn_at: datetime
) -> DataConsent:
    consent = await consents.withdraw(
        work, consent_id, who=who, withdrawn_at=withdrawn_at, by=act.by, at=act.at
    )
    if consent.case_id is not None:
        case_id = await standing_case(work, consent.case_id)
        facts = {"consent": consent.id, "withdrawn_by": who}
        tell(work, case_id, "consent.withdrawn", at=act.at, actor=act.by, **facts)
    return consent


async def consent_in(
    work: Work, consent_id: str, ids: frozenset[str], calls: frozenset[str]
) -> DataConsent:
    """One of a case or of a call. Raises `NotFound`."""
    consent = await work.get(DataConsent, consent_id)
    if consent is None or not (consent.case_id in ids or consent.call_id in calls):
        raise NotFound
    return consent


async def words_read(work: Work, act: CaseAct, case_id: str, consent: DataConsent) -> None:
    """Somebody has opened what a child said: it leaves a trace, and makes no page load again."""
    standing = await standing_case(work, case_id)
    keep_trace(work, standing, ("consents",), by=act.by, at=act.at, consent=consent.id)


async def words_read_of_call(work: Work, act: CaseAct, call: Call, consent: DataConsent) -> None:
    """The same beside a call."""
    facts = {"consent": consent.id}
    entry = CallEntry(call_id=call.id, at=act.at, kind="consent.read", facts=facts)
    entry.staff_id = _staff(act.by)
    work.add(entry)


def _tell_call(work: Work, act: CaseAct, call: Call, kind: str, **facts: str) -> None:
    add_call_entry(work, call, kind, at=act.at, staff_id=_staff(act.by), facts=dict(facts))


def _staff(by: Actor) -> str | None:
    return by.id if by.kind is ActorKind.STAFF else None


# ── told afterwards ─────────────────────────────────────────────────────────────────────────────


async def told_afterwards(
    work: Work, act: CaseAct, provision_id: str, *, how: ToldHow, told_at: datetime
) -> Provision:
    """The person heard of the hand-over. Raises as `handovers.provision.tell_afterwards`."""
    made = await provision.tell_afterwards(
        work, provision_id, how=how, told_at=told_at, by=act.by, at=act.at
    )
    await _tell_settled(work, act, made, "provision.told", told_how=how)
    return made


async def left_untold(work: Work, act: CaseAct, provision_id: str, *, why: str) -> Provision:
    """A supervisor decides that they do not. Raises as `handovers.provision.leave_untold`."""
    made = await provision.leave_untold(
        work, act.vault, provision_id, why=why, by=act.by, at=act.at
    )
    await _tell_settled(work, act, made, "provision.not_told")
    return made


async def _tell_settled(work: Work, act: CaseAct, made: Provision, kind: str, **facts: str) -> None:
    if made.case_id is not None:
        case_id = await standing_case(work, made.case_id)
        tell(work, case_id, kind, at=act.at, actor=act.by, provision=made.id, **facts)
    elif made.call_id is not None:
        call = await work.get_one(Call, made.call_id)
        _tell_call(work, act, call, kind, provision=made.id, **facts)
