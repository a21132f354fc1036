"""Whether a counselor's console is really there, and which of two has the phone."""

from datetime import datetime, timedelta

import pytest

from hotline.staff.consoles import (
    ALL_SILENT,
    PAUSE_LASTS,
    ConsoleAnswer,
    PhoneState,
    Takes,
    end_lapsed_lease,
    lapsed_leases,
    note_console,
)
from hotline.staff.model import PresenceState
from hotline.staff.presence import CONSOLE_KNOWN, LEASE, choose_presence
from hotline.storage.tables import Presence, Staff
from tests.fakes import NOON
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio

S = PresenceState


async def answers(
    scene: StaffScene,
    phone: str = "good",
    *,
    console: str = "office",
    takes: Takes = Takes.NO,
    asked_at: datetime | None = None,
) -> str:
    """A console of li answers at once, or what it was asked at `asked_at`; where the phone is."""
    said = ConsoleAnswer(
        console=console,
        phone=PhoneState(phone),
        takes=takes,
        asked_at=asked_at or scene.clock.now(),
    )
    async with scene.database.work() as work:
        return await note_console(work, "li", said, at=scene.clock.now())


async def is_ready(scene: StaffScene) -> None:
    async with scene.database.work() as work:
        await choose_presence(work, "li", S.READY, at=scene.clock.now())


async def passes(scene: StaffScene, seconds: float) -> list[str]:
    """Time goes by, and consoles that are gone are looked for; whose they were."""
    at = scene.clock.advance(seconds)
    async with scene.database.work() as work:
        gone = await lapsed_leases(work, at=at)
    for staff_id in gone:
        async with scene.database.work() as work:
            await end_lapsed_lease(work, staff_id, at=at)
    return gone


async def hires_chen(scene: StaffScene, lease_until: datetime) -> None:
    """A second counselor, with a console of their own."""
    chen = Staff(id="chen", username="chen", name="Chen", password_hash="", roles=["counselor"])
    await scene.add(
        chen,
        Presence(
            staff_id="chen",
            state="ready",
            since=NOON,
            idle_since=NOON,
            lease_until=lease_until,
            console="home",
            phone="good",
        ),
    )


async def test_a_console_that_answers_no_more_takes_its_counselor_off_duty(
    scene: StaffScene,
) -> None:
    await is_ready(scene)
    await answers(scene)

    states = []
    for seconds in (LEASE.total_seconds() - 1, 1):
        await passes(scene, seconds)
        states.append((await scene.li()).state)

    assert states == ["ready", "offline"]
    assert (await scene.li()).reason == "console_gone"


async def test_a_slow_line_on_which_an_answer_is_lost_keeps_its_counselor_ready(
    scene: StaffScene,
) -> None:
    await is_ready(scene)
    asked_at = scene.clock.now()
    await answers(scene, asked_at=asked_at)

    await passes(scene, 4 + 4 + 3)  # the second question was lost, the third is answered late
    await answers(scene, asked_at=asked_at + timedelta(seconds=8))

    assert await passes(scene, 4 + 4 + 0.9) == []
    assert (await scene.li()).state == "ready"


async def test_a_page_without_its_phone_is_no_console_that_rings(scene: StaffScene) -> None:
    await is_ready(scene)
    await answers(scene)
    for _ in range(3):
        await passes(scene, 4)
        await answers(scene, "bad")

    li = await scene.li()
    assert (li.state, li.reason) == ("offline", "phone_gone")


async def test_who_is_ready_at_a_console_whose_phone_never_came_is_not_ready_for_long(
    scene: StaffScene,
) -> None:
    await answers(scene, "bad", takes=Takes.IF_IDLE)
    await is_ready(scene)

    seen = [await passes(scene, seconds) for seconds in (LEASE.total_seconds() - 1, 1)]

    assert seen == [[], ["li"]]
    assert (await scene.li()).reason == "phone_gone"


async def test_who_closed_their_console_and_works_without_one_stays_ready(
    scene: StaffScene,
) -> None:
    await answers(scene)
    scene.clock.advance((LEASE + CONSOLE_KNOWN).total_seconds())

    await is_ready(scene)

    assert await passes(scene, 600) == []
    assert (await scene.li()).state == "ready"


@pytest.mark.parametrize(("away_s", "state"), [(30, "ready"), (61, "offline")])
async def test_who_was_not_heard_of_and_is_soon_back_is_ready_again(
    scene: StaffScene, away_s: float, state: str
) -> None:
    await is_ready(scene)
    await answers(scene)
    await passes(scene, LEASE.total_seconds())
    gone = (await scene.li()).state

    scene.clock.advance(away_s)
    await answers(scene)

    assert (gone, (await scene.li()).state) == ("offline", state)


async def test_who_ends_the_day_is_not_brought_back_by_the_page_that_is_still_open(
    scene: StaffScene,
) -> None:
    await is_ready(scene)
    await answers(scene)
    async with scene.database.work() as work:
        await choose_presence(work, "li", S.OFFLINE, at=scene.clock.now())

    await answers(scene)

    assert (await scene.li()).state == "offline"


async def test_where_every_console_falls_silent_at_once_it_is_we_who_are_away(
    scene: StaffScene,
) -> None:
    await hires_chen(scene, NOON + LEASE)
    await is_ready(scene)
    await answers(scene)

    at_once = await passes(scene, LEASE.total_seconds() + 1)
    in_the_end = await passes(scene, ALL_SILENT.total_seconds())

    assert at_once == []
    assert sorted(in_the_end) == ["chen", "li"]


async def test_a_console_that_falls_silent_while_another_answers_is_gone(
    scene: StaffScene,
) -> None:
    await is_ready(scene)
    await answers(scene)
    await hires_chen(scene, NOON + 2 * LEASE)

    assert await passes(scene, LEASE.total_seconds()) == ["li"]


async def test_a_pause_outlasts_a_browser_that_is_closed_for_a_moment(scene: StaffScene) -> None:
    await scene.li_is("paused", reason="meal", lease_until=NOON)

    seen = [await passes(scene, seconds) for seconds in (60, PAUSE_LASTS.total_seconds())]

    assert seen == [[], ["li"]]
    assert (await scene.li()).reason == "console_closed"


async def test_a_console_that_goes_in_a_talk_ends_no_talk(scene: StaffScene) -> None:
    await scene.li_is("talking", call_id="c1", lease_until=NOON)

    async with scene.database.work() as work:
        await end_lapsed_lease(work, "li", at=NOON)

    assert (await scene.li()).state == "talking"


# ── two browsers of one person ──────────────────────────────────────────────────────────────────


async def test_a_second_browser_takes_an_idle_phone_and_the_first_is_told(
    scene: StaffScene,
) -> None:
    await answers(scene, takes=Takes.IF_IDLE)

    taken = await answers(scene, console="home", takes=Takes.IF_IDLE)
    told = await answers(scene)

    assert (taken, told) == ("here", "elsewhere")


@pytest.mark.parametrize("state", ["offered", "talking"])
async def test_a_second_browser_takes_no_phone_that_rings_or_is_talked_on_unless_it_is_told_to(
    scene: StaffScene, state: str
) -> None:
    await answers(scene, takes=Takes.IF_IDLE)
    await scene.li_is(state, call_id="c1")

    seen = [
        await answers(scene, console="home", takes=takes) for takes in (Takes.IF_IDLE, Takes.ALWAYS)
    ]

    assert seen == ["elsewhere", "here"]


async def test_the_answer_of_a_browser_without_the_phone_keeps_nobody_ready(
    scene: StaffScene,
) -> None:
    await is_ready(scene)
    await answers(scene, takes=Takes.IF_IDLE)
    for _ in range(3):
        await passes(scene, 4)
        await answers(scene, "bad", console="home")

    assert (await scene.li()).state == "offline"


async def test_a_phone_whose_browser_died_is_free(scene: StaffScene) -> None:
    await answers(scene, takes=Takes.IF_IDLE)
    scene.clock.advance(LEASE.total_seconds())

    assert await answers(scene, "bad", console="home") == "free"


async def test_whoever_answers_on_a_phone_of_their_own_needs_only_a_page(
    scene: StaffScene,
) -> None:
    seen = [await answers(scene, "own", console=console) for console in ("office", "home")]

    assert seen == ["here", "here"]
    assert (await scene.li()).lease_until == NOON + LEASE
