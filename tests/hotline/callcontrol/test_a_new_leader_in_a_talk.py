"""A switchboard dies in the middle of an act: the next one goes on from what stands in the rows."""

import pytest

from hotline.callcontrol.consults import consult, hand_over
from hotline.calls.service import lock_call
from hotline.storage.tables import Participant, Presence, Staff
from tests.fakes import NOON
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio


async def consults(floor: CallControlScene) -> Participant:
    """Li talks with the child and wants chen, whom nobody has dialled yet."""
    chen = Staff(id="chen", username="chen", name="Chen", password_hash="",
                 roles=["counselor"], lines=["youth"])  # fmt: skip
    await floor.add(chen, Presence(staff_id="chen", state="ready", since=NOON, idle_since=NOON))
    await floor.talking()
    async with floor.database.work() as work:
        call = await lock_call(work, "c1")
        await consult(work, call, "chen", at=floor.clock.now(), by="li")
    return await colleague(floor)


async def colleague(floor: CallControlScene) -> Participant:
    async with floor.database.work() as work:
        caller = await work.get_one(Participant, "caller")
        return await work.get_one(Participant, caller.held_for)


def asked(floor: CallControlScene) -> list[str]:
    return [what for what, _ in floor.carrier.journal]


async def test_a_consult_that_nobody_has_begun_is_carried_out_once(
    floor: CallControlScene,
) -> None:
    await consults(floor)

    await floor.has_a_new_leader()
    await floor.has_a_new_leader()

    assert asked(floor).count("hold") == 1
    assert floor.carrier.dialled() == ["client:chen"]


async def test_a_counselor_who_handed_over_is_hung_up_by_the_next_leader(
    floor: CallControlScene,
) -> None:
    chen = await consults(floor)
    await floor.is_looked_at()
    joined = {"state": "in_talk", "joined_at": NOON, "proof": "browser"}
    await floor.change(Participant, chen.id, **joined)
    async with floor.database.work() as work:
        await hand_over(work, await lock_call(work, "c1"), at=floor.clock.now(), by="li")

    for _ in range(3):
        await floor.has_a_new_leader()

    journal = floor.carrier.journal
    ends, hung_up = (
        journal.index(("ends not", "call-c1 CA-li")),
        journal.index(("hang_up", "CA-li")),
    )
    assert ends < hung_up, "the talk of the others must not end with them"
    assert "resume" in asked(floor)
    assert asked(floor).count("hang_up") == 1
