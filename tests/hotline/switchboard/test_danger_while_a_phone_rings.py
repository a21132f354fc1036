"""A caller is known to be in danger only while a phone already rings for them."""

import pytest

from hotline.callcontrol.offers import refuse_offer
from hotline.calls.model import OfferState, Urgency
from hotline.calls.service import lock_call, make_urgent
from hotline.storage.documents import version_of_document
from hotline.storage.tables import Line, Offer, Presence, Staff
from tests.hotline.switchboard.conftest import ANYONE, RunningScene, later

pytestmark = pytest.mark.anyio

TRAINED = {"skills": {"languages": {"cmn": 5}, "certified": True}}
CERTIFIED_FIRST = [{"name": "certified", "certified": True}, {"name": "anyone"}]


async def rings_for_a_routine_caller(
    running: RunningScene, running_offer: str, *, chen: dict[str, dict[str, object]]
) -> None:
    """li, who is not certified, is rung; chen is ready as well."""
    crisis = {"running_offer": running_offer, "stages": CERTIFIED_FIRST}
    plan = {**ANYONE, "crisis": crisis}
    await running.floor.change(Line, "youth", plan=plan, plan_version=version_of_document(plan))
    await running.floor.counselor("li", idle_since=later(-60))
    await running.floor.counselor("chen", staff=chen)
    await running.floor.caller("c1")


async def says_danger(running: RunningScene) -> None:
    async with running.floor.database.work() as work:
        call = await lock_call(work, "c1")
        assert make_urgent(work, call, at=running.floor.clock.now(), why="key")


async def offers(running: RunningScene) -> dict[str, tuple[str, str, bool]]:
    found = await running.floor.all_of(Offer)
    return {one.staff_id: (one.state, one.reason, one.in_danger) for one in found}


async def test_who_is_certified_is_rung_at_once_and_who_is_not_stops_ringing(
    running: RunningScene,
) -> None:
    await rings_for_a_routine_caller(running, "withdraw", chen=TRAINED)

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await says_danger(running)
        wishes = {await running.carrier.next_wish(), await running.carrier.next_wish()}

    assert wishes == {("dial", "client:chen"), ("hang_up", "CA1")}
    assert await offers(running) == {
        "li": ("withdrawn", "danger", False),
        "chen": ("pending", "", True),
    }
    assert (await running.floor.presence("li")).state == "ready"


async def test_a_plan_may_let_the_phone_ring_on_beside_the_certified(
    running: RunningScene,
) -> None:
    await rings_for_a_routine_caller(running, "keep", chen=TRAINED)

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await says_danger(running)
        assert await running.carrier.next_wish() == ("dial", "client:chen")
        assert await running.takes_call()

    assert await offers(running) == {
        "li": ("accepted", "", False),
        "chen": ("withdrawn", "taken_by_another", True),
    }


async def test_where_nobody_certified_is_free_the_phone_that_rings_goes_on(
    running: RunningScene,
) -> None:
    await rings_for_a_routine_caller(running, "withdraw", chen={})

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await says_danger(running)
        assert await running.carrier.next_wish() == ("dial", "client:chen")
        assert await running.takes_call("li")

    assert (await offers(running))["li"] == ("accepted", "", False)


async def test_who_is_certified_and_rings_already_goes_on_ringing(running: RunningScene) -> None:
    await rings_for_a_routine_caller(running, "withdraw", chen=TRAINED)
    await running.floor.change(Staff, "li", skills=TRAINED["skills"])

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await says_danger(running)
        assert await running.carrier.next_wish() == ("dial", "client:chen")
        assert await running.takes_call("li")

    assert (await offers(running))["chen"] == ("withdrawn", "taken_by_another", True)


async def test_danger_that_was_known_rings_nobody_a_second_time(running: RunningScene) -> None:
    await running.floor.counselor("li", idle_since=later(-60))
    await running.floor.caller("c1", urgency=Urgency.CRISIS)

    async with running.switchboard():
        assert await running.carrier.next_wish() == ("dial", "client:li")
        await running.comes_on_duty("chen")
        await running.joins_line("c2")
        assert await running.carrier.next_wish() == ("dial", "client:chen")

    found = await running.floor.all_of(Offer)
    assert {one.staff_id: one.call_id for one in found} == {"li": "c1", "chen": "c2"}


# ── two in danger, and one of them has all the phones ───────────────────────────────────────────


async def is_offered_to(running: RunningScene) -> dict[str, list[str]]:
    """Who is being rung, by call."""
    found: dict[str, list[str]] = {}
    for one in await running.floor.all_of(Offer):
        if one.state == "pending":
            found.setdefault(one.call_id, []).append(one.staff_id)
    return {call: sorted(people) for call, people in found.items()}


async def rung_in_order(running: RunningScene) -> list[str]:
    """Who is being rung; the first of them is not to be spared."""
    offers = sorted(await running.floor.all_of(Offer), key=lambda one: one.id)
    return [one.staff_id for one in offers if one.state == "pending"]


async def three_ring(running: RunningScene) -> None:
    """All who are certified are rung for c1; ma, who is not, is ready."""
    plan = {**ANYONE, "crisis": {"ring": 3, "stages": CERTIFIED_FIRST}}
    await running.floor.change(Line, "youth", plan=plan, plan_version=version_of_document(plan))
    for name in ("li", "chen", "wang"):
        await running.floor.counselor(name, staff=TRAINED)
    await running.floor.counselor("ma")
    await running.floor.caller("c1", urgency=Urgency.CRISIS)


async def waits_in_danger(running: RunningScene, call_id: str) -> None:
    await running.floor.caller(call_id, urgency=Urgency.CRISIS)
    await running.floor.announce("call", call_id)


async def hears(running: RunningScene, *wishes: str) -> None:
    """The carrier is asked for so many things, in any order."""
    heard = [await running.carrier.next_wish() for _ in wishes]
    assert sorted(kind for kind, _ in heard) == sorted(wishes)


async def test_a_second_one_in_danger_shares_the_certified_phones_that_ring(
    running: RunningScene,
) -> None:
    await three_ring(running)

    async with running.switchboard():
        await hears(running, "dial", "dial", "dial")
        await waits_in_danger(running, "c2")
        await hears(running, "hang_up", "dial")
        await waits_in_danger(running, "c3")
        await hears(running, "hang_up", "dial")

    rung = await is_offered_to(running)
    assert {call: len(people) for call, people in rung.items()} == {"c1": 1, "c2": 1, "c3": 1}
    assert ["ma"] not in rung.values()


async def test_two_who_are_found_in_danger_at_the_same_time_share_the_certified_phones(
    running: RunningScene,
) -> None:
    await three_ring(running)
    for call_id in ("c2", "c3"):
        await running.floor.caller(call_id, urgency=Urgency.CRISIS)

    async with running.switchboard():
        await hears(running, "dial", "dial", "dial")

    rung = await is_offered_to(running)
    assert {call: len(people) for call, people in rung.items()} == {"c1": 1, "c2": 1, "c3": 1}
    assert ["ma"] not in rung.values()


async def test_the_last_phone_of_one_in_danger_is_never_taken_for_another(
    running: RunningScene,
) -> None:
    await three_ring(running)

    async with running.switchboard():
        await hears(running, "dial", "dial", "dial")
        for call_id, wishes in (("c2", ("hang_up", "dial")), ("c3", ("hang_up", "dial"))):
            await waits_in_danger(running, call_id)
            await hears(running, *wishes)
        await waits_in_danger(running, "c4")
        assert await running.carrier.next_wish() == ("dial", "client:ma")

    assert (await is_offered_to(running))["c4"] == ["ma"]


async def declines(running: RunningScene, staff_id: str) -> None:
    rung = [one for one in await running.floor.all_of(Offer) if one.state == "pending"]
    (offer,) = [one for one in rung if one.staff_id == staff_id]
    async with running.floor.database.work() as work:
        declined, at = OfferState.DECLINED, running.floor.clock.now()
        await refuse_offer(work, offer.call_id, offer.id, declined, at=at, reason="busy")


async def test_the_phone_that_rings_on_after_the_other_refused_is_not_taken(
    running: RunningScene,
) -> None:
    await three_ring(running)
    await running.floor.change(Presence, "wang", state="offline")

    async with running.switchboard():
        await hears(running, "dial", "dial")
        (first, second) = await rung_in_order(running)
        await declines(running, first)
        await hears(running, "hang_up")
        await waits_in_danger(running, "c2")
        assert await running.carrier.next_wish() == ("dial", "client:ma")

    assert await is_offered_to(running) == {"c1": [second], "c2": ["ma"]}


async def test_no_phone_that_rings_in_danger_is_taken_for_a_caller_in_none(
    running: RunningScene,
) -> None:
    await three_ring(running)

    async with running.switchboard():
        await hears(running, "dial", "dial", "dial")
        await running.joins_line("c2")
        assert await running.carrier.next_wish() == ("dial", "client:ma")
        await running.joins_line("c3")
        assert await running.takes_call("li")
        await hears(running, "redirect", "hang_up", "hang_up", "dial")

    assert (await running.floor.presence("li")).call_id == "c1"
