"""Today's callers who left the queue: each has somebody who answers for it, or hardly waited."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.callbacks.attempts import account_for_leaving
from hotline.callbacks.queries import LostLedger, count_owed, lost_ledger
from tests.fakes import NOON
from tests.hotline.callbacks.conftest import OwedScene

pytestmark = pytest.mark.anyio


async def leaves(owed: OwedScene, key: str, after_s: float, **values: Any) -> None:
    """Somebody who joined the queue at noon hangs up so many seconds later."""
    at = NOON + timedelta(seconds=after_s)
    call = await owed.lost(key, ended_at=at, **values)
    async with owed.database.work() as work:
        await account_for_leaving(work, call, left="waiting", at=at)


async def ledger(owed: OwedScene) -> LostLedger:
    async with owed.database.work() as work:
        return await lost_ledger(work, ["youth"], at=NOON + timedelta(hours=1))


async def test_everybody_who_left_is_counted_once(owed: OwedScene) -> None:
    await leaves(owed, "waited", 60)
    await leaves(owed, "withheld", 60, from_index="")
    await leaves(owed, "wrong-number", 4)
    await leaves(owed, "in-danger", 4, urgency="crisis", from_index="other")

    told = await ledger(owed)

    assert told == LostLedger(lost=4, with_item=3, withheld=1, reached=0, short=1)
    assert told.balances


async def test_a_caller_without_anybody_is_seen(owed: OwedScene) -> None:
    await owed.lost("forgotten", ended_at=NOON + timedelta(minutes=2))

    assert not (await ledger(owed)).balances


async def test_what_a_line_owes_is_counted_with_what_is_late(owed: OwedScene) -> None:
    await leaves(owed, "waited", 60)
    await leaves(owed, "in-danger", 60, urgency="crisis", from_index="other")

    async with owed.database.work() as work:
        counts = await count_owed(work, ["youth"], at=NOON + timedelta(minutes=10))

    assert (counts["youth"].owed, counts["youth"].overdue, counts["youth"].dropped) == (2, 1, 1)
