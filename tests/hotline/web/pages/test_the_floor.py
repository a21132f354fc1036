"""The floor and the wall: is everybody looked after, and who needs whom first."""

from datetime import datetime, timedelta

import pytest

from hotline.calls.model import CallState
from hotline.i18n.catalog import moment
from hotline.storage.tables import CallEntry, Line, Presence, RosterShift, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader, waits

pytestmark = pytest.mark.anyio


async def test_danger_stands_first_then_who_waits_longest(scene: ApiScene, he: Reader) -> None:
    await waits(scene, "short", for_s=20)
    await waits(scene, "long", for_s=200)
    await waits(scene, "danger", for_s=1, urgency="crisis")

    page = await he.reads("/floor")

    shown = [page.html.find(f">{name}<") for name in ("danger", "long", "short")]
    assert shown == sorted(shown)
    assert "3" in page.part("waiting-count").text[:20]
    assert 'class="caller is-urgent"' in page.html


@pytest.mark.parametrize("path", ["/floor", "/wall"])
async def test_who_is_in_danger_stands_before_every_total(
    scene: ApiScene, he: Reader, path: str
) -> None:
    await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})
    await scene.change(Presence, "chen", state="paused", reason="meal")
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}, "certified": True})
    await waits(scene, "danger", for_s=75, urgency="crisis")
    await waits(scene, "danger-too", for_s=5, urgency="crisis")

    page = await he.reads(path)

    order = [page.html.find(f'data-testid="{one}"') for one in ("in-danger", "lines", "strips")]
    assert order == sorted(order)
    assert order[0] > 0
    danger = page.part("in-danger").text
    assert "2 位有危险的来电者没有人接听" in danger[:40]
    assert "1:15" in danger[:60]
    assert "现在没有人就绪。" in danger
    assert "可以请来接听：name of chen" in danger


async def test_who_is_at_home_and_could_come_is_named_while_a_child_in_danger_waits(
    scene: ApiScene, he: Reader
) -> None:
    at_home = {"rings_off_duty": True, "own_phone": "+8615400000399"}
    await scene.change(Presence, "chen", state="offline")
    await scene.change(Staff, "chen", skills={"certified": True}, **at_home)
    calm = await he.reads("/floor")
    await waits(scene, "danger", for_s=5, urgency="crisis")

    page = await he.reads("/floor")

    assert not calm.has("at-home")
    told = page.part("at-home").text
    assert told.startswith("不在岗、可以打电话请来：name of chen（危机认证）")
    assert "15400000399" not in page.html
    await scene.change(Staff, "chen", certificate_lapsed=True)
    assert "name of chen（" not in (await he.reads("/floor")).part("at-home").text
    begins, ends = scene.clock.now(), scene.clock.now() + timedelta(hours=8)
    await scene.add(
        RosterShift(staff_id="chen", lines=["youth"], kind="on_call", state="planned", at=begins,
                    begins_at=begins, ends_at=ends, by_id="he")
    )  # fmt: skip
    assert "name of chen（待命）" in (await he.reads("/floor")).part("at-home").text


async def test_what_holds_for_all_who_wait_is_said_once_above_them(
    scene: ApiScene, he: Reader
) -> None:
    for name in ("first", "second", "third"):
        await waits(scene, name, for_s=5)

    page = await he.reads("/floor")

    assert page.text.count("现在没有人就绪") == 1


async def test_thirty_who_wait_for_the_same_are_one_sentence_with_a_count_and_the_oldest(
    scene: ApiScene, he: Reader
) -> None:
    for number in range(30):
        await waits(scene, f"caller-{number}", for_s=number + 1)

    page, wall = await he.reads("/floor"), await he.reads("/wall")

    group = page.part("waiting-group").text
    assert group.startswith("现在没有人就绪。 30 位 · 最久 0:30")
    assert "另有 10 位，看全部" in group
    assert "caller-29" in group
    assert "caller-9<" not in page.html
    assert not wall.has("caller")
    assert "现在没有人就绪。 30 0:30" in wall.part("waiting-group").text


async def test_those_a_list_has_no_room_for_are_a_page_away(scene: ApiScene, he: Reader) -> None:
    for number in range(130):
        await waits(scene, f"caller-{number}", for_s=number + 1)

    first = await he.reads("/floor/waiting?reason=nobody_ready")
    second = await he.reads("/floor/waiting?reason=nobody_ready&from=100")

    assert [len(page.all("caller")) for page in (first, second)] == [100, 30]
    assert "from=100" in first.part("next-page").html[:200]
    assert not second.has("next-page")
    assert (await he.reads("/floor/waiting?reason=unheard_of")).text.count("现在这里没有人") == 1
    assert len((await he.reads("/floor/talks")).all("caller")) == 1
    assert not (await he.reads("/floor/danger")).has("caller")
    assert (await he.reads("/floor/people?state=talking")).has("counselor")
    assert (await he.opens("/floor/people?state=flying")).status == 422


async def test_of_many_in_danger_twelve_stand_on_the_floor_and_all_are_a_page_away(
    scene: ApiScene, he: Reader
) -> None:
    for number in range(15):
        await waits(scene, f"danger-{number}", for_s=number + 1, urgency="crisis")

    floor, every = await he.reads("/floor"), await he.reads("/floor/danger")

    assert "15 位有危险的来电者没有人接听" in floor.part("in-danger").text
    assert len(floor.all("caller")) == 12 + 1
    assert "另有 3 位，看全部" in floor.part("in-danger").text
    assert len(every.all("caller")) == 15


async def test_the_wall_has_six_lines_at_once_and_the_others_on_its_next_page(
    scene: ApiScene, he: Reader
) -> None:
    quiet = [f"quiet-{n}" for n in range(7)]
    for name in quiet:
        await scene.add(Line(id=name, name=name, name_en=name, number_shown=name))
    await scene.change(Staff, "he", lines=["youth", *quiet])
    await waits(scene, "waits", for_s=5)

    wall, floor = await he.reads("/wall"), await he.reads("/floor")

    pages = wall.html.split("data-wall-page")[1:]
    assert [page.count('data-testid="line-row"') for page in pages] == [6, 2]
    assert 'data-line="youth"' in pages[0][:400], "where somebody waits stands first"
    assert pages[1].startswith(" hidden")
    assert len(floor.all("line-row")) == 8


async def test_a_line_says_how_many_of_the_last_hour_were_answered_in_time(
    scene: ApiScene, he: Reader
) -> None:
    now = scene.clock.now()
    for name, minutes, waited_s in (("a", 3, 10), ("b", 8, 15), ("c", 30, 16), ("d", 65, 1)):
        at = now - timedelta(minutes=minutes)
        times = {"arrived_at": at, "queued_at": at, "joined_at": at + timedelta(seconds=waited_s)}
        over = {"outcome": "talked", "ended_at": now}
        await scene.add(scene.call(name, CallState.ENDED, **times, **over))
    for name, left_after_s in (("short", 4), ("left", 5)):
        at = now - timedelta(minutes=12)
        times = {
            "arrived_at": at,
            "queued_at": at,
            "ended_at": at + timedelta(seconds=left_after_s),
        }
        await scene.add(scene.call(name, CallState.ENDED, outcome="hung_up", **times))

    page = await he.reads("/floor")

    assert page.part("service-level").text.startswith("60% 3/5"), "one is the talk that goes on"
    assert "共 6 位，3 位在 15 秒内接听" in page.part("line-row").html[:4000]


async def test_counselors_stand_by_what_they_do_who_can_help_first(
    scene: ApiScene, he: Reader
) -> None:
    await scene.change(Presence, "chen", state="ready")
    await scene.change(Staff, "chen", skills={"languages": {"yue": 5}, "certified": True})

    page = await he.reads("/floor")

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

    page = await he.reads("/floor")

    assert "1 人在休息，同时最多 1 人" in page.part("breaks").text
    assert "该休息，等别人回来" in page.part("break-due").text


async def test_why_nobody_is_rung_yet_stands_beside_the_caller(scene: ApiScene, he: Reader) -> None:
    await waits(scene, "waits", for_s=5)

    page = await he.reads("/floor")

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

    told = (await he.reads("/floor")).part("nobody").text
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

    page = await he.reads("/floor")
    told, remedy = page.part("nobody").text, page.part("remedy")
    in_english = (await he.reads("/floor", language="en")).part("remedy").text

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

    page = await he.reads("/floor")

    assert "来电全部有着落" in page.text
    assert "2 = 1 进行中 + 1 已通话" in page.text


async def test_a_call_without_an_outcome_is_called_out(scene: ApiScene, he: Reader) -> None:
    await scene.add(scene.call("lost", CallState.ENDED, ended_at=scene.clock.now()))

    assert "有来电未入账" in (await he.reads("/floor")).text


async def test_the_wall_shows_the_same_floor_without_anything_to_press(
    scene: ApiScene, he: Reader
) -> None:
    await waits(scene, "waits", for_s=5)

    page = await he.reads("/wall")

    assert "1 0:05" in page.part("waiting-group").text
    for pressed in ("data-command", 'hx-get="/floor/callers', "<a ", "<button"):
        assert pressed not in page.part("wall").html.split("</main>")[0]


async def test_an_escalation_stands_on_the_floor_with_whom_to_ring(
    scene: ApiScene, he: Reader
) -> None:
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})

    strip = (await he.reads("/floor")).part("strip")

    assert told["number"] in strip.text
    assert 'data-state="open"' in strip.html


@pytest.mark.parametrize("path", ["/floor", "/wall"])
@pytest.mark.parametrize("who", ["li", "tianhe", "root"])
async def test_the_floor_is_for_supervisors(scene: ApiScene, who: str, path: str) -> None:
    assert (await Reader(scene, who).opens(path)).status == 403
