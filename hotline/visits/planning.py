"""A person changes the plan: denser with a reason, looser only by whoever may (`LOOSEN_VISITS`)."""

from dataclasses import dataclass
from datetime import date, datetime

from hotline.cases.service import lock_kept_case
from hotline.cases.timeline import CaseAct, tell_in_words
from hotline.errors import Forbidden, IllegalMove
from hotline.i18n.catalog import HERE
from hotline.storage.session import Work
from hotline.storage.tables import VisitPlan
from hotline.visits.model import VisitDue
from hotline.visits.plans import (
    hold_plan,
    last_anchor,
    new_plan,
    not_before,
    rules_of_plan,
    wait_for,
)
from hotline.visits.policy import ONE_DAY, due_after, end_of, months_after
from hotline.visits.refusals import refusal

MOST_AHEAD = 366 * ONE_DAY
NO_COLOUR = "Nobody has confirmed a colour yet: confirm one, and the visits follow from it."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisitPlan:
    """What is to be otherwise; None leaves it."""

    reason: str
    every_days: int | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyReturn:
    """A child came back to the family, and is followed so many months."""

    returned_on: date
    months: int
    reason: str = ""


async def replan(
    work: Work, act: CaseAct, case_id: str, wanted: NewVisitPlan, *, may_loosen: bool
) -> VisitPlan:
    """Raises `VisitRefused`, `IllegalMove` without a colour, `Forbidden` where it became looser.

    A colour that waits for its confirmation is waited for all the same.
    """
    if not wanted.reason.strip():
        raise refusal("say_why")
    case = await lock_kept_case(work, case_id)
    plan = await hold_plan(work, case)
    if plan is None or plan.every_days is None:
        raise IllegalMove(NO_COLOUR)
    today = act.at.astimezone(HERE).date()
    days = wanted.every_days or plan.every_days
    due_at = await _due(work, plan, wanted, days, today)
    if (days > plan.every_days or due_at > _next_visit(plan)) and not may_loosen:
        raise Forbidden
    plan.every_days = days
    if plan.due_for == VisitDue.CONFIRMATION:
        plan.visit_due_at = due_at
    else:
        await wait_for(work, plan, VisitDue.VISIT, due_at, at=act.at)
    facts = {"every_days": days, "due_at": due_at.isoformat()}
    tell_in_words(work, act, case.id, "visit.planned", wanted.reason, **facts)
    return plan


async def _due(
    work: Work, plan: VisitPlan, wanted: NewVisitPlan, days: int, today: date
) -> datetime:
    if wanted.next_on is not None:
        if not today <= wanted.next_on <= today + MOST_AHEAD:
            raise refusal("no_such_day")
        return end_of(wanted.next_on)
    anchor = await last_anchor(work, plan.case_id)
    planned = _next_visit(plan)
    counted = not_before(due_after(anchor, days), today) if anchor is not None else planned
    is_denser = plan.every_days is not None and days <= plan.every_days
    return min(counted, planned) if is_denser else counted


def _next_visit(plan: VisitPlan) -> datetime:
    """Also where a colour waits to be confirmed before it."""
    return plan.visit_due_at or plan.due_at


async def return_to_family(work: Work, act: CaseAct, case_id: str, told: FamilyReturn) -> VisitPlan:
    """Followed for the months that the set allows, and seen at least as often as it says.

    Raises `VisitRefused`.
    """
    today = act.at.astimezone(HERE).date()
    if told.returned_on > today:
        raise refusal("return_ahead")
    case = await lock_kept_case(work, case_id)
    plan = await hold_plan(work, case)
    rules = await rules_of_plan(work, plan)
    family = rules.family
    if not family.from_months <= told.months <= family.until_months:
        raise refusal("months")
    until = months_after(told.returned_on, told.months)
    if until < today:
        raise refusal("months_over")
    due_at = not_before(due_after(act.at, family.visit_every_days), today)
    if plan is None:
        plan = new_plan(work, case, rules, VisitDue.VISIT, due_at)
    plan.family_until = until
    plan.every_days = min(plan.every_days or family.visit_every_days, family.visit_every_days)
    if plan.due_for == VisitDue.CONFIRMATION:
        plan.visit_due_at = min(due_at, plan.visit_due_at) if plan.visit_due_at else None
    elif due_at < plan.due_at:
        await wait_for(work, plan, VisitDue.VISIT, due_at, at=act.at)
    facts = {"months": told.months, "until": until.isoformat()}
    tell_in_words(work, act, case.id, "visit.family_returned", told.reason, **facts)
    return plan
