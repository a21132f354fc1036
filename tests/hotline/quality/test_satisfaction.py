"""Callers are asked how it was, in neutral words; whoever is not satisfied is owed a call."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hotline.callbacks.model import Why
from hotline.errors import IllegalMove
from hotline.quality.model import SaidBy, Satisfied
from hotline.quality.satisfaction import (
    SaidOfCall,
    SatisfactionCount,
    count_satisfaction,
    hear_answer,
    note_satisfaction,
)
from hotline.storage.session import Database
from hotline.storage.tables import Call, Callback, CallerBlock, CallSatisfaction, TextMessage
from hotline.texting.incoming import Reader, TextIn, take_text
from hotline.texting.templates import Template
from tests.fakes import FakeClock
from tests.hotline.texting.conftest import CHILD, OURS, FakeTexts, TextScene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def texting(database: Database, clock: FakeClock) -> TextScene:
    """A line that texts come from."""
    scene = TextScene(database, clock, FakeTexts(clock))
    await scene.furnish()
    return scene


@pytest.fixture
async def asked(texting: TextScene) -> TextScene:
    """A child talked with us, and was asked by text how it was."""
    await add_call(texting, "call")
    to = texting.to(call_id="call")
    text_id = await texting.asks(Template.HOW_WAS_IT, to=to)
    await texting.change(TextMessage, text_id, state="sent")
    return texting


async def add_call(scene: TextScene, call_id: str, **other: Any) -> None:
    at = scene.clock.now()
    values = {"state": "ended", "outcome": "talked", "joined_at": at, "urgency": "routine", **other}
    await scene.add(
        Call(id=call_id, carrier_sid=f"CA-{call_id}", line_id="youth", from_index=scene.index,
             arrived_at=at, heard_at=at, counselor_id="li", **values)
    )  # fmt: skip


async def answers(scene: TextScene, body: str, sid: str = "SM1") -> None:
    """As the webhook does."""
    at = scene.clock.now()
    async with scene.database.work() as work:
        reader = Reader(vault=scene.vault, duty_phone="", at=at)
        text = await take_text(work, reader, TextIn(sid=sid, to=OURS, from_=CHILD, body=body))
        if text is not None:
            await hear_answer(work, scene.vault, text, at=at)


async def says(scene: TextScene, call_id: str, said: Satisfied) -> None:
    async with scene.database.work() as work:
        call = await work.get_one(Call, call_id)
        what = SaidOfCall(said=said, by=SaidBy.SPOKEN, at=scene.clock.now(), noted_by_id="li")
        await note_satisfaction(work, call, what)


@pytest.mark.parametrize(("body", "said"), [("1", "yes"), ("２。", "partly"), (" 3 ", "no")])
async def test_a_digit_is_what_they_say_of_the_call(asked: TextScene, body: str, said: str) -> None:
    await answers(asked, body)

    [row] = await asked.all(CallSatisfaction)
    assert (row.call_id, row.said, row.said_by) == ("call", said, "text")
    [text] = await asked.texts("in")
    assert not text.for_person


async def test_everybody_who_is_not_satisfied_is_owed_a_call_by_a_person(asked: TextScene) -> None:
    await answers(asked, "3")

    [owed] = await asked.all(Callback)
    assert (owed.why, owed.urgency, owed.call_id) == (Why.DISSATISFIED, "routine", "call")
    assert owed.try_at is None
    assert (await asked.all(CallSatisfaction))[0].callback_id == owed.id


@pytest.mark.parametrize("body", ["1", "2"])
async def test_who_is_satisfied_is_owed_nothing(asked: TextScene, body: str) -> None:
    await answers(asked, body)

    assert await asked.all(Callback) == []


async def test_danger_in_place_of_a_digit_is_danger(asked: TextScene) -> None:
    await answers(asked, "3 不想活了")

    [owed] = await asked.all(Callback)
    assert owed.urgency == "crisis"
    assert await asked.all(CallSatisfaction) == []


async def test_words_in_place_of_a_digit_are_left_to_a_person(asked: TextScene) -> None:
    await answers(asked, "说不清楚")

    [text] = await asked.texts("in")
    assert text.for_person
    assert await asked.all(CallSatisfaction) == []


async def test_a_digit_that_nobody_asked_for_is_a_time_as_before(texting: TextScene) -> None:
    await add_call(texting, "call")

    await answers(texting, "3")

    assert await texting.all(CallSatisfaction) == []
    [text] = await texting.texts("in")
    assert text.why == "time"


async def test_told_again_by_the_carrier_it_is_one_answer(asked: TextScene) -> None:
    await answers(asked, "3")
    await answers(asked, "3")

    assert len(await asked.all(CallSatisfaction)) == 1
    assert len(await asked.all(Callback)) == 1


async def test_what_is_said_last_counts_and_what_is_owed_stays_owed(asked: TextScene) -> None:
    await says(asked, "call", Satisfied.NO)
    await says(asked, "call", Satisfied.YES)

    [row] = await asked.all(CallSatisfaction)
    assert row.said == "yes"
    assert [one.state for one in await asked.all(Callback)] == ["open"]


async def test_whose_number_is_blocked_or_withheld_is_owed_nothing_and_counted(
    asked: TextScene,
) -> None:
    await add_call(asked, "hidden")
    await asked.change(Call, "hidden", from_index="")
    await asked.add(
        CallerBlock(number_index=asked.index, masked="138****8000", line_id="youth",
                    call_id="call", code="insulting", by_id="li", at=asked.clock.now(),
                    until=asked.clock.now() + timedelta(hours=24)),
    )  # fmt: skip

    await answers(asked, "3")
    await says(asked, "hidden", Satisfied.NO)

    assert await asked.all(Callback) == []
    async with asked.database.work() as work:
        [count] = await count_satisfaction(work, ["youth"], since=asked.clock.now())
    assert (count.no, count.owed, count.uncallable) == (2, 0, 2)


@pytest.mark.parametrize("known", [True, False])
async def test_of_two_first_answers_at_once_both_are_heard(
    asked: TextScene, *, known: bool
) -> None:
    if not known:
        await asked.change(Call, "call", from_index="")

    async with asked.database.work() as work:
        call = await work.get_one(Call, "call")
        yes = SaidOfCall(said=Satisfied.YES, by=SaidBy.KEY, at=asked.clock.now())
        await note_satisfaction(work, call, yes)
        second = asyncio.create_task(says(asked, "call", Satisfied.NO))
        await asyncio.wait([second], timeout=0.5)
    await second

    [row] = await asked.all(CallSatisfaction)
    owed = [one.id for one in await asked.all(Callback)]
    assert (row.said, row.said_by) == ("no", "spoken")
    assert owed == ([row.callback_id] if known else [])


async def test_a_call_that_was_in_danger_is_owed_back_as_one_that_is_not(
    texting: TextScene,
) -> None:
    await add_call(texting, "crisis", urgency="crisis")

    await says(texting, "crisis", Satisfied.NO)

    assert [one.urgency for one in await texting.all(Callback)] == ["routine"]


async def test_nobody_is_dissatisfied_with_a_talk_that_was_none(texting: TextScene) -> None:
    await add_call(texting, "lost", outcome="hung_up", joined_at=None)

    with pytest.raises(IllegalMove):
        await says(texting, "lost", Satisfied.NO)


async def test_an_answer_about_a_call_that_was_erased_is_left_to_a_person(
    asked: TextScene,
) -> None:
    await asked.change(Call, "call", erased_at=asked.clock.now())

    await answers(asked, "3")

    [text] = await asked.texts("in")
    assert text.for_person
    assert await asked.all(CallSatisfaction) == []
    assert await asked.all(Callback) == []


async def test_it_is_counted_by_line(asked: TextScene) -> None:
    await add_call(asked, "other")
    await says(asked, "other", Satisfied.PARTLY)
    await answers(asked, "3")

    async with asked.database.work() as work:
        [count] = await count_satisfaction(work, ["youth"], since=asked.clock.now())

    assert count == SatisfactionCount(
        line_id="youth", asked=1, yes=0, partly=1, no=1, owed=1, reached=0, uncallable=0
    )
