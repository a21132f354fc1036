"""Whatever goes wrong with us: a live leg hears something safe, a report is asked for again."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.typing import EventDict

from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.storage.connection import Bounds
from hotline.storage.session import Database
from hotline.web.app import create_app
from tests.harness.balancer import Balancer
from tests.hotline.web.api.conftest import client_of, house_on
from tests.hotline.web.voice.conftest import (
    CHILD,
    DUTY_PHONE,
    VoiceScene,
    asks_again_at,
    leads_to,
    nothing_is_stored_by_ourselves,
    says,
    silent,
    somebody_holds_the_call,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("logged")]

ROUND = "/voice/calls/c1/wait?turn=3"


# ── no database ─────────────────────────────────────────────────────────────────────────────────


async def test_a_child_who_calls_hears_an_apology_and_is_put_through_to_the_duty_phone(
    without_database: VoiceScene,
) -> None:
    said = await without_database.child_calls()

    assert "这不是你的错" in said
    assert f">{DUTY_PHONE}</Number>" in said


async def test_a_fault_is_logged_without_a_word_about_the_child(
    without_database: VoiceScene, logged: list[EventDict]
) -> None:
    await without_database.child_calls()

    (line,) = logged
    assert (line["event"], line["path"]) == ("webhook.failed", "/voice/incoming")
    assert CHILD not in str(line)


@pytest.mark.parametrize(
    ("what", "then"),
    [("flow", "wait"), ("wait", "wait"), ("join", "wait"), ("message", "wait"), ("after", "after")],
)
async def test_a_child_on_the_line_is_asked_to_wait_a_little_and_never_hung_up(
    without_database: VoiceScene, what: str, then: str
) -> None:
    said = await without_database.asks(f"/voice/calls/c1/{what}?turn=3", Digits="1")

    assert "<Hangup" not in said
    assert '<Pause length="3"' in said
    assert asks_again_at(said) == f"/voice/calls/c1/{then}?turn=3&rounds=1"


@pytest.mark.parametrize("what", ["answer", "take"])
async def test_a_counselor_who_answers_is_asked_to_wait_a_little_too(
    without_database: VoiceScene, what: str
) -> None:
    said = await without_database.asks(f"/voice/legs/li/{what}", Digits="1")

    assert "<Hangup" not in said
    assert asks_again_at(said) == "/voice/legs/li/answer"


async def test_a_counselor_who_has_left_the_talk_is_hung_up(without_database: VoiceScene) -> None:
    assert "<Hangup" in await without_database.asks("/voice/legs/li/left")


@pytest.mark.parametrize("what", ["answer", "pin?tries=1"])
async def test_a_station_is_asked_to_wait_a_little_and_hears_its_notice_then(
    without_database: VoiceScene, what: str
) -> None:
    said = await without_database.asks(f"/voice/stations/a1/{what}", Digits="1232")

    assert silent(said)
    assert asks_again_at(said) == "/voice/stations/a1/answer"


@pytest.mark.parametrize(
    "path",
    ["status", "calls/c1/recording", "legs/li/status", "conferences/c1", "stations/a1/status"],
)
async def test_a_report_is_asked_for_again(without_database: VoiceScene, path: str) -> None:
    form = {"CallStatus": "completed", "StatusCallbackEvent": "participant-leave"}

    status = await without_database.reports(f"/voice/{path}", **form)

    assert status == httpx.codes.SERVICE_UNAVAILABLE


async def test_music_needs_no_database(without_database: VoiceScene) -> None:
    assert says(await without_database.asks("/voice/calls/c1/music"), "hold.music_intro")


# ── a database that hangs ───────────────────────────────────────────────────────────────────────


@pytest.fixture
async def with_hung_database(scene: VoiceScene) -> AsyncIterator[VoiceScene]:
    """The application while its database keeps every connection and answers none."""
    await scene.call_stands(CallState.WAITING)
    async with Balancer(scene.backend.database.url).serving() as balancer:
        database = Database(balancer.url, bounds=Bounds(answer_s=60))
        backend = house_on(database, scene.clock, scene.backend.settings)
        backend.webhook_budget_s = 0.3
        async with database.work() as work:
            await lock_call(work, "c1")  # a connection that worked
        balancer.freeze()
        async with client_of(create_app(backend)) as http:
            yield VoiceScene(backend, scene.clock, http)
        balancer.thaw()
        await database.close()


async def test_a_child_does_not_wait_for_a_database_that_hangs(
    with_hung_database: VoiceScene,
) -> None:
    said = await with_hung_database.asks(ROUND, Digits="9")
    reported = await with_hung_database.reports("/voice/status", CallStatus="completed")

    assert asks_again_at(said) == f"{ROUND}&danger=1&rounds=1"
    assert reported == httpx.codes.SERVICE_UNAVAILABLE


# ── no time ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_child_does_not_wait_for_a_row_that_somebody_holds(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING)

    async with somebody_holds_the_call(scene):
        said = await scene.asks(ROUND, Digits="9")

    call = await scene.call()
    assert asks_again_at(said) == f"{ROUND}&danger=1&rounds=1"
    assert (call.waits, call.turn) == (0, 3)


async def test_what_could_not_be_answered_in_time_is_answered_when_it_is_asked_again(
    scene: VoiceScene,
) -> None:
    nothing_is_stored_by_ourselves(scene)
    await scene.call_stands(CallState.WAITING)
    async with somebody_holds_the_call(scene):
        await scene.asks(ROUND, Digits="1")

    await scene.asks(ROUND, Digits="1")

    call = await scene.call()
    assert (call.waits, call.turn) == (1, 4)


async def test_a_second_fault_in_one_call_is_made_good_as_the_first_was(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING)
    heard = ROUND
    for _ in range(2):
        async with somebody_holds_the_call(scene):
            await scene.asks(heard, Digits="1")
        await scene.backend.unstored.settled()
        await scene.child_is_silent()
        heard = leads_to(scene.document)

    call = await scene.call()
    assert heard == f"/voice/calls/c1/wait?turn={call.turn}"
    assert call.waits == 2


async def test_a_child_whose_counselor_is_lost_in_a_fault_of_ours_is_not_left_alone(
    scene: VoiceScene,
) -> None:
    await scene.talks()
    async with somebody_holds_the_call(scene):
        await scene.asks("/voice/calls/c1/after?turn=3")

    said = await scene.child_is_silent()

    assert says(said, "after.dropped")
    assert (await scene.call()).state == CallState.WAITING


async def test_a_report_that_could_not_be_taken_in_counts_when_it_comes_again(
    scene: VoiceScene,
) -> None:
    await scene.call_stands(CallState.WAITING)

    async with somebody_holds_the_call(scene):
        first = await scene.reports("/voice/status", CallStatus="completed")
    again = await scene.reports("/voice/status", CallStatus="completed")

    assert (first, again) == (503, 204)
    assert (await scene.call()).state == CallState.ENDED


async def test_two_copies_of_a_key_at_once_hear_the_same_and_count_once(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING)

    copies = await asyncio.gather(*(scene.asks(ROUND, Digits="9") for _ in range(4)))

    assert len(set(copies)) == 1
    assert (await scene.call()).waits == 1
    assert len(await scene.told("call.raised_to_crisis")) == 1
