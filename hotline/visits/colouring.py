"""A colour is proposed by the hotline and confirmed by the station. No machine sets or lowers one.

The caller's role is asked before (`cases.queries.require_case`). It is another thing than the risk
level of a caller: nothing here reads or writes that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from hotline.cases.queries import together
from hotline.cases.service import lock_kept_case
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

JUST_AFTER = timedelta(microseconds=1)


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
    case = await lock_kept_case(work, case_id)
    row = await _keep(work, act, case, ColourAct.PROPOSED, wanted, rules)
    tell_in_words(work, act, case.id, "colour.proposed", wanted.reason, **_facts(row))
    await wait_for_confirmation(work, case, rules, at=act.at)
    return row


async def propose_by_rule(
    work: Work, case: Case, escalation_id: str | None, colour: str, *, at: datetime
) -> None:
    """A flag was raised: once for each escalation. None: a graver case went into this one.

    The caller holds the case.
    """
    rules = await set_in_force(work)
    await keep_set(work, rules, at=at)
    row = CaseColour(
        case_id=case.id,
        act=ColourAct.PROPOSED,
        colour=colour,
        set_version=rules.version,
        by=str(SYSTEM),
        at=await _in_order(work, case, at),
        escalation_id=escalation_id,
    )
    work.add(row)
    tell(work, case.id, "colour.proposed_by_rule", at=at, **_facts(row))
    await wait_for_confirmation(work, case, rules, at=at)


async def confirm(work: Work, act: CaseAct, case_id: str, wanted: WantedColour) -> CaseColour:
    """The station decides: as was proposed, or otherwise with a reason. Raises `VisitRefused`."""
    rules = await _rules_with(work, wanted.colour, at=act.at)
    case = await lock_kept_case(work, case_id)
    proposed = await open_proposal(work, case.id)
    if not wanted.reason.strip() and (proposed is None or proposed.colour != wanted.colour):
        raise refusal("another_colour")
    anchor = await last_anchor(work, case.id)
    row = await _keep(work, act, case, ColourAct.CONFIRMED, wanted, rules)
    tell_in_words(work, act, case.id, "colour.confirmed", wanted.reason, **_facts(row))
    await _plan_by(work, case, row, rules, anchor, at=act.at)
    return row


async def open_proposal(work: Work, case_id: str) -> CaseColour | None:
    """What was proposed last and not decided on since."""
    return await open_proposal_among(work, await together(work, case_id))


async def open_proposal_among(work: Work, ids: Collection[str]) -> CaseColour | None:
    """The same of these cases, whatever was decided on others that are read with them."""
    last = await _last_among(work, ids, ColourAct.PROPOSED)
    confirmed = await _last_among(work, ids, ColourAct.CONFIRMED)
    is_open = last is not None and (confirmed is None or confirmed.at < last.at)
    return last if is_open else None


async def last_colour(work: Work, case_id: str, act: ColourAct) -> CaseColour | None:
    """The last that was proposed, or confirmed, of all that is read as this case."""
    return await _last_among(work, await together(work, case_id), act)


async def _last_among(work: Work, ids: Collection[str], act: ColourAct) -> CaseColour | None:
    await work.flush()
    query = select(CaseColour).where(col(CaseColour.case_id).in_(ids), CaseColour.act == act)
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
    work: Work,
    case: Case,
    row: CaseColour,
    rules: ColourSet,
    anchor: datetime | None,
    *,
    at: datetime,
) -> None:
    """The next visit by a colour that was confirmed: a graver one, or the same, delays nothing.

    `anchor`: from when the days were counted before.
    """
    plan = await hold_plan(work, case)
    if plan is None:
        plan = new_plan(work, case, rules, VisitDue.VISIT, at)
    today = at.astimezone(HERE).date()
    days = visit_every(rules, row.colour, family_until=plan.family_until, on=today)
    before, colour = plan.every_days, plan.colour
    if colour == row.colour and before is not None:
        days = min(days, before)  # somebody made it denser
    due_at = due_after(at, days)
    if before is not None and days <= before:
        due_at = min(due_at, _due_before(plan, before, anchor or at))
    plan.colour, plan.set_version, plan.every_days = row.colour, rules.version, days
    await wait_for(work, plan, VisitDue.VISIT, due_at, at=at)


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


async def _in_order(work: Work, case: Case, at: datetime) -> datetime:
    """Now, or just after what was written last: a clock that was set back turns no order round."""
    await work.flush()
    ids = await together(work, case.id)
    query = select(func.max(CaseColour.at)).where(col(CaseColour.case_id).in_(ids))
    last: datetime | None = (await work.exec(query)).one()
    return at if last is None else max(at, last + JUST_AFTER)


async def _keep(
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
        at=await _in_order(work, case, act.at),
    )
    if wanted.reason.strip():
        row.reason_sealed = seal_cell(act.vault, row, "reason_sealed", wanted.reason.strip())
    work.add(row)
    return row


def _facts(row: CaseColour) -> dict[str, Any]:
    return {"colour": row.colour, "set": row.set_version}
