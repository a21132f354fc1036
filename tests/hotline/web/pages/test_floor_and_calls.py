"""The floor and the call's page: is everybody looked after, and why was who rung."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.i18n.catalog import day_and_time, moment
from hotline.storage.tables import CallEntry, Line, Offer, PlanVersion, Presence, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def waits(scene: ApiScene, call_id: str, *, for_s: float, **values: Any) -> None:
    """Somebody is in line since a while."""
    since = scene.clock.now() - timedelta(seconds=for_s)
    fields = {"queued_at": since, "arrived_at": since, "from_masked": call_id, **values}
    await scene.add(scene.call(call_id, CallState.WAITING, **fields))


async def test_danger_stands_first_then_who_waits_longest(scene: ApiScene, he: Reader) -> None:
    await waits(scene, "short", for_s=20)
    await waits(scene, "long", for_s=200)
    await waits(scene, "danger", for_s=1, urgency="crisis")

    page = await he.reads("/floor/live")

    shown = [page.html.find(f">{name}<") for name in ("danger", "long", "short")]
    assert shown == sorted(shown)
    assert "3" in page.part("waiting-count").text[:20]
    assert 'class="caller is-urgent"' in page.html


@pytest.mark.parametrize("path", ["/floor", "/floor/live", "/wall"])
async def test_who_is_in_danger_stands_before_every_total(
    scene: ApiScene, he: Reader, path: str
) -> None:
    await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})
    await scene.change(Presence, "chen", state="paused", reason="meal")
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}, "certified": True})
    await waits(scene, "danger", for_s=75, urgency="crisis")
    await waits(scene, "danger-too", for_s=5, urgency="crisis")

    page = await he.reads(path)

    order = [page.html.find(f'data-testid="{one}"') for one in ("in-danger", "strips", "lines")]
    assert order == sorted(order)
    assert order[0] > 0
    danger = page.part("in-danger").text
    assert danger.startswith("2 位有危险的来电者没有人接听 · 最久 1:15 现在没有人就绪。")
    assert "可以请来接听：name of chen（用餐）" in danger


async def test_what_holds_for_all_who_wait_is_said_once_above_them(
    scene: ApiScene, he: Reader
) -> None:
    for name in ("first", "second", "third"):
        await waits(scene, name, for_s=5)

    page = await he.reads("/floor/live")

    assert page.text.count("现在没有人就绪") == 1


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


async def test_no_list_of_the_wall_is_longer_than_can_be_read_across_a_room(
    scene: ApiScene, he: Reader
) -> None:
    for number in range(11):
        await waits(scene, f"caller-{number}", for_s=number + 1)

    wall, again = await he.reads("/wall"), await he.reads("/floor/live?wall=true")

    assert [len(page.all("caller")) for page in (wall, again)] == [7, 7]
    assert "另有 5 位" in wall.part("more").text
    assert len((await he.reads("/floor")).all("caller")) == 12


async def test_lines_without_calls_leave_the_walls_room_to_who_is_in_danger(
    scene: ApiScene, he: Reader
) -> None:
    quiet = [f"quiet-{n}" for n in range(7)]
    for name in quiet:
        await scene.add(Line(id=name, name=name, name_en=name, number_shown=name))
    await scene.change(Staff, "he", lines=["youth", *quiet])
    before = await he.reads("/wall")
    for number in range(6):
        await waits(scene, f"danger-{number}", for_s=number + 1, urgency="crisis")

    wall, floor = await he.reads("/wall"), await he.reads("/floor")

    assert len(wall.all("caller")) - len(wall.part("lines").all("caller")) == 6
    assert wall.part("quiet-lines").text.startswith("另有 7 条线路现在没有来电")
    for page in (before, floor):
        assert "quiet-6" in page.part("lines").text


async def test_counselors_stand_by_what_they_do_who_can_help_first(
    scene: ApiScene, he: Reader
) -> None:
    await scene.change(Presence, "chen", state="ready")
    await scene.change(Staff, "chen", skills={"languages": {"yue": 5}, "certified": True})

    page = await he.reads("/floor/live")

    states = [tag.split('data-state="')[1].split('"')[0] for tag in page.all("counselor")]
    assert states == ["ready", "talking"]
    assert "危机认证" in page.part("counselor").text
    assert "粤语" in page.part("counselor").text


async def test_who_is_due_for_a_break_stands_with_how_many_may_be_away(
    scene: ApiScene, he: Reader
) -> None:
    back_at = scene.clock.now() + timedelta(minutes=5)
    await scene.change(Presence, "chen", state="paused", reason="break_due", back_at=back_at)
    await scene.change(Presence, "li", working_since=scene.clock.now() - timedelta(hours=3))

    page = await he.reads("/floor/live")

    assert "1 人在休息，同时最多 1 人" in page.part("breaks").text
    assert "该休息，等别人回来" in page.part("break-due").text


async def test_why_nobody_is_rung_yet_stands_beside_the_caller(scene: ApiScene, he: Reader) -> None:
    await waits(scene, "waits", for_s=5)

    page = await he.reads("/floor/live")

    assert "现在没有人就绪" in page.part("why-not-yet").text


async def test_a_child_whom_nobody_takes_stands_red_with_who_was_told(
    scene: ApiScene, he: Reader
) -> None:
    now = scene.clock.now()
    since = now - timedelta(seconds=70)
    alone = {"urgency": "crisis", "queued_at": since, "alarm_since": since, "alarm_step": 3}
    await scene.add(scene.call("alone", CallState.WAITING, **alone))
    facts = {"step": "duty_phone", "rung": 1}
    await scene.add(CallEntry(call_id="alone", at=now, kind="alarm.rang", facts=facts))

    told = (await he.reads("/floor/live")).part("nobody").text
    timeline = (await he.reads("/calls/alone")).text

    assert f"无人接听 1:10 · 已呼叫 值班电话 {moment(now)}" in told
    assert "无人接听，呼叫 · 值班电话" in timeline


async def kept_waiting(scene: ApiScene) -> None:
    """Danger has kept somebody waiting; a minute ago the duty phone was rung."""
    now = scene.clock.now()
    since, rang = now - timedelta(minutes=16), now - timedelta(minutes=1)
    alarm = {"alarm_since": since, "alarm_step": 1, "alarm_due_at": rang + timedelta(minutes=3)}
    await scene.add(scene.call("kept", CallState.WAITING, queued_at=since, **alarm))
    facts = {"step": "duty_phone", "rung": 1}
    await scene.add(CallEntry(call_id="kept", at=rang, kind="alarm.rang", facts=facts))


async def test_of_whom_danger_keeps_waiting_the_floor_says_what_was_done_and_what_helps(
    scene: ApiScene, he: Reader
) -> None:
    await kept_waiting(scene)
    now = scene.clock.now()

    page = await he.reads("/floor/live")
    told, remedy = page.part("nobody").text, page.part("remedy")
    in_english = (await he.reads("/floor/live", language="en")).part("remedy").text

    assert f"已呼叫 值班电话 {moment(now - timedelta(minutes=1))}" in told
    assert "请安排人接听" in remedy.text
    assert f"下一次呼叫值班电话 {moment(now + timedelta(minutes=2))}" in remedy.text
    assert '<a href="/calls/kept">' in remedy.html
    assert "Find somebody to answer" in in_english


async def test_what_was_done_for_whom_danger_keeps_waiting_is_told_by_the_api_as_well(
    scene: ApiScene,
) -> None:
    await kept_waiting(scene)
    now = scene.clock.now()

    callers = (await scene.person("he").gets("/floor"))["callers"]

    kept = next(one for one in callers if one["call_id"] == "kept")
    rang, again = (datetime.fromisoformat(kept[name]) for name in ("told_at", "again_at"))
    assert (kept["told"], rang) == (["duty_phone"], now - timedelta(minutes=1))
    assert again == now + timedelta(minutes=2)


async def test_the_account_of_the_day_balances(scene: ApiScene, he: Reader) -> None:
    ended = {"outcome": "talked", "ended_at": scene.clock.now()}
    await scene.add(scene.call("over", CallState.ENDED, **ended))

    page = await he.reads("/floor/live")

    assert "来电全部有着落" in page.text
    assert "2 = 1 进行中 + 1 已通话" in page.text


async def test_a_call_without_an_outcome_is_called_out(scene: ApiScene, he: Reader) -> None:
    await scene.add(scene.call("lost", CallState.ENDED, ended_at=scene.clock.now()))

    assert "有来电未入账" in (await he.reads("/floor/live")).text


async def test_the_wall_shows_the_same_floor_without_anything_to_press(
    scene: ApiScene, he: Reader
) -> None:
    await waits(scene, "waits", for_s=5)

    page = await he.reads("/wall")

    assert page.has("caller")
    assert "data-command" not in page.html


async def test_an_escalation_stands_on_the_floor_with_whom_to_ring(
    scene: ApiScene, he: Reader
) -> None:
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})

    strip = (await he.reads("/floor/live")).part("strip")

    assert told["number"] in strip.text
    assert 'data-state="open"' in strip.html


@pytest.mark.parametrize("path", ["/floor", "/floor/live", "/wall"])
@pytest.mark.parametrize("who", ["li", "tianhe", "root"])
async def test_the_floor_is_for_supervisors(scene: ApiScene, who: str, path: str) -> None:
    assert (await Reader(scene, who).opens(path)).status == 403


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
