"""Whoever is called back is dialled once, at a number that stands in no row in clear."""

from typing import Any

import pytest

from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer
from hotline.callcontrol.participants import lock_participant, prove_person
from hotline.callcontrol.talks import counselor_lost
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.ports import LegStatus
from hotline.storage.tables import Call, Offer
from tests.fakes import NOON, Fault
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio

CHILD = "+8613800138000"


async def li_is_there(floor: CallControlScene) -> None:
    """Li wants to call the child back, and has come to her own phone."""
    sealed = floor.vault.seal("013800138000", place="call.from.c1")
    values: dict[str, Any] = {"direction": "out", "counselor_id": "li", "from_sealed": sealed}
    await floor.call(CallState.CONNECTING, **values)
    await floor.change(Call, "c1", carrier_sid="not-dialled-c1")
    await floor.rings_li()
    await floor.change(Offer, "o1", kind="call_back")
    await floor.is_looked_at()
    async with floor.database.work() as work:
        await lock_call(work, "c1")
        li = await lock_participant(work, "p1")
        prove_person(li, Proof.BROWSER)
        assert await accept_offer(work, li, at=floor.clock.now())


async def test_the_child_is_dialled_with_the_lines_number_and_written_down_nowhere(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)

    await floor.is_looked_at()

    them = await floor.caller()
    dialled = floor.carrier.legs[-1].dial
    assert floor.carrier.dialled() == ["client:li", CHILD]
    assert (dialled.from_, dialled.ring_s) == ("12355", 30)
    assert (them.state, them.address, them.carrier_sid) == ("dialing", "", "CA2")


async def test_the_child_is_dialled_once_however_often_it_is_looked_at(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)

    for _ in range(3):
        await floor.is_looked_at()
    await floor.passes(10)

    assert floor.carrier.dialled() == ["client:li", CHILD]


async def test_a_child_whom_the_carrier_will_not_dial_is_not_reached(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)
    floor.carrier.fails(Fault(CarrierRefused()))

    await floor.is_looked_at()

    call = await floor.call_now()
    assert (call.state, call.outcome, call.outcome_step) == ("ended", "not_reached", "failed")


async def test_a_dial_of_which_nothing_is_heard_is_given_up_and_never_repeated(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)
    floor.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await floor.is_looked_at()

    await floor.has_a_new_leader()
    await floor.passes(45)

    assert floor.carrier.dialled() == ["client:li", CHILD]
    assert (await floor.call_now()).outcome == "not_reached"


@pytest.mark.parametrize(
    ("after_effect", "list_error", "step"),
    [
        (False, None, "failed"),
        (True, None, "no_answer"),
        (False, CarrierUnreachable(), "no_answer"),
    ],
)
async def test_only_a_phone_that_may_have_rung_counts_as_one(
    floor: CallControlScene, *, after_effect: bool, list_error: Exception | None, step: str
) -> None:
    await li_is_there(floor)
    floor.carrier.fails(Fault(CarrierUnclear(), after_effect=after_effect))
    await floor.is_looked_at()
    floor.carrier.list_error = list_error

    await floor.passes(45)

    assert (await floor.call_now()).outcome_step == step


async def test_a_phone_that_still_rings_is_hung_up_when_the_counselor_is_gone(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)
    await floor.is_looked_at()

    async with floor.database.work() as work:
        await counselor_lost(work, await lock_call(work, "c1"), at=floor.clock.now())
    await floor.is_looked_at()

    assert ("hang_up", "CA2") in floor.carrier.journal
    assert (await floor.caller()).state == "ended"
    assert (await floor.call_now()).outcome_step == "counselor_gone"


async def test_a_ring_of_which_no_end_is_told_is_looked_up(floor: CallControlScene) -> None:
    await li_is_there(floor)
    await floor.is_looked_at()
    floor.carrier.legs[-1].status = LegStatus.NO_ANSWER

    await floor.passes(41)

    call = await floor.call_now()
    assert (call.outcome, call.outcome_step) == ("not_reached", "no_answer")
    assert call.ended_at is not None
    assert call.ended_at > NOON
