"""How callers of a line are served, as data: which plan a caller gets, checked and in words."""

from routing.policy.model import Ladder, Policy, Rung, Speaks
from routing.policy.need import Need
from routing.policy.reading import DEFAULT_DOCUMENT, DEFAULT_POLICY, PolicyFile, read_policy

__all__ = [
    "DEFAULT_DOCUMENT",
    "DEFAULT_POLICY",
    "Ladder",
    "Need",
    "Policy",
    "PolicyFile",
    "Rung",
    "Speaks",
    "read_policy",
]
