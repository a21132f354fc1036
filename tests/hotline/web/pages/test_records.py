"""The page that finds records, the record on the call's page, and what supervisors are shown."""

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

STORY = "他说家里很吵。"
WHY = {"reason": "同一个孩子在线上"}


@pytest.fixture(autouse=True)
async def written(scene: ApiScene) -> None:
    """li wrote the record of her call."""
    record = {"contact_type": "self", "topics": ["violence"], "disposition": "listened"}
    await scene.person("li").does("PUT", "/calls/call/record", {**record, "narrative": STORY})


async def test_the_list_shows_codes_to_who_may_read_and_offers_others_to_ask(
    li: Reader, chen: Reader
) -> None:
    own, theirs = await li.reads("/records"), await chen.reads("/records")

    assert "暴力与侵害" in own.part("found").text
    assert not own.has("ask-to-read")
    assert "暴力与侵害" not in theirs.part("found-part").text
    assert theirs.has("needs-approval")
    assert theirs.has("ask")
    assert theirs.has("emergency")
    for page in (own, theirs):
        assert STORY not in page.html


async def test_who_asked_reads_where_it_stands_and_what_was_said(
    scene: ApiScene, chen: Reader, he: Reader
) -> None:
    asked = await scene.person("chen").does("POST", "/calls/call/readings", WHY)

    waiting, floor = await he.reads("/records"), await he.reads("/floor")
    assert (await chen.reads("/records")).has("asked")
    assert WHY["reason"] in waiting.part("to-answer").text
    assert floor.has("reading-call")
    assert not (await he.reads("/wall")).has("reading-call")
    await scene.person("he").does("POST", f"/readings/{asked['id']}/refuse", {"words": "先问我"})
    told = await chen.reads("/records/readings")
    assert "先问我" in told.part("own-reading").text


async def test_an_opened_record_is_read_on_the_calls_page_and_the_supervisor_sees_by_whom(
    scene: ApiScene, chen: Reader, he: Reader
) -> None:
    await scene.person("chen").does("POST", "/calls/call/readings/emergency", WHY)

    page, words = await chen.reads("/calls/call"), await chen.reads("/calls/call/record")
    seen = await he.reads("/calls/call/readings", language="en")

    assert page.has("record-card")
    assert not page.has("readings-card"), "who read it is the supervisor's to know"
    assert STORY in words.part("record-words").text
    assert WHY["reason"] in seen.part("reading").text
    assert seen.has("uphold")
    assert seen.has("object")
    assert "name of chen" in seen.part("looked").text


async def test_an_older_version_is_read_on_the_calls_page(scene: ApiScene, he: Reader) -> None:
    await scene.person("li").does("PUT", "/calls/call/record", {"narrative": "后来安静了。"})

    older = await he.reads("/calls/call/record?version=1")

    assert STORY in older.part("record-words").text
    assert (await he.opens("/calls/call/record?version=9")).status == 404
    assert (await scene.kinds())[-1] == "record.read"


async def test_a_call_without_a_record_says_so(scene: ApiScene, he: Reader) -> None:
    now = scene.clock.now()
    await scene.add(scene.call("other", CallState.ENDED, joined_at=now, counselor_id="li"))

    assert (await he.reads("/calls/other/record")).has("no-record")
    assert "还没有记录" not in (await he.reads("/records")).text
    assert "还没有记录" in (await Reader(scene, "chen").reads("/records")).text


async def test_an_empty_list_and_a_search_that_is_over_say_what_to_do(
    scene: ApiScene, li: Reader
) -> None:
    assert (await li.reads("/records?topic=missing")).has("nothing-found")
    assert (await li.reads("/records?caller=made-up")).has("search-over")
    await scene.change(Call, "call", from_index="")
    assert (await li.reads("/records?same_as=call")).has("search-over")


async def test_a_long_list_goes_on_where_it_ended(scene: ApiScene, li: Reader) -> None:
    now = scene.clock.now()
    for number in range(25):
        await scene.add(
            scene.call(f"c{number}", CallState.ENDED, joined_at=now, counselor_id="li", topic=None)
        )

    page = await li.reads("/records?line=youth")

    assert len(page.all("found")) == 20
    assert "line=youth&amp;after=" in page.part("more").html
