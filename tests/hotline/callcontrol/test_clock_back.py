"""The clock is set back: what counts for the living is brought back from the future, in order."""

from datetime import datetime, timedelta

import pytest

from hotline.callcontrol.clock_back import bring_back
from hotline.calls.model import CallState
from hotline.staff.presence import LEASE
from hotline.storage.tables import (
    Call,
    Callback,
    CallbackAttempt,
    CallRecording,
    FollowUp,
    Offer,
    Participant,
    Presence,
)
from tests.fakes import NOON
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def the_call(floor: CallControlScene, key: str) -> Call:
    async with floor.database.work() as work:
        return await work.get_one(Call, key)


async def the_presence(floor: CallControlScene) -> Presence:
    async with floor.database.work() as work:
        return await work.get_one(Presence, "li")


def a_call(key: str, queued_at: datetime) -> Call:
    return Call(
        id=key,
        carrier_sid=f"CA-{key}",
        line_id="youth",
        state="waiting",
        queued_at=queued_at,
        arrived_at=queued_at,
        heard_at=queued_at,
    )


async def test_who_waited_longer_stays_ahead(floor: CallControlScene) -> None:
    moments = {"c1": -5, "c2": 580, "c3": 590, "c4": 590, "c5": 600}
    await floor.add(*(a_call(key, later(seconds)) for key, seconds in moments.items()))

    await bring_back(floor.database, at=NOON)

    calls = [await the_call(floor, key) for key in moments]
    queued = [(call.queued_at, call.id) for call in calls if call.queued_at is not None]
    assert queued == sorted(queued)
    assert queued[0][0] == later(-5)
    assert all(NOON - timedelta(seconds=1) < moment < NOON for moment, _ in queued[1:])
    assert [call.heard_at for call in calls] == [later(-5), NOON, NOON, NOON, NOON]


async def test_what_never_happened_has_not_happened_now(floor: CallControlScene) -> None:
    await floor.add(a_call("c1", later(600)))
    await floor.change(Call, "c1", queued_at=None)
    await floor.change(Presence, "li", since=later(600))

    await bring_back(floor.database, at=NOON)

    call, li = await the_call(floor, "c1"), await the_presence(floor)
    assert (call.queued_at, call.accepted_at, call.joined_at) == (None, None, None)
    assert (li.back_at, li.lease_until, li.crisis_ended_at) == (None, None, None)


async def test_a_small_difference_between_two_machines_is_left_alone(
    floor: CallControlScene,
) -> None:
    await floor.add(a_call("c1", later(0.9)))

    await bring_back(floor.database, at=NOON)

    assert (await the_call(floor, "c1")).queued_at == later(0.9)


async def test_who_did_not_answer_is_set_aside_for_as_long_as_was_left(
    floor: CallControlScene,
) -> None:
    pause = {"since": later(590), "back_at": later(620), "lease_until": later(615)}
    await floor.change(Presence, "li", state="paused", idle_since=later(580), **pause)

    await bring_back(floor.database, at=NOON)

    li = await the_presence(floor)
    assert (li.since, li.back_at, li.idle_since) == (NOON, later(30), NOON)
    assert li.lease_until == NOON + LEASE


async def test_a_phone_rings_for_as_long_as_was_left(floor: CallControlScene) -> None:
    await floor.call(CallState.WAITING)
    await floor.add(
        Offer(id="o1", call_id="c1", staff_id="li", offered_at=later(600), expires_at=later(620))
    )

    await bring_back(floor.database, at=NOON)

    async with floor.database.work() as work:
        offer = await work.get_one(Offer, "o1")
    assert (offer.offered_at, offer.expires_at) == (NOON, later(20))


async def test_a_leg_of_which_nothing_was_heard_is_missed_in_its_time(
    floor: CallControlScene,
) -> None:
    await floor.call(CallState.WAITING)
    await floor.add(
        Participant(
            id="p1",
            call_id="c1",
            staff_id="li",
            role="counselor",
            address="client:li",
            created_at=later(600),
            dialled_at=later(600),
            state="dialing",
        )
    )

    await bring_back(floor.database, at=NOON)

    one = await floor.participant("p1")
    assert one.dialled_at == NOON
    assert (one.sent_at, one.answered_at, one.joined_at, one.ended_at) == (None,) * 4


async def test_a_call_that_is_owed_is_due_as_soon_as_before(floor: CallControlScene) -> None:
    owed = Callback(id="owed", line_id="youth", why="dropped", promised_at=later(600),
                    place_at=later(590), due_at=later(660), try_at=later(608))  # fmt: skip
    await floor.add(owed)

    await bring_back(floor.database, at=NOON)

    async with floor.database.work() as work:
        now = await work.get_one(Callback, "owed")
    assert (now.promised_at, now.due_at, now.try_at) == (NOON, later(60), later(8))
    assert now.place_at == NOON


async def test_a_child_in_danger_is_tried_again_as_soon_as_before(floor: CallControlScene) -> None:
    owed = Callback(id="owed", line_id="youth", why="dropped", urgency="crisis", place_at=NOON,
                    promised_at=NOON, due_at=later(60), try_at=later(86_400 + 120))  # fmt: skip
    made = a_call("out", NOON)
    tried = CallbackAttempt(callback_id="owed", number=1, call_id="out", at=later(86_350),
                            ended_at=later(86_400), ended_as="no_answer")  # fmt: skip
    await floor.add(owed, made, tried)

    await bring_back(floor.database, at=NOON)

    async with floor.database.work() as work:
        now = await work.get_one(Callback, "owed")
        then = await work.get_one(CallbackAttempt, tried.id)
    assert (now.promised_at, now.due_at, now.try_at) == (NOON, later(60), later(120))
    assert (then.at, then.ended_at) == (NOON, NOON)


@pytest.mark.parametrize(
    ("copy_state", "due_s"), [("wanted", 0), ("fetched", 0), ("deleted", 86_400)]
)
async def test_a_sound_is_fetched_as_soon_as_before_and_kept_as_long(
    floor: CallControlScene, copy_state: str, due_s: int
) -> None:
    sound = CallRecording(id="s1", call_id="c1", leg_sid="CA-c1", copy_state=copy_state,
                          wanted="off", state="over", created_at=NOON, due_at=later(86_400),
                          lease_until=later(86_400))  # fmt: skip
    await floor.add(a_call("c1", NOON), sound)

    await bring_back(floor.database, at=NOON)

    async with floor.database.work() as work:
        now = await work.get_one(CallRecording, "s1")
    assert now.due_at == later(due_s)
    assert (now.lease_until is None) == (copy_state != "deleted")


async def test_a_follow_up_is_due_as_long_after_the_present_as_it_was(
    floor: CallControlScene,
) -> None:
    await floor.add(
        a_call("c1", NOON),
        FollowUp(id="f", line_id="youth", call_id="c1", level="high", days=[1], began_at=later(600),
                 due_at=later(86_400 + 600), late_at=later(2 * 86_400 + 600),
                 try_at=later(86_400 + 600)),
    )  # fmt: skip

    await bring_back(floor.database, at=NOON)

    async with floor.database.work() as work:
        now = await work.get_one(FollowUp, "f")
    times = (now.began_at, now.due_at, now.late_at, now.try_at)
    assert times == (NOON, later(86_400), later(2 * 86_400), later(86_400))
