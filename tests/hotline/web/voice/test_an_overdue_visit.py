"""A contact's phone that rings for something overdue: the number of the case, and one key."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Case, Delivery, StationContact, VisitPlan, VisitTelling
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, asks_again_at, silent

pytestmark = pytest.mark.anyio

PLACE = "/voice/visits/told"


@pytest.fixture
async def ringing(scene: VoiceScene) -> VoiceScene:
    """The phone of the duty contact rings."""
    due_at = NOON - timedelta(days=1)
    await scene.add(
        Case(id="case", number="1234567", line_id="youth", station_id="tianhe", division="440106",
             opened_as="by_hand", opened_by="system", opened_at=NOON),
        VisitPlan(case_id="case", due_for="visit", due_at=due_at, tell_at=NOON, every_days=7),
        Delivery(id="told", channel="phone", purpose="visit", address="02000000202", sender="1",
                 dedupe_key="visit|case", state="submitted", due_at=NOON, created_at=NOON),
        VisitTelling(id="told", case_id="case", station_id="tianhe", contact_id="duty",
                     why="visit", due_at=due_at, at=NOON),
    )  # fmt: skip
    return scene


async def state(scene: VoiceScene) -> str:
    async with scene.backend.database.work() as work:
        return (await work.get_one(Delivery, "told")).state


async def change(scene: VoiceScene, **values: object) -> None:
    async with scene.backend.database.work() as work:
        contact = await work.get_one(StationContact, "duty")
        for name, value in values.items():
            setattr(contact, name, value)


async def test_whoever_lifts_it_hears_the_number_and_presses_a_key(ringing: VoiceScene) -> None:
    said = await ringing.asks(f"{PLACE}/answer", CallSid="CA-station")

    assert said.count("1 2 3 4 5 6 7") == 2
    assert asks_again_at(said) == f"{PLACE}/key"
    assert await state(ringing) == "answered"
    assert "谢谢" in await ringing.asks(f"{PLACE}/key", CallSid="CA-station", Digits="1")
    assert await state(ringing) == "acknowledged"
    assert await ringing.reports(f"{PLACE}/status", CallStatus="completed") == 204
    assert await state(ringing) == "acknowledged"


async def test_a_reader_of_english_hears_english(ringing: VoiceScene) -> None:
    await change(ringing, language="eng")

    assert "something is overdue" in await ringing.asks(f"{PLACE}/answer", CallSid="CA-station")
    assert "Thank you" in await ringing.asks(f"{PLACE}/key", CallSid="CA-station", Digits="1")


async def test_a_mailbox_presses_nothing_and_was_not_told(ringing: VoiceScene) -> None:
    await ringing.asks(f"{PLACE}/answer", CallSid="CA-station")

    assert silent(await ringing.asks(f"{PLACE}/key", CallSid="CA-station", Digits=""))
    await ringing.reports(f"{PLACE}/status", CallStatus="completed")

    assert await state(ringing) == "failed"


async def test_what_became_of_a_text_is_kept(ringing: VoiceScene) -> None:
    async with ringing.backend.database.work() as work:
        (await work.get_one(Delivery, "told")).channel = "text"

    told = {"MessageStatus": "delivered", "MessageSid": "SM1"}
    assert await ringing.reports(f"{PLACE}/text", **told) == 204

    assert await state(ringing) == "delivered"


async def test_an_unknown_call_of_ours_is_silent(scene: VoiceScene) -> None:
    assert silent(await scene.asks("/voice/visits/none/answer", CallSid="CA-1"))
    assert silent(await scene.asks("/voice/visits/none/key", CallSid="CA-1", Digits="1"))
    assert await scene.reports("/voice/visits/none/status", CallStatus="completed") == 204
    assert await scene.reports("/voice/visits/none/text", MessageStatus="failed") == 204
