"""A colour is proposed by the hotline and confirmed by the station; the risk level is another."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.errors import Invalid
from hotline.i18n.catalog import HERE
from hotline.storage.sealed import open_cell, open_sealed
from hotline.storage.tables import (
    CaseColour,
    CaseLink,
    ColourSetVersion,
    CrisisFlag,
    Escalation,
    RiskAssessment,
    VisitPlan,
)
from hotline.visits.colouring import WantedColour, open_proposal, propose
from hotline.visits.colours import ColourSet, default_colours
from hotline.visits.model import ChildSeen
from hotline.visits.planning import FamilyReturn, NewVisitPlan, replan, return_to_family
from hotline.visits.policy import end_of
from hotline.visits.queries import open_words, visits_of
from hotline.visits.sets import put_colours_in_force
from tests.hotline.visits.conftest import COUNSELOR, DAY_S, MORNING, OFFICER, VisitScene

pytestmark = pytest.mark.anyio


async def proposes(scene: VisitScene, colour: str, reason: str = "cuts herself") -> None:
    async with scene.database.work() as work:
        wanted = WantedColour(colour=colour, reason=reason)
        await propose(work, scene.act(COUNSELOR), "case", wanted)


async def flagged(scene: VisitScene, level: str, key: str = "esc") -> None:
    now = scene.clock.now()
    await scene.add(
        Escalation(id=key, number=f"1{len(key):05}", call_id="call", station_id="town", level=level,
                   state="open", step=0, next_due_at=now, created_at=now, version=0),
        CaseLink(case_id="case", kind="escalation", subject_id=key, by="system", at=now),
    )  # fmt: skip


def three() -> ColourSet:
    """Another province's."""
    told = default_colours().document
    colours = [one for one in told["colours"] if one["id"] != "blue"]
    return ColourSet.model_validate({**told, "colours": colours, "retry_within_hours": 12})


async def test_what_the_hotline_proposes_counts_only_when_the_station_confirms_it(
    scene: VisitScene,
) -> None:
    await proposes(scene, "yellow")

    plan = await scene.plan()
    assert (plan.colour, plan.due_for, plan.every_days) == ("", "confirmation", None)
    assert plan.due_at == MORNING + timedelta(hours=24)
    await scene.confirms("yellow", reason="")

    plan = await scene.plan()
    assert (plan.colour, plan.due_for, plan.every_days) == ("yellow", "visit", 30)
    assert plan.due_at == end_of(MORNING.astimezone(HERE).date() + timedelta(days=30))
    assert await scene.kinds() == ["colour.proposed", "colour.confirmed"]


async def test_the_station_may_confirm_another_one_and_says_why(scene: VisitScene) -> None:
    await proposes(scene, "red")

    with pytest.raises(Invalid):
        await scene.confirms("yellow", reason=" ")
    await scene.confirms("yellow", reason="grandmother moved in")

    async with scene.database.work() as work:
        assert await open_proposal(work, "case") is None
        row = (await work.exec(select(CaseColour).where(CaseColour.act == "confirmed"))).one()
    assert open_cell(scene.vault, row, "reason_sealed") == "grandmother moved in"
    [entry] = await scene.entries("colour.confirmed")
    assert "grandmother" not in str(entry.facts)
    assert open_sealed(scene.vault, entry, "facts", entry.facts["note"]) == "grandmother moved in"
    assert entry.actor == str(OFFICER)


async def test_a_proposal_says_why_and_names_a_colour_of_the_set(scene: VisitScene) -> None:
    with pytest.raises(Invalid):
        await proposes(scene, "red", reason="  ")
    with pytest.raises(Invalid):
        await proposes(scene, "purple")
    with pytest.raises(Invalid):
        await scene.confirms("purple")

    assert await scene.all(CaseColour) == []


async def test_a_colour_changes_no_risk_and_raises_no_flag(scene: VisitScene) -> None:
    await proposes(scene, "red")
    await scene.confirms("red")

    assert await scene.all(RiskAssessment) == []
    assert await scene.all(CrisisFlag) == []


@pytest.mark.parametrize(("level", "colour"), [("imminent", "red"), ("high", "yellow")])
async def test_a_flag_proposes_a_colour_once_and_sets_none(
    scene: VisitScene, level: str, colour: str
) -> None:
    await flagged(scene, level)

    await scene.looks()
    await scene.looks()

    [row] = await scene.all(CaseColour)
    assert (row.act, row.colour, row.by, row.escalation_id) == (
        "proposed", colour, "system", "esc",
    )  # fmt: skip
    plan = await scene.plan()
    assert (plan.colour, plan.due_for) == ("", "confirmation")
    assert await scene.kinds() == ["colour.proposed_by_rule"]


async def test_a_flag_proposes_nothing_that_is_not_graver_than_what_stands(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    await flagged(scene, "imminent")
    await flagged(scene, "high", "esc-2")

    await scene.looks()

    assert [row.act for row in await scene.all(CaseColour)] == ["confirmed"]
    assert (await scene.plan()).due_for == "visit"


async def test_a_flag_of_a_lighter_case_makes_the_station_decide_again(scene: VisitScene) -> None:
    await scene.confirms("green")
    scene.clock.advance(DAY_S)
    await flagged(scene, "imminent")

    await scene.looks()

    plan = await scene.plan()
    assert (plan.colour, plan.due_for) == ("green", "confirmation")
    async with scene.database.work() as work:
        proposed = await open_proposal(work, "case")
    assert proposed is not None
    assert proposed.colour == "red"


async def test_confirming_the_same_again_postpones_nothing(scene: VisitScene) -> None:
    await scene.confirms("red")
    due_at = (await scene.plan()).due_at
    scene.clock.advance(3 * DAY_S)

    await scene.confirms("red", reason="as before")

    assert (await scene.plan()).due_at == due_at


async def test_a_proposal_that_is_declined_postpones_no_visit(scene: VisitScene) -> None:
    await scene.confirms("red")
    scene.clock.advance(4 * DAY_S)
    await proposes(scene, "yellow")
    assert (await scene.plan()).due_for == "confirmation"

    await scene.confirms("red", reason="as grave as before")

    plan = await scene.plan()
    assert (plan.due_for, plan.due_at) == ("visit", end_of((MORNING + timedelta(days=7)).date()))


@pytest.mark.parametrize("days", [3, 20])
async def test_a_proposal_forgets_no_date_that_was_planned_by_hand(
    scene: VisitScene, days: int
) -> None:
    await scene.confirms("red")
    day = (MORNING + timedelta(days=days)).date()
    async with scene.database.work() as work:
        by_hand = NewVisitPlan(next_on=day, reason="at camp")
        await replan(work, scene.act(), "case", by_hand, may_loosen=True)
    await proposes(scene, "yellow")
    await proposes(scene, "green")
    assert (await scene.plan()).due_for == "confirmation"

    await scene.confirms("red", reason="as grave as before")

    plan = await scene.plan()
    first = min(day, (MORNING + timedelta(days=7)).date())
    assert (plan.due_at, plan.visit_due_at) == (end_of(first), None)


async def test_a_plan_made_while_a_colour_waits_ends_no_waiting_for_it(scene: VisitScene) -> None:
    await scene.confirms("red")
    await proposes(scene, "yellow")
    waiting = await scene.plan()
    sooner = (MORNING + timedelta(days=6)).date()
    async with scene.database.work() as work:
        by_hand = NewVisitPlan(next_on=sooner, reason="they asked")
        await replan(work, scene.act(), "case", by_hand, may_loosen=False)

    plan = await scene.plan()

    assert (plan.due_for, plan.due_at) == ("confirmation", waiting.due_at)
    assert plan.visit_due_at == end_of(sooner)


async def test_a_visit_while_a_colour_waits_for_its_confirmation_moves_the_next_one(
    scene: VisitScene,
) -> None:
    await scene.confirms("red")
    async with scene.database.work() as work:
        by_hand = NewVisitPlan(next_on=(MORNING + timedelta(days=2)).date(), reason="they asked")
        await replan(work, scene.act(), "case", by_hand, may_loosen=False)
    await proposes(scene, "yellow")
    scene.clock.advance(DAY_S / 2)
    await scene.visits()
    assert (await scene.plan()).due_for == "confirmation"

    await scene.confirms("red", reason="as grave as before")

    assert (await scene.plan()).due_at == end_of((MORNING + timedelta(days=7)).date())


async def test_a_child_who_is_not_found_is_looked_for_again_whatever_colour_is_proposed(
    scene: VisitScene,
) -> None:
    await scene.confirms("green")
    await proposes(scene, "red")
    scene.clock.advance(DAY_S / 4)
    await scene.visits(ChildSeen.NOT_FOUND)
    again = scene.clock.now() + timedelta(days=1)

    await scene.confirms("red")

    assert (await scene.plan()).due_at == again


async def test_a_return_to_the_family_while_a_colour_is_proposed_brings_the_visit_forward(
    scene: VisitScene,
) -> None:
    await scene.confirms("green")
    await proposes(scene, "red")
    today = MORNING.astimezone(HERE).date()
    async with scene.database.work() as work:
        told = FamilyReturn(returned_on=today, months=6)
        await return_to_family(work, scene.act(), "case", told)
    assert (await scene.plan()).due_for == "confirmation"
    scene.clock.advance(DAY_S / 2)

    await scene.confirms("green", reason="she is well")

    assert (await scene.plan()).due_at == end_of(today + timedelta(days=30))


async def test_a_graver_colour_brings_the_next_visit_forward_and_a_lighter_one_gives_time(
    scene: VisitScene,
) -> None:
    await scene.confirms("green")
    await scene.confirms("red")
    assert (await scene.plan()).due_at == end_of((MORNING + timedelta(days=7)).date())

    await scene.confirms("blue")

    assert (await scene.plan()).due_at == end_of((MORNING + timedelta(days=90)).date())


async def test_another_provinces_set_works_and_old_cases_keep_theirs(scene: VisitScene) -> None:
    await scene.confirms("blue")
    async with scene.database.work() as work:
        [told] = await put_colours_in_force(work, three(), at=scene.clock.now())
    assert told.startswith("colours ")

    async with scene.database.work() as work:
        seen = await visits_of(work, "case", at=scene.clock.now())
    assert seen.confirmed is not None
    assert seen.confirmed.colour.name.zh == "蓝"
    assert [one.id for one in seen.rules.colours] == ["red", "yellow", "green"]
    with pytest.raises(Invalid):
        await scene.confirms("blue")
    await scene.confirms("green")

    assert (await scene.plan()).set_version == three().version
    assert {row.version for row in await scene.all(ColourSetVersion)} == {
        default_colours().version, three().version,
    }  # fmt: skip


async def test_putting_the_same_set_in_force_again_tells_of_nothing(scene: VisitScene) -> None:
    async with scene.database.work() as work:
        assert await put_colours_in_force(work, default_colours(), at=MORNING) == []
        assert len(await put_colours_in_force(work, three(), at=MORNING)) == 1
        assert await put_colours_in_force(work, three(), at=MORNING) == []
        assert len(await put_colours_in_force(work, default_colours(), at=MORNING)) == 1

    assert [row.in_force for row in await scene.all(ColourSetVersion)].count(True) == 1


async def test_reading_the_reasons_leaves_a_trace(scene: VisitScene) -> None:
    await proposes(scene, "red", reason="marker: cuts herself")
    async with scene.database.work() as work:
        found = await open_words(work, scene.vault, "case", reader=OFFICER, at=scene.clock.now())

    assert [one.words for one in found] == ["marker: cuts herself"]
    [trace] = await scene.entries("case.read")
    assert (trace.actor, trace.facts) == (str(OFFICER), {"what": ["visits"]})


async def test_two_who_confirm_at_once_are_kept_one_after_the_other(scene: VisitScene) -> None:
    await asyncio.gather(scene.confirms("red"), scene.confirms("green"))

    assert {row.colour for row in await scene.all(CaseColour)} == {"red", "green"}
    [plan] = await scene.all(VisitPlan)
    told = await scene.entries("colour.confirmed")
    assert (plan.version, plan.colour) == (2, told[-1].facts["colour"])
