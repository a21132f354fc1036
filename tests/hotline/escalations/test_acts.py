"""Comment, hand to another station, remind, open again: what follows from each."""

from datetime import timedelta

import pytest
from sqlmodel import select

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.acts import HandOver, comment, hand_to, remind, reopen, ring_now
from hotline.escalations.policy import ACK_WITHIN, NOBODY_YET, REMINDED_WITHIN
from hotline.escalations.queries import open_summary
from hotline.escalations.service import acknowledge, close, give_back
from hotline.escalations.station_call import PinResult, call_answered, key_pressed
from hotline.escalations.stations import stations_like
from hotline.staff.actor import Actor
from hotline.storage.tables import Escalation, EscalationEntry, Station
from tests.hotline.escalations.acting import HE, acts, is_taken, reason
from tests.hotline.escalations.conftest import CITY, DUTY, HEAD, OTHERS, PIN, EscalationScene

pytestmark = pytest.mark.anyio


async def hands(scene: EscalationScene, escalation: Escalation, station: str) -> Escalation:
    moved: Escalation = await acts(scene, hand_to, escalation, to=HandOver(station, "不在本区"))
    return moved


# ── comment ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("closed", [False, True])
async def test_a_comment_is_sealed_and_changes_nothing_else(
    scene: EscalationScene, *, closed: bool
) -> None:
    escalation = await scene.flag()
    if closed:
        await acts(scene, close, escalation, reason="安全")
    before = await scene.escalation()

    await acts(scene, comment, escalation, text="孩子在天桥上")

    after = await scene.escalation()
    [said] = await scene.facts("escalation.commented")
    assert "孩子" not in str(said)
    assert after.model_dump() == before.model_dump()
    async with scene.work() as work:
        at = scene.clock.now()
        told = await open_summary(work, scene.vault, escalation.id, by=HE, at=at)
    assert "孩子在天桥上" in told.notes.values()


async def test_an_empty_comment_is_refused_and_none_can_be_made_on_nothing(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()

    with pytest.raises(Invalid):
        await acts(scene, comment, escalation, text=" \n")
    async with scene.work() as work:
        with pytest.raises(NotFound):
            await comment(work, scene.vault, "no", by=HE, text="x", at=scene.clock.now())


# ── hand to ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["open", "acknowledged", "accepted"])
async def test_another_station_is_rung_from_its_first_contact_on(
    scene: EscalationScene, neighbour: str, how: str
) -> None:
    escalation = await scene.flag()
    if how != "open":
        await is_taken(scene, escalation, accepted=how == "accepted")

    moved = await hands(scene, escalation, neighbour)
    await scene.rings()

    assert (moved.station_id, moved.state, moved.acknowledged_by) == (neighbour, "open", "")
    assert (moved.step, moved.round) == (0, 0)
    assert moved.next_due_at == scene.clock.now() + ACK_WITHIN
    assert [link["contact_id"] for link in moved.chain] == ["of-next", "city"]
    assert scene.carrier.dialled() == [OTHERS]
    [told] = await scene.facts("escalation.handed_to")
    assert (told["from"], told["to"]) == ("district", neighbour)
    assert "本区" not in str(told)


async def test_the_station_before_is_told_and_its_ringing_phone_acknowledges_nothing(
    scene: EscalationScene, neighbour: str
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    [ringing] = await scene.attempts()

    async with scene.work() as work:
        over = HandOver(neighbour, "x")
        at = scene.clock.now()
        await hand_to(work, scene.vault, escalation.id, to=over, by=HE, at=at)
        assert ("station", "district") in work._announced
    async with scene.work() as work:
        heard = await call_answered(work, ringing.id, scene.clock.now())
        pressed = await key_pressed(work, ringing.id, PIN, scene.clock.now())

    assert (heard, pressed) == (None, PinResult.ALREADY_TAKEN)
    assert (await scene.escalation()).state == "open"
    assert await scene.states() == [("duty", "superseded"), ("of-next", "pending")]
    assert "attempt.superseded" in await scene.kinds()


async def test_what_both_stations_have_above_them_may_still_acknowledge(
    scene: EscalationScene, neighbour: str
) -> None:
    escalation = await scene.flag()
    await acts(scene, ring_now, escalation, contact_id="city")
    await scene.rings()
    rung = next(one for one in await scene.attempts() if one.contact_id == "city")
    await hands(scene, escalation, neighbour)

    async with scene.work() as work:
        pressed = await key_pressed(work, rung.id, PIN, scene.clock.now())

    assert pressed == PinResult.ACKNOWLEDGED


async def test_a_station_that_nobody_can_reach_is_not_handed_to(
    scene: EscalationScene, neighbour: str
) -> None:
    escalation = await scene.flag()
    await scene.add(Station(id="empty", name="空", name_en="E", division="46", phone="4"))
    before = await scene.escalation()

    reasons = [
        await reason(scene, hand_to, escalation, to=HandOver(station, "x"))
        for station in ("empty", "district", "nowhere", "unassigned")
    ]

    assert reasons == ["nobody_there", "theirs_already", "no_station", "no_station"]
    with pytest.raises(Invalid):
        await acts(scene, hand_to, escalation, to=HandOver(neighbour, " "))
    assert (await scene.escalation()).model_dump() == before.model_dump()


@pytest.mark.parametrize("kind", ["police", "120", "drill"])
async def test_a_child_is_never_handed_to_who_answers_for_nobody(
    scene: EscalationScene, kind: str
) -> None:
    escalation = await scene.flag()
    await scene.add(
        Station(id="theirs", name="别的", name_en="T", division="", phone="5", kind=kind),
        scene.contact("of-theirs", "theirs", 0, OTHERS),
    )

    assert await reason(scene, hand_to, escalation, to=HandOver("theirs", "x")) == "no_station"
    async with scene.work() as work:
        assert await stations_like(work, "别的", in_english=False) == []


async def test_after_a_hand_over_the_chain_of_the_new_station_is_walked(
    scene: EscalationScene, neighbour: str
) -> None:
    await hands(scene, await scene.flag(), neighbour)
    await scene.rings()

    await scene.passes(121)
    await scene.passes(121)

    assert scene.carrier.dialled() == [OTHERS, CITY, OTHERS]


# ── remind ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_reminder_brings_the_deadline_nearer_and_silence_rings_again(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    await is_taken(scene, escalation, accepted=True)
    soon = scene.clock.now() + REMINDED_WITHIN

    reminded = await acts(scene, remind, escalation, words="请尽快反馈")
    scene.clock.advance(REMINDED_WITHIN.total_seconds() + 1)
    await scene.rings()

    assert (reminded.state, reminded.next_due_at) == ("accepted", soon)
    assert (await scene.escalation()).state == "open"
    assert scene.carrier.dialled() == [DUTY]


async def test_a_reminder_never_puts_a_deadline_off(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    await is_taken(scene, escalation, accepted=True)
    near = scene.clock.now() + timedelta(minutes=1)
    await scene.change(Escalation, escalation.id, next_due_at=near)

    assert (await acts(scene, remind, escalation)).next_due_at == near


async def test_nobody_is_reminded_of_what_nobody_has(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    assert await reason(scene, remind, escalation) == "nobody_has_it"
    await acts(scene, close, escalation, reason="x")

    with pytest.raises(IllegalMove):
        await acts(scene, remind, escalation)


# ── open again ──────────────────────────────────────────────────────────────────────────────────


async def test_what_was_closed_is_open_again_and_who_had_it_is_rung(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    await scene.rings()
    await scene.passes(121)
    await acts(scene, acknowledge, escalation, by=Actor.of_contact("head"))
    await acts(scene, close, escalation, reason="找到了")
    scene.clock.advance(3600)

    again = await acts(scene, reopen, escalation, reason="又不见了")
    await scene.rings()

    assert (again.state, again.closed_at, again.acknowledged_by) == ("open", None, "")
    assert again.next_due_at == scene.clock.now() + ACK_WITHIN
    assert scene.carrier.dialled()[-1] == HEAD
    assert len(await scene.facts("escalation.opened_again")) == 1


async def test_it_is_not_opened_again_without_a_reason_nor_twice(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    with pytest.raises(IllegalMove):
        await acts(scene, reopen, escalation, reason="x")
    await acts(scene, close, escalation, reason="x")
    with pytest.raises(Invalid):
        await acts(scene, reopen, escalation, reason=" ")
    await acts(scene, reopen, escalation, reason="x")

    with pytest.raises(IllegalMove):
        await acts(scene, reopen, escalation, reason="x")

    assert (await scene.kinds()).count("escalation.opened_again") == 1


async def test_beside_a_newer_alarm_of_the_same_call_it_stays_closed(
    scene: EscalationScene,
) -> None:
    first = await scene.flag("key-1")
    await acts(scene, close, first, reason="x")
    await scene.flag("key-2")

    assert await reason(scene, reopen, first, reason="y") == "other_alarm"


async def test_what_was_taken_back_before_anybody_was_rung_rings_the_first_contact(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    await acts(scene, close, escalation, reason="x")
    await scene.change(Escalation, escalation.id, step=NOBODY_YET.step, round=NOBODY_YET.round)

    again = await acts(scene, reopen, escalation, reason="y")

    assert (again.step, again.round) == (0, 0)
    assert (await scene.states())[-1] == ("duty", "pending")


async def test_every_act_is_told_by_who_did_it(scene: EscalationScene, neighbour: str) -> None:
    escalation = await scene.flag()
    await acts(scene, comment, escalation, text="x")
    await acts(scene, ring_now, escalation, contact_id="city")
    await hands(scene, escalation, neighbour)
    await acts(scene, acknowledge, escalation)
    await acts(scene, remind, escalation)
    await acts(scene, give_back, escalation, reason="x")
    await acts(scene, close, escalation, reason="x")
    await acts(scene, reopen, escalation, reason="x")

    async with scene.work() as work:
        query = select(EscalationEntry.kind).where(EscalationEntry.actor == str(HE))
        told = set((await work.exec(query)).all())
    assert told >= {f"escalation.{act}" for act in
                    ("commented", "rung", "handed_to", "reminded", "opened_again")}  # fmt: skip
