"""Events and the time in, decisions out. Holds who waits and who is idle, and nothing else.

A decision takes call and counselor out of the engine; what comes of the offer is for the user of
this code to find out and to report as a new event. An event says what is true now: said twice it
changes nothing, and of an unknown call or counselor it is no error.
"""

from heapq import heapify, heappop, heappush

from routing.engine.eligibility import Eligibility, Queue, Reach
from routing.engine.floor import Floor, Standing, Waiting
from routing.engine.idle import IdleCounselors
from routing.engine.model import FLAGS, Decision, Flag, Signature
from routing.engine.ordering import First, Firsts, SortKey
from routing.engine.plan import Plan, Stage
from routing.engine.queues import Queues

# Sorts the callers one counselor could take: urgency, arrival less bonus, id; then 0 for a stage
# that names the counselor, 1 for any other, so that two matches are never equal.
Match = tuple[int, float, str, int, Stage]
NOBODY: SortKey = float("inf"), ""
RINGING = FLAGS.index(Flag.RINGING)
Chosen = list[tuple[Standing, Stage]]


class Engine:
    """One floor. Not safe for threads; costs nothing to build anew from stored rows."""

    def __init__(self) -> None:
        """Nobody there yet."""
        self._now = float("-inf")
        self._eligibility = Eligibility()
        self._idle = IdleCounselors()
        self._queues = Queues()

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
        return self._enter(caller._replace(plan=plan), now) if caller else self.tick(now)

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
        queue = self._eligibility.queue(caller.plan)
        # Behind another, nobody is there for this one either.
        ahead = not caller.plan.wants and queue.head and queue.head[:2] < caller.place
        if not calls and not ahead and (chosen := self._choose(caller, queue)):
            return self._decisions(caller, chosen)
        self._queues.add(caller, queue, self._now)
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
            made = self._offer(self._queues.callers[call], queue)
            if not made:
                self._queues.arm(queue, self._now)
            elif queue.head:
                heappush(to_serve, self._queues.callers[queue.head[1]].order_key)
            decisions += made
        return decisions

    def _take_a_caller(self, idle: Standing, signature: int) -> Decision | None:
        """The best of the callers that somebody who became ready could take."""
        match = self._best_head(idle.signature.flag, self._eligibility.met(signature))
        if self._queues.wanted.get(idle.counselor):
            match = self._with_wishes(idle, match)
        if match is None:
            return None
        caller = self._queues.callers[match[2]]
        self._queues.remove(caller.call, self._now)
        return self._decision(caller, idle, match[-1])

    def _offer(self, caller: Waiting, queue: Queue) -> list[Decision]:
        """To as many as are to be rung, of those who may be by now."""
        chosen = self._choose(caller, queue)
        if chosen:
            self._queues.remove(caller.call, self._now)
        return self._decisions(caller, chosen)

    def _decisions(self, caller: Waiting, chosen: Chosen) -> list[Decision]:
        return [self._decision(caller, idle, stage) for idle, stage in chosen]

    def _choose(self, caller: Waiting, queue: Queue) -> Chosen:
        """Down the ladder, at each stage who is ready first, and of these who is idle longest.

        Takes whom it chooses. Where somebody certified was found, nobody is added for whom
        certification was waived: of phones that ring together any may be the first to answer. Nor
        is anybody disturbed more than whom the best stage gave.
        """
        chosen = self._wished(caller) if caller.plan.wants else []
        ring, present, fitting = caller.plan.ring, self._idle.present, self._eligibility.fitting
        for stage, known, comfort, after_s in queue.tries:
            if len(chosen) == ring:
                break
            vain = chosen and _adds_nobody(chosen, stage, comfort)
            if vain or caller.arrival + after_s > self._now:
                continue
            able = present[comfort] and fitting(known)
            most = 1 if comfort == RINGING else ring  # one is spared, and only where alone
            while len(chosen) < most and (idle := self._idle.longest(able & present[comfort])):
                self._idle.discard(idle.counselor)
                chosen.append((idle, stage))
        return chosen

    def _wished(self, caller: Waiting) -> Chosen:
        """The one the caller wishes for, if they are there."""
        idle = self._idle.get(caller.plan.wants)
        if idle is None or not _grants(caller, idle, self._now):
            return []
        self._idle.discard(idle.counselor)
        return [(idle, caller.plan.stages[0])]

    def _with_wishes(self, idle: Standing, best: Match | None) -> Match | None:
        """The best, or of each wish for this very counselor the first who has it and may."""
        for (rank, _, stage), order in self._queues.wanted[idle.counselor].items():
            caller = self._queues.callers[order.blocks[0][0][1]]
            if _grants(caller, idle, self._now):
                match = rank, caller.arrival - stage.bonus_s, caller.call, 0, stage
                best = match if best is None else min(best, match)
        return best

    def _best_head(self, flag: Flag, met: int) -> Match | None:
        """The best of those who are first in a queue, where the counselor's stage is open."""
        for rank, reaches in enumerate(self._eligibility.reaches(flag)):
            heads = self._queues.heads[rank]
            if heads.lead and (best := self._best_in(heads, heads.lead, reaches, met)):
                return rank, *best, 1, self._queues.queue_of[best[1]].first_stage(met)
        return None

    def _best_in(
        self, heads: Firsts, lead: First, reaches: list[Reach], met: int
    ) -> SortKey | None:
        """The best of one urgency: arrival less bonus, and id."""
        best, now = NOBODY, self._now
        for reach in reaches:
            bonus_s = reach.bonus_s
            if lead[0] + reach.after_s > now or lead[0] - bonus_s > best[0]:
                continue  # whoever came first is behind, or the stage not open
            if fitting := met & reach.stages:
                first = lead if lead[2] & fitting else heads.of(fitting)
                if first and first[0] + reach.after_s <= now:
                    best = min(best, (first[0] - bonus_s, first[1]))
        return None if best is NOBODY else best

    def _decision(self, caller: Waiting, idle: Standing, stage: Stage) -> Decision:
        plan, flag, now = caller.plan, idle.signature.flag, self._now
        times = max(0.0, now - caller.arrival), max(0.0, now - idle.idle_since)
        words = plan.name, stage.name, plan.urgency
        return Decision(caller.call, idle.counselor, *words, *times, flag)


def _adds_nobody(chosen: Chosen, stage: Stage, comfort: int) -> bool:
    """Who would need no certificate beside one that was found, or be disturbed more than the first.

    Nor is somebody who can be spared rung beside another.
    """
    waives = chosen[-1][1].requirement.certified and not stage.requirement.certified
    disturbs = comfort > FLAGS.index(chosen[0][0].signature.flag)
    return waives or disturbs or comfort == RINGING


def _grants(caller: Waiting, idle: Standing, now: float) -> bool:
    """Whether a caller may have the counselor they wish for."""
    stage, signature = caller.plan.stages[0], idle.signature
    unmet = stage.requirement.unmet(signature.skills)
    return unmet is None and caller.open(stage, now, signature.flag)
