"""A supervisor moves callers and queues; the callers keep their place and are answered there."""

from typing import Any

import pytest

from tests.harness.scene import GREETING, Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, SECOND, THIRD = "15400000001", "15400000002", "15400000003"
# A second line, like the first, for which he and chen work; chen for no other.
OTHER_LINE = """
insert into line select (jsonb_populate_record(line, '{"id": "legal", "name": "法律",
    "name_en": "Legal", "is_default": false}')).* from line where id = 'youth-12355'
"""
BOTH = "update staff set lines = '[\"youth-12355\", \"legal\"]' where username in ('he', 'admin')"
CHEN = "update staff set lines = '[\"legal\"]' where username = 'chen'"
PLACES = "select line_id, queued_at from call order by arrived_at"


@pytest.fixture
async def two_lines(scene: Scene) -> Scene:
    """The plans of both are in force."""
    for statement in (OTHER_LINE, BOTH, CHEN):
        await scene.house.rows(f"{statement} returning id")
    await scene.house.rows(
        'select pg_notify(\'hotline\', \'{"topic": "configuration", "id": ""}\')'
    )
    return scene


async def he_does(scene: Scene, path: str, body: dict[str, Any] | None = None) -> Any:
    """Signed in, and not on duty: nobody rings for the supervisor."""
    return await (await scene.house.signs_in("he")).does("POST", path, body)


async def answers(scene: Scene, counselor: Counselor, number: str) -> None:
    await counselor.phone.rings()
    await counselor.phone.answers()
    await scene.talk(number)


async def test_a_moved_caller_keeps_the_place_and_is_answered_on_the_other_line(
    two_lines: Scene,
) -> None:
    scene = two_lines
    await scene.dials_and_waits(CHILD)
    await scene.waits(CHILD)
    ((_, queued_at),) = await scene.house.rows(PLACES)

    call_id = await scene.call_of(CHILD)
    await he_does(scene, f"/floor/callers/{call_id}/move", {"line": "legal"})
    chen = await scene.counselor("chen")
    await answers(scene, chen, CHILD)

    assert await scene.house.rows(PLACES) == [("legal", queued_at)]


async def test_a_diverted_queue_goes_along_and_who_still_waits_comes_back(
    two_lines: Scene,
) -> None:
    scene = two_lines
    await scene.dials_and_waits(CHILD)
    await scene.waits(CHILD)
    await scene.passes(1)
    await scene.dials_and_waits(SECOND)
    await scene.waits(SECOND)
    before = await scene.house.rows(PLACES)

    act = await he_does(scene, "/floor/lines/youth-12355/divert", {"to": "legal"})
    await scene.passes(1)
    await scene.dials_and_waits(THIRD)
    await scene.until("select 1 from call where line_id = 'legal' having count(*) = 3")
    chen = await scene.counselor("chen")
    await answers(scene, chen, CHILD)
    await he_does(scene, f"/floor/acts/{act['id']}/undo")

    after = await scene.house.rows(PLACES)
    assert [line for line, _ in after] == ["legal", "youth-12355", "youth-12355"]
    assert [queued_at for _, queued_at in after][:2] == [queued_at for _, queued_at in before]
    li = await scene.counselor("li")
    await answers(scene, li, SECOND)


async def test_a_closed_queue_takes_messages_and_lets_danger_through(scene: Scene) -> None:
    await he_does(scene, "/floor/lines/youth-12355/close", {"reason": "nobody until eight"})
    calm, endangered = scene.handset(CHILD), scene.handset(SECOND)
    await calm.dials("12355")
    await calm.hears(GREETING)
    await calm.presses("1")
    await scene.until("select 1 from call where state = 'message'")

    await endangered.dials("12355")
    await endangered.hears(GREETING)
    await endangered.presses("9")
    await scene.waits(SECOND)
    li = await scene.counselor("li")
    await answers(scene, li, SECOND)

    await scene.until("select 1 from call where state = 'message' and urgency = 'routine'")


async def test_skills_for_the_shift_bring_a_caller_to_who_has_them_now(scene: Scene) -> None:
    """Chen is set aside for a moment, so that nobody is rung; made ready, chen takes the call."""
    chen = await scene.counselor("chen")
    staff_id = str((await scene.house.rows("select id from staff where username = 'chen'"))[0][0])
    aside = {"people": [staff_id], "state": "paused", "reason": "please wait"}
    done = await he_does(scene, "/floor/presences", aside)
    await scene.dials_and_waits(CHILD)
    await scene.waits(CHILD)

    await he_does(scene, "/floor/skills", {"people": [staff_id], "languages": {"eng": 3}})
    await he_does(scene, f"/floor/acts/{done['acts'][0]['id']}/undo")

    await answers(scene, chen, CHILD)
    offers = await scene.house.rows("select state, revision from offer")
    assert offers == [("accepted", 1)]
