"""An escalation's page says why its station answers, and that another was asked for in vain."""

import re

import pytest

from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

CHINESE = re.compile(r"[\u4e00-\u9fff]")


async def flagged(scene: ApiScene, **more: str) -> str:
    """li raised a flag."""
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "high", **more})
    return f"/escalations/{told['escalation_id']}"


async def test_why_this_station_answers_is_said_in_the_readers_language(
    scene: ApiScene, he: Reader
) -> None:
    path = await flagged(scene)

    said = (await he.reads(f"{path}?lang=en")).part("why-station").text
    assert said.strip()
    assert not CHINESE.search(said.replace("天河", ""))
    assert CHINESE.search((await he.reads(f"{path}?lang=zh")).part("why-station").text)


async def test_a_station_that_was_asked_for_in_vain_stands_on_the_page_without_its_words(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads(f"{await flagged(scene, station='nosuchplace')}?lang=en")

    assert "The station that was asked for was not found" in page.part("chosen-in-vain").text
    assert not page.has("why-station")
    assert "nosuchplace" not in page.html
