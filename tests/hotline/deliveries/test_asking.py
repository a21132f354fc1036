"""A delivery is asked for once, and may be taken back before it is sent."""

import asyncio

import pytest
from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from hotline.deliveries.model import Channel, DeliveryEvent, DeliveryState
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    lock_delivery,
    move_delivery,
    withdraw_deliveries,
)
from hotline.errors import NotFound
from hotline.storage.tables import Delivery, Line
from tests.fakes import NOON
from tests.hotline.counting import counted_statements
from tests.hotline.deliveries.conftest import OTHER_PHONE, PHONE, SHOWN, DeliveryScene

pytestmark = pytest.mark.anyio

WANTED = NewDelivery(purpose="test", key="key-1", address=PHONE, sender=SHOWN)


async def test_what_is_asked_for_is_due_at_once(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()

    delivery = await scene.delivery(delivery_id)
    assert (delivery.address, delivery.sender, delivery.purpose) == (PHONE, SHOWN, "test")
    assert (delivery.channel, delivery.state, delivery.tries) == ("phone", "pending", 0)
    assert delivery.due_at == delivery.created_at == scene.clock.now()


async def test_what_is_asked_for_twice_is_made_once(scene: DeliveryScene) -> None:
    await scene.asks("key-1")

    async with scene.database.work() as work:
        again = await ask_for_delivery(work, WANTED, at=scene.clock.now())

    assert again is None
    assert len(await scene.deliveries()) == 1


async def test_what_is_asked_for_many_times_at_once_is_made_once(scene: DeliveryScene) -> None:
    async def ask() -> str | None:
        async with scene.database.work() as work:
            return await ask_for_delivery(work, WANTED, at=scene.clock.now())

    made = await asyncio.gather(*(ask() for _ in range(8)))

    assert len([each for each in made if each is not None]) == 1
    assert len(await scene.deliveries()) == 1


async def test_asking_is_one_statement_and_writes_nothing_else_before_its_time(
    scene: DeliveryScene,
) -> None:
    async with scene.database.work() as work:
        work.add(Line(id="waits", name="", name_en="", number_shown=""))
        with counted_statements(scene.database) as statements:
            await ask_for_delivery(work, WANTED, at=scene.clock.now())

    assert len(statements) == 1


async def test_an_address_may_be_read_in_the_statement_that_writes_it(
    scene: DeliveryScene,
) -> None:
    async with scene.database.work() as work:
        work.add(Line(id="12355", name="", name_en="", number_shown="12355", duty_phone=PHONE))

    shown, phone = (
        select(column).where(Line.id == "12355").scalar_subquery()
        for column in (Line.number_shown, Line.duty_phone)
    )
    delivery_id = await scene.asks(address=phone, sender=shown)

    delivery = await scene.delivery(delivery_id)
    assert (delivery.address, delivery.sender) == (PHONE, "12355")


async def test_an_address_that_does_not_exist_is_refused(scene: DeliveryScene) -> None:
    nowhere = select(Line.duty_phone).where(Line.id == "none").scalar_subquery()

    with pytest.raises(IntegrityError):
        await scene.asks(address=nowhere)


async def test_what_was_withdrawn_before_it_was_sent_is_not_sent(scene: DeliveryScene) -> None:
    kept, taken_back = await scene.asks("key-1", address=OTHER_PHONE), await scene.asks("key-2")

    await withdraws(scene, col(Delivery.id) == taken_back)
    await scene.sends()

    assert scene.carrier.dialled() == [OTHER_PHONE]
    withdrawn = await scene.delivery(taken_back)
    assert (withdrawn.state, withdrawn.ended_at) == ("superseded", scene.clock.now())
    assert (await scene.delivery(kept)).state == DeliveryState.SUBMITTED


@pytest.mark.parametrize("state", ["submitting", "submitted", "answered", "acknowledged", "dead"])
async def test_what_may_ring_already_is_not_withdrawn_behind_its_back(
    scene: DeliveryScene, state: str
) -> None:
    delivery_id = await scene.asks()
    await scene.change(delivery_id, state=state)

    await withdraws(scene, col(Delivery.id) == delivery_id)

    assert (await scene.delivery(delivery_id)).state == state


async def withdraws(scene: DeliveryScene, which: ColumnElement[bool]) -> None:
    async with scene.database.work() as work:
        ids = select(Delivery.id).where(which)
        await withdraw_deliveries(work, ids, at=scene.clock.now())


async def test_whoever_holds_a_delivery_sees_that_it_was_withdrawn(scene: DeliveryScene) -> None:
    delivery_id = await scene.asks()

    async with scene.database.work() as work:
        held = await lock_delivery(work, delivery_id)
        ids = select(Delivery.id).where(Delivery.id == delivery_id)
        await withdraw_deliveries(work, ids, at=scene.clock.now())

        assert held.state == DeliveryState.SUPERSEDED


async def test_a_delivery_that_does_not_exist_cannot_be_held(scene: DeliveryScene) -> None:
    async with scene.database.work() as work:
        with pytest.raises(NotFound):
            await lock_delivery(work, "none")


def test_a_move_says_when_it_ended_and_why(delivery: Delivery) -> None:
    at = delivery.created_at

    assert move_delivery(delivery, DeliveryEvent.FAILED, at=at, why="busy")

    ended = (delivery.state, delivery.ended_at, delivery.last_error)
    assert ended == ("failed", at, "busy")


def test_a_move_that_comes_too_late_changes_nothing(delivery: Delivery) -> None:
    at = delivery.created_at
    move_delivery(delivery, DeliveryEvent.FAILED, at=at, why="busy")

    assert not move_delivery(delivery, DeliveryEvent.ANSWERED, at=at, why="late")

    assert (delivery.state, delivery.last_error) == ("failed", "busy")


def test_a_move_without_a_reason_leaves_the_last_one(delivery: Delivery) -> None:
    at = delivery.created_at
    move_delivery(delivery, DeliveryEvent.CLAIMED, at=at)
    move_delivery(delivery, DeliveryEvent.NOT_TAKEN, at=at, why="unreachable")

    move_delivery(delivery, DeliveryEvent.CLAIMED, at=at)

    assert (delivery.last_error, delivery.ended_at) == ("unreachable", None)


@pytest.fixture
def delivery() -> Delivery:
    """One that no row stands behind."""
    return Delivery(
        channel=Channel.PHONE,
        purpose="test",
        address=PHONE,
        sender=SHOWN,
        dedupe_key="",
        due_at=NOON,
        created_at=NOON,
    )


@pytest.mark.parametrize("state", DeliveryState)
async def test_the_database_knows_every_state(scene: DeliveryScene, state: str) -> None:
    delivery_id = await scene.asks()

    await scene.change(delivery_id, state=state)

    assert (await scene.delivery(delivery_id)).state == state


@pytest.mark.parametrize(("column", "word"), [("state", "leased"), ("channel", "pigeon")])
async def test_the_database_refuses_a_word_it_does_not_know(
    scene: DeliveryScene, column: str, word: str
) -> None:
    delivery_id = await scene.asks()

    with pytest.raises(IntegrityError):
        await scene.change(delivery_id, **{column: word})
