"""What people ask of the roster: leave, swaps, open shifts; refused where nobody would be there."""

from datetime import timedelta

import pytest

from hotline.staff.model import Role
from hotline.storage.tables import RosterShift, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.rostering import (
    MONDAY,
    WEEK,
    furnish_roster,
    holes,
    named,
    people_of,
    plans,
    staffed_monday,
    told_holes,
)

pytestmark = pytest.mark.anyio

MORNING = {"begins_at": f"{MONDAY}T09:00", "ends_at": f"{MONDAY}T12:00"}


async def asks_leave(scene: ApiScene, who: str, **more: str) -> str:
    told = await scene.person(who).does("POST", "/roster/leaves", {**MORNING, **more})
    return str(told["id"])


async def offered(scene: ApiScene, who: str, shift: str) -> str:
    told = await scene.person(who).does("POST", f"/roster/shifts/{shift}/offer")
    return str(told["id"])


# ── leave ───────────────────────────────────────────────────────────────────────────────────────


async def test_leave_that_opens_a_hole_is_refused_with_the_hole_and_who_could_take_it(
    scene: ApiScene,
) -> None:
    await staffed_monday(scene)
    leave = await asks_leave(scene, "li")

    answer = await scene.person("he").asks("POST", f"/roster/leaves/{leave}/approve")

    assert (answer.status_code, answer.json()["reason"]) == (409, "opens_hole")
    assert told_holes(answer.json()["holes"]) == [
        ("02 09:00", "02 12:00", "certified", 1, ["cmn", "yue"]),
        ("02 09:00", "02 12:00", "language", 1, ["yue"]),
        ("02 09:00", "02 12:00", "seat", 1, []),
    ]
    assert named(answer.json()["fixes"]) == [("02 09:00", "02 12:00", ["wong"])]
    assert answer.json()["fixes"][0]["people"][0]["name"] == "name of wong"
    assert await holes(scene) == []


async def test_whose_certificate_has_lapsed_is_none_who_is_certified(scene: ApiScene) -> None:
    await staffed_monday(scene)
    await scene.change(Staff, "li", certificate_lapsed=True)

    found = await holes(scene)

    assert {lack for _, _, lack, *_ in found} == {"certified"}


async def test_once_the_named_colleague_is_planned_the_leave_is_approved(scene: ApiScene) -> None:
    await staffed_monday(scene)
    leave = await asks_leave(scene, "li")
    await plans(scene, "wong", MONDAY, "09:00", "12:00")

    told = await scene.person("he").does("POST", f"/roster/leaves/{leave}/approve")

    assert told == {"holes": [], "fixes": [], "elsewhere": False}
    assert await holes(scene) == []
    assert len(await people_of(scene)) == 4


async def test_who_is_ill_is_not_there_and_the_hole_is_told(scene: ApiScene) -> None:
    await staffed_monday(scene)
    leave = await asks_leave(scene, "li", kind="illness")

    told = await scene.person("he").does("POST", f"/roster/leaves/{leave}/approve")

    assert named(told["fixes"]) == [("02 09:00", "02 12:00", ["wong"])]
    assert told_holes(told["holes"]) == await holes(scene)


async def test_a_leave_that_is_taken_back_brings_the_shift_back(scene: ApiScene) -> None:
    await staffed_monday(scene)
    leave = await asks_leave(scene, "li", kind="illness")
    await scene.person("he").does("POST", f"/roster/leaves/{leave}/approve")

    await scene.person("li").does("POST", f"/roster/leaves/{leave}/withdraw")

    assert await holes(scene) == []


async def test_whoever_asked_reads_why_it_was_refused_and_a_colleague_does_not(
    scene: ApiScene,
) -> None:
    await staffed_monday(scene)
    leave = await asks_leave(scene, "li")

    await scene.person("he").does("POST", f"/roster/leaves/{leave}/refuse", {"text": "too few"})

    [mine] = (await scene.person("li").gets(WEEK))["leaves"]
    assert (mine["state"], mine["answer"]) == ("refused", "too few")
    assert (await scene.person("chen").gets(WEEK))["leaves"] == []


async def test_colleagues_see_who_is_away_and_not_why(scene: ApiScene) -> None:
    await staffed_monday(scene)
    leave = await asks_leave(scene, "li", kind="illness")
    await scene.person("he").does("POST", f"/roster/leaves/{leave}/approve")

    [seen] = (await scene.person("chen").gets(WEEK))["leaves"]
    assert (seen["staff_id"], seen["kind"]) == ("li", "")
    assert (await scene.person("he").gets(WEEK))["leaves"][0]["kind"] == "illness"


@pytest.mark.parametrize(
    ("begins_at", "ends_at", "status"),
    [
        (f"{MONDAY}T12:00", f"{MONDAY}T09:00", 422),
        (f"{MONDAY}T09:10", f"{MONDAY}T12:00", 422),
        (f"{MONDAY}T09:00", "2026-12-01T09:00", 422),
        ("2026-02-01T09:00", "2026-02-02T09:00", 409),
    ],
)
async def test_a_leave_that_cannot_be_is_not_asked_for(
    scene: ApiScene, begins_at: str, ends_at: str, status: int
) -> None:
    body = {"begins_at": begins_at, "ends_at": ends_at}

    assert (await scene.person("li").asks("POST", "/roster/leaves", body)).status_code == status


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_swap_is_offered_taken_and_approved_and_the_shift_is_the_takers(
    scene: ApiScene,
) -> None:
    shifts = await staffed_monday(scene)
    swap = await offered(scene, "li", shifts["li"])

    await scene.person("wong").does("POST", f"/roster/swaps/{swap}/take")
    [seen] = (await scene.person("he").gets(WEEK))["swaps"]
    await scene.person("he").does("POST", f"/roster/swaps/{swap}/approve")

    assert (seen["giver"], seen["taker"]) == ("name of li", "name of wong")
    assert {who for who, _ in await people_of(scene)} == {"he", "chen", "wong"}
    assert (await scene.get(RosterShift, shifts["li"])).state == "given"
    assert await holes(scene) == []


async def test_a_swap_that_opens_a_hole_is_refused_and_the_offer_waits_on(scene: ApiScene) -> None:
    await furnish_roster(scene)
    await plans(scene, "he")
    await plans(scene, "wong", MONDAY, "09:00", "12:00")
    mine = await plans(scene, "li")
    await plans(scene, "he", "2026-03-03")
    swap = await offered(scene, "li", mine)
    await scene.person("chen").does("POST", f"/roster/swaps/{swap}/take")

    answer = await scene.person("he").asks("POST", f"/roster/swaps/{swap}/approve")

    assert (answer.status_code, answer.json()["reason"]) == (409, "opens_hole")
    assert told_holes(answer.json()["holes"]) == [
        ("02 12:00", "02 17:00", "certified", 1, ["cmn", "yue"]),
        ("02 12:00", "02 17:00", "language", 1, ["yue"]),
    ]
    assert named(answer.json()["fixes"]) == [("02 09:00", "02 17:00", [])]
    [seen] = (await scene.person("li").gets(WEEK))["swaps"]
    assert (seen["state"], seen["taker_id"]) == ("taken", "chen")


async def test_two_shifts_are_exchanged_in_one_swap(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    tuesday = await plans(scene, "wong", "2026-03-03")
    swap = await offered(scene, "li", shifts["li"])

    await scene.person("wong").does("POST", f"/roster/swaps/{swap}/take", {"in_return": tuesday})
    await scene.person("he").does("POST", f"/roster/swaps/{swap}/approve")

    assert {("wong", "02 09:00"), ("li", "03 09:00")} <= set(await people_of(scene))


async def test_a_taker_who_steps_back_leaves_the_offer_to_others(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    swap = await offered(scene, "chen", shifts["chen"])
    wong = scene.person("wong")
    await wong.does("POST", f"/roster/swaps/{swap}/take")

    not_theirs = await scene.person("li").asks("POST", f"/roster/swaps/{swap}/step-back")
    await wong.does("POST", f"/roster/swaps/{swap}/step-back")

    assert not_theirs.status_code == 409
    [seen] = (await wong.gets(WEEK))["swaps"]
    assert (seen["state"], seen["taker_id"]) == ("offered", None)


@pytest.mark.parametrize(("who", "reason"), [("chen", "has_shift"), ("li", "your_own")])
async def test_who_cannot_take_an_offered_shift(scene: ApiScene, who: str, reason: str) -> None:
    shifts = await staffed_monday(scene)
    swap = await offered(scene, "li", shifts["li"])

    answer = await scene.person(who).asks("POST", f"/roster/swaps/{swap}/take")

    assert (answer.status_code, answer.json()["reason"]) == (409, reason)


async def test_a_shift_is_offered_once_and_only_by_who_has_it(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    await offered(scene, "li", shifts["li"])

    twice = await scene.person("li").asks("POST", f"/roster/shifts/{shifts['li']}/offer")
    foreign = await scene.person("li").asks("POST", f"/roster/shifts/{shifts['chen']}/offer")

    assert (twice.json()["reason"], foreign.json()["reason"]) == ("offered_already", "not_yours")


async def test_a_refused_or_withdrawn_offer_leaves_the_shift_where_it_was(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    first = await offered(scene, "li", shifts["li"])
    foreign = await scene.person("chen").asks("POST", f"/roster/swaps/{first}/withdraw")
    await scene.person("li").does("POST", f"/roster/swaps/{first}/withdraw")
    second = await offered(scene, "li", shifts["li"])
    await scene.person("wong").does("POST", f"/roster/swaps/{second}/take")

    await scene.person("he").does("POST", f"/roster/swaps/{second}/refuse", {"text": "no"})

    assert foreign.json()["reason"] == "not_yours"
    found = await scene.person("li").gets(WEEK)
    assert [(one["state"], one["answer"]) for one in found["swaps"]] == [("refused", "no")]
    assert (await scene.person("chen").gets(WEEK))["swaps"] == []
    assert "li" in {one["staff_id"] for one in found["shifts"]}


async def test_an_offer_falls_with_the_shift_that_is_removed(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    swap = await offered(scene, "li", shifts["li"])

    await scene.person("he").does("POST", f"/roster/shifts/{shifts['li']}/remove")

    assert (
        await scene.person("wong").asks("POST", f"/roster/swaps/{swap}/take")
    ).status_code == 409


# ── open shifts ─────────────────────────────────────────────────────────────────────────────────


async def test_somebody_volunteers_for_an_open_shift_and_has_it_once_it_is_approved(
    scene: ApiScene,
) -> None:
    await furnish_roster(scene)
    nobodys = await plans(scene, "")
    await scene.person("wong").does("POST", f"/roster/shifts/{nobodys}/volunteer")
    [seen] = (await scene.person("he").gets(WEEK))["shifts"]

    await scene.person("he").does("POST", f"/roster/shifts/{nobodys}/approve")

    assert (seen["state"], seen["staff_id"], seen["volunteer"]) == (
        "volunteered", None, "name of wong"
    )  # fmt: skip
    assert await people_of(scene) == [("wong", "02 09:00")]


async def test_a_volunteer_is_refused_or_steps_back_and_the_shift_is_open_again(
    scene: ApiScene,
) -> None:
    await furnish_roster(scene)
    nobodys = await plans(scene, "")
    wong, he = scene.person("wong"), scene.person("he")

    await wong.does("POST", f"/roster/shifts/{nobodys}/volunteer")
    other = await scene.person("chen").asks("POST", f"/roster/shifts/{nobodys}/step-back")
    await wong.does("POST", f"/roster/shifts/{nobodys}/step-back")
    await wong.does("POST", f"/roster/shifts/{nobodys}/volunteer")
    await he.does("POST", f"/roster/shifts/{nobodys}/refuse", {"text": "rest first"})

    assert other.json()["reason"] == "not_yours"
    [seen] = (await he.gets(WEEK))["shifts"]
    assert (seen["state"], seen["volunteer_id"]) == ("open", None)


async def test_a_volunteer_who_was_planned_meanwhile_does_not_get_it(scene: ApiScene) -> None:
    await furnish_roster(scene)
    nobodys = await plans(scene, "")
    await scene.person("wong").does("POST", f"/roster/shifts/{nobodys}/volunteer")
    await plans(scene, "wong", MONDAY, "16:00", "20:00")

    answer = await scene.person("he").asks("POST", f"/roster/shifts/{nobodys}/approve")

    assert answer.json()["reason"] == "has_shift"
    assert (await scene.get(RosterShift, nobodys)).state == "volunteered"


# ── a supervisor's own wishes ───────────────────────────────────────────────────────────────────


async def test_a_supervisors_own_wish_is_decided_by_another_who_is_named(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    await scene.hires("zhou", Role.SUPERVISOR)
    nobodys = await plans(scene, "", "2026-03-03")
    leave = await asks_leave(scene, "he")
    await scene.person("he").does("POST", f"/roster/shifts/{nobodys}/volunteer")
    swap = await offered(scene, "he", shifts["he"])
    await scene.person("wong").does("POST", f"/roster/swaps/{swap}/take")
    wishes = [f"leaves/{leave}", f"shifts/{nobodys}", f"swaps/{swap}"]

    answers = [await scene.person("he").asks("POST", f"/roster/{one}/approve") for one in wishes]
    await scene.person("zhou").does("POST", f"/roster/shifts/{nobodys}/approve")

    assert {(one.status_code, one.json()["reason"]) for one in answers} == {(409, "your_own_wish")}
    assert answers[0].json()["ask"] == [{"id": "zhou", "name": "name of zhou"}]
    assert ("he", "03 09:00") in await people_of(scene)


# ── reminders ───────────────────────────────────────────────────────────────────────────────────


async def test_shifts_of_the_next_day_wait_for_a_word_until_they_are_confirmed(
    scene: ApiScene,
) -> None:
    shifts = await staffed_monday(scene)
    await plans(scene, "li", "2026-03-03")
    li, he = scene.person("li"), scene.person("he")
    scene.clock.time += timedelta(hours=1)  # nine in the evening of the day before

    [mine] = await li.gets("/roster/reminders")
    everybodys = await he.gets("/roster/reminders")
    assert {one["needs_somebody"] for one in everybodys} == {True}  # twelve hours before
    await li.does("POST", f"/roster/shifts/{shifts['li']}/confirm")
    await li.does("POST", f"/roster/shifts/{shifts['li']}/confirm")

    assert mine["id"] == shifts["li"]
    assert {one["staff_id"] for one in everybodys} == {"he", "li", "chen"}
    assert await li.gets("/roster/reminders") == []
    assert (await scene.get(RosterShift, shifts["li"])).confirmed_at == scene.clock.now()
