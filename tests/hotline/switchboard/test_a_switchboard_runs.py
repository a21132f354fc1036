"""The whole loop on a real database: from a caller who waits to a talk, and through every fault."""

import asyncio

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from hotline.staff.presence import answer_danger
from hotline.storage.documents import version_of_document
from hotline.storage.tables import (
    AnsweredRequest,
    Call,
    Leadership,
    Line,
    Offer,
    Participant,
    Presence,
    RoutingEvent,
)
from tests.hotline.locks import somebody_stands_by, somebody_waits_for_a_lock
from tests.hotline.switchboard.conftest import (
    ANYONE,
    OWN_LANGUAGE_FIRST,
    SPEAKS_HAKKA,
    RunningScene,
    a_line,
    later,
)

pytestmark = pytest.mark.anyio

OWN_FIRST_VERSION = version_of_document(OWN_LANGUAGE_FIRST)


async def beginnings(running: RunningScene) -> list[dict[str, str]]:
    """The plans of each beginning, in order."""
    events = await running.floor.all_of(RoutingEvent)
    return [one.facts["plans"] for one in events if one.kind == "engine.began"]


# ── from the line to a talk ─────────────────────────────────────────────────────────────────────


async def test_a_caller_who_waits_makes_the_phone_of_a_ready_counselor_ring(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")

    (offer,) = await running.floor.all_of(Offer)
    assert (offer.call_id, offer.state) == ("c1", "pending")
    assert (await running.floor.presence()).state == "offered"


async def test_callers_and_counselors_who_come_later_find_each_other(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await running.joins_line("c2")
        await running.comes_on_duty("wang")
        assert await running.carrier.next_wish() == ("dial", "client:wang")

    assert {one.call_id: one.staff_id for one in await running.floor.all_of(Offer)} == {
        "c1": "li",
        "c2": "wang",
    }


async def test_who_writes_up_a_crisis_call_is_rung_once_she_chose_to_answer(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li", "wrapping_up", crisis_ended_at=later(0))
    await running.floor.caller("c1", urgency="crisis")

    async with running.switchboard():
        async with running.floor.database.work() as work:
            await answer_danger(work, "li", at=running.floor.clock.now())
        wish = await running.carrier.next_wish()

    assert wish == ("dial", "client:li")
    (offer,) = await running.floor.all_of(Offer)
    assert (offer.call_id, offer.state) == ("c1", "pending")


async def test_when_the_counselor_takes_the_call_the_caller_is_sent_in(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        assert await running.takes_call()
        assert await running.carrier.next_wish() == ("redirect", "CA-c1")

    assert (await running.floor.presence()).state == "talking"


async def test_a_caller_whose_offer_came_to_nothing_is_offered_to_the_next(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li", idle_since=later(-60))
    await running.floor.counselor("wang")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        running.floor.clock.advance(20)  # it rang out: the next sweep sees it
        rest = {await running.carrier.next_wish(), await running.carrier.next_wish()}

    assert rest == {("hang_up", "CA1"), ("dial", "client:wang")}


async def test_of_an_offer_that_ended_both_sides_are_looked_at_again(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li", idle_since=later(-60))
    await running.floor.counselor("wang")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        (offer,) = await running.floor.all_of(Offer)
        await running.floor.change(Offer, offer.id, state="declined")
        await running.floor.change(Presence, "li", state="paused", call_id=None)
        await running.floor.announce("offer", offer.id)

        assert await running.carrier.next_wish() == ("dial", "client:wang")


async def test_a_change_that_was_never_announced_is_found_all_the_same(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await running.floor.counselor("wang")
        await running.floor.caller("c2")
        running.floor.clock.advance(5)

        assert await running.carrier.next_wish() == ("dial", "client:wang")


async def test_each_round_renews_the_right_to_lead(running: RunningScene) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        await running.carrier.next_wish()
        (before,) = await running.floor.all_of(Leadership)
        await running.until_renewed(before)


# ── plans change ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def kept_apart(running: RunningScene) -> RunningScene:
    """c1 is kept for ma, who talks: li speaks another language; c0 and chen find each other.

    c0 only shows that a switchboard leads.
    """
    plan = {"plan": OWN_LANGUAGE_FIRST, "plan_version": OWN_FIRST_VERSION}
    await running.floor.change(Line, "youth", **plan)
    await running.floor.counselor("li", staff=SPEAKS_HAKKA)
    await running.floor.counselor("ma", "talking")
    await running.floor.caller("c1")
    await running.floor.add(a_line(id="women"))
    await running.floor.caller("c0", line_id="women")
    await running.floor.counselor("chen", staff={"lines": ["women"]})
    return running


async def plans_change(running: RunningScene) -> None:
    """An administrator applies a plan by which anybody serves, and it is announced."""
    version = version_of_document(ANYONE)
    await running.floor.change(Line, "youth", plan=ANYONE, plan_version=version)
    await running.floor.announce("configuration")


async def test_a_new_plan_decides_as_soon_as_it_is_applied(kept_apart: RunningScene) -> None:
    async with kept_apart.switchboard():
        assert await kept_apart.carrier.next_wish() == ("dial", "client:chen")
        await plans_change(kept_apart)
        assert await kept_apart.carrier.next_wish() == ("dial", "client:li")

    versions = [one["youth"] for one in await beginnings(kept_apart)]
    assert versions == [OWN_FIRST_VERSION, version_of_document(ANYONE)]


async def test_a_new_plan_that_is_applied_while_all_rows_are_looked_at_is_not_missed(
    kept_apart: RunningScene,
) -> None:
    floor = kept_apart.floor
    await floor.add(AnsweredRequest(key="old", status=200, answer="", received_at=later(-1e6)))

    async with kept_apart.switchboard():
        assert await kept_apart.carrier.next_wish() == ("dial", "client:chen")
        async with floor.database.work() as work:  # the switchboard cannot forget it yet
            await work.exec(select(AnsweredRequest).with_for_update())
            floor.clock.advance(5)
            await somebody_waits_for_a_lock(floor.database)
            await plans_change(kept_apart)
            await floor.heard()
        assert await kept_apart.carrier.next_wish() == ("dial", "client:li")


# ── leaders come and go ─────────────────────────────────────────────────────────────────────────


async def test_of_two_switchboards_one_rings_and_the_other_goes_on_when_it_ends(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard() as first:
        assert await running.carrier.next_wish() == ("dial", "client:li")
        async with running.switchboard():
            await somebody_stands_by(running.floor.database)
            first.cancel()
            await running.joins_line("c2")
            await running.comes_on_duty("wang")
            assert await running.carrier.next_wish() == ("dial", "client:wang")

    assert running.carrier.dialled() == ["client:li", "client:wang"]
    assert [one.epoch for one in await running.floor.all_of(Leadership)] == [2]


async def test_a_switchboard_that_is_ended_leaves_no_job_behind(running: RunningScene) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")
    running.carrier.hold()

    async with running.switchboard():
        await running.carrier.is_asked_to_dial()
    running.carrier.gate.set()
    left = asyncio.all_tasks() - {asyncio.current_task()}

    assert [task for task in left if "hotline" in repr(task.get_coro())] == []
    assert running.carrier.legs == []
    (asked,) = await running.floor.all_of(Participant)
    assert (asked.state, asked.carrier_sid) == ("dialing", None)


async def test_a_dial_that_one_switchboard_left_unfinished_is_finished_by_the_next(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")
    running.carrier.hold()
    async with running.switchboard():
        await running.carrier.is_asked_to_dial()
    running.carrier.gate.set()

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")

    assert len(await running.floor.all_of(Offer)) == 1
    assert running.carrier.dialled() == ["client:li"]


async def test_a_database_that_goes_away_is_outlived(running: RunningScene) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    with capture_logs() as logs:
        async with running.switchboard() as task:
            assert await running.carrier.next_wish() == ("dial", "client:li")
            assert await running.takes_call()
            assert await running.carrier.next_wish() == ("redirect", "CA-c1")
            await running.floor.database_goes_away()
            await running.joins_line("c2")
            await running.comes_on_duty("wang")

            assert await running.carrier.next_wish() == ("dial", "client:wang")
            assert not task.done()
    assert "switchboard.stepped_down" in [entry["event"] for entry in logs]
    async with running.floor.database.work() as work:
        assert (await work.get_one(Call, "c1")).state == "connecting"


async def test_a_switchboard_that_loses_its_lease_steps_down(running: RunningScene) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await running.floor.change(Leadership, "switchboard", epoch=7, expires_at=later(-60))
        await running.joins_line("c2")
        await running.comes_on_duty("wang")
        assert await running.carrier.next_wish() == ("dial", "client:wang")

    assert [one.epoch for one in await running.floor.all_of(Leadership)] == [8]
    assert {one.epoch for one in await running.floor.all_of(Offer)} == {1, 8}


# ── the clock is set back ───────────────────────────────────────────────────────────────────────


async def test_a_caller_whom_the_engine_knows_is_offered_after_the_clock_was_set_back(
    running: RunningScene,
) -> None:
    await running.floor.counselor("li")
    await running.floor.caller("c1")
    await running.floor.caller("c2", queued_at=later(-5))

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        running.floor.clock.advance(-600)
        await running.comes_on_duty("wang")
        assert await running.carrier.next_wish() == ("dial", "client:wang")


async def test_a_stage_opens_in_its_time_though_the_clock_was_set_back(
    kept_apart: RunningScene,
) -> None:
    async with kept_apart.switchboard():
        assert await kept_apart.carrier.next_wish() == ("dial", "client:chen")
        kept_apart.floor.clock.advance(-600)
        await kept_apart.floor.until_brought_back("c1")
        kept_apart.floor.clock.advance(30)
        assert await kept_apart.carrier.next_wish() == ("dial", "client:li")


async def test_a_new_leader_offers_whom_the_old_clock_let_wait(running: RunningScene) -> None:
    await running.floor.counselor("li", since=later(600), idle_since=later(600))
    await running.floor.caller("c1", queued_at=later(600), heard_at=later(600))

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")


# ── rows that cannot be read ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("skills", [[], {"languages": ["cmn"]}, {"languages": {"cmn": "fluent"}}])
async def test_a_counselor_whose_account_cannot_be_read_is_left_out_alone(
    running: RunningScene, skills: object
) -> None:
    await running.floor.counselor("li", staff={"skills": skills})
    await running.floor.counselor("wang")
    await running.floor.caller("c1")

    with capture_logs() as logs:
        async with running.switchboard():
            assert await running.carrier.next_wish() == ("dial", "client:wang")

    left_out = [line["staff_id"] for line in logs if line["event"] == "counselor.left_out"]
    assert left_out == ["li"]


async def test_an_offer_that_cannot_be_made_stops_no_other(running: RunningScene) -> None:
    await running.floor.counselor("li", idle_since=later(-60))
    await running.floor.counselor("wang")
    await running.floor.caller("c0", state="ended")
    await running.floor.caller("c1")
    left = Offer(
        id="left", call_id="c0", staff_id="li", offered_at=later(0), expires_at=later(3600)
    )
    await running.floor.add(left)  # li is ready all the same: no second one can be made

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:wang")
        await running.floor.change(Offer, "left", state="withdrawn")
        await running.floor.change(Presence, "li", since=later(1))
        await running.joins_line("c2")
        await running.floor.announce("presence", "li")
        assert await running.carrier.next_wish() == ("dial", "client:li")

    assert await beginnings(running) == [{"youth": "default"}]
