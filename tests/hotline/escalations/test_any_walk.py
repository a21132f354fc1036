"""Whatever happens on the way through any chain: there is a deadline, and nobody else is rung."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hotline.escalations.chains.model import ChainFile, Receiver, read_chain_file
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import (
    ROUND_PAUSE,
    SUPERVISOR,
    Chain,
    ChainPosition,
    ChainStep,
    NextStep,
    Walk,
    clamped,
    hastened,
    longest_wait,
    step_now,
    turn_after,
    turn_again,
    walk_behind,
    walk_with,
)
from tests.fakes import NOON

ROLES = [one.value for one in Receiver]
PEOPLE = st.dictionaries(
    st.sampled_from([role for role in ROLES if role != SUPERVISOR]),
    st.lists(st.sampled_from("abcdefgh"), max_size=3, unique=True),
)
STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "ring": st.lists(st.sampled_from(ROLES), min_size=1, max_size=4, unique=True),
            "within_s": st.integers(30, 600),
        }
    ),
    min_size=1,
    max_size=6,
)


def chain_of_steps(steps: list[dict[str, Any]]) -> ChainFile:
    return read_chain_file(
        {"name": {"zh": "名字", "en": "Name"}, "level": "imminent", "steps": steps}
    )


class AnyWalk(RuleBasedStateMachine):
    """One escalation that follows a chain, its roster changing under it."""

    @initialize(steps=STEPS, people=PEOPLE)
    def begins(self, steps: list[dict[str, Any]], people: dict[str, list[str]]) -> None:
        self.policy = chain_of_steps(steps).snapshot("any")
        self.at = NOON
        self.answer(people)
        self.kept = self.now
        self.state = EscalationState.OPEN
        self.take(step_now(self.now, ChainPosition(0, 0), self.at))

    def answer(self, people: dict[str, list[str]]) -> None:
        self.receivers: dict[str, Chain] = {
            role: tuple(ChainStep(one, f"station of {one}") for one in names)
            for role, names in people.items()
        }
        self.now: Walk = walk_with(self.policy, self.receivers)

    def take(self, turn: NextStep) -> None:
        self.turn, self.place, self.due_at = turn, turn.place, turn.due_at
        self.kept = self.now

    @rule(people=PEOPLE)
    def people_change(self, people: dict[str, list[str]]) -> None:
        self.answer(people)

    @rule()
    def nobody_acknowledges(self) -> None:
        self.at = max(self.at, self.due_at)
        self.state = EscalationState.OPEN
        self.take(turn_after(self.kept, self.now, self.place, self.at))

    @rule()
    def everybody_of_the_step_fails(self) -> None:
        if self.state is EscalationState.OPEN:
            self.due_at = hastened(self.kept, self.place, self.due_at, self.at)

    @rule()
    def somebody_acknowledges_and_goes_silent(self) -> None:
        wait = longest_wait(EscalationState.ACKNOWLEDGED, self.kept, self.place)
        self.at = self.at + wait
        self.state = EscalationState.OPEN
        self.take(turn_again(self.kept, self.now, self.place, self.at))

    @rule(jump=st.integers(-7200, 7200))
    def the_clock_is_moved(self, jump: int) -> None:
        self.at = self.at + timedelta(seconds=jump)
        longest = longest_wait(self.state, self.kept, self.place)
        self.due_at = clamped(self.due_at, max(longest, ROUND_PAUSE), self.at)

    @invariant()
    def the_deadline_is_no_further_than_the_longest_step(self) -> None:
        longest = max(timedelta(seconds=self.policy["longest_step_s"]), ROUND_PAUSE)
        assert self.due_at <= self.at + longest

    @invariant()
    def nobody_outside_the_step_is_rung(self) -> None:
        asked = self.policy["steps"][self.place.step]["ring"]
        known = {one.contact_id for one in self.kept.chain}
        rung = [one.contact_id for one in self.turn.ring]
        assert set(rung) <= known
        assert len(rung) == len(set(rung))
        assert self.turn.supervisor <= (SUPERVISOR in asked)

    @invariant()
    def the_row_gives_back_the_walk(self) -> None:
        assert walk_behind(self.policy, self.kept.plain()) == self.kept


AnyWalk.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyWalk = AnyWalk.TestCase
