"""Queues of callers: one for all of a plan.

Such callers differ in nothing but arrival. So the first of a queue speaks for all of it: whom
the first cannot have, nobody in it can have, and one alarm for the first serves the whole queue.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from routing.engine.eligibility import Eligibility
from routing.engine.floor import Waiting
from routing.engine.ordering import Ordering, SortKey
from routing.engine.plan import Plan

Head = tuple[float, str, int]  # arrival, call and plan of the first in a queue


@dataclass(slots=True)
class Queue:
    """`plan` is a number of `Eligibility`."""

    plan: int
    order: Ordering = field(default_factory=Ordering)
    head: Head | None = None
    alarm: SortKey | None = None


class Queues:
    """The index of the other side. Knows when a hard stage opens next, and for whom."""

    def __init__(self, eligibility: Eligibility) -> None:
        self.callers: dict[str, Waiting] = {}
        self.queue_of: dict[str, Queue] = {}
        self._alarms = Ordering()  # when a hard stage opens for the first of a queue
        self._eligibility = eligibility
        self._by_plan: list[Queue] = []
        self.heads: tuple[list[Head], list[Head]] = [], []  # of all queues, by rank, in order
        # By counselor: who wishes for them, in order, by plan with that wish.
        self.wanted: dict[str, dict[Plan, Ordering]] = {}

    def in_order(self) -> list[Waiting]:
        return sorted(self.callers.values(), key=lambda caller: caller.order_key)

    def queue(self, plan: Plan) -> Queue:
        """Where callers of a plan stand, whomever they know."""
        number = self._eligibility.plan(plan)
        if number == len(self._by_plan):
            self._by_plan.append(Queue(number))
        return self._by_plan[number]

    def add(self, caller: Waiting, now: float) -> None:
        """Stand in the queue, at the place the arrival gives."""
        queue = self.queue(caller.plan)
        queue.order.add(caller.place)
        self.callers[caller.call] = caller
        self.queue_of[caller.call] = queue
        if caller.wants:
            wanted = self.wanted.setdefault(caller.wants, {})
            wanted.setdefault(caller.plan, Ordering()).add(caller.place)
        self._changed(queue, now)

    def remove(self, call: str, now: float) -> None:
        """Leave the queue. The call must be in one."""
        caller, queue = self.callers.pop(call), self.queue_of.pop(call)
        queue.order.remove(caller.place)
        if caller.wants:
            self._unwish(caller)
        self._changed(queue, now)

    def next_deadline(self) -> float | None:
        """When somebody's chances change by waiting alone."""
        return self._alarms.first[0] if self._alarms else None

    def due(self, now: float) -> set[str]:
        """Who may have a chance by now: their next hard stage opened.

        Their alarms are off: each is to be served, or its queue to be armed again.
        """
        calls = set()
        while self._alarms and self._alarms.first[0] <= now:
            alarm = self._alarms.first
            self._alarms.remove(alarm)
            self.queue_of[alarm[1]].alarm = None
            calls.add(alarm[1])
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

    def _unwish(self, caller: Waiting) -> None:
        wanted = self.wanted[str(caller.wants)]
        order = wanted[caller.plan]
        order.remove(caller.place)
        if not order:
            del wanted[caller.plan]

    def _changed(self, queue: Queue, now: float) -> None:
        head = (*queue.order.first, queue.plan) if queue.order else None
        if head != queue.head:
            heads = self.heads[self._eligibility.plans[queue.plan].rank]
            if queue.head:
                del heads[bisect_left(heads, queue.head)]
            if head:
                insort(heads, head)
            queue.head = head
        self.arm(queue, now)

    def _next_alarm(self, queue: Queue, now: float) -> SortKey | None:
        if queue.order:
            arrival, call = queue.order.first
            for stage in self._eligibility.plans[queue.plan].stages:
                if arrival + stage.after_s > now:
                    return arrival + stage.after_s, call
        return None
