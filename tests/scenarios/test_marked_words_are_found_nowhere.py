"""A marked number and marked words go through a call's whole life, and are nowhere in the clear."""

import pytest

from tests.harness.marks import in_addresses, in_columns, in_files, in_redis
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

NUMBER = "15400000777"
FORMS = (NUMBER, "+86" + NUMBER, "154 0000 0777", "00000777")
NAME, STREET, SENTENCE = "marker-mingming", "marker-lane-9", "marker: says she has taken pills"
MARKED = (*FORMS, NAME, STREET, "marker", SENTENCE)


async def test_a_marked_call_leaves_no_mark_in_the_clear(scene: Scene) -> None:
    li, child = await scene.talking("li", NUMBER)
    call = await scene.call_of(NUMBER)
    flag = {"level": "imminent", "summary": f"{NAME}, {STREET}: {SENTENCE}", "client_key": "m-1"}
    await li.does("POST", f"/calls/{call}/flags", flag)
    duty = scene.handset("02000000202")
    await duty.rings()
    await duty.answers()
    await duty.hears("PIN|密码|工号")
    await duty.presses("1232#")
    await scene.until("select 1 from escalation where state = 'acknowledged'")
    record = {"narrative": f"{NAME} {STREET} {SENTENCE}", "risk": "imminent", "topics": []}
    await li.does("PUT", f"/calls/{call}/record", record)
    opened = await li.does("POST", f"/calls/{call}/number", {"reason": "a station asks for it"})
    assert opened["number"].replace(" ", "") == NUMBER
    for wrong in ({**flag, "level": SENTENCE}, {**flag, "summary": [SENTENCE]}, {NAME: STREET}):
        assert (await li.staff.tries("POST", f"/calls/{call}/flags", wrong)).status_code == 422
    assert (await li.staff.tries("PUT", f"/calls/{call}/record", {"risk": NAME})).is_error
    await child.hangs_up()
    await scene.ends(NUMBER, "talked")
    await scene.until("select 1 from audit_entry where kind = 'number.opened' and seq > 0")

    assert await in_columns(scene, MARKED) == []
    assert in_files(scene.house.logs, MARKED) == []
    assert in_redis(scene.house.env["HOTLINE_REDIS_URL"], MARKED) == []
    metrics = (await scene.house.http.get("/metrics")).text
    assert [mark for mark in MARKED if mark in metrics] == []
    assert in_addresses(scene, MARKED) == []
