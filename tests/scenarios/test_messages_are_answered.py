"""After hours a child speaks to the recorder: in the work list, heard there, answered at once."""

from typing import Any

import httpx
import pytest

from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
OWED = "select 1 from callback where state = 'open'"


async def list_of(li: Counselor) -> dict[str, Any]:
    """The work list as she sees it."""
    told: dict[str, Any] = await li.staff.get("/messages")
    return told


async def test_a_message_is_heard_in_the_list_and_answered_by_one_act(scene: Scene) -> None:
    child = await scene.dials_and_is_recorded(CHILD)
    await child.hears("留言会加密保存一千零九十五天，到期就删除")
    await scene.carrier.passes(8)
    await child.hangs_up()
    await scene.ends(CHILD, "message_left")
    await scene.until(OWED)
    await scene.passes(40)
    await scene.until("select 1 from recording where copy_state = 'deleted'")
    li = await scene.counselor("li")

    [message] = (await list_of(li))["messages"]
    sound = message["sounds"][0]["id"]
    played = await li.staff.tries("GET", f"/recordings/{sound}/media")
    [heard] = (await list_of(li))["messages"]
    await li.does("POST", f"/callbacks/{message['owed']['id']}/call")
    await li.phone.rings()
    await li.phone.answers()
    again = scene.handset(CHILD)
    await again.rings()
    await again.answers()
    await again.is_talking_to_somebody()
    await scene.until("select 1 from callback where state = 'done'")

    over = await list_of(li)
    assert played.status_code == httpx.codes.OK
    assert len(heard["heard"]) == 1
    assert (over["messages"], [one["state"] for one in over["answered"]]) == ([], ["done"])


async def test_a_silent_start_is_not_the_end(scene: Scene) -> None:
    child = await scene.dials_and_is_recorded(CHILD)
    await child.says_nothing()
    await scene.carrier.passes(11)
    await child.hears("录下来")
    await child.hears("留言会加密保存")

    await child.speaks_at_once("我想说一件事")
    await scene.carrier.passes(8)
    await child.hangs_up()
    await scene.ends(CHILD, "message_left")

    await scene.until(OWED)
    [message] = (await list_of(await scene.counselor("li")))["messages"]
    assert message["owed"]["why"] == "message"
    assert await scene.house.rows("select 1 from call_event where kind = 'message.asked_again'")
