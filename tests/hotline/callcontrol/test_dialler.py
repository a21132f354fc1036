"""The dialler asks until everybody is where they are wanted, and nothing twice."""

import re

import pytest
from sqlmodel import select

from hotline.callcontrol.arrangement import hold_reported
from hotline.callcontrol.consults import set_hold
from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer
from hotline.callcontrol.participants import lock_participant, prove_person
from hotline.callcontrol.talks import caller_left, join_talk
from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, CarrierUnreachable, LegGone
from hotline.storage.tables import Offer, Participant, Presence
from tests.fakes import Fault
from tests.hotline.callcontrol.conftest import BASE, CallControlScene

pytestmark = pytest.mark.anyio

WAY_IN = ("redirect", f"CA-child {BASE}/voice/calls/c1/join?turn=3")
MUSIC = f"call-c1 CA-child {BASE}/voice/calls/c1/music?language=cmn"


def asked(floor: CallControlScene) -> list[tuple[str, str]]:
    """What the carrier was asked, without what makes each address a fresh one."""
    return [(what, re.sub(r"&once=\w+$", "", how)) for what, how in floor.carrier.journal]


async def accepts(floor: CallControlScene) -> None:
    """li takes the call."""
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        call.turn = 3
        li = await lock_participant(work, "p1")
        prove_person(li, Proof.BROWSER)
        assert await accept_offer(work, li, at=floor.clock.now())


async def accepted(floor: CallControlScene) -> None:
    """The moment after li took the call: the child is still to come in."""
    await floor.offered()
    await floor.is_looked_at()
    floor.carrier.journal.clear()
    await accepts(floor)


async def holds(floor: CallControlScene, *, held: bool) -> None:
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        await set_hold(work, call, held=held, at=floor.clock.now(), staff_id="li")


# ── in ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_counselor_is_dialled_once_however_often_it_is_looked_at(
    floor: CallControlScene,
) -> None:
    await floor.offered()

    for _ in range(3):
        await floor.is_looked_at()

    assert floor.carrier.dialled() == ["client:li"]
    assert floor.carrier.legs[0].dial.ring_s == 20
    li = await floor.participant("p1")
    assert (li.state, li.carrier_sid) == ("dialing", "CA1")


async def test_a_counselor_whose_dial_was_begun_by_a_dead_leader_is_not_rung_twice(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await floor.is_looked_at()

    floor.dialler.find_or_dial(await floor.participant("p1"))
    await floor.dialler.jobs.settled()

    assert floor.carrier.dialled() == ["client:li"]
    assert (await floor.participant("p1")).carrier_sid == "CA1"


async def test_a_dial_that_a_dead_leader_never_sent_is_sent_by_the_next(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.fails(Fault(CarrierUnclear()))
    await floor.is_looked_at()

    floor.dialler.find_or_dial(await floor.participant("p1"))
    await floor.dialler.jobs.settled()

    assert floor.carrier.dialled() == ["client:li"]


async def test_an_accepted_caller_is_sent_in_once(floor: CallControlScene) -> None:
    await accepted(floor)

    await floor.at_once(floor.is_looked_at(), floor.is_looked_at())
    await floor.is_looked_at()

    assert asked(floor) == [WAY_IN]


async def test_a_caller_who_is_in_already_is_not_torn_out_again(floor: CallControlScene) -> None:
    await accepted(floor)
    async with floor.database.work() as work:
        assert await join_talk(work, await lock_call(work, "c1"), at=floor.clock.now())

    await floor.is_looked_at()

    assert floor.carrier.journal == []
    caller = await floor.participant(await caller_id(floor))
    assert (caller.state, caller.joined_at) == ("in_talk", floor.clock.now())


async def test_a_caller_who_did_not_come_in_is_sent_again(floor: CallControlScene) -> None:
    await accepted(floor)
    await floor.is_looked_at()

    floor.clock.advance(5)
    await floor.is_looked_at()

    assert asked(floor) == [WAY_IN, WAY_IN]
    assert len(set(floor.carrier.journal)) == 2, "no address is given out twice"


@pytest.mark.parametrize("faults", [(), (CarrierUnclear(),)])
async def test_a_caller_whom_a_throttled_carrier_sends_in_late_has_the_whole_time_to_come_in(
    floor: CallControlScene, faults: tuple[CarrierError, ...]
) -> None:
    await accepted(floor)
    floor.carrier.redirect_faults.extend(faults)
    floor.carrier.redirect_takes_s = 7

    await floor.is_looked_at()
    floor.clock.advance(4)
    await floor.is_looked_at()
    assert asked(floor) == [WAY_IN]
    floor.clock.advance(1)
    await floor.is_looked_at()
    assert asked(floor) == [WAY_IN, WAY_IN]


async def test_a_redirect_that_the_carrier_did_not_take_is_asked_for_at_the_next_look(
    floor: CallControlScene,
) -> None:
    await accepted(floor)
    floor.carrier.redirect_faults.append(CarrierUnreachable())

    await floor.is_looked_at()
    await floor.is_looked_at()

    assert asked(floor) == [WAY_IN, WAY_IN]
    assert len(set(floor.carrier.journal)) == 2, "no address is given out twice"


async def test_a_caller_who_lost_the_counselor_is_sent_in_afresh_by_the_next(
    floor: CallControlScene,
) -> None:
    await accepted(floor)
    await floor.is_looked_at()
    first = await caller_id(floor)
    await floor.change(Participant, first, state="ended", hold_wanted=True, held=True)
    await floor.change(Offer, "o1", state="pending")
    await floor.change(Participant, "p1", state="up")
    async with floor.database.work() as work:
        (await lock_call(work, "c1")).state = CallState.WAITING
    await floor.change(Presence, "li", state="offered")

    await accepts(floor)

    caller = await floor.participant(first)
    assert (caller.state, caller.hold_wanted, caller.held) == ("asked", False, False)
    await floor.is_looked_at()
    assert asked(floor) == [WAY_IN, WAY_IN]
    assert len(set(floor.carrier.journal)) == 2, "no address is given out twice"


async def caller_id(floor: CallControlScene) -> str:
    async with floor.database.work() as work:
        query = select(Participant.id).where(Participant.role == "caller")
        return (await work.exec(query)).one()


# ── hold ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_held_caller_hears_music_until_the_counselor_is_back(
    floor: CallControlScene,
) -> None:
    await floor.talking()

    await holds(floor, held=True)
    await floor.is_looked_at()
    await holds(floor, held=False)
    await floor.is_looked_at()

    assert floor.carrier.journal == [("hold", MUSIC), ("resume", MUSIC)]
    assert not (await floor.participant("caller")).held


async def test_a_held_caller_is_spoken_to_in_their_language(floor: CallControlScene) -> None:
    await floor.talking(language="yue")

    await holds(floor, held=True)
    await floor.is_looked_at()

    ((what, asked),) = floor.carrier.journal
    assert what == "hold"
    assert asked.endswith("/voice/calls/c1/music?language=yue")


FAULTS = {
    "a 500": CarrierUnclear,
    "a time-out": CarrierUnclear,
    "a 429 to the end": CarrierUnreachable,
    "a 400": CarrierRefused,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("held", [True, False], ids=["hold", "resume"])
async def test_what_the_carrier_did_not_carry_out_is_asked_for_until_it_is_so(
    floor: CallControlScene, fault: type[CarrierError], *, held: bool
) -> None:
    await floor.talking()
    await floor.change(Participant, "caller", hold_wanted=not held, held=not held)
    floor.carrier.hold_faults.extend([fault(), fault()])
    await holds(floor, held=held)

    for _ in range(4):
        await floor.is_looked_at()

    word = "hold" if held else "resume"
    assert [what for what, _ in floor.carrier.journal] == [word] * 3
    assert (await floor.participant("caller")).held is held


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_resume_is_asked_for_where_nobody_knows_whether_the_hold_took_effect(
    floor: CallControlScene, fault: type[CarrierError]
) -> None:
    await floor.talking()
    floor.carrier.hold_faults.append(fault())
    await holds(floor, held=True)
    await floor.is_looked_at()
    seen = (await floor.participant("caller")).held

    await holds(floor, held=False)
    await floor.is_looked_at()

    assert seen is None, "nobody knows what the child hears"
    assert [what for what, _ in floor.carrier.journal] == ["hold", "resume"]
    assert (await floor.participant("caller")).held is False


async def test_a_leader_that_dies_in_a_resume_leaves_it_to_the_next(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await floor.change(Participant, "caller", hold_wanted=True, held=True)
    await holds(floor, held=False)
    floor.carrier.hold_gate.clear()
    floor.dialler.make_true(await floor.participant("caller"))
    await floor.carrier.hold_asked.wait()
    await floor.dialler.stop()

    floor.carrier.hold_gate.set()
    await floor.has_a_new_leader()

    assert [what for what, _ in floor.carrier.journal] == ["resume", "resume"]
    assert (await floor.participant("caller")).held is False


async def test_a_hold_that_takes_effect_after_the_resume_is_taken_back(
    floor: CallControlScene,
) -> None:
    await floor.talking()

    async with floor.database.work() as work:
        await hold_reported(work, "caller", held=True)
    await floor.is_looked_at()

    assert floor.carrier.journal == [("resume", MUSIC)]
    assert (await floor.participant("caller")).held is False


async def test_a_resume_pressed_while_the_hold_is_under_way_is_carried_out_after_it(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await holds(floor, held=True)
    floor.carrier.hold_gate.clear()
    floor.dialler.make_true(await floor.participant("caller"))
    await floor.carrier.hold_asked.wait()

    await holds(floor, held=False)
    floor.carrier.hold_gate.set()
    await floor.dialler.jobs.settled()
    await floor.is_looked_at()

    assert [what for what, _ in floor.carrier.journal] == ["hold", "resume"]


# ── out ─────────────────────────────────────────────────────────────────────────────────────────


async def test_when_the_caller_leaves_the_phones_that_ring_are_hung_up(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    await floor.is_looked_at()
    async with floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=floor.clock.now())

    await floor.is_looked_at()

    assert ("hang_up", "CA1") in floor.carrier.journal
    li = await floor.participant("p1")
    assert (li.state, li.ended_as) == ("ended", "completed")


async def test_whom_nobody_has_dialled_yet_is_not_dialled_when_the_caller_leaves(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    async with floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=floor.clock.now())

    await floor.is_looked_at()

    assert floor.carrier.journal == []
    assert (await floor.participant("p1")).ended_as == "canceled"


async def test_a_caller_who_leaves_while_the_dial_is_under_way_has_it_hung_up_after(
    floor: CallControlScene,
) -> None:
    await floor.offered()
    floor.carrier.hold()
    floor.dialler.make_true(await floor.participant("p1"))
    await floor.carrier.asked.wait()
    async with floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=floor.clock.now())

    floor.carrier.gate.set()
    await floor.dialler.jobs.settled()
    await floor.is_looked_at()

    assert floor.carrier.journal == [("dial", "client:li"), ("hang_up", "CA1")]


async def test_a_leg_of_which_nothing_is_ever_heard_is_given_up(floor: CallControlScene) -> None:
    await floor.offered()
    floor.carrier.fails(Fault(CarrierUnclear()))
    await floor.is_looked_at()

    await floor.passes(39)
    waiting = (await floor.participant("p1")).state
    await floor.passes(1)

    li = await floor.participant("p1")
    assert (waiting, li.state, li.ended_as) == ("dialing", "ended", "failed")


async def test_who_has_left_the_talk_already_is_hung_up_though_nothing_can_be_changed(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await floor.change(Participant, "p1", wanted="out", ends_wanted=False)
    floor.carrier.hold_faults.append(LegGone())

    await floor.is_looked_at()
    await floor.is_looked_at()

    assert [what for what, _ in floor.carrier.journal][-1] == "hang_up"
    assert (await floor.participant("p1")).state == "ended"


async def test_old_news_of_a_hold_let_nobody_in_before_the_caller_is_on_hold_again(
    floor: CallControlScene,
) -> None:
    await floor.talking()
    await floor.change(Participant, "caller", hold_wanted=True, held=False, held_for="g1")

    async with floor.database.work() as work:
        await hold_reported(work, "caller", held=True)
    seen = (await floor.participant("caller")).held
    await floor.is_looked_at()

    assert seen is False
    assert [what for what, _ in floor.carrier.journal] == ["hold"]
    assert (await floor.participant("caller")).held is True
