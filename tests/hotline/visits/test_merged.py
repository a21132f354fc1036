"""Two cases of one child become one: nobody forgets what either of them waited for."""

from datetime import timedelta

import pytest

from hotline.cases.merging import merge, unmerge
from hotline.storage.tables import Case, CaseColour
from hotline.visits.colouring import WantedColour, open_proposal, propose
from hotline.visits.merged import carry_over
from hotline.visits.plans import plan_of
from hotline.visits.policy import due_day, end_of
from tests.hotline.visits.conftest import COUNSELOR, DAY_S, MORNING, TOWN, VisitScene

pytestmark = pytest.mark.anyio

TODAY = MORNING.date()


async def a_case(scene: VisitScene, key: str, number: str) -> None:
    await scene.add(
        Case(id=key, number=number, line_id="12355", station_id="town", division="440106",
             opened_as="by_hand", opened_by="system", opened_at=scene.clock.now())
    )  # fmt: skip


async def merges(scene: VisitScene, gone: str, into: str) -> None:
    async with scene.database.work() as work:
        stands = await merge(work, scene.act(), gone, into, "one child")
        await carry_over(work, gone, stands, at=scene.clock.now())


async def proposed(scene: VisitScene, case: str) -> str:
    async with scene.database.work() as work:
        found = await open_proposal(work, case)
    return "" if found is None else found.colour


async def proposes(scene: VisitScene, colour: str, case: str) -> None:
    async with scene.database.work() as work:
        wanted = WantedColour(colour=colour, reason="cuts herself")
        await propose(work, scene.act(COUNSELOR), case, wanted)


async def test_a_case_that_was_merged_is_told_of_by_the_number_that_stands(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await a_case(scene, "stands", "7654321")
    await scene.change(Case, "case", merged_into_id="stands")

    await scene.passes(8.1)

    assert await scene.told() == ["duty"]
    assert scene.carrier.dialled() == [TOWN]
    [entry] = await scene.entries("visit.overdue_told")
    assert entry.case_id == "stands"


async def test_of_two_plans_of_one_child_the_one_that_stands_is_told_of(scene: VisitScene) -> None:
    await scene.confirms("red")
    await a_case(scene, "stands", "7654321")
    await scene.change(Case, "case", merged_into_id="stands")
    await scene.confirms("red", case="stands")
    scene.clock.advance(DAY_S)
    await scene.confirms("red", case="stands")

    await scene.passes(7.1)

    assert await scene.told() == ["duty"]


async def test_a_red_case_that_goes_into_a_green_one_is_not_forgotten(scene: VisitScene) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")
    scene.clock.advance(60)
    await scene.confirms("green", case="stands")
    scene.clock.advance(DAY_S)

    await merges(scene, "case", "stands")

    plan = await scene.plan("stands")
    assert (plan.due_for, plan.colour) == ("confirmation", "green")
    assert plan.due_at == scene.clock.now() + timedelta(days=1)
    assert plan.visit_due_at == end_of(TODAY + timedelta(days=7))
    assert await proposed(scene, "stands") == "red"
    assert (await scene.kinds())[-1] == "colour.proposed_by_rule"
    await scene.passes(1.1)
    assert await scene.told() == ["duty"]


async def test_whatever_is_decided_the_visit_that_was_due_first_is_told_of(
    scene: VisitScene,
) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")
    await scene.confirms("green", case="stands")
    await merges(scene, "case", "stands")

    await scene.confirms("green", case="stands")

    assert due_day((await scene.plan("stands")).due_at) == TODAY + timedelta(days=7)
    await scene.passes(8.1)
    assert await scene.told() == ["duty"]


async def test_a_lighter_case_that_goes_into_a_graver_one_changes_nothing(
    scene: VisitScene,
) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("green")
    await scene.confirms("red", case="stands")
    before = await scene.plan("stands")

    await merges(scene, "case", "stands")

    assert await scene.plan("stands") == before
    assert await proposed(scene, "stands") == ""


async def test_what_was_proposed_of_the_one_is_still_asked_though_the_other_was_decided_on(
    scene: VisitScene,
) -> None:
    await a_case(scene, "stands", "7654321")
    await proposes(scene, "red", "case")
    scene.clock.advance(3600)
    await scene.confirms("green", case="stands")

    await merges(scene, "case", "stands")

    plan = await scene.plan("stands")
    assert (plan.due_for, plan.due_at) == ("confirmation", MORNING + timedelta(days=1))
    assert await proposed(scene, "stands") == "red"


async def test_what_is_asked_already_is_not_proposed_again(scene: VisitScene) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("yellow")
    await scene.confirms("green", case="stands")
    await proposes(scene, "red", "stands")

    await merges(scene, "case", "stands")

    assert [one.act for one in await scene.all(CaseColour)].count("proposed") == 1
    visit_due_at = (await scene.plan("stands")).visit_due_at
    assert visit_due_at == end_of(TODAY + timedelta(days=30))


async def test_after_an_overdue_visit_the_station_is_still_to_decide(scene: VisitScene) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")
    await scene.confirms("green", case="stands")
    scene.clock.advance(9 * DAY_S)
    await merges(scene, "case", "stands")
    assert (await scene.plan("stands")).due_for == "visit"

    await scene.visits()

    plan = await scene.plan("stands")
    assert (plan.due_for, plan.due_at) == ("confirmation", scene.clock.now() + timedelta(days=1))


async def test_a_case_that_is_closed_carries_nothing_over(scene: VisitScene) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")
    await scene.confirms("green", case="stands")
    await scene.change(Case, "case", state="closed", closed_at=scene.clock.now(), result="safe")
    before = await scene.plan("stands")

    await merges(scene, "case", "stands")

    assert await scene.plan("stands") == before


async def test_a_case_without_a_plan_has_the_others_until_they_are_taken_apart(
    scene: VisitScene,
) -> None:
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")

    await merges(scene, "case", "stands")
    async with scene.database.work() as work:
        together = await plan_of(work, "stands")
    async with scene.database.work() as work:
        await unmerge(work, scene.act(), "case")
        apart = await plan_of(work, "stands")

    assert together is not None
    assert (together.case_id, apart) == ("case", None)


async def test_a_plan_that_sleeps_below_another_one_wakes_by_no_further_merge(
    scene: VisitScene,
) -> None:
    await a_case(scene, "between", "1000000")
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")
    await scene.confirms("red", case="between")
    await merges(scene, "case", "between")
    scene.clock.advance(5 * DAY_S)
    await scene.visits()
    await merges(scene, "between", "stands")

    scene.clock.time = end_of(TODAY + timedelta(days=8))
    await scene.passes(0.5)
    assert await scene.told() == []
    await scene.passes(5)

    assert (await scene.told())[0] == "duty"


async def test_two_cases_of_one_child_ring_a_station_once(scene: VisitScene) -> None:
    await a_case(scene, "other", "1000000")
    await a_case(scene, "stands", "7654321")
    await scene.confirms("red")
    await scene.confirms("red", case="other")
    await merges(scene, "case", "stands")
    await merges(scene, "other", "stands")

    await scene.passes(8.1)
    assert await scene.told() == ["duty"]
    await scene.passes(1)

    assert await scene.told() == ["duty", "head", "of-county"]


async def test_a_proposal_after_a_clock_was_set_back_is_open(scene: VisitScene) -> None:
    await scene.confirms("green")
    scene.clock.advance(-3600)

    await proposes(scene, "red", "case")
    assert await proposed(scene, "case") == "red"
    await scene.confirms("red", reason="")

    assert (await scene.plan()).colour == "red"
