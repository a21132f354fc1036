"""The carrier tells of texts: signed, once, and not lost while the database is away."""

from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel, select

from hotline.calls.returning import hold_number
from hotline.lines.numbers import NO_LINE
from hotline.storage.tables import Call, Callback, CallSatisfaction, TextMessage
from hotline.web.text_webhooks import NOTHING
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import ACCOUNT, CHILD, DIALLED, VoiceScene

pytestmark = pytest.mark.anyio

TEXT = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "From": CHILD, "To": DIALLED, "Body": "你好"}


async def all_of(scene: VoiceScene, table: type[SQLModel]) -> list[Any]:
    async with scene.backend.database.work() as work:
        return list((await work.exec(select(table))).all())


async def sent(scene: VoiceScene, **values: Any) -> None:
    """A text of ours is on its way."""
    fields: dict[str, Any] = {"direction": "out", "our_number": DIALLED, "why": "when",
                              "state": "sending", "encoding": "ucs2", "segments": 1,
                              "created_at": NOON, "line_id": "youth"}  # fmt: skip
    await scene.add(TextMessage(id="ours", **(fields | values)))


async def test_a_text_is_answered_with_nothing_and_a_call_is_owed(scene: VoiceScene) -> None:
    answer = await scene.posts("/texts/incoming", TEXT)

    assert (answer.status_code, answer.text) == (200, NOTHING)
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert [one.why for one in await all_of(scene, Callback)] == ["text"]


async def test_told_again_in_other_words_it_is_one_text(scene: VoiceScene) -> None:
    await scene.posts("/texts/incoming", TEXT)
    await scene.posts("/texts/incoming", TEXT)
    await scene.posts("/texts/incoming", TEXT | {"FromCity": "Guangzhou"})

    texts = [one for one in await all_of(scene, TextMessage) if one.direction == "in"]
    assert len(texts) == 1


@pytest.mark.parametrize("path", ["/texts/incoming", "/texts/status"])
async def test_what_the_carrier_did_not_sign_is_refused(scene: VoiceScene, path: str) -> None:
    answer = await scene.posts(path, TEXT, **{"X-Twilio-Signature": "forged"})

    assert answer.status_code == httpx.codes.FORBIDDEN
    assert await all_of(scene, TextMessage) == []


async def test_a_text_to_a_number_of_nobody_is_kept(scene: VoiceScene) -> None:
    await scene.posts("/texts/incoming", TEXT | {"To": "99999"})

    [text] = [one for one in await all_of(scene, TextMessage) if one.direction == "in"]
    assert text.line_id == NO_LINE


@pytest.mark.parametrize("body", ["1", "3"])
async def test_an_answer_about_a_call_without_a_talk_is_kept_for_a_person(
    scene: VoiceScene, body: str
) -> None:
    await scene.add(
        Call(id="lost", carrier_sid="CAlost", line_id="youth", state="ended", outcome="hung_up",
             arrived_at=NOON, heard_at=NOON)
    )  # fmt: skip
    known = scene.backend.vault.index("+8613800138000")
    await sent(scene, why="how_was_it", state="sent", call_id="lost", number_index=known)

    answer = await scene.posts("/texts/incoming", TEXT | {"Body": body})

    [text] = [one for one in await all_of(scene, TextMessage) if one.direction == "in"]
    assert (answer.status_code, answer.text) == (200, NOTHING)
    assert (text.why, text.for_person) == ("rated", True)
    assert await all_of(scene, CallSatisfaction) == []


async def test_a_text_that_could_not_be_stored_in_time_is_stored_later_and_once(
    scene: VoiceScene,
) -> None:
    scene.backend.webhook_budget_s = 0.05
    async with scene.backend.database.work() as work:
        await hold_number(work, scene.backend.vault.index("+8613800138000"))
        answer = await scene.posts("/texts/incoming", TEXT | {"Body": "救命"})
    await scene.backend.unstored.settled()

    [callback] = await all_of(scene, Callback)
    [text] = await all_of(scene, TextMessage)
    assert (answer.status_code, answer.text) == (200, NOTHING)
    assert (callback.urgency, text.carrier_sid) == ("crisis", "SM1")


async def test_without_a_database_the_carrier_is_answered_as_ever(
    without_database: VoiceScene,
) -> None:
    answer = await without_database.posts("/texts/incoming", TEXT)

    assert (answer.status_code, answer.text) == (200, NOTHING)


async def test_a_report_finds_the_text_by_our_own_id(scene: VoiceScene) -> None:
    await sent(scene)

    report = {"AccountSid": ACCOUNT, "MessageSid": "SM7", "MessageStatus": "delivered"}
    answer = await scene.posts("/texts/status?text=ours", report)

    text = await scene.get(TextMessage, "ours")
    assert answer.status_code == httpx.codes.NO_CONTENT
    assert (text.state, text.carrier_sid) == ("delivered", "SM7")


@pytest.mark.parametrize("code", ["", "30003", "none", "²"])
async def test_any_error_code_of_a_report_is_borne(scene: VoiceScene, code: str) -> None:
    await sent(scene)

    report = {"AccountSid": ACCOUNT, "MessageStatus": "failed", "ErrorCode": code}
    answer = await scene.posts("/texts/status?text=ours", report)

    assert answer.status_code == httpx.codes.NO_CONTENT
    assert (await scene.get(TextMessage, "ours")).state == "failed"


async def test_a_report_of_an_unknown_text_changes_nothing(scene: VoiceScene) -> None:
    report = {"AccountSid": ACCOUNT, "MessageSid": "SM7", "MessageStatus": "delivered"}

    answer = await scene.posts("/texts/status?text=gone", report)

    assert answer.status_code == httpx.codes.NO_CONTENT
