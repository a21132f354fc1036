"""Callers in line: one line for all of a plan who may go to the same counselors.

Such callers differ in nothing but arrival. So the first of a line speaks for all of it: whom the
first cannot have, nobody in that line can have, and one alarm for the first serves the whole line.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, field, replace

from routing.engine.eligibility import Eligibility
from routing.engine.floor import Waiting
from routing.engine.ordering import Ordering, Place

Head = tuple[float, str, int]  # arrival, call and plan of the first in a line


@dataclass(slots=True)
class Line:
    """`plan` is a number of `Eligibility`."""

    plan: int
    not_to: frozenset[str] = frozenset()
    order: Ordering = field(default_factory=Ordering)
    head: Head | None = None
    alarm: Place | None = None


class Lines:
    """The index of the other side. Knows when a hard stage opens next, and for whom."""

    def __init__(self, eligibility: Eligibility) -> None:
        self.callers: dict[str, Waiting] = {}
        self.line_of: dict[str, Line] = {}
        self._alarms = Ordering()  # when a hard stage opens for the first of a line
        self._reunions = Ordering()  # when a caller may again go to whom they were kept from
        self._eligibility = eligibility
        self._by_plan: list[Line] = []  # without exclusions
        self.heads: tuple[list[Head], list[Head]] = [], []  # of these, by rank, in order
        self.apart: dict[tuple[int, frozenset[str]], Line] = {}  # with exclusions, while not empty
        self.wanted: dict[str, set[str]] = {}  # by counselor: the calls that name them

    def in_order(self) -> list[Waiting]:
        return sorted(self.callers.values(), key=lambda caller: caller.turn)

    def add(self, caller: Waiting, now: float) -> None:
        """Stand in line, at the place the arrival gives."""
        line = self._line(self._eligibility.plan(caller.plan.impersonal), caller.not_to)
        line.order.add((caller.arrival, caller.call))
        self.callers[caller.call] = caller
        self.line_of[caller.call] = line
        if caller.wants:
            self.wanted.setdefault(caller.wants, set()).add(caller.call)
        if caller.not_to:
            self._reunions.add((caller.apart_until, caller.call))
        self._changed(line, now)

    def remove(self, call: str, now: float) -> None:
        """Leave the line. The call must be in one."""
        caller, line = self.callers.pop(call), self.line_of.pop(call)
        line.order.remove((caller.arrival, call))
        if caller.wants:
            self.wanted[caller.wants].remove(call)
        if caller.not_to:
            self._reunions.remove((caller.apart_until, call))
        self._changed(line, now)

    def next_deadline(self) -> float | None:
        """When somebody's chances change by waiting alone."""
        orders = (self._alarms, self._reunions)
        return min((order.first[0] for order in orders if order), default=None)

    def due(self, now: float) -> set[str]:
        """Who may have a chance by now: their stage opened, or their time apart is over.

        Their alarms are off: each is to be served, or its line to be armed again.
        """
        calls = set()
        while self._alarms and self._alarms.first[0] <= now:
            alarm = self._alarms.first
            self._alarms.remove(alarm)
            self.line_of[alarm[1]].alarm = None
            calls.add(alarm[1])
        while self._reunions and self._reunions.first[0] <= now:
            calls |= self._reunite(self._reunions.first[1], now)
        return calls

    def arm(self, line: Line, now: float) -> None:
        """Set the alarm for the next hard stage of the first in line."""
        alarm = self._next_alarm(line, now)
        if alarm != line.alarm:
            if line.alarm:
                self._alarms.remove(line.alarm)
            if alarm:
                self._alarms.add(alarm)
            line.alarm = alarm

    def _line(self, plan: int, not_to: frozenset[str]) -> Line:
        if plan == len(self._by_plan):
            self._by_plan.append(Line(plan))
        if not not_to:
            return self._by_plan[plan]
        return self.apart.setdefault((plan, not_to), Line(plan, not_to))

    def _changed(self, line: Line, now: float) -> None:
        if line.not_to:
            if not line.order:
                del self.apart[line.plan, line.not_to]
        elif (head := (*line.order.first, line.plan) if line.order else None) != line.head:
            heads = self.heads[self._eligibility.plans[line.plan].rank]
            if line.head:
                del heads[bisect_left(heads, line.head)]
            if head:
                insort(heads, head)
            line.head = head
        self.arm(line, now)

    def _reunite(self, call: str, now: float) -> set[str]:
        """Move a caller to the line without exclusions. The next in the old line may go as well."""
        former = self.line_of[call]
        caller = replace(self.callers[call], not_to=frozenset(), apart_until=0.0)
        self.remove(call, now)
        self.add(caller, now)
        return {call, former.order.first[1]} if former.order else {call}

    def _next_alarm(self, line: Line, now: float) -> Place | None:
        if line.order:
            arrival, call = line.order.first
            for stage in self._eligibility.plans[line.plan].stages:
                if arrival + stage.after_s > now:
                    return arrival + stage.after_s, call
        return None
