"""A long timeline in few lines: what was decided, each thing once, and whom each round reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from hotline.escalations.queries import AttemptRow, EscalationEntryRow

# The line of the attempt itself says how it ended; the round says that nobody acknowledged.
TOLD_BY_ROUNDS = ("attempt.", "escalation.not_acknowledged")


@dataclass(frozen=True, slots=True)
class ToldOnce:
    """An entry of the timeline, and how often the same happened on end. `entry`: the last."""

    entry: EscalationEntryRow
    times: int


@dataclass(slots=True)
class Round:
    """One way through the chain, and whom it rang, the last first. `number` counts from one.

    `acknowledged_by`: the last who answered for the child in it, by telephone or on a page.
    `given_back`: they returned it.
    """

    number: int
    attempts: list[AttemptRow] = field(default_factory=list)
    acknowledged_by: str = ""
    given_back: bool = False

    @property
    def dialled(self) -> int:
        """How many were really rung."""
        return sum(one.tries > 0 for one in self.attempts)


def told_once(timeline: Iterable[EscalationEntryRow]) -> list[ToldOnce]:
    """What is not a matter of single attempts; the same by the same person on end is one line."""
    kept = (entry for entry in timeline if not entry.kind.startswith(TOLD_BY_ROUNDS))
    runs = (list(run) for _, run in groupby(kept, lambda entry: (entry.kind, entry.actor)))
    return [ToldOnce(run[-1], len(run)) for run in runs]


def rounds_of(
    attempts: Iterable[AttemptRow], timeline: Iterable[EscalationEntryRow] = ()
) -> list[Round]:
    """The attempts by their round, the present one first, and what `timeline` tells of each."""
    found: dict[int, Round] = {}
    for attempt in attempts:
        found.setdefault(attempt.round, Round(attempt.round + 1)).attempts.insert(0, attempt)
    rounds = sorted(found.values(), key=lambda one: -one.number)
    for entry in timeline:
        _tell(rounds, entry)
    return rounds


def _tell(rounds: list[Round], entry: EscalationEntryRow) -> None:
    """Who acknowledges or returns it does so in the round that had begun by then."""
    begun = [one for one in rounds if one.attempts[-1].created_at <= entry.at] or rounds[-1:]
    if not begun:
        return
    if entry.kind == "escalation.acknowledged":
        begun[0].acknowledged_by, begun[0].given_back = entry.actor, False
    elif entry.kind == "escalation.given_back":
        begun[0].given_back = True


def steps_done(
    timeline: Iterable[EscalationEntryRow], *, at: int, steps: Sequence[str]
) -> set[str]:
    """Of the steps before the present one, those that somebody really took.

    What was closed at once was never accepted, and what was returned begins anew.
    """
    taken: set[str] = set()
    for entry in timeline:
        if entry.kind == "escalation.given_back":
            taken.clear()
        taken.add(entry.kind)
    return {step for step in steps[:at] if step == steps[0] or f"escalation.{step}" in taken}
