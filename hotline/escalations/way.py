"""How far a station has come with an escalation, and the one step that is next. Pure."""

from collections.abc import Iterable

from hotline.escalations.model import EscalationState

STEPS = ("acknowledged", "accepted", "on_the_way", "contact_made", "reported", "closed")
BEGINS_ANEW = frozenset(
    {
        "escalation.acknowledged",
        "escalation.reopened",
        "escalation.given_back",
        "escalation.handed_to",
        "escalation.opened_again",
    }
)
"""What was done before says nothing of who has it now."""


def steps_taken(kinds: Iterable[str]) -> tuple[str, ...]:
    """The steps that whoever has it really took, of the kinds of entries in their order."""
    taken: dict[str, None] = {}
    for kind in kinds:
        if kind in BEGINS_ANEW:
            taken.clear()
        step = kind.removeprefix("escalation.")
        if step in STEPS:
            taken[step] = None
    return tuple(step for step in STEPS if step in taken)


def next_step(state: str, taken: Iterable[str]) -> str:
    """What is to be done now; empty where nothing is. Going there may be left out, a report not."""
    done = set(taken)
    match EscalationState(state):
        case EscalationState.OPEN:
            return "acknowledged"
        case EscalationState.ACKNOWLEDGED:
            return "accepted"
        case EscalationState.ACCEPTED:
            if "contact_made" in done:
                return "reported"
            return "contact_made" if "on_the_way" in done else "on_the_way"
        case EscalationState.REPORTED:
            return "closed"
        case EscalationState.CLOSED:
            return ""
