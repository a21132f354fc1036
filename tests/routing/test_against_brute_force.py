"""The engine and a matcher without any index agree on every event of random shifts."""

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from routing.engine import (
    Decision,
    Engine,
    Flag,
    Plan,
    Requirement,
    Signature,
    Skills,
    Stage,
    Urgency,
)
from routing.explain import WaitReason, explain_offer, explain_wait
from routing.policy import DEFAULT_DOCUMENT, Need, read_policy
from tests.routing.brute_force import BruteCaller, BruteCounselor, BruteForce, Offer

POLICIES = [
    read_policy({**DEFAULT_DOCUMENT, "wishes": {"same_counselor_hold_s": hold_s}})
    for hold_s in (0, 10)
]
CALLS = st.sampled_from([f"call-{n}" for n in range(12)])
NAMES = [f"counselor-{n}" for n in range(8)]
COUNSELORS = st.sampled_from(NAMES)
STEPS = st.sampled_from([0.0, 1.0, 4.0, 10.0, 20.0, 30.0])

skills = st.builds(
    Skills.of,
    st.dictionaries(st.sampled_from(["cmn", "yue", "hak"]), st.sampled_from([1, 4]), min_size=1),
    lines=st.sampled_from([["youth"], ["women"], ["youth", "women"]]),
    topics=st.dictionaries(st.just("family"), st.sampled_from([1, 4])),
    certified=st.booleans(),
    gender=st.sampled_from(["f", "m", None]),
    ages=st.sampled_from([[], ["teen"]]),
)
signatures = st.builds(Signature, skills, st.sampled_from([Flag.READY, *Flag]))
needs = st.builds(
    Need,
    line=st.sampled_from(["youth", "youth", "women"]),
    language=st.sampled_from(["cmn", "yue", "hak"]),
    urgency=st.sampled_from([Urgency.ROUTINE, Urgency.ROUTINE, Urgency.CRISIS]),
    topic=st.sampled_from([None, "family"]),
    also_speaks=st.sampled_from([(), ("cmn",)]),
    gender=st.sampled_from([None, None, "f"]),
    counselor=st.sampled_from([None, None, *NAMES]),
)
# Two hard stages, one ring of two and an age group, which no default ladder has.
stepwise = Plan(
    "stepwise",
    Urgency.CRISIS,
    (
        Stage("two_languages_well", Requirement(languages=("hak",), language_level=3), bonus_s=5.0),
        Stage("trained_for_their_age", Requirement(age_group="teen")),
        Stage("certified", Requirement(certified=True), after_s=4.0),
        Stage("anyone", Requirement(), after_s=14.0, protected=True),
    ),
    ring=2,
)
plans = st.one_of(
    st.builds(lambda policy, need: policy.plan_for(need), st.sampled_from(POLICIES), needs),
    st.just(stepwise),
)


class RandomShiftMachine(RuleBasedStateMachine):
    """Callers and counselors come and go. Some offers fail, some callers turn out in danger."""

    def __init__(self) -> None:
        """Early in the morning."""
        super().__init__()
        self.now = 1_700_000_000.0
        self.engine = Engine()
        self.brute = BruteForce()
        self.arrivals: dict[str, float] = {}
        self.offered: dict[str, set[str]] = {}
        self.free: set[str] = set()

    @rule(call=CALLS, plan=plans)
    def a_caller_arrives(self, call: str, plan: Plan) -> None:
        """Not one who is being offered to somebody."""
        if call in self.offered:
            return
        arrival = self.arrivals.setdefault(call, self.now)
        made = self.engine.call_arrives(call, plan, self.now)
        self._compare(made, self.brute.enter(BruteCaller(call, plan, arrival), self.now))

    @rule(call=CALLS)
    def a_caller_leaves(self, call: str) -> None:
        """Whether waiting or not."""
        if call in self.offered:
            return
        self.engine.call_leaves(call)
        self.brute.callers.pop(call, None)
        self.arrivals.pop(call, None)

    @rule(call=CALLS, plan=plans)
    def a_caller_is_rescored(self, call: str, plan: Plan) -> None:
        """Whether waiting or not."""
        made = self.engine.call_rescored(call, plan, self.now)
        known = self.brute.callers.get(call)
        if known is None:  # the clock was looked at all the same
            self.brute.now = self.now
            self._compare(made, self.brute.settle())
            return
        again = BruteCaller(call, plan, known.arrival)
        self._compare(made, self.brute.enter(again, self.now))

    @rule(name=COUNSELORS, signature=signatures, idle_s=st.sampled_from([0.0, 5.0, 60.0]))
    def a_counselor_is_ready(self, name: str, signature: Signature, idle_s: float) -> None:
        """Not one who is being rung."""
        if any(name in rung for rung in self.offered.values()):
            return
        self.free.add(name)
        since = self.now - idle_s
        made = self.engine.counselor_ready(name, signature, self.now, idle_since=since)
        self._compare(made, self.brute.ready(BruteCounselor(name, signature, since), self.now))

    @rule(name=COUNSELORS)
    def a_counselor_is_away(self, name: str) -> None:
        """Whether there before or not."""
        self.engine.counselor_away(name)
        self.brute.idle.pop(name, None)

    @rule(data=st.data(), plan=plans)
    def an_offer_fails(self, data: st.DataObject, plan: Plan) -> None:
        """Nobody answered: the caller is back in the old place, the counselors are away."""
        if not self.offered:
            return
        call = data.draw(st.sampled_from(sorted(self.offered)))
        del self.offered[call]
        arrival = self.arrivals[call]
        made = self.engine.call_arrives(call, plan, self.now, arrival=arrival)
        self._compare(made, self.brute.enter(BruteCaller(call, plan, arrival), self.now))

    @rule(data=st.data())
    def an_offer_is_accepted(self, data: st.DataObject) -> None:
        """Both are out of the game."""
        if self.offered:
            call = data.draw(st.sampled_from(sorted(self.offered)))
            del self.offered[call], self.arrivals[call]

    @rule(step=STEPS)
    def time_passes(self, step: float) -> None:
        """From deadline to deadline, as a switchboard with a timer would let it pass."""
        self._tick()  # after a jump, what is overdue comes first
        end = self.now + step
        deadline = self.engine.next_deadline()
        while deadline is not None and deadline <= end:
            assert deadline > self.now
            self.now = deadline
            self._tick()
            deadline = self.engine.next_deadline()
        self.now = end
        assert self.brute_settled_at(end) == []
        self._tick()

    @rule(step=STEPS)
    def time_jumps(self, step: float) -> None:
        """Nobody looked at the clock: the next event finds deadlines long gone."""
        self.now += step

    def brute_settled_at(self, now: float) -> list[Offer]:
        """What the brute force would offer that no deadline announced."""
        self.brute.now = now
        return self.brute.settle()

    def _tick(self) -> None:
        self.brute.now = self.now
        self._compare(self.engine.tick(self.now), self.brute.settle())

    def _compare(self, made: list[Decision], expected: list[Offer]) -> None:
        assert [(one.call, one.counselor, one.stage) for one in made] == expected
        for one in made:
            assert one.call not in self.offered
            self.free.remove(one.counselor)  # nobody is offered two calls
            assert one.waited_s == self.now - self.arrivals[one.call]
        for one in made:
            self.offered.setdefault(one.call, set()).add(one.counselor)

    @invariant()
    def both_hold_the_same_callers_in_the_same_order(self) -> None:
        """And so a caller who comes back has the old place."""
        in_order = sorted(self.brute.callers.values(), key=BruteCaller.order_key)
        assert self.engine.waiting() == [caller.call for caller in in_order]

    @invariant()
    def every_waiting_caller_has_a_stated_reason(self) -> None:
        """It is never that somebody could have been offered, unless time was not looked at."""
        floor = self.engine.floor()
        for place, call in enumerate(self.engine.waiting()):
            wait = explain_wait(floor, call)
            assert wait.reason is not WaitReason.NEXT
            assert wait.ahead == place
            assert all(verdict.excluded_by for verdict in explain_offer(floor, call))
            if wait.changes_in_s is not None:
                assert wait.changes_in_s > 0


RandomShiftMachine.TestCase.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None, derandomize=True
)
TestRandomShift = RandomShiftMachine.TestCase
