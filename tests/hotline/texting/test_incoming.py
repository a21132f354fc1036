"""A text comes in: what it asks for is done, or stands for a person."""

from datetime import timedelta

import pytest

from hotline.callbacks.model import Why
from hotline.callbacks.service import Owed, owe_callback
from hotline.storage.tables import Call, Callback, CallerBlock, Line, TextConsent
from hotline.texting.templates import Template
from tests.fakes import NOON
from tests.hotline.texting.conftest import CHILD, TextScene

pytestmark = pytest.mark.anyio


async def owed(texting: TextScene) -> list[Callback]:
    return await texting.all(Callback)


async def owes(texting: TextScene, urgency: str = "routine") -> None:
    """The child asked by telephone to be called."""
    owed = Owed(line_id="youth", from_index=texting.index, from_masked="m", language="cmn",
                urgency=urgency)  # fmt: skip
    async with texting.database.work() as work:
        await owe_callback(work, owed, why=Why.ASKED, at=texting.clock.now())


async def was_written_to(texting: TextScene, template: Template = Template.WHEN) -> str:
    """A counselor's text went out to the child."""
    await texting.wants_texts()
    text_id = await texting.asks(template)
    await texting.ticks()
    return text_id


async def test_whoever_writes_is_owed_a_call_and_told_once(texting: TextScene) -> None:
    await texting.writes("你好")
    await texting.writes("在吗")

    [callback] = await owed(texting)
    answers = await texting.texts("out")
    assert (callback.why, callback.urgency, callback.state) == ("text", "routine", "open")
    assert [one.why for one in answers] == ["received"]
    assert {one.callback_id for one in await texting.texts("in")} == {callback.id}
    assert not any(one.for_person for one in await texting.texts("in"))


async def test_numbers_and_words_are_sealed(texting: TextScene) -> None:
    await texting.writes("我在第三中学")

    [text] = await texting.texts("in")
    stored = text.model_dump_json()
    assert "15400000001" not in stored
    assert "第三中学" not in stored
    assert text.number_masked == "154****0001"


async def test_a_text_that_is_told_twice_is_one(texting: TextScene) -> None:
    await texting.writes("你好", sid="SM-one")
    await texting.writes("你好", sid="SM-one")

    assert len(await texting.texts("in")) == 1


@pytest.mark.parametrize("words", ["我不想活了", "help"])
async def test_danger_is_called_at_once_and_not_answered(texting: TextScene, words: str) -> None:
    await texting.writes(words)

    [callback], [text] = await owed(texting), await texting.texts("in")
    assert callback.urgency == "crisis"
    assert callback.due_at == NOON + timedelta(seconds=60)
    assert text.for_person
    assert await texting.texts("out") == []


async def test_stop_ends_texts_and_owes_nothing(texting: TextScene) -> None:
    await texting.writes("退订")
    await texting.writes("你好")

    [consent] = await texting.all(TextConsent)
    assert consent.withdrawn_how == "wrote"
    assert len(await owed(texting)) == 1  # for the second text: they are called, and not written to
    assert await texting.texts("out") == []


async def test_start_brings_them_back(texting: TextScene) -> None:
    await texting.writes("T")
    await texting.writes("恢复")
    await texting.writes("你好")

    [consent] = await texting.all(TextConsent)
    assert (consent.given_how, consent.withdrawn_at) == ("resumed", None)
    assert [one.why for one in await texting.texts("out")] == ["received"]


async def test_a_yes_to_a_call_that_is_owed_needs_nobody(texting: TextScene) -> None:
    await texting.writes("你好")
    await texting.ticks()

    await texting.writes("好的")

    [callback], reply = await owed(texting), (await texting.texts("in"))[-1]
    assert (reply.why, reply.for_person, reply.callback_id) == ("yes", False, callback.id)
    assert callback.try_at is not None


@pytest.mark.parametrize("words", ["不用了", "明天下午"])
async def test_a_no_or_a_time_stops_the_system_and_is_a_persons(
    texting: TextScene, words: str
) -> None:
    await owes(texting)

    await texting.writes(words)

    [callback], [text] = await owed(texting), await texting.texts("in")
    assert (callback.state, callback.try_at) == ("open", None)
    assert (text.for_person, text.callback_id) == (True, callback.id)


async def test_a_no_takes_nothing_from_a_child_in_danger(texting: TextScene) -> None:
    await owes(texting, urgency="crisis")

    await texting.writes("不用了")

    [callback], [text] = await owed(texting), await texting.texts("in")
    assert callback.try_at is not None
    assert text.for_person


async def test_an_answer_to_a_follow_up_is_a_persons_and_rings_nobody(texting: TextScene) -> None:
    asked = await was_written_to(texting, Template.HOW_ARE_YOU)

    await texting.writes("今天好多了")

    [reply] = await texting.texts("in")
    assert (reply.answers_id, reply.for_person) == (asked, True)
    assert await owed(texting) == []


async def test_an_answer_that_wishes_a_call_is_owed_one(texting: TextScene) -> None:
    await was_written_to(texting, Template.HOW_ARE_YOU)

    await texting.writes("可以给我打电话吗")

    assert len(await owed(texting)) == 1


async def test_what_comes_days_later_is_no_answer(texting: TextScene) -> None:
    await was_written_to(texting, Template.HOW_ARE_YOU)
    texting.clock.advance(4 * 24 * 3600)

    await texting.writes("今天好多了")

    [text] = await texting.texts("in")
    assert text.answers_id is None
    assert len(await owed(texting)) == 1


async def test_an_answer_belongs_to_the_line_that_asked(texting: TextScene) -> None:
    await texting.add(Line(id="legal", name="法律", name_en="Legal", number_shown="1"))
    await texting.wants_texts()
    await texting.asks(to=texting.to(line_id="legal"), our_number="12355")
    await texting.ticks()

    await texting.writes("谢谢")

    [reply] = await texting.texts("in")
    assert reply.line_id == "legal"


@pytest.mark.parametrize("sender", ["10086", "BANK", "", "12355", "+85212345678"])
async def test_who_cannot_be_called_is_left_to_people(texting: TextScene, sender: str) -> None:
    await texting.writes("你好", from_=sender)

    [text] = await texting.texts("in")
    assert text.for_person
    assert await owed(texting) == []
    assert await texting.texts("out") == []


async def test_a_blocked_number_is_left_to_people_but_for_danger(texting: TextScene) -> None:
    call = Call(id="c", carrier_sid="CA", line_id="youth", state="ended", arrived_at=NOON,
                heard_at=NOON)  # fmt: skip
    until = NOON + timedelta(hours=1)
    block = CallerBlock(number_index=texting.index, masked="m", line_id="youth", call_id="c",
                        code="prank", by_id="li", at=NOON, until=until)  # fmt: skip
    await texting.add(call, block)

    await texting.writes("哈哈")
    assert await owed(texting) == []

    await texting.writes("救命")
    assert [one.urgency for one in await owed(texting)] == ["crisis"]


async def test_a_number_that_is_not_safe_is_not_answered(texting: TextScene) -> None:
    marked = Call(id="c", carrier_sid="CA", line_id="youth", state="ended", arrived_at=NOON,
                  heard_at=NOON, from_index=texting.index, no_callback=True)  # fmt: skip
    await texting.add(marked)

    await texting.writes("你好")

    assert len(await owed(texting)) == 1  # people see it; the system rings no such number
    assert await texting.texts("out") == []


async def test_a_text_to_a_number_of_no_line_is_kept_for_people(texting: TextScene) -> None:
    await texting.writes("你好", to="99999", from_=CHILD)

    [text] = await texting.texts("in")
    assert text.line_id == "unknown number"
