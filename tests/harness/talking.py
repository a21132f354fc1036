"""Talks at a chosen point, for stories about more than two people."""

from typing import Any

from tests.harness.carrier import Handset
from tests.harness.scene import Counselor, Scene

CHILD = "15400000001"
PARENT = "15400000901"
JOINED = "select 1 from call_event where kind = %s"


async def staff_id(scene: Scene, username: str) -> str:
    """Our id of somebody."""
    [(found,)] = await scene.house.rows("select id from staff where username = %s", username)
    return str(found)


async def told(scene: Scene) -> list[str]:
    """What the timelines tell, in order."""
    rows: list[tuple[Any, ...]] = await scene.house.rows("select kind from call_event order by id")
    return [kind for (kind,) in rows]


async def consulting(scene: Scene) -> tuple[Counselor, Counselor, str]:
    """Li talks with the child and has asked chen, whose phone rings."""
    li, _ = await scene.talking("li", CHILD)
    chen = await scene.counselor("chen")
    call = await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/consult", {"colleague": await staff_id(scene, "chen")})
    await scene.carrier.until_held(call, held=True)
    await chen.phone.rings()
    return li, chen, call


async def together(scene: Scene) -> tuple[Counselor, Counselor, str]:
    """Chen has answered, and talks with li."""
    li, chen, call = await consulting(scene)
    await chen.phone.answers()
    await scene.until(JOINED, "colleague.joined")
    await chen.phone.is_talking_to_somebody()
    return li, chen, call


async def guest_rings(scene: Scene, number: str) -> tuple[Counselor, Handset, str]:
    """Li talks with the child and has asked somebody of outside, whose phone rings."""
    li, _ = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    guest = scene.handset(number)
    await li.does("POST", f"/calls/{call}/guest", {"number": number, "consent": True})
    await scene.carrier.until_held(call, held=True)
    await guest.rings()
    return li, guest, call


async def guest_heard(scene: Scene, number: str = "110") -> tuple[Counselor, Handset, str]:
    """The guest has answered, and talks with li; the child hears music."""
    li, guest, call = await guest_rings(scene, number)
    await guest.answers()
    if number == PARENT:
        await guest.presses("1")
    await scene.until(JOINED, "guest.joined")
    await guest.is_talking_to_somebody()
    return li, guest, call


async def guest_with_the_child(scene: Scene) -> tuple[Counselor, Handset, str]:
    """All three talk."""
    li, guest, call = await guest_heard(scene)
    await li.does("POST", f"/calls/{call}/resume")
    await scene.carrier.until_held(call, held=False)
    return li, guest, call


async def supervisor(scene: Scene, username: str = "he") -> Counselor:
    """Signed in, with a softphone, and ready for nobody."""
    phone = scene.handset(f"client:{username}")
    await phone.registers()
    return Counselor(await scene.house.signs_in(username), phone)


async def beside(scene: Scene, how: str) -> tuple[Counselor, Counselor, str]:
    """Li talks with the child, and he is beside them as `listen`, `whisper` or `join` say."""
    li, _ = await scene.talking("li", CHILD)
    he, call = await supervisor(scene), await scene.call_of(CHILD)
    await he.does("POST", f"/calls/{call}/{how}")
    await he.phone.rings()
    await he.phone.answers()
    await scene.until(JOINED, "supervisor.joined")
    await he.phone.is_talking_to_somebody()
    return li, he, call
