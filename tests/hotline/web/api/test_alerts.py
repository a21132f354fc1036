"""A supervisor takes an alert, hands it on, writes beside it; others know, and the audit does."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.deliveries.model import DeliveryState
from hotline.staff.model import Role
from hotline.storage.tables import Delivery, FloorAlert, Line, Presence, Staff, SupervisorAct
from tests.hotline.web.api.alert_rights import an_alert
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

ALERT = "/floor/alerts/alert"


@pytest.fixture
async def alert(scene: ApiScene) -> None:
    """One of he's line, and a colleague to hand it to."""
    await scene.hires("ma", Role.SUPERVISOR)
    await scene.add(an_alert(scene.clock.now(), owner_id="ma"))


async def now(he: Person) -> dict[str, Any]:
    """As he sees it."""
    [one] = await he.gets("/floor/alerts")
    return dict(one)


async def acts(scene: ApiScene) -> list[str]:
    """What the audit keeps."""
    return [one.kind for one in await scene.all(SupervisorAct)]


@pytest.mark.usefixtures("alert")
async def test_whoever_takes_an_alert_owns_it_and_twice_is_once(
    scene: ApiScene, he: Person
) -> None:
    before = await now(he)

    await he.does("POST", f"{ALERT}/take")
    await he.does("POST", f"{ALERT}/take")

    after = await now(he)
    assert (before["owner"], before["taken_at"]) == ("name of ma", None)
    assert after["owner"] == "name of he"
    assert after["taken_at"] is not None
    assert await acts(scene) == ["alert_taken"]


@pytest.mark.usefixtures("alert")
async def test_what_is_handed_to_a_colleague_waits_for_them_to_take_it(
    scene: ApiScene, he: Person
) -> None:
    await he.does("POST", f"{ALERT}/take")
    body = {"to": "ma", "reason": "I am in a talk"}

    await he.does("POST", f"{ALERT}/pass-on", body)
    await he.does("POST", f"{ALERT}/pass-on", body)
    nobody = await he.asks("POST", f"{ALERT}/pass-on", {"to": "li"})

    shown = await now(he)
    assert (shown["owner_id"], shown["taken_at"], shown["passed_on"]) == ("ma", None, False)
    assert nobody.status_code == 404
    [_, handed] = await scene.all(SupervisorAct)
    assert (handed.kind, handed.reason) == ("alert_handed", "I am in a talk")
    assert (handed.before["owner"], handed.after["owner"]) == ("he", "ma")


@pytest.mark.usefixtures("alert")
async def test_a_note_stands_beside_it_with_the_name_of_its_writer(
    scene: ApiScene, he: Person
) -> None:
    await he.does("POST", f"{ALERT}/note", {"text": "wong is on the way"})

    shown = await now(he)
    assert (shown["note"], shown["note_by"]) == ("wong is on the way", "name of he")
    assert await acts(scene) == ["alert_noted"]


@pytest.mark.usefixtures("alert")
async def test_what_is_over_cannot_be_taken_and_what_was_never_raised_does_not_exist(
    scene: ApiScene, he: Person
) -> None:
    await scene.change(FloorAlert, "alert", cleared_at=scene.clock.now())
    await scene.add(an_alert(scene.clock.now(), id="begun", rule="other", raised_at=None))

    over = await he.asks("POST", f"{ALERT}/take")
    begun = await he.asks("POST", "/floor/alerts/begun/take")
    unknown = await he.asks("POST", "/floor/alerts/nothing/take")

    assert [one.status_code for one in (over, begun, unknown)] == [409, 404, 404]
    assert await he.gets("/floor/alerts") == []


@pytest.mark.usefixtures("alert")
async def test_only_a_colleague_who_is_not_on_duty_is_texted_what_is_handed_to_them(
    scene: ApiScene, he: Person
) -> None:
    await scene.change(Staff, "ma", own_phone="15400000012")
    await scene.change(FloorAlert, "alert", owner_id="he")
    await scene.change(Presence, "ma", state="ready")
    await he.does("POST", f"{ALERT}/pass-on", {"to": "ma"})
    assert await scene.all(Delivery) == []

    await scene.change(Presence, "ma", state="offline")
    for to in ("he", "ma", "he", "ma"):
        await he.does("POST", f"{ALERT}/pass-on", {"to": to})

    [text] = await scene.all(Delivery)
    assert text.address == "15400000012"
    assert (await now(he))["unreached"] == ""


@pytest.mark.usefixtures("alert")
async def test_a_text_that_was_lost_is_not_repeated_and_taking_ends_its_mark(
    scene: ApiScene, he: Person
) -> None:
    await scene.change(Staff, "ma", own_phone="15400000012")
    await scene.change(FloorAlert, "alert", owner_id="he")
    await he.does("POST", f"{ALERT}/pass-on", {"to": "ma"})
    [text] = await scene.all(Delivery)
    await scene.change(Delivery, text.id, state=DeliveryState.FAILED)

    for to in ("he", "ma"):
        await he.does("POST", f"{ALERT}/pass-on", {"to": to})

    assert len(await scene.all(Delivery)) == 1
    assert (await now(he))["unreached"] == "undelivered"
    await he.does("POST", f"{ALERT}/take")
    assert (await now(he))["unreached"] == ""


async def test_what_is_over_is_told_of_one_day_and_of_the_readers_lines(
    scene: ApiScene, he: Person
) -> None:
    now, day = scene.clock.now(), timedelta(days=1)
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    over = {"cleared_at": now, "was_passed_on": True, "worst": 300.0, "owner_id": "he"}
    await scene.add(
        an_alert(now, id="early", **over),
        an_alert(now - day, id="yesterday", **over | {"worst": None}),
        an_alert(now, id="open", note="x"),
        an_alert(now, id="begun", rule="other", **over | {"raised_at": None}),
        an_alert(now, id="theirs", line_id="legal", **over),
    )

    [one] = await he.gets("/floor/alerts/over")
    [earlier] = await he.gets("/floor/alerts/over?day=2026-02-28&line=youth")

    assert (one["id"], one["passed_on"], one["worst"], one["owner"]) == (
        "early", True, 300, "name of he")  # fmt: skip
    assert one["cleared_at"] is not None
    assert (earlier["id"], earlier["worst"]) == ("yesterday", 185)
    assert await he.gets("/floor/alerts/over?line=legal") == []
