"""The same events, told again: the same decisions, or there is a fault in this code."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from routing.engine import Engine
from routing.recording import Event, KeptDecision, PlanOf, RecordedEvent, apply, choices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedEvent:
    """One event, what was decided then and what is decided now."""

    event: Event
    then: tuple[KeptDecision, ...]
    now: tuple[KeptDecision, ...]

    @property
    def same(self) -> bool:
        """Call, counselor and stage, in their order."""
        return self.then == self.now


def replay(records: Iterable[RecordedEvent], plan_of: PlanOf) -> Iterator[ReplayedEvent]:
    """Tell an empty engine what another was told from its beginning."""
    engine = Engine()
    for record in records:
        now = choices_of(apply(engine, record.event, plan_of))
        yield ReplayedEvent(event=record.event, then=record.choices, now=now)
