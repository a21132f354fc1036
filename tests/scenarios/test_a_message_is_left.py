"""Nobody can talk, and a child speaks to the recorder: fetched, heard, and answered by a call."""

import httpx
import pytest

from tests.harness.scene import SID, TOKEN, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
FETCHED = "select 1 from recording where is_message and copy_state = 'deleted'"
OWED = "select 1 from callback where why = 'message' and state = 'open'"


async def leaves_message(scene: Scene) -> str:
    """The queue is closed; the child speaks, and ends it as most do: by hanging up."""
    child = await scene.dials_and_is_recorded(CHILD)
    await scene.carrier.passes(8)
    await child.hangs_up()
    await scene.ends(CHILD, "message_left")
    return await child.sid()


async def test_a_message_ended_by_hanging_up_is_fetched_heard_and_answered(scene: Scene) -> None:
    leg = await leaves_message(scene)
    await scene.until(OWED)
    await scene.passes(40)
    await scene.until(FETCHED)
    call = await scene.call_of(CHILD)

    li = await scene.counselor("li")
    (shown,) = await li.staff.get(f"/calls/{call}/recordings")
    played = await li.staff.tries("GET", f"/recordings/{shown['id']}/media")
    await li.does("POST", f"/calls/{call}/call-back")
    await li.phone.rings()
    await li.phone.answers()
    again = scene.handset(CHILD)
    await again.rings()
    await again.answers()
    await again.is_talking_to_somebody()
    await scene.until("select 1 from callback where why = 'message' and state = 'done'")

    where = f"/2010-04-01/Accounts/{SID}/Calls/{leg}/Recordings.json"
    kept = await scene.carrier.http.get(where, auth=(SID, TOKEN))
    assert (played.status_code, shown["is_message"]) == (httpx.codes.OK, True)
    assert played.content.startswith(b"RIFF")
    assert kept.json()["recordings"] == []
    assert await scene.house.rows("select 1 from call_event where kind = 'recording.played'")
