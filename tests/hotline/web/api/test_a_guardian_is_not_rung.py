"""What the commands say where a number is of a guardian who is suspected of the harm."""

import pytest

from hotline.followups.late import look_at_late
from hotline.storage.tables import FollowUp, GuardianBlock
from hotline.supervision import RowFaults
from tests.hotline.handovers.rows import suspected
from tests.hotline.web.api.conftest import ApiScene, Person
from tests.hotline.web.api.followed import is_agreed
from tests.hotline.web.api.test_calling_back import BACK, CHILD, is_over

pytestmark = pytest.mark.anyio


async def is_suspected(scene: ApiScene) -> None:
    """The child's phone is also the guardian's."""
    index = scene.house.vault.index(f"+86{CHILD}")
    await scene.add(*suspected("youth", index, at=scene.clock.now()))


async def test_calling_back_a_childs_phone_that_is_also_the_guardians_is_refused_and_says_so(
    scene: ApiScene, li: Person
) -> None:
    await is_over(scene, urgency="crisis")
    await is_suspected(scene)

    answer = await li.asks("POST", BACK)

    assert (answer.status_code, answer.json()["type"]) == (409, "GuardianIsBlocked")
    assert "supervisor" in answer.text
    assert CHILD[-4:] not in answer.text
    await scene.change(GuardianBlock, "block", lifted_at=scene.clock.now())
    await li.does("POST", BACK)


async def test_a_follow_up_to_a_suspects_number_waits_for_a_supervisors_decision(
    scene: ApiScene,
) -> None:
    one = await is_agreed(scene)
    await is_suspected(scene)
    answer = await scene.person("li").asks("POST", f"/follow-ups/{one}/call")
    assert answer.json()["type"] == "GuardianIsBlocked"

    for _ in range(2):
        await look_at_late(scene.house.database, RowFaults(), at=scene.clock.now())

    [row] = await scene.all(FollowUp)
    assert row.state == "question"
    assert (await scene.kinds("old")).count("follow_up.asked") == 1
    [shown] = await scene.person("he").gets("/follow-ups?tab=open")
    assert shown["against"] == "guardian"
