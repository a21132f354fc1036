"""Where figures and the simulation define the same thing, they say the same of the same floor."""

from datetime import timedelta

import pytest

from hotline.reports.facts import CallFact, ServiceFacts
from hotline.reports.kpis import Kpi, answered, measured
from routing.policy import DEFAULT_POLICY
from routing.simulate.floor import Rules, Run, simulate
from routing.simulate.load import Profile, draw_callers
from routing.simulate.measures import measure, settled
from routing.simulate.roster import draw_roster
from routing.simulate.state import SimulatedCall
from tests.hotline.reports.floors import NOON


def a_floor(seed: int) -> Run:
    """Busy enough that many give up."""
    profile = Profile(line="line")
    roster = draw_roster(profile, 4, seed=seed)
    callers = draw_callers(profile, calls_per_hour=12.0, hours=48.0, seed=seed)
    return simulate(
        callers, roster, Rules(plan_of=DEFAULT_POLICY.plan_for, care=DEFAULT_POLICY.care)
    )


def fact_of(call: SimulatedCall) -> CallFact:
    def moment(seconds: float | None) -> timedelta:
        return timedelta(seconds=seconds or 0.0)

    queued = NOON + moment(call.caller.arrived_s)
    joined = None if call.answered_at is None else NOON + moment(call.answered_at)
    gone = None if call.gave_up_at is None else NOON + moment(call.gave_up_at)
    return CallFact(
        id=call.caller.id,
        line_id="line",
        arrived_at=queued,
        queued_at=queued,
        joined_at=joined,
        left_at=joined or gone,
        outcome="talked" if joined else "hung_up",
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_waits_abandons_and_the_promise_are_those_of_the_simulation(seed: int) -> None:
    run = a_floor(seed)
    theirs = measure(run)

    facts = ServiceFacts(at=NOON, calls=tuple(map(fact_of, settled(run.calls))))
    ours = measured(facts)

    short, answers = ours[Kpi.SHORT_ABANDON].part, ours[Kpi.ANSWERED].part
    everybody = len(facts.calls)
    assert everybody > 100
    assert ours[Kpi.ABANDONED].part > 0
    assert ours[Kpi.ABANDONED].part + short == round(theirs.abandoned * everybody)
    # Short abandons stand apart with us: with them in the divisor it is the same share.
    assert ours[Kpi.SERVICE_LEVEL].part / everybody == pytest.approx(theirs.service_level)
    assert ours[Kpi.SERVICE_LEVEL].whole == everybody - short
    waits = sum(call.waited.total_seconds() for call in facts.calls)
    assert waits / everybody == pytest.approx(theirs.wait_s, abs=1e-3)
    of_answered = [one.waited.total_seconds() for one in facts.calls if answered(one)]
    assert ours[Kpi.SPEED_OF_ANSWER].value == pytest.approx(sum(of_answered) / answers)
