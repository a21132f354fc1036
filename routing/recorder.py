"""An engine that keeps what it was told, and can say of each decision why.

The same events give the same decisions; so `records` is all that a replay needs. The verdicts are
drawn only where a decision was made, from the counselors as they stood just before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from routing.engine import Decision, Engine, Floor, Signature, Standing, Waiting
from routing.explain import Verdict, explain_offer
from routing.policy.need import Need
from routing.recording import Event, Kind, PlanOf, RecordedEvent, apply, choices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned:
    """A decision and its reasons.

    `need`: the caller's. `verdicts`: every counselor for this caller, at that moment. `ahead`:
    callers who had been served before, had this counselor fitted them. `waiting`: callers in line,
    this one included.
    """

    decision: Decision
    need: Need
    verdicts: tuple[Verdict, ...]
    ahead: int
    waiting: int


class Recorder:
    """One floor. Everything is told to it as an `Event`."""

    def __init__(self, plan_of: PlanOf) -> None:
        """Nobody there yet."""
        self._plan_of = plan_of
        self._engine = Engine()
        self._callers: dict[str, Waiting] = {}
        self._needs: dict[str, Need] = {}
        self._standings: dict[str, Standing] = {}
        self._records: list[RecordedEvent] = []

    def tell(self, event: Event, away: Iterable[Standing] = ()) -> list[Reasoned]:
        """Tell the engine. `away`: who else is on duty, for the verdicts alone."""
        due = self._engine.next_deadline()
        if event.kind is Kind.TIME_PASSED and (due is None or due > event.at):
            return []  # nothing can come of it, and a replay loses nothing by not hearing of it
        self._note(event)
        decisions = apply(self._engine, event, self._plan_of)
        self._records.append(RecordedEvent(event=event, choices=choices_of(decisions)))
        elsewhere = tuple(away) if decisions else ()
        groups = [list(group) for _, group in groupby(decisions, key=lambda one: one.call)]
        return [one for group in groups for one in self._reasoned(group, event.at, elsewhere)]

    def take_records(self) -> list[RecordedEvent]:
        """What was told since the last time, to be kept somewhere safe."""
        records, self._records = self._records, []
        return records

    def next_deadline(self) -> float | None:
        """When time alone changes something next."""
        return self._engine.next_deadline()

    def _note(self, event: Event) -> None:
        """Keep in mind who waits and who is ready, as the engine is about to."""
        match event:
            case Event(kind=Kind.COUNSELOR_READY, signature=Signature() as signature):
                self._standings[event.subject] = Standing(
                    counselor=event.subject,
                    signature=signature,
                    idle_since=event.at if event.idle_since is None else event.idle_since,
                )
            case Event(kind=Kind.CALL_ARRIVES, need=Need() as need):
                known = self._callers.get(event.subject)
                first = event.at if known is None else known.arrival
                arrival = first if event.arrival is None else event.arrival
                self._callers[event.subject] = self._waiting(event.subject, need, arrival)
            case Event(kind=Kind.CALL_RESCORED, need=Need() as need):
                self._rescore(event.subject, need)
            case _:
                self._callers.pop(event.subject, None)
                self._needs.pop(event.subject, None)
                self._standings.pop(event.subject, None)

    def _rescore(self, call: str, need: Need) -> None:
        """Of a caller who waits; nobody is begun to wait by it."""
        if known := self._callers.get(call):
            self._callers[call] = self._waiting(call, need, known.arrival)

    def _waiting(self, call: str, need: Need, arrival: float) -> Waiting:
        self._needs[call] = need
        return Waiting(call=call, plan=self._plan_of(need), arrival=arrival)

    def _reasoned(
        self, group: Sequence[Decision], at: float, away: tuple[Standing, ...]
    ) -> list[Reasoned]:
        """One caller, everybody who is rung for them, and how all others stood."""
        caller = self._callers[group[0].call]
        ready = sorted(self._standings.values(), key=lambda one: one.place)
        floor = Floor(now=at, callers=(caller,), counselors=(*ready, *away))
        verdicts = explain_offer(floor, caller.call)
        ahead = sum(other.order_key < caller.order_key for other in self._callers.values())
        waiting, need = len(self._callers), self._needs.pop(caller.call)
        del self._callers[caller.call]
        for decision in group:
            del self._standings[decision.counselor]
        return [
            Reasoned(decision=one, need=need, verdicts=verdicts, ahead=ahead, waiting=waiting)
            for one in group
        ]
