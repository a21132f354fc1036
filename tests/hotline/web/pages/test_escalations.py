"""The pages of an escalation: who has it, until when, who is next, and the story for who may."""

import pytest

from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

STORY = "孩子说今晚不想活了"


@pytest.fixture
async def escalation(scene: ApiScene) -> str:
    """li raised a flag: the station's duty phone is to ring."""
    flag = {"level": "imminent", "summary": STORY}
    told = await scene.person("li").does("POST", "/calls/call/flags", flag)
    return str(told["escalation_id"])


@pytest.mark.parametrize(("who", "path"), [("he", "/escalations"), ("tianhe", "/station")])
async def test_the_list_says_what_is_open_and_whom_to_ring(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    page = await Reader(scene, who).reads(path)

    assert f"/escalations/{escalation}" in page.html
    assert 'data-state="open"' in page.part("escalation").html
    assert STORY not in page.html


async def test_another_station_has_nothing_to_answer_for(scene: ApiScene, escalation: str) -> None:
    page = await Reader(scene, "haizhu").reads("/station")

    assert escalation not in page.html


async def test_the_page_shows_the_next_step_and_what_was_done_in_words(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    before = await tianhe.reads(f"/escalations/{escalation}")
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")
    after = await tianhe.reads(f"/escalations/{escalation}/live")

    assert before.has("acknowledge")
    assert not before.has("accept")
    assert after.has("accept")
    assert "已确认接收 · name of tianhe" in after.text
    assert "已升级上报 · name of li" in after.text


async def test_a_counselor_sees_how_it_goes_and_can_press_nothing(
    escalation: str, li: Reader
) -> None:
    page = await li.reads(f"/escalations/{escalation}")

    assert page.has("deadline")
    assert not page.has("acknowledge")
    assert not page.has("open-story")


async def test_opening_the_story_leaves_a_trace_of_who_did(
    scene: ApiScene, escalation: str, tianhe: Reader
) -> None:
    closed = await tianhe.reads(f"/escalations/{escalation}")
    story = await tianhe.reads(f"/escalations/{escalation}/story")

    assert STORY not in closed.html
    assert STORY in story.text
    told = await scene.person("tianhe").gets(f"/escalations/{escalation}")
    assert (told["timeline"][-1]["kind"], told["timeline"][-1]["actor"]) == (
        "escalation.summary_read",
        "staff:tianhe",
    )


@pytest.mark.parametrize("who", ["li", "root", "haizhu"])
async def test_the_story_is_for_those_who_answer_for_the_child(
    scene: ApiScene, escalation: str, who: str
) -> None:
    answer = await Reader(scene, who).opens(f"/escalations/{escalation}/story")

    assert answer.status in (403, 404)
    assert STORY not in answer.html


async def test_it_is_read_in_english_too(escalation: str, tianhe: Reader) -> None:
    page = await tianhe.reads(f"/escalations/{escalation}", language="en")

    assert "确认接收" not in page.text
