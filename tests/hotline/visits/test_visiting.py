"""Visits are written down in the field: late, twice, offline, and not all find a child."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline.errors import Forbidden, IllegalMove, Invalid, KeyReused
from hotline.escalations.model import Level
from hotline.i18n.catalog import HERE
from hotline.staff.actor import Actor
from hotline.storage.sealed import open_cell
from hotline.storage.tables import Case, CaseLink, CaseVisit, CrisisFlag, Escalation, VisitPlan
from hotline.visits.model import ChildSeen
from hotline.visits.planning import FamilyReturn, NewVisitPlan, replan, return_to_family
from hotline.visits.policy import due_day, end_of
from hotline.visits.queries import open_words, visits_of
from hotline.visits.refusals import REFUSALS
from hotline.visits.visiting import NewVisit, record_visit
from tests.hotline.visits.conftest import DAY_S, MORNING, OFFICER, VisitScene

pytestmark = pytest.mark.anyio

TODAY = MORNING.astimezone(HERE).date()


async def plans(scene: VisitScene, *, may_loosen: bool = False, **wanted: Any) -> None:
    async with scene.database.work() as work:
        plan = NewVisitPlan(**{"reason": "they asked", **wanted})
        await replan(work, scene.act(), "case", plan, may_loosen=may_loosen)


async def test_the_next_visit_is_due_so_many_days_after_the_last_one(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.advance(4 * DAY_S)

    await scene.visits()

    plan = await scene.plan()
    assert (plan.due_for, due_day(plan.due_at)) == ("visit", TODAY + timedelta(days=11))
    assert await scene.kinds() == ["colour.confirmed", "visit.recorded"]


async def test_hearing_the_child_by_telephone_counts(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.advance(DAY_S)

    await scene.visits(ChildSeen.HEARD)

    assert due_day((await scene.plan()).due_at) == TODAY + timedelta(days=8)


async def test_not_found_is_tried_again_within_a_day_and_is_no_visit(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.advance(DAY_S)

    await scene.visits(ChildSeen.NOT_FOUND)

    plan = await scene.plan()
    assert (plan.due_for, plan.due_at) == ("retry", scene.clock.now() + timedelta(hours=24))


async def test_what_was_queued_on_a_phone_arrives_once_and_both_times_are_kept(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    scene.clock.advance(3 * DAY_S)
    there = scene.clock.now() - timedelta(days=1)

    first = await scene.visits(client_key="phone-0001", visited_at=there, note="with an aunt")
    again = await scene.visits(client_key="phone-0001", visited_at=there, note="with an aunt")

    [visit] = await scene.all(CaseVisit)
    assert first == again == visit.id
    assert (visit.visited_at, visit.sent_at) == (there, scene.clock.now())
    assert due_day((await scene.plan()).due_at) == TODAY + timedelta(days=9)


async def test_a_key_is_of_one_case(scene: VisitScene) -> None:
    now = scene.clock.now()
    await scene.add(
        Case(id="other", number="7654321", line_id="12355", station_id="town",
             opened_as="by_hand", opened_by="system", opened_at=now)
    )  # fmt: skip
    await scene.visits(client_key="phone-0001")
    await scene.change(CaseVisit, (await scene.all(CaseVisit))[0].id, case_id="other")

    with pytest.raises(KeyReused):
        await scene.visits(client_key="phone-0001")


async def test_an_older_visit_that_arrives_late_moves_nothing(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.advance(3 * DAY_S)
    await scene.visits(client_key="newer-one")
    before = await scene.plan()

    earlier = scene.clock.now() - timedelta(days=2)
    await scene.visits(client_key="older-one", visited_at=earlier)
    await scene.visits(ChildSeen.NOT_FOUND, client_key="oldest-one", visited_at=earlier)

    assert (await scene.plan()).due_at == before.due_at
    assert len(await scene.all(CaseVisit)) == 3


@pytest.mark.parametrize("minutes", [6, 60, 24 * 60])
async def test_a_visit_never_lies_ahead(scene: VisitScene, minutes: int) -> None:
    with pytest.raises(Invalid):
        await scene.visits(visited_at=scene.clock.now() + timedelta(minutes=minutes))


async def test_a_phone_whose_clock_is_a_little_ahead_is_taken_at_our_time(
    scene: VisitScene,
) -> None:
    await scene.visits(visited_at=scene.clock.now() + timedelta(minutes=4))

    assert (await scene.all(CaseVisit))[0].visited_at == scene.clock.now()


@pytest.mark.parametrize(
    "told",
    [
        {"visited_at": datetime(2026, 2, 1, tzinfo=UTC)},
        {"visited_at": datetime(2026, 3, 2, 1, 0)},  # noqa: DTZ001 – without a zone, on purpose
        {"division": "449999"},
    ],
)
async def test_what_cannot_be_is_refused(scene: VisitScene, told: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await scene.visits(**told)

    assert await scene.all(CaseVisit) == []


async def test_words_and_company_are_sealed_and_reading_them_leaves_a_trace(
    scene: VisitScene,
) -> None:
    await scene.visits(
        note="marker: she eats again",
        along="school counselor",
        moods=["calm", "calm"],
        needs=["school"],
        division="440106",
    )

    [row] = await scene.all(CaseVisit)
    assert "marker" not in row.note_sealed + row.along_sealed
    assert open_cell(scene.vault, row, "note_sealed") == "marker: she eats again"
    async with scene.database.work() as work:
        shown = (await visits_of(work, "case", at=scene.clock.now())).visits[0]
        [words] = await open_words(work, scene.vault, "case", reader=OFFICER, at=MORNING)
    assert (shown.moods, shown.needs, shown.by) == (["calm"], ["school"], "Chen")
    assert (words.words, words.along) == ("marker: she eats again", "school counselor")
    assert len(await scene.entries("case.read")) == 1


@pytest.mark.parametrize("level", list(Level))
async def test_a_fear_for_the_child_is_a_flag_to_the_hotline(
    scene: VisitScene, level: Level
) -> None:
    await scene.confirms("red")
    await scene.visits(client_key="phone-0001", concern="marker: bruises", level=level)
    await scene.visits(client_key="phone-0001", concern="marker: bruises", level=level)

    [flag] = await scene.all(CrisisFlag)
    assert (flag.call_id, flag.raised_by, flag.level) == ("call", "chen", level)
    assert "marker" not in flag.summary_sealed
    [escalation] = await scene.all(Escalation)
    assert escalation.station_id == "town"
    assert len(await scene.entries("visit.concern")) == 1
    [visit] = await scene.all(CaseVisit)
    assert visit.concern


async def test_two_officers_whose_phones_made_the_same_key_both_raise_their_fear(
    scene: VisitScene,
) -> None:
    told: dict[str, Any] = {"client_key": "phone-0001", "visited_at": scene.clock.now()}
    await scene.visits(**told, concern="marker: bruises")
    visit = NewVisit(**told, place="home", seen=ChildSeen.YES, concern="marker: knife",
                     level=Level.IMMINENT)  # fmt: skip

    async with scene.database.work() as work:
        await record_visit(work, scene.act(Actor.of_staff("li")), "case", visit)

    assert {one.level for one in await scene.all(CrisisFlag)} == {Level.HIGH, Level.IMMINENT}


async def test_a_fear_in_a_case_without_a_call_is_written_down(scene: VisitScene) -> None:
    [link] = await scene.all(CaseLink)
    await scene.change(CaseLink, link.id, ended_at=scene.clock.now())

    await scene.visits(concern="marker: bruises")

    [entry] = await scene.entries("visit.concern")
    assert entry.facts == {}
    assert await scene.all(CrisisFlag) == []


async def test_a_visit_does_not_decide_on_a_colour(scene: VisitScene) -> None:
    await scene.visits()
    with pytest.raises(IllegalMove):
        await plans(scene, every_days=3)

    assert await scene.all(VisitPlan) == []


# ── the plan, by people ─────────────────────────────────────────────────────────────────────────


async def test_a_plan_is_made_denser_with_a_reason(scene: VisitScene) -> None:
    await scene.confirms("red")

    await plans(scene, every_days=2)

    plan = await scene.plan()
    assert (plan.every_days, due_day(plan.due_at)) == (2, TODAY + timedelta(days=2))
    [entry] = await scene.entries("visit.planned")
    assert "they asked" not in str(entry.facts)
    with pytest.raises(Invalid):
        await plans(scene, reason=" ", every_days=1)


@pytest.mark.parametrize(
    "wanted", [{"every_days": 14}, {"next_on": TODAY + timedelta(days=20)}], ids=str
)
async def test_a_plan_becomes_looser_only_by_whoever_may(
    scene: VisitScene, wanted: dict[str, Any]
) -> None:
    await scene.confirms("red")

    with pytest.raises(Forbidden):
        await plans(scene, **wanted)
    assert (await scene.plan()).every_days == 7
    await plans(scene, may_loosen=True, **wanted)

    assert due_day((await scene.plan()).due_at) > TODAY + timedelta(days=7)


@pytest.mark.parametrize("days", [-1, 367])
async def test_the_next_visit_is_neither_past_nor_beyond_a_year(
    scene: VisitScene, days: int
) -> None:
    await scene.confirms("red")

    with pytest.raises(Invalid):
        await plans(scene, may_loosen=True, next_on=TODAY + timedelta(days=days))


async def test_denser_than_the_days_that_have_passed_is_due_today(scene: VisitScene) -> None:
    await scene.confirms("yellow")
    scene.clock.advance(20 * DAY_S)

    await plans(scene, every_days=5)

    assert due_day((await scene.plan()).due_at) == TODAY + timedelta(days=20)


async def test_a_denser_plan_outlasts_a_confirmation_of_the_same_colour(scene: VisitScene) -> None:
    await scene.confirms("red")
    await plans(scene, every_days=2)
    await scene.confirms("red")

    assert (await scene.plan()).every_days == 2


@pytest.mark.parametrize(("months", "until"), [(3, date(2026, 5, 28)), (12, date(2027, 2, 28))])
async def test_a_child_returned_to_the_family_is_followed_for_months(
    scene: VisitScene, months: int, until: date
) -> None:
    await scene.confirms("green")
    told = FamilyReturn(returned_on=date(2026, 2, 28), months=months)

    async with scene.database.work() as work:
        await return_to_family(work, scene.act(), "case", told)

    plan = await scene.plan()
    assert (plan.family_until, plan.every_days) == (until, 30)
    assert due_day(plan.due_at) == TODAY + timedelta(days=30)
    await scene.confirms("blue")
    assert (await scene.plan()).every_days == 30


@pytest.mark.parametrize(
    "told",
    [
        FamilyReturn(returned_on=TODAY, months=2),
        FamilyReturn(returned_on=TODAY, months=13),
        FamilyReturn(returned_on=TODAY + timedelta(days=1), months=6),
        FamilyReturn(returned_on=TODAY - timedelta(days=400), months=12),
    ],
)
async def test_it_is_followed_from_three_to_twelve_months(
    scene: VisitScene, told: FamilyReturn
) -> None:
    with pytest.raises(Invalid):
        async with scene.database.work() as work:
            await return_to_family(work, scene.act(), "case", told)


async def test_a_return_without_any_colour_begins_a_plan(scene: VisitScene) -> None:
    async with scene.database.work() as work:
        told = FamilyReturn(returned_on=TODAY, months=6, reason="marker: back with her aunt")
        await return_to_family(work, scene.act(), "case", told)

    plan = await scene.plan()
    assert (plan.due_for, plan.colour) == ("visit", "")
    assert plan.due_at == end_of(TODAY + timedelta(days=30))
    [entry] = await scene.entries("visit.family_returned")
    assert "marker" not in str(entry.facts)


async def test_one_visit_that_is_sent_twice_at_once_is_kept_once(scene: VisitScene) -> None:
    at = scene.clock.now()

    sent = await asyncio.gather(
        *(scene.visits(client_key="phone-0001", visited_at=at) for _ in range(3))
    )

    assert len(set(sent)) == 1
    assert len(await scene.all(CaseVisit)) == 1
    assert len(await scene.entries("visit.recorded")) == 1


async def test_another_persons_key_is_another_visit(scene: VisitScene) -> None:
    first = await scene.visits(client_key="phone-0001")
    await scene.change(CaseVisit, first, by=str(Actor.of_staff("li")))

    assert await scene.visits(client_key="phone-0001") != first


def test_every_reason_for_a_refusal_is_said_on_our_pages() -> None:
    script = Path(__file__).parents[3] / "hotline" / "web" / "static" / "visit_refusals.js"

    said = set(re.findall(r"^  (\w+): \(\)", script.read_text(encoding="utf-8"), re.MULTILINE))

    assert said == set(REFUSALS)


async def test_what_was_merged_is_visited_as_one_and_keeps_its_plan(scene: VisitScene) -> None:
    await scene.confirms("red")
    now = scene.clock.now()
    await scene.add(
        Case(id="stands", number="7654321", line_id="12355", station_id="town",
             opened_as="by_hand", opened_by="system", opened_at=now)
    )  # fmt: skip
    await scene.change(Case, "case", merged_into_id="stands")
    scene.clock.advance(2 * DAY_S)

    await scene.visits(note="seen at her aunt's")

    own, stands = await scene.plan(), await scene.plan("stands")
    assert (stands.colour, due_day(stands.due_at)) == ("red", TODAY + timedelta(days=9))
    assert due_day(own.due_at) == TODAY + timedelta(days=7)
    [visit] = await scene.all(CaseVisit)
    assert visit.case_id == "stands"
    async with scene.database.work() as work:
        seen = await visits_of(work, "stands", at=scene.clock.now())
    assert seen.confirmed is not None
    assert seen.confirmed.by == "Chen"
