"""A caller hears what somebody recorded, and a voice where nobody did."""

import pytest

from hotline.prompts.service import keep_take
from hotline.prompts.sound import check_sound
from hotline.storage.tables import PromptRecording
from tests.fakes import NOON
from tests.hotline.prompts.conftest import tone
from tests.hotline.web.voice.conftest import VoiceScene, says

pytestmark = pytest.mark.anyio

SOUND = check_sound(tone())
PLAYED = f"<Play>/sounds/prompts/{SOUND.sha256}.wav</Play>"


async def somebody_recorded(scene: VoiceScene, key: str, language: str) -> str:
    async with scene.backend.database.work() as work:
        take = await keep_take(work, language, key, SOUND, staff_id="li", at=NOON)
    await read(scene)
    return take.id


async def read(scene: VoiceScene) -> None:
    async with scene.backend.database.work() as work:
        await scene.backend.prompts.read(work)


async def test_a_caller_is_played_what_somebody_recorded(scene: VoiceScene) -> None:
    await somebody_recorded(scene, "menu.to_human", "yue")
    await scene.child_calls()

    document = await scene.child_presses("2")

    assert PLAYED in document
    assert not says(document, "menu.to_human", "yue")


async def test_a_recording_whose_words_have_changed_is_not_played(scene: VoiceScene) -> None:
    take = await somebody_recorded(scene, "menu.to_human", "yue")
    await scene.change(PromptRecording, take, script="从前的话。")
    await read(scene)
    await scene.child_calls()

    document = await scene.child_presses("2")

    assert "<Play>" not in document
    assert says(document, "menu.to_human", "yue")


async def test_without_a_database_a_caller_still_hears_words(
    without_database: VoiceScene,
) -> None:
    document = await without_database.asks("/voice/calls/c1/wait?turn=3&lang=hak")

    assert says(document, "technical")


async def test_a_sound_that_callers_hear_is_there_while_the_database_is_away(
    scene: VoiceScene, without_database: VoiceScene
) -> None:
    await somebody_recorded(scene, "technical", "hak")
    async with scene.backend.database.work() as work:
        await without_database.backend.prompts.read(work)

    document = await without_database.asks("/voice/calls/c1/wait?turn=3&lang=hak")
    sound = await without_database.http.get(f"/sounds/prompts/{SOUND.sha256}.wav")

    assert PLAYED in document
    assert sound.content == SOUND.wav
