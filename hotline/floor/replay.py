"""Decisions made again from what is kept: the same plan must give the same, another may not.

The engine begins empty now and then (`beginning`); a replay starts where the one began that served
the call or the time asked for, and hears everything since.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from hotline.errors import NotFound
from hotline.lines.plans import policy_from
from hotline.storage.session import Work
from hotline.storage.tables import PlanVersion, RoutingEvent
from hotline.switchboard.process import BEGAN
from hotline.switchboard.teller import Plans
from routing.policy import Policy
from routing.recording import KeptDecision, RecordedEvent, event_of
from routing.replay import ReplayedEvent, replay
from routing.shadow import Difference, Shadow

NOT_KEPT = "There is nothing kept of that: it was not routed, or is older than what is kept."


@dataclass(frozen=True, slots=True)
class Span:
    """What was asked for: one call, or a time in seconds since the epoch; both ends included."""

    call: str | None = None
    from_s: float = float("-inf")
    to_s: float = float("inf")

    def holds(self, step: ReplayedEvent) -> bool:
        """Whether a step is part of what was asked for."""
        if self.call is None:
            return self.from_s <= step.event.at <= self.to_s
        choices = (*step.then, *step.now)
        return step.event.subject == self.call or any(one.call == self.call for one in choices)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The life of one engine: the plans it decided by, and all it was told, as far as needed."""

    plans: Plans
    records: Sequence[RecordedEvent]

    def steps(self) -> Iterator[ReplayedEvent]:
        """Every event, decided again by the same plans."""
        return replay(self.records, self.plans.plan_of)

    def differences(self, others: Mapping[str, Policy]) -> Iterator[Difference]:
        """Where other plans, by line, would have decided otherwise."""
        shadow = Shadow(Plans({**self.plans.policies, **others}, {}).plan_of)
        for record in self.records:
            yield from shadow.follow(record.event, record.choices)


async def read_chapters(work: Work, span: Span) -> list[Chapter]:
    """Everything a replay of the span needs. Raises `NotFound` where nothing is kept of it."""
    first, last = await _ends(work, span)
    start = await _beginning(work, span, first, last)
    query = select(RoutingEvent).where(col(RoutingEvent.id).between(start, last))
    rows = (await work.exec(query.order_by(col(RoutingEvent.id)))).all()
    return [await _chapter(work, *each) for each in _split(rows)]


async def _beginning(work: Work, span: Span, first: int, last: int) -> int:
    """Where an engine began that heard all of it. Raises `NotFound`.

    Of the oldest time that is kept the beginning may be deleted: there the next one is taken.
    """
    began = select(func.max(RoutingEvent.id)).where(RoutingEvent.kind == BEGAN)
    start = (await work.exec(began.where(col(RoutingEvent.id) <= first))).one()
    if start is None and span.call is None:
        later = select(func.min(RoutingEvent.id)).where(RoutingEvent.kind == BEGAN)
        start = (await work.exec(later.where(col(RoutingEvent.id).between(first, last)))).one()
    if start is None:
        raise NotFound(NOT_KEPT)
    return start


async def _ends(work: Work, span: Span) -> tuple[int, int]:
    """The first and the last event of the span."""
    query = select(func.min(RoutingEvent.id), func.max(RoutingEvent.id))
    if span.call is not None:
        query = query.where(RoutingEvent.subject == span.call)
        first, last = (await work.exec(query)).one()
        last = await _decided_last(work, span.call, first, last)
    else:
        query = query.where(col(RoutingEvent.at_s).between(span.from_s, span.to_s))
        first, last = (await work.exec(query)).one()
    if first is None or last is None:
        raise NotFound(NOT_KEPT)
    return first, last


async def _decided_last(work: Work, call: str, first: int | None, last: int | None) -> int | None:
    """A call is also decided on when a counselor is told of, or time."""
    decided = col(RoutingEvent.decisions).contains([{"call": call}])
    query = select(func.max(RoutingEvent.id)).where(decided, col(RoutingEvent.id) >= (first or 0))
    return max((one for one in (last, (await work.exec(query)).one()) if one), default=None)


def _split(rows: Sequence[RoutingEvent]) -> Iterator[tuple[RoutingEvent, list[RoutingEvent]]]:
    """Each beginning with what followed it."""
    begins = [n for n, row in enumerate(rows) if row.kind == BEGAN]
    for n, following in zip(begins, [*begins[1:], len(rows)], strict=True):
        yield rows[n], list(rows[n + 1 : following])


async def _chapter(work: Work, began: RoutingEvent, rows: Sequence[RoutingEvent]) -> Chapter:
    versions: Mapping[str, str] = began.facts["plans"]
    kept = await work.exec(
        select(PlanVersion).where(col(PlanVersion.version).in_(versions.values()))
    )
    documents = {one.version: one.document for one in kept.all()}
    policies = {
        line: policy_from(documents.get(version, {}), version=version)
        for line, version in versions.items()
    }
    return Chapter(Plans(policies, versions), [_record(row) for row in rows])


def _record(row: RoutingEvent) -> RecordedEvent:
    choices = tuple(KeptDecision(**one) for one in row.decisions)
    return RecordedEvent(
        event=event_of(row.at_s, row.kind, row.subject, row.facts), choices=choices
    )


def moment(at: datetime | None, otherwise: float) -> float:
    """A time of day in seconds since the epoch."""
    return otherwise if at is None else at.timestamp()
