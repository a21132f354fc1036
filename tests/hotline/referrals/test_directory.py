"""The directory: which places fit, and where somebody should ring before the next child is sent."""

from datetime import timedelta

import pytest

from hotline.referrals.acts import accept, withdraw
from hotline.referrals.directory import DirectoryPlace, PlaceWanted, directory, fitting
from hotline.storage.tables import ReferralPlace
from tests.hotline.referrals.conftest import ReferralScene

pytestmark = pytest.mark.anyio


async def found(
    scene: ReferralScene, *, division: str = "", need: str = ""
) -> dict[str, DirectoryPlace]:
    async with scene.work() as work:
        wanted = PlaceWanted(division=division, need=need)
        places = await directory(work, wanted, at=scene.clock.now())
    return {one.now.place.id: one for one in places}


@pytest.mark.parametrize(("days", "is_verified"), [(0, True), (180, True), (181, False)])
async def test_a_number_that_was_looked_at_half_a_year_ago_is_looked_at_again(
    scene: ReferralScene, days: int, *, is_verified: bool
) -> None:
    on = scene.clock.now().date() - timedelta(days=days)
    await scene.change(ReferralPlace, "clinic", verified_on=on)

    place = (await found(scene))["clinic"]

    assert (place.is_verified, place.is_stale) == (is_verified, not is_verified)
    assert not (await found(scene))["ward"].is_verified  # nobody ever did


async def test_what_was_taken_back_before_any_answer_is_nobodys_silence(
    scene: ReferralScene,
) -> None:
    first, second = await scene.refers(), await scene.refers()
    async with scene.work() as work:
        await withdraw(work, scene.act, first, "moved away")
    assert not (place := (await found(scene))["advice"]).never_answers
    assert (place.asked, place.answered) == (0, 0)
    place = (await found(scene))["clinic"]
    assert (place.asked, place.answered, place.never_answers) == (1, 0, True)

    async with scene.work() as work:
        await accept(work, scene.of_receiver(), second, None)
    place = (await found(scene))["clinic"]
    assert (place.asked, place.answered, place.never_answers) == (1, 1, False)


async def test_places_that_fit_serve_the_place_and_take_referrals(scene: ReferralScene) -> None:
    places = await found(scene, division="440106")

    others = [one.now.place.id for one in fitting(places.values(), but="clinic")]

    assert others == ["ward"]


async def test_a_need_is_met_where_somebody_takes_it(scene: ReferralScene) -> None:
    assert set(await found(scene, need="mental_health")) == {"clinic", "ward", "elsewhere"}
    assert await found(scene, need="legal") == {}
    assert "advice" in await found(scene)
