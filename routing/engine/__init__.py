"""The engine: events and the time in, decisions out. Standard library only."""

from routing.engine.floor import Floor, Standing, Waiting
from routing.engine.matching import Engine
from routing.engine.model import Decision, Flag, Requirement, Rule, Signature, Skills, Urgency
from routing.engine.plan import Plan, Stage

__all__ = [
    "Decision",
    "Engine",
    "Flag",
    "Floor",
    "Plan",
    "Requirement",
    "Rule",
    "Signature",
    "Skills",
    "Stage",
    "Standing",
    "Urgency",
    "Waiting",
]
