"""A case went into another one: what it waited for is not forgotten by the one that stands.

Its own row sleeps and stays as it was, so that it goes on from there when it is taken apart again.
"""

from datetime import datetime

from hotline.cases.model import CaseState
from hotline.cases.queries import with_merged
from hotline.storage.session import Work
from hotline.storage.tables import Case, VisitPlan
from hotline.visits.colouring import open_proposal, open_proposal_among, propose_by_rule
from hotline.visits.colours import ColourSet
from hotline.visits.model import VisitDue
from hotline.visits.plans import first_plan, hold_plan, wait_for
from hotline.visits.sets import set_in_force


async def carry_over(work: Work, gone_id: str, stands: Case, *, at: datetime) -> None:
    """After the merge, by whoever holds both: what is due first of either is due.

    A colour that is graver than that of the case that stands waits to be confirmed on it. A case
    without a plan has nothing to carry it into: there the other's counts as it is.
    """
    gone = await work.get_one(Case, gone_id)
    theirs = await first_plan(work, gone_id)
    if theirs is None or gone.state != CaseState.OPEN:
        return
    has_own = await work.get(VisitPlan, stands.id) is not None
    ours = await hold_plan(work, stands) if has_own else None
    if ours is None:
        return
    await _visit(work, ours, theirs, at=at)
    await _colour(work, gone_id, stands, (ours, theirs), at=at)
    await _confirmation(work, ours, theirs, at=at)


async def _visit(work: Work, ours: VisitPlan, theirs: VisitPlan, *, at: datetime) -> None:
    """Also one that stands behind a colour that waits for its confirmation, on either side."""
    waits = theirs.due_for == VisitDue.CONFIRMATION
    due_at = theirs.visit_due_at if waits else theirs.due_at
    if due_at is None:
        return
    if due_at < ours.due_at:
        why = VisitDue.VISIT if waits else VisitDue(theirs.due_for)
        await wait_for(work, ours, why, due_at, at=at)
    elif ours.due_for == VisitDue.CONFIRMATION:
        ours.visit_due_at = min(ours.visit_due_at or due_at, due_at)


async def _colour(
    work: Work, gone_id: str, stands: Case, plans: tuple[VisitPlan, VisitPlan], *, at: datetime
) -> None:
    """The gravest that was confirmed or is proposed of either, where nobody is asked for it yet.

    What the station decided on the one case decides nothing that was proposed of the other.
    """
    ours, theirs = plans
    of_gone = await with_merged(work, gone_id)
    of_ours = await with_merged(work, stands.id) - of_gone
    proposed = [await open_proposal_among(work, ids) for ids in (of_gone, of_ours)]
    known = [theirs.colour, *(one.colour for one in proposed if one is not None)]
    rules = await set_in_force(work)
    gravest = _gravest(rules, known)
    asked = await open_proposal(work, stands.id)
    is_asked = asked is not None and not rules.is_graver(gravest, asked.colour)
    if rules.is_graver(gravest, ours.colour) and not is_asked:
        await propose_by_rule(work, stands, None, gravest, at=at)


def _gravest(rules: ColourSet, known: list[str]) -> str:
    return next((one.id for one in rules.colours if one.id in known), "")


async def _confirmation(work: Work, ours: VisitPlan, theirs: VisitPlan, *, at: datetime) -> None:
    """Nobody has more time to decide because two became one."""
    if theirs.due_for != VisitDue.CONFIRMATION or theirs.due_at >= ours.due_at:
        return
    if await open_proposal(work, ours.case_id) is not None:
        await wait_for(work, ours, VisitDue.CONFIRMATION, theirs.due_at, at=at)
