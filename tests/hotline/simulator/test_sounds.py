"""What a document plays is fetched, as the carrier fetches it."""

import pytest

from tests.harness.carrier import Carrier
from tests.hotline.prompts.conftest import tone
from tests.hotline.simulator.conftest import Application

pytestmark = pytest.mark.anyio

CHILD = "15400000001"
DOCUMENT = "<Play>/sounds/hello.wav</Play><Say>after it</Say>"


async def test_a_sound_is_fetched_from_the_address_in_the_document(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": DOCUMENT}
    application.sounds = {"/sounds/hello.wav": tone(1.5)}
    child = carrier.handset(CHILD)

    await child.dials("12355")
    played = await child.plays("/sounds/hello.wav")

    assert (played["status"], played["seconds"]) == (200, 1.5)


async def test_a_sound_that_is_not_there_is_warned_of_and_the_document_goes_on(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": DOCUMENT}
    child = carrier.handset(CHILD)

    await child.dials("12355")
    played = await child.plays("/sounds/hello.wav")
    await child.hears("after it")

    warnings = [entry["code"] for entry in carrier.journal if entry["kind"] == "warning"]
    assert (played["status"], played["seconds"], warnings) == (404, 0.0, [12300])
