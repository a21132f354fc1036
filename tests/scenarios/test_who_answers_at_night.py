"""A flag at two in the morning rings the night duty of the station, then the deputy."""

import json
from datetime import datetime, timedelta

import pytest

from hotline.lines.hours import SHANGHAI
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
DAY, NIGHT = "02000000202", "15400000203"
ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SILENCE_S = 121


def shift(begin: str, end: str, contact: str, deputy: str) -> dict[str, object]:
    who = {"contact": f"+86{contact.lstrip('0')}", "deputies": [f"+86{deputy.lstrip('0')}"]}
    return {"days": ALL_DAYS, "from": begin, "to": end, **who}


def until_two(now: datetime) -> float:
    """Seconds to the next 02:00 in Guangdong."""
    here = now.astimezone(SHANGHAI)
    two = here.replace(hour=2, minute=0, second=0, microsecond=0)
    return ((two if two > here else two + timedelta(days=1)) - here).total_seconds()


async def test_the_night_duty_is_rung_first_and_then_the_deputy(scene: Scene) -> None:
    roster = [shift("08:00", "20:00", DAY, NIGHT), shift("20:00", "08:00", NIGHT, DAY)]
    await scene.house.rows(
        "update station set duty = %s where id = 'gz-tianhe' returning id",
        json.dumps({"weekly": roster}),
    )
    await scene.passes(until_two(scene.house.clock.now()))
    li, _ = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)

    await li.does("POST", f"/calls/{call}/flags", {"level": "imminent"})
    await scene.handset(NIGHT).rings()
    await scene.passes(SILENCE_S)
    deputy = scene.handset(DAY)
    await deputy.rings()
    await deputy.answers()
    await deputy.hears("PIN|密码|工号")
    await deputy.presses("1232#")

    await scene.until("select 1 from escalation where state = 'acknowledged'")
    await scene.until(
        "select 1 from station_contact where phone = '+862000000202' and last_heard_at is not null"
    )
