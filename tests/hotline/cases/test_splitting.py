"""What is about somebody else goes into a case of its own, and back unless that went on."""

import asyncio
from collections.abc import Sequence

import pytest

from hotline.cases.belonging import links_of, take_out
from hotline.cases.merging import merge, unmerge
from hotline.cases.model import LinkKind
from hotline.cases.people import PersonWords, add_person
from hotline.cases.plan import add_step
from hotline.cases.queries import case_of, standing_case, together
from hotline.cases.service import link, lock_case
from hotline.cases.splitting import came_from, split, undo_split, was_split_off
from hotline.errors import CaseRefused, NotFound
from hotline.storage.tables import Case, CaseLink, Escalation
from tests.hotline.cases.conftest import LI, Casework
from tests.hotline.locks import somebody_waits_for_a_lock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def casework(casework: Casework) -> Casework:
    """Another call of the number, which nobody flagged, belongs to the case as well."""
    await casework.scene.add(casework.scene.call("again"))
    async with casework.scene.work() as work:
        case = await lock_case(work, casework.case_id)
        await link(work, case, LinkKind.CALL, "again", by=LI, at=casework.scene.clock.now())
    return casework


async def links(casework: Casework, case_id: str) -> Sequence[CaseLink]:
    async with casework.scene.work() as work:
        return await links_of(work, await together(work, case_id))


async def splits(casework: Casework, *subjects: str) -> str:
    chosen = [
        one.id for one in await links(casework, casework.case_id) if one.subject_id in subjects
    ]
    async with casework.scene.work() as work:
        return (await split(work, casework.act(), casework.case_id, chosen, "two children")).id


async def goes_back(casework: Casework, new: str) -> None:
    async with casework.scene.work() as work:
        await undo_split(work, casework.act(), new)


async def subjects(casework: Casework, case_id: str) -> set[str]:
    return {one.subject_id for one in await links(casework, case_id)}


async def test_the_chosen_call_has_a_case_of_its_own(casework: Casework) -> None:
    new = await splits(casework, "again")

    assert await subjects(casework, new) == {"again"}
    assert "again" not in await subjects(casework, casework.case_id)
    async with casework.scene.work() as work:
        assert await case_of(work, LinkKind.CALL, "again") == new
        case = await work.get_one(Case, new)
        assert (case.opened_as, case.station_id, case.line_id) == ("by_hand", "district", "12355")
        assert await was_split_off(work, case)
        assert await came_from(work, new) == casework.case_id
    assert "two children" not in await casework.written()


@pytest.mark.parametrize("chosen", ["call", "escalation"])
async def test_a_call_and_its_escalation_go_together(casework: Casework, chosen: str) -> None:
    new = await splits(casework, casework.escalation_id if chosen == "escalation" else "call")

    assert await subjects(casework, new) == {"call", casework.escalation_id}
    assert await subjects(casework, casework.case_id) == {"again"}


async def test_something_is_left(casework: Casework) -> None:
    with pytest.raises(CaseRefused) as refused:
        await splits(casework, "again", "call")

    assert refused.value.facts == {"reason": "nothing_left"}


async def test_what_is_not_in_the_case_cannot_be_split_off(casework: Casework) -> None:
    async with casework.scene.work() as work:
        with pytest.raises(CaseRefused):
            await split(work, casework.act(), casework.case_id, ["no such link"], "x")
        with pytest.raises(CaseRefused):
            await split(work, casework.act(), casework.case_id, [], "x")


async def test_undone_all_is_where_it_was_and_the_new_number_leads_there(
    casework: Casework,
) -> None:
    before = await subjects(casework, casework.case_id)
    new = await splits(casework, "again")

    await goes_back(casework, new)

    assert await subjects(casework, casework.case_id) == before
    async with casework.scene.work() as work:
        assert await standing_case(work, new) == casework.case_id
        assert await case_of(work, LinkKind.CALL, "again") == casework.case_id
    with pytest.raises(CaseRefused):
        await goes_back(casework, new)


@pytest.mark.parametrize("what", ["people", "plan", "links", "merged", "state", "more"])
async def test_what_went_on_by_itself_does_not_go_back_and_says_why(
    casework: Casework, what: str
) -> None:
    new = await splits(casework, "again")
    await goes_on(casework, new, what)

    with pytest.raises(CaseRefused) as refused:
        await goes_back(casework, new)

    assert refused.value.facts == {"reason": "split_changed", "changed": [what]}
    assert await subjects(casework, new) >= (set() if what == "links" else {"again"})


async def test_nothing_goes_back_into_a_case_that_was_closed_meanwhile(
    casework: Casework,
) -> None:
    new, now = await splits(casework, "again"), casework.scene.clock.now()
    await casework.scene.change(Case, casework.case_id, state="closed", closed_at=now)

    with pytest.raises(CaseRefused) as refused:
        await goes_back(casework, new)

    assert refused.value.facts == {"reason": "into_closed"}
    assert await subjects(casework, new) == {"again"}


async def goes_on(casework: Casework, new: str, what: str) -> None:
    """Something happens in the new case."""
    if what == "state":
        now = casework.scene.clock.now()
        await casework.scene.change(Case, new, state="closed", closed_at=now)
        return
    other = await casework.another("other") if what == "merged" else ""
    async with casework.scene.work() as work:
        act = casework.act()
        match what:
            case "people":
                await add_person(work, act, new, PersonWords(name="x"))
            case "plan":
                await add_step(work, act, new, "x", None)
            case "links":
                [only] = await links_of(work, await together(work, new))
                await take_out(work, act, (new, only.id), "wrong")
            case "merged":
                await merge(work, act, other, new, "same")
            case _:
                case = await lock_case(work, new)
                await link(work, case, LinkKind.CALL, "again", by=LI, at=act.at)
                await merge(work, act, new, casework.case_id, "same after all")
                await unmerge(work, act, new)


async def test_a_case_that_was_not_split_off_has_nowhere_to_go_back_to(casework: Casework) -> None:
    with pytest.raises(NotFound):
        await goes_back(casework, casework.case_id)


async def test_a_louder_flag_of_the_call_goes_on_in_the_new_case(casework: Casework) -> None:
    new = await splits(casework, "again")

    await casework.scene.flag("key-again", call="again")

    async with casework.scene.work() as work:
        escalation = await case_of(work, LinkKind.CALL, "again")
        assert escalation == new
    assert len(await subjects(casework, new)) == 2
    assert (await casework.get(Escalation, casework.escalation_id)).call_id == "call"


async def test_a_flag_that_met_the_split_of_its_call_goes_on_in_the_new_case(
    casework: Casework,
) -> None:
    held = await links(casework, casework.case_id)
    chosen = [one.id for one in held if one.subject_id == "again"]

    async with casework.scene.work() as work:
        await lock_case(work, casework.case_id)
        flag = asyncio.create_task(casework.scene.flag("key-again", call="again"))
        await somebody_waits_for_a_lock(casework.scene.database)
        new = await split(work, casework.act(), casework.case_id, chosen, "two children")
    louder = await flag

    assert await subjects(casework, new.id) == {"again", louder.id}
