"""One floor told to the engine and to the brute force, with what comes of every offer.

Notes as a fault whatever the two see differently, and whatever breaks a rule that can be said
without either: one offer a caller and a counselor, places kept, nobody passed over.
"""

from collections.abc import Callable, Iterator, Sequence

from routing.engine import Decision, Engine, Plan, Signature, Urgency
from tests.routing.brute_force import BruteCaller, BruteCounselor, BruteForce, Offer

Event = Callable[[Engine], list[Decision]]


def offers(decisions: Sequence[Decision]) -> list[Offer]:
    """Call, counselor and stage of each."""
    return [(one.call, one.counselor, one.stage) for one in decisions]


def rebuilt(engine: Engine) -> tuple[Engine, list[Decision]]:
    """A new engine of another's floor, and what it decided meanwhile, which should be nothing."""
    floor, again = engine.floor(), Engine()
    made: list[Decision] = []
    for one in floor.counselors:
        made += again.counselor_ready(
            one.counselor, one.signature, floor.now, idle_since=one.idle_since
        )
    for caller in floor.callers:
        made += again.call_arrives(caller.call, caller.plan, floor.now, arrival=caller.arrival)
    return again, made


class BothSides:
    """Events said in the words of the field. `faults` is empty as long as all is well."""

    def __init__(self) -> None:
        """Nobody there, early in the morning."""
        self.now = 1_700_000_000.0
        self.engine = Engine()
        self.brute = BruteForce()
        self.told: list[tuple[Event, list[Decision]]] = []
        self.offered: dict[str, set[str]] = {}  # by call: who is being rung
        self.matches = 0
        self.faults: list[str] = []
        self._callers: dict[str, BruteCaller] = {}  # as last told, waiting or being offered
        self._counselors: dict[str, BruteCounselor] = {}
        self._free: set[str] = set()

    def arrives(self, call: str, plan: Plan) -> None:
        """A new caller, or one who waits and is announced again; not one being offered."""
        if call in self.offered:
            return
        known = self._callers.get(call)
        caller = BruteCaller(call, plan, known.arrival if known else self.now)
        now = self.now
        self._enters(caller, lambda engine: engine.call_arrives(call, plan, now))

    def leaves(self, call: str) -> None:
        """Whether waiting or not; not one being offered."""
        if call in self.offered:
            return
        self.brute.callers.pop(call, None)
        self._callers.pop(call, None)

        def event(engine: Engine) -> list[Decision]:
            engine.call_leaves(call)
            return []

        self._tell(event, [])

    def rescored(self, call: str, plan: Plan) -> None:
        """More became known of somebody, whether waiting or not."""
        now, known = self.now, self.brute.callers.get(call)
        event: Event = lambda engine: engine.call_rescored(call, plan, now)  # noqa: E731 – named like the others
        if known is None:
            self._tell(event, self.brute.settle_at(now))
        else:
            self._enters(BruteCaller(call, plan, known.arrival), event)

    def ready(self, name: str, signature: Signature, *, idle_s: float) -> None:
        """Somebody who is not being rung may be called."""
        if any(name in rung for rung in self.offered.values()):
            return
        now, since = self.now, self.now - idle_s
        one = BruteCounselor(name, signature, since)
        self._counselors[name] = one
        self._free.add(name)
        self._tell(
            lambda engine: engine.counselor_ready(name, signature, now, idle_since=since),
            self.brute.ready(one, now),
        )

    def away(self, name: str) -> None:
        """Whether there before or not."""
        self.brute.idle.pop(name, None)

        def event(engine: Engine) -> list[Decision]:
            engine.counselor_away(name)
            return []

        self._tell(event, [])

    def fails(self, call: str, plan: Plan) -> None:
        """Nobody answered: back to the old place."""
        del self.offered[call]
        now, arrival = self.now, self._callers[call].arrival
        self._enters(
            BruteCaller(call, plan, arrival),
            lambda engine: engine.call_arrives(call, plan, now, arrival=arrival),
        )

    def accepted(self, call: str) -> None:
        """Somebody answered. Neither engine nor brute force hears of it."""
        del self.offered[call], self._callers[call]

    def passes(self, step: float) -> None:
        """From deadline to deadline, as a switchboard with a timer would let time pass."""
        self._tick()  # after a jump, what is overdue comes first
        end = self.now + step
        while (deadline := self.engine.next_deadline()) is not None and deadline <= end:
            self._require(deadline > self.now, f"a deadline is past: {deadline}")
            self.now = deadline
            self._tick()
        self.now = end
        unannounced = self.brute.settle_at(end)
        self._require(not unannounced, f"no deadline announced {unannounced}")
        self._tick()

    def jumps(self, step: float) -> None:
        """Nobody looks at the clock: the next event finds deadlines long gone."""
        self.now += step

    def restarts(self) -> None:
        """The engine is thrown away, and another built from its floor."""
        self.engine, made = rebuilt(self.engine)
        self._require(not made, f"a rebuilt engine decided {offers(made)}")

    def replay(self) -> None:
        """Tell everything to a fresh engine, which never was restarted."""
        fresh = Engine()
        for event, made in self.told:
            again = event(fresh)
            self._require(again == made, f"decided {made}, and in a replay {again}")

    def _enters(self, caller: BruteCaller, event: Event) -> None:
        self._callers[caller.call] = caller
        self._tell(event, self.brute.enter(caller, self.now))

    def _tick(self) -> None:
        now = self.now
        self._tell(lambda engine: engine.tick(now), self.brute.settle_at(now))

    def _tell(self, event: Event, expected: list[Offer]) -> None:
        made = event(self.engine)
        self.told.append((event, made))
        self._require(offers(made) == expected, f"{offers(made)}, not {expected}")
        for decision in made:
            self._judge(decision)
        for decision in made:
            self.offered.setdefault(decision.call, set()).add(decision.counselor)
        for call in {decision.call for decision in made}:
            rung = [decision.counselor for decision in made if decision.call == call]
            most = self._callers[call].plan.ring
            self._require(len(set(rung)) == len(rung) <= most, f"{call} rings {rung}")
        self._require(self._places() == self._held(), "a caller was lost or has another place")

    def _judge(self, decision: Decision) -> None:
        """One decision by itself."""
        caller, one = self._callers[decision.call], self._counselors[decision.counselor]
        self.matches += 1
        self._require(decision.call not in self.offered, f"{decision.call} is offered twice")
        self._require(one.name in self._free, f"{one.name} is offered two calls")
        self._free.discard(one.name)
        waited_s, idle_s = self.now - caller.arrival, self.now - one.since
        told = decision.waited_s, decision.idle_s, decision.flag, decision.urgency
        true = waited_s, idle_s, one.signature.flag, caller.plan.urgency
        self._require(told == true, f"{told} is said, {true} is true")
        for other in self._passed_over(decision, caller, one):
            self._require(holds=False, fault=f"{one.name} passed over {other} for {caller.call}")

    def _passed_over(
        self, decision: Decision, caller: BruteCaller, one: BruteCounselor
    ) -> Iterator[str]:
        """Who is left waiting though they came earlier and this counselor suits them as well.

        To suit as well is to fit an open stage with no smaller bonus. Danger comes before all.
        """
        bonus_s = {stage.name: stage.bonus_s for stage in caller.plan.stages}[decision.stage]
        for other in self.brute.callers.values():
            stage = self.brute.stage_for(other, one)
            if stage is None:
                continue
            danger, other_danger = (each.plan.urgency is Urgency.CRISIS for each in (caller, other))
            earlier = other.arrival < caller.arrival and stage.bonus_s >= bonus_s
            if other_danger > danger or (other_danger == danger and earlier):
                yield other.call

    def _places(self) -> list[tuple[str, float]]:
        """Who waits since when, by the engine, in the order of service."""
        return [(caller.call, caller.arrival) for caller in self.engine.floor().callers]

    def _held(self) -> list[tuple[str, float]]:
        """The same by what was told: everybody who arrived and is neither gone nor offered."""
        waiting = [one for call, one in self._callers.items() if call not in self.offered]
        in_order = sorted(waiting, key=BruteCaller.order_key)
        return [(caller.call, caller.arrival) for caller in in_order]

    def _require(self, holds: bool, fault: str) -> None:  # noqa: FBT001 – what must hold comes first
        if not holds:
            self.faults.append(fault)
