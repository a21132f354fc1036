"""What a routing is measured against: bounds that leave something out, and the usual rule.

None of them cuts a wrap-up short, so that none can do more than its counselors have time for.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from routing.care import Care
from routing.engine import Plan, Requirement, Skills, Stage, Urgency
from routing.policy import Need
from routing.simulate.floor import Rules
from routing.simulate.load import Profile

LATER_S = 1e9  # more than any run lasts: flexibility first, then the end of the last talk


def pooled(care: Care) -> Rules:
    """Everybody takes every call, in order of arrival: no policy has a smaller mean wait."""
    return _rules(care, lambda _: _plan("pooled", Urgency.ROUTINE, Requirement()))


def skill_floor(care: Care, profile: Profile) -> Rules:
    """Only a language in common is asked for; whoever could help the fewest others goes first."""
    shares = dict(profile.languages)

    def place(skills: Skills, idle_since: float) -> float:
        flexibility = sum(shares.get(language, 0.0) for language, _ in skills.languages)
        return flexibility * LATER_S + idle_since

    def plan_of(need: Need) -> Plan:
        return _plan("language", Urgency.ROUTINE, Requirement(languages=_spoken(need)))

    return replace(_rules(care, plan_of), place=place)


def strict(care: Care) -> Rules:
    """What is asked for is never relaxed, and nobody comes first: the usual queue by skills."""
    return _rules(care, _strict)


def _strict(need: Need) -> Plan:
    crisis = need.urgency is Urgency.CRISIS
    required = Requirement(
        languages=_spoken(need), certified=crisis, topic=None if crisis else need.topic
    )
    return _plan(f"strict/{crisis}/{required.topic}", Urgency.ROUTINE, required)


def _rules(care: Care, plan_of: Callable[[Need], Plan]) -> Rules:
    return Rules(plan_of=plan_of, care=replace(care, protected_s=math.inf))


def _spoken(need: Need) -> tuple[str, ...]:
    return (need.language, *(need.also_speaks or ()))


def _plan(name: str, urgency: Urgency, required: Requirement) -> Plan:
    whole = "/".join([name, urgency, *required.languages])
    return Plan(whole, urgency, (Stage("anyone", required),))
