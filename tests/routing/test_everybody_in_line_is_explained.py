"""Explained at once, everybody in line waits for the reason that is found for each alone."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from routing.engine import Flag, Floor, Plan, Signature, Skills, Standing, Waiting
from routing.explain import explain_offer, explain_wait, explain_waits
from routing.policy import DEFAULT_POLICY, Need
from tests.routing.test_against_brute_force import NAMES, needs, signatures, stepwise

NOW = 1000.0
ARRIVALS = st.sampled_from([NOW - waited for waited in (0.0, 3.0, 11.0, 25.0, 61.0, 400.0)])
plans = st.one_of(needs.map(DEFAULT_POLICY.plan_for), st.just(stepwise))
standings = st.builds(
    Standing, counselor=st.sampled_from(NAMES), signature=signatures, idle_since=st.just(0.0),
    away=st.booleans(),
)  # fmt: skip


def floor_of(callers: list[tuple[Plan, float]], counselors: list[Standing]) -> Floor:
    waiting = [Waiting(f"call-{n}", *one) for n, one in enumerate(callers)]
    alone = {one.counselor: one for one in counselors}
    return Floor(now=NOW, callers=tuple(waiting), counselors=tuple(alone.values()))


def seen_by_who_knows(floor: Floor, call: str, known: set[str]) -> Floor:
    """Without those nobody told of: not known, and of no use to this caller."""
    told = {one.counselor for one in explain_offer(floor, call) if one.stage} | known
    return replace(
        floor, counselors=tuple(one for one in floor.counselors if one.counselor in told)
    )


@given(
    st.lists(st.tuples(plans, ARRIVALS), max_size=8),
    st.lists(standings, max_size=12),
    st.sets(st.sampled_from(NAMES)),
)
def test_at_once_and_one_by_one_the_reasons_are_the_same(
    callers: list[tuple[Plan, float]], counselors: list[Standing], known: set[str]
) -> None:
    floor = floor_of(callers, counselors)

    found = explain_waits(floor, known=known)

    assert found.keys() == {one.call for one in floor.callers}
    for call, wait in found.items():
        alone = explain_wait(seen_by_who_knows(floor, call, known), call)
        assert (wait.reason, wait.ahead) == (alone.reason, alone.ahead)
        assert wait.changes_in_s == pytest.approx(alone.changes_in_s)


@pytest.mark.parametrize(
    ("flag", "away"), [(Flag.READY, False), (Flag.WRAP_UP, False), (Flag.READY, True)]
)
def test_of_many_who_stand_alike_the_one_who_is_named_is_judged_by_name(
    *, flag: Flag, away: bool
) -> None:
    """Five of one kind: the plan asks for the first of them, who stands as the others do."""
    skills = Skills.of({"cmn": 5}, lines=["youth"])
    alike = [Standing(name, Signature(skills, flag), 0.0, away=away) for name in NAMES[:5]]
    need = Need(line="youth", language="cmn", counselor=NAMES[0])
    floor = floor_of([(DEFAULT_POLICY.plan_for(need), NOW - 3.0)], alike)

    found = explain_waits(floor, known=set(NAMES))

    assert found["call-0"] == explain_wait(floor, "call-0")
