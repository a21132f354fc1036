"""In = out on the floor: the carrier's figure beside ours, red where somebody has to look."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.callcontrol.carrier_account import CALLS
from hotline.floor.carrier import SILENT_AFTER
from hotline.storage.tables import CarrierCheck
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def was_checked(scene: ApiScene, *, ago: timedelta = timedelta(), **values: Any) -> None:
    """The carrier answered some time ago; it has 12 calls and we have as many."""
    at = scene.clock.now() - ago
    figures: dict[str, Any] = {
        "theirs": 12,
        "ours": 12,
        "asked_at": at,
        "answered_at": at,
        "window_from": at,
    }
    await scene.add(CarrierCheck(name=CALLS, **(figures | values)))


async def test_before_the_first_check_nothing_is_claimed(he: Reader) -> None:
    page = await he.reads("/floor")

    assert not page.has("carrier-account")


async def test_both_figures_stand_beside_each_other(scene: ApiScene, he: Reader) -> None:
    await was_checked(scene, ours=11, mended=1)

    page = await he.reads("/floor")

    told = page.part("carrier-account").text
    assert "运营商 12 通，我方 11 通" in told
    assert "补记 1 通" in told
    assert 'data-state="agrees"' in page.all("carrier-account")[0]


async def test_what_could_not_be_mended_is_red(scene: ApiScene, he: Reader) -> None:
    await was_checked(scene, ours=11, unmended=1)

    page = await he.reads("/floor")

    assert "is-crisis" in page.part("carrier-account").html[:400]
    assert "与运营商对不上：1 通" in page.part("carrier-account").text


async def test_a_carrier_that_does_not_answer_is_told_of_in_red(
    scene: ApiScene, he: Reader
) -> None:
    await was_checked(scene, ago=SILENT_AFTER + timedelta(seconds=1))

    page = await he.reads("/floor", language="en")

    shown = page.part("carrier-account")
    assert "is-crisis" in shown.html[:400]
    assert not any("一" <= letter <= "鿿" for letter in shown.text[:60])


async def test_one_answer_that_came_late_wakes_nobody(scene: ApiScene, he: Reader) -> None:
    await was_checked(scene, ago=timedelta(seconds=100), silent_since=scene.clock.now())

    page = await he.reads("/floor")

    assert 'data-state="agrees"' in page.all("carrier-account")[0]
