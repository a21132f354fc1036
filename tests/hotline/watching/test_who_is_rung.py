"""A finding rings people past everything else, once each, and not again after a restart."""

from datetime import timedelta

import pytest

from hotline.errors import CarrierRefused, CarrierUnreachable
from hotline.ports import LegStatus
from hotline.storage.session import Database
from hotline.storage.tables import WatchFinding
from hotline.watching.auditor import Auditor
from hotline.watching.ledger import AWAY, PagesInFile
from hotline.watching.service import page_ended, page_heard
from tests.fakes import NOON
from tests.hotline.watching.conftest import FIRST, SECOND, SENDER, WatchedScene
from tests.hotline.web.voice.conftest import NOWHERE

pytestmark = pytest.mark.anyio


@pytest.fixture
async def broken(scene: WatchedScene) -> WatchedScene:
    """The dispatcher is silent, and that was found."""
    await scene.after(0)
    scene.beats = False
    await scene.after(15)
    return scene


async def key(scene: WatchedScene, digits: str = "1", at: int = -1) -> bool:
    async with scene.database.work() as work:
        page = (await scene.pages())[at]
        return await page_heard(work, page.id, digits, at=scene.clock.now())


async def ends(scene: WatchedScene, status: LegStatus = LegStatus.NO_ANSWER) -> None:
    async with scene.database.work() as work:
        await page_ended(work, (await scene.pages())[-1].id, status, at=scene.clock.now())


async def test_the_first_is_rung_from_a_number_of_its_own_and_told_what_is_wrong(
    broken: WatchedScene,
) -> None:
    (dial,) = broken.phones.dials

    assert (dial.to, dial.from_) == (FIRST, SENDER)
    assert "派发进程没有动静" in dial.document
    assert dial.document.count("请按1") == 2
    assert "/key" in dial.document


async def test_without_a_key_the_same_is_written_to_and_the_next_is_rung(
    broken: WatchedScene,
) -> None:
    await ends(broken)
    await broken.after(15)

    assert broken.phones.rung() == [FIRST, SECOND]
    assert [to for to, _ in broken.phones.texts] == [FIRST]
    assert "派发进程没有动静" in broken.phones.texts[0][1]


async def test_whoever_presses_the_key_ends_it(broken: WatchedScene) -> None:
    assert await key(broken)
    for _ in range(8):
        await broken.after(15)

    assert broken.phones.rung() == [FIRST]
    assert broken.phones.texts == []


async def test_another_key_or_none_is_nobody(broken: WatchedScene) -> None:
    assert not await key(broken, "")
    assert not await key(broken, "2")
    async with broken.database.work() as work:
        assert not await page_heard(work, "unknown", "1", at=NOON)
        await page_ended(work, "unknown", LegStatus.COMPLETED, at=NOON)

    assert [page.acknowledged_at for page in await broken.pages()] == [None]


async def test_a_call_that_only_rings_is_not_over(broken: WatchedScene) -> None:
    await ends(broken, LegStatus.RINGING)
    await broken.after(15)

    assert broken.phones.rung() == [FIRST]


async def test_a_key_that_comes_late_counts_and_twice_is_once(broken: WatchedScene) -> None:
    await ends(broken)
    await broken.after(15)
    first = broken.clock.now()

    assert await key(broken, at=0)
    broken.clock.advance(5)
    assert await key(broken, at=0)

    assert (await broken.pages())[0].acknowledged_at == first


async def test_a_restart_rings_nobody_again(broken: WatchedScene) -> None:
    broken.auditor = broken.another_auditor()
    await broken.after(15)

    assert broken.phones.rung() == [FIRST]


async def test_a_phone_that_cannot_be_rung_is_passed_over_at_the_next_look(
    scene: WatchedScene,
) -> None:
    scene.phones.faults.extend([CarrierRefused(21211), CarrierUnreachable()])
    scene.beats = False
    await scene.after(0)

    await scene.after(15)
    await scene.after(15)

    assert scene.phones.rung() == [FIRST, SECOND]
    assert [page.ended_at is not None for page in await scene.pages()] == [True, True]


async def test_a_text_that_is_refused_keeps_nobody_from_being_rung(broken: WatchedScene) -> None:
    broken.phones.text_faults.append(CarrierRefused(21610))
    await ends(broken)
    await broken.after(15)
    await broken.after(15)

    assert broken.phones.rung() == [FIRST, SECOND]
    assert len(broken.phones.texts) == 1


async def test_nobody_is_rung_when_it_is_gone_by_itself(broken: WatchedScene) -> None:
    await ends(broken)
    broken.beats = True
    await broken.after(15)

    assert broken.phones.rung() == [FIRST]


# ── while the database is away ──────────────────────────────────────────────────────────────────


def without_database(scene: WatchedScene) -> Auditor:
    return scene.another_auditor(Database(NOWHERE))


async def test_a_database_that_is_away_rings_from_memory(scene: WatchedScene) -> None:
    auditor = without_database(scene)

    await auditor.look()
    at_once = scene.phones.rung()
    scene.clock.advance(15)
    await auditor.look()

    assert at_once == []
    assert scene.phones.rung() == [FIRST]
    assert "数据库没有回答" in scene.phones.dials[0].document


async def test_the_next_is_rung_though_no_key_can_be_taken_in(scene: WatchedScene) -> None:
    auditor = without_database(scene)
    for seconds in (0, 15, 75, 15):
        scene.clock.advance(seconds)
        await auditor.look()

    assert scene.phones.rung() == [FIRST, SECOND]
    assert [to for to, _ in scene.phones.texts] == [FIRST]


async def test_a_restart_meanwhile_rings_nobody_again(scene: WatchedScene) -> None:
    for seconds in (0, 15, 15):
        scene.clock.advance(seconds)
        await without_database(scene).look()

    assert scene.phones.rung() == [FIRST]


async def test_when_it_is_back_it_is_written_down_and_forgotten_on_disk(
    scene: WatchedScene,
) -> None:
    await without_database(scene).look()

    await scene.after(60)
    await scene.after(60)

    rows = [one for one in await scene.all(WatchFinding) if one.kind == "database_away"]
    assert [(one.since, one.gone_at) for one in rows] == [(NOON, NOON + timedelta(seconds=60))]
    assert not (scene.folder / AWAY).exists()


async def test_what_is_torn_on_disk_counts_as_nothing(scene: WatchedScene) -> None:
    (scene.folder / AWAY).write_text('{"since": "nonsense", "pa')

    assert PagesInFile(scene.folder).since() is None
    assert await scene.after(15) == []
