"""Whoever the auditor rang presses the key; the carrier's word alone counts."""

import pytest

from hotline.storage.tables import WatchPage
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, silent

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rung(scene: VoiceScene) -> VoiceScene:
    """A phone of the list rings; it heard the words already, with the dial."""
    page = WatchPage(id="page", place=0, address="1", kinds=["drill_failed"], at=NOON)
    await scene.add(page)
    return scene


async def test_the_key_is_kept_and_thanked_for(rung: VoiceScene) -> None:
    said = await rung.asks("/voice/watch/page/key", CallSid="CA-watch", Digits="1")

    assert "已记录" in said
    assert (await rung.get(WatchPage, "page")).acknowledged_at == NOON


@pytest.mark.parametrize("digits", ["", "2"])
async def test_silence_and_other_keys_are_nobody(rung: VoiceScene, digits: str) -> None:
    said = await rung.asks("/voice/watch/page/key", CallSid="CA-watch", Digits=digits)

    assert silent(said)
    assert (await rung.get(WatchPage, "page")).acknowledged_at is None


async def test_the_end_of_the_call_is_kept(rung: VoiceScene) -> None:
    ended = {"CallSid": "CA-watch", "CallStatus": "no-answer"}

    assert await rung.reports("/voice/watch/page/status", **ended) == 204
    assert (await rung.get(WatchPage, "page")).ended_at == NOON


async def test_news_of_a_text_changes_nothing(rung: VoiceScene) -> None:
    told = {"MessageSid": "SM1", "MessageStatus": "delivered"}

    assert await rung.reports("/voice/watch/page/status", **told) == 204
    assert (await rung.get(WatchPage, "page")).ended_at is None


async def test_nobody_but_the_carrier_presses_it(rung: VoiceScene) -> None:
    forged = await rung.http.post("/voice/watch/page/key", data={"Digits": "1"})

    assert forged.status_code == 403
    assert (await rung.get(WatchPage, "page")).acknowledged_at is None
