"""What the closing of a case ended stays ended, wherever the case of the member goes afterwards."""

import pytest

from hotline.cases.merging import merge, unmerge
from hotline.cases.model import CaseResult
from hotline.cases.service import CaseEnd, close_case, lock_case, open_again
from hotline.helpgroups.living import WhyOver
from hotline.storage.tables import Case
from tests.hotline.handovers.conftest import LI
from tests.hotline.helpgroups.conftest import GroupScene

pytestmark = pytest.mark.anyio

DONE = CaseEnd(CaseResult.SAFE, "well")


async def another_case(group: GroupScene, key: str) -> str:
    await group.add(group.call(key))
    before = await group.all(Case)
    await group.flag(f"key of {key}", call=key)
    [new] = {str(one.id) for one in await group.all(Case)} - {one.id for one in before}
    return new


async def goes_into(group: GroupScene, gone: str, stays: str) -> None:
    async with group.work() as work:
        await merge(work, group.act(), gone, stays, "one child")


async def stands_alone(group: GroupScene, gone: str) -> None:
    async with group.work() as work:
        await unmerge(work, group.act(), gone)


async def closes(group: GroupScene, case_id: str) -> None:
    async with group.work() as work:
        await close_case(work, group.act(), case_id, DONE, looks=())


async def opens(group: GroupScene, case_id: str) -> None:
    async with group.work() as work:
        open_again(work, await lock_case(work, case_id), by=LI, at=group.clock.now())


async def test_what_a_closed_case_on_the_way_ended_stays_ended(group: GroupScene) -> None:
    member = await group.invites()
    middle, standing = await another_case(group, "m"), await another_case(group, "s")
    await goes_into(group, group.case_id, middle)
    await closes(group, middle)
    await goes_into(group, middle, standing)

    assert await group.why(member) is WhyOver.CASE_CLOSED
    assert await group.why(await group.invites()) is None


@pytest.mark.parametrize("again", [False, True])
async def test_what_a_closing_ended_stays_ended_once_the_case_stands_alone_again(
    group: GroupScene, *, again: bool
) -> None:
    member = await group.invites()
    session = await group.comes_in()
    standing = await another_case(group, "s")
    await goes_into(group, group.case_id, standing)
    assert await group.is_in(session, member)
    await closes(group, standing)
    if again:
        await opens(group, standing)
    await stands_alone(group, group.case_id)

    assert await group.why(member) is WhyOver.CASE_CLOSED
    assert not await group.is_in(session, member)
    assert await group.why(await group.invites()) is None


async def test_the_way_to_the_case_that_was_closed_is_followed_whole(group: GroupScene) -> None:
    member = await group.invites()
    middle, standing = await another_case(group, "m"), await another_case(group, "s")
    await goes_into(group, group.case_id, middle)
    await goes_into(group, middle, standing)
    await closes(group, standing)
    await stands_alone(group, middle)
    await stands_alone(group, group.case_id)

    assert await group.why(member) is WhyOver.CASE_CLOSED


async def test_a_case_that_was_closed_before_or_after_theirs_was_in_it_ends_nothing(
    group: GroupScene,
) -> None:
    member = await group.invites()
    other, beyond = await another_case(group, "o"), await another_case(group, "b")
    await closes(group, other)
    await opens(group, other)
    await goes_into(group, group.case_id, other)
    await stands_alone(group, group.case_id)
    await goes_into(group, other, beyond)
    await closes(group, beyond)

    assert await group.why(member) is None


async def test_cases_that_went_into_each_other_in_turn_are_followed_once(group: GroupScene) -> None:
    member = await group.invites()
    other = await another_case(group, "o")
    for gone, stays in ((group.case_id, other), (other, group.case_id)) * 2:
        await goes_into(group, gone, stays)
        await stands_alone(group, gone)

    assert await group.why(member) is None
    await closes(group, group.case_id)
    assert await group.why(member) is WhyOver.CASE_CLOSED


async def test_that_another_case_was_closed_before_it_went_into_this_one_ends_nothing(
    group: GroupScene,
) -> None:
    member = await group.invites()
    other = await another_case(group, "o")
    await closes(group, other)
    await goes_into(group, other, group.case_id)

    assert await group.why(member) is None
