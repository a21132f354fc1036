"""An incident stands on floor and wall while it lasts, and in a list that keeps it."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Incident
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def happened(scene: ApiScene, part: str, *, over: bool) -> None:
    """It began forty minutes ago, and perhaps is over since ten."""
    now = scene.clock.now()
    began, noticed = now - timedelta(minutes=40), now - timedelta(minutes=10)
    ended = noticed if over else None
    await scene.add(Incident(part=part, began_at=began, noticed_at=noticed, ended_at=ended))


@pytest.mark.parametrize("path", ["/floor", "/wall"])
async def test_one_that_goes_on_stands_above_all_else(
    scene: ApiScene, he: Reader, path: str
) -> None:
    await happened(scene, "switchboard", over=False)

    page = await he.reads(path)

    told = page.part("incidents-now").text
    assert "没有总机在派线" in told
    assert "值班电话" in told, "and what callers hear meanwhile"


async def test_one_that_is_over_is_in_the_list_alone(scene: ApiScene, he: Reader) -> None:
    await happened(scene, "database", over=True)

    floor, listed = await he.reads("/floor"), await he.reads("/incidents")

    assert not floor.has("incidents-now")
    told = listed.part("incident").text
    assert "已恢复" in told
    assert "共 30 分钟" in told
    assert "来电者听到" in told
    assert "期间来电 0 通" in told


async def test_a_gap_that_was_not_long_is_nowhere(scene: ApiScene, he: Reader) -> None:
    await scene.add(Incident(part="redis", began_at=scene.clock.now() - timedelta(minutes=5)))

    floor, listed = await he.reads("/floor"), await he.reads("/incidents")

    assert not floor.has("incidents-now")
    assert not listed.has("incident")


async def test_an_administrator_reads_the_same_list(scene: ApiScene) -> None:
    await happened(scene, "carrier", over=False)

    page = await Reader(scene, "root").reads("/incidents")

    assert "仍在中断" in page.part("incident").text
