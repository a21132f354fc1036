"""The number of ours that drills ring presses the PIN; to everybody else it is silent."""

from datetime import timedelta

import pytest

from hotline.settings import Settings
from hotline.storage.tables import DrillRun
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene

pytestmark = pytest.mark.anyio

SENDER, NUMBER = "02000000991", "02000000990"


@pytest.fixture
def ringing(scene: VoiceScene) -> VoiceScene:
    """A house that has such a number."""
    told = {"watch_sender": SENDER, "drill_number": NUMBER}
    scene.backend.settings = scene.backend.settings.model_copy(update=told)
    assert isinstance(scene.backend.settings, Settings)
    return scene


async def asks(scene: VoiceScene, from_: str = SENDER) -> str:
    return await scene.asks("/voice/drill", CallSid="CA-far", From=from_, To=NUMBER)


async def test_while_a_drill_runs_it_presses_the_pin_twice(ringing: VoiceScene) -> None:
    await ringing.add(DrillRun(through="carrier", began_at=NOON))

    said = await asks(ringing)

    assert said.count(f"{ringing.backend.vault.own_pin('drill')}#") == 2
    assert "<Say" not in said


async def test_the_number_is_the_same_however_it_is_written(ringing: VoiceScene) -> None:
    await ringing.add(DrillRun(through="carrier", began_at=NOON))

    assert "<Play" in await asks(ringing, "+862000000991")


@pytest.mark.parametrize("from_", ["15400000001", "", "anonymous"])
async def test_nobody_else_hears_it(ringing: VoiceScene, from_: str) -> None:
    await ringing.add(DrillRun(through="carrier", began_at=NOON))

    assert "<Reject" in await asks(ringing, from_)


async def test_when_no_drill_runs_it_is_not_answered(ringing: VoiceScene) -> None:
    over = NOON + timedelta(seconds=1)
    await ringing.add(DrillRun(through="carrier", began_at=NOON, ended_at=over, outcome="passed"))

    assert "<Reject" in await asks(ringing)
    assert await ringing.calls() == []


async def test_a_contact_who_is_drilled_is_told_that_nothing_is_the_matter(
    scene: VoiceScene,
) -> None:
    unknown = await scene.asks("/voice/contact-drills/none/answer", CallSid="CA-1")

    assert "<Say" not in unknown
    assert await scene.reports("/voice/contact-drills/none/status", CallStatus="completed") == 204
    assert "<Say" not in await scene.asks("/voice/contact-drills/none/key", Digits="1")
