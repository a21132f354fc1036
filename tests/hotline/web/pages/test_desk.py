"""The desk: at rest, while somebody rings, in a talk, and with a record to write."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.i18n.catalog import moment
from hotline.storage.tables import Call, Line, Offer, Participant, Presence, Record, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio


async def rings(scene: ApiScene, **values: Any) -> None:
    """A caller waits, and chen's phone rings for them."""
    now = scene.clock.now()
    fields = {"queued_at": now, "from_index": "child", "language": "yue", **values}
    await scene.add(scene.call("waits", CallState.WAITING, **fields))
    await scene.offers_to("chen", "waits")


async def writes(scene: ApiScene, call_id: str, by: str, **values: Any) -> None:
    """A record of a call, with nothing in its narrative that could be opened."""
    fields = {"contact_type": "self", "risk": "none", "disposition": "advised", **values}
    sealed = scene.house.vault.seal("说了很多", place=f"record.narrative.{call_id}")
    await scene.add(Record(call_id=call_id, staff_id=by, narrative_sealed=sealed,
                           saved_at=scene.clock.now(), **fields))  # fmt: skip


# ── at rest ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("offline", "", "您现在不接来电"),
        ("ready", "", "您已就绪，来电会响铃"),
        ("paused", "meal", "您已暂停接听 ：用餐"),
        ("offered", "", "有来电，请看顶部"),
    ],
)
async def test_the_desk_at_rest_says_what_one_does_now(
    scene: ApiScene, chen: Reader, state: str, reason: str, words: str
) -> None:
    await scene.change(Presence, "chen", state=state, reason=reason)

    page = await chen.reads("/desk")

    assert words.replace(" ：", "：") in page.text.replace(" ：", "：")
    assert f'data-state="{state}"' in page.part("state").html


async def test_presence_can_be_changed_where_nobody_is_on_the_line(
    scene: ApiScene, chen: Reader, li: Reader
) -> None:
    await scene.change(Presence, "chen", state="ready")

    free, busy = await chen.reads("/desk/presence"), await li.reads("/desk/presence")

    assert free.has("presence-pause-meal")
    assert not busy.has("presence-menu")


@pytest.mark.parametrize("path", ["/desk", "/desk/due", "/desk/bar", "/desk/presence"])
@pytest.mark.parametrize("who", ["he", "tianhe", "root"])
async def test_who_takes_no_calls_has_no_desk(scene: ApiScene, who: str, path: str) -> None:
    assert (await Reader(scene, who).opens(path)).status == 403


async def test_nothing_due_is_said_in_so_many_words(chen: Reader) -> None:
    assert "没有待办" in (await chen.reads("/desk/due")).part("due").text
    english = await chen.reads("/desk/due", language="en")
    assert "没有待办" not in english.text


# ── somebody rings ──────────────────────────────────────────────────────────────────────────────


async def test_before_answering_one_knows_who_rings_and_why(scene: ApiScene, chen: Reader) -> None:
    over = scene.call("earlier", CallState.ENDED, from_index="child", outcome="talked")
    scene.clock.advance(-60)
    await scene.add(over)
    scene.clock.advance(60)
    await rings(scene, topic="family", from_masked="139****0001")

    page = (await chen.reads("/desk/bar")).part("incoming")

    assert "139****0001" in page.text
    assert "粤语" in page.part("incoming-language").text
    assert "您说来电者的语言" in page.part("incoming-why").text
    assert "家庭" in page.text
    assert page.has("answer")


async def test_danger_stands_beside_the_number(scene: ApiScene, chen: Reader) -> None:
    await rings(scene, urgency="crisis")

    page = await chen.reads("/desk/bar")

    assert "可能有生命危险" in page.part("incoming-danger").text


async def test_on_an_own_phone_one_is_told_to_press_1(scene: ApiScene, chen: Reader) -> None:
    await scene.change(Staff, "chen", answers_on="own_phone", own_phone="13900000000")
    await rings(scene)

    page = await chen.reads("/desk/bar")

    assert "请接听您的电话，听到提示后按 1" in page.text
    assert not page.has("answer")


async def test_an_offer_that_is_over_rings_no_more(scene: ApiScene, chen: Reader) -> None:
    await rings(scene)
    await scene.change(Offer, "offer-chen", state="expired")

    assert not (await chen.reads("/desk/bar")).has("incoming")


# ── in a talk ───────────────────────────────────────────────────────────────────────────────────


async def test_hold_becomes_resume_while_the_caller_hears_music(
    scene: ApiScene, li: Reader
) -> None:
    before = (await li.reads("/desk/bar")).part("hold")
    await scene.change(Participant, "caller", hold_wanted=True)
    page = await li.reads("/desk/bar")

    assert 'aria-pressed="false"' in before.all("hold")[0]
    assert 'aria-pressed="true"' in page.all("hold")[0]
    assert "来电者听到音乐" in page.part("held").text


async def interpreter_button(li: Reader) -> Page:
    return await li.reads("/desk/bar")


async def test_an_interpreter_is_offered_where_the_line_has_one_of_the_callers_language(
    scene: ApiScene, li: Reader
) -> None:
    without = await interpreter_button(li)
    await scene.change(Line, "youth", interpreters={"cmn": "02000000020"})
    with_one = await interpreter_button(li)

    assert (without.has("interpreter"), with_one.has("interpreter")) == (False, True)


@pytest.mark.parametrize(
    ("state", "words"), [("ringing", "正在接入口译"), ("in_talk", "口译在通话中")]
)
async def test_one_sees_how_far_the_interpreter_is(
    scene: ApiScene, li: Reader, state: str, words: str
) -> None:
    now = scene.clock.now()
    await scene.change(Line, "youth", interpreters={"cmn": "02000000020"})
    answered_at = now if state == "in_talk" else None
    await scene.add(
        Participant(id="i", call_id="call", role="interpreter", address="02000000020",
                    state=state, created_at=now, answered_at=answered_at)
    )  # fmt: skip

    assert words in (await li.reads("/desk/bar")).part("interpreter-state").text


async def test_a_flag_that_was_raised_stands_beside_the_record(scene: ApiScene, li: Reader) -> None:
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})

    facts = await li.reads("/desk/calls/call/facts")

    assert told["number"] in facts.text
    assert "迫在眉睫" in facts.text


# ── the record ──────────────────────────────────────────────────────────────────────────────────


def choices(page: Page, name: str) -> dict[str, str]:
    """By value: the rest of the tag of each choice of this name."""
    tags = page.html.split(f'name="{name}" value="')[1:]
    return {tag.split('"')[0]: tag.split(">")[0] for tag in tags}


async def test_a_risk_that_was_flagged_cannot_be_chosen_lower(scene: ApiScene, li: Reader) -> None:
    await scene.person("li").does("POST", "/calls/call/flags", {"level": "high"})

    risks = choices(await li.reads("/desk"), "risk")

    assert [risk for risk, tag in risks.items() if "disabled" not in tag] == ["high", "imminent"]
    assert "checked" in risks["high"]


async def test_in_a_fresh_record_nothing_is_chosen_that_nobody_chose(li: Reader) -> None:
    page = await li.reads("/desk")

    for name in ("contact_type", "age_band", "follow_up", "topics"):
        found = choices(page, name)
        assert found
        assert not any("checked" in tag for tag in found.values())
    assert page.has("save-ready")


async def test_an_older_record_is_opened_as_it_was_saved_and_that_leaves_a_trace(
    scene: ApiScene, chen: Reader
) -> None:
    now = scene.clock.now()
    over = {"counselor_id": "chen", "joined_at": now, "ended_at": now, "outcome": "talked"}
    await scene.add(scene.call("over", CallState.ENDED, **over))
    await writes(scene, "over", "chen", risk="moderate")

    page = await chen.reads("/desk/calls/over")

    assert "说了很多" in page.text
    assert "checked" in choices(page, "risk")["moderate"]
    assert page.has("save")
    assert await scene.kinds("over") == ["record.read"]


async def test_the_record_of_another_counselors_call_does_not_exist(chen: Reader) -> None:
    for path in ("/desk/calls/call", "/desk/calls/call/facts", "/desk/calls/nothing"):
        assert (await chen.opens(path)).status == 404


async def test_the_desk_of_a_talk_is_read_in_english_too(scene: ApiScene, li: Reader) -> None:
    assert (await scene.get(Call, "call")).state == CallState.TALKING

    page = await li.reads("/desk", language="en")

    assert "记录" not in page.text
    assert "Youth" in page.text


async def test_a_draft_stays_among_what_is_due(scene: ApiScene, chen: Reader) -> None:
    now = scene.clock.now()
    over = {"counselor_id": "chen", "joined_at": now, "ended_at": now, "outcome": "talked"}
    await scene.add(scene.call("draft", CallState.ENDED, from_masked="138****0001", **over))
    await scene.add(scene.call("done", CallState.ENDED, from_masked="138****0002", **over))
    await writes(scene, "draft", "chen", disposition="")
    await writes(scene, "done", "chen")

    page = await chen.reads("/desk/due")

    assert "138****0001" in page.text
    assert "138****0002" not in page.text


# ── a child in danger waits while she writes or rests ──────────────────────────────────────────


async def in_danger(scene: ApiScene, line_id: str = "youth") -> None:
    now = scene.clock.now()
    fields = {"line_id": line_id, "urgency": "crisis", "queued_at": now}
    await scene.add(scene.call("danger", CallState.WAITING, **fields))


@pytest.mark.parametrize(
    ("doing", "words"),
    [
        ({"state": "wrapping_up"}, "这段时间系统不会打断您写记录"),
        ({"state": "paused", "reason": "rest"}, "危机通话后的休息"),
        ({"state": "paused", "reason": "meal"}, "您已暂停接听：系统不会呼叫您"),
    ],
)
async def test_who_writes_or_rests_is_told_of_danger_and_of_the_rule_that_holds_her_back(
    scene: ApiScene, chen: Reader, doing: dict[str, Any], words: str
) -> None:
    await in_danger(scene)
    await scene.change(Presence, "chen", since=scene.clock.now(), **doing)

    strip = (await chen.reads("/desk/danger")).part("danger-waiting")

    assert "有 1 位有危险的来电者在等" in strip.text
    assert words in strip.part("danger-rule").text
    assert strip.has("save-and-answer")


async def test_after_a_crisis_call_the_strip_says_that_the_system_will_not_ring(
    scene: ApiScene, chen: Reader
) -> None:
    now = scene.clock.now()
    await in_danger(scene)
    await scene.change(Presence, "chen", state="wrapping_up", since=now, crisis_ended_at=now)

    page = await chen.reads("/desk/danger", language="en")

    assert "After a crisis call" in page.text or "just finished a crisis call" in page.text


@pytest.mark.parametrize("state", ["ready", "talking", "offline", "offered"])
async def test_who_is_rung_anyway_or_off_duty_sees_no_strip(
    scene: ApiScene, chen: Reader, state: str
) -> None:
    await in_danger(scene)
    await scene.change(Presence, "chen", state=state)

    assert not (await chen.reads("/desk/danger")).has("danger-waiting")


async def test_danger_on_another_line_is_not_hers(scene: ApiScene, chen: Reader) -> None:
    await scene.add(Line(id="other", name="别的", name_en="Other", number_shown="12356"))
    await in_danger(scene, "other")
    await scene.change(Presence, "chen", state="wrapping_up", since=scene.clock.now())

    assert not (await chen.reads("/desk/danger")).has("danger-waiting")


# ── the next break ──────────────────────────────────────────────────────────────────────────────


async def at_work(scene: ApiScene, chen: float, li: float) -> None:
    """Since how many minutes each works; li talks."""
    now = scene.clock.now()
    chen_since, li_since = (now - timedelta(minutes=minutes) for minutes in (chen, li))
    await scene.change(Presence, "chen", state="ready", working_since=chen_since)
    await scene.change(Presence, "li", working_since=li_since)


async def test_the_desk_says_when_the_next_break_is_and_who_may_go_first(
    scene: ApiScene, chen: Reader
) -> None:
    await at_work(scene, chen=60, li=50)
    await scene.change(Staff, "li", name="李")

    part = (await chen.reads("/desk/due")).part("break")

    assert f"下次休息 {moment(scene.clock.now() + timedelta(minutes=60))}" in part.text
    assert "让 李 先休息" in part.text
    assert f"您改到 {moment(scene.clock.now() + timedelta(minutes=70))}" in part.html


async def test_a_swap_stands_on_both_desks_and_on_the_floor(
    scene: ApiScene, chen: Reader, li: Reader
) -> None:
    await at_work(scene, chen=60, li=50)
    for username, name in (("chen", "陈"), ("li", "李")):
        await scene.change(Staff, username, name=name)
    swap = {"giver": "chen", "taker": "li"}

    before = await Reader(scene, "he").reads("/floor")
    await scene.person("he").does("POST", "/breaks/swaps", swap)
    after = await Reader(scene, "he").reads("/floor")

    assert "让 李 先休息" in before.part("breaks-to-come").text
    assert "已与 李 对调：对方先休息" in (await chen.reads("/desk/due")).text
    assert "已与 陈 对调：您先休息" in (await li.reads("/desk/due")).text
    assert "已与 李 对调：对方先休息" in after.part("breaks-to-come").text
    assert "Swapped with 李" in (await chen.reads("/desk/due", language="en")).text


async def test_a_break_that_waits_for_others_is_said_on_the_own_desk(
    scene: ApiScene, chen: Reader
) -> None:
    await at_work(scene, chen=130, li=50)
    await scene.change(Presence, "li", state="paused", reason="rest", call_id=None,
                       since=scene.clock.now())  # fmt: skip

    assert "正等别人回来" in (await chen.reads("/desk/due")).part("break").text


@pytest.mark.parametrize("state", ["offline", "paused"])
async def test_of_who_is_away_no_break_is_to_come(
    scene: ApiScene, chen: Reader, state: str
) -> None:
    await scene.change(Presence, "chen", state=state, reason="")

    assert not (await chen.reads("/desk/due")).has("break")


@pytest.mark.parametrize(
    ("language", "why", "supervisor"),
    [
        ("zh", "有危机认证的只剩您一位", "督导的大厅上显示着要找人接替您"),
        ("en", "the only one at work who is certified", "supervisors' floor shows that you need"),
    ],
)
async def test_the_last_certified_one_is_told_why_her_break_waits_and_who_knows(
    scene: ApiScene, chen: Reader, language: str, why: str, supervisor: str
) -> None:
    await at_work(scene, chen=130, li=50)
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}, "certified": True})

    told = (await chen.reads("/desk/due", language=language)).part("break").text
    floor = (await Reader(scene, "he").reads("/floor")).part("break-due").text

    assert why in told
    assert supervisor in unescape(told)
    assert "请安排人接替" in floor
