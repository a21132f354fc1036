"""A supervisor listens, whispers, speaks with all or takes the child; a counselor asks for one."""

import pytest

from tests.harness.agreement import all_agree
from tests.harness.scene import Scene
from tests.harness.talking import CHILD, beside, supervisor

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

HE, LI = "client:he", "client:li"
LINES_SUPERVISOR = "02000000011"


@pytest.mark.parametrize(
    ("how", "heard_by"),
    [("listen", set[str]()), ("whisper", {LI}), ("join", {LI, CHILD})],
)
async def test_who_hears_a_supervisor(scene: Scene, how: str, heard_by: set[str]) -> None:
    _, _, call = await beside(scene, how)

    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.heard_by(HE) == heard_by
    assert company.hears(HE) == {LI, CHILD}


async def test_who_listens_begins_to_whisper_and_then_speaks_with_all(scene: Scene) -> None:
    _, he, call = await beside(scene, "listen")

    await he.does("POST", f"/calls/{call}/whisper")
    await all_agree(scene)
    whispering = (await scene.carrier.conferences())[f"call-{call}"].heard_by(HE)
    await he.does("POST", f"/calls/{call}/join")
    await all_agree(scene)

    assert whispering == {LI}
    assert (await scene.carrier.conferences())[f"call-{call}"].heard_by(HE) == {LI, CHILD}


async def test_who_listens_takes_the_caller_over(scene: Scene) -> None:
    li, he, call = await beside(scene, "listen")

    await he.does("POST", f"/calls/{call}/take-over")

    await li.phone.is_hung_up()
    await all_agree(scene)
    await scene.presence("li", "wrapping_up")
    await scene.presence("he", "talking")
    assert (await scene.carrier.conferences())[f"call-{call}"].hears(CHILD) == {HE}
    await he.does("POST", f"/calls/{call}/end")
    await scene.ends(CHILD, "talked")
    await all_agree(scene)


async def test_a_supervisor_takes_the_caller_over_as_soon_as_they_answer(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    he, call = await supervisor(scene), await scene.call_of(CHILD)
    await he.does("POST", f"/calls/{call}/take-over")
    await he.phone.rings()
    await scene.presence("li", "talking")

    await he.phone.answers()

    await li.phone.is_hung_up()
    await all_agree(scene)
    await scene.presence("he", "talking")
    await scene.talk(CHILD)


async def test_a_supervisor_steps_out_and_the_talk_goes_on(scene: Scene) -> None:
    _, he, call = await beside(scene, "join")

    await he.does("POST", f"/calls/{call}/step-out")

    await he.phone.is_hung_up()
    await all_agree(scene)
    await scene.talk(CHILD)
    await scene.presence("he", "offline")


async def test_a_supervisor_who_was_ready_is_ready_again_after_listening(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    he, call = await scene.counselor("he"), await scene.call_of(CHILD)
    await he.does("POST", f"/calls/{call}/listen")
    await he.phone.rings()
    await he.phone.answers()
    await scene.presence("he", "talking")

    await he.does("POST", f"/calls/{call}/step-out")

    await he.phone.is_hung_up()
    await scene.presence("he", "ready")
    await all_agree(scene)
    assert li.phone.address == LI


async def test_who_speaks_with_all_goes_on_when_the_counselors_line_breaks(scene: Scene) -> None:
    li, _, call = await beside(scene, "join")
    await scene.until("select 1 from participant where role = 'counselor' and ends is false")

    await li.phone.hangs_up()
    await scene.passes(5)

    await scene.until("select 1 from call_event where kind = 'counselor.succeeded'")
    await all_agree(scene)
    await scene.presence("he", "talking")
    assert (await scene.carrier.conferences())[f"call-{call}"].hears(CHILD) == {HE}


async def test_the_child_is_back_in_line_when_the_line_of_who_is_whispered_to_breaks(
    scene: Scene,
) -> None:
    li, he, _ = await beside(scene, "whisper")

    await li.phone.hangs_up()

    await he.phone.is_hung_up()
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await all_agree(scene)


# ── help ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_call_for_help_rings_supervisors_and_is_taken_by_answering(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    he, call = await supervisor(scene), await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/help")
    await he.phone.rings()
    await scene.handset(LINES_SUPERVISOR).rings()

    await he.phone.answers()

    await scene.until("select 1 from call_event where kind = 'help.taken'")
    await scene.handset(LINES_SUPERVISOR).is_hung_up()
    await all_agree(scene)
    assert (await scene.carrier.conferences())[f"call-{call}"].heard_by(HE) == {LI}


async def test_a_call_for_help_that_nobody_answers_stands_and_can_be_asked_again(
    scene: Scene,
) -> None:
    li, _ = await scene.talking("li", CHILD)
    he, call = await supervisor(scene), await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/help")
    await he.phone.rings()

    await scene.passes(45)

    await he.phone.is_hung_up()
    await all_agree(scene)
    await scene.talk(CHILD)
    assert await scene.count("help_call where taken_at is null") == 1
    await li.does("POST", f"/calls/{call}/help")
    await he.phone.rings()
    assert await scene.count("help_call") == 1


async def test_a_call_for_help_is_taken_by_coming_beside_from_the_floor(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    he, call = await supervisor(scene), await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/help")
    await he.phone.rings()

    await he.does("POST", f"/calls/{call}/take-over")
    await he.phone.answers()

    await scene.until("select 1 from help_call where taken_at is not null")
    await li.phone.is_hung_up()
    await all_agree(scene)
    await scene.presence("he", "talking")
