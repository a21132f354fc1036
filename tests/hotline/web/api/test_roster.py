"""The roster by command: planned, repeated, moved, removed, copied, proved."""

import pytest

from hotline.staff.model import Role
from hotline.storage.tables import Line, Staff, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.listening import listening
from tests.hotline.web.api.rostering import (
    MONDAY,
    PROOF,
    WEEK,
    furnish_roster,
    holes,
    named,
    people_of,
    plans,
    staffed_monday,
    time_of,
    told_holes,
)

pytestmark = pytest.mark.anyio


async def test_what_a_supervisor_plans_everybody_of_the_line_sees_and_nobody_else(
    scene: ApiScene,
) -> None:
    await staffed_monday(scene)
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.hires("lee", Role.COUNSELOR, line="legal")

    monday = [("he", "02 09:00"), ("li", "02 09:00"), ("chen", "02 09:00")]
    assert sorted(await people_of(scene, "chen")) == sorted(monday)
    assert await people_of(scene, "lee") == []


async def test_a_full_day_has_no_hole_and_an_empty_one_is_told_in_four_rows(
    scene: ApiScene,
) -> None:
    await staffed_monday(scene)

    assert await holes(scene) == []
    assert await holes(scene, "/roster/proof?from=2026-03-03&to=2026-03-03") == [
        ("03 09:00", "03 17:00", "certified", 1, ["cmn", "yue"]),
        ("03 09:00", "03 17:00", "language", 1, ["cmn", "yue"]),
        ("03 09:00", "03 17:00", "seat", 2, []),
        ("03 09:00", "03 17:00", "supervisor", 1, []),
    ]


async def test_weekly_hours_of_the_file_count_on_days_without_a_row(scene: ApiScene) -> None:
    await furnish_roster(scene)
    hours = [{"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}]
    for name in ("he", "li", "wong"):
        await scene.change(Staff, name, shifts=hours)
    assert await holes(scene) == []

    await plans(scene, "wong", MONDAY, "09:00", "12:00")

    assert await holes(scene) == [("02 12:00", "02 17:00", "seat", 1, [])]


async def test_a_repeat_is_planned_until_its_last_day_but_for_the_exceptions(
    scene: ApiScene,
) -> None:
    await furnish_roster(scene)
    repeat = {"days": ["mon", "wed"], "until": "2026-03-16", "without": ["2026-03-09"]}

    await plans(scene, "li", MONDAY, "22:00", "06:00", repeat=repeat)

    found = await people_of(scene, where=f"/roster?from={MONDAY}&to=2026-03-31")
    assert found == [("li", f"{day} 22:00") for day in ("02", "04", "11", "16")]


async def test_the_rest_of_a_repeat_is_removed_from_one_of_its_days_on(scene: ApiScene) -> None:
    await furnish_roster(scene)
    repeat = {"days": ["mon", "tue", "wed"], "until": "2026-03-04"}
    await plans(scene, "li", repeat=repeat)
    he = scene.person("he")
    _, tuesday, _ = [one["id"] for one in (await he.gets(WEEK))["shifts"]]

    await he.does("POST", f"/roster/shifts/{tuesday}/remove", {"rest": True})

    assert await people_of(scene) == [("li", "02 09:00")]


@pytest.mark.parametrize(
    ("who", "start", "end", "reason"),
    [
        ("li", "16:45", "20:00", "has_shift"),
        ("tianhe", "09:00", "17:00", "not_of_line"),
        ("nobody", "09:00", "17:00", "not_of_line"),
        ("wong", "11:00", "15:00", "is_away"),
    ],
)
async def test_who_cannot_have_a_shift_is_not_planned_for_it(
    scene: ApiScene, who: str, start: str, end: str, reason: str
) -> None:
    await staffed_monday(scene)
    away = {"begins_at": f"{MONDAY}T14:00", "ends_at": f"{MONDAY}T18:00"}
    leave = await scene.person("wong").does("POST", "/roster/leaves", away)
    await scene.person("he").does("POST", f"/roster/leaves/{leave['id']}/approve")

    answer = await scene.person("he").asks(
        "POST", "/roster/shifts", time_of(who, MONDAY, start, end)
    )

    assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    assert len(await people_of(scene)) == 3


async def test_of_a_repeat_all_are_planned_or_none(scene: ApiScene) -> None:
    await furnish_roster(scene)
    await plans(scene, "li", "2026-03-04")
    body = time_of("li") | {"repeat": {"days": ["mon", "wed"], "until": "2026-03-08"}}

    answer = await scene.person("he").asks("POST", "/roster/shifts", body)

    assert answer.status_code == 409
    assert await people_of(scene) == [("li", "04 09:00")]


async def test_a_repeat_tells_before_what_it_skips_and_collides_with_and_is_planned_without(
    scene: ApiScene,
) -> None:
    await furnish_roster(scene)
    await plans(scene, "li", "2026-04-08")
    rules = {"until": "2026-04-10", "skip_holidays": True, "skip_clashes": True}
    weekdays = {"days": ["mon", "tue", "wed", "thu", "fri"], **rules}
    body = time_of("li", "2026-04-03") | {"repeat": weekdays}

    told = await scene.person("he").does("POST", "/roster/shifts/preview", body)
    planned = await scene.person("he").does("POST", "/roster/shifts", body)

    assert (told["shifts"], told["first"], told["last"]) == (4, "2026-04-03", "2026-04-10")
    assert told["holidays"] == ["2026-04-06"]  # the day off for Tomb Sweeping
    assert told["clashes"] == [{"day": "2026-04-08", "reason": "has_shift"}]
    assert len(planned["shifts"]) == 4
    said = [one.after for one in await scene.all(SupervisorAct)]
    assert [one["shifts"] for one in said if one["what"] == "planned"] == [1, 4]


async def test_the_same_request_again_plans_nothing_twice(scene: ApiScene) -> None:
    await furnish_roster(scene)
    he = scene.person("he")

    first = await he.asks("POST", "/roster/shifts", time_of(""), key="once")
    again = await he.asks("POST", "/roster/shifts", time_of(""), key="once")

    assert first.json() == again.json()
    assert await people_of(scene) == [("", "02 09:00")]


async def test_a_shift_that_is_removed_opens_a_hole_which_is_told_with_who_could_close_it(
    scene: ApiScene,
) -> None:
    shifts = await staffed_monday(scene)

    told = await scene.person("he").does("POST", f"/roster/shifts/{shifts['li']}/remove")

    assert told_holes(told["holes"]) == await holes(scene)
    assert ("02 09:00", "02 17:00", "seat", 1, []) in told_holes(told["holes"])
    assert named(told["fixes"]) == [("02 09:00", "02 17:00", ["wong"])]


async def test_a_shift_that_is_moved_is_another_one_and_not_confirmed_any_more(
    scene: ApiScene,
) -> None:
    shifts = await staffed_monday(scene)
    await scene.person("chen").does("POST", f"/roster/shifts/{shifts['chen']}/confirm")

    moved = time_of("chen", MONDAY, "10:00", "18:00")
    told = await scene.person("he").does("POST", f"/roster/shifts/{shifts['chen']}/replan", moved)

    found = {one["id"]: one for one in (await scene.person("he").gets(WEEK))["shifts"]}
    assert shifts["chen"] not in found
    assert not found[told["shift"]]["confirmed"]
    assert told_holes(told["opened"]["holes"]) == [("02 09:00", "02 10:00", "seat", 1, [])]
    assert named(told["opened"]["fixes"]) == [("02 09:00", "02 17:00", ["wong"])]


async def test_an_open_shift_is_given_to_somebody_by_moving_it_to_them(scene: ApiScene) -> None:
    await furnish_roster(scene)
    nobodys = await plans(scene, "")

    await scene.person("he").does("POST", f"/roster/shifts/{nobodys}/replan", time_of("wong"))

    assert await people_of(scene) == [("wong", "02 09:00")]


async def test_a_week_is_copied_once_and_who_is_away_then_is_left_out(scene: ApiScene) -> None:
    await staffed_monday(scene)
    await plans(scene, "", "2026-03-03")
    away = {"begins_at": "2026-03-09T00:00", "ends_at": "2026-03-10T00:00"}
    leave = await scene.person("chen").does("POST", "/roster/leaves", away)
    he = scene.person("he")
    await he.does("POST", f"/roster/leaves/{leave['id']}/approve")

    first = await he.does("POST", "/roster/weeks/copy", {"week": "2026-03-05", "to": "2026-03-12"})
    again = await he.does("POST", "/roster/weeks/copy", {"week": "2026-03-05", "to": "2026-03-12"})

    assert (first, again) == ({"copied": 3, "left_out": 1}, {"copied": 0, "left_out": 4})
    found = await people_of(scene, where="/roster?from=2026-03-09&to=2026-03-15")
    assert sorted(found) == [("", "10 09:00"), ("he", "09 09:00"), ("li", "09 09:00")]


async def test_what_is_over_is_not_changed_any_more(scene: ApiScene) -> None:
    await furnish_roster(scene)
    tonight = await plans(scene, "li", "2026-03-01", "20:00", "21:00")
    scene.clock.advance(3600)

    answer = await scene.person("he").asks("POST", f"/roster/shifts/{tonight}/remove")

    assert (answer.status_code, answer.json()["reason"]) == (409, "over")


async def test_a_supervisor_plans_for_all_lines_of_a_shift_or_not_at_all(scene: ApiScene) -> None:
    await furnish_roster(scene)
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    he = scene.person("he")

    both = await he.asks("POST", "/roster/shifts", time_of("") | {"lines": ["youth", "legal"]})
    other = await he.asks("POST", "/roster/shifts", time_of("") | {"lines": ["legal"]})

    assert (both.status_code, other.status_code) == (403, 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "09:10"},
        {"start": "24:00"},
        {"lines": []},
        {"day": "9999-12-31"},
        {"repeat": {"days": ["sun"], "until": "2026-03-06"}},
        {"repeat": {"days": ["mon"], "until": "2028-03-06"}},
    ],
)
async def test_what_makes_no_sense_is_refused_with_what_to_do(
    scene: ApiScene, wrong: dict[str, object]
) -> None:
    await furnish_roster(scene)

    answer = await scene.person("he").asks("POST", "/roster/shifts", time_of("li") | wrong)

    assert answer.status_code == 422
    assert await people_of(scene) == []


async def test_no_more_than_two_months_are_shown_at_once(scene: ApiScene) -> None:
    he = scene.person("he")

    long = await he.asks("GET", "/roster?from=2026-03-02&to=2026-05-03")
    odd = await he.asks("GET", "/roster/proof?from=2026-03-02&to=2026-03-01")

    assert (long.status_code, odd.status_code) == (422, 422)


async def test_each_change_is_in_the_audit_of_its_lines_and_heard_by_who_looks(
    scene: ApiScene, following: None
) -> None:
    await furnish_roster(scene)
    async with listening(scene.app, "chen") as heard:
        await heard.until("clock")
        await plans(scene, "li")
        await heard.until("roster")

    [act] = await scene.all(SupervisorAct)
    assert (act.kind, act.by_id, act.subject_kind, act.subject_id, act.lines) == (
        "roster_changed", "he", "staff", "li", ["youth"]
    )  # fmt: skip
    assert act.after["what"] == "planned"


async def test_the_proof_is_for_who_plans(scene: ApiScene) -> None:
    assert (await scene.person("li").asks("GET", PROOF)).status_code == 403
