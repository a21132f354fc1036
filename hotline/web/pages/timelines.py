"""A long timeline in few lines: what was decided, each thing once, and whom each round reached."""

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Round:
    """One way through the chain, and whom it rang, the last first. `number` counts from one."""

    number: int
    attempts: list[AttemptRow] = field(default_factory=list)

    @property
    def dialled(self) -> int:
        """How many were really rung."""
        return sum(one.tries > 0 for one in self.attempts)

    @property
    def acknowledged(self) -> bool:
        """Whether somebody who was rung in it answered for the child."""
        return any(one.state == "acknowledged" for one in self.attempts)


def told_once(timeline: Iterable[EscalationEntryRow]) -> list[ToldOnce]:
    """What is not a matter of single attempts; the same by the same person on end is one line."""
    kept = (entry for entry in timeline if not entry.kind.startswith(TOLD_BY_ROUNDS))
    runs = (list(run) for _, run in groupby(kept, lambda entry: (entry.kind, entry.actor)))
    return [ToldOnce(run[-1], len(run)) for run in runs]


def rounds_of(attempts: Iterable[AttemptRow]) -> list[Round]:
    """The attempts by their round, the present one first."""
    found: dict[int, Round] = {}
    for attempt in attempts:
        found.setdefault(attempt.round, Round(attempt.round + 1)).attempts.insert(0, attempt)
    return sorted(found.values(), key=lambda one: -one.number)
