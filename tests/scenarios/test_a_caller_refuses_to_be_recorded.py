"""Consent: refused by key or word, the call goes on; skipped in danger, a word is owed."""

import pytest

from tests.harness.scene import Scene
from tests.harness.talking import CHILD, JOINED

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

NO_RECORDING = "select 1 where not exists (select 1 from recording)"


async def records(scene: Scene, rule: str) -> None:
    """The line's rule."""
    await scene.house.rows("update line set recording = %s::jsonb returning 1", rule)


async def test_the_star_key_refuses_and_the_talk_is_not_recorded(scene: Scene) -> None:
    await records(scene, '{"when": "always"}')
    child = await scene.dials_and_waits(CHILD)
    await child.hears("录下来")

    await child.presses("*")
    await child.hears("不录音")

    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await scene.until(JOINED, "recording.declined")
    await scene.until(NO_RECORDING)


async def test_a_word_to_the_counselor_stops_it_and_what_was_recorded_is_erased(
    scene: Scene,
) -> None:
    await records(scene, '{"when": "always", "in_danger": "at_once"}')
    child = scene.handset(CHILD)
    await child.dials("12355")
    li = await scene.counselor("li")
    await child.presses("9")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await scene.until("select 1 from recording where state = 'on'")
    await scene.until("select 1 from notice_owed where closed_at is null")
    call = await scene.call_of(CHILD)

    await li.does("POST", f"/calls/{call}/recording/refused", {"erase": True})

    await scene.until("select 1 from recording where state = 'over'")
    await scene.passes(40)  # longer than anybody waits for a worker
    await scene.until("select 1 from recording where copy_state = 'erased'")
    await scene.talk(CHILD)
    await li.does("POST", f"/calls/{call}/notice", {"how": "told"})
    await scene.until("select 1 from notice_owed where closed_as = 'told'")
