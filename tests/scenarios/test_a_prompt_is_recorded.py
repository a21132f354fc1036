"""A prompt is recorded in Hakka; a caller's telephone plays it, until its words change."""

import httpx
import pytest

from tests.harness.carrier import Handset
from tests.harness.house import Staff
from tests.harness.scene import Scene
from tests.hotline.prompts.conftest import tone

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

TAKES = "/api/v1/prompts/hak/keys/wait.first/takes"
CHANGED = "update prompt_recording set script = 'what was said before' returning id"
HAKKA = "3"
BEFORE, AFTER = "15400000001", "15400000002"


async def somebody_records(scene: Scene, admin: Staff) -> str:
    """What is said to who begins to wait. Returns its address."""
    headers = {"Authorization": f"Bearer {admin.token}"}
    answer = await scene.house.http.post(TAKES, content=tone(), headers=headers)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    await how_is_it_said(admin)
    return str(answer.json()["sound"])


async def how_is_it_said(admin: Staff) -> str:
    """As the process says that answers callers."""
    told = await admin.get("/prompts/hak?line=youth-12355")
    return str(next(one["how"] for one in told["prompts"] if one["key"] == "wait.first"))


async def the_page(scene: Scene, admin: Staff) -> str:
    """What the administrator reads."""
    headers = {"Authorization": f"Bearer {admin.token}", "Accept-Language": "en"}
    return (await scene.house.http.get("/prompts?language=hak", headers=headers)).text


async def a_hakka_speaker_waits(scene: Scene, number: str) -> Handset:
    caller = scene.handset(number)
    await caller.dials("12355")
    await caller.presses(HAKKA)
    return caller


async def test_a_hakka_caller_is_played_what_somebody_recorded_until_its_words_change(
    scene: Scene,
) -> None:
    admin = await scene.house.signs_in("admin")
    sound = await somebody_records(scene, admin)

    played = await (await a_hakka_speaker_waits(scene, BEFORE)).plays(sound)
    await scene.house.rows(CHANGED)
    said_now = await how_is_it_said(admin)
    await (await a_hakka_speaker_waits(scene, AFTER)).hears("谢谢你打来")

    assert (played["status"], played["seconds"], said_now) == (200, 1.0, "stand_in")
    assert "The words of 1 recordings have changed since" in await the_page(scene, admin)
