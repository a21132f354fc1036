"""A plan for somebody who calls often: whom they talk with, when, for how long, and what for.

It is proposed from what was, approved by a supervisor, and helps the counselor to say what was
agreed. No call is ended or refused by it, and its limits do not count for who is in danger.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select as core_select
from sqlmodel import Integer, cast, col, exists, func, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.calls.model import Direction, Urgency
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.model import EscalationState
from hotline.numbers import OF_A_PERSON
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.revocation import works_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallerPlan, Escalation, Staff
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

OFTEN = 20  # domain research, requirement 47
WITHIN = timedelta(days=30)
PROPOSED_MINUTES = 30
PROPOSED_REVIEW = timedelta(days=30)
HERE = "Asia/Shanghai"
MOST_LISTED = 50
NO_NUMBER = "This caller has no number of their own: a plan would hold for many."
PLANNED_ALREADY = "There is a plan for this caller on this line. End that first."
ENDED_ALREADY = "This plan has ended already."
NOT_ON_LINE = "Name a counselor who works on this caller's line."
REVIEW_LATER = "Say a day to look at the plan again: from tomorrow on, within a year."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProposal:
    """Somebody who calls often and has no plan. `call_id`: one of their calls.

    `counselor_id`: who talked with them most; None: nobody did. `hour`: at which they call most.
    """

    call_id: str
    line_id: str
    masked: str
    calls: int
    counselor_id: str | None
    counselor: str
    hour: int
    minutes: int
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """`times`: in words, as it is told to the caller. `minutes`: how long a talk is to be."""

    counselor_id: str
    times: str
    minutes: int
    goals: str
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    """A plan as people read it. `counts`: whether its limits do, for the call it is shown with."""

    id: str
    line_id: str
    masked: str
    counselor: str
    times: str
    minutes: int
    goals: str
    review_on: date
    counts: bool = True


async def proposals(work: Work, lines: Collection[str], *, at: datetime) -> list[PlanProposal]:
    """Those who called so often lately, the most frequent first."""
    counselor = func.mode().within_group(col(Call.counselor_id))
    hour = func.extract("hour", func.timezone(HERE, col(Call.arrived_at)))
    planned = exists().where(
        col(CallerPlan.number_index) == col(Call.from_index),
        col(CallerPlan.line_id) == col(Call.line_id),
        col(CallerPlan.ended_at).is_(None),
    )
    query = (
        core_select(
            func.min(col(Call.id)), col(Call.line_id), func.max(col(Call.from_masked)),
            func.count(), counselor, func.mode().within_group(cast(hour, Integer)),
        )
        .where(col(Call.line_id).in_(lines), col(Call.arrived_at) >= at - WITHIN, ~planned)
        .where(col(Call.direction) == Direction.IN, col(Call.from_index) != "")
        .where(col(Call.number_kind).in_(OF_A_PERSON))
        .group_by(col(Call.from_index), col(Call.line_id))
        .having(func.count() >= OFTEN)
        .order_by(func.count().desc())
        .limit(MOST_LISTED)
    )  # fmt: skip
    rows = (await (await work.connection()).execute(query)).all()
    names = await _names(work, {row[4] for row in rows if row[4]})
    review_on = (at + PROPOSED_REVIEW).date()
    return [
        PlanProposal(
            call_id=key, line_id=line_id, masked=masked, calls=calls, counselor_id=by,
            counselor=names.get(by or "", ""), hour=hour_of_day, minutes=PROPOSED_MINUTES,
            review_on=review_on,
        )
        for key, line_id, masked, calls, by, hour_of_day in rows
    ]  # fmt: skip


async def counselors_of(
    work: Work, lines: Collection[str]
) -> list[tuple[str, str, Collection[str]]]:
    """Who could be named in a plan on one of these lines: id, name, and all their lines."""
    query = (
        select(Staff.id, Staff.name, Staff.lines)
        .where(col(Staff.active), works_for(lines))
        .where(col(Staff.roles).contains([Role.COUNSELOR]))
        .order_by(col(Staff.name))
    )
    return [(key, name, theirs) for key, name, theirs in (await work.exec(query)).all()]


async def _names(work: Work, ids: Collection[str]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return dict((await work.exec(query)).all())


async def approve_plan(
    work: Work, vault: Vault, call: Call, new: NewPlan, *, at: datetime, by: str
) -> CallerPlan:
    """Agree a plan for the caller of a call, whose row is held. Raises `IllegalMove`, `Invalid`."""
    if not call.from_index or call.number_kind not in OF_A_PERSON:
        raise IllegalMove(NO_NUMBER)
    if await _living(work, call) is not None:
        raise IllegalMove(PLANNED_ALREADY)
    if not at.date() < new.review_on <= (at + timedelta(days=366)).date():
        raise Invalid(REVIEW_LATER)
    staff = await work.get(Staff, new.counselor_id)
    if staff is None or not staff.active or call.line_id not in staff.lines:
        raise Invalid(NOT_ON_LINE)
    key = new_id()
    plan = CallerPlan(
        id=key, number_index=call.from_index, masked=call.from_masked, line_id=call.line_id,
        call_id=call.id, counselor_id=staff.id, times=new.times, minutes=new.minutes,
        review_on=new.review_on, approved_by=by, approved_at=at,
    )  # fmt: skip
    plan.goals_sealed = seal_cell(vault, plan, "goals_sealed", new.goals)
    work.add(plan)
    add_call_entry(work, call, "caller.plan_approved", at=at, staff_id=by)
    await record_act(work, _act(plan, ActKind.PLAN_APPROVED, by), at=at)
    return plan


async def end_plan(work: Work, plan_id: str, who: SignedIn, *, at: datetime) -> None:
    """It holds no more. Raises `NotFound`, `IllegalMove`."""
    plan = await work.get(CallerPlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound
    standing = [Relation.LINE] if plan.line_id in who.lines else []
    require(who.roles, standing, Permission.DIRECT_FLOOR, to_know=Permission.WATCH_FLOOR)
    if plan.ended_at is not None:
        raise IllegalMove(ENDED_ALREADY)
    plan.ended_at, plan.ended_by = at, who.staff_id
    await record_act(work, _act(plan, ActKind.PLAN_ENDED, who.staff_id), at=at)


async def plans_of(work: Work, vault: Vault, lines: Collection[str]) -> list[PlanShown]:
    """Those that hold on these lines, the next to be looked at first."""
    query = (
        select(CallerPlan, Staff.name)
        .join(Staff, col(Staff.id) == col(CallerPlan.counselor_id))
        .where(col(CallerPlan.line_id).in_(lines), col(CallerPlan.ended_at).is_(None))
        .order_by(col(CallerPlan.review_on))
    )
    return [_shown(plan, vault, name) for plan, name in (await work.exec(query)).all()]


async def plan_for(work: Work, vault: Vault, call: Call) -> PlanShown | None:
    """What was agreed with this caller, for the counselor who talks with them."""
    plan = await _living(work, call)
    if plan is None:
        return None
    staff = await work.get_one(Staff, plan.counselor_id)
    counts = call.urgency != Urgency.CRISIS and not await _is_flagged(work, call)
    return _shown(plan, vault, staff.name, counts=counts)


async def follow_plan(work: Work, call: Call) -> None:
    """Who waits now, and is in no danger, is kept for the counselor of their plan while on duty."""
    plan = await _living(work, call)
    if plan is not None and call.urgency != Urgency.CRISIS and call.meant_for_id is None:
        call.meant_for_id = plan.counselor_id


async def _living(work: Work, call: Call) -> CallerPlan | None:
    if not call.from_index or call.number_kind not in OF_A_PERSON:
        return None
    query = select(CallerPlan).where(
        CallerPlan.number_index == call.from_index,
        CallerPlan.line_id == call.line_id,
        col(CallerPlan.ended_at).is_(None),
    )
    return (await work.exec(query)).one_or_none()


async def _is_flagged(work: Work, call: Call) -> bool:
    query = (
        select(Escalation.id)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(Call.from_index == call.from_index, Escalation.state != EscalationState.CLOSED)
    )
    return (await work.exec(query.limit(1))).first() is not None


def _shown(plan: CallerPlan, vault: Vault, counselor: str, *, counts: bool = True) -> PlanShown:
    return PlanShown(
        id=plan.id,
        line_id=plan.line_id,
        masked=plan.masked,
        counselor=counselor,
        times=plan.times,
        minutes=plan.minutes,
        goals=open_cell(vault, plan, "goals_sealed"),
        review_on=plan.review_on,
        counts=counts,
    )


def _act(plan: CallerPlan, kind: ActKind, by: str) -> NewAct:
    return NewAct(
        by_id=by,
        kind=kind,
        subject=SubjectKind.CALL,
        subject_id=plan.call_id,
        lines=frozenset({plan.line_id}),
        after={"plan_id": plan.id, "review_on": plan.review_on.isoformat()},
    )
