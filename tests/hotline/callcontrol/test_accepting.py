"""Somebody answers what they were offered: they talk, whatever they chose while it rang."""

import pytest

from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer
from hotline.callcontrol.participants import lock_participant, prove_person
from hotline.callcontrol.talks import caller_left
from hotline.calls.service import lock_call
from hotline.staff.model import PresenceState
from hotline.staff.presence import choose_presence
from hotline.storage.tables import Presence
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio

CHOICES = [
    ([PresenceState.PAUSED], "wrapping_up"),
    ([PresenceState.OFFLINE], "offline"),
    ([PresenceState.PAUSED, PresenceState.READY], "wrapping_up"),
]


async def li_does(floor: CallControlScene) -> tuple[str, str | None]:
    async with floor.database.work() as work:
        found = await work.get_one(Presence, "li")
    return found.state, found.call_id


@pytest.mark.parametrize(("chosen", "afterwards"), CHOICES)
async def test_who_chose_a_pause_while_it_rang_and_answers_talks_and_is_offered_no_other(
    floor: CallControlScene, chosen: list[PresenceState], afterwards: str
) -> None:
    await floor.offered()
    for state in chosen:
        async with floor.database.work() as work:
            await choose_presence(work, "li", state, at=floor.clock.now())

    async with floor.database.work() as work:
        await lock_call(work, "c1")
        leg = await lock_participant(work, "p1")
        prove_person(leg, Proof.KEY)
        taken = await accept_offer(work, leg, at=floor.clock.now())
    talking = await li_does(floor)
    async with floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=floor.clock.now())

    assert (taken, talking) == (True, ("talking", "c1"))
    assert (await li_does(floor))[0] == afterwards
