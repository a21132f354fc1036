"""The lifecycle of an offer, of a caller and of a consult: what each event leaves behind."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from hotline.callcontrol.joins import Way, let_in
from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer, refuse_offer, withdraw_offer
from hotline.callcontrol.participants import lock_participant, prove_person
from hotline.calls.model import OfferState
from hotline.calls.service import lock_call
from hotline.storage.session import Work
from hotline.storage.tables import Offer, Participant, Presence, Staff
from tests.hotline.callcontrol.conftest import CallControlScene
from tests.lifecycle import Lifecycle, read_lifecycle

pytestmark = pytest.mark.anyio

# Offer and presence of who was rung. `-`: too late, and both as they were.
OF_A_CALLER = read_lifecycle("""
state      accepts           declines         rings_out       fails         is_withdrawn
pending    accepted/talking  declined/paused  expired/paused  failed/ready  withdrawn/ready
accepted   -                 -                -               -             -
declined   -                 -                -               -             -
expired    -                 -                -               -             -
failed     -                 -                -               -             -
withdrawn  -                 -                -               -             -
""")
OF_A_CONSULT = read_lifecycle("""
state      accepts           declines         rings_out       fails         is_withdrawn
pending    accepted/talking  declined/ready   expired/paused  failed/ready  withdrawn/ready
accepted   -                 -                -               -             -
declined   -                 -                -               -             -
expired    -                 -                -               -             -
failed     -                 -                -               -             -
withdrawn  -                 -                -               -             -
""")


async def accepts(work: Work, floor: CallControlScene) -> None:
    call = await lock_call(work, "c1")
    leg = await lock_participant(work, "rung")
    if leg.state != "ended" and leg.wanted == "in":  # as the web looks before
        prove_person(leg, Proof.BROWSER)
        if leg.role == "counselor":
            await accept_offer(work, leg, at=floor.clock.now())
        else:
            assert await let_in(work, call, leg, at=floor.clock.now()) is not Way.WAITS


def refused(state: OfferState) -> Callable[[Work, CallControlScene], Awaitable[None]]:
    async def refuses(work: Work, floor: CallControlScene) -> None:
        await refuse_offer(work, "c1", "o1", state, at=floor.clock.now(), reason="")

    return refuses


async def is_withdrawn(work: Work, floor: CallControlScene) -> None:
    call = await lock_call(work, "c1")
    await withdraw_offer(work, call, "o1", at=floor.clock.now(), reason="")


EVENTS: Mapping[str, Callable[[Work, CallControlScene], Awaitable[None]]] = {
    "accepts": accepts,
    "declines": refused(OfferState.DECLINED),
    "rings_out": refused(OfferState.EXPIRED),
    "fails": refused(OfferState.FAILED),
    "is_withdrawn": is_withdrawn,
}
WAYS = {
    "accepted": "accepts",
    "declined": "declines",
    "expired": "rings_out",
    "failed": "fails",
    "withdrawn": "is_withdrawn",
}


async def caller_rings(floor: CallControlScene) -> None:
    """Li's phone rings for the child."""
    await floor.offered()
    await floor.change(Participant, "p1", state="ringing", carrier_sid="CA-li")
    async with floor.database.work() as work:
        leg = await work.get_one(Participant, "p1")
        fields = leg.model_dump() | {"id": "rung"}
        await work.delete(leg)
        await work.flush()
        work.add(Participant(**fields))


async def colleague_rings(floor: CallControlScene) -> None:
    """Chen's phone rings because li, who talks with the child, wants to consult her."""
    await floor.talking()
    await floor.change(Participant, "caller", hold_wanted=True, held=True, held_for="rung")
    now = floor.clock.now()
    chen = Staff(id="chen", username="chen", name="Chen", password_hash="",
                 roles=["counselor"], lines=["youth"])  # fmt: skip
    await floor.add(
        chen,
        Presence(staff_id="chen", state="offered", since=now, idle_since=now, call_id="c1"),
        Offer(id="o1", call_id="c1", staff_id="chen", kind="consult", offered_at=now,
              expires_at=now.replace(second=20)),
        Participant(id="rung", call_id="c1", offer_id="o1", staff_id="chen", role="colleague",
                    address="client:chen", state="ringing", carrier_sid="CA-chen",
                    created_at=now),
    )  # fmt: skip


async def stands(floor: CallControlScene) -> str:
    """Offer and presence."""
    async with floor.database.work() as work:
        offer = await work.get_one(Offer, "o1")
        presence = await work.get_one(Presence, offer.staff_id)
        return f"{offer.state}/{presence.state}"


async def happens(floor: CallControlScene, event: str) -> None:
    async with floor.database.work() as work:
        await EVENTS[event](work, floor)


@pytest.mark.parametrize("table", [OF_A_CALLER, OF_A_CONSULT])
def test_the_tables_say_for_every_state_what_every_event_does(table: Lifecycle) -> None:
    assert set(table.cells) == {(state, event) for state in OfferState for event in EVENTS}


@pytest.mark.parametrize(("state", "event"), OF_A_CALLER.cells)
async def test_an_offer_of_a_caller(floor: CallControlScene, state: str, event: str) -> None:
    await caller_rings(floor)

    await each_leads_on(floor, state, event, OF_A_CALLER.cells[state, event])


@pytest.mark.parametrize(("state", "event"), OF_A_CONSULT.cells)
async def test_an_offer_of_a_consult(floor: CallControlScene, state: str, event: str) -> None:
    await colleague_rings(floor)

    await each_leads_on(floor, state, event, OF_A_CONSULT.cells[state, event])


async def each_leads_on(floor: CallControlScene, state: str, event: str, then: str) -> None:
    """Bring the offer into the state, let the event happen, and look."""
    if state in WAYS:
        await happens(floor, WAYS[state])
    before = await stands(floor)

    await happens(floor, event)

    assert await stands(floor) == (before if then == "-" else then)


async def test_a_colleague_who_answered_and_could_not_be_let_in_is_not_set_aside(
    floor: CallControlScene,
) -> None:
    await colleague_rings(floor)
    await floor.change(Participant, "caller", held=None)
    await floor.change(Participant, "rung", state="up", proof="browser")

    await floor.passes(20)

    assert await stands(floor) == "withdrawn/ready"
    assert (await floor.participant("caller")).hold_wanted is False
