"""The desk says who is in the talk beside the caller, and offers what can be done with them."""

from typing import Any

import pytest

from hotline.storage.tables import (
    Call,
    Escalation,
    Line,
    Participant,
    Presence,
    StationContact,
)
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio

ALONE = {"consult", "guest", "send-on", "help", "end"}
WITH_A_COLLEAGUE = {"hand-over", "let-go", "help", "end"}
WITH_A_GUEST = {"leave", "let-go", "help", "end"}
ACTS = ALONE | WITH_A_COLLEAGUE | WITH_A_GUEST | {"step-out"}


def offered(page: Page) -> set[str]:
    return {act for act in ACTS if page.has(act)}


async def beside(scene: ApiScene, role: str, state: str, **values: Any) -> None:
    """Somebody of this role; the caller hears music for their sake."""
    now = scene.clock.now()
    staff_id = "chen" if role in ("colleague", "supervisor") else None
    one = Participant(id="beside", call_id="call", role=role, state=state, address="client:chen",
                      name="陈老师", staff_id=staff_id, created_at=now, **values)  # fmt: skip
    await scene.add(one)


async def held_for_them(scene: ApiScene) -> None:
    await scene.change(Participant, "caller", hold_wanted=True, held_for="beside")


async def test_with_the_caller_alone_all_ways_on_are_offered(li: Reader) -> None:
    assert offered(await li.reads("/desk/bar")) == ALONE


async def test_a_colleague_who_is_rung_stands_in_the_bar_with_the_way_back(
    scene: ApiScene, li: Reader
) -> None:
    await beside(scene, "colleague", "ringing")
    await held_for_them(scene)

    page = await li.reads("/desk/bar")

    assert "正在呼叫陈老师，来电者在听音乐" in page.part("second").text
    assert offered(page) == WITH_A_COLLEAGUE
    assert "disabled" in page.all("hand-over")[0]
    assert "不用呼叫了" in page.part("let-go").text


async def test_a_colleague_who_is_there_can_be_brought_together_or_handed_the_caller(
    scene: ApiScene, li: Reader
) -> None:
    await beside(scene, "colleague", "in_talk")
    await held_for_them(scene)
    apart = await li.reads("/desk/bar")
    await scene.change(Participant, "caller", hold_wanted=False, held_for="")
    together = await li.reads("/desk/bar")

    assert "一起通话" in apart.part("hold").text
    assert "disabled" not in apart.all("hand-over")[0]
    assert "陈老师和你们一起通话" in together.part("second").text


async def test_a_guest_can_be_left_with_the_caller(scene: ApiScene, li: Reader) -> None:
    await beside(scene, "guest", "in_talk")
    await held_for_them(scene)

    assert offered(await li.reads("/desk/bar")) == WITH_A_GUEST


async def test_who_only_helps_sees_whom_and_whether_the_caller_hears_them(
    scene: ApiScene, chen: Reader
) -> None:
    await beside(scene, "colleague", "in_talk")
    await scene.change(Presence, "chen", state="talking", call_id="call")
    await held_for_them(scene)
    apart = await chen.reads("/desk/bar")
    await scene.change(Participant, "caller", hold_wanted=False, held_for="")

    together = await chen.reads("/desk/bar")

    assert "您在协助name of li" in apart.part("helping").text
    assert "听不到你们" in apart.part("helping").text
    assert "听得到您" in together.part("helping").text
    assert offered(together) == {"step-out"}
    assert together.has("crisis"), "whoever hears of danger raises the flag"


@pytest.mark.parametrize(
    ("shows", "voice", "told"),
    [(True, "muted", True), (False, "muted", False), (False, "coach", True), (False, "open", True)],
)
async def test_the_counselor_is_told_who_listens_by_the_lines_rule(
    scene: ApiScene,
    li: Reader,
    shows: bool,  # noqa: FBT001 – a parameter of the table above
    voice: str,
    told: bool,  # noqa: FBT001 – a parameter of the table above
) -> None:
    await scene.change(Line, "youth", shows_listening=shows)
    await beside(scene, "supervisor", "in_talk", voice_wanted=voice)

    assert (await li.reads("/desk/bar")).has("supervisor") is told


async def test_a_caller_in_danger_cannot_be_sent_on(scene: ApiScene, li: Reader) -> None:
    await scene.change(Call, "call", urgency="crisis")

    assert "disabled" in (await li.reads("/desk/bar")).all("send-on")[0]


async def test_whoever_handed_over_reads_with_whom_the_caller_is(
    scene: ApiScene, li: Reader
) -> None:
    await scene.change(Presence, "li", state="wrapping_up", call_id="call")
    await scene.change(Call, "call", counselor_id="chen")

    assert "来电者现在和name of chen通话" in (await li.reads("/desk/bar")).part("callbar").text


async def test_free_colleagues_come_first_and_the_busy_cannot_be_pressed(
    scene: ApiScene, li: Reader
) -> None:
    await scene.change(Presence, "chen", state="paused")

    [chen] = (await li.reads("/desk/calls/call/ask?what=consult")).all("colleague")

    assert "disabled" in chen


async def test_the_numbers_of_public_services_are_one_press_away(li: Reader) -> None:
    page = await li.reads("/desk/calls/call/ask?what=guest")

    assert page.has("service-110")
    assert page.has("service-120")
    assert page.has("service-station")


async def test_whoever_acknowledged_the_childs_escalation_is_one_press_away(
    scene: ApiScene, li: Reader
) -> None:
    flag = {"level": "imminent", "client_key": "key-1"}
    raised = await scene.person("li").does("POST", "/calls/call/flags", flag)
    key = raised["escalation_id"]
    await scene.change(Escalation, key, state="acknowledged", acknowledged_by="contact:duty")
    await scene.change(StationContact, "duty", name="黄值班")

    page = await li.reads("/desk/calls/call/ask?what=guest")

    assert "黄值班" in page.part("service-station").text


async def test_where_the_caller_is_decides_which_station_can_be_asked_in(
    scene: ApiScene, li: Reader
) -> None:
    await scene.change(Call, "call", place_code="440105", place_source="counselor")

    page = await li.reads("/desk/calls/call/ask?what=guest")

    assert "海珠" in page.part("service-station").text


async def test_every_key_of_the_desk_stands_on_the_sheet(li: Reader) -> None:
    page = await li.reads("/desk")

    sheet = page.part("keys-sheet").text
    for key in ("M", "H", "C", "G", "S", "T", "L", "E", "F7", "F9", "R", "Enter"):
        assert key in sheet
