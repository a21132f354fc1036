"""Somebody is owed a call: one for each number and line, however often they were lost."""

from datetime import timedelta

import pytest

from hotline.callbacks.model import Why
from hotline.callbacks.service import owe_callback, owed_to_number
from hotline.errors import Invalid
from hotline.storage.sealed import open_cell
from tests.fakes import NOON
from tests.hotline.callbacks.conftest import OwedScene

pytestmark = pytest.mark.anyio


async def test_who_hung_up_twice_is_owed_one_call_that_accounts_for_both(owed: OwedScene) -> None:
    first, second = await owed.lost("c1"), await owed.lost("c2")

    one = await owed.owe(first, Why.HUNG_UP)
    await owed.owe(second, Why.HUNG_UP)

    assert await owed.causes() == {"c1": one.id, "c2": one.id}


async def test_of_two_reasons_the_heavier_counts_and_the_earlier_time(owed: OwedScene) -> None:
    await owed.owe(await owed.lost("c1", urgency="crisis"), Why.DROPPED)

    owed.clock.advance(600)
    await owed.owe(await owed.lost("c2"), Why.HUNG_UP)

    [callback] = await owed.callbacks()
    assert (callback.why, callback.urgency) == ("dropped", "crisis")
    assert callback.due_at == NOON + timedelta(seconds=60)


async def test_each_withheld_number_is_an_item_of_its_own_that_nothing_dials(
    owed: OwedScene,
) -> None:
    await owed.owe(await owed.lost("c1", from_index=""), Why.HUNG_UP)
    await owed.owe(await owed.lost("c2", from_index="", urgency="crisis"), Why.DROPPED)

    callbacks = await owed.callbacks()

    assert len(callbacks) == 2
    assert [one.try_at for one in callbacks] == [None, None]


async def test_who_asked_keeps_the_place_of_when_they_began_to_wait(owed: OwedScene) -> None:
    call = await owed.lost("c1", outcome="callback_owed")

    callback = await owed.owe(call, Why.ASKED, at=NOON + timedelta(minutes=5))

    assert (callback.place_at, callback.try_at) == (NOON, NOON + timedelta(minutes=5))


async def test_the_number_of_who_wrote_to_us_is_sealed(owed: OwedScene) -> None:
    whom = owed_to_number(owed.vault, "154 0000 0001", line_id="youth", language="cmn")

    async with owed.database.work() as work:
        callback = await owe_callback(work, whom, why=Why.TEXT, at=NOON)

    assert open_cell(owed.vault, callback, "number_sealed") == "154 0000 0001"
    assert "0000" not in callback.number_sealed + callback.from_masked


async def test_nobody_is_owed_a_call_at_what_is_no_number(owed: OwedScene) -> None:
    with pytest.raises(Invalid):
        owed_to_number(owed.vault, "anonymous", line_id="youth", language="cmn")
