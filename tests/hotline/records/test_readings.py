"""Asking to read a record, the answers, and an emergency, on a call that li handled."""

from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.calls.model import CallState
from hotline.calls.queries import may_do
from hotline.calls.service import lock_call
from hotline.errors import Forbidden, HotlineError, IllegalMove, Invalid
from hotline.records.reading_model import ReadingEvent
from hotline.records.reading_queries import looked_at, own_readings, waiting_readings
from hotline.records.readings import (
    ReadingAnswer,
    answer_reading,
    ask_to_read,
    read_in_emergency,
    withdraw_reading,
)
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Database
from hotline.storage.tables import Call, RecordReading, Staff
from tests.fakes import NOON
from tests.hotline.records.conftest import RecordsScene, draft

pytestmark = pytest.mark.anyio

WHY = "同一个孩子在线上"
HOUR = timedelta(hours=1)


class ReadingScene(RecordsScene):
    """chen wants to read what li wrote; he and ho are supervisors."""

    async def asks(self, by: str = "chen", why: str = WHY) -> str:
        async with self.work() as work:
            call = await lock_call(work, "c1")
            return (await ask_to_read(work, self.vault, call, why, by=by, at=NOON)).id

    async def breaks_in(self, by: str = "chen") -> str:
        async with self.work() as work:
            call = await lock_call(work, "c1")
            return (await read_in_emergency(work, self.vault, call, WHY, by=by, at=NOON)).id

    async def says(
        self,
        reading: str,
        event: ReadingEvent,
        *,
        by: str = "he",
        words: str = "好",
        hours: int = 24,
    ) -> None:
        said = ReadingAnswer(event=event, words=words, by=by, hours=hours)
        async with self.work() as work:
            call = await lock_call(work, "c1")
            row = await work.get_one(RecordReading, reading)
            await answer_reading(work, self.vault, call, row, said, at=NOON + HOUR)

    async def may_read(
        self, hours: float, *, by: str = "chen", lines: tuple[str, ...] = ("youth",)
    ) -> bool:
        """So many hours after noon."""
        who = SignedIn(staff_id=by, username=by, name="", roles=("counselor",), station_id=None,
                       lines=lines, at=NOON + hours * HOUR)  # fmt: skip
        async with self.work() as work:
            return await may_do(work, await work.get_one(Call, "c1"), who, Permission.READ_RECORD)


@pytest.fixture
async def scene(database: Database) -> ReadingScene:
    """The call is over and its record written."""
    made = ReadingScene(database)
    await made.furnish()
    await made.add(*(Staff(id=one, username=one, name=one.title(), password_hash="",
                           lines=["youth"]) for one in ("he", "ho")))  # fmt: skip
    await made.call(CallState.ENDED, counselor_id="li")
    await made.saves(draft())
    return made


async def test_a_yes_opens_the_record_for_as_long_as_was_said(scene: ReadingScene) -> None:
    asked = await scene.asks()
    before = await scene.may_read(0)

    await scene.says(asked, ReadingEvent.GRANT, hours=3)

    assert not before
    assert await scene.may_read(1)
    assert await scene.may_read(3.9)
    assert not await scene.may_read(4)
    assert not await scene.may_read(2, lines=("legal",)), "who left the line reads no more"
    assert not await scene.may_read(2, by="he"), "it was opened to chen alone"


async def test_without_a_moment_nothing_that_was_granted_counts(scene: ReadingScene) -> None:
    await scene.says(await scene.asks(), ReadingEvent.GRANT)
    nobody_knows_when = SignedIn(staff_id="chen", username="chen", name="", roles=("counselor",),
                                 station_id=None, lines=("youth",))  # fmt: skip

    async with scene.work() as work:
        call = await work.get_one(Call, "c1")
        assert not await may_do(work, call, nobody_knows_when, Permission.READ_RECORD)


async def test_a_no_is_told_in_words_and_opens_nothing(scene: ReadingScene) -> None:
    await scene.says(await scene.asks(), ReadingEvent.REFUSE, words="先问值班督导")

    async with scene.work() as work:
        who = SignedIn(staff_id="chen", username="chen", name="", roles=("counselor",),
                       station_id=None, lines=("youth",))  # fmt: skip
        (told,) = await own_readings(work, scene.vault, who, at=NOON + HOUR)
    assert (told.state, told.answer, told.answered_by) == ("refused", "先问值班督导", "He")
    assert not await scene.may_read(1)


async def test_a_yes_is_ended_before_its_time(scene: ReadingScene) -> None:
    asked = await scene.asks()
    await scene.says(asked, ReadingEvent.GRANT)

    await scene.says(asked, ReadingEvent.END, by="ho")

    assert not await scene.may_read(1)


@pytest.mark.parametrize("event", [ReadingEvent.GRANT, ReadingEvent.REFUSE])
async def test_nobody_answers_their_own_request(scene: ReadingScene, event: ReadingEvent) -> None:
    asked = await scene.asks()

    with pytest.raises(Forbidden):
        await scene.says(asked, event, by="chen")


async def test_nobody_reviews_their_own_emergency(scene: ReadingScene) -> None:
    taken = await scene.breaks_in()

    for event in (ReadingEvent.UPHOLD, ReadingEvent.OBJECT):
        with pytest.raises(Forbidden):
            await scene.says(taken, event, by="chen")


async def test_an_emergency_opens_at_once_for_two_hours_and_waits_for_its_review(
    scene: ReadingScene,
) -> None:
    await scene.breaks_in()

    assert await scene.may_read(0)
    assert not await scene.may_read(2)
    async with scene.work() as work:
        (waits,) = await waiting_readings(work, ["youth"])
        elsewhere = await waiting_readings(work, ["legal"])
    assert waits.review_due_at == NOON + 24 * HOUR
    assert elsewhere == []


@pytest.mark.parametrize(
    ("event", "still_open"), [(ReadingEvent.UPHOLD, True), (ReadingEvent.OBJECT, False)]
)
async def test_a_review_leaves_it_open_or_shuts_it_at_once(
    scene: ReadingScene, event: ReadingEvent, *, still_open: bool
) -> None:
    await scene.says(await scene.breaks_in(), event)

    assert await scene.may_read(1) == still_open
    async with scene.work() as work:
        assert await waiting_readings(work, ["youth"]) == []


async def test_emergencies_stand_before_requests(scene: ReadingScene) -> None:
    await scene.asks()
    await scene.breaks_in(by="ho")

    async with scene.work() as work:
        waits = await waiting_readings(work, ["youth"])

    assert [one.asked_by for one in waits] == ["Ho", "Chen"]


async def test_who_asked_may_not_ask_again_before_there_is_an_answer(scene: ReadingScene) -> None:
    asked = await scene.asks()

    with pytest.raises(IllegalMove):
        await scene.asks()
    await scene.says(asked, ReadingEvent.REFUSE)

    assert await scene.asks() != asked


async def test_a_request_is_withdrawn_once(scene: ReadingScene) -> None:
    asked = await scene.asks()

    async with scene.work() as work:
        withdraw_reading(work, await work.get_one(RecordReading, asked), by="chen", at=NOON)

    with pytest.raises(IllegalMove):
        await scene.says(asked, ReadingEvent.GRANT)
    async with scene.work() as work:
        row = await work.get_one(RecordReading, asked)
        with pytest.raises(IllegalMove):
            withdraw_reading(work, row, by="chen", at=NOON)


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
async def test_neither_a_request_nor_an_answer_goes_without_words(
    scene: ReadingScene, nothing: str
) -> None:
    with pytest.raises(Invalid):
        await scene.asks(why=nothing)
    asked = await scene.asks()

    with pytest.raises(Invalid):
        await scene.says(asked, ReadingEvent.GRANT, words=nothing)

    assert not await scene.may_read(1)


async def test_a_minors_record_is_not_opened_for_longer_than_a_day(scene: ReadingScene) -> None:
    asked = await scene.asks()

    with pytest.raises(HotlineError):
        await scene.says(asked, ReadingEvent.GRANT, hours=25)

    assert not await scene.may_read(1)


async def test_there_is_nothing_to_ask_for_where_nobody_wrote_a_record(
    scene: ReadingScene,
) -> None:
    await scene.add(Call(id="c2", carrier_sid="CA2", line_id="youth", state="ended",
                         arrived_at=NOON, heard_at=NOON))  # fmt: skip

    async with scene.work() as work:
        call = await lock_call(work, "c2")
        for way in (ask_to_read, read_in_emergency):
            with pytest.raises(IllegalMove):
                await way(work, scene.vault, call, WHY, by="chen", at=NOON)


async def test_reasons_and_answers_lie_sealed(scene: ReadingScene) -> None:
    await scene.says(await scene.asks(), ReadingEvent.REFUSE, words="不必要的内容")

    async with scene.work() as work:
        (row,) = (await work.exec(select(RecordReading))).all()

    assert WHY not in row.reason_sealed
    assert "不必要" not in row.answer_sealed


async def test_each_step_and_each_reading_stands_in_the_timeline(scene: ReadingScene) -> None:
    await scene.says(await scene.asks(), ReadingEvent.GRANT)
    await scene.reads("chen")
    await scene.reads("chen", later_s=60)

    assert (await scene.traces())[1:] == [
        ("reading.asked", "chen"),
        ("reading.granted", "he"),
        ("record.read", "chen"),
        ("record.read", "chen"),
    ]
    async with scene.work() as work:
        (looked,) = await looked_at(work, "c1")
    assert (looked.by, looked.kind, looked.times) == ("Chen", "record.read", 2)
    assert looked.last_at == NOON + timedelta(seconds=60)
