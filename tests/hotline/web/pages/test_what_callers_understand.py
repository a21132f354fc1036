"""What a caller understands stands on the desk and on the call's page, and can be changed there."""

import json
import re

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio

FACTS = "/desk/calls/call/facts"


def words(page: Page) -> str:
    """What is said of the caller, up to the control."""
    return page.part("understands").text.partition(" 更改")[0].partition(" Change")[0]


def sends(page: Page, testid: str) -> object:
    """What a button of the control writes down."""
    (tag,) = page.all(testid)
    assert 'data-command="PUT /calls/call/understanding"' in tag
    found = re.search(r"data-body='(.*?)'", tag)
    assert found is not None, tag
    return json.loads(found[1])["also_speaks"]


@pytest.mark.parametrize(
    ("language", "known", "chinese", "english"),
    [
        (
            "yue",
            None,
            "未知，按接听方案的对照表：普通话",
            "Not known; taken from the plan's table: Mandarin",
        ),
        (
            "eng",
            None,
            "未知，按接听方案的对照表：只算英语",
            "Not known; taken from the plan's table: English only",
        ),
        ("eng", [], "只听得懂英语", "Understands English only"),
        ("eng", ["cmn", "yue"], "普通话、粤语", "Mandarin, Cantonese"),
    ],
)
async def test_desk_and_call_page_say_what_the_caller_understands(
    scene: ApiScene,
    li: Reader,
    language: str,
    known: list[str] | None,
    chinese: str,
    english: str,
) -> None:
    await scene.change(Call, "call", language=language, also_speaks=known)

    desk, call = await li.reads(FACTS), await li.reads("/calls/call/live")
    abroad = await li.reads(FACTS, language="en")

    assert (words(desk), words(call)) == (chinese, chinese)
    assert words(abroad).replace("&#39;", "'") == english


async def test_each_language_is_one_press_on_top_of_what_counts_now(
    scene: ApiScene, li: Reader
) -> None:
    await scene.change(Call, "call", language="yue")

    page = await li.reads(FACTS)

    assert sends(page, "understands-hak") == ["cmn", "hak"]
    assert sends(page, "understands-cmn") == []
    assert sends(page, "understands-nothing-else") == []
    assert 'aria-pressed="true"' in page.all("understands-cmn")[0]
    assert not page.has("understands-yue")
    assert not page.has("understands-unknown")


async def test_what_was_noted_by_mistake_can_be_taken_back(scene: ApiScene, li: Reader) -> None:
    await scene.change(Call, "call", also_speaks=["yue"])

    assert sends(await li.reads(FACTS), "understands-unknown") is None


async def test_a_supervisor_has_the_same_control_for_somebody_who_waits(
    scene: ApiScene, he: Reader
) -> None:
    await scene.add(scene.call("waits", CallState.WAITING, language="eng"))

    page = await he.reads("/calls/waits")

    assert "PUT /calls/waits/understanding" in page.part("understanding-menu").html


async def test_who_may_only_look_and_whoever_comes_too_late_finds_no_control(
    scene: ApiScene, chen: Reader, he: Reader
) -> None:
    await scene.offers_to("chen", "call")
    await scene.add(scene.call("over", CallState.ENDED))

    offered, ended = await chen.reads("/calls/call"), await he.reads("/calls/over")

    assert (offered.has("understands"), ended.has("understands")) == (True, True)
    assert not offered.has("understanding-menu")
    assert not ended.has("understanding-menu")


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (["cmn", "yue"], "记下来电者还听得懂 · name of li · 普通话、粤语"),
        ([], "记下来电者还听得懂 · name of li · 没有其他语言"),
    ],
)
async def test_the_timeline_tells_who_noted_what(
    scene: ApiScene, li: Reader, others: list[str], told: str
) -> None:
    await scene.change(Call, "call", language="eng")
    await scene.person("li").does("PUT", "/calls/call/understanding", {"also_speaks": others})

    assert told in (await li.reads("/calls/call/live")).text
