"""An interpreter is dialled once, and the timeline says what came of it."""

import pytest

from hotline.callcontrol.arrangement import end_talk
from hotline.callcontrol.legs import leg_ended
from hotline.callcontrol.participants import invite_interpreter, lock_participant
from hotline.calls.service import lock_call
from hotline.errors import CarrierRefused, CarrierUnclear
from hotline.ports import LegStatus
from tests.fakes import Fault
from tests.hotline.callcontrol.conftest import HAKKA_INTERPRETER, CallControlScene

pytestmark = pytest.mark.anyio


async def asks(floor: CallControlScene) -> bool:
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        return await invite_interpreter(work, call, at=floor.clock.now(), staff_id="li")


async def asked(floor: CallControlScene) -> str:
    """A talk in Hakka in which li asked for an interpreter. Returns the interpreter's id."""
    await floor.talking(language="hak")
    assert await asks(floor)
    [one] = await floor.interpreters()
    return one.id


async def test_one_is_enough_however_often_it_is_asked_and_looked_at(
    floor: CallControlScene,
) -> None:
    await asked(floor)

    assert await asks(floor)
    for _ in range(3):
        await floor.passes(1)

    assert floor.carrier.dialled() == [HAKKA_INTERPRETER]
    assert floor.carrier.legs[0].dial.ring_s == 30
    assert await floor.kinds() == ["interpreter.asked"]


async def test_a_language_that_nobody_translates_is_told(floor: CallControlScene) -> None:
    await floor.talking(language="nan")

    assert not await asks(floor)

    assert await floor.kinds() == ["interpreter.none"]


async def test_a_dial_the_carrier_refused_is_told(floor: CallControlScene) -> None:
    await asked(floor)
    floor.carrier.fails(Fault(CarrierRefused(13224)))

    await floor.passes(1)

    assert await floor.kinds() == ["interpreter.asked", "interpreter.not_reached"]


async def test_a_dial_of_which_nothing_is_heard_is_given_up_and_never_repeated(
    floor: CallControlScene,
) -> None:
    one = await asked(floor)
    floor.carrier.fails(Fault(CarrierUnclear()))
    await floor.passes(1)
    waiting = (await floor.participant(one)).state

    await floor.passes(40)

    assert (waiting, (await floor.participant(one)).state) == ("dialing", "ended")
    assert await floor.kinds() == ["interpreter.asked", "interpreter.not_reached"]
    assert floor.carrier.journal.count(("dial", HAKKA_INTERPRETER)) == 1


async def test_who_came_in_and_hangs_up_has_left(floor: CallControlScene) -> None:
    one = await asked(floor)
    async with floor.database.work() as work:
        await lock_call(work, "c1")
        leg = await lock_participant(work, one)
        leg.state, leg.joined_at = "in_talk", floor.clock.now()
        await leg_ended(work, leg, status=LegStatus.COMPLETED, at=floor.clock.now())

    assert await floor.kinds() == ["interpreter.asked", "interpreter.left"]


async def test_a_wish_that_was_taken_back_in_time_rings_nowhere(floor: CallControlScene) -> None:
    one = await asked(floor)
    async with floor.database.work() as work:
        await end_talk(work, await lock_call(work, "c1"), at=floor.clock.now())

    await floor.passes(1)

    assert (await floor.participant(one)).ended_as == "canceled"
    assert HAKKA_INTERPRETER not in floor.carrier.dialled()
