"""A visit that nobody makes: the station hears of it, then the county, then the city, every day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import cast

import pytest

from hotline.ports import LegStatus
from hotline.storage.sealed import place_in
from hotline.storage.session import Database, Work
from hotline.storage.tables import Case, StationContact
from hotline.visits.calls import (
    VisitCalls,
    visit_answered,
    visit_call_ended,
    visit_heard,
    visit_text_reported,
)
from hotline.visits.letters import VisitLetters
from hotline.visits.model import ChildSeen
from hotline.visits.overdue import look_at_overdue
from hotline.visits.planning import NewVisitPlan, replan
from hotline.visits.policy import end_of
from tests.hotline.visits.conftest import (
    BASE,
    CITY,
    COUNTY,
    DEPUTY,
    MORNING,
    TOWN,
    VisitScene,
)

pytestmark = pytest.mark.anyio

DUE_NEXT_WEEK = end_of((MORNING + timedelta(days=7)).date())
TOLD_FIRST = DUE_NEXT_WEEK + timedelta(hours=8)  # nobody is woken for it


async def until_told(scene: VisitScene, *, days_later: float = 0) -> None:
    scene.clock.time = TOLD_FIRST + timedelta(days=days_later)
    await scene.looks()


async def test_an_overdue_visit_goes_from_the_station_to_the_county_to_the_city(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")

    await scene.passes(8.1)  # the day after it was due, in the hours of the day
    assert await scene.told() == ["duty"]
    await scene.passes(1)
    assert await scene.told() == ["duty", "head", "of-county"]
    await scene.passes(2)

    assert (await scene.told())[-1] == "of-city"
    assert set(scene.carrier.dialled()) == {TOWN, DEPUTY, COUNTY, CITY}
    told = [entry.facts["stations"] for entry in await scene.entries("visit.overdue_told")]
    assert told == [
        ["town"], ["town", "county"], ["town", "county"], ["town", "county", "city"],
    ]  # fmt: skip


async def test_nobody_is_told_before_it_is_overdue_nor_at_night(scene: VisitScene) -> None:
    await scene.confirms("red")

    scene.clock.time = DUE_NEXT_WEEK + timedelta(hours=2)
    await scene.looks()

    assert await scene.told() == []
    assert (await scene.plan()).tell_at == TOLD_FIRST


async def test_a_look_that_comes_late_at_night_wakes_nobody_until_the_morning(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")

    scene.clock.time = TOLD_FIRST + timedelta(hours=13)  # nobody looked all day
    await scene.looks()
    assert await scene.told() == []
    scene.clock.time = TOLD_FIRST + timedelta(days=1)
    await scene.looks()

    assert set(await scene.told()) == {"duty", "of-county"}


async def test_telling_goes_on_every_day_until_somebody_goes(scene: VisitScene) -> None:
    await scene.confirms("red")
    await until_told(scene)
    await scene.passes(10, every_hours=12)
    told = len(await scene.told())

    await scene.visits()
    await scene.passes(6, every_hours=24)

    assert told > 20
    assert len(await scene.told()) == told
    assert (await scene.plan()).told_steps == 0


async def test_looking_again_and_again_tells_once(scene: VisitScene) -> None:
    await scene.confirms("red")
    await until_told(scene)

    for _ in range(5):
        await scene.looks()

    assert await scene.told() == ["duty"]
    assert len(await scene.deliveries()) == 1


async def test_a_clock_that_is_set_back_neither_doubles_nor_loses_it(scene: VisitScene) -> None:
    await scene.confirms("red")
    await until_told(scene)

    scene.clock.advance(-3600)
    await scene.looks()
    assert await scene.told() == ["duty"]
    await scene.passes(1.1)

    assert await scene.told() == ["duty", "head", "of-county"]


async def test_what_was_told_by_a_clock_far_ahead_is_not_told_until_it_is_due(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await until_told(scene)

    scene.clock.time = MORNING + timedelta(days=1)
    await scene.looks()
    scene.clock.time = TOLD_FIRST
    await scene.looks()

    plan = await scene.plan()
    assert (plan.told_steps, plan.told_rounds) == (1, 2)
    assert await scene.told() == ["duty", "head"]


class DyingDatabase:
    """A process that is killed each time before what it did is committed."""

    def __init__(self, scene: VisitScene) -> None:
        self._scene, self.done = scene, 0

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with self._scene.database.work() as work:
            yield work
            self.done += bool(work.new) or bool(work.dirty)
            if work.new or work.dirty:
                raise RuntimeError


async def test_a_process_that_dies_before_it_commits_has_told_nobody(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.time = TOLD_FIRST
    dying = DyingDatabase(scene)

    await look_at_overdue(cast(Database, dying), scene.faults, at=scene.clock.now())
    assert (dying.done, await scene.told()) == (1, [])
    await scene.looks()

    assert await scene.told() == ["duty"]


async def test_two_that_look_at_once_tell_once(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.time = TOLD_FIRST

    at = scene.clock.now()
    await asyncio.gather(*(look_at_overdue(scene.database, scene.faults, at=at) for _ in range(4)))

    assert await scene.told() == ["duty"]
    assert len(await scene.entries("visit.overdue_told")) == 1


async def test_where_the_station_has_nobody_the_county_is_told_at_once(scene: VisitScene) -> None:
    await scene.confirms("red")
    for key in ("duty", "head"):
        await scene.change(StationContact, key, active=False)

    await until_told(scene)

    assert await scene.told() == ["of-county"]


async def test_where_nobody_at_all_can_be_told_that_is_written_down(scene: VisitScene) -> None:
    await scene.confirms("red")
    for key in ("duty", "head", "of-county", "of-city"):
        await scene.change(StationContact, key, active=False)

    await until_told(scene)

    assert "visit.overdue_nobody" in await scene.kinds()
    assert (await scene.plan()).tell_at > scene.clock.now()


async def test_a_phone_that_nobody_answers_is_followed_by_the_next_within_the_hour(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await until_told(scene)
    [first] = await scene.deliveries()

    async with scene.database.work() as work:
        await visit_call_ended(work, first.id, LegStatus.NO_ANSWER, at=scene.clock.now())
    await scene.passes(0.05)

    assert await scene.told() == ["duty", "head"]


async def test_who_was_reached_is_not_rung_again_because_another_station_was_not(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await until_told(scene, days_later=1)
    of_town, of_county = sorted(await scene.deliveries(), key=lambda one: one.address != TOWN)
    at = scene.clock.now()
    async with scene.database.work() as work:
        await visit_heard(work, of_county.id, "1", at=at)
        await visit_call_ended(work, of_town.id, LegStatus.BUSY, at=at)

    await scene.passes(0.05)
    assert sorted(scene.carrier.dialled()) == sorted([TOWN, COUNTY, DEPUTY])
    assert (await scene.entries("visit.overdue_told"))[-1].facts["stations"] == ["town"]
    await scene.passes(1, every_hours=24)

    assert set(scene.carrier.dialled()[3:]) == {TOWN, COUNTY}


async def test_the_turn_is_that_of_whoever_can_be_told(scene: VisitScene) -> None:
    await scene.change(StationContact, "head", channels=[])
    await scene.confirms("red")
    await until_told(scene)

    await scene.passes(1, every_hours=24)

    assert await scene.told() == ["duty", "duty", "of-county"]


async def test_whoever_presses_the_key_has_heard_and_the_visit_stays_overdue(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await until_told(scene)
    [ringing] = await scene.deliveries()

    async with scene.database.work() as work:
        about = await visit_answered(work, ringing.id, at=scene.clock.now())
        assert about is not None
        assert about.case.number == "1234567"
        assert await visit_heard(work, ringing.id, "2", at=scene.clock.now()) is None
        assert await visit_heard(work, ringing.id, "1", at=scene.clock.now()) is not None
        await visit_call_ended(work, ringing.id, LegStatus.COMPLETED, at=scene.clock.now())

    assert (await scene.deliveries())[0].state == "acknowledged"
    assert (await scene.get(StationContact, "duty")).last_heard_at == scene.clock.now()
    assert (await scene.plan()).due_at < scene.clock.now()


async def test_a_phone_that_is_lifted_after_somebody_went_is_told_nothing(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await until_told(scene)
    [ringing] = await scene.deliveries()

    await scene.visits()

    async with scene.database.work() as work:
        assert await visit_answered(work, ringing.id, at=scene.clock.now()) is None
        assert not await VisitCalls().lock(work, ringing.id)


async def test_a_text_says_number_colour_division_and_a_link_and_nothing_else(
    scene: VisitScene,
) -> None:
    await scene.change(StationContact, "duty", channels=["text"])
    await scene.confirms("red", reason="marker: her father drinks")

    await until_told(scene)

    [text] = scene.texts.sent
    assert text.body == (
        "【青少年热线】个案1234567（红，广州市天河区）走访已到期。"
        " 请登录查看：https://hotline.test/cases/case"
    )
    [sent] = await scene.deliveries()
    async with scene.database.work() as work:
        await visit_text_reported(work, sent.id, "undelivered", at=scene.clock.now(), sid="SM1")
    await scene.passes(0.05)
    assert await scene.told() == ["duty", "head"]


async def test_a_stations_own_system_is_sent_codes_alone_signed_with_its_secret(
    scene: VisitScene,
) -> None:
    place = place_in(StationContact, "webhook_secret_sealed", id="duty")
    sealed = scene.vault.seal("of the two", place=place)
    await scene.change(StationContact, "duty", webhook_secret_sealed=sealed)
    await scene.confirms("red", reason="marker: her father drinks")
    await until_told(scene)
    [sent] = await scene.deliveries()

    async with scene.database.work() as work:
        letter = await VisitLetters(BASE, scene.vault).write(work, sent, at=scene.clock.now())

    assert letter.secret == "of the two"
    assert letter.payload == {
        "kind": "visit_overdue",
        "delivery_id": sent.id,
        "number": "1234567",
        "waits_for": "visit",
        "division": "440106",
        "station": "town",
        "due_at": DUE_NEXT_WEEK.astimezone(UTC).isoformat(),
        "sent_at": scene.clock.now().isoformat(),
    }


async def test_a_reader_of_english_is_written_to_in_english(scene: VisitScene) -> None:
    await scene.change(StationContact, "duty", channels=["text"], language="eng")
    await scene.confirms("red")

    await until_told(scene)

    assert scene.texts.sent[0].body.startswith("Youth: case 1234567 (Red, ")


async def test_a_case_that_is_closed_is_not_told_of(scene: VisitScene) -> None:
    await scene.confirms("red")
    await scene.change(Case, "case", state="closed", closed_at=scene.clock.now(), result="safe")

    await until_told(scene)

    assert await scene.told() == []


async def test_a_new_plan_by_a_person_ends_the_telling(scene: VisitScene) -> None:
    await scene.confirms("red")
    await until_told(scene)
    later = NewVisitPlan(next_on=(scene.clock.now() + timedelta(days=3)).date(), reason="at camp")

    async with scene.database.work() as work:
        await replan(work, scene.act(), "case", later, may_loosen=True)
    await scene.passes(2)

    assert await scene.told() == ["duty"]


async def test_a_child_who_is_not_found_again_is_told_to_those_who_were_told_before(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await until_told(scene)
    await scene.passes(1)
    before = await scene.told()
    assert before[-1] == "of-county"

    await scene.visits(ChildSeen.NOT_FOUND)
    assert (await scene.plan()).due_for == "retry"
    await scene.passes(1.5)

    assert "of-county" in (await scene.told())[len(before) :]
