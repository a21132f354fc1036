"""From our rows to the router's words: a call's plan, a counselor's signature."""

from collections.abc import Mapping
from typing import Any

from hotline.calls.model import Urgency
from hotline.storage.tables import Call, Staff
from routing.model import Signature
from routing.plan import Plan, crisis_plan, routine_plan

# Nearly everybody in Guangdong also speaks Mandarin; it stands in where the own language is rare.
COMMON = "cmn"


def plan_of(call: Call) -> Plan:
    """How this caller's need widens with waiting."""
    others = () if call.language == COMMON else (COMMON,)
    if call.urgency == Urgency.CRISIS:
        return crisis_plan(call.line_id, call.language, *others)
    return routine_plan(call.line_id, call.language, call.topic, *others)


def signature_of(staff: Staff) -> Signature:
    """What this counselor can do, as the router sees it."""
    skills: Mapping[str, Any] = staff.skills
    return Signature.of(
        skills.get("languages", {}),
        skills.get("topics", {}),
        certified=bool(skills.get("certified", False)),
        gender=str(skills.get("gender", "")),
        lines=frozenset(staff.lines),
    )
