"""A night: nobody at the street's station, the county returns it, the city keeps the promise.

Every step is on the page's story and in what is taken out of the house.
"""

import json
from typing import Any

import pytest

from hotline.numbers import normalised
from tests.harness.carrier import Handset
from tests.harness.scene import Scene
from tests.scenarios.test_who_answers_at_night import until_two

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
STREET, STREET_DEPUTY = "15400000311", "15400000312"
ON_DUTY = (("石牌街道值班", STREET), ("石牌街道副值班", STREET_DEPUTY))
COUNTY, COUNTY_PIN, CITY, CITY_PIN = "02000000202", "1232", "02000000102", "1231"
POLICE = "02000000302"
STEP_S = 121
SAID = ("孩子说她吃了药", "警号 4711", "已由医院接手", "孩子平安")
STORY = (
    "石牌街道值班 没人接、石牌街道副值班 没接通",
    "天河值班 已确认接收",
    "已退回",
    "市值班 已确认接收",
    "已受理",
    "110",
    "已反馈",
    "已结案",
)


async def has_a_street_station(scene: Scene) -> None:
    """Below the county, with two on duty; the line's escalations begin there."""
    await like(scene, "station", "gz-tianhe", id="street", name="石牌街道", parent_id="gz-tianhe")
    [(duty,)] = await scene.house.rows(
        "select id from station_contact where phone = %s", normalised(COUNTY)
    )
    for rank, (name, phone) in enumerate(ON_DUTY):
        own = {"station_id": "street", "rank": rank, "name": name, "staff_id": None}
        number = normalised(phone)
        await like(scene, "station_contact", duty, id=phone, phone=number, key=number, **own)
    await scene.house.rows("update line set station_id = 'street' returning 1")


async def like(scene: Scene, table: str, one_id: str, /, **own: Any) -> None:
    """A row as that one, but for its own values."""
    copy = f"select (jsonb_populate_record(one, %s::jsonb)).* from {table} one where id = %s"
    await scene.house.rows(f"insert into {table} {copy} returning 1", json.dumps(own), one_id)


async def acknowledges(phone: Handset, pin: str) -> None:
    """Whoever has this phone picks up and proves who they are."""
    await phone.rings()
    await phone.answers()
    await phone.hears("PIN|密码|工号")
    await phone.presses(f"{pin}#")


async def is_flagged(scene: Scene) -> str:
    """At two in the morning. Returns the escalation's path."""
    await has_a_street_station(scene)
    await scene.passes(until_two(scene.house.clock.now()))
    await scene.handset(STREET_DEPUTY).unregisters()  # nobody has this number any more
    li, _child = await scene.talking("li", CHILD)
    flag = {"level": "imminent", "summary": SAID[0], "client_key": "key-1"}
    raised = await li.does("POST", f"/calls/{await scene.call_of(CHILD)}/flags", flag)
    return f"/escalations/{raised['escalation_id']}"


async def is_in_state(scene: Scene, state: str) -> None:
    await scene.until("select 1 from escalation where state = %s", state)


async def test_a_flag_at_night_is_a_promise_that_is_kept(scene: Scene) -> None:
    path = await is_flagged(scene)
    county, city = scene.handset(COUNTY), scene.handset(CITY)

    await scene.handset(STREET).rings()  # in an empty room
    await scene.passes(STEP_S)
    await acknowledges(county, COUNTY_PIN)
    await is_in_state(scene, "acknowledged")
    await county.presses("2")
    await acknowledges(city, CITY_PIN)
    await is_in_state(scene, "acknowledged")
    await city.presses("1")
    await is_in_state(scene, "accepted")
    await scene.handset(POLICE).is_hung_up()  # and so for everybody who was rung beside the city
    he = await scene.house.signs_in("he")
    await he.does("POST", f"{path}/rescue", {"agency": "110", "reference": SAID[1]})
    await he.does("POST", f"{path}/report", {"text": SAID[2]})
    await he.does("POST", f"{path}/close", {"text": SAID[3]})

    export = await he.get(f"{path}/export.json?lang=zh")
    told = " / ".join(line["said"] for line in export["story"])
    assert [word for word in STORY if word not in told] == []
    behind = sorted(one for line in export["story"] for one in line["entries"])
    assert behind == sorted(one["id"] for one in export["timeline"])
    assert [word for word in SAID if word in str(export)] == []
    assert export["state"] == "closed"
    headers = {"Authorization": f"Bearer {he.token}", "Accept": "text/html"}
    page = (await he.http.get(path, headers=headers)).text
    assert [word for word in STORY if word not in page] == []
