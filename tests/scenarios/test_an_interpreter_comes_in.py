"""A caller whom the counselor may not understand: somebody who translates comes into the talk."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import GREETING, Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, HAKKA_INTERPRETER = "15400000001", "02000000020"


async def talking_across_languages(scene: Scene) -> tuple[Counselor, Handset, Handset]:
    """In danger, in Hakka; only Wong is there, who speaks neither Hakka nor Mandarin."""
    wong, child = await scene.counselor("wong"), scene.handset(CHILD)
    interpreter = scene.handset(HAKKA_INTERPRETER)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("3")
    await wong.phone.rings()  # at once: there is nobody on duty to wait for
    await wong.phone.answers()
    await interpreter.rings()
    return wong, child, interpreter


async def test_an_interpreter_is_called_where_the_counselor_may_not_speak_with_the_caller(
    scene: Scene,
) -> None:
    _, child, interpreter = await talking_across_languages(scene)

    await interpreter.answers()
    await interpreter.hears("青少年服务台.*翻译.*按1")
    await interpreter.presses("1")

    await scene.talk(CHILD)
    await interpreter.is_talking_to_somebody()
    await scene.until("select 1 from call_event where kind = 'interpreter.joined'")
    await child.hangs_up()
    await interpreter.is_hung_up()
    await scene.presence("wong", "wrapping_up")


async def test_the_talk_goes_on_when_the_interpreter_hangs_up_and_another_is_asked_for(
    scene: Scene,
) -> None:
    wong, _, interpreter = await talking_across_languages(scene)
    await interpreter.answers()
    await interpreter.hears("青少年服务台.*翻译")
    await interpreter.presses("1")
    await scene.talk(CHILD)
    await scene.until("select 1 from call_event where kind = 'interpreter.joined'")

    await interpreter.hangs_up()

    await scene.until("select 1 from call_event where kind = 'interpreter.left'")
    await scene.talk(CHILD)
    call = await scene.call_of(CHILD)
    await wong.does("POST", f"/calls/{call}/interpreter")
    await wong.does("POST", f"/calls/{call}/interpreter")
    await interpreter.rings()
    assert await scene.count("participant where role = 'interpreter'") == 2


async def test_a_counselor_is_told_when_no_interpreter_answers(scene: Scene) -> None:
    _, _, interpreter = await talking_across_languages(scene)

    await interpreter.declines()

    await scene.until("select 1 from call_event where kind = 'interpreter.not_reached'")
    await scene.talk(CHILD)


async def test_nobody_translates_between_two_who_speak_one_language(scene: Scene) -> None:
    await scene.talking("li", CHILD)

    assert await scene.count("participant where role = 'interpreter'") == 0


async def test_a_line_without_an_interpreter_says_so(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)

    refused = await li.staff.tries("POST", f"/calls/{await scene.call_of(CHILD)}/interpreter")

    assert refused.status_code == 422
    assert "write one into its file" in refused.text
