"""From our rows to the router's words: a call's plan, a counselor's signature."""

from collections.abc import Mapping
from typing import Any

from hotline.storage.tables import Call, Staff
from routing.engine import Plan, Signature, Skills, Urgency
from routing.policy.ladders import Need, plan_for

# Nearly everybody in Guangdong also speaks Mandarin; it stands in where the own language is rare.
COMMON = "cmn"


def plan_of(call: Call) -> Plan:
    """How this caller's need widens. Who was talked to before the line broke is asked first."""
    need = Need(
        line=call.line_id,
        language=call.language,
        urgency=Urgency(call.urgency),
        topic=call.topic,
        also_speaks=(COMMON,),
        counselor=call.counselor_id,
    )
    return plan_for(need)


def signature_of(staff: Staff) -> Signature:
    """What this counselor can do, as the router sees it."""
    skills: Mapping[str, Any] = staff.skills
    return Signature(
        Skills.of(
            skills.get("languages", {}),
            topics=skills.get("topics", {}),
            lines=staff.lines,
            certified=bool(skills.get("certified", False)),
            gender=skills.get("gender") or None,
        )
    )
