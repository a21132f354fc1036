"""A browser in which a code was entered: how long it stays in, and for whom."""

import pytest

from hotline.helpgroups.door import DoorState, enter
from hotline.helpgroups.service import lock_member, shut
from tests.hotline.helpgroups.conftest import GroupScene
from tests.hotline.helpgroups.test_the_door import HOUR_S, another

pytestmark = pytest.mark.anyio

S = DoorState


async def test_a_browser_stays_in_for_twelve_hours(group: GroupScene) -> None:
    member = await group.invites()
    session = await group.comes_in()

    group.clock.advance(12 * HOUR_S - 1)
    assert await group.is_in(session, member)
    group.clock.advance(1)
    assert not await group.is_in(session, member)


async def test_it_is_out_when_the_membership_is_over_even_before_that(group: GroupScene) -> None:
    member = await group.invites(days=1)
    group.clock.advance(20 * HOUR_S)
    session = await group.comes_in()

    group.clock.advance(4 * HOUR_S)

    assert not await group.is_in(session, member)
    assert (await group.looks()).state is S.OVER
    assert await group.asks() is S.OVER


async def test_a_session_of_one_member_is_none_of_another(group: GroupScene) -> None:
    await group.invites()
    session = await group.comes_in()
    other = await group.invites(phone="15400000902")

    assert not await group.is_in(session, other)
    assert not await group.is_in("made up", other)


async def test_somebody_in_two_cases_has_two_doors(group: GroupScene) -> None:
    first = await group.invites()
    session = await group.comes_in()
    second = await group.invites()
    group.clock.advance(61)
    later = await group.comes_in()

    assert [await group.is_in(session, one) for one in (first, second)] == [True, False]
    assert [await group.is_in(later, one) for one in (first, second)] == [False, True]


async def test_a_clock_set_back_revives_nothing_and_shuts_nobody_out_for_long(
    group: GroupScene,
) -> None:
    member = await group.invites()
    group.clock.advance(HOUR_S)
    session = await group.comes_in()
    group.clock.advance(-HOUR_S)

    assert not await group.is_in(session, member)  # it has not begun yet
    assert (await group.enters(group.code)).state is S.NO_CODE
    assert await group.asks() is S.SENT
    assert (await group.enters(group.code)).state is S.OPEN


async def test_signed_out_the_link_asks_again(group: GroupScene) -> None:
    member = await group.invites()
    session = await group.comes_in()
    async with group.work() as work:
        await shut(work, await lock_member(work, member.id))

    assert not await group.is_in(session, member)
    assert (await group.looks()).state is S.ASKS


async def test_whoever_guesses_at_the_link_does_not_throw_the_member_out(
    group: GroupScene,
) -> None:
    member = await group.invites()
    session = await group.comes_in()
    group.clock.advance(61)
    await group.asks()
    for _ in range(5):
        async with group.work() as work:
            wrong = another(group.code)
            await enter(work, group.vault, group.token, wrong, at=group.clock.now())

    assert (await group.looks()).state is S.LOCKED
    assert await group.is_in(session, member)
