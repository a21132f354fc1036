"""Which steps of its way an escalation has really taken."""

from collections.abc import Iterable, Sequence

from hotline.escalations.queries import EscalationEntryRow

BEGINS_ANEW = frozenset(
    {"escalation.given_back", "escalation.handed_to", "escalation.opened_again"}
)


def steps_done(
    timeline: Iterable[EscalationEntryRow], *, at: int, steps: Sequence[str]
) -> set[str]:
    """Of the steps before the present one, those that somebody really took.

    What was closed at once was never accepted, and what was returned, handed on or opened again
    begins anew.
    """
    taken: set[str] = set()
    for entry in timeline:
        if entry.kind in BEGINS_ANEW:
            taken.clear()
        taken.add(entry.kind)
    return {step for step in steps[:at] if step == steps[0] or f"escalation.{step}" in taken}
