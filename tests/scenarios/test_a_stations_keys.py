"""A station's phone is answered: every key of its menu, silence, and a PIN that is guessed."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, PIN = "15400000001", "1232"
DUTY, DEPUTY = "02000000202", "15400000203"
ASKED, MENU = "密码", "确认受理，请按1"
STATE = "select 1 from escalation where state = %s"


async def rung(scene: Scene) -> Handset:
    """Li flags a child; the station's duty phone is picked up and asked for its PIN."""
    li, _child = await scene.talking("li", CHILD)
    flag = {"level": "imminent", "client_key": "key-1"}
    await li.does("POST", f"/calls/{await scene.call_of(CHILD)}/flags", flag)
    duty = scene.handset(DUTY)
    await duty.rings()
    await duty.answers()
    await duty.hears(ASKED)
    return duty


async def acknowledged(scene: Scene) -> Handset:
    """The PIN was right, and the menu is heard."""
    duty = await rung(scene)
    await duty.presses(f"{PIN}#")
    await scene.until(STATE, "acknowledged")
    await duty.hears(MENU)
    return duty


async def test_silence_after_the_pin_has_acknowledged_all_the_same(scene: Scene) -> None:
    duty = await acknowledged(scene)

    await scene.passes(60)

    await duty.is_hung_up()
    await scene.until(STATE, "acknowledged")


async def test_one_accepts(scene: Scene) -> None:
    duty = await acknowledged(scene)

    await duty.presses("1")

    await duty.hears("已经登记由你受理")
    await duty.is_hung_up()
    await scene.until(STATE, "accepted")


async def test_two_hands_on_and_the_next_phone_rings_at_once(scene: Scene) -> None:
    duty = await acknowledged(scene)

    await duty.presses("2")

    await duty.hears("马上联系下一位")
    await scene.handset(DEPUTY).rings()
    await scene.until(STATE, "open")


async def test_three_says_it_again_four_says_who_is_next_and_nonsense_asks_again(
    scene: Scene,
) -> None:
    duty = await acknowledged(scene)

    await duty.presses("3")
    await duty.hears("青少年服务台.*编号")
    await duty.presses("4")
    await duty.hears("接下来会打给天河站长")
    await duty.presses("7")
    await duty.hears("已经登记由你接收")
    await duty.hears(MENU)
    await duty.presses("1")

    await scene.until(STATE, "accepted")


async def test_a_guessed_pin_is_locked_and_the_next_phones_ring_at_once(scene: Scene) -> None:
    duty = await rung(scene)

    for guess in ("0000", "1111"):
        await duty.presses(f"{guess}#")
        await duty.hears("密码不对")
    await duty.presses("2222#")

    await duty.hears("还没有人接收")
    await duty.is_hung_up()
    await scene.handset(DEPUTY).rings()
    await scene.until(STATE, "open")
