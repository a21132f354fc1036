"""What a case waits for that others went into: the same in the list, the numbers, on its page."""

import pytest

from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Case
from hotline.visits.board import board_rows, told_board
from hotline.visits.plans import plan_of
from tests.hotline.visits.conftest import DAY_S, VisitScene

pytestmark = pytest.mark.anyio

HE = SignedIn(staff_id="he", username="he", name="He", roles=("supervisor",), station_id=None,
              lines=("12355",))  # fmt: skip


async def a_case(scene: VisitScene, key: str, number: str) -> None:
    now = scene.clock.now()
    await scene.add(
        Case(id=key, number=number, line_id="12355", station_id="town", division="440106",
             opened_as="by_hand", opened_by="system", opened_at=now)
    )  # fmt: skip


async def test_a_case_is_listed_and_counted_by_the_colour_of_what_went_into_it(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    for n in range(5):
        await a_case(scene, f"former-{n}", f"100000{n}")
        await a_case(scene, f"stands-{n}", f"200000{n}")
        await scene.confirms("red", case=f"former-{n}")
        await scene.change(Case, f"former-{n}", merged_into_id=f"stands-{n}")

    async with scene.database.work() as work:
        rows = await board_rows(work, HE, at=scene.clock.now())
        table = await told_board(work, HE)

    assert [row.colour_id for row in rows] == ["red"] * 6
    assert table.columns == ("red",)
    assert table.cells["440100", "red"] == 6


async def test_of_two_that_went_into_one_the_visit_that_is_due_first_is_shown(
    scene: VisitScene,
) -> None:
    await a_case(scene, "stands", "2000000")
    await a_case(scene, "other", "1000000")
    await scene.confirms("red")
    scene.clock.advance(DAY_S)
    await scene.confirms("red", case="other")
    for former in ("case", "other"):
        await scene.change(Case, former, merged_into_id="stands")

    async with scene.database.work() as work:
        [row] = await board_rows(work, HE, at=scene.clock.now())
        plan = await plan_of(work, "stands")

    assert plan is not None
    assert (plan.case_id, row.due_at) == ("case", plan.due_at)
