"""A child asked to be called: the system rings them when somebody is free, and asks for a key."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, OTHER = "15400000001", "15400000002"
KEY = "6"  # the menu of 12355 has the keys 1 to 5
ASKED = "您好，这是您要的回电"


async def asks(scene: Scene, number: str = CHILD) -> Handset:
    """A child waited, and asked to be called back."""
    child = await scene.dials_and_waits(number)
    await child.presses(KEY)
    await child.hears("再按一次6")
    await child.presses(KEY)
    await child.is_hung_up()
    await scene.ends(number, "callback_owed")
    return child


async def is_rung(scene: Scene) -> Handset:
    """A child who asked is rung, with nobody's phone before theirs, and picks up."""
    child = await asks(scene)
    await scene.counselor("li")
    await child.rings()
    await child.answers()
    await child.hears(ASKED)
    return child


async def callback_is(scene: Scene, what: str) -> None:
    await scene.until(f"select 1 from callback where {what}")


async def test_who_asked_is_rung_and_says_by_a_key_that_it_is_them(scene: Scene) -> None:
    child = await is_rung(scene)
    li = scene.handset("client:li")
    assert await scene.carrier.dialled("client:li") == 0

    await child.presses("1")
    await child.hears("您的位置还在")
    await li.rings()
    await li.answers()

    await child.is_talking_to_somebody()
    await callback_is(scene, "state = 'done' and attempts = 1")
    await scene.until("select 1 from callback_attempt where ended_as = 'talked'")


async def test_a_mailbox_is_told_nothing_and_uses_no_counselor(scene: Scene) -> None:
    mailbox = await is_rung(scene)

    await scene.passes(30)
    await mailbox.is_hung_up()

    await scene.until("select 1 from callback_attempt where ended_as = 'no_key'")
    await callback_is(scene, "state = 'open' and due_at > promised_at + interval '1 day'")
    await scene.presence("li", "ready")
    assert await scene.carrier.dialled("client:li") == 0


async def test_who_waits_since_before_is_served_before(scene: Scene) -> None:
    first = await scene.dials_and_waits(OTHER)
    child = await asks(scene)
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()

    await first.is_talking_to_somebody()

    await scene.passes(2)
    assert await scene.carrier.dialled(CHILD) == 0
    assert child is not first


async def test_who_reaches_us_first_is_rung_no_more(scene: Scene) -> None:
    child = await asks(scene)
    again = await scene.dials_and_waits(CHILD)
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()

    await again.is_talking_to_somebody()

    await callback_is(scene, "state = 'withdrawn'")
    assert await scene.carrier.dialled(CHILD) == 0
    assert child is not None
