"""Events and the time in, decisions out. Holds who waits and who is idle, and nothing else.

A decision takes call and counselor out of the engine; what comes of the offer is for the user of
this code to find out and to report as a new event. An event says what is true now: said twice it
changes nothing, and of an unknown call or counselor it is no error.
"""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heapify, heappop, heappush

from routing.engine.eligibility import FLAGS, Eligibility
from routing.engine.floor import Floor, Standing, Waiting
from routing.engine.idle import IdleCounselors
from routing.engine.model import Decision, Flag, Signature, Urgency
from routing.engine.plan import Plan, Stage
from routing.engine.queues import Queues

# Sorts the callers one counselor could take: urgency, arrival less bonus, id; then 0 for a stage
# that names the counselor, 1 for any other, so that two matches are never equal.
Match = tuple[int, float, str, int, Stage]
Chosen = list[tuple[Standing, Stage]]


class Engine:
    """One floor. Not safe for threads; costs nothing to build anew from stored rows."""

    def __init__(self) -> None:
        """Nobody there yet."""
        self._now = float("-inf")
        self._eligibility = Eligibility()
        self._idle = IdleCounselors()
        self._queues = Queues(self._eligibility)

    def call_arrives(
        self, call: str, plan: Plan, now: float, *, arrival: float | None = None
    ) -> list[Decision]:
        """A caller begins to wait, or waits since `arrival` when the engine is built anew."""
        if arrival is None:
            known = self._queues.callers.get(call)
            arrival = known.arrival if known else now
        return self._enter(Waiting(call=call, plan=plan, arrival=arrival), now)

    def call_rescored(self, call: str, plan: Plan, now: float) -> list[Decision]:
        """More became known of a waiting caller: another plan, the same arrival."""
        caller = self._queues.callers.get(call)
        return self._enter(replace(caller, plan=plan), now) if caller else self.tick(now)

    def call_leaves(self, call: str) -> None:
        """Hung up, or is no longer ours to offer."""
        if call in self._queues.callers:
            self._queues.remove(call, self._now)

    def counselor_ready(
        self, counselor: str, signature: Signature, now: float, *, idle_since: float | None = None
    ) -> list[Decision]:
        """May be offered a call from now on. `idle_since`: when their last talk ended."""
        self._idle.discard(counselor)
        decisions = self.tick(now)
        idle = Standing(counselor, signature, now if idle_since is None else idle_since)
        number = self._eligibility.signature(signature)
        if decision := self._take_a_caller(idle, number):
            return [*decisions, decision]
        self._idle.add(idle, number)
        return decisions

    def counselor_away(self, counselor: str) -> None:
        """May not be offered calls: talks, rests, has left."""
        self._idle.discard(counselor)

    def tick(self, now: float) -> list[Decision]:
        """Let time pass: what became possible by waiting alone. Time never runs backwards."""
        self._now = max(self._now, now)
        calls = self._queues.due(self._now)
        return self._serve(calls) if calls else []

    def next_deadline(self) -> float | None:
        """When waiting alone changes something next. To be followed by a `tick`."""
        return self._queues.next_deadline()

    def waiting(self) -> list[str]:
        """The calls in line, as they would be served by somebody who fits them all."""
        return [caller.call for caller in self._queues.in_order()]

    def floor(self) -> Floor:
        """Everybody in the engine, for `explain`. Looks at all of them: not for every event."""
        callers = tuple(self._queues.in_order())
        return Floor(now=self._now, callers=callers, counselors=self._idle.in_order())

    def _enter(self, caller: Waiting, now: float) -> list[Decision]:
        self.call_leaves(caller.call)
        self._now = max(self._now, now)
        calls = self._queues.due(self._now)  # first: adding to a queue sets its alarm anew
        queue = self._queues.queue(caller.plan)
        # Behind another, nobody is there for this one either.
        ahead = not caller.wants and bool(queue.order) and queue.order.first < caller.place
        if not calls and not ahead and (chosen := self._choose(caller, queue.plan)):
            return self._decisions(caller, chosen)
        self._queues.add(caller, self._now)
        return self._serve(calls if ahead else calls | {caller.call}) if calls else []

    def _serve(self, calls: set[str]) -> list[Decision]:
        """Let these callers choose, in order. After each one served, the next in that queue."""
        to_serve = [self._queues.callers[call].order_key for call in calls]
        heapify(to_serve)
        decisions: list[Decision] = []
        while to_serve:
            *_, call = heappop(to_serve)
            queue = self._queues.queue_of.get(call)
            if queue is None:
                continue  # named twice, and served the first time
            made = self._offer(self._queues.callers[call], queue.plan)
            if not made:
                self._queues.arm(queue, self._now)
            elif queue.order:
                heappush(to_serve, self._queues.callers[queue.order.first[1]].order_key)
            decisions += made
        return decisions

    def _take_a_caller(self, idle: Standing, signature: int) -> Decision | None:
        """The best of the callers that somebody who became ready could take."""
        match = self._best_head(idle.signature.flag, self._eligibility.met(signature))
        if self._queues.wanted.get(idle.counselor):
            match = min(self._with_wishes(idle, match), default=None)
        if match is None:
            return None
        caller = self._queues.callers[match[2]]
        self._queues.remove(caller.call, self._now)
        return self._decision(caller, idle, match[-1])

    def _offer(self, caller: Waiting, plan: int) -> list[Decision]:
        """To as many as are to be rung, of those who may be by now."""
        chosen = self._choose(caller, plan)
        if chosen:
            self._queues.remove(caller.call, self._now)
        return self._decisions(caller, chosen)

    def _decisions(self, caller: Waiting, chosen: Chosen) -> list[Decision]:
        return [self._decision(caller, idle, stage) for idle, stage in chosen]

    def _choose(self, caller: Waiting, plan: int) -> Chosen:
        """Down the ladder, at each stage who is ready first, and of these who is idle longest.

        Takes whom it chooses. Where somebody certified was found, nobody is added for whom
        certification was waived: of phones that ring together any may be the first to answer. Nor
        is anybody disturbed more than whom the best stage gave.
        """
        chosen: Chosen = []
        certified = False
        for position, stage in enumerate(caller.plan.stages, 0 if caller.wants is None else -1):
            waived = certified and not stage.requirement.certified
            if waived or not caller.open(stage, self._now):
                break
            for flag in FLAGS if caller.plan.urgency is Urgency.CRISIS else FLAGS[:1]:
                if chosen and FLAGS.index(flag) > FLAGS.index(chosen[0][0].signature.flag):
                    break
                if caller.open(stage, self._now, flag):
                    most = caller.plan.ring - len(chosen)
                    if flag is Flag.RINGING:  # one is spared, and only where nobody else is found
                        most = 0 if chosen else 1
                    chosen += [
                        (idle, stage) for idle in self._take(caller, plan, position, flag, most)
                    ]
            certified = bool(chosen) and chosen[-1][1].requirement.certified
        return chosen

    def _take(
        self, caller: Waiting, plan: int, position: int, flag: Flag, most: int
    ) -> list[Standing]:
        """Up to so many who fit a stage and stand so, out of the index."""
        taken: list[Standing] = []
        while len(taken) < most and (idle := self._find(caller, plan, position, flag)):
            self._idle.discard(idle.counselor)
            taken.append(idle)
        return taken

    def _find(self, caller: Waiting, plan: int, position: int, flag: Flag) -> Standing | None:
        """The longest idle who fits a stage; at -1 the one the caller wishes for."""
        if position >= 0:
            return self._idle.longest(self._eligibility.fitting(plan, position, flag))
        idle = self._idle.get(caller.wants)
        if idle is None or idle.signature.flag is not flag:
            return None
        return idle if _grants(caller, idle, self._now) else None

    def _with_wishes(self, idle: Standing, best: Match | None) -> Iterator[Match]:
        """The best, and of each plan the first who wishes for this very counselor and may."""
        if best is not None:
            yield best
        for plan, order in self._queues.wanted[idle.counselor].items():
            caller, stage = self._queues.callers[order.first[1]], plan.stages[0]
            if _grants(caller, idle, self._now):
                yield plan.rank, caller.arrival - stage.bonus_s, caller.call, 0, stage

    def _best_head(self, flag: Flag, met: int) -> Match | None:
        """The best of those who are first in a queue, where the counselor's stage is open."""
        best: tuple[float, str, int, int] | None = None  # arrival less bonus, call, rank, plan
        since = float("inf")
        for reach in self._eligibility.reaches(flag).values():
            if best is not None and reach.rank > best[2]:
                break
            fitting, by_plan = met & reach.requirements, reach.by_plan
            after_s, bonus_s = reach.after_s, reach.bonus_s
            for arrival, call, plan in self._queues.heads[reach.rank] if fitting else ():
                if arrival + after_s > self._now or arrival - bonus_s > since:
                    break  # this one and all others are worse, or their stage is not open
                if plan in by_plan and by_plan[plan] & fitting:
                    match = arrival - bonus_s, call, reach.rank, plan
                    best = match if best is None else min(best, match)
                    since = best[0]
                    break  # the others came later
        if best is None:
            return None
        since, call, rank, plan = best
        return rank, since, call, 1, self._eligibility.first_stage(plan, met)

    def _decision(self, caller: Waiting, idle: Standing, stage: Stage) -> Decision:
        return Decision(
            call=caller.call,
            counselor=idle.counselor,
            plan=caller.plan.name,
            stage=stage.name,
            urgency=caller.plan.urgency,
            waited_s=max(0.0, self._now - caller.arrival),
            idle_s=max(0.0, self._now - idle.idle_since),
            flag=idle.signature.flag,
        )


def _grants(caller: Waiting, idle: Standing, now: float) -> bool:
    """Whether a caller may have the counselor they wish for."""
    stage, signature = caller.plan.stages[0], idle.signature
    unmet = stage.requirement.unmet(signature.skills)
    return unmet is None and caller.open(stage, now, signature.flag)
