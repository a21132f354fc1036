"""What stands behind a figure, as it is listed: what it is, its call and when. Nobody's number."""

from datetime import datetime

from pydantic import BaseModel

from hotline.reports.facts import (
    CallBackFact,
    CallFact,
    EscalationFact,
    FollowUpFact,
    ServiceFact,
)
from hotline.reports.kpis import Kpi
from hotline.web.report_choice import ReportChoice

MOST_BEHIND = 500


class BehindChoice(ReportChoice):
    """Which figure of it. `missing`: of its whole what it does not count."""

    kpi: Kpi = Kpi.CAME_IN
    missing: bool = False


class BehindOut(BaseModel):
    """One thing that a figure counts: a call, or what is owed after it. No number, no name."""

    kind: str
    id: str
    call_id: str
    line: str
    at: datetime


def newest_behind(facts: list[ServiceFact]) -> list[BehindOut]:
    """The newest first, not without end."""
    return [_behind(one) for one in facts[: -MOST_BEHIND - 1 : -1]]


def _behind(fact: ServiceFact) -> BehindOut:
    match fact:
        case CallFact():
            return BehindOut(kind="call", id=fact.id, call_id=fact.id, line=fact.line_id,
                             at=fact.arrived_at)  # fmt: skip
        case CallBackFact():
            kind, at = "call_back", fact.promised_at
        case FollowUpFact():
            kind, at = "follow_up", fact.due_at
        case EscalationFact():
            kind, at = "escalation", fact.created_at
    return BehindOut(kind=kind, id=fact.id, call_id=fact.call_id, line=fact.line_id, at=at)
