"""A child at high risk is called again: not reached twice, at other hours; then reached."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
RECORD = {"contact_type": "self", "disposition": "listened", "risk": "high", "narrative": "x"}
DAY_S = 24 * 3600.0


async def is_agreed(scene: Scene) -> str:
    """Li finds a high risk in a talk, and the child wants to be called. Returns the sequence."""
    li, child = await scene.talking("li", CHILD)
    call_id = await scene.call_of(CHILD)
    await li.does("PUT", f"/calls/{call_id}/record", RECORD)
    [(one,)] = await scene.house.rows("select id from follow_up where state = 'proposed'")
    said = {"said": "agreed", "words": "x", "from_hour": 0, "until_hour": 24}
    await li.does("POST", f"/follow-ups/{one}/consent", said)
    await li.does("POST", f"/calls/{call_id}/end")
    await child.is_hung_up()
    await scene.ends(CHILD, "talked")
    return str(one)


async def comes_at(scene: Scene, seconds: float) -> Counselor:
    """So much later li is on duty, and ready."""
    await scene.passes(seconds)
    return await scene.counselor("li")


async def rings_the_child(scene: Scene, li: Counselor, one: str) -> tuple[str, Handset]:
    """Li presses the button: her own phone rings first, then the child's. Returns the call."""
    child = scene.handset(CHILD)
    made = await li.does("POST", f"/follow-ups/{one}/call")
    await li.phone.rings()
    await li.phone.answers()
    await child.rings()
    return str(made["call_id"]), child


async def until_next_try(scene: Scene, one: str) -> float:
    """How long it is from the last try to the time that is proposed for the next one."""
    [(seconds,)] = await scene.house.rows(
        "select extract(epoch from try_at - (select max(ended_at) from follow_up_attempt))::float"
        f" from follow_up where id = '{one}'"
    )
    return float(seconds)


async def test_a_child_is_tried_at_other_hours_reached_and_called_again_in_a_week(
    scene: Scene,
) -> None:
    one = await is_agreed(scene)
    wait_s = DAY_S
    for tries in (1, 2):
        li = await comes_at(scene, wait_s)
        await rings_the_child(scene, li, one)
        await scene.passes(35)
        await scene.until(
            "select 1 from follow_up where id = %s and state = 'running' and tries = %s", one, tries
        )
        wait_s = await until_next_try(scene, one)

    li = await comes_at(scene, wait_s)
    call_id, child = await rings_the_child(scene, li, one)
    await child.answers()
    await child.is_talking_to_somebody()
    await scene.until("select 1 from follow_up where id = %s and state = 'talked'", one)
    await li.does("POST", f"/calls/{call_id}/end")
    found = {"outcome": "reached", "risk": "low", "safety_plan": "kept"}
    await li.does("POST", f"/follow-ups/{one}/outcome", found)

    await scene.until(
        "select 1 from follow_up where id = %s and state = 'running' and step = 1"
        " and due_at = began_at + interval '7 days'",
        one,
    )
    tried = await scene.house.rows("select at from follow_up_attempt order by number")
    assert len({at.hour for (at,) in tried}) == len(tried) == 3


async def test_a_child_who_is_not_called_in_time_is_told_to_the_supervisor_once(
    scene: Scene,
) -> None:
    one = await is_agreed(scene)

    await scene.passes(2 * DAY_S)

    await scene.until("select 1 from call_event where kind = 'follow_up.late'")
    await scene.passes(DAY_S)
    assert await scene.count("follow_up") == 1
    [(told,)] = await scene.house.rows(
        f"select count(*) from call_event where facts->>'follow_up' = '{one}'"
        " and kind = 'follow_up.late'"
    )
    assert told == 1
