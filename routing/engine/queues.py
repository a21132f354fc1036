"""Queues of callers: one for all of a plan.

Such callers differ in nothing but arrival. So the first of a queue speaks for all of it: whom
the first cannot have, nobody in it can have, and one alarm for the first serves the whole queue.
"""

from routing.engine.eligibility import Queue
from routing.engine.floor import Waiting
from routing.engine.ordering import Firsts, Ordering, SortKey
from routing.engine.plan import Stage

# Callers who have the same rank, wish, and time from when on who has just ended a talk is asked.
Wish = tuple[int, float | None, Stage]


class Queues:
    """The index of the other side. Knows when a hard stage opens next, and for whom."""

    def __init__(self) -> None:
        self.callers: dict[str, Waiting] = {}
        self.queue_of: dict[str, Queue] = {}
        self._alarms: Ordering[SortKey] = Ordering()  # the next hard stage of each queue's first
        # When the one a caller in danger knows may be asked though a talk of theirs just ended.
        self._wishes: Ordering[SortKey] = Ordering()
        self.heads = Firsts(), Firsts()  # of all queues, by rank; their groups are stages
        # By counselor: who wishes for them, in order, by what they have alike.
        self.wanted: dict[str, dict[Wish, Ordering[SortKey]]] = {}

    def in_order(self) -> list[Waiting]:
        return sorted(self.callers.values(), key=lambda caller: caller.order_key)

    def add(self, caller: Waiting, queue: Queue, now: float) -> None:
        """Stand in the queue of the plan, at the place the arrival gives."""
        place, head = caller.place, queue.head
        queue.order.add(place)
        self.callers[caller.call] = caller
        self.queue_of[caller.call] = queue
        if caller.plan.wants:
            wanted = self.wanted.setdefault(caller.plan.wants, {})
            wanted.setdefault(_wish(caller), Ordering()).add(place)
            if (alarm := _wish_alarm(caller)) and alarm[0] > now:
                self._wishes.add(alarm)
        if head is None or place < head[:2]:
            self._changed(queue, now)

    def remove(self, call: str, now: float) -> None:
        """Leave the queue. The call must be in one."""
        caller, queue = self.callers.pop(call), self.queue_of.pop(call)
        queue.order.remove(caller.place)
        if caller.plan.wants:
            self._unwish(caller)
            if (alarm := _wish_alarm(caller)) and alarm[0] > now:  # else it rang
                self._wishes.remove(alarm)
        if queue.head is None or queue.head[1] == call:
            self._changed(queue, now)

    def next_deadline(self) -> float | None:
        """When somebody's chances change by waiting alone."""
        alarms = filter(None, (self._alarms.lead, self._wishes.lead))
        return min((at for at, _ in alarms), default=None)

    def due(self, now: float) -> set[str]:
        """Who may have a chance by now: their next hard stage opened.

        Their alarms are off: each is to be served, or its queue to be armed again.
        """
        calls = set()
        while (alarm := self._alarms.lead) and alarm[0] <= now:
            self._alarms.remove(alarm)
            self.queue_of[alarm[1]].alarm = None
            calls.add(alarm[1])
        while (alarm := self._wishes.lead) and alarm[0] <= now:
            self._wishes.remove(alarm)
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
        wanted = self.wanted[str(caller.plan.wants)]
        wish = _wish(caller)
        order = wanted[wish]
        order.remove(caller.place)
        if order.lead is None:
            del wanted[wish]

    def _changed(self, queue: Queue, now: float) -> None:
        """Another is first in line, or nobody."""
        heads = self.heads[queue.plan.rank]
        if queue.head:
            heads.remove(queue.head)
        queue.head = None
        if lead := queue.order.lead:
            queue.head = *lead, queue.stages
            heads.add(queue.head, queue.stages)
        self.arm(queue, now)

    def _next_alarm(self, queue: Queue, now: float) -> SortKey | None:
        if queue.head:
            arrival, call, *_ = queue.head
            for stage in queue.plan.general:
                if arrival + stage.after_s > now:
                    return arrival + stage.after_s, call
        return None


def _wish(caller: Waiting) -> Wish:
    return caller.plan.rank, caller.plan.protected_s, caller.plan.stages[0]


def _wish_alarm(caller: Waiting) -> SortKey | None:
    """The first in line sets no alarm for this: whom another knows may fit nobody else."""
    opens_s = caller.plan.protected_s if caller.plan.rank == 0 else None
    return None if opens_s is None else (caller.arrival + opens_s, caller.call)
