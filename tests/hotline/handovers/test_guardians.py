"""A guardian who is suspected of the harm is not rung: who holds the block, and how it ends."""

import pytest

from hotline.errors import GuardianIsBlocked
from hotline.handovers.guardians import block, is_blocked, lift, require_not_blocked
from hotline.storage.tables import Case, GuardianBlock
from tests.hotline.handovers.conftest import LI, HandoverScene

pytestmark = pytest.mark.anyio


async def blocked(
    scene: HandoverScene, index: str = "home", *, person: str = "father", case_id: str = ""
) -> bool:
    async with scene.work() as work:
        return await block(
            work, case_id=case_id or scene.case_id, person_id=person, number_index=index, by=LI,
            at=scene.clock.now(),
        )  # fmt: skip


async def nobody_rings(scene: HandoverScene, index: str) -> bool:
    async with scene.work() as work:
        return await is_blocked(work, index)


async def test_nobody_rings_a_number_that_is_blocked_until_it_is_lifted(
    scene: HandoverScene,
) -> None:
    assert await blocked(scene)
    assert not await blocked(scene)
    assert await nobody_rings(scene, "home")
    async with scene.work() as work:
        with pytest.raises(GuardianIsBlocked) as fault:
            await require_not_blocked(work, "home")
        assert "home" not in fault.value.public
        assert await lift(work, "father", by=LI, at=scene.clock.now())
        assert not await lift(work, "father", by=LI, at=scene.clock.now())
    assert not await nobody_rings(scene, "home")
    async with scene.work() as work:
        await require_not_blocked(work, "home")


async def test_a_number_that_is_not_known_blocks_no_number(scene: HandoverScene) -> None:
    assert await blocked(scene, "")
    assert not await nobody_rings(scene, "")


async def test_another_number_of_theirs_takes_the_place_of_the_one_before(
    scene: HandoverScene,
) -> None:
    await blocked(scene, "old")
    assert await blocked(scene, "new")
    assert not await nobody_rings(scene, "old")
    assert await nobody_rings(scene, "new")


async def test_lifting_the_mark_in_one_case_leaves_what_another_case_holds(
    scene: HandoverScene,
) -> None:
    case = (await scene.all(Case))[0]
    await scene.add(Case(**{**case.model_dump(), "id": "other", "number": "7654321"}))
    await scene.person("stepfather", "guardian", "other")
    await blocked(scene)
    await blocked(scene, person="stepfather", case_id="other")

    async with scene.work() as work:
        await lift(work, "father", by=LI, at=scene.clock.now())
    assert await nobody_rings(scene, "home")
    async with scene.work() as work:
        await lift(work, "stepfather", by=LI, at=scene.clock.now())
    assert not await nobody_rings(scene, "home")
    assert {one.lifted_by for one in await scene.all(GuardianBlock)} == {"staff:li"}
