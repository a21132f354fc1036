"""Who calls often is proposed a plan; a supervisor approves it; danger knows no limits."""

from datetime import timedelta

import pytest

from hotline.callers.plans import (
    NewPlan,
    approve_plan,
    end_plan,
    follow_plan,
    plan_for,
    plans_of,
    proposals,
)
from hotline.calls.service import lock_call
from hotline.errors import IllegalMove, Invalid
from hotline.storage.tables import Call, CallerPlan
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON
from tests.hotline.callers.conftest import HE, CallersScene

pytestmark = pytest.mark.anyio

VAULT = Vault(make_key())
NEW = NewPlan(counselor_id="li", times="19:00", minutes=30, goals="睡得好一点",
              review_on=NOON.date() + timedelta(days=30))  # fmt: skip


async def calls_often(scene: CallersScene, times: int = 20) -> str:
    """So often, a day apart, and mostly with li. One of the calls."""
    for day in range(times):
        key = await scene.called(NOON - timedelta(days=day), counselor_id="li", outcome="talked")
    return key


async def approved(scene: CallersScene, new: NewPlan = NEW) -> str:
    key = await scene.called(outcome="talked")
    async with scene.work() as work:
        call = await lock_call(work, key)
        return (await approve_plan(work, VAULT, call, new, at=NOON, by="he")).id


async def test_who_called_twenty_times_in_thirty_days_is_proposed_a_plan(
    scene: CallersScene,
) -> None:
    await calls_often(scene)

    async with scene.work() as work:
        [one] = await proposals(work, ["youth"], at=NOON)
        elsewhere = await proposals(work, ["legal"], at=NOON)

    assert (one.masked, one.calls, one.counselor, one.hour) == ("138****8000", 20, "Li", 20)
    assert elsewhere == []


async def test_nineteen_calls_are_not_often_and_who_has_a_plan_is_not_proposed_one(
    scene: CallersScene,
) -> None:
    await calls_often(scene, 19)
    async with scene.work() as work:
        assert await proposals(work, ["youth"], at=NOON) == []

    await approved(scene)

    async with scene.work() as work:
        assert await proposals(work, ["youth"], at=NOON) == []
        assert [one.goals for one in await plans_of(work, VAULT, ["youth"])] == ["睡得好一点"]


async def test_goals_are_kept_encrypted(scene: CallersScene) -> None:
    plan: CallerPlan = await scene.get(CallerPlan, await approved(scene))

    assert "睡" not in plan.goals_sealed
    assert plan.goals_sealed != ""


@pytest.mark.parametrize(
    "new",
    [
        {"counselor_id": "nobody"},
        {"review_on": NOON.date()},
        {"review_on": NOON.date() + timedelta(days=400)},
    ],
)
async def test_a_plan_names_somebody_of_the_line_and_a_day_of_review(
    scene: CallersScene, new: dict[str, object]
) -> None:
    fields = {name: getattr(NEW, name) for name in ("counselor_id", "times", "minutes", "goals",
                                                    "review_on")}  # fmt: skip
    with pytest.raises(Invalid):
        await approved(scene, NewPlan(**{**fields, **new}))


async def test_there_is_one_plan_at_a_time(scene: CallersScene) -> None:
    first = await approved(scene)
    with pytest.raises(IllegalMove):
        await approved(scene)

    async with scene.work() as work:
        await end_plan(work, first, HE, at=NOON)

    assert await approved(scene) != first


@pytest.mark.parametrize(("urgency", "counts"), [("routine", True), ("crisis", False)])
async def test_the_counselor_sees_it_and_in_danger_its_limits_do_not_count(
    scene: CallersScene, urgency: str, *, counts: bool
) -> None:
    await approved(scene)
    await scene.calls(urgency=urgency)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        await follow_plan(work, call)
        shown = await plan_for(work, VAULT, call)

    assert shown is not None
    assert (shown.counselor, shown.minutes, shown.counts) == ("Li", 30, counts)
    kept: Call = await scene.get(Call, "c1")
    assert kept.meant_for_id == ("li" if counts else None)
