"""A colour is proposed by the hotline and confirmed by the station. No machine sets or lowers one.

The caller's role is asked before (`cases.queries.require_case`). It is another thing than the risk
level of a caller: nothing here reads or writes that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from hotline.cases.queries import together
from hotline.cases.service import lock_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.i18n.catalog import HERE
from hotline.staff.actor import SYSTEM
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, CaseColour, VisitPlan
from hotline.visits.colours import ColourSet
from hotline.visits.model import ColourAct, VisitDue
from hotline.visits.plans import hold_plan, last_anchor, new_plan, wait_for
from hotline.visits.policy import due_after, visit_every
from hotline.visits.refusals import refusal
from hotline.visits.sets import keep_set, set_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedColour:
    """Which colour, and why."""

    colour: str
    reason: str = ""


async def propose(work: Work, act: CaseAct, case_id: str, wanted: WantedColour) -> CaseColour:
    """The hotline thinks so. Counts when a station confirms it. Raises `VisitRefused`."""
    rules = await _rules_with(work, wanted.colour, at=act.at)
    if not wanted.reason.strip():
        raise refusal("say_why")
    case = await lock_case(work, case_id)
    row = _keep(work, act, case, ColourAct.PROPOSED, wanted, rules)
    tell_in_words(work, act, case.id, "colour.proposed", wanted.reason, **_facts(row))
    await wait_for_confirmation(work, case, rules, at=act.at)
    return row


async def propose_by_rule(
    work: Work, case: Case, escalation_id: str, colour: str, *, at: datetime
) -> None:
    """A flag was raised: once for each escalation. The caller holds the case."""
    rules = await set_in_force(work)
    await keep_set(work, rules, at=at)
    row = CaseColour(
        case_id=case.id,
        act=ColourAct.PROPOSED,
        colour=colour,
        set_version=rules.version,
        by=str(SYSTEM),
        at=at,
        escalation_id=escalation_id,
    )
    work.add(row)
    tell(work, case.id, "colour.proposed_by_rule", at=at, **_facts(row))
    await wait_for_confirmation(work, case, rules, at=at)


async def confirm(work: Work, act: CaseAct, case_id: str, wanted: WantedColour) -> CaseColour:
    """The station decides: as was proposed, or otherwise with a reason. Raises `VisitRefused`."""
    rules = await _rules_with(work, wanted.colour, at=act.at)
    case = await lock_case(work, case_id)
    proposed = await open_proposal(work, case.id)
    if not wanted.reason.strip() and (proposed is None or proposed.colour != wanted.colour):
        raise refusal("another_colour")
    anchor = await last_anchor(work, case.id)
    row = _keep(work, act, case, ColourAct.CONFIRMED, wanted, rules)
    tell_in_words(work, act, case.id, "colour.confirmed", wanted.reason, **_facts(row))
    await _plan_by(work, case, row, rules, anchor)
    return row


async def open_proposal(work: Work, case_id: str) -> CaseColour | None:
    """What was proposed last and not decided on since."""
    last = await last_colour(work, case_id, ColourAct.PROPOSED)
    confirmed = await last_colour(work, case_id, ColourAct.CONFIRMED)
    is_open = last is not None and (confirmed is None or confirmed.at < last.at)
    return last if is_open else None


async def last_colour(work: Work, case_id: str, act: ColourAct) -> CaseColour | None:
    """The last that was proposed, or confirmed, of all that is read as this case."""
    await work.flush()
    query = select(CaseColour).where(
        col(CaseColour.case_id).in_(await together(work, case_id)), CaseColour.act == act
    )
    in_order = query.order_by(col(CaseColour.at).desc(), col(CaseColour.id)).limit(1)
    return (await work.exec(in_order)).first()


async def wait_for_confirmation(work: Work, case: Case, rules: ColourSet, *, at: datetime) -> None:
    """A station has so long to decide. What is due sooner stays due."""
    due_at = at + timedelta(hours=rules.confirm_within_hours)
    plan = await hold_plan(work, case)
    if plan is None:
        new_plan(work, case, rules, VisitDue.CONFIRMATION, due_at)
    elif due_at < plan.due_at:
        await wait_for(work, plan, VisitDue.CONFIRMATION, due_at, at=at)


async def _plan_by(
    work: Work, case: Case, row: CaseColour, rules: ColourSet, anchor: datetime | None
) -> None:
    """The next visit by a colour that was confirmed: a graver one, or the same, delays nothing.

    `anchor`: from when the days were counted before.
    """
    plan = await hold_plan(work, case)
    if plan is None:
        plan = new_plan(work, case, rules, VisitDue.VISIT, row.at)
    today = row.at.astimezone(HERE).date()
    days = visit_every(rules, row.colour, family_until=plan.family_until, on=today)
    before, colour = plan.every_days, plan.colour
    if colour == row.colour and before is not None:
        days = min(days, before)  # somebody made it denser
    due_at = due_after(row.at, days)
    if before is not None and days <= before:
        due_at = min(due_at, _due_before(plan, before, anchor or row.at))
    plan.colour, plan.set_version, plan.every_days = row.colour, rules.version, days
    await wait_for(work, plan, VisitDue.VISIT, due_at, at=row.at)


def _due_before(plan: VisitPlan, every_days: int, anchor: datetime) -> datetime:
    """Of the visit, also where a proposal stood before it in the meantime."""
    if plan.due_for == VisitDue.CONFIRMATION:
        return plan.visit_due_at or due_after(anchor, every_days)
    return plan.due_at


async def _rules_with(work: Work, colour: str, *, at: datetime) -> ColourSet:
    rules = await set_in_force(work)
    if rules.colour(colour) is None:
        raise refusal("no_such_colour")
    await keep_set(work, rules, at=at)
    return rules


def _keep(
    work: Work,
    act: CaseAct,
    case: Case,
    kind: ColourAct,
    wanted: WantedColour,
    rules: ColourSet,
) -> CaseColour:
    row = CaseColour(
        case_id=case.id,
        act=kind,
        colour=wanted.colour,
        set_version=rules.version,
        by=str(act.by),
        at=act.at,
    )
    if wanted.reason.strip():
        row.reason_sealed = seal_cell(act.vault, row, "reason_sealed", wanted.reason.strip())
    work.add(row)
    return row


def _facts(row: CaseColour) -> dict[str, Any]:
    return {"colour": row.colour, "set": row.set_version}
