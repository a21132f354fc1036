"""What a counselor has at hand beside the talk: scripts, places, its length, and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.callcontrol.talk_length import remind_of_length
from hotline.calls.model import CallState, OfferState
from hotline.storage.tables import Call, Line, Offer, ReferralPlace, Script, TalkReminder
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio

EVENING = [{"days": ["sat", "sun"], "from": "18:00", "to": "22:00"}]  # it is Sunday, 20:00
MORNING = [{"days": ["sun"], "from": "08:00", "to": "09:00"}]


def a_script(key: str, **values: Any) -> Script:
    fields = {"position": 10, "kind": "talk", "title": {"zh": key, "en": key.upper()},
              "say": {"zh": [f"{key}一句"], "en": [f"a sentence of {key}"]}, **values}  # fmt: skip
    return Script(id=key, **fields)


def a_place(key: str, *districts: str, **values: Any) -> ReferralPlace:
    fields = {"position": 10, "kinds": ["counselling"], "number": "+862000000301",
              "languages": ["cmn"], "name": {"zh": f"{key}所", "en": f"{key} house"},
              "notes": {"zh": "带证件", "en": "bring papers"}, **values}  # fmt: skip
    return ReferralPlace(id=key, districts=list(districts), **fields)


async def the_talk(scene: ApiScene) -> Call:
    """Of li, with the child."""
    calls: list[Call] = await scene.all(Call)
    talks = [call for call in calls if call.state == CallState.TALKING]
    return next(call for call in talks if call.counselor_id == "li")


def named(page: Page, testid: str) -> list[str]:
    """The ids of these parts, in their order."""
    tags = page.all(testid)
    return [tag.split('id="')[1].split('"')[0].partition("-")[2] for tag in tags]


# ── scripts ─────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_about_this_call_stands_first_and_other_lines_scripts_nowhere(
    scene: ApiScene, li: Reader
) -> None:
    call = await the_talk(scene)
    await scene.change(Call, call.id, topic="study", urgency="routine")
    await scene.add(
        a_script("any"),
        a_script("exam", position=20, topics=["study"]),
        a_script("foreign", lines=["no-line-of-ours"]),
        a_script("gone", active=False),
    )

    page = await li.reads(f"/desk/calls/{call.id}")

    assert named(page, "script") == ["exam", "any"]
    assert "exam一句" in page.text
    assert "a sentence of exam" in (await li.reads(f"/desk/calls/{call.id}", language="en")).text


async def test_in_danger_what_is_meant_for_danger_comes_before_the_topic(
    scene: ApiScene, li: Reader
) -> None:
    call = await the_talk(scene)
    await scene.change(Call, call.id, topic="study", urgency="crisis")
    await scene.add(a_script("exam", topics=["study"]), a_script("safe", fits="danger"))

    page = await li.reads(f"/desk/calls/{call.id}")

    assert named(page, "script") == ["safe", "exam"]


async def test_without_files_the_panel_says_how_it_is_filled(scene: ApiScene, li: Reader) -> None:
    page = await li.reads(f"/desk/calls/{(await the_talk(scene)).id}")

    assert "还没有话术" in page.part("materials").text
    assert "还没有转介去处" in page.part("materials").text


# ── places ──────────────────────────────────────────────────────────────────────────────────────


async def in_tianhe(scene: ApiScene) -> str:
    call = await the_talk(scene)
    await scene.change(Call, call.id, place_code="440106")
    await scene.add(
        a_place("far", "440300"),
        a_place("country"),
        a_place("city", "440100"),
        a_place("shut", "440106", hours=MORNING),
        a_place("near", "440106", hours=EVENING, position=20),
    )
    return call.id


async def test_places_of_the_callers_district_come_first_the_open_ones_before_the_closed(
    scene: ApiScene, li: Reader
) -> None:
    call_id = await in_tianhe(scene)

    page = await li.reads(f"/desk/calls/{call_id}/places")

    assert named(page, "referral") == ["near", "shut", "city", "country", "far"]
    opens = ['data-open="true"' in tag for tag in page.all("referral")]
    assert opens == [True, False, True, True, True]
    assert page.html.count('data-testid="elsewhere"') == 1
    assert "念给来电者：near所，电话 020-00000301，周六至周日 18:00–22:00。" in page.text


async def test_a_district_chosen_by_hand_counts_and_an_unknown_one_is_said(
    scene: ApiScene, li: Reader
) -> None:
    call_id = await in_tianhe(scene)

    chosen = await li.reads(f"/desk/calls/{call_id}/places?district=深圳市南山区")
    unknown = await li.reads(f"/desk/calls/{call_id}/places?district=月球")

    assert named(chosen, "referral")[0] == "far"
    assert named(unknown, "referral")[0] == "near"
    assert unknown.has("unknown-district")
    assert not chosen.has("unknown-district")


async def test_places_beside_a_call_are_for_who_writes_its_record(
    scene: ApiScene, chen: Reader
) -> None:
    call_id = await in_tianhe(scene)

    assert (await chen.opens(f"/desk/calls/{call_id}/places")).status == 404


# ── how long a talk has lasted ──────────────────────────────────────────────────────────────────


async def lasts(scene: ApiScene, minutes: float, **values: Any) -> Call:
    """The talk has gone on for so long; the sweep has come by."""
    call = await the_talk(scene)
    since = scene.clock.now() - timedelta(minutes=minutes)
    await scene.change(Call, call.id, joined_at=since, **{"urgency": "routine", **values})
    await remind_of_length(scene.house.database, at=scene.clock.now())
    return await the_talk(scene)


async def told(li: Reader) -> str:
    """The minutes that stand on the desk; empty for none."""
    tags = (await li.reads("/desk/notices")).all("talk-reminder")
    return tags[0].split('data-minutes="')[1].split('"')[0] if tags else ""


@pytest.mark.parametrize(
    ("minutes", "urgency", "said"),
    [
        (49.9, "routine", ""),
        (50, "routine", "50"),
        (61, "routine", "60"),
        (61, "crisis", ""),
        (90, "crisis", "90"),
    ],
)
async def test_the_desk_says_silently_how_long_the_talk_has_lasted(
    scene: ApiScene, li: Reader, minutes: float, urgency: str, said: str
) -> None:
    call = await lasts(scene, minutes, urgency=urgency)

    assert await told(li) == said
    assert call.state == CallState.TALKING


async def test_it_is_told_once_a_step_outlasts_a_reload_and_can_be_put_away(
    scene: ApiScene, li: Reader, he: Reader
) -> None:
    call = await lasts(scene, 50)
    await remind_of_length(scene.house.database, at=scene.clock.now())
    assert len(await scene.all(TalkReminder)) == 1
    assert await told(li) == await told(li) == "50"
    assert "提醒咨询员通话时长" in (await he.reads(f"/calls/{call.id}")).text

    await scene.person("li").does("POST", f"/me/reminders/{call.id}/read")
    assert await told(li) == ""
    await lasts(scene, 60)
    assert await told(li) == "60"


async def test_nobody_puts_away_what_another_was_told(scene: ApiScene, li: Reader) -> None:
    call = await lasts(scene, 50)

    await scene.person("chen").does("POST", f"/me/reminders/{call.id}/read")

    assert await told(li) == "50"


async def test_the_lines_own_times_count(scene: ApiScene, li: Reader) -> None:
    line = (await the_talk(scene)).line_id
    await scene.change(Line, line, talk_length={"minutes": [30]})

    await lasts(scene, 31)

    assert await told(li) == "30"


@pytest.mark.parametrize(
    ("minutes", "urgency", "long"),
    [(59, "routine", 0), (60, "routine", 1), (89, "crisis", 0), (90, "crisis", 1)],
)
async def test_the_floor_marks_a_long_talk(
    scene: ApiScene, he: Reader, minutes: float, urgency: str, long: int
) -> None:
    await lasts(scene, minutes, urgency=urgency)

    assert len((await he.reads("/floor")).all("long-talk")) == long


# ── why this call came to me ────────────────────────────────────────────────────────────────────


async def test_who_is_rung_reads_that_it_is_the_third_call_in_a_week_and_what_was_found(
    scene: ApiScene, chen: Reader
) -> None:
    now = scene.clock.now()
    for name, days in (("one", 2), ("two", 5), ("old", 30)):
        await scene.add(scene.call(name, CallState.ENDED, arrived_at=_ago(now, days),
                                   from_index="child"))  # fmt: skip
    await scene.add(scene.call("waits", CallState.WAITING, queued_at=now, from_index="child"))
    await scene.offers_to("chen", "waits")

    page = await chen.reads("/desk/bar")

    assert "3 次 · 7 天内第 3 次" in page.part("incoming-earlier").text
    assert not page.has("incoming-was-in-danger")
    assert page.has("incoming-history")
    assert (await chen.opens("/calls/waits")).status == 200


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


async def test_in_the_talk_the_bar_still_says_why(scene: ApiScene, li: Reader) -> None:
    call = await the_talk(scene)
    now = scene.clock.now()
    await scene.add(Offer(call_id=call.id, staff_id="li", state=OfferState.ACCEPTED,
                          stage="language", offered_at=now, expires_at=now))  # fmt: skip

    page = await li.reads("/desk/bar")

    assert "您说来电者的语言" in page.part("callbar-why").text
    assert page.has("callbar-history")
