"""After a flag a colour is proposed by the rule of the set: for people to confirm, or not.

Looked for in the rows, so a flag that was raised while nobody looked is found at the next look.
"""

from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from hotline.cases.model import CaseState, LinkKind
from hotline.cases.service import lock_case
from hotline.escalations.model import Level
from hotline.storage.session import Database, Work
from hotline.storage.tables import Case, CaseColour, CaseLink, Escalation, VisitPlan
from hotline.supervision import RowFaults
from hotline.visits.colouring import propose_by_rule
from hotline.visits.colours import ColourSet
from hotline.visits.sets import set_in_force

MOST_AT_ONCE = 50
LOOKED_BACK = timedelta(days=30)


async def look_at_flags(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """One look. A flag that fails holds up none of the others."""
    async with database.work() as work:
        found = await _without_proposal(work, await set_in_force(work), at=at)
    for escalation_id, case_id, colour in found:
        with faults.kept_apart("propose_colour", escalation_id):
            async with database.work() as work:
                await _propose(work, escalation_id, case_id, colour, at=at)


async def _propose(
    work: Work, escalation_id: str, case_id: str, colour: str, *, at: datetime
) -> None:
    case = await lock_case(work, case_id)
    query = select(CaseColour.id).where(CaseColour.escalation_id == escalation_id)
    if (await work.exec(query)).first() is None and case.state == CaseState.OPEN:
        await propose_by_rule(work, case, escalation_id, colour, at=at)


async def _without_proposal(
    work: Work, rules: ColourSet, *, at: datetime
) -> list[tuple[str, str, str]]:
    """Escalation, case and colour, where that is graver than the one that was confirmed."""
    found: list[tuple[str, str, str]] = []
    for level, colour in ((Level.IMMINENT, rules.flags_propose.imminent),
                          (Level.HIGH, rules.flags_propose.high)):  # fmt: skip
        if colour is None:
            continue
        graver = {one.id for one in rules.colours if not rules.is_graver(colour, one.id)}
        query = (
            select(Escalation.id, CaseLink.case_id)
            .join(CaseLink, col(CaseLink.subject_id) == col(Escalation.id))
            .join(Case, col(Case.id) == col(CaseLink.case_id))
            .join(CaseColour, col(CaseColour.escalation_id) == col(Escalation.id), isouter=True)
            .join(VisitPlan, col(VisitPlan.case_id) == col(Case.id), isouter=True)
            .where(CaseLink.kind == LinkKind.ESCALATION, col(CaseLink.ended_at).is_(None))
            .where(col(CaseColour.id).is_(None), Case.state == CaseState.OPEN)
            .where(col(Case.merged_into_id).is_(None))  # new links are of the case that stands
            .where(Escalation.level == level, col(Escalation.created_at) > at - LOOKED_BACK)
            .where(or_(col(VisitPlan.case_id).is_(None), col(VisitPlan.colour).not_in(graver)))
            .limit(MOST_AT_ONCE)
        )
        found += [(flag, case_id, colour) for flag, case_id in (await work.exec(query)).all()]
    return found
