"""Which scripts and places fit a call: read from the rows."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.i18n.catalog import HERE, speaking
from hotline.i18n.material_words import DAYS, hours_in_words
from hotline.materials.queries import places_for, scripts_for
from hotline.storage.session import Database
from hotline.storage.tables import ReferralPlace, Script
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene

pytestmark = pytest.mark.anyio
EVENING = [{"days": list(DAYS), "from": "20:00", "to": "02:00"}]


class MaterialsScene(StoredScene):
    """A database with materials."""

    def __init__(self, database: Database) -> None:
        self.database = database


def script(key: str, position: int = 10, **values: Any) -> Script:
    return Script(id=key, position=position, kind="talk", **values)


async def test_those_for_danger_then_the_topic_then_all_others_in_their_order(
    database: Database,
) -> None:
    await MaterialsScene(database).add(
        script("later", 30),
        script("first", 10),
        script("topic", 40, topics=["study"]),
        script("danger", 50, fits="danger"),
        script("line", 60, lines=["youth"]),
        script("other", 1, lines=["legal"]),
    )

    async with database.work() as work:
        calm = await scripts_for(work, "youth", ["study"], in_danger=False)
        danger = await scripts_for(work, "youth", ["study"], in_danger=True)

    assert [one.script.id for one in calm] == ["topic", "first", "later", "danger", "line"]
    assert [one.script.id for one in danger] == ["danger", "topic", "first", "later", "line"]
    assert [one.script.id for one in danger if one.fits] == ["danger", "topic"]


async def test_hours_past_midnight_are_open_until_they_end(
    database: Database, clock: FakeClock
) -> None:
    place = ReferralPlace(id="night", position=1, number="110", hours=EVENING)
    await MaterialsScene(database).add(place)
    midnight = clock.now().astimezone(HERE).replace(hour=0, minute=0)

    async with database.work() as work:
        opens = [
            (await places_for(work, "", at=midnight + timedelta(hours=hour)))[0].is_open
            for hour in (1, 3, 12, 21)
        ]

    assert opens == [True, False, False, True]


@pytest.mark.parametrize(
    ("language", "weekdays", "all_day"),
    [
        ("zh", "周一至周三、周六 09:00–12:00、14:00–17:00", "全天"),
        ("en", "Mon to Wed, Sat 09:00–12:00, 14:00–17:00", "round the clock"),
    ],
)
async def test_hours_are_told_in_words(language: str, weekdays: str, all_day: str) -> None:
    days = ["sat", "mon", "tue", "wed"]
    spans = [
        {"days": days, "from": "09:00", "to": "12:00"},
        {"days": days, "from": "14:00", "to": "17:00"},
    ]

    with speaking(language):
        assert hours_in_words(spans) == weekdays
        assert hours_in_words([]) == all_day
