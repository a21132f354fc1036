"""A visit is written down, often where there is no network: it may arrive late, and twice.

`visited_at` is when somebody was there, `sent_at` when we knew: both are kept. At whose visit the
child was not found, nobody was visited: it is tried again soon.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.cases.model import LinkKind
from hotline.cases.queries import together
from hotline.cases.service import lock_kept_case
from hotline.cases.timeline import CaseAct, tell
from hotline.errors import KeyReused
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.stations.divisions import division_name
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, CaseLink, CaseVisit, Escalation, VisitPlan
from hotline.visits.colouring import open_proposal, wait_for_confirmation
from hotline.visits.model import ChildMood, ChildNeed, ChildSeen, VisitDue, VisitPlace
from hotline.visits.plans import COUNTED, hold_plan, last_anchor, rules_of_plan, wait_for
from hotline.visits.policy import due_after
from hotline.visits.refusals import refusal

CLOCKS_DIFFER = timedelta(minutes=5)  # of a phone in the field
BEFORE_THE_CASE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """What whoever went has seen. `client_key`: made once on the phone for each visit.

    `concern`: what makes them fear for the child; with `level` it is a flag to the hotline.
    """

    client_key: str
    visited_at: datetime
    place: VisitPlace
    seen: ChildSeen
    division: str = ""
    along: str = ""
    moods: Sequence[ChildMood] = ()
    needs: Sequence[ChildNeed] = ()
    note: str = ""
    concern: str = ""
    level: Level = Level.HIGH


async def record_visit(work: Work, act: CaseAct, case_id: str, told: NewVisit) -> CaseVisit:
    """The same key again gives the same visit. Raises `VisitRefused`, `KeyReused`.

    A concern is a flag on the last call of the case, in the same unit of work: its locks come
    first, the call before the case.
    """
    known = await _of_key(work, act, case_id, told.client_key)
    if known is not None:
        return known
    told = replace(told, visited_at=_when(told.visited_at, act.at))
    if told.division and not division_name(told.division):
        raise refusal("no_division")
    escalation = await _flag(work, act, case_id, told) if told.concern.strip() else None
    case = await lock_kept_case(work, case_id)
    known = await _of_key(work, act, case_id, told.client_key)  # sent twice at once
    if known is not None:
        return known
    if told.visited_at < case.opened_at - BEFORE_THE_CASE:
        raise refusal("too_early")
    visit = _keep(work, act, case, told)
    facts = {"visit_id": visit.id, "seen": visit.seen, "place": visit.place}
    tell(work, case.id, "visit.recorded", at=act.at, actor=act.by, **facts)
    if told.concern.strip():
        flagged = {} if escalation is None else {"escalation_id": escalation.id}
        tell(work, case.id, "visit.concern", at=act.at, actor=act.by, **flagged)
    await _plan_on(work, case, visit, at=act.at)
    return visit


def _when(visited_at: datetime, at: datetime) -> datetime:
    if visited_at.tzinfo is None or visited_at > at + CLOCKS_DIFFER:
        raise refusal("ahead")
    return min(visited_at, at)


async def _of_key(work: Work, act: CaseAct, case_id: str, key: str) -> CaseVisit | None:
    query = select(CaseVisit).where(CaseVisit.by == str(act.by), CaseVisit.client_key == key)
    known = (await work.exec(query)).one_or_none()
    if known is not None and known.case_id not in await together(work, case_id):
        raise KeyReused
    return known


def _keep(work: Work, act: CaseAct, case: Case, told: NewVisit) -> CaseVisit:
    visit = CaseVisit(
        case_id=case.id,
        client_key=told.client_key,
        by=str(act.by),
        visited_at=told.visited_at,
        sent_at=act.at,
        place=told.place,
        division=told.division,
        seen=told.seen,
        moods=list(dict.fromkeys(told.moods)),
        needs=list(dict.fromkeys(told.needs)),
        concern=bool(told.concern.strip()),
    )
    words = "\n\n".join(filter(None, (told.note.strip(), told.concern.strip())))
    if words:
        visit.note_sealed = seal_cell(act.vault, visit, "note_sealed", words)
    if told.along.strip():
        visit.along_sealed = seal_cell(act.vault, visit, "along_sealed", told.along.strip())
    work.add(visit)
    return visit


async def _plan_on(work: Work, case: Case, visit: CaseVisit, *, at: datetime) -> None:
    """The next one. A visit does not decide on a colour: that is waited for as before, and what
    is due after it moves. Where the visit was due sooner, the colour is waited for from now on.
    """
    plan = await hold_plan(work, case)
    found = await _next_after(work, plan, visit) if plan is not None else None
    if plan is None or found is None:
        return
    why, due_at = found
    if plan.due_for == VisitDue.CONFIRMATION:
        plan.visit_due_at = due_at
        return
    was_late = why is VisitDue.RETRY and plan.due_at <= at
    await wait_for(work, plan, why, due_at, at=at, told_on=was_late)
    if why is VisitDue.VISIT and await open_proposal(work, case.id) is not None:
        await wait_for_confirmation(work, case, await rules_of_plan(work, plan), at=at)


async def _next_after(
    work: Work, plan: VisitPlan, visit: CaseVisit
) -> tuple[VisitDue, datetime] | None:
    """What is older than what was counted last changes nothing."""
    anchor = await last_anchor(work, plan.case_id)
    if visit.seen in COUNTED:
        if anchor != visit.visited_at or plan.every_days is None:
            return None
        return VisitDue.VISIT, due_after(visit.visited_at, plan.every_days)
    if anchor is not None and visit.visited_at <= anchor:
        return None
    rules = await rules_of_plan(work, plan)
    return VisitDue.RETRY, visit.visited_at + timedelta(hours=rules.retry_within_hours)


async def _flag(work: Work, act: CaseAct, case_id: str, told: NewVisit) -> Escalation | None:
    """None where no call belongs to the case: then its timeline and page alone tell of it."""
    call_id = await last_call_of(work, case_id)
    if call_id is None:
        return None
    flag = NewFlag(
        raised_by=act.by.id,
        level=told.level,
        summary=told.concern.strip(),
        client_key=f"visit-{act.by.id}-{told.client_key}",
    )
    call = await lock_call(work, call_id)
    return await raise_flag(work, act.vault, call=call, flag=flag, at=act.at)


async def last_call_of(work: Work, case_id: str) -> str | None:
    """The newest call that belongs to a case, by itself or by an escalation."""
    ids = await together(work, case_id)
    links = select(CaseLink.subject_id).where(
        col(CaseLink.case_id).in_(ids), col(CaseLink.ended_at).is_(None)
    )
    flagged = select(Escalation.call_id).where(
        col(Escalation.id).in_(links.where(CaseLink.kind == LinkKind.ESCALATION))
    )
    own = col(Call.id).in_(links.where(CaseLink.kind == LinkKind.CALL))
    query = select(Call.id).where(own | col(Call.id).in_(flagged))
    return (await work.exec(query.order_by(col(Call.arrived_at).desc()).limit(1))).first()
