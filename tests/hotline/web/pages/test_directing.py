"""What a supervisor may do, as the floor offers it, and what counselors read of it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.calls.model import CallState
from hotline.directing.hindrances import Hindrance
from hotline.storage.tables import Line, Presence, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

WORDS = Path(__file__).parents[4] / "hotline/web/static/hindrances.js"


@pytest.fixture
async def floor(scene: ApiScene) -> ApiScene:
    """A child waits on the first of he's two lines; chen is ready there."""
    now = scene.clock.now()
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.change(Staff, "he", lines=["youth", "legal"])
    await scene.change(Presence, "chen", state="ready", lease_until=now + timedelta(seconds=20))
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}})
    await scene.add(scene.call("child", CallState.WAITING, queued_at=now))
    return scene


async def test_a_caller_who_waits_can_be_put_ahead_or_sent_on(floor: ApiScene, he: Reader) -> None:
    page = await he.reads("/floor/callers/child/acts")

    assert page.has("put-ahead")
    assert "name of chen" in page.part("move-to-counselor").text
    assert "法律" in page.part("move-to-line").text
    assert "Legal" in (await he.reads("/floor/callers/child/acts", language="en")).text


async def test_for_a_caller_in_danger_there_is_no_priority_to_raise(
    floor: ApiScene, he: Reader
) -> None:
    await floor.add(floor.call("danger", CallState.WAITING, urgency="crisis"))

    page = await he.reads("/floor/callers/danger/acts")

    assert not page.has("put-ahead")
    assert not page.has("raise")
    assert page.has("move-to-line")


async def test_of_a_caller_who_is_gone_nothing_is_offered(floor: ApiScene, he: Reader) -> None:
    await floor.add(floor.call("gone", CallState.MESSAGE))

    page = await he.reads("/floor/callers/gone/acts")

    assert not page.has("move-to-line")
    assert "不在等候" in page.text


async def test_a_closed_queue_is_shown_on_the_floor_and_opened_there(
    floor: ApiScene, he: Reader
) -> None:
    before = await he.reads("/floor/lines/youth/acts")
    await floor.person("he").does("POST", "/floor/lines/youth/close", {"reason": "都病了"})

    assert before.has("close-line")
    assert "都病了" in (await he.reads("/floor")).part("queue-elsewhere").text
    assert (await he.reads("/floor/lines/youth/acts")).has("reopen")


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("presences", {"people": ["chen"], "state": "paused", "reason": "请休息"}, "请休息"),
        ("skills", {"people": ["chen"], "languages": {"yue": 3}}, "粤语 3"),
        ("messages", {"text": "十分钟后开会"}, "十分钟后开会"),
        ("lines/youth/divert", {"to": "legal", "reason": "都病了"}, "转到「法律」"),
        ("callers/child/move", {"counselor": "chen"}, "正在等的来电者"),
    ],
)
async def test_a_counselor_reads_on_the_desk_what_was_done_and_why(
    floor: ApiScene, chen: Reader, path: str, body: dict[str, object], words: str
) -> None:
    await floor.person("he").does("POST", f"/floor/{path}", body)

    page = await chen.reads("/desk/notices")

    assert "name of he" in page.part("notice").text
    assert words in page.text


async def test_every_act_is_told_in_words_with_undo_where_there_is_one(
    floor: ApiScene, he: Reader
) -> None:
    empty = await he.reads("/floor/acts")
    for path, body in (
        ("callers/child/move", {"topic": "family"}),
        ("callers/child/priority", {"priority": "crisis", "reason": "哭喊"}),
        ("presences", {"people": ["chen"], "state": "paused", "reason": "请休息"}),
    ):
        floor.clock.advance(1)
        await floor.person("he").does("POST", f"/floor/{path}", body)

    page = await he.reads("/floor/acts")
    recent = await he.reads("/floor/acts/recent")

    assert "还没有操作" in empty.text
    assert len(page.all("act")) == 3
    assert "升为紧急" in page.text
    assert "哭喊" in page.text
    assert len(recent.all("undo")) == 2
    assert re.findall(r"caller_\w+|presence_\w+", page.text) == []


async def test_what_is_long_over_is_undone_from_the_audit_only(floor: ApiScene, he: Reader) -> None:
    await floor.person("he").does("POST", "/floor/callers/child/move", {"topic": "family"})
    floor.clock.advance(11 * 60)

    assert not (await he.reads("/floor/acts/recent")).has("undo")
    assert "撤销" in (await he.reads("/floor/acts")).text


def test_every_hindrance_has_words_for_those_who_read_chinese() -> None:
    said = re.findall(r"^  (\w+): \(\)", WORDS.read_text(encoding="utf-8"), re.MULTILINE)

    assert said == [one.value for one in Hindrance]
