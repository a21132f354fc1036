"""Who is in a case: what is kept of them, who changed what, and who may harm the child."""

from typing import Any

import pytest

from hotline.cases.model import CaseResult, IsMinor, Kinship, PersonRole
from hotline.cases.people import (
    PersonWords,
    add_person,
    change_person,
    clear_suspicion,
    leave,
    mark_suspected,
    release_reporter,
)
from hotline.cases.service import CaseEnd, close_case
from hotline.errors import CaseRefused, Invalid, NotFound
from hotline.handovers.guardians import is_blocked
from hotline.storage.sealed import open_cell
from hotline.storage.tables import CasePerson
from tests.hotline.cases.conftest import Casework

pytestmark = pytest.mark.anyio

NAME, PHONE, ADDRESS, NOTE = "王小明", "154 0000 0123", "天河区某街 1 号", "怕打雷"
CHILD = PersonWords(
    role=PersonRole.AT_RISK,
    minor=IsMinor.YES,
    name=NAME,
    phone=PHONE,
    address=ADDRESS,
    note=NOTE,
)
MOTHER = PersonWords(role=PersonRole.GUARDIAN, relation=Kinship.MOTHER, name="王芳", phone=PHONE)


async def added(casework: Casework, words: PersonWords) -> CasePerson:
    async with casework.scene.work() as work:
        return await add_person(work, casework.act(), casework.case_id, words)


async def changed(
    casework: Casework, person: CasePerson, based_on: int = 0, **words: Any
) -> CasePerson:
    async with casework.scene.work() as work:
        key, change = (casework.case_id, person.id), PersonWords(**words)
        return await change_person(work, casework.act(), key, change, based_on=based_on)


async def test_every_word_of_a_person_is_sealed_for_their_row(casework: Casework) -> None:
    person = await added(casework, CHILD)

    kept = await casework.get(CasePerson, person.id)
    clear = str(kept.model_dump())
    assert [word for word in (NAME, "15400000123", ADDRESS, NOTE) if word in clear] == []
    vault = casework.scene.vault
    cells = ("name_sealed", "phone_sealed", "address_sealed", "note_sealed")
    assert [open_cell(vault, kept, one) for one in cells] == [NAME, "+8615400000123", ADDRESS, NOTE]
    assert (kept.phone_masked, kept.minor) == ("154****0123", "yes")
    assert kept.phone_index == vault.index("+8615400000123")


async def test_the_person_at_risk_is_a_row_of_their_own_whoever_called(casework: Casework) -> None:
    """Demand 33."""
    child = await added(casework, CHILD)
    caller = await added(casework, PersonWords(role=PersonRole.REPORTER, name="邻居老李"))

    assert child.id != caller.id
    with pytest.raises(CaseRefused) as refused:
        await added(casework, PersonWords(role=PersonRole.AT_RISK, name="another"))
    assert refused.value.facts == {"reason": "at_risk_known"}
    with pytest.raises(CaseRefused):
        await changed(casework, caller, role=PersonRole.AT_RISK)


async def test_the_timeline_says_who_changed_which_field_and_no_word_of_it(
    casework: Casework,
) -> None:
    person = await added(casework, CHILD)

    await changed(casework, person, name="王小红", address="")

    [first] = await casework.told("case.person_added")
    [then] = await casework.told("case.person_changed")
    assert first["fields"] == ["role", "minor", "name", "phone", "address", "note"][1:]
    assert then == {"person_id": person.id, "role": "at_risk", "fields": ["name", "address"]}
    written = await casework.written()
    assert [one for one in (NAME, "王小红", ADDRESS, "15400000123") if one in written] == []
    kept = await casework.get(CasePerson, person.id)
    assert (kept.address_sealed, kept.version) == ("", 1)


async def test_the_same_again_changes_nothing_also_from_a_page_that_is_old(
    casework: Casework,
) -> None:
    person = await added(casework, CHILD)
    await changed(casework, person, name="王小红")

    await changed(casework, person, name="王小红", phone="+86 154-0000-0123")

    assert len(await casework.told("case.person_changed")) == 1


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(casework: Casework) -> None:
    person = await added(casework, CHILD)
    await changed(casework, person, name="王小红")

    with pytest.raises(CaseRefused) as refused:
        await changed(casework, person, name="王小刚")

    kept = await casework.get(CasePerson, person.id)
    assert refused.value.facts["reason"] == "changed"
    assert open_cell(casework.scene.vault, kept, "name_sealed") == "王小红"
    await changed(casework, person, based_on=1, name="王小刚")


@pytest.mark.parametrize("phone", ["what", "12", "+1"])
async def test_what_is_no_number_is_refused(casework: Casework, phone: str) -> None:
    with pytest.raises(Invalid):
        await added(casework, PersonWords(role=PersonRole.GUARDIAN, phone=phone))


async def test_a_number_can_be_taken_away(casework: Casework) -> None:
    person = await added(casework, MOTHER)

    await changed(casework, person, phone=" ")

    kept = await casework.get(CasePerson, person.id)
    assert (kept.phone_sealed, kept.phone_masked, kept.phone_index) == ("", "", "")


async def test_who_has_no_part_in_it_any_more_is_kept_and_not_changed(casework: Casework) -> None:
    person = await added(casework, MOTHER)
    async with casework.scene.work() as work:
        await leave(work, casework.act(), (casework.case_id, person.id), "moved abroad")

    with pytest.raises(CaseRefused):
        await changed(casework, person, name="x")
    kept = await casework.get(CasePerson, person.id)
    assert kept.left_at is not None
    assert kept.name_sealed
    assert "abroad" not in await casework.written()


async def test_nobody_of_another_case_is_reached_through_this_one(casework: Casework) -> None:
    other = await casework.another("other")
    person = await added(casework, MOTHER)

    with pytest.raises(NotFound):
        async with casework.scene.work() as work:
            await leave(work, casework.act(), (other, person.id), "x")


async def test_a_guardian_is_marked_with_a_reason_and_the_mark_is_taken_back_with_one(
    casework: Casework,
) -> None:
    """Demand 42."""
    person = await added(casework, MOTHER)
    key = casework.case_id, person.id

    async with casework.scene.work() as work:
        await mark_suspected(work, casework.act(), key, "bruises")
    async with casework.scene.work() as work:
        await mark_suspected(work, casework.act(), key, "bruises")

    assert (await casework.get(CasePerson, person.id)).suspected_abuser
    assert len(await casework.told("case.suspected")) == 1
    async with casework.scene.work() as work:
        with pytest.raises(Invalid):
            await clear_suspicion(work, casework.act(), key, "  ")
    async with casework.scene.work() as work:
        await clear_suspicion(work, casework.act(), key, "the police found nothing")
        await clear_suspicion(work, casework.act(), key, "again")
    assert not (await casework.get(CasePerson, person.id)).suspected_abuser
    assert len(await casework.told("case.suspicion_cleared")) == 1
    assert "bruises" not in await casework.written()


async def blocked(casework: Casework, *numbers: str) -> list[bool]:
    vault = casework.scene.vault
    async with casework.scene.work() as work:
        return [await is_blocked(work, vault.index(number)) for number in numbers]


async def test_the_number_of_a_suspect_is_kept_out_of_every_call_as_long_as_the_mark_stands(
    casework: Casework,
) -> None:
    """Demand 42."""
    person = await added(casework, MOTHER)
    key, first, then = (casework.case_id, person.id), "+8615400000123", "+8615400000456"
    assert await blocked(casework, first) == [False]

    async with casework.scene.work() as work:
        await mark_suspected(work, casework.act(), key, "bruises")
    assert await blocked(casework, first, then) == [True, False]
    await changed(casework, person, based_on=1, phone="15400000456")
    assert await blocked(casework, first, then) == [False, True]
    async with casework.scene.work() as work:
        await clear_suspicion(work, casework.act(), key, "the police found nothing")

    assert await blocked(casework, first, then) == [False, False]


async def test_who_left_the_case_is_still_marked_and_cleared(casework: Casework) -> None:
    """Demand 42."""
    person = await added(casework, MOTHER)
    key, number = (casework.case_id, person.id), "+8615400000123"
    async with casework.scene.work() as work:
        await leave(work, casework.act(), key, "moved abroad")

    async with casework.scene.work() as work:
        await mark_suspected(work, casework.act(), key, "bruises")
    assert await blocked(casework, number) == [True]
    async with casework.scene.work() as work:
        await clear_suspicion(work, casework.act(), key, "the police found nothing")

    assert await blocked(casework, number) == [False]
    assert not (await casework.get(CasePerson, person.id)).suspected_abuser


async def test_the_person_at_risk_is_never_the_suspect(casework: Casework) -> None:
    person = await added(casework, CHILD)

    async with casework.scene.work() as work:
        with pytest.raises(Invalid):
            await mark_suspected(work, casework.act(), (casework.case_id, person.id), "x")


async def test_a_suspect_does_not_become_the_person_at_risk(casework: Casework) -> None:
    mother = await added(casework, MOTHER)
    async with casework.scene.work() as work:
        await mark_suspected(work, casework.act(), (casework.case_id, mother.id), "bruises")

    with pytest.raises(Invalid):
        await changed(casework, mother, based_on=1, role=PersonRole.AT_RISK)

    kept = await casework.get(CasePerson, mother.id)
    assert (kept.role, kept.suspected_abuser) == ("guardian", True)
    assert await blocked(casework, "+8615400000123") == [True]


async def test_a_guardian_is_marked_in_a_closed_case_in_which_nothing_else_is_written(
    casework: Casework,
) -> None:
    person = await added(casework, MOTHER)
    end = CaseEnd(CaseResult.SAFE, "fine")
    async with casework.scene.work() as work:
        await close_case(work, casework.act(), casework.case_id, end, looks=())

    with pytest.raises(CaseRefused) as refused:
        await changed(casework, person, name="x")
    async with casework.scene.work() as work:
        await mark_suspected(work, casework.act(), (casework.case_id, person.id), "told later")

    assert refused.value.facts == {"reason": "closed"}
    assert (await casework.get(CasePerson, person.id)).suspected_abuser


async def test_only_a_reporter_is_released_and_once(casework: Casework) -> None:
    """Demand 43."""
    mother = await added(casework, MOTHER)
    reporter = await added(casework, PersonWords(role=PersonRole.REPORTER, name="老李"))

    async with casework.scene.work() as work:
        with pytest.raises(NotFound):
            await release_reporter(work, casework.act(), (casework.case_id, mother.id), "x")
    for _ in range(2):
        async with casework.scene.work() as work:
            key = casework.case_id, reporter.id
            await release_reporter(work, casework.act(), key, "court asks")

    assert len(await casework.told("case.reporter_released")) == 1
