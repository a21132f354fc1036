"""The same events, told again: the same decisions, or there is a fault in this code."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from routing.engine import Engine
from routing.recording import Choice, Event, PlanOf, Record, apply, choices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event, what was decided then and what is decided now."""

    event: Event
    then: tuple[Choice, ...]
    now: tuple[Choice, ...]

    @property
    def same(self) -> bool:
        """Call, counselor and stage, in their order."""
        return self.then == self.now


def replay(records: Iterable[Record], plan_of: PlanOf) -> Iterator[Step]:
    """Tell an empty engine what another was told from its beginning."""
    engine = Engine()
    for record in records:
        now = choices_of(apply(engine, record.event, plan_of))
        yield Step(event=record.event, then=record.choices, now=now)
