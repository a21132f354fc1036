"""The row that says what a case waits for: found, held, set to what is due next.

Lock order: case, plan, delivery. The caller holds the case.
"""

from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import col, func, select

from hotline.cases.queries import standing_case, together
from hotline.deliveries.service import withdraw_deliveries
from hotline.storage.session import Work
from hotline.storage.tables import Case, CaseColour, CaseVisit, VisitPlan, VisitTelling
from hotline.visits.colours import ColourSet
from hotline.visits.model import ChildSeen, ColourAct, VisitDue
from hotline.visits.policy import end_of, first_telling, last_of
from hotline.visits.sets import set_of

COUNTED = (ChildSeen.YES, ChildSeen.HEARD)

# Downwards from a case until a plan is met: those below it sleep.
FIRST_PLAN = text("""
with recursive without as (
    select id, array[id] as path from care_case where id = :case_id
    union all
    select went.id, without.path || went.id
    from without join care_case went on went.merged_into_id = without.id
    where went.id <> all (without.path)
    and not exists (select from visit_plan where visit_plan.case_id = without.id)
)
select case_id from visit_plan join without on without.id = visit_plan.case_id
order by due_at, case_id limit 1
""")


async def plan_of(work: Work, case_id: str) -> VisitPlan | None:
    """Its own; where it has none, of all that is read as this case the one that is due first."""
    own = await work.get(VisitPlan, case_id)
    return own or await first_plan(work, await standing_case(work, case_id))


async def first_plan(work: Work, case_id: str) -> VisitPlan | None:
    """Its own, else what is due first of what went into it; whatever it went into itself."""
    await work.flush()
    found = (await work.sql(FIRST_PLAN, {"case_id": case_id})).scalar_one_or_none()
    return None if found is None else await work.get_one(VisitPlan, found)


async def hold_plan(work: Work, case: Case) -> VisitPlan | None:
    """The plan of a case that is held, to be written. What was merged into it keeps its own."""
    await work.flush()
    query = select(VisitPlan).where(VisitPlan.case_id == case.id).with_for_update()
    own = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    taken_over = None if own is not None else await plan_of(work, case.id)
    if taken_over is None:
        return own
    copy = VisitPlan(**{**taken_over.model_dump(), "case_id": case.id})
    work.add(copy)
    return copy


async def rules_of_plan(work: Work, plan: VisitPlan | None) -> ColourSet:
    """The set that the colour of a case is of; the one in force while it has none."""
    return await set_of(work, plan.set_version if plan is not None else None)


def new_plan(
    work: Work, case: Case, rules: ColourSet, why: VisitDue, due_at: datetime
) -> VisitPlan:
    """The first of a case."""
    tell_at = first_telling(rules.overdue, due_at)
    plan = VisitPlan(case_id=case.id, due_for=why, due_at=due_at, tell_at=tell_at)
    work.add(plan)
    return plan


async def wait_for(
    work: Work,
    plan: VisitPlan,
    why: VisitDue,
    due_at: datetime,
    *,
    at: datetime,
    told_on: bool = False,
) -> None:
    """A person did something: from now on this is waited for, and who was told need not be.

    `told_on`: whoever was told before is told again first, since nobody was found. A colour that
    waits for its confirmation stands before a visit, whose date is kept meanwhile.
    """
    rules = await rules_of_plan(work, plan)
    if why != VisitDue.CONFIRMATION:
        plan.visit_due_at = None
    elif plan.due_for != VisitDue.CONFIRMATION:
        plan.visit_due_at = plan.due_at
    plan.due_for, plan.due_at = why, due_at
    plan.tell_at, plan.told_at = first_telling(rules.overdue, due_at), None
    plan.told_steps = plan.told_steps if told_on else 0
    plan.told_rounds = 0
    plan.version += 1
    ids = await together(work, plan.case_id)
    ours = select(VisitTelling.id).where(col(VisitTelling.case_id).in_(ids))
    await withdraw_deliveries(work, ours, at=at)


async def last_anchor(work: Work, case_id: str) -> datetime | None:
    """From when the days to the next visit are counted: the last visit, or confirmation."""
    ids = await together(work, case_id)
    seen = select(func.max(CaseVisit.visited_at)).where(
        col(CaseVisit.case_id).in_(ids), col(CaseVisit.seen).in_(COUNTED)
    )
    confirmed = select(func.max(CaseColour.at)).where(
        col(CaseColour.case_id).in_(ids), CaseColour.act == ColourAct.CONFIRMED
    )
    return last_of([(await work.exec(seen)).one(), (await work.exec(confirmed)).one()])


def not_before(due_at: datetime, today: date) -> datetime:
    """What would be due in the past is due today."""
    return max(due_at, end_of(today))
