"""What the engine proposes becomes offers in one statement, or the rows have the last word."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hotline.callcontrol.participants import NewLeg
from hotline.calls.service import lock_call
from hotline.storage.news import Change
from hotline.storage.tables import Call, CallEntry, Offer, Participant, RoutingEvent, Staff
from hotline.switchboard.claims import Proposal, claim_offers
from hotline.switchboard.leadership import Lead, NoLongerLeading, leadership
from routing.engine import Flag
from routing.recording import Event, KeptDecision, Kind, RecordedEvent
from tests.fakes import NOON
from tests.hotline.locks import somebody_waits_for_a_lock
from tests.hotline.switchboard.conftest import SwitchboardScene, a_proposal

pytestmark = pytest.mark.anyio

TRANSACTIONS = text(
    "select distinct xmin::text from offer union select xmin::text from participant"
    " union select xmin::text from presence union select xmin::text from call_event"
    " union select xmin::text from routing_event"
)
LI_BECAME_READY = RecordedEvent(
    event=Event(at=NOON.timestamp(), kind=Kind.COUNSELOR_READY, subject="li", idle_since=7.0),
    choices=(KeptDecision(call="c1", counselor="li", stage="language"),),
)
TIME_PASSED = RecordedEvent(event=Event(at=NOON.timestamp() + 0.25, kind=Kind.TIME_PASSED))


async def claims(
    floor: SwitchboardScene, lead: Lead, *proposals: Proposal, records: Any = ()
) -> list[NewLeg]:
    """The leader's statement, at the clock's time."""
    return await claim_offers(lead, proposals, records, at=floor.clock.now())


async def nothing_was_offered(floor: SwitchboardScene) -> bool:
    """No row of any kind says that somebody is to be rung."""
    return [row for table in (Offer, Participant, CallEntry)
                  for row in await floor.all_of(table)] == []  # fmt: skip


@pytest.fixture
async def one_each(floor: SwitchboardScene) -> SwitchboardScene:
    """c1 waits and li is ready."""
    await floor.counselor("li", missed=2, reason="back", back_at=NOON)
    await floor.caller("c1")
    return floor


# ── an offer ────────────────────────────────────────────────────────────────────────────────────


async def test_an_offer_says_who_is_asked_why_and_how_long_it_rings(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    why = {"waited_s": 7.5, "candidates": [{"counselor": "li", "order": 1}]}
    proposal = a_proposal(stage="anyone", ring_s=35.0, interpreter=True, facts=why)

    await claims(one_each, lead, proposal)

    (offer,) = await one_each.all_of(Offer)
    assert (offer.call_id, offer.staff_id, offer.state) == ("c1", "li", "pending")
    assert (offer.stage, offer.interpreter, offer.facts) == ("anyone", True, why)
    assert (offer.offered_at, offer.expires_at) == (NOON, NOON + timedelta(seconds=35))
    assert offer.epoch == lead.epoch


async def test_the_counselor_is_asked_in_and_the_leg_is_handed_back_to_be_dialled(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    legs = await claims(one_each, lead, a_proposal())

    (offer,) = await one_each.all_of(Offer)
    (asked,) = await one_each.all_of(Participant)
    assert (asked.role, asked.state, asked.wanted) == ("counselor", "asked", "in")
    assert (asked.call_id, asked.staff_id, asked.offer_id) == ("c1", "li", offer.id)
    assert legs == [NewLeg(asked.id, "c1", "li")]


async def test_the_counselor_is_no_longer_free_for_others(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    now = one_each.clock.advance(3)

    await claims(one_each, lead, a_proposal())

    li = await one_each.presence()
    assert (li.state, li.call_id, li.since) == ("offered", "c1", now)
    assert (li.reason, li.back_at, li.cut_short_call_id) == ("", None, None)
    assert li.missed == 2


async def test_the_timeline_tells_of_the_offer(one_each: SwitchboardScene, lead: Lead) -> None:
    await claims(one_each, lead, a_proposal())

    (offer,) = await one_each.all_of(Offer)
    (entry,) = await one_each.all_of(CallEntry)
    assert (entry.call_id, entry.kind, entry.staff_id) == ("c1", "offer.made", "li")
    assert entry.facts == {"offer": offer.id, "stage": "language", "waited_s": 7.5}
    assert entry.at == NOON


async def test_everybody_who_watches_the_caller_or_the_counselor_is_told(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await one_each.heard()

    await claims(one_each, lead, a_proposal())

    assert set(await one_each.heard()) == {Change("call", "c1"), Change("presence", "li")}


async def test_what_the_engine_was_told_is_kept_in_its_order(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await claims(one_each, lead, a_proposal(), records=[LI_BECAME_READY, TIME_PASSED])

    first, second = await one_each.all_of(RoutingEvent)
    assert (first.kind, first.subject, first.facts) == ("counselor.ready", "li", {"idle_since": 7})
    assert first.decisions == [{"call": "c1", "counselor": "li", "stage": "language"}]
    assert (second.kind, second.at_s) == ("time.passed", NOON.timestamp() + 0.25)
    assert second.decisions == []
    assert first.epoch == second.epoch == lead.epoch


async def test_all_of_it_is_written_at_once_or_not_at_all(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await claims(one_each, lead, a_proposal(), records=[LI_BECAME_READY])

    async with one_each.database.work() as work:
        assert len((await work.sql(TRANSACTIONS, {})).all()) == 1


async def test_what_was_told_is_kept_also_where_nothing_was_decided(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    assert await claims(one_each, lead, records=[TIME_PASSED]) == []

    assert [one.kind for one in await one_each.all_of(RoutingEvent)] == ["time.passed"]


@pytest.mark.parametrize(
    ("answers_on", "address"), [("browser", "client:li"), ("own_phone", "15400000001")]
)
async def test_a_counselor_is_rung_where_they_answer(
    one_each: SwitchboardScene, lead: Lead, answers_on: str, address: str
) -> None:
    await one_each.change(Staff, "li", answers_on=answers_on, own_phone="15400000001")

    await claims(one_each, lead, a_proposal())

    (asked,) = await one_each.all_of(Participant)
    assert asked.address == address


async def test_a_crisis_rings_several_who_each_have_an_offer(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await one_each.counselor("wang")

    legs = await claims(one_each, lead, a_proposal(), a_proposal(staff_id="wang"))

    assert {(leg.call_id, leg.staff_id) for leg in legs} == {("c1", "li"), ("c1", "wang")}
    assert [one.state for one in await one_each.all_of(Offer)] == ["pending", "pending"]


# ── a wrap-up that is cut short ─────────────────────────────────────────────────────────────────


async def test_a_wrap_up_that_is_cut_short_is_kept_in_mind(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await floor.caller("before", state="ended", ended_at=NOON, outcome="talked")
    await floor.counselor("li", "wrapping_up", call_id="before")
    await floor.caller("c1", urgency="crisis")

    legs = await claims(floor, lead, a_proposal(flag=Flag.WRAP_UP))

    li = await floor.presence()
    assert [leg.staff_id for leg in legs] == ["li"]
    assert (li.state, li.call_id, li.cut_short_call_id) == ("offered", "c1", "before")


@pytest.mark.parametrize(
    ("decided_as", "is_now"), [(Flag.READY, "wrapping_up"), (Flag.WRAP_UP, "ready")]
)
async def test_who_stands_otherwise_than_was_decided_is_not_rung(
    floor: SwitchboardScene, lead: Lead, decided_as: Flag, is_now: str
) -> None:
    await floor.counselor("li", is_now)
    await floor.caller("c1")

    assert await claims(floor, lead, a_proposal(flag=decided_as)) == []

    assert (await floor.presence()).state == is_now
    assert await nothing_was_offered(floor)


# ── the world moved on ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["flow", "connecting", "talking", "message", "closing", "ended"])
async def test_a_caller_who_does_not_wait_any_more_is_offered_to_nobody(
    one_each: SwitchboardScene, lead: Lead, state: str
) -> None:
    await one_each.change(Call, "c1", state=state)

    assert await claims(one_each, lead, a_proposal(), records=[LI_BECAME_READY]) == []

    assert (await one_each.presence()).state == "ready"
    assert await nothing_was_offered(one_each)
    assert len(await one_each.all_of(RoutingEvent)) == 1, "the engine was told all the same"


@pytest.mark.parametrize("state", ["offline", "paused", "offered", "talking"])
async def test_a_counselor_who_cannot_take_a_call_any_more_is_not_rung(
    floor: SwitchboardScene, lead: Lead, state: str
) -> None:
    await floor.counselor("li", state)
    await floor.caller("c1")
    await floor.heard()

    assert await claims(floor, lead, a_proposal()) == []

    assert (await floor.presence()).state == state
    assert await nothing_was_offered(floor)
    assert await floor.heard() == []


async def test_one_who_left_takes_nothing_from_another_who_is_still_there(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await one_each.counselor("wang", "paused")
    await one_each.caller("c2")

    legs = await claims(one_each, lead, a_proposal("c2", "wang"), a_proposal("c1", "li"))

    assert [(leg.call_id, leg.staff_id) for leg in legs] == [("c1", "li")]


async def test_the_same_proposal_again_makes_no_second_offer(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await claims(one_each, lead, a_proposal())

    assert await claims(one_each, lead, a_proposal()) == []

    assert len(await one_each.all_of(Offer)) == 1
    assert len(await one_each.all_of(CallEntry)) == 1


async def test_a_counselor_who_is_meant_for_two_callers_is_rung_for_the_first(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await one_each.caller("a-later-one")

    legs = await claims(one_each, lead, a_proposal("c1"), a_proposal("a-later-one"))

    assert [(leg.call_id, leg.staff_id) for leg in legs] == [("c1", "li")]
    assert [one.call_id for one in await one_each.all_of(Offer)] == ["c1"]
    assert (await one_each.presence()).call_id == "c1"


async def test_a_caller_who_hangs_up_at_this_very_moment_is_offered_to_nobody(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    async with one_each.database.work() as work:
        call = await lock_call(work, "c1")
        claim = asyncio.create_task(claims(one_each, lead, a_proposal()))
        await somebody_waits_for_a_lock(one_each.database)
        call.state = "ended"

    assert await claim == []
    assert (await one_each.presence()).state == "ready"
    assert await nothing_was_offered(one_each)


# ── who leads ───────────────────────────────────────────────────────────────────────────────────


async def test_a_leader_that_was_replaced_is_refused_and_writes_nothing(
    one_each: SwitchboardScene, lead: Lead
) -> None:
    await lead.connection.close()
    await one_each.heard()

    async with leadership(one_each.database):
        with pytest.raises(NoLongerLeading):
            await claims(one_each, lead, a_proposal(), records=[LI_BECAME_READY])

    assert (await one_each.presence()).state == "ready"
    assert await nothing_was_offered(one_each)
    assert await one_each.all_of(RoutingEvent) == []
    assert await one_each.heard() == []
