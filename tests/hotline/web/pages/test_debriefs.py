"""Debriefs and words on the desk and on the floor, and why nothing rings."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Callback, Debrief, Presence
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio


async def owes(scene: ApiScene, staff_id: str = "chen", *, hours: float = 1, **values: Any) -> None:
    """A debrief after a heavy call of half an hour, due in some hours."""
    now = scene.clock.now()
    over = {"counselor_id": staff_id, "joined_at": now - timedelta(minutes=30), "left_at": now,
            "ended_at": now, "outcome": "not_reached", "from_masked": "138****0001"}  # fmt: skip
    await scene.add(
        scene.call("heavy", CallState.ENDED, **over),
        Debrief(id="talk", staff_id=staff_id, call_id="heavy", why="heavy_call", created_at=now,
                due_at=now + timedelta(hours=hours), **values),
    )  # fmt: skip


def kinds(page: Page) -> list[str]:
    return [tag.split('data-kind="')[1].split('"')[0] for tag in page.all("due-row")]


async def test_what_is_due_stands_in_one_list_by_due_time(scene: ApiScene, chen: Reader) -> None:
    now = scene.clock.now()
    await owes(scene, hours=1)
    await scene.person("chen").does("POST", "/me/word")
    over = {"counselor_id": "chen", "joined_at": now, "ended_at": now, "outcome": "talked"}
    await scene.add(
        scene.call("unwritten", CallState.ENDED, **over),
        Callback(id="mine", line_id="youth", call_id="call", from_index="n", why="hung_up",
                 promised_at=now, place_at=now, due_at=now - timedelta(minutes=5),
                 owner_id="chen"),
    )  # fmt: skip

    page = await chen.reads("/desk/due")

    assert kinds(page) == ["handed", "word", "debrief", "unwritten"]
    assert page.html.count("is-late") == 1


async def test_of_what_a_colleague_took_nothing_is_due_from_me(
    scene: ApiScene, chen: Reader
) -> None:
    now = scene.clock.now()
    await scene.add(
        Callback(id="theirs", line_id="youth", call_id="call", from_index="n", why="hung_up",
                 promised_at=now, place_at=now, due_at=now, owner_id="li")
    )  # fmt: skip

    assert kinds(await chen.reads("/desk/due")) == []


async def test_a_debrief_says_who_comes_and_why_it_was_put_off(
    scene: ApiScene, chen: Reader, he: Reader
) -> None:
    await owes(scene)
    before = (await chen.reads("/desk/due")).part("debrief").text
    until = (scene.clock.now() + timedelta(days=1)).isoformat()
    await scene.person("he").does("POST", "/debriefs/talk/taker")
    body = {"until": until, "why": "floor_is_busy"}
    await scene.person("he").does("POST", "/debriefs/talk/put-off", body)

    after = (await chen.reads("/desk/due")).part("debrief").text
    floor = (await he.reads("/floor")).part("debrief-row").text

    assert "还没有人接" in before
    assert "name of he 会来和您谈" in after
    assert "大厅太忙" in after
    assert "大厅太忙" in floor


async def test_a_colleague_who_was_named_finds_it_on_their_desk(
    scene: ApiScene, chen: Reader, li: Reader
) -> None:
    await owes(scene, "li")
    await scene.person("li").does("POST", "/debriefs/talk/taker", {"taker": "chen"})

    page = await chen.reads("/desk/due")

    assert kinds(page) == ["debrief_given"]
    assert "name of li" in page.text


async def test_a_word_stands_on_the_floor_until_somebody_takes_it_and_both_see_that(
    scene: ApiScene, chen: Reader, he: Reader
) -> None:
    await scene.person("chen").does("POST", "/me/word")
    asked = (await he.reads("/floor")).part("debrief-row")
    assert "name of chen 想和您说句话" in asked.text
    assert asked.has("debrief-take")
    word = (await scene.all(Debrief))[0].id

    await scene.person("he").does("POST", f"/debriefs/{word}/taker")

    assert "name of he 去谈" in (await he.reads("/floor")).part("debrief-taken").text
    desk = await chen.reads("/desk/due")
    assert "name of he 会来和您谈" in desk.text
    assert not desk.has("ask-word")


async def test_an_overdue_debrief_is_marked_on_the_floor_and_the_wall_shows_none(
    scene: ApiScene, he: Reader
) -> None:
    await owes(scene, hours=-1)

    floor, wall = await he.reads("/floor"), await he.reads("/wall")

    assert "is-late" in floor.all("debrief-row")[0]
    assert not wall.has("debrief-row")


# ── what lies behind her, and why nothing rings ────────────────────────────────────────────────


async def test_heavy_calls_of_the_shift_are_shown_to_herself_and_to_nobody_else(
    scene: ApiScene, chen: Reader, he: Reader
) -> None:
    await owes(scene)

    own = (await chen.reads("/desk/now")).part("heavy").text

    assert "1 通沉重的来电，共 30:00" in own
    assert not (await he.reads("/floor")).has("heavy")
    yesterday = scene.clock.now() - timedelta(hours=12)
    await scene.change(Debrief, "talk", created_at=yesterday)
    assert not (await chen.reads("/desk/now")).has("heavy")


@pytest.mark.parametrize(
    ("doing", "words"),
    [
        ({"state": "paused", "reason": "rest", "minutes": 15}, "危机通话后的休息"),
        ({"state": "paused", "reason": "break_due", "minutes": 15}, "您工作已久，正在休息"),
        ({"state": "ready", "reason": "not_reachable", "minutes": 15}, "系统先找别人"),
        ({"state": "ready", "crisis_in_a_row": 2}, "危机来电先找别人"),
        ({"state": "paused", "reason": "meal"}, "系统不会呼叫您"),
    ],
)
async def test_the_desk_says_why_nothing_rings_and_until_when(
    scene: ApiScene, chen: Reader, doing: dict[str, object], words: str
) -> None:
    minutes = doing.pop("minutes", None)
    if minutes is not None:
        doing["back_at"] = scene.clock.now() + timedelta(minutes=15)
    await scene.change(Presence, "chen", **doing)

    quiet = (await chen.reads("/desk/now")).part("quiet").text

    assert words in quiet
    assert ("20:15" in quiet) == (minutes is not None)


async def test_after_one_heavy_call_danger_rings_as_before(scene: ApiScene, chen: Reader) -> None:
    await scene.change(Presence, "chen", state="ready", crisis_in_a_row=1)

    assert not (await chen.reads("/desk/now")).has("quiet")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_after_a_heavy_call_the_bar_says_until_when_one_rests_and_offers_a_word(
    scene: ApiScene, li: Reader, language: str
) -> None:
    await scene.change(Call, "call", urgency="crisis")
    await scene.person("li").does("POST", "/calls/call/end")
    await scene.change(Call, "call", state="ended")

    bar = await li.reads("/desk/bar", language=language)

    assert "20:15" in bar.text
    assert bar.has("ask-word")
    assert "is-crisis" in bar.all("callbar")[0]


async def test_after_any_other_call_the_next_one_may_come_at_once(
    scene: ApiScene, li: Reader
) -> None:
    await scene.person("li").does("POST", "/calls/call/end")
    await scene.change(Call, "call", state="ended")

    bar = await li.reads("/desk/bar")

    assert "写完记录就可以接下一通" in bar.text
    assert not bar.has("ask-word")
