"""A child waits and nobody takes it: phones ring by deadlines, until a person has pressed a key."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, LIN_AT_HOME = "15400000001", "15400000301"
DUTY_PHONE, SUPERVISOR, PARTNER = "02000000010", "02000000011", "02000000031"


async def is_in_danger(scene: Scene) -> Handset:
    """Nobody is on duty; the child presses 9."""
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("9")
    await scene.waits(CHILD)
    return child


async def rings_nobody_at_home(scene: Scene) -> Handset:
    """At the first deadline a counselor at home is rung, who cannot come; then the duty phone."""
    home, duty = scene.handset(LIN_AT_HOME), scene.handset(DUTY_PHONE)
    await scene.passes(21)
    await home.rings()
    await home.declines()
    await duty.rings()
    return duty


async def test_a_child_in_danger_talks_with_whoever_answers_the_duty_phone(scene: Scene) -> None:
    child = await is_in_danger(scene)
    duty = await rings_nobody_at_home(scene)

    await duty.answers()
    await duty.hears("请按1")
    await duty.presses("1")

    await scene.talk(CHILD)
    await duty.is_talking_to_somebody()
    await child.hangs_up()
    await scene.ends(CHILD, "talked")
    await duty.is_hung_up()


async def test_a_mailbox_on_the_duty_phone_does_not_take_the_child(scene: Scene) -> None:
    await is_in_danger(scene)
    duty = await rings_nobody_at_home(scene)
    supervisor = scene.handset(SUPERVISOR)

    await duty.answers()
    await duty.hears("请按1")
    await scene.passes(15)

    await duty.is_hung_up()
    await supervisor.rings()
    await scene.waits(CHILD)
    await supervisor.answers()
    await supervisor.hears("请按1")
    await supervisor.presses("1")
    await scene.talk(CHILD)


async def test_the_duty_phone_is_hung_up_when_the_child_gives_up(scene: Scene) -> None:
    child = await is_in_danger(scene)
    duty = await rings_nobody_at_home(scene)

    await child.hangs_up()

    await duty.is_hung_up()
    await scene.ends(CHILD, "hung_up")


async def test_a_counselor_who_comes_meanwhile_gets_the_child(scene: Scene) -> None:
    await is_in_danger(scene)
    duty = await rings_nobody_at_home(scene)

    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(CHILD)
    await duty.is_hung_up()


async def test_a_child_in_no_danger_is_not_left_alone_where_nobody_is_on_duty(
    scene: Scene,
) -> None:
    await scene.dials_and_waits(CHILD)
    partner, duty = scene.handset(PARTNER), scene.handset(DUTY_PHONE)

    await scene.passes(61)
    await partner.rings()
    await partner.declines()

    await duty.rings()
    await duty.answers()
    await duty.hears("请按1")
    await duty.presses("1")
    await scene.talk(CHILD)
