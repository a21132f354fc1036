"""Where everybody in line stands is written down, for what they are told."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Call, SeenPlace
from hotline.switchboard.places import PlaceBook, paces_of_lines
from routing.estimate import Pace
from tests.fakes import NOON
from tests.hotline.switchboard.conftest import MirrorScene, SwitchboardScene, a_caller, later

pytestmark = pytest.mark.anyio


async def looks(book: PlaceBook, floor: SwitchboardScene, mirror: MirrorScene, at_s: float) -> None:
    """The switchboard looks at its line."""
    mirror.looks(at_s)
    await book.write(floor.database, mirror.teller, mirror.mirror.in_line, at=later(at_s))


async def seen(floor: SwitchboardScene) -> dict[str, int]:
    """Who stands where."""
    return {one.call_id: one.place for one in await floor.all_of(SeenPlace)}


async def test_the_places_of_all_who_wait_are_written_and_forgotten(
    floor: SwitchboardScene, mirror: MirrorScene
) -> None:
    book = PlaceBook()
    mirror.is_on_duty("li", "talking")
    for n, name in enumerate(("first", "second")):
        mirror.waits(name, queued_at=later(n))

    await looks(book, floor, mirror, 5)
    before = await seen(floor)
    del mirror.calls["first"]
    await looks(book, floor, mirror, 11)

    assert before == {"first": 1, "second": 2}
    assert await seen(floor) == {"second": 1}


async def test_who_has_just_come_is_seen_at_once_and_nothing_is_written_between(
    floor: SwitchboardScene, mirror: MirrorScene
) -> None:
    book = PlaceBook()
    mirror.is_on_duty("li", "talking")
    mirror.waits("first")
    await looks(book, floor, mirror, 1)
    await looks(book, floor, mirror, 2)
    (unmoved,) = await floor.all_of(SeenPlace)

    mirror.waits("second", queued_at=later(2))
    await looks(book, floor, mirror, 3)

    assert unmoved.seen_at == later(1)
    assert await seen(floor) == {"first": 1, "second": 2}


async def test_an_empty_line_leaves_no_row(floor: SwitchboardScene, mirror: MirrorScene) -> None:
    book = PlaceBook()
    mirror.is_on_duty("li", "talking")
    mirror.waits("first")
    await looks(book, floor, mirror, 1)

    mirror.calls.clear()
    await looks(book, floor, mirror, 7)

    assert await seen(floor) == {}


async def test_with_everybody_on_a_break_no_place_is_known(
    floor: SwitchboardScene, mirror: MirrorScene
) -> None:
    mirror.is_on_duty("li", "paused")
    mirror.waits("first")

    await looks(PlaceBook(), floor, mirror, 1)

    assert await seen(floor) == {}


async def test_the_pace_of_a_line_is_that_of_its_last_talks(floor: SwitchboardScene) -> None:
    talk = {"state": "ended", "joined_at": NOON, "left_at": NOON + timedelta(seconds=100)}
    left = {"state": "ended", "outcome": "hung_up", "outcome_step": "waiting"}
    await floor.add(*(a_caller(f"t{n}", accepted_at=NOON, **talk) for n in range(10)))
    await floor.add(a_caller("left", ended_at=NOON + timedelta(seconds=3600), **left))

    paces = await paces_of_lines_of(floor)

    assert paces["youth"].work_s == pytest.approx((900 + 100) / 2 + 180)
    assert paces["youth"].leaving_per_s == pytest.approx(1 / 7200)
    assert len(await floor.all_of(Call)) == 11


async def paces_of_lines_of(floor: SwitchboardScene) -> dict[str, Pace]:
    async with floor.database.work() as work:
        return dict(await paces_of_lines(work, at=later(60)))
