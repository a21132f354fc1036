"""Signed in twelve hours ago, in a talk: nobody is signed out of it."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"


async def test_a_flag_can_still_be_raised_and_the_log_in_ends_with_the_record(
    scene: Scene,
) -> None:
    li = await scene.counselor("li")
    await li.does("PUT", "/me/presence", {"state": "offline"})
    await scene.passes(11 * 3600 + 59 * 60 + 30)
    await li.is_ready()
    child = await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    call = await scene.call_of(CHILD)
    await scene.passes(60)

    flagged = await li.staff.tries("POST", f"/calls/{call}/flags", {"level": "imminent"})
    await child.hangs_up()
    await scene.presence("li", "wrapping_up")
    record = {"contact_type": "silent", "ready": True}
    saved = await li.staff.tries("PUT", f"/calls/{call}/record", record)

    assert (flagged.status_code, saved.status_code) == (201, 200)
    assert (await li.staff.tries("GET", "/me")).status_code == 401
