"""The page of callers: blocked numbers, plans, proposals; and the counselor's part on the desk."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Call, NoticeOwed
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def has_a_number(scene: ApiScene) -> None:
    await scene.change(Call, "call", from_index="a-number", from_masked="138****8000")


async def calls_often(scene: ApiScene) -> None:
    """Twenty calls of the caller before this one, an hour apart."""
    for hour in range(1, 21):
        at = scene.clock.now() - timedelta(hours=hour)
        await scene.add(
            Call(id=f"c{hour}", carrier_sid=f"CA{hour}", line_id="youth", state="ended",
                 outcome="talked", arrived_at=at, heard_at=at, ended_at=at,
                 from_index="a-number", from_masked="138****8000", counselor_id="li")
        )  # fmt: skip


async def test_with_nothing_to_do_the_page_says_so(he: Reader) -> None:
    page = await he.reads("/callers")

    assert "没有人在 30 天内来电 20 次以上" in page.text
    assert "只有督导可以" in page.part("blocks").text


async def test_who_calls_often_is_proposed_and_approved_there(scene: ApiScene, he: Reader) -> None:
    await has_a_number(scene)
    await calls_often(scene)

    page = await he.reads("/callers")

    assert "138****8000" in page.part("proposal").text
    assert page.has("approve-plan")


async def test_a_blocked_number_stands_there_masked_and_can_be_put_through_again(
    scene: ApiScene, he: Reader
) -> None:
    await has_a_number(scene)
    assert (await he.reads("/calls/call")).has("block-form")
    await scene.person("he").does("POST", "/calls/call/block", {"code": "prank"})

    page = await he.reads("/callers", language="en")

    assert "pranks again and again" in page.part("block").text
    assert page.has("lift")
    assert "blocked the caller 138****8000" in (await he.reads("/floor/acts", language="en")).text


async def test_the_counselor_sees_the_plan_and_that_danger_knows_no_limits(
    scene: ApiScene, li: Reader
) -> None:
    await has_a_number(scene)
    agreed = {"counselor": "li", "times": "每天 19 点", "minutes": 30, "goals": "睡得好",
              "review_on": (scene.clock.now() + timedelta(days=9)).date().isoformat()}  # fmt: skip
    await scene.person("he").does("POST", "/calls/call/plan", agreed)

    assert "每天 19 点 · 30 分钟" in (await li.reads("/desk")).part("caller-plan").text

    await scene.change(Call, "call", urgency="crisis")
    assert "时间和时长都不限" in (await li.reads("/desk/calls/call/facts")).text


async def test_an_abusive_call_is_ended_by_one_act_with_a_code(li: Reader) -> None:
    asked = await li.reads("/desk/calls/call/ask?what=abusive")

    assert asked.has("abusive-threatening")
    assert (await li.reads("/desk/bar")).has("abusive")


@pytest.mark.parametrize(("source", "shown"), [("number", "约 广州市"), ("counselor", "广州市")])
async def test_where_the_caller_is_says_about_until_somebody_has_said_so(
    scene: ApiScene, li: Reader, source: str, shown: str
) -> None:
    await scene.change(Call, "call", place_code="440100", place_source=source)

    page = await li.reads("/desk")

    assert page.part("place").text.startswith(f"{shown} ")
    assert "广州市天河区" in page.part("place-form").html


async def test_who_was_recorded_in_an_emergency_stands_on_desk_and_page(
    scene: ApiScene, li: Reader, he: Reader
) -> None:
    await scene.add(NoticeOwed(call_id="call", line_id="youth", owner_id="li",
                               since=scene.clock.now()))  # fmt: skip

    assert (await li.reads("/desk/due")).has("untold")
    assert (await li.reads("/desk/calls/call/facts")).has("notice-owed")
    assert (await he.reads("/callers")).has("owed-one")


async def test_a_calls_page_says_whose_number_it_is_and_about_where(
    scene: ApiScene, he: Reader
) -> None:
    place = {"place_code": "330100", "place_source": "number"}
    await scene.change(Call, "call", number_kind="forwarded", **place)

    page = await he.reads("/calls/call", language="en")

    assert 'data-kind="forwarded"' in page.part("number-kind").html
    assert "浙江省杭州市" in page.part("place").text
