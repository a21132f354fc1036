"""An escalation that follows a chain of the files: several phones a step, roles of the moment."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.service import lock_call
from hotline.escalations.chains.model import read_chain_file
from hotline.escalations.deadlines import Deadlines
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.policy import ROUND_PAUSE
from hotline.escalations.queries import detail
from hotline.escalations.service import NewFlag, acknowledge, raise_flag
from hotline.escalations.station_call import PinResult, call_ended, key_pressed
from hotline.ports import LegStatus
from hotline.storage.tables import Escalation, EscalationChain, Station, StationContact
from tests.hotline.escalations.conftest import PIN, EscalationScene

pytestmark = pytest.mark.anyio

POLICE = "02000000302"
STEPS = [
    {"ring": ["station"], "within_s": 60},
    {"ring": ["deputy", "parent", "head"], "within_s": 90},
    {"ring": ["city", "police"], "within_s": 120},
]


def chain(level: str = "imminent", kind: str | None = None, **said: Any) -> EscalationChain:
    """A chain in force."""
    document = {"name": {"zh": "名字", "en": "Name"}, "level": level, "steps": STEPS, **said}
    read = read_chain_file({**document, "kind": kind})
    name = f"{level}-{kind}"
    kept = read.model_dump(mode="json")
    return EscalationChain(id=name, level=level, kind=kind or "", document=kept, version="1")


async def with_police(scene: EscalationScene, **said: Any) -> None:
    await scene.change(Station, "district", division="440106")
    await scene.add(
        Station(id="p", name="警", name_en="P", division="440100", phone="3", kind="police"),
        scene.contact("police", "p", 0, POLICE),
        chain(**said),
    )


async def rung(scene: EscalationScene) -> list[tuple[str, int]]:
    return [(one.contact_id, one.step) for one in await scene.attempts()]


async def test_a_step_rings_everybody_of_it_at_the_same_time(scene: EscalationScene) -> None:
    await with_police(scene)
    await scene.flag()
    await scene.passes(60)
    await scene.passes(90)

    assert await rung(scene) == [
        ("duty", 0),
        ("head", 1),
        ("city", 1),
        ("city", 2),
        ("police", 2),
    ]
    escalation = await scene.escalation()
    assert escalation.next_due_at == scene.clock.now() + timedelta(seconds=120)
    assert escalation.state == EscalationState.OPEN


async def test_a_step_ends_at_once_only_when_nobody_of_it_can_be_reached(
    scene: EscalationScene,
) -> None:
    await with_police(scene)
    await scene.flag()
    await scene.passes(60)
    head, city = (await scene.attempts())[1:]
    due_at = (await scene.escalation()).next_due_at

    async with scene.work() as work:
        await call_ended(work, head.id, LegStatus.BUSY, scene.clock.now())
    assert (await scene.escalation()).next_due_at == due_at

    async with scene.work() as work:
        await call_ended(work, city.id, LegStatus.BUSY, scene.clock.now())
    assert (await scene.escalation()).next_due_at == scene.clock.now()


async def test_who_acknowledges_first_has_it_and_the_other_phone_is_told(
    scene: EscalationScene,
) -> None:
    await with_police(scene)
    await scene.flag()
    await scene.passes(60)
    await scene.rings()
    head, city = (await scene.attempts())[1:]

    async with scene.work() as work:
        assert await key_pressed(work, city.id, PIN, scene.clock.now()) is PinResult.ACKNOWLEDGED
    async with scene.work() as work:
        assert await key_pressed(work, head.id, PIN, scene.clock.now()) is PinResult.ALREADY_TAKEN

    assert (await scene.escalation()).acknowledged_by == "contact:city"
    await scene.passes(90)
    assert len(await scene.attempts()) == 3


async def test_what_nobody_has_sent_yet_is_not_sent_after_the_acknowledgement(
    scene: EscalationScene, officer: Any
) -> None:
    await with_police(scene)
    escalation = await scene.flag()
    scene.jobs.reachable = True
    await scene.passes(60)

    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())

    assert [state for _, state in await scene.states()][1:] == ["superseded", "superseded"]


async def test_a_step_for_which_there_is_nobody_is_skipped_and_supervisors_know(
    scene: EscalationScene,
) -> None:
    await scene.add(chain(steps=[{"ring": ["police"]}, {"ring": ["station"]}]))
    await scene.flag()

    assert await rung(scene) == [("duty", 1)]
    assert await scene.facts("escalation.step_skipped") == [{"step": 0, "receivers": ["police"]}]
    assert {"why": "step_without_receivers", "round": 0} in await scene.facts("supervisors.paged")


async def test_a_chain_that_reaches_nobody_pauses_pages_and_goes_on(
    scene: EscalationScene,
) -> None:
    await scene.add(chain(steps=[{"ring": ["police"]}, {"ring": ["120"]}]))
    await scene.flag()
    escalation = await scene.escalation()

    assert await scene.attempts() == []
    assert escalation.next_due_at == scene.clock.now() + timedelta(seconds=120)
    assert {"why": "no_contacts", "round": 0} in await scene.facts("supervisors.paged")

    await with_police(scene, kind="missing")
    await scene.passes(120)
    assert await rung(scene) == [("police", 0)]


async def test_after_the_last_step_a_failed_chain_takes_a_breath(scene: EscalationScene) -> None:
    await with_police(scene, steps=STEPS[:1])
    await scene.flag()
    (attempt,) = await scene.attempts()

    async with scene.work() as work:
        await call_ended(work, attempt.id, LegStatus.BUSY, scene.clock.now())

    assert (await scene.escalation()).next_due_at == scene.clock.now() + ROUND_PAUSE
    await scene.passes(ROUND_PAUSE.total_seconds())
    escalation = await scene.escalation()
    assert (escalation.step, escalation.round) == (0, 1)


async def test_the_kind_of_a_flag_chooses_its_chain_and_the_times_stay(
    scene: EscalationScene,
) -> None:
    steps = [{"ring": ["station", "deputy"], "within_s": 45}]
    await scene.add(chain(), chain(kind="medical", steps=steps, accept_within_s=120))
    flag = NewFlag(raised_by="li", level=Level.IMMINENT, summary="", client_key="k", kind="medical")
    async with scene.work() as work:
        found = await lock_call(work, "call")
        raised = await raise_flag(work, scene.vault, call=found, flag=flag, at=scene.clock.now())
    await scene.change(EscalationChain, "imminent-medical", active=False)

    escalation = await scene.escalation()
    assert (escalation.kind, escalation.policy["chain"]) == ("medical", "imminent-medical")
    assert await rung(scene) == [("duty", 0), ("head", 0)]
    await scene.passes(45)
    assert (await scene.escalation()).round == 1
    duty = (await scene.attempts())[0]
    async with scene.work() as work:
        await key_pressed(work, duty.id, PIN, scene.clock.now())
    found_now = await scene.escalation(raised.id)
    assert found_now.next_due_at == scene.clock.now() + timedelta(seconds=120)


async def test_the_people_are_those_of_now(scene: EscalationScene) -> None:
    await with_police(scene)
    await scene.flag()
    await scene.change(StationContact, "head", active=False)
    await scene.add(scene.contact("new", "district", 2, "15400000299"))
    await scene.passes(60)

    assert (await rung(scene))[1:] == [("new", 1), ("city", 1)]
    assert await scene.facts("escalation.contacts_changed") != []


async def test_a_deadline_from_a_clock_that_was_set_back_is_no_further_than_its_own_step(
    scene: EscalationScene,
) -> None:
    await with_police(scene)
    await scene.flag()
    scene.clock.advance(-3600)

    await Deadlines(database=scene.database, clock=scene.clock).tick()

    due_at = (await scene.escalation()).next_due_at
    assert due_at == scene.clock.now() + timedelta(seconds=60)


async def test_a_row_of_before_there_were_chains_goes_on_contact_by_contact(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    older = [
        {key: value for key, value in link.items() if key != "step"} for link in escalation.chain
    ]
    await scene.change(Escalation, escalation.id, chain=older)
    await with_police(scene)

    await scene.passes(120)
    await scene.passes(120)

    assert await rung(scene) == [("duty", 0), ("head", 1), ("city", 2)]


async def test_a_link_written_by_an_older_process_does_not_stop_a_chain(
    scene: EscalationScene,
) -> None:
    await with_police(scene)
    escalation = await scene.flag()
    older = [{"contact_id": "duty", "station_id": "district", "ack_within_s": 120.0}]
    await scene.change(Escalation, escalation.id, chain=older)

    await scene.passes(60)

    assert (await rung(scene))[1:] == [("head", 1), ("city", 1)]


async def test_the_list_names_the_contact_of_the_present_step(scene: EscalationScene) -> None:
    await with_police(scene)
    escalation = await scene.flag()
    await scene.passes(60)
    await scene.passes(90)

    async with scene.work() as work:
        row = (await detail(work, escalation.id)).row

    assert (row.step, row.contact_name) == (2, "name of city")
    assert row.stations == ("district", "city", "p")
