"""Callers are counted in the quarter hour in which they came to the queue, where they called."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from hotline.forecasting.queries import arrivals
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line
from tests.hotline.counting import counted_statements
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio

EIGHT = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)  # in the evening
MINUTE = timedelta(minutes=1)


class Arriving(StoredScene):
    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers: Iterator[int] = count(1)

    async def call(self, at: datetime, **values: Any) -> None:
        number = next(self._numbers)
        facts = {"line_id": "youth", "state": "ended", "queued_at": at, **values}
        row = Call(id=f"c{number}", carrier_sid=f"CA{number}", arrived_at=at, heard_at=at, **facts)
        await self.add(row)

    async def came(self, line: str = "youth") -> dict[datetime, int]:
        async with self.database.work() as work:
            since, until = EIGHT - timedelta(hours=2), EIGHT + timedelta(hours=2)
            return await arrivals(work, line, since=since, until=until)


@pytest.fixture
async def arriving(database: Database) -> Arriving:
    scene = Arriving(database)
    await scene.add(
        Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
        Line(id="women", name="妇女", name_en="Women", number_shown="12338"),
    )
    return scene


async def test_callers_of_one_quarter_hour_are_counted_together(arriving: Arriving) -> None:
    for minutes in (0, 14, 15, 44):
        await arriving.call(EIGHT + minutes * MINUTE)

    assert await arriving.came() == {
        EIGHT: 2,
        EIGHT + 15 * MINUTE: 1,
        EIGHT + 30 * MINUTE: 1,
    }


async def test_only_who_called_us_and_reached_the_queue_of_this_line_counts(
    arriving: Arriving,
) -> None:
    await arriving.call(EIGHT, line_id="women")
    await arriving.call(EIGHT, direction="out")
    await arriving.call(EIGHT, queued_at=None)
    await arriving.call(EIGHT - timedelta(hours=3))
    await arriving.call(EIGHT + timedelta(hours=2))

    assert await arriving.came() == {}


async def test_a_caller_counts_where_they_called_and_not_where_they_were_handed_to(
    arriving: Arriving,
) -> None:
    await arriving.call(EIGHT, line_id="women", overflowed_from="youth")

    assert await arriving.came("youth") == {EIGHT: 1}
    assert await arriving.came("women") == {}


async def test_a_caller_who_came_back_from_another_line_counts_once(arriving: Arriving) -> None:
    await arriving.call(EIGHT, line_id="youth", overflowed_from="youth")

    assert await arriving.came() == {EIGHT: 1}


async def test_it_is_one_statement_however_many_called(arriving: Arriving) -> None:
    for minutes in range(8):
        await arriving.call(EIGHT + 10 * minutes * MINUTE)

    with counted_statements(arriving.database) as statements:
        came = await arriving.came()

    assert sum(came.values()) == 8
    assert len(statements) == 1
