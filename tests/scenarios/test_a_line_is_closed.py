"""Six lines, each at its hours: a closed one leads to its partner, a busy one too, and back."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CALLER = "15400000001"
LEGAL_PARTNER, YOUTH_PARTNER, DUTY_PHONE = "02000000032", "02000000031", "02000000010"
SIX_LINES = {
    "12355": "青少年服务台",
    "12356": "心理援助热线",
    "12338": "妇女儿童热线",
    "12348": "法律援助热线",
    "12349": "民政服务热线",
    "02000000040": "未成年人保护热线",
}
SHANGHAI, TUESDAY, SATURDAY = ZoneInfo("Asia/Shanghai"), 1, 5
CLOSED, OPEN = "民政服务热线的服务时间", "这就去找人"


def it_is(scene: Scene, weekday: int, hour: int) -> str:
    """The next such hour in Shanghai; 0 is Monday. Returns the date."""
    now = scene.house.clock.now().astimezone(SHANGHAI)
    days = (weekday - now.weekday()) % 7 or 7
    then = (now + timedelta(days=days)).replace(hour=hour, minute=0, second=0)
    scene.house.clock.advance((then - now).total_seconds())
    return then.date().isoformat()


def at_night(scene: Scene) -> None:
    """Only lines round the clock are served."""
    it_is(scene, TUESDAY, 3)


async def dials(scene: Scene, number: str, greeting: str) -> Handset:
    """A caller who is silent at the menu, and so is led to people."""
    caller = scene.handset(CALLER)
    await caller.dials(number)
    await caller.hears(greeting)
    return caller


@pytest.mark.parametrize("number", SIX_LINES)
async def test_each_line_answers_with_its_own_name_and_danger_leads_to_people(
    scene: Scene, number: str
) -> None:
    caller = await dials(scene, number, SIX_LINES[number])

    await caller.presses("9")

    await scene.waits(CALLER)
    await scene.until("select 1 from call where urgency = 'crisis'")


async def test_a_closed_line_says_its_hours_and_rings_its_partner_who_takes_the_caller(
    scene: Scene,
) -> None:
    at_night(scene)
    caller = await dials(scene, "12348", SIX_LINES["12348"])
    partner = scene.handset(LEGAL_PARTNER)

    await caller.presses("0")
    await caller.hears("法律援助热线的服务时间")
    await scene.passes(1)
    await partner.rings()
    await partner.answers()
    await partner.hears("请按1")
    await partner.presses("1")

    await scene.talk(CALLER)
    await caller.hangs_up()
    await scene.ends(CALLER, "talked")
    await scene.until("select 1 from call where outcome_step = 'partner'")


async def test_a_closed_line_hands_its_caller_to_another_line_that_is_open(scene: Scene) -> None:
    at_night(scene)
    mei = await scene.counselor("mei")
    caller = await dials(scene, "12338", SIX_LINES["12338"])

    await caller.presses("0")

    await mei.phone.rings()
    await mei.phone.answers()
    await scene.talk(CALLER)
    await scene.until("select 1 from call where line_id = 'child-protection'")


async def test_a_partner_who_does_not_come_gives_a_waiting_caller_back_with_the_place(
    scene: Scene,
) -> None:
    caller = await dials(scene, "12355", SIX_LINES["12355"])
    await caller.presses("1")
    await scene.waits(CALLER)
    before = await scene.house.rows("select queued_at from call")
    partner = scene.handset(YOUTH_PARTNER)

    await scene.passes(61)
    await partner.rings()
    await partner.declines()

    await scene.handset(DUTY_PHONE).rings()
    await scene.waits(CALLER)
    assert await scene.house.rows("select queued_at from call") == before


@pytest.mark.parametrize(
    ("weekday", "kind", "words"),
    [
        (TUESDAY, "working_day", OPEN),
        (TUESDAY, "holiday", CLOSED),
        (SATURDAY, "working_day", OPEN),
        (SATURDAY, "holiday", CLOSED),
    ],
)
async def test_a_holiday_closes_a_line_and_a_weekend_worked_for_it_opens_it(
    scene: Scene, weekday: int, kind: str, words: str
) -> None:
    today = it_is(scene, weekday, 10)
    days = [{"date": today, "is": kind, "reason": "公告"}]
    await scene.house.rows(
        "update line set calendar = jsonb_set(calendar, '{days}', %s::jsonb)"
        " where id = 'civil-12349' returning id",
        json.dumps(days),
    )
    caller = await dials(scene, "12349", SIX_LINES["12349"])

    await caller.presses("0")

    await caller.hears(words)
    await scene.waits(CALLER)
