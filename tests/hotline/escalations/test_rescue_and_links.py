"""A rescue is open until it is confirmed; calls of one number are linked, and never merged."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.calls.service import lock_call
from hotline.errors import IllegalMove, Invalid
from hotline.escalations.acts import reopen
from hotline.escalations.late import DoneInField
from hotline.escalations.model import Level
from hotline.escalations.policy import REMINDED_WITHIN
from hotline.escalations.progress import lock_escalation
from hotline.escalations.queries import open_summary
from hotline.escalations.rescue import Confirmation, RescueLook, confirm_rescue, leave_rescue
from hotline.escalations.service import NewFlag, acknowledge, close, raise_flag, report
from hotline.escalations.supervisors import SupervisorLook, supervisor_saw
from hotline.staff.actor import Actor
from hotline.storage.tables import Call, Escalation, EscalationLink, Line, Rescue
from tests.hotline.escalations.acting import acts, is_taken
from tests.hotline.escalations.conftest import EscalationScene
from tests.hotline.escalations.test_a_chain_is_walked import chain

pytestmark = pytest.mark.anyio

OFFICER = Actor.of_staff("li")


async def in_danger(scene: EscalationScene) -> Escalation:
    await scene.add(chain(rescue={"confirmed": True, "every_s": 900}))
    return await scene.flag()


async def confirms(scene: EscalationScene, escalation: Escalation, **said: Any) -> None:
    now = scene.clock.now()
    told = {"agency": "110", "contacted_at": now, "reference": "No. 7", **said}
    async with scene.work() as work:
        held = await lock_escalation(work, escalation.id)
        confirmation = Confirmation(**told)
        await confirm_rescue(work, scene.vault, held, said=confirmation, by=OFFICER, at=now)


async def closes(scene: EscalationScene, escalation: Escalation, *, overseen: bool) -> None:
    async with scene.work() as work:
        if overseen:
            held = await lock_escalation(work, escalation.id)
            await leave_rescue(work, held, by=OFFICER, at=scene.clock.now())
        await close(
            work, scene.vault, escalation.id, by=OFFICER, reason="safe", at=scene.clock.now()
        )


async def rescues(scene: EscalationScene) -> list[Rescue]:
    async with scene.work() as work:
        return list((await work.exec(select(Rescue))).all())


async def test_until_it_is_confirmed_it_cannot_be_closed(scene: EscalationScene) -> None:
    escalation = await in_danger(scene)
    with pytest.raises(IllegalMove, match="confirmed"):
        await closes(scene, escalation, overseen=False)

    await confirms(scene, escalation)
    await closes(scene, escalation, overseen=False)

    (row,) = await rescues(scene)
    assert (row.agency, row.confirmed_at, row.due_at) == ("110", scene.clock.now(), None)
    assert (await scene.escalation()).state == "closed"


async def test_a_supervisor_may_close_it_and_the_timeline_says_so(scene: EscalationScene) -> None:
    escalation = await in_danger(scene)

    await closes(scene, escalation, overseen=True)

    kinds = await scene.kinds()
    assert kinds[-2:] == ["rescue.left_unconfirmed", "escalation.closed"]


async def test_what_was_closed_unconfirmed_and_is_opened_again_waits_for_the_rescue_again(
    scene: EscalationScene,
) -> None:
    escalation = await in_danger(scene)
    await closes(scene, escalation, overseen=True)

    async with scene.work() as work:
        await reopen(
            work, scene.vault, escalation.id, by=OFFICER, reason="gone", at=scene.clock.now()
        )

    (row,) = await rescues(scene)
    assert (row.left_at, row.due_at) == (None, scene.clock.now() + timedelta(minutes=15))
    with pytest.raises(IllegalMove, match="confirmed"):
        await closes(scene, escalation, overseen=False)


async def test_everybody_is_reminded_each_quarter_of_an_hour(scene: EscalationScene) -> None:
    await scene.change(Line, "12355", duty_phone="02000000013")
    escalation = await in_danger(scene)
    look = RescueLook(database=scene.database, clock=scene.clock)
    for seconds in (899, 1, 0, 900):
        scene.clock.advance(seconds)
        await look.tick()

    assert [one["times"] for one in await scene.facts("rescue.unconfirmed")] == [1, 2]
    await SupervisorLook(database=scene.database, clock=scene.clock).tick()
    assert len(await scene.facts("supervisors.rung")) == 1

    await confirms(scene, escalation)
    scene.clock.advance(900)
    await look.tick()
    assert len(await scene.facts("rescue.unconfirmed")) == 2


async def test_a_clock_that_is_set_back_puts_the_reminder_off_by_one_pause(
    scene: EscalationScene,
) -> None:
    await in_danger(scene)
    look = RescueLook(database=scene.database, clock=scene.clock)
    scene.clock.advance(-7200)
    await look.tick()
    scene.clock.advance(900)
    await look.tick()

    assert len(await scene.facts("rescue.unconfirmed")) == 1


async def test_the_reference_is_sealed_and_opens_with_the_story(scene: EscalationScene) -> None:
    escalation = await in_danger(scene)
    await confirms(scene, escalation)

    (fact,) = await scene.facts("rescue.confirmed")
    assert "No. 7" not in str(fact)
    async with scene.work() as work:
        now = scene.clock.now()
        text = await open_summary(work, scene.vault, escalation.id, by=OFFICER, at=now)
    assert list(text.notes.values()) == ["No. 7"]


async def test_nobody_was_reached_in_the_future(scene: EscalationScene) -> None:
    escalation = await in_danger(scene)

    with pytest.raises(Invalid):
        await confirms(scene, escalation, contacted_at=scene.clock.now() + timedelta(minutes=5))


async def test_without_a_chain_that_asks_for_it_nothing_is_to_be_confirmed(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()

    assert await rescues(scene) == []
    await closes(scene, escalation, overseen=False)


# ── another call of the same number ─────────────────────────────────────────────────────────────


async def calls_again(scene: EscalationScene) -> None:
    """The child's number has a second call."""
    await scene.change(Call, "call", from_index="number")
    again = scene.call("again")
    again.from_index = "number"
    await scene.add(again)


async def flags_again(
    scene: EscalationScene, level: Level = Level.IMMINENT, *, another_child: bool = False
) -> Escalation:
    flag = NewFlag(
        raised_by="li",
        level=level,
        summary="the second call",
        client_key="again",
        another_child=another_child,
    )
    async with scene.work() as work:
        found = await lock_call(work, "again")
        return await raise_flag(work, scene.vault, call=found, flag=flag, at=scene.clock.now())


async def links(scene: EscalationScene) -> list[tuple[str, str]]:
    async with scene.work() as work:
        found = (await work.exec(select(EscalationLink))).all()
    return [(one.escalation_id, one.call_id) for one in found]


async def test_a_flag_of_another_call_of_the_number_is_linked_and_rings_nobody(
    scene: EscalationScene,
) -> None:
    first = await scene.flag()
    await calls_again(scene)

    second = await flags_again(scene)

    assert second.id == first.id
    assert len(await scene.attempts()) == 1
    assert await links(scene) == [(first.id, "again")]
    assert await scene.facts("escalation.linked") == [{"call_id": "again"}]
    async with scene.work() as work:
        now = scene.clock.now()
        text = await open_summary(work, scene.vault, first.id, by=OFFICER, at=now)
    assert text.summaries == ("says so", "the second call")


async def test_a_linked_flag_that_is_sent_again_is_the_same_flag(scene: EscalationScene) -> None:
    first = await scene.flag()
    await calls_again(scene)
    await flags_again(scene)

    assert (await flags_again(scene)).id == first.id

    await closes(scene, first, overseen=False)
    assert (await flags_again(scene)).id == first.id
    assert len(await scene.facts("escalation.flag_added")) == 1


async def test_a_new_flag_about_what_was_reported_is_answered_soon_or_rings_again(
    scene: EscalationScene,
) -> None:
    first = await scene.flag()
    await is_taken(scene, first, accepted=True)
    await acts(scene, report, first, by=OFFICER, done=DoneInField("she is at home"))
    await calls_again(scene)
    scene.clock.advance(3600)

    await flags_again(scene)

    assert (await scene.escalation()).next_due_at == scene.clock.now() + REMINDED_WITHIN
    await scene.passes(REMINDED_WITHIN.total_seconds())
    assert (await scene.escalation()).state == "open"
    assert len(await scene.attempts()) == 2


async def test_supervisors_who_saw_the_first_flag_see_the_next_one_too(
    scene: EscalationScene,
) -> None:
    await scene.change(Line, "12355", duty_phone="02000000013")
    first = await scene.flag()
    await is_taken(scene, first, accepted=False)
    async with scene.work() as work:
        held = await lock_escalation(work, first.id)
        await supervisor_saw(work, held, by=OFFICER, at=scene.clock.now())
    await calls_again(scene)
    await flags_again(scene)

    look = SupervisorLook(database=scene.database, clock=scene.clock)
    scene.clock.advance(29)
    await look.tick()
    assert await scene.facts("supervisors.rung") == []
    scene.clock.advance(1)
    await look.tick()
    assert len(await scene.facts("supervisors.rung")) == 1


async def test_a_flag_by_hand_leaves_it_to_who_acknowledged_within_the_undo(
    scene: EscalationScene,
) -> None:
    waiting = NewFlag(
        raised_by="li",
        level=Level.IMMINENT,
        summary="",
        client_key="level",
        rings_at=scene.clock.now() + timedelta(seconds=10),
    )
    async with scene.work() as work:
        found = await lock_call(work, "call")
        now = scene.clock.now()
        first = await raise_flag(work, scene.vault, call=found, flag=waiting, at=now)
    await acts(scene, acknowledge, first, by=OFFICER)

    await scene.flag("by hand")

    escalation = await scene.escalation()
    assert (escalation.state, escalation.acknowledged_by) == ("acknowledged", str(OFFICER))
    assert await scene.attempts() == []


async def test_a_louder_flag_rings_and_is_linked_as_well(scene: EscalationScene) -> None:
    first = await scene.flag(level=Level.HIGH)
    await calls_again(scene)

    second = await flags_again(scene)

    assert second.id != first.id
    assert len(await scene.attempts()) == 2
    assert await links(scene) == [(first.id, "again")]


async def test_another_child_of_the_same_number_has_an_alarm_of_their_own(
    scene: EscalationScene,
) -> None:
    first = await scene.flag()
    await calls_again(scene)

    second = await flags_again(scene, another_child=True)

    assert second.id != first.id
    assert await links(scene) == []
    assert len(await scene.attempts()) == 2


async def test_what_was_closed_takes_no_more_flags(scene: EscalationScene) -> None:
    first = await scene.flag()
    await closes(scene, first, overseen=False)
    await calls_again(scene)

    assert (await flags_again(scene)).id != first.id
    assert await links(scene) == []


async def test_callers_without_a_number_are_nobodys_other_call(scene: EscalationScene) -> None:
    first = await scene.flag()
    await scene.add(scene.call("again"))

    assert (await flags_again(scene)).id != first.id
