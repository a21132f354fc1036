"""Who has a case: a colleague, and the station whose officer took its alarm on."""

from typing import Any

import pytest

from hotline.cases.belonging import give_to, hand_to_station, held_by, links_of, take_out
from hotline.cases.model import LinkKind
from hotline.cases.queries import case_of
from hotline.errors import CaseRefused, Invalid, NotFound
from hotline.escalations.service import accept, acknowledge
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.storage.tables import Case, Staff
from tests.hotline.cases.conftest import LI, Casework

pytestmark = pytest.mark.anyio


def person(name: str, role: Role, *, station: str | None = None, **more: Any) -> Staff:
    lines = [] if role is Role.OFFICER else ["12355"]
    values: dict[str, Any] = {"lines": lines, **more}
    return Staff(id=name, username=name, name=name, password_hash="", roles=[role],
                 station_id=station, **values)  # fmt: skip


@pytest.fixture
async def casework(casework: Casework) -> Casework:
    """With colleagues of the line, of the station that holds it, and of others."""
    await casework.scene.add(
        person("he", Role.SUPERVISOR),
        person("wong", Role.COUNSELOR),
        person("gone", Role.COUNSELOR, active=False),
        person("elsewhere", Role.COUNSELOR, lines=["other"]),
        person("officer", Role.OFFICER, station="district"),
        person("of-city", Role.OFFICER, station="city"),
    )
    return casework


async def gives(casework: Casework, to: str, by: Actor = LI) -> None:
    async with casework.scene.work() as work:
        await give_to(work, casework.act(by), casework.case_id, to)


async def case(casework: Casework) -> Case:
    found: Case = await casework.get(Case, casework.case_id)
    return found


@pytest.mark.parametrize("name", ["he", "wong", "officer"])
async def test_a_colleague_of_the_line_or_of_the_station_has_it(
    casework: Casework, name: str
) -> None:
    await gives(casework, name)
    await gives(casework, name)

    assert (await case(casework)).owner_id == name
    assert await casework.told("case.given") == [{"to_person": name, "from_person": ""}]


@pytest.mark.parametrize("name", ["gone", "elsewhere", "of-city", "nobody"])
async def test_nobody_else_has_it(casework: Casework, name: str) -> None:
    with pytest.raises(CaseRefused) as refused:
        await gives(casework, name)

    assert refused.value.facts == {"reason": "not_theirs"}


async def test_who_takes_it_is_told_as_taking(casework: Casework) -> None:
    await gives(casework, "officer", Actor.of_staff("officer"))

    assert len(await casework.told("case.taken")) == 1
    assert await casework.told("case.given") == []


@pytest.mark.parametrize(
    ("taker", "station"),
    [(Actor.of_contact("city"), "city"), (Actor.of_staff("of-city"), "city")],
)
async def test_the_station_that_takes_the_alarm_on_holds_the_case_from_then_on(
    casework: Casework, taker: Actor, station: str
) -> None:
    await gives(casework, "officer")
    async with casework.scene.work() as work:
        at = casework.scene.clock.now()
        await acknowledge(work, casework.escalation_id, by=taker, at=at)
        await accept(work, casework.escalation_id, by=taker, at=at)

    assert (await case(casework)).station_id == station
    assert await casework.told("case.held_by_station") == [
        {"to_station": "city", "from_station": "district"}
    ]
    # Whoever looked after it at the former station could not even see it any more.
    assert (await case(casework)).owner_id is None


async def test_who_keeps_it_at_the_hotline_keeps_it_when_the_station_changes(
    casework: Casework,
) -> None:
    await gives(casework, "wong")
    async with casework.scene.work() as work:
        at = casework.scene.clock.now()
        await held_by(work, casework.case_id, "city", by=LI, at=at)

    assert (await case(casework)).owner_id == "wong"


@pytest.mark.parametrize("taker", [Actor.of_contact("duty"), Actor.of_staff("he")])
async def test_a_contact_of_the_same_station_or_a_supervisor_changes_nothing(
    casework: Casework, taker: Actor
) -> None:
    async with casework.scene.work() as work:
        at = casework.scene.clock.now()
        await acknowledge(work, casework.escalation_id, by=taker, at=at)
        await accept(work, casework.escalation_id, by=taker, at=at)

    assert (await case(casework)).station_id == "district"
    assert await casework.told("case.held_by_station") == []


async def test_a_supervisor_hands_it_to_another_station_by_name_with_a_reason(
    casework: Casework,
) -> None:
    await gives(casework, "officer")
    async with casework.scene.work() as work:
        await hand_to_station(work, casework.act(), casework.case_id, "市", "the family moved")
        with pytest.raises(NotFound):
            await hand_to_station(work, casework.act(), casework.case_id, "nowhere", "x")
        with pytest.raises(Invalid):
            await hand_to_station(work, casework.act(), casework.case_id, "区", " ")

    # Whoever looked after it at the former station could not even see it any more.
    assert ((await case(casework)).station_id, (await case(casework)).owner_id) == ("city", None)
    [told] = await casework.told("case.handed_to_station")
    assert (told["to_station"], told["from_station"]) == ("city", "district")
    assert "moved" not in await casework.written()


async def test_what_was_taken_out_belongs_to_no_case(casework: Casework) -> None:
    async with casework.scene.work() as work:
        [call] = [
            one
            for one in await links_of(work, frozenset({casework.case_id}))
            if one.kind == LinkKind.CALL
        ]
    for _ in range(2):
        async with casework.scene.work() as work:
            await take_out(work, casework.act(), (casework.case_id, call.id), "wrong child")

    async with casework.scene.work() as work:
        assert await case_of(work, LinkKind.CALL, "call") is None
        with pytest.raises(NotFound):
            await take_out(work, casework.act(), (casework.case_id, "no such link"), "x")
    assert len(await casework.told("case.taken_out")) == 1
