"""What a flag means for the person beyond the alarm."""

from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from hotline.cases.model import CaseResult, LinkKind
from hotline.cases.queries import case_of, standing_case, together
from hotline.cases.service import CaseEnd, close_case, link, lock_case
from hotline.cases.timeline import CaseAct
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.model import Level
from hotline.staff.actor import Actor
from hotline.storage.sealed import open_sealed
from hotline.storage.tables import Call, Case, CaseEntry
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio
LI = Actor.of_staff("li")
AT_HER_AUNTS = CaseEnd(CaseResult.SAFE, "with her aunt")


async def cases(scene: EscalationScene) -> Sequence[Case]:
    async with scene.work() as work:
        return (await work.exec(select(Case).order_by(col(Case.opened_at)))).all()


async def told(scene: EscalationScene) -> list[str]:
    async with scene.work() as work:
        return list((await work.exec(select(CaseEntry.kind).order_by(col(CaseEntry.id)))).all())


def an_act(scene: EscalationScene) -> CaseAct:
    return CaseAct(vault=scene.vault, by=LI, at=scene.clock.now())


async def test_a_flag_opens_a_case_with_its_call_and_its_escalation(scene: EscalationScene) -> None:
    escalation = await scene.flag()

    [case] = await cases(scene)
    assert (case.opened_as, case.station_id, case.line_id) == ("imminent", "district", "12355")
    assert (case.opened_by, len(case.number)) == (str(LI), 7)
    async with scene.work() as work:
        assert await case_of(work, LinkKind.CALL, "call") == case.id
        assert await case_of(work, LinkKind.ESCALATION, escalation.id) == case.id
    assert await told(scene) == ["case.opened", "case.call_linked", "case.escalation_linked"]


async def test_a_louder_flag_of_the_same_call_belongs_to_the_same_case(
    scene: EscalationScene,
) -> None:
    await scene.flag(level=Level.HIGH)
    louder = await scene.flag("key-2")

    [case] = await cases(scene)
    async with scene.work() as work:
        assert await case_of(work, LinkKind.ESCALATION, louder.id) == case.id
    assert case.opened_as == "high"


async def test_a_flag_that_is_added_brings_the_other_call_of_the_number_into_the_case(
    scene: EscalationScene,
) -> None:
    await scene.change(Call, "call", from_index="one child")
    await scene.add(scene.call("again"))
    await scene.change(Call, "again", from_index="one child")
    await scene.flag()
    await scene.flag("key-2", call="again")

    [case] = await cases(scene)
    async with scene.work() as work:
        assert await case_of(work, LinkKind.CALL, "again") == case.id


async def test_a_flag_after_the_case_was_closed_opens_it_again(scene: EscalationScene) -> None:
    await scene.flag(level=Level.HIGH)
    [case] = await cases(scene)
    async with scene.work() as work:
        await close_case(work, an_act(scene), case.id, AT_HER_AUNTS, looks=())

    await scene.flag("key-2")

    [case] = await cases(scene)
    assert (case.state, case.closed_at, case.result) == ("open", None, "")
    assert "case.opened_again" in await told(scene)


async def test_what_it_came_to_is_sealed_into_the_timeline(scene: EscalationScene) -> None:
    await scene.flag()
    [case] = await cases(scene)
    async with scene.work() as work:
        await close_case(work, an_act(scene), case.id, AT_HER_AUNTS, looks=())

    async with scene.work() as work:
        query = select(CaseEntry).where(CaseEntry.kind == "case.closed")
        entry = (await work.exec(query)).one()
    assert "aunt" not in str(entry.facts)
    assert open_sealed(scene.vault, entry, "facts", entry.facts["note"]) == "with her aunt"
    assert entry.facts["result"] == "safe"


async def test_a_case_is_not_closed_without_words_nor_twice(scene: EscalationScene) -> None:
    await scene.flag()
    [case] = await cases(scene)
    async with scene.work() as work:
        with pytest.raises(Invalid):
            await close_case(work, an_act(scene), case.id, CaseEnd(CaseResult.SAFE, " "), looks=())
        await close_case(
            work, an_act(scene), case.id, CaseEnd(CaseResult.LOST, "moved away"), looks=()
        )
        with pytest.raises(IllegalMove):
            await close_case(
                work, an_act(scene), case.id, CaseEnd(CaseResult.SAFE, "again"), looks=()
            )


async def test_what_belongs_to_one_case_is_not_linked_to_another(scene: EscalationScene) -> None:
    await scene.add(scene.call("other"))
    await scene.flag()
    await scene.flag("key-2", call="other")
    first, second = await cases(scene)

    async with scene.work() as work:
        at = scene.clock.now()
        await link(work, first, LinkKind.CALL, "call", by=LI, at=at)
        with pytest.raises(IllegalMove):
            await link(work, second, LinkKind.CALL, "call", by=LI, at=at)
    assert (await told(scene)).count("case.call_linked") == 2


async def test_what_was_merged_is_read_together_and_written_to_the_one_that_stands(
    scene: EscalationScene,
) -> None:
    await scene.add(scene.call("other"), scene.call("third"))
    for number, call in enumerate(("call", "other", "third")):
        await scene.flag(f"key-{number}", call=call)
        scene.clock.advance(1)
    first, second, third = [case.id for case in await cases(scene)]
    await scene.change(Case, third, merged_into_id=second)
    await scene.change(Case, second, merged_into_id=first)

    async with scene.work() as work:
        for case_id in (first, second, third):
            assert await standing_case(work, case_id) == first
            assert await together(work, case_id) == {first, second, third}
        assert (await lock_case(work, third)).id == first
        assert await case_of(work, LinkKind.CALL, "third") == first
        with pytest.raises(NotFound):
            await standing_case(work, "nobody's")
