"""The list of messages, as people see it; and its count in the navigation and on the floor."""

import pytest

from hotline.storage.tables import CallRecording
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.test_messages import leaves_message
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def test_a_message_is_heard_taken_handed_on_and_answered_where_it_stands(
    scene: ApiScene, chen: Reader
) -> None:
    await leaves_message(scene, "c")

    page = await chen.reads("/messages")

    part = page.part("message")
    assert 'src="/api/v1/recordings/sound-c/media"' in part.html
    assert 'data-command="POST /callbacks/owed-c/call"' in part.html
    assert 'data-command="POST /callbacks/owed-c/take"' in part.html
    assert '<option value="he">' in part.part("hand-on").html
    assert "0:12" in part.part("message-length").text
    assert "还没有人听过" in part.part("heard").text


async def test_one_click_is_enough_to_call_back(scene: ApiScene, chen: Reader) -> None:
    await leaves_message(scene, "c")

    [button] = (await chen.reads("/messages")).all("call-now")

    assert "data-confirm" not in button


async def test_a_sound_that_is_not_here_yet_says_where_it_is(scene: ApiScene, chen: Reader) -> None:
    await leaves_message(scene, "c")
    await scene.change(CallRecording, "sound-c", copy_state="wanted")

    page = await chen.reads("/messages", language="en")

    assert "Being fetched" in page.part("sound-state").text
    assert not page.has("player")


async def test_what_was_answered_is_folded_away(scene: ApiScene, chen: Reader) -> None:
    await leaves_message(scene, "c", state="done", closed_at=scene.clock.now())

    page = await chen.reads("/messages", language="en")

    assert "No message waits for an answer" in page.text
    assert "Called back and talked" in page.part("answered").text


async def test_floor_and_navigation_count_the_unanswered(
    scene: ApiScene, he: Reader, chen: Reader
) -> None:
    assert (await chen.reads("/messages/count")).html == ""
    await leaves_message(scene, "a")
    await leaves_message(scene, "b")
    await leaves_message(scene, "done", state="done", closed_at=scene.clock.now())

    floor, count = await he.reads("/floor"), await chen.reads("/messages/count")

    assert "2 位留言的人还没有得到答复" in floor.part("messages").text
    assert 'href="/messages"' in floor.part("messages").html
    assert count.html == "2"


async def test_nothing_left_says_what_will_be_here(chen: Reader) -> None:
    assert "没有等着答复的留言" in (await chen.reads("/messages")).text
