"""A counselor writes to a caller in neutral words, and reads what came in: that leaves a trace."""

from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Callback, Line, TextConsent, TextMessage, TextReading
from hotline.texting.asking import number_place
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.may_text import a_text

pytestmark = pytest.mark.anyio

CHILD, NEUTRAL = "+8615400000001", "02000000050"
ASKED = {"template": "when", "call_id": "over"}


@pytest.fixture(autouse=True)
async def over(scene: ApiScene) -> None:
    """A talk that is over, of a child whose number is known, on a line with a neutral number."""
    vault = scene.house.vault
    sealed = vault.seal(CHILD, place="call.from.over")
    values: dict[str, Any] = {"from_index": vault.index(CHILD), "from_sealed": sealed,
                              "counselor_id": "chen", "outcome": "talked"}  # fmt: skip
    await scene.add(scene.call("over", CallState.ENDED, **values))
    await scene.change(Line, "youth", text_number=NEUTRAL)


async def wants_texts(scene: ApiScene, *, wants: bool = True) -> None:
    await scene.person("chen").does("PUT", "/calls/over/texts-wanted", {"wants": wants})


async def refused(scene: ApiScene, asked: dict[str, str] | None = None) -> str:
    answer = await scene.person("chen").asks("POST", "/texts", asked or ASKED)
    assert answer.status_code in (409, 422), answer.text
    return str(answer.json()["detail"])


async def test_who_said_yes_is_written_to_from_the_neutral_number(scene: ApiScene) -> None:
    await wants_texts(scene)

    made = await scene.person("chen").does("POST", "/texts", ASKED)

    text = await scene.get(TextMessage, made["id"])
    to = scene.house.vault.open(text.number_sealed, place=number_place(text.id))
    assert (to, text.our_number, text.state, text.by_id) == (CHILD, NEUTRAL, "queued", "chen")
    assert (made["segments"], text.call_id) == (1, "over")
    assert (await scene.kinds("over"))[-2:] == ["text.wanted", "text.asked"]


async def test_who_was_not_asked_is_not_written_to(scene: ApiScene) -> None:
    assert "Ask them first" in await refused(scene)


async def test_who_said_no_is_not_written_to(scene: ApiScene) -> None:
    await wants_texts(scene)
    await wants_texts(scene, wants=False)

    assert "do not want texts" in await refused(scene)
    [consent] = await scene.all(TextConsent)
    assert (consent.withdrawn_how, consent.withdrawn_by_id) == ("said", "chen")


async def test_of_a_call_without_a_talk_nobody_asks_how_it_was(scene: ApiScene) -> None:
    await wants_texts(scene)
    asked = ASKED | {"template": "how_was_it"}
    await scene.change(Call, "over", outcome="hung_up")

    assert "ask about a call in which somebody talked" in await refused(scene, asked)
    assert await scene.all(TextMessage) == []
    await scene.change(Call, "over", outcome="talked")
    await scene.person("chen").does("POST", "/texts", asked)


async def test_a_number_that_is_not_safe_is_not_written_to(scene: ApiScene) -> None:
    await wants_texts(scene)
    await scene.person("chen").does("PUT", "/calls/over/no-callback", {"no_callback": True})

    assert "not safe" in await refused(scene)


async def test_the_same_words_are_not_sent_twice_within_the_hour(scene: ApiScene) -> None:
    await wants_texts(scene)
    await scene.person("chen").does("POST", "/texts", ASKED)

    assert "within the last hour" in await refused(scene)
    scene.clock.advance(3601)
    await scene.person("chen").does("POST", "/texts", ASKED)


async def test_a_line_without_a_neutral_number_writes_to_nobody_first(scene: ApiScene) -> None:
    await wants_texts(scene)
    await scene.change(Line, "youth", text_number="")

    assert "no number that texts may come from" in await refused(scene)


async def test_who_wrote_to_the_line_is_answered_from_where_they_wrote(scene: ApiScene) -> None:
    index = scene.house.vault.index(CHILD)
    await wants_texts(scene)
    await scene.add(a_text(scene.house.vault, at=scene.clock.now(), number_index=index))

    made = await scene.person("chen").does("POST", "/texts", ASKED)

    assert (await scene.get(TextMessage, made["id"])).our_number == "12355"


async def test_a_text_is_about_a_callback_too(scene: ApiScene) -> None:
    await wants_texts(scene)
    now = scene.clock.now()
    await scene.add(Callback(id="owed", line_id="youth", call_id="over", why="hung_up",
                             from_index=scene.house.vault.index(CHILD), promised_at=now,
                             place_at=now, due_at=now))  # fmt: skip

    asked = {"template": "tried", "callback_id": "owed"}
    made = await scene.person("li").does("POST", "/texts", asked)

    assert (await scene.get(TextMessage, made["id"])).callback_id == "owed"


@pytest.mark.parametrize(
    "asked",
    [
        {"template": "received", "call_id": "over"},
        {"template": "own words", "call_id": "over"},
        {"template": "when"},
        {"template": "when", "call_id": "over", "callback_id": "owed"},
    ],
)
async def test_nothing_else_can_be_sent(scene: ApiScene, asked: dict[str, str]) -> None:
    await wants_texts(scene)

    answer = await scene.person("chen").asks("POST", "/texts", asked)

    assert answer.status_code == 422


async def test_the_list_shows_no_words_and_no_number(scene: ApiScene) -> None:
    await scene.add(a_text(scene.house.vault, at=scene.clock.now()))

    [one] = await scene.person("he").gets("/texts")

    assert (one["masked"], one["for_person"], one["state"]) == ("154****0001", True, "received")
    assert "今天" not in str(one)


async def test_each_reading_leaves_a_trace(scene: ApiScene) -> None:
    await scene.add(a_text(scene.house.vault, at=scene.clock.now()))

    told = [await scene.person(name).gets("/texts/text/words") for name in ("he", "li")]

    assert told == [{"words": "今天好多了"}] * 2
    assert {one.staff_id for one in await scene.all(TextReading)} == {"he", "li"}


async def test_what_was_dealt_with_waits_for_nobody(scene: ApiScene) -> None:
    await scene.add(a_text(scene.house.vault, at=scene.clock.now()))

    await scene.person("chen").does("POST", "/texts/text/dealt-with")
    await scene.person("he").does("POST", "/texts/text/dealt-with")

    [one] = await scene.person("he").gets("/texts")
    assert (one["for_person"], one["dealt_by"]) == (False, "name of chen")


async def test_what_was_erased_cannot_be_read(scene: ApiScene) -> None:
    await scene.add(a_text(scene.house.vault, at=scene.clock.now()))
    await scene.change(TextMessage, "text", body_sealed="")

    assert (await scene.person("he").asks("GET", "/texts/text/words")).status_code == 404
