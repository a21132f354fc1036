"""Queues of callers: one for all of a plan who may go to the same counselors.

Such callers differ in nothing but arrival. So the first of a queue speaks for all of it: whom
the first cannot have, nobody in it can have, and one alarm for the first serves the whole queue.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, field, replace

from routing.engine.eligibility import Eligibility
from routing.engine.floor import Waiting
from routing.engine.ordering import Ordering, SortKey

Head = tuple[float, str, int]  # arrival, call and plan of the first in a queue


@dataclass(slots=True)
class Queue:
    """`plan` is a number of `Eligibility`."""

    plan: int
    not_to: frozenset[str] = frozenset()
    order: Ordering = field(default_factory=Ordering)
    head: Head | None = None
    alarm: SortKey | None = None


class Queues:
    """The index of the other side. Knows when a hard stage opens next, and for whom."""

    def __init__(self, eligibility: Eligibility) -> None:
        self.callers: dict[str, Waiting] = {}
        self.queue_of: dict[str, Queue] = {}
        self._alarms = Ordering()  # when a hard stage opens for the first of a queue
        self._reunions = Ordering()  # when a caller may again go to whom they were kept from
        self._eligibility = eligibility
        self._by_plan: list[Queue] = []  # without exclusions
        self.heads: tuple[list[Head], list[Head]] = [], []  # of these, by rank, in order
        self.apart: dict[tuple[int, frozenset[str]], Queue] = {}  # with exclusions, while not empty
        self.wanted: dict[str, set[str]] = {}  # by counselor: the calls that name them

    def in_order(self) -> list[Waiting]:
        return sorted(self.callers.values(), key=lambda caller: caller.turn)

    def add(self, caller: Waiting, now: float) -> None:
        """Stand in the queue, at the place the arrival gives."""
        queue = self._queue(self._eligibility.plan(caller.plan.impersonal), caller.not_to)
        queue.order.add((caller.arrival, caller.call))
        self.callers[caller.call] = caller
        self.queue_of[caller.call] = queue
        if caller.wants:
            self.wanted.setdefault(caller.wants, set()).add(caller.call)
        if caller.not_to:
            self._reunions.add((caller.apart_until, caller.call))
        self._changed(queue, now)

    def remove(self, call: str, now: float) -> None:
        """Leave the queue. The call must be in one."""
        caller, queue = self.callers.pop(call), self.queue_of.pop(call)
        queue.order.remove((caller.arrival, call))
        if caller.wants:
            self.wanted[caller.wants].remove(call)
        if caller.not_to:
            self._reunions.remove((caller.apart_until, call))
        self._changed(queue, now)

    def next_deadline(self) -> float | None:
        """When somebody's chances change by waiting alone."""
        orders = (self._alarms, self._reunions)
        return min((order.first[0] for order in orders if order), default=None)

    def due(self, now: float) -> set[str]:
        """Who may have a chance by now: their stage opened, or their time apart is over.

        Their alarms are off: each is to be served, or its queue to be armed again.
        """
        calls = set()
        while self._alarms and self._alarms.first[0] <= now:
            alarm = self._alarms.first
            self._alarms.remove(alarm)
            self.queue_of[alarm[1]].alarm = None
            calls.add(alarm[1])
        while self._reunions and self._reunions.first[0] <= now:
            calls |= self._reunite(self._reunions.first[1], now)
        return calls

    def arm(self, queue: Queue, now: float) -> None:
        """Set the alarm for the next hard stage of the first in line."""
        alarm = self._next_alarm(queue, now)
        if alarm != queue.alarm:
            if queue.alarm:
                self._alarms.remove(queue.alarm)
            if alarm:
                self._alarms.add(alarm)
            queue.alarm = alarm

    def _queue(self, plan: int, not_to: frozenset[str]) -> Queue:
        if plan == len(self._by_plan):
            self._by_plan.append(Queue(plan))
        if not not_to:
            return self._by_plan[plan]
        return self.apart.setdefault((plan, not_to), Queue(plan, not_to))

    def _changed(self, queue: Queue, now: float) -> None:
        if queue.not_to:
            if not queue.order:
                del self.apart[queue.plan, queue.not_to]
        elif (head := (*queue.order.first, queue.plan) if queue.order else None) != queue.head:
            heads = self.heads[self._eligibility.plans[queue.plan].rank]
            if queue.head:
                del heads[bisect_left(heads, queue.head)]
            if head:
                insort(heads, head)
            queue.head = head
        self.arm(queue, now)

    def _reunite(self, call: str, now: float) -> set[str]:
        """Move a caller to the queue without exclusions. The next in the old one may go as well."""
        former = self.queue_of[call]
        caller = replace(self.callers[call], not_to=frozenset(), apart_until=0.0)
        self.remove(call, now)
        self.add(caller, now)
        return {call, former.order.first[1]} if former.order else {call}

    def _next_alarm(self, queue: Queue, now: float) -> SortKey | None:
        if queue.order:
            arrival, call = queue.order.first
            for stage in self._eligibility.plans[queue.plan].stages:
                if arrival + stage.after_s > now:
                    return arrival + stage.after_s, call
        return None
