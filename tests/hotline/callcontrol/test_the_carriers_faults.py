"""What the carrier fails to do is never charged to a counselor, and costs the child seconds."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.callcontrol.legs import leg_ended
from hotline.callcontrol.participants import keep_sid, lock_participant
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.ports import LegStatus
from hotline.storage.tables import Call, CallEntry, Offer, Participant, Presence
from hotline.switchboard.mirror import read_rows
from tests.fakes import NOON, Fault
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio

FAULTS = {
    "a 503": CarrierUnclear(),
    "a time-out": CarrierUnclear(),
    "a 429 to the end": CarrierUnreachable(),
    "a 400": CarrierRefused(21210),
}


async def get(floor: CallControlScene, table: type[Any], key: str) -> Any:
    """A row as it is now."""
    async with floor.database.work() as work:
        return await work.get_one(table, key)


async def is_offered_again(floor: CallControlScene, n: int) -> None:
    """The next offer of the same call to li."""
    now = floor.clock.now()
    await floor.add(
        Offer(id=f"o{n}", call_id="c1", staff_id="li", offered_at=now,
              expires_at=now + timedelta(seconds=20)),
        Participant(id=f"p{n}", call_id="c1", offer_id=f"o{n}", staff_id="li", role="counselor",
                    address="client:li", created_at=now),
    )  # fmt: skip
    await floor.change(Presence, "li", state="offered", call_id="c1", back_at=None)


@pytest.mark.parametrize("error", FAULTS.values(), ids=FAULTS)
async def test_a_dial_that_the_carrier_fails_is_charged_to_nobody(
    floor: CallControlScene, error: Exception
) -> None:
    await floor.offered()
    floor.carrier.fails(Fault(error))

    await floor.is_looked_at()

    offer, li = await get(floor, Offer, "o1"), await get(floor, Presence, "li")
    assert (offer.state, offer.reason) == ("failed", "carrier_refused")
    assert (li.state, li.missed, li.idle_since) == ("ready", 0, NOON)
    assert (await floor.call_now()).state == CallState.WAITING
    async with floor.database.work() as work:
        query = select(CallEntry.facts).where(CallEntry.kind == "offer.failed")
        assert (await work.exec(query)).all() == [{"why": "carrier_refused"}]


async def test_after_a_fault_others_are_tried_first_and_the_same_phone_two_seconds_later(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.fails(Fault(CarrierUnclear()))
    await floor.is_looked_at()
    left_out = await get(floor, Presence, "li")

    await floor.passes(2)

    again = await get(floor, Presence, "li")
    assert (left_out.reason, left_out.back_at) == ("carrier_refused", NOON + timedelta(seconds=2))
    assert (again.state, again.reason, again.back_at) == ("ready", "", None)
    async with floor.database.work() as work:
        assert "c1" in (await read_rows(work)).calls, "the child is offered again"


async def test_while_the_carrier_goes_on_failing_the_pauses_grow_and_nobody_is_sent_off_duty(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    pauses = []

    for n in range(2, 8):
        floor.carrier.fails(Fault(CarrierUnclear()))
        await floor.is_looked_at()
        li = await get(floor, Presence, "li")
        pauses.append((li.back_at - floor.clock.now()).total_seconds())
        await is_offered_again(floor, n)

    assert pauses == [2, 4, 8, 8, 8, 8]
    assert (li.state, li.missed) == ("ready", 0)


async def test_an_offer_whose_phone_never_rang_runs_out_at_the_carriers_cost(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    await floor.is_looked_at()

    await floor.passes(20)

    offer, li = await get(floor, Offer, "o1"), await get(floor, Presence, "li")
    assert (offer.state, offer.reason) == ("failed", "carrier_refused")
    assert (li.state, li.missed) == ("ready", 0)


async def test_an_offer_whose_phone_rang_and_rang_is_set_aside_as_ever(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    await floor.is_looked_at()
    await floor.change(Participant, "p1", state="ringing")

    await floor.passes(20)

    offer, li = await get(floor, Offer, "o1"), await get(floor, Presence, "li")
    assert (offer.state, offer.reason) == ("expired", "no_answer")
    assert (li.state, li.missed) == ("paused", 1)


async def test_a_phone_that_the_carrier_took_its_time_to_dial_rings_as_long_as_any(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.hold()
    floor.dialler.make_true(await floor.participant("p1"))
    await floor.carrier.asked.wait()

    floor.clock.advance(12)
    floor.carrier.gate.set()
    await floor.dialler.jobs.settled()

    assert (await get(floor, Offer, "o1")).expires_at == NOON + timedelta(seconds=32)


async def test_a_phone_that_rings_although_the_answer_was_lost_keeps_its_offer(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.hold()
    floor.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    floor.dialler.make_true(await floor.participant("p1"))
    await floor.carrier.asked.wait()
    async with floor.database.work() as work:
        await keep_sid(work, "p1", "CA1")

    floor.carrier.gate.set()
    await floor.dialler.jobs.settled()

    assert (await get(floor, Offer, "o1")).state == "pending"


async def test_a_phone_that_begins_to_ring_after_its_offer_was_given_up_is_hung_up(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await floor.is_looked_at()
    async with floor.database.work() as work:
        await keep_sid(work, "p1", "CA1")

    await floor.is_looked_at()

    assert floor.carrier.journal[-1] == ("hang_up", "CA1")


async def test_a_counselor_called_out_of_the_record_goes_on_with_it_when_the_dial_fails(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    await floor.add(Call(id="c0", carrier_sid="CA-before", line_id="youth", state="ended",
                         arrived_at=NOON, heard_at=NOON))  # fmt: skip
    await floor.change(Presence, "li", cut_short_call_id="c0")
    floor.carrier.fails(Fault(CarrierRefused(21210)))

    await floor.is_looked_at()
    at_once = await get(floor, Presence, "li")
    await floor.passes(2)

    li = await get(floor, Presence, "li")
    assert (at_once.state, at_once.call_id) == ("wrapping_up", "c0")
    assert at_once.back_at == NOON + timedelta(seconds=2), "nobody is rung once a moment"
    assert (li.state, li.call_id, li.back_at) == ("wrapping_up", "c0", None)


async def is_dialled(floor: CallControlScene) -> None:
    await floor.offered()
    await floor.is_looked_at()


async def ends_busy(floor: CallControlScene) -> Any:
    """Li's phone is busy before it rang. What became of the offer."""
    async with floor.database.work() as work:
        await lock_call(work, "c1")
        leg = await lock_participant(work, "p1")
        await leg_ended(work, leg, status=LegStatus.BUSY, at=floor.clock.now())
    return await get(floor, Offer, "o1")


async def test_a_softphone_that_is_busy_before_it_rang_was_declined(
    floor: CallControlScene,
) -> None:
    await is_dialled(floor)

    offer = await ends_busy(floor)

    assert (offer.state, offer.reason) == ("declined", "busy")


async def had_a_leg(floor: CallControlScene, **values: Any) -> None:
    """Of a talk before, at the same phone."""
    await floor.add(
        Call(id="c0", carrier_sid="CA-0", line_id="youth", state="ended", arrived_at=NOON,
             heard_at=NOON),
        Participant(id="p0", call_id="c0", role="counselor", staff_id="li", address="client:li",
                    wanted="out", carrier_sid="CA-old", created_at=NOON, **values),
    )  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        {"state": "in_talk"},
        {"state": "ended", "ended_at": NOON + timedelta(seconds=1)},  # heard of since
        {"state": "ended", "ended_at": NOON - timedelta(seconds=4)},  # the carrier may be later
    ],
)
async def test_a_phone_that_a_leg_of_ours_still_keeps_busy_is_charged_to_nobody(
    floor: CallControlScene, before: dict[str, Any]
) -> None:
    await is_dialled(floor)
    await had_a_leg(floor, **before)

    offer = await ends_busy(floor)

    assert offer.state == "failed"
    assert (await get(floor, Presence, "li")).missed == 0


async def test_a_talk_that_was_over_for_long_makes_no_phone_busy(floor: CallControlScene) -> None:
    await is_dialled(floor)
    await had_a_leg(floor, state="ended", ended_at=NOON - timedelta(seconds=6))

    offer = await ends_busy(floor)

    assert (offer.state, offer.reason) == ("declined", "busy")
