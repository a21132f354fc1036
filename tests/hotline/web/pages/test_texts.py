"""The list of texts, as people see it."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.storage.tables import Call, TextReading
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.may_text import a_text
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def wrote(scene: ApiScene, key: str, **values: Any) -> None:
    await scene.add(a_text(scene.house.vault, at=scene.clock.now(), id=key, **values))


async def test_what_somebody_must_look_at_stands_first(scene: ApiScene, he: Reader) -> None:
    await wrote(scene, "new", for_person=False)
    await wrote(scene, "before")
    await wrote(scene, "danger", why="danger")

    page = await he.reads("/texts")

    assert "text-danger" in page.all("text")[0]
    assert "is-urgent" in page.all("text")[0]
    assert "可能有危险" in page.part("for-person").text
    assert "今天好多了" not in page.text


async def test_the_words_are_opened_one_by_one(scene: ApiScene, chen: Reader) -> None:
    await wrote(scene, "one")

    opened = await chen.reads("/texts/one/words")

    assert "今天好多了" in opened.text
    assert [one.staff_id for one in await scene.all(TextReading)] == ["chen"]


async def test_a_text_of_ours_says_where_it_stands(scene: ApiScene, he: Reader) -> None:
    due = scene.clock.now() + timedelta(hours=12)
    out: dict[str, Any] = {"direction": "out", "why": "when", "for_person": False, "by_id": "li"}
    await wrote(scene, "late", state="queued", due_at=due, **out)
    await wrote(scene, "bad", state="failed", last_error="not_safe", **out)

    page = await he.reads("/texts", language="en")

    assert "Waiting to be sent · to be sent" in page.text
    assert "Not sent · This number is not safe" in page.text
    assert "name of li" in page.text


async def test_the_callbacks_lead_to_what_waits(scene: ApiScene, he: Reader) -> None:
    await wrote(scene, "one")

    page = await he.reads("/callbacks")

    assert "1 条短信要有人看" in page.part("texts-for-person").text


async def test_a_call_offers_the_neutral_words(scene: ApiScene, he: Reader) -> None:
    await scene.change(Call, "call", from_index="child")

    page = await he.reads("/calls/call", language="en")

    assert "When is a good time to call?" in page.part("call-texts").text
    assert "Got your message" not in page.text


async def test_an_answer_says_what_it_answers(scene: ApiScene, he: Reader) -> None:
    await wrote(scene, "ours", direction="out", why="how_are_you", state="sent", for_person=False)
    await wrote(scene, "theirs", answers_id="ours")

    page = await he.reads("/texts")

    assert "回复我们的：问候近况" in page.part("for-person").text


async def test_a_call_says_whether_texts_are_wanted(scene: ApiScene, he: Reader) -> None:
    await scene.change(Call, "call", from_index="child")
    before = await he.reads("/calls/call")
    await he.scene.person("he").does("PUT", "/calls/call/texts-wanted", {"wants": False})

    after = await he.reads("/calls/call")

    assert "还没有问过" in before.part("consent").text
    assert "对方不要短信" in after.part("consent").text
    assert "name of he" in after.part("consent").text


async def test_nothing_yet_says_what_will_be_here(he: Reader) -> None:
    assert "谁发短信来，就欠谁一个电话" in (await he.reads("/texts")).text
