"""Two cases of one person: read together, nothing moved, and taken apart again at any time."""

import asyncio

import pytest

from hotline.cases.merging import beside, by_number, merge, merged_into, unmerge
from hotline.cases.model import CaseResult
from hotline.cases.people import PersonWords, add_person
from hotline.cases.queries import standing_case, together
from hotline.cases.service import CaseEnd, close_case, lock_case
from hotline.errors import CaseRefused, Invalid, NotFound
from hotline.storage.tables import Case, CasePerson
from tests.hotline.cases.conftest import Casework
from tests.hotline.locks import somebody_waits_for_a_lock

pytestmark = pytest.mark.anyio


async def merges(casework: Casework, gone: str, stays: str, why: str = "same name") -> None:
    async with casework.scene.work() as work:
        await merge(work, casework.act(), gone, stays, why)


async def unmerges(casework: Casework, gone: str) -> None:
    async with casework.scene.work() as work:
        await unmerge(work, casework.act(), gone)


async def standing(casework: Casework, *ids: str) -> list[str]:
    async with casework.scene.work() as work:
        return [await standing_case(work, one) for one in ids]


def reason(refused: pytest.ExceptionInfo[CaseRefused]) -> object:
    return refused.value.facts["reason"]


async def test_the_one_that_goes_is_read_with_the_one_that_stays(casework: Casework) -> None:
    first, other = casework.case_id, await casework.another("other")

    await merges(casework, other, first)

    async with casework.scene.work() as work:
        assert await together(work, other) == {first, other}
        assert (await by_number(work, (await work.get_one(Case, other)).number)).id == first
        stays = await work.get_one(Case, first)
        assert [one.id for one in await merged_into(work, stays)] == [other]
        assert (await beside(work, stays)).calls == 2
    assert [one["other_id"] for one in await casework.told("case.merged")] == [other]
    assert "same name" not in await casework.written()


async def test_what_is_written_after_stays_with_the_one_that_stands_when_it_is_undone(
    casework: Casework,
) -> None:
    first, other = casework.case_id, await casework.another("other")
    async with casework.scene.work() as work:
        before = await add_person(work, casework.act(), other, PersonWords(name="x"))
    await merges(casework, other, first)
    async with casework.scene.work() as work:
        after = await add_person(work, casework.act(), other, PersonWords(name="y"))

    casework.scene.clock.advance(400 * 24 * 3600)
    await unmerges(casework, other)

    assert await standing(casework, first, other) == [first, other]
    assert (await casework.get(CasePerson, before.id)).case_id == other
    assert (await casework.get(CasePerson, after.id)).case_id == first
    assert len(await casework.told("case.unmerged")) == 1
    assert len(await casework.told("case.stands_alone", other)) == 1


async def test_a_merge_is_undone_once(casework: Casework) -> None:
    other = await casework.another("other")
    await merges(casework, other, casework.case_id)
    await unmerges(casework, other)

    with pytest.raises(CaseRefused) as refused:
        await unmerges(casework, other)

    assert reason(refused) == "not_merged"


async def test_in_a_chain_each_link_is_undone_by_itself(casework: Casework) -> None:
    first = casework.case_id
    second, third = await casework.another("second"), await casework.another("third")
    await merges(casework, third, second)
    await merges(casework, second, first)

    assert await standing(casework, first, second, third) == [first, first, first]
    await unmerges(casework, second)

    assert await standing(casework, first, second, third) == [first, second, second]


async def test_no_case_goes_into_itself_nor_into_one_that_it_stands_for(casework: Casework) -> None:
    other = await casework.another("other")
    await merges(casework, other, casework.case_id)

    for gone, stays in ((casework.case_id, other), (other, other)):
        with pytest.raises(CaseRefused) as refused:
            await merges(casework, gone, stays)
        assert reason(refused) == "same_case"


async def test_a_case_that_is_open_is_not_hidden_in_one_that_is_closed(casework: Casework) -> None:
    other = await casework.another("other")
    async with casework.scene.work() as work:
        end = CaseEnd(CaseResult.SAFE, "fine")
        await close_case(work, casework.act(), other, end, looks=())

    with pytest.raises(CaseRefused) as refused:
        await merges(casework, casework.case_id, other)

    assert reason(refused) == "into_closed"
    await merges(casework, other, casework.case_id)


async def test_two_who_merge_crosswise_at_once_make_no_ring(casework: Casework) -> None:
    first, other = casework.case_id, await casework.another("other")
    both_are_in = asyncio.Barrier(2)

    async def crosswise(gone: str, stays: str) -> str:
        try:
            async with casework.scene.work() as work:
                await standing_case(work, gone)
                await both_are_in.wait()
                await merge(work, casework.act(), gone, stays, "same")
        except CaseRefused as refused:
            return str(refused.facts["reason"])
        return "merged"

    came = await asyncio.gather(crosswise(first, other), crosswise(other, first))

    assert sorted(came)[0] == "merged"
    assert sorted(came)[1] in ("merged_meanwhile", "same_case")
    stands = await standing(casework, first, other)
    assert stands[0] == stands[1]


async def test_two_who_merge_one_case_into_two_others_at_once_leave_it_in_one(
    casework: Casework,
) -> None:
    first = casework.case_id
    second, third = await casework.another("second"), await casework.another("third")
    both_are_in = asyncio.Barrier(2)

    async def merging(stays: str) -> bool:
        try:
            async with casework.scene.work() as work:
                await standing_case(work, first)
                await both_are_in.wait()
                await merge(work, casework.act(), first, stays, "same")
        except CaseRefused:
            return False
        return True

    came = await asyncio.gather(merging(second), merging(third))

    # Whoever comes second either is refused, or finds the other one standing and merges that.
    assert any(came)
    stands = set(await standing(casework, first, second, third))
    assert len(stands) == 3 - sum(came)


async def test_it_is_said_why(casework: Casework) -> None:
    other = await casework.another("other")

    with pytest.raises(Invalid):
        await merges(casework, other, casework.case_id, " ")
    assert await standing(casework, other) == [other]


async def test_a_number_that_no_case_has_leads_nowhere(casework: Casework) -> None:
    async with casework.scene.work() as work:
        with pytest.raises(NotFound):
            await by_number(work, "0000000")
        with pytest.raises(NotFound):
            await unmerge(work, casework.act(), "nobody's")


async def test_whoever_waited_for_a_case_that_went_into_another_holds_the_one_that_stands(
    casework: Casework,
) -> None:
    first, other = casework.case_id, await casework.another("other")

    async def adds() -> str:
        async with casework.scene.work() as work:
            return (await add_person(work, casework.act(), other, PersonWords(name="x"))).case_id

    async with casework.scene.work() as work:
        await lock_case(work, other)
        adding = asyncio.create_task(adds())
        await somebody_waits_for_a_lock(casework.scene.database)
        await merge(work, casework.act(), other, first, "same")

    assert await adding == first
