"""Another plan beside the one in force: where it would have decided otherwise.

The shadow has an engine of its own and hears the same events. What it decides first is kept until
the floor settles the same call, by an offer or because the caller left; then both are compared,
and whoever the shadow took without need is given back to it. So one different decision does not
carry the shadow away from what really happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from routing.engine import Decision, Engine
from routing.policy import Need
from routing.recording import Event, KeptDecision, Kind, PlanOf, apply

# A floor looks at the clock about once a second; a shadow knows the moment itself.
SAME_MOMENT_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoice:
    """Whom one plan chose for a call, and how long the caller had waited."""

    counselors: tuple[str, ...]
    stage: str
    waited_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One call, settled at `at`, that the two plans would have served differently.

    `live` None: the caller left unserved. `shadow` None: it would have let the caller wait on.
    """

    at: float
    call: str
    need: Need
    live: PlanChoice | None
    shadow: PlanChoice | None


class Shadow:
    """Follows a floor that another plan decides on."""

    def __init__(self, plan_of: PlanOf) -> None:
        """Nobody there yet: to be begun together with the engine it is compared to."""
        self._plan_of = plan_of
        self._engine = Engine()
        self._waiting: dict[str, Event] = {}  # how each call last arrived
        self._ready: dict[str, Event] = {}  # how each counselor was last ready
        self._chosen: dict[str, PlanChoice] = {}  # what the shadow did, and the floor not yet
        self._taken: dict[str, str] = {}  # by counselor: the call they were chosen for

    def follow(self, event: Event, live: Sequence[KeptDecision]) -> list[Difference]:
        """Hear an event and what was really decided on it."""
        self._let_time_pass(event.at)
        leaves = event.kind is Kind.CALL_LEAVES and event.subject in self._waiting
        if leaves:
            found = [self._settle(event.subject, (), event.at)]
        else:
            self._hear(event)
            groups = groupby(live, key=lambda one: one.call)
            found = [self._settle(call, tuple(group), event.at) for call, group in groups]
        return [difference for difference in found if difference is not None]

    def _let_time_pass(self, until: float) -> None:
        """Its hard stages open at other times: it looks at the clock when its own plan says so."""
        while (due := self._engine.next_deadline()) is not None and due <= until:
            self._keep(self._engine.tick(due))

    def _hear(self, event: Event) -> None:
        self._note(event)
        if event.subject not in self._chosen and event.subject not in self._taken:
            self._keep(apply(self._engine, event, self._plan_of))

    def _note(self, event: Event) -> None:
        name, known = event.subject, self._waiting.get(event.subject)
        if event.kind is Kind.CALL_ARRIVES:
            first = event.at if known is None else known.arrival
            self._waiting[name] = replace(
                event, arrival=first if event.arrival is None else event.arrival
            )
        elif event.kind is Kind.CALL_RESCORED and known is not None:
            self._waiting[name] = replace(known, need=event.need)
        elif event.kind is Kind.COUNSELOR_READY:
            since = event.at if event.idle_since is None else event.idle_since
            self._ready[name] = replace(event, idle_since=since)
        elif event.kind is Kind.COUNSELOR_AWAY:
            self._ready.pop(name, None)

    def _keep(self, decisions: Sequence[Decision]) -> None:
        for call, group in groupby(decisions, key=lambda one: one.call):
            made = tuple(group)
            counselors = tuple(one.counselor for one in made)
            self._chosen[call] = PlanChoice(
                counselors=counselors, stage=made[0].stage, waited_s=made[0].waited_s
            )
            self._taken.update(dict.fromkeys(counselors, call))

    def _settle(self, call: str, live: tuple[KeptDecision, ...], at: float) -> Difference | None:
        """The floor is done with a call: compare, then go on from what really happened."""
        arrived = self._waiting.pop(call)
        chosen = self._chosen.pop(call, None)
        self._engine.call_leaves(call)
        for choice in live:
            self._ready.pop(choice.counselor, None)
            self._engine.counselor_away(choice.counselor)
        self._undo(call, [choice.counselor for choice in live], at)
        real = _offer(live, at - (at if arrived.arrival is None else arrived.arrival))
        if arrived.need is None or _same(real, chosen):
            return None
        return Difference(at=at, call=call, need=arrived.need, live=real, shadow=chosen)

    def _undo(self, call: str, rung: Sequence[str], at: float) -> None:
        """Give back whom it chose for this call, or for one whose counselor is rung for another."""
        void = {self._taken[name] for name in rung if name in self._taken} - {call}
        free = [name for name, meant in self._taken.items() if meant in void or meant == call]
        for name in free:
            del self._taken[name]
        again = [self._waiting[other] for other in sorted(void)]
        again += [self._ready[name] for name in free if name in self._ready]
        for other in void:
            del self._chosen[other]
        for event in again:
            self._keep(apply(self._engine, replace(event, at=at), self._plan_of))


def _offer(live: tuple[KeptDecision, ...], waited_s: float) -> PlanChoice | None:
    if not live:
        return None
    counselors = tuple(one.counselor for one in live)
    return PlanChoice(counselors=counselors, stage=live[0].stage, waited_s=max(0.0, waited_s))


def _same(live: PlanChoice | None, shadow: PlanChoice | None) -> bool:
    """Both chose the same people at the same time, or both nobody."""
    if live is None or shadow is None:
        return live is shadow
    same_moment = abs(live.waited_s - shadow.waited_s) < SAME_MOMENT_S
    return same_moment and set(live.counselors) == set(shadow.counselors)
