"""A flag and its escalation come into being together, once."""

import asyncio

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from hotline.calls.model import CallState, Urgency
from hotline.calls.service import lock_call
from hotline.errors import KeyReused
from hotline.escalations import service
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.policy import ACK_WITHIN
from hotline.escalations.progress import add_escalation
from hotline.escalations.service import NewFlag, draw_number, raise_flag
from hotline.staff.actor import Actor
from hotline.storage.tables import Attempt, Call, CallEntry, CrisisFlag, Escalation, Line, Station
from hotline.storage.tables import StationContact as Contact
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio


async def test_a_flag_starts_an_escalation_with_a_deadline_and_a_first_attempt(
    scene: EscalationScene,
) -> None:
    await scene.flag()

    escalation = await scene.escalation()
    assert escalation.state == EscalationState.OPEN
    assert escalation.next_due_at == scene.clock.now() + ACK_WITHIN
    assert [link["contact_id"] for link in escalation.chain] == ["duty", "head", "city"]
    assert await scene.states() == [("duty", "pending")]
    assert await scene.kinds() == ["escalation.raised", "attempt.planned"]


async def test_a_flag_makes_the_call_urgent_and_shows_in_its_timeline(
    scene: EscalationScene,
) -> None:
    await scene.flag()

    async with scene.work() as work:
        call = await work.get_one(Call, "call")
        kinds = (await work.exec(select(CallEntry.kind))).all()
    assert call.urgency == Urgency.CRISIS
    assert "call.flagged" in kinds


async def test_the_story_is_kept_sealed(scene: EscalationScene) -> None:
    await scene.flag()

    async with scene.work() as work:
        flag = (await work.exec(select(CrisisFlag))).one()
    assert "says so" not in flag.summary_sealed
    opened = scene.vault.open(flag.summary_sealed, place=f"crisis_flag.summary_sealed.{flag.id}")
    assert opened == "says so"


async def test_the_same_intent_twice_is_one_escalation(scene: EscalationScene) -> None:
    first = await scene.flag("key-1")

    again = await scene.flag("key-1")

    assert again.id == first.id
    assert await _count(scene) == (1, 1, 1)


async def test_the_same_intent_many_times_at_once_is_one_escalation(scene: EscalationScene) -> None:
    raised = await asyncio.gather(*(scene.flag("key-1") for _ in range(8)))

    assert len({escalation.id for escalation in raised}) == 1
    assert await _count(scene) == (1, 1, 1)


async def test_a_key_cannot_be_used_for_two_calls(scene: EscalationScene) -> None:
    await scene.add(scene.call("other"))
    await scene.flag("key-1")

    with pytest.raises(KeyReused):
        await scene.flag("key-1", call="other")

    assert await _count(scene) == (1, 1, 1)


async def test_a_second_flag_joins_the_escalation_that_runs(scene: EscalationScene) -> None:
    first = await scene.flag("key-1", level=Level.IMMINENT)

    second = await scene.flag("key-2", level=Level.HIGH)

    assert second.id == first.id
    assert await _count(scene) == (2, 1, 1)
    assert (await scene.facts("escalation.flag_added"))[0]["level"] == Level.HIGH


async def test_a_repeat_of_a_joined_flag_still_finds_its_escalation(scene: EscalationScene) -> None:
    first = await scene.flag("key-1")
    await scene.flag("key-2")

    again = await scene.flag("key-2")

    assert again.id == first.id
    assert await _count(scene) == (2, 1, 1)


async def test_a_louder_flag_raises_an_alarm_of_its_own(scene: EscalationScene) -> None:
    quiet = await scene.flag("key-1", level=Level.HIGH)

    loud = await scene.flag("key-2", level=Level.IMMINENT)

    assert loud.id != quiet.id
    assert await _count(scene) == (2, 2, 2)


async def test_a_flag_after_the_escalation_was_closed_raises_a_new_alarm(
    scene: EscalationScene,
) -> None:
    old = await scene.flag("key-1")
    async with scene.work() as work:
        await service.close(
            work, scene.vault, old.id, by=Actor.of_staff("li"), reason="safe", at=scene.clock.now()
        )

    new = await scene.flag("key-2")

    assert new.id != old.id
    assert new.state == EscalationState.OPEN


async def test_a_flag_that_nobody_raised_is_the_houses_own(scene: EscalationScene) -> None:
    flag = NewFlag(raised_by=None, level=Level.HIGH, summary="", client_key="flow-1")

    async with scene.work() as work:
        call = await lock_call(work, "call")
        await raise_flag(work, scene.vault, call=call, flag=flag, at=scene.clock.now())

    assert (await scene.timeline())[0].actor == "system"


async def test_an_escalation_that_cannot_be_written_leaves_no_flag(scene: EscalationScene) -> None:
    with pytest.raises(SQLAlchemyError):
        await _flag_and_fail(scene)

    assert await _count(scene) == (0, 0, 0)


async def _flag_and_fail(scene: EscalationScene) -> None:
    flag = NewFlag(raised_by="li", level=Level.HIGH, summary="", client_key="key-1")
    async with scene.work() as work:
        call = await lock_call(work, "call")
        raised = await raise_flag(work, scene.vault, call=call, flag=flag, at=scene.clock.now())
        raised.next_due_at = (
            None  # the database itself refuses an open escalation without a deadline
        )


async def test_a_station_without_contacts_still_gets_an_escalation_and_supervisors_are_paged(
    scene: EscalationScene,
) -> None:
    for contact in ("duty", "head", "city"):
        await scene.change(Contact, contact, active=False)

    await scene.flag()

    escalation = await scene.escalation()
    assert (escalation.chain, escalation.next_due_at) == ([], scene.clock.now() + ACK_WITHIN)
    assert await scene.facts("supervisors.paged") == [{"why": "no_contacts", "round": 0}]


async def test_a_station_of_nobody_hands_the_escalation_to_its_parent(
    scene: EscalationScene,
) -> None:
    await scene.change(Contact, "duty", active=False)
    await scene.change(Contact, "head", active=False)

    await scene.flag()

    assert await scene.states() == [("city", "pending")]


async def test_a_line_without_a_station_falls_to_the_top_of_the_tree(
    scene: EscalationScene,
) -> None:
    await scene.change(Line, "12355", station_id=None)

    await scene.flag()

    assert (await scene.escalation()).station_id == "city"
    assert await scene.states() == [("city", "pending")]
    assert await scene.facts("supervisors.paged") == [{"why": "line_without_station", "round": 0}]


async def test_a_house_without_any_station_still_keeps_the_escalation(
    scene: EscalationScene,
) -> None:
    await scene.add(
        Line(id="bare", name="", name_en="", number_shown=""), scene.call("alone", line="bare")
    )
    await _remove_stations(scene)

    await scene.flag("key-1", call="alone")
    await scene.add(scene.call("also", line="bare"))
    await scene.flag("key-2", call="also")

    assert (await scene.escalation()).next_due_at is not None
    assert [fact["why"] for fact in await scene.facts("supervisors.paged")] == [
        "line_without_station",
        "no_contacts",
    ] * 2


async def _remove_stations(scene: EscalationScene) -> None:
    await scene.change(Line, "12355", station_id=None)
    async with scene.work() as work:
        for contact in ("duty", "head", "city"):
            await work.delete(await work.get_one(Contact, contact))
        await work.flush()
        for station in ("district", "city"):
            await work.delete(await work.get_one(Station, station))
            await work.flush()


async def test_two_stations_that_name_each_other_as_parent_are_walked_once(
    scene: EscalationScene,
) -> None:
    await scene.change(Station, "city", parent_id="district")

    await scene.flag()

    assert [link["contact_id"] for link in (await scene.escalation()).chain] == [
        "duty",
        "head",
        "city",
    ]


async def test_a_number_that_is_taken_is_drawn_again(scene: EscalationScene) -> None:
    taken = await scene.flag()
    draws = iter([taken.number, "100002"])
    draft = Escalation(
        number=taken.number,
        call_id="call",
        station_id="city",
        level=Level.HIGH,
        next_due_at=scene.clock.now(),
        created_at=scene.clock.now(),
    )

    async with scene.work() as work:
        written = await add_escalation(work, draft, draw=draws.__next__)

    assert (written.number, next(draws, None)) == ("100002", None)


def test_a_number_is_six_digits_that_do_not_begin_with_a_zero() -> None:
    drawn = {draw_number() for _ in range(100)}

    assert all(len(number) == 6 and number[0] != "0" for number in drawn)
    assert len(drawn) > 90


async def test_one_key_for_two_calls_at_once_is_one_flag(scene: EscalationScene) -> None:
    await scene.add(scene.call("other"))

    raised = await asyncio.gather(
        scene.flag("key-1"), scene.flag("key-1", call="other"), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in raised) == ["Escalation", "KeyReused"]
    assert await _count(scene) == (1, 1, 1)


async def test_two_flags_of_one_call_at_once_are_one_escalation(scene: EscalationScene) -> None:
    first, second = await asyncio.gather(scene.flag("key-1"), scene.flag("key-2"))

    assert first.id == second.id
    assert await _count(scene) == (2, 1, 1)


async def test_a_number_that_waits_a_second_time_is_raised_with_its_first_call(
    scene: EscalationScene,
) -> None:
    await scene.change(Call, "call", from_index="child")
    same, another = scene.call("same"), scene.call("another")
    for call, index in ((same, "child"), (another, "somebody else")):
        call.state, call.from_index = CallState.WAITING, index
    await scene.add(same, another)

    await scene.flag()

    async with scene.work() as work:
        calls = (await work.exec(select(Call).order_by(Call.id))).all()
    assert {call.id: call.urgency for call in calls} == {
        "call": "crisis",
        "same": "crisis",
        "another": "routine",
    }


async def test_callers_without_a_number_are_not_taken_for_one_another(
    scene: EscalationScene,
) -> None:
    nameless = scene.call("nameless")
    nameless.state = CallState.WAITING
    await scene.add(nameless)

    await scene.flag()

    async with scene.work() as work:
        assert (await work.get_one(Call, "nameless")).urgency == Urgency.ROUTINE


async def _count(scene: EscalationScene) -> tuple[int, int, int]:
    """Flags, escalations, attempts."""
    async with scene.work() as work:
        flags = (await work.exec(select(CrisisFlag.id))).all()
        escalations = (await work.exec(select(Escalation.id))).all()
        attempts = (await work.exec(select(Attempt.id))).all()
    return len(flags), len(escalations), len(attempts)
