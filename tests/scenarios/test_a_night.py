"""A night: nobody at the first station, the next one returns it, the one above keeps the promise.

Every step is on the page's story and in what is taken out of the house.
"""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, PIN = "15400000001", "1232"
DUTY, DEPUTY, CITY, PROVINCE = "02000000202", "15400000203", "02000000102", "02000000002"
ACK_WITHIN_S = 121
STORY = "孩子说她吃了药"
POLICE = "110 已到现场，确认孩子已送医"


async def acknowledges(scene: Scene, phone: str) -> None:
    """Whoever has this phone picks up and proves who they are."""
    handset = scene.handset(phone)
    await handset.rings()
    await handset.answers()
    await handset.hears("PIN|密码|工号")
    await handset.presses(f"{PIN}#")
    await scene.until("select 1 from escalation where state = 'acknowledged'")


async def test_a_flag_at_night_is_a_promise_that_is_kept(scene: Scene) -> None:
    await scene.handset(DEPUTY).is_busy()
    li, _child = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    flag = {"level": "imminent", "summary": STORY, "client_key": "key-1"}
    raised = await li.does("POST", f"/calls/{call}/flags", flag)
    path = f"/escalations/{raised['escalation_id']}"
    he = await scene.house.signs_in("he")

    await scene.handset(DUTY).rings()  # silent until its time is over; then a number that is dead
    await scene.passes(ACK_WITHIN_S)
    await scene.until("select 1 from delivery where address like '%15400000203' and tries > 0")
    await scene.passes(1)
    await acknowledges(scene, CITY)
    await he.does("POST", f"{path}/return", {"text": "孩子在外市"})
    await acknowledges(scene, PROVINCE)
    await he.does("POST", f"{path}/accept")
    await he.does("POST", f"{path}/comment", {"text": POLICE})
    await he.does("POST", f"{path}/report", {"text": "已由医院接手"})
    await he.does("POST", f"{path}/close", {"text": "孩子平安"})

    export = await he.get(f"{path}/export.json?lang=zh")
    told = [line["said"] for line in export["story"]]
    for word in ("标记危机", "已退回", "已受理", "补充了说明", "已反馈", "已结案"):
        assert any(word in said for said in told)
    assert any("天河值班" in said and "天河站长 忙线" in said for said in told)
    assert any("市值班 已确认接收" in said for said in told)
    assert any("省值班 已确认接收" in said for said in told)
    behind = sorted(one for line in export["story"] for one in line["entries"])
    assert behind == sorted(one["id"] for one in export["timeline"])
    assert [word for word in (STORY, POLICE) if word in str(export)] == []
    assert export["state"] == "closed"
