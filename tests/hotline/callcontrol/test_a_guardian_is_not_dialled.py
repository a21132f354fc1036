"""A guardian who is suspected of the harm is dialled in no way, and answered in every."""

import pytest

from hotline.callcontrol.consults import Guest, invite_guest
from hotline.calls.service import lock_call
from hotline.errors import GuardianIsBlocked
from hotline.storage.tables import Call, GuardianBlock, Participant
from tests.fakes import NOON
from tests.hotline.callcontrol.conftest import CallControlScene
from tests.hotline.callcontrol.test_calling_back import CHILD, li_is_there
from tests.hotline.handovers.rows import suspected

pytestmark = pytest.mark.anyio

HOME = "13800138111"


async def test_a_mark_that_comes_while_the_counselors_own_phone_rings_stops_the_dial(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)
    await floor.change(Call, "c1", from_index="home")
    await floor.add(*suspected("youth", "home", at=NOON))

    await floor.is_looked_at()
    await floor.passes(10)

    assert floor.carrier.dialled() == ["client:li"]
    call = await floor.call_now()
    assert (call.state, call.outcome, call.outcome_step) == ("ended", "not_reached", "failed")


async def test_a_mark_that_was_lifted_or_is_of_another_number_stops_nothing(
    floor: CallControlScene,
) -> None:
    await li_is_there(floor)
    await floor.change(Call, "c1", from_index="home")
    await floor.add(*suspected("youth", "home", at=NOON))
    await floor.change(GuardianBlock, "block", lifted_at=NOON)

    await floor.is_looked_at()

    assert floor.carrier.dialled() == ["client:li", CHILD]


async def invited(floor: CallControlScene, number: str) -> None:
    guest = Guest(number, consent=True)
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        await invite_guest(work, floor.vault, call, guest, at=floor.clock.now(), by="li")


async def test_a_guardian_is_not_asked_into_a_talk_also_with_the_childs_consent(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await floor.add(*suspected("youth", floor.vault.index(f"+86{HOME}"), at=NOON))

    with pytest.raises(GuardianIsBlocked) as fault:
        await invited(floor, HOME)
    assert HOME not in fault.value.public
    await invited(floor, "13800138222")
    await floor.is_looked_at()
    assert floor.carrier.dialled() == ["+8613800138222"]


async def test_a_guest_who_is_marked_before_the_dial_is_not_dialled_and_the_caller_is_back(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await invited(floor, HOME)
    await floor.add(*suspected("youth", floor.vault.index(f"+86{HOME}"), at=NOON))

    await floor.change(Participant, "caller", held=True)
    await floor.is_looked_at()

    assert floor.carrier.dialled() == []
    assert "guest.not_reached" in await floor.kinds()
    assert HOME not in str([one.address for one in await floor.all(Participant)])


async def test_a_child_who_calls_from_the_guardians_phone_is_put_through(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    await floor.change(Call, "c1", from_index="home")
    await floor.add(*suspected("youth", "home", at=NOON))

    await floor.is_looked_at()

    assert floor.carrier.dialled() == ["client:li"]
