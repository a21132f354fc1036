"""Who is there now: by the roster, else by the hours in the file, else at any time."""

import pytest

from hotline.storage.tables import Staff
from tests.hotline.roster.conftest import DutyScene, at

pytestmark = pytest.mark.anyio

FILE, ROSTER, ALWAYS = "weekly_hours", "roster", "no_hours"


async def test_without_a_roster_the_hours_in_the_file_count(scene: DutyScene) -> None:
    assert await scene.there(23) == {"he": FILE, "li": FILE, "wong": ALWAYS}
    assert await scene.there(24 + 5.75) == {"he": FILE, "li": FILE, "wong": ALWAYS}
    assert await scene.there(24 + 6) == {"wong": ALWAYS}
    assert await scene.there(72 + 1) == {"wong": ALWAYS}


async def test_who_has_a_row_for_a_day_follows_it_and_not_the_file(scene: DutyScene) -> None:
    await scene.planned("li", 8, 16)

    assert (await scene.there(9))["li"] == ROSTER
    assert "li" not in await scene.there(23)
    assert (await scene.there(47))["li"] == FILE


@pytest.mark.parametrize("state", ["removed", "given"])
async def test_a_shift_that_was_removed_or_given_away_does_not_bring_the_file_back(
    scene: DutyScene, state: str
) -> None:
    await scene.planned("li", 22, 30, state=state)

    assert "li" not in await scene.there(23)


async def test_who_has_no_hours_is_there_at_any_time_but_in_a_week_with_a_row(
    scene: DutyScene,
) -> None:
    await scene.planned("wong", 8, 16)

    assert (await scene.there(9))["wong"] == ROSTER
    assert "wong" not in await scene.there(100)
    assert (await scene.there(7 * 24 + 1))["wong"] == ALWAYS
    assert (await scene.there(-1))["wong"] == ALWAYS


async def test_a_night_of_sunday_reaches_into_monday(scene: DutyScene) -> None:
    await scene.planned("wong", -2, 6)

    assert (await scene.there(5))["wong"] == ROSTER


async def test_who_is_on_leave_is_not_there_whatever_is_planned(scene: DutyScene) -> None:
    await scene.planned("wong", 22, 30)
    for who in ("li", "wong"):
        await scene.away(who, 23, 24)
    await scene.away("he", 23, 24, "wanted")

    assert await scene.there(23) == {"he": FILE}
    assert await scene.there(24) == {"he": FILE, "li": FILE, "wong": ROSTER}


async def test_an_hour_is_told_with_when_it_ends(scene: DutyScene) -> None:
    found = {one.staff_id: one.until for one in await scene.rows(23)}

    assert found == {"he": at(30), "li": at(30), "wong": None}


async def test_a_supervisor_on_the_roster_is_rung_before_one_who_is_at_home(
    scene: DutyScene,
) -> None:
    for name, phone in (("a", "1"), ("b", "2")):
        await scene.add(
            Staff(id=name, username=name, name=name, password_hash="x", roles=["supervisor"],
                  lines=["youth"], own_phone=phone)
        )  # fmt: skip
    await scene.planned("b", 8, 16, kind="on_call")

    assert await scene.rung(7) == ["1", "2"]
    assert await scene.rung(9) == ["2", "1"]
