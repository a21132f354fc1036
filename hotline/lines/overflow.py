"""Who takes over where nobody of a line can: a partner outside, or another line of ours. Pure.

Own skill, wider skill, partner: the first two are stages of the routing plan. The partner is a
step beside those of the alarm, and comes first on a line that is closed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hotline.lines.alarm import AlarmPlan, AlarmStep, alarm_of, danger_partner_s
from hotline.lines.hours import is_open
from hotline.storage.tables import Call, Line
from routing.engine import Urgency

AFTER_S = 60.0  # domain research, requirement 13: own skill, wider skill, partner at 15, 30, 60 s
BACK_AFTER_S = 60.0  # so long another line has the caller, before they are back with their own

OVERFLOW_STEPS = (AlarmStep.PARTNER, AlarmStep.BACK)
"""Taken also where somebody on duty will come in time: they are for the time until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowPartner:
    """Either a number outside, or a line of ours. `after_s`: so long a caller waits before."""

    name: str
    name_en: str
    number: str = ""
    line_id: str = ""
    after_s: float = AFTER_S

    def name_in(self, language: str) -> str:
        """As a caller hears it."""
        return self.name_en if language == "eng" else self.name


def partner_of(line: Line) -> OverflowPartner | None:
    """The partner in force; None: there is none."""
    written: dict[str, Any] = line.overflow
    if not written:
        return None
    return OverflowPartner(
        name=written["name"],
        name_en=written["name_en"],
        number=written.get("number", ""),
        line_id=written.get("line", ""),
        after_s=written.get("after_s", AFTER_S),
    )


def alarm_for(line: Line, call: Call, *, at: datetime) -> AlarmPlan:
    """The steps for a caller who waits: those of the line's alarm, and the partner's."""
    plan, step = alarm_of(line, call.urgency), _overflow_step(line, call, at)
    if step is None:
        return plan
    return replace(plan, steps=tuple(sorted((*plan.steps, step), key=lambda one: one[0])))


def _overflow_step(line: Line, call: Call, at: datetime) -> tuple[float, AlarmStep] | None:
    partner = partner_of(line)
    if call.urgency == Urgency.CRISIS:  # after all who are ours, and nobody is sent to wait
        outside = partner is not None and partner.number
        return (danger_partner_s(line), AlarmStep.PARTNER) if outside else None
    if call.overflowed_from not in ("", call.line_id):
        return BACK_AFTER_S, AlarmStep.BACK
    if partner is None or (partner.line_id and call.overflowed_from):
        return None
    return (partner.after_s if is_open(line, at=at) else 0.0), AlarmStep.PARTNER
