"""A station or a service that takes an escalation stands in the ledger of provision, once."""

import pytest
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.escalations.acts import HandOver, hand_to
from hotline.escalations.model import Level
from hotline.escalations.progress import lock_escalation
from hotline.escalations.provisions import heard_by_service
from hotline.escalations.rescue import Confirmation, confirm_rescue
from hotline.escalations.service import acknowledge, give_back
from hotline.staff.actor import Actor
from hotline.storage.tables import Call, CaseEntry, Escalation, Provision, Staff
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio
LI, SU = Actor.of_staff("li"), Actor.of_staff("su")


async def ledger(scene: EscalationScene) -> list[Provision]:
    async with scene.work() as work:
        query = select(Provision).order_by(col(Provision.at), col(Provision.recipient_id))
        return list((await work.exec(query)).all())


async def acknowledged(scene: EscalationScene, by: Actor) -> None:
    found = await scene.escalation()
    async with scene.work() as work:
        await acknowledge(work, found.id, by=by, at=scene.clock.now())


async def test_a_flag_that_only_rings_has_handed_nothing_over(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    assert await ledger(scene) == []


async def test_imminent_danger_is_handed_over_in_an_emergency_and_the_person_is_told_afterwards(
    scene: EscalationScene, officer: Actor
) -> None:
    """PIPL §13(4), §18."""
    flagged = await scene.flag()
    await acknowledged(scene, officer)

    [kept] = await ledger(scene)
    assert (kept.recipient_kind, kept.recipient, kept.recipient_id) == ("station", "区", "district")
    assert (kept.basis, kept.urgency, kept.article) == ("emergency", "imminent", "")
    assert (kept.escalation_id, kept.call_id, kept.by) == (flagged.id, "call", "contact:duty")
    assert kept.case_id is not None
    assert kept.tell_due_at is not None
    async with scene.work() as work:
        told = (await work.exec(select(CaseEntry).where(CaseEntry.kind == "provision.made"))).one()
    assert told.facts == {"provision": kept.id}


@pytest.mark.parametrize(
    ("kind", "age", "basis", "article"),
    [
        ("", None, "statutory_duty", "minors_11"),
        ("mandatory_report", "child", "statutory_duty", "minors_11"),
        ("domestic_violence", "teen", "statutory_duty", "violence_14"),
        ("", "adult", "emergency", ""),
    ],
)
async def test_high_danger_of_a_minor_is_handed_over_because_the_law_commands_it(
    scene: EscalationScene, officer: Actor, kind: str, age: str | None, basis: str, article: str
) -> None:
    """PIPL §13(3)."""
    await scene.change(Call, "call", age_group=age)
    flagged = await scene.flag(level=Level.HIGH)
    await scene.change(Escalation, flagged.id, kind=kind)
    await acknowledged(scene, officer)

    [kept] = await ledger(scene)
    assert (kept.basis, kept.article) == (basis, article)


async def test_a_supervisor_of_ours_who_takes_it_hands_nothing_over(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await acknowledged(scene, LI)
    assert await ledger(scene) == []


async def test_an_officer_who_signs_in_is_of_their_station(scene: EscalationScene) -> None:
    await scene.add(
        Staff(id="su", username="su", name="Su", password_hash="", station_id="district")
    )
    await scene.flag()
    await acknowledged(scene, SU)
    assert [one.recipient_id for one in await ledger(scene)] == ["district"]


async def test_a_station_is_written_once_and_another_one_that_it_is_handed_to_as_well(
    scene: EscalationScene, officer: Actor, neighbour: str
) -> None:
    flagged = await scene.flag()
    await acknowledged(scene, officer)
    async with scene.work() as work:
        await give_back(
            work, scene.vault, flagged.id, by=officer, reason="no", at=scene.clock.now()
        )
    await acknowledged(scene, officer)
    async with scene.work() as work:
        to = HandOver(neighbour, "nearer")
        await hand_to(work, scene.vault, flagged.id, to=to, by=LI, at=scene.clock.now())
    assert [one.recipient_id for one in await ledger(scene)] == ["district", neighbour]
    await acknowledged(scene, Actor.of_contact("of-next"))

    assert [one.recipient_id for one in await ledger(scene)] == ["district", neighbour]


async def test_an_emergency_service_that_took_over_or_was_in_the_talk_is_written_once(
    scene: EscalationScene,
) -> None:
    flagged = await scene.flag()
    now = scene.clock.now()
    async with scene.work() as work:
        call = await lock_call(work, "call")
        await heard_by_service(work, call, "075512355", by=LI, at=now)
        await heard_by_service(work, call, "+86755110", by=LI, at=now)
        held = await lock_escalation(work, flagged.id)
        said = Confirmation(agency="110", contacted_at=now, reference="")
        await confirm_rescue(work, scene.vault, held, said=said, by=LI, at=now)
        other = Confirmation(agency="other", contacted_at=now, reference="")
        await confirm_rescue(work, scene.vault, held, said=other, by=LI, at=now)

    assert [(one.recipient_kind, one.recipient, one.purpose) for one in await ledger(scene)] == [
        ("police", "110", "rescue")
    ]


async def test_a_service_in_a_talk_without_a_flag_is_no_hand_over_of_ours(
    scene: EscalationScene,
) -> None:
    async with scene.work() as work:
        call = await lock_call(work, "call")
        await heard_by_service(work, call, "110", by=LI, at=scene.clock.now())
    assert await ledger(scene) == []
