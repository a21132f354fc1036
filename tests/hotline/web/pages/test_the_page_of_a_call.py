"""The page of a call: why this counselor and not that one, and what happened, in words."""

import re
from typing import Any

import pytest

from hotline.i18n.catalog import day_and_time
from hotline.storage.tables import CallEntry, Line, Offer, PlanVersion, Presence
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader, waits

pytestmark = pytest.mark.anyio


async def test_a_call_tells_what_happened_in_sentences_and_never_in_commands(
    scene: ApiScene, he: Reader
) -> None:
    at = scene.clock.now()
    kinds = ("call.arrived", "offer.made", "offer.declined", "call.accepted", "call.held")
    await scene.add(*(CallEntry(call_id="call", at=at, kind=kind) for kind in kinds))

    page = await he.reads("/calls/call", language="en")

    told = re.findall(r"</span> ([^<·]+)</li>", page.html)
    said = ["Put on hold", "Answered", "Declined", "Began to ring", "Called the hotline"]
    assert told[: len(said)] == said


async def offered(scene: ApiScene, **reasons: Any) -> None:
    """li's talk was offered to li first; chen was away."""
    now = scene.clock.now()
    candidates = [
        {"counselor": "li", "stage": "language", "order": 1},
        {"counselor": "chen", "excluded_by": "away", "doing": "paused", "reason": "meal"},
    ]
    facts = {"candidates": candidates, "waited_s": 7.4, "plan_version": "abc123", **reasons}
    await scene.add(
        Offer(id="o", call_id="call", staff_id="li", state="accepted", stage="language",
              interpreter=True, offered_at=now, expires_at=now, facts=facts)
    )  # fmt: skip


async def test_the_calls_page_says_why_this_counselor_and_why_not_that_one(
    scene: ApiScene, li: Reader
) -> None:
    await offered(scene)

    why = (await li.reads("/calls/call")).part("offer-why")

    assert "为什么找 name of li" in why.text
    assert "来电者已等 7 秒" in why.text
    assert "需要口译" in why.text
    first, second = why.all("candidate")
    assert "fits" in first
    assert "fits" not in second
    assert "暂停 · 用餐" in why.text


@pytest.mark.parametrize(
    ("version", "in_force", "words"),
    [
        ("abc123", "abc123", "按本线路的接听方案，{when} 起使用"),
        ("abc123", "def456", "按本线路的接听方案，{when} 起使用 · 现已换成新的方案"),
        ("default", "", "按系统自带的接听方案"),
        ("forgotten", "forgotten", "按本线路的接听方案"),
    ],
)
async def test_the_plan_that_decided_is_named_as_people_name_it(
    scene: ApiScene, li: Reader, version: str, in_force: str, words: str
) -> None:
    now = scene.clock.now()
    await scene.add(PlanVersion(version="abc123", first_used_at=now))
    await scene.change(Line, "youth", plan_version=in_force)
    await offered(scene, plan_version=version)

    page = await li.reads("/calls/call")

    told = page.part("plan").text.split(" 经过")[0]
    assert told == words.format(when=day_and_time(now, now))
    assert "abc123" not in page.text


async def test_the_rule_that_holds_a_counselor_back_is_named(scene: ApiScene, he: Reader) -> None:
    now = scene.clock.now()
    await scene.change(Presence, "chen", state="wrapping_up", crisis_ended_at=now)
    await waits(scene, "alone", for_s=30, urgency="crisis")

    why = (await he.reads("/calls/alone")).part("why-waiting").text

    assert "整理记录 · 危机通话后在写记录，不会被打断" in why


async def test_an_offer_of_an_older_version_is_shown_with_what_it_kept(
    scene: ApiScene, li: Reader
) -> None:
    now = scene.clock.now()
    await scene.add(
        Offer(id="o", call_id="call", staff_id="li", state="expired", stage="language",
              offered_at=now, expires_at=now, facts={})
    )  # fmt: skip

    assert "未接听" in (await li.reads("/calls/call")).part("offer-why").text


async def test_the_timeline_of_a_call_is_told_in_words_the_newest_first(
    scene: ApiScene, li: Reader
) -> None:
    await scene.person("li").does("POST", "/calls/call/hold")
    await scene.person("li").does("POST", "/calls/call/resume")

    text = (await li.reads("/calls/call/live")).text

    assert text.index("恢复通话") < text.index("保持")
    assert "name of li" in text


async def test_the_timeline_may_begin_with_a_change_of_the_record(
    scene: ApiScene, he: Reader
) -> None:
    await waits(scene, "written", for_s=200)
    for kind in ("record.written", "record.changed"):
        await scene.add(
            CallEntry(call_id="written", at=scene.clock.now(), kind=kind, staff_id="li")
        )

    timeline = (await he.reads("/calls/written")).text

    assert timeline.index("修改记录") < timeline.index("写下记录")


async def test_a_call_that_is_not_ones_own_does_not_exist(scene: ApiScene) -> None:
    assert (await Reader(scene, "chen").opens("/calls/call")).status == 404
    assert (await Reader(scene, "he").opens("/calls/nothing")).status == 404


async def test_a_flag_stands_on_the_calls_page_in_words(scene: ApiScene, he: Reader) -> None:
    await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})

    page = await he.reads("/calls/call")

    assert "标记危机" in page.text
    assert "call.flagged" not in page.text
