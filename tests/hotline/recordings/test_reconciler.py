"""What is wanted of a recording comes about at the carrier, once, whatever the carrier answers."""

import asyncio

import pytest

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable, NothingRecorded
from hotline.storage.tables import Call, Line
from tests.fakes import Fault
from tests.hotline.recordings.conftest import RecordingScene

pytestmark = pytest.mark.anyio


async def start_is_under_way(scene: RecordingScene) -> None:
    """The carrier was asked to record, and has not answered yet."""
    await scene.talk_begins()
    scene.carrier.gate.clear()
    await scene.reconciler.tick()
    await scene.carrier.asked.wait()


async def carrier_answers(scene: RecordingScene) -> None:
    """What was asked is done, and the rows are looked at again."""
    scene.carrier.gate.set()
    await scene.reconciler.jobs.settled()
    await scene.is_looked_at()


async def test_a_talk_is_recorded_from_its_beginning_to_its_end(scene: RecordingScene) -> None:
    running = await scene.begins()

    scene.clock.advance(60)
    await scene.talk_ends()
    await scene.is_looked_at()

    over = await scene.row()
    assert (running.state, running.carrier_sid, running.started_at) == ("on", "RE1", running.due_at)
    assert (over.state, over.copy_state, over.ended_at) == ("over", "wanted", scene.clock.now())
    assert scene.carrier.journal == [("start", "CA-child"), ("stop", "RE1")]
    assert await scene.kinds() == ["recording.started", "recording.ended"]


@pytest.mark.parametrize(
    "reason", [{"line": {}}, {"line": {"when": "never"}}, {"heard": None}], ids=str
)
async def test_nothing_is_recorded_against_the_rule_or_without_the_notice(
    scene: RecordingScene, reason: dict[str, object]
) -> None:
    if "line" in reason:
        await scene.change(Line, "youth", recording=reason["line"])
    else:
        await scene.change(Call, "c1", notice_heard_at=None)

    await scene.talk_begins()
    await scene.is_looked_at()

    assert await scene.rows() == []
    assert scene.carrier.journal == []


async def test_a_pause_is_silence_and_can_be_ended(scene: RecordingScene) -> None:
    await scene.begins()

    await scene.li_pauses()
    await scene.li_pauses()
    await scene.is_looked_at()
    paused = (await scene.row()).state
    await scene.li_resumes()
    await scene.is_looked_at()

    assert (paused, (await scene.row()).state) == ("paused", "on")
    assert scene.carrier.journal[1:] == [("pause", "RE1"), ("resume", "RE1")]
    kinds = ["recording.started", "recording.paused", "recording.resumed"]
    assert await scene.kinds() == kinds


async def test_a_pause_that_is_pressed_while_the_start_is_under_way_comes_after_it(
    scene: RecordingScene,
) -> None:
    await start_is_under_way(scene)

    await scene.li_pauses()
    await carrier_answers(scene)

    assert scene.carrier.made() == ["paused"]
    assert (await scene.row()).state == "paused"


async def test_a_start_that_had_its_effect_though_it_failed_is_found_and_not_repeated(
    scene: RecordingScene,
) -> None:
    scene.carrier.faults.append(Fault(CarrierUnclear(), after_effect=True))
    await scene.talk_begins()
    await scene.is_looked_at()
    unclear = (await scene.row()).state

    await scene.passes(2)

    assert (unclear, (await scene.row()).state) == ("asked", "on")
    assert scene.carrier.made() == ["running"]


async def test_a_start_that_was_lost_is_looked_for_in_vain_and_repeated(
    scene: RecordingScene,
) -> None:
    scene.carrier.faults.append(Fault(CarrierUnclear()))
    await scene.talk_begins()
    await scene.is_looked_at()

    await scene.passes(2)

    assert (await scene.row()).state == "on"
    assert scene.carrier.made() == ["running"]
    assert [what for what, _ in scene.carrier.journal] == ["start", "of_leg", "start"]


async def test_a_call_that_ends_before_an_unclear_start_was_settled_leaves_nothing_running(
    scene: RecordingScene,
) -> None:
    scene.carrier.faults.append(Fault(CarrierUnclear(), after_effect=True))
    await scene.talk_begins()
    await scene.is_looked_at()
    await scene.talk_ends()

    await scene.passes(2)
    await scene.is_looked_at()

    assert scene.carrier.made() == ["completed"]
    assert (await scene.row()).copy_state == "wanted"


@pytest.mark.parametrize("act", ["pause", "stop"])
@pytest.mark.parametrize("after_effect", [True, False])
async def test_an_act_whose_answer_was_lost_is_asked_again(
    scene: RecordingScene, act: str, *, after_effect: bool
) -> None:
    await scene.begins()
    scene.carrier.faults.append(Fault(CarrierUnclear(), after_effect=after_effect))
    await (scene.li_pauses() if act == "pause" else scene.talk_ends())
    await scene.is_looked_at()

    await scene.passes(2)

    assert scene.carrier.made() == ["paused" if act == "pause" else "completed"]
    assert (await scene.row()).state == ("paused" if act == "pause" else "over")


async def test_a_carrier_that_refuses_is_asked_less_and_less_and_the_timeline_says_so_once(
    scene: RecordingScene,
) -> None:
    scene.carrier.faults.extend([Fault(CarrierRefused(20003))] * 5)
    await scene.talk_begins()

    for _ in range(8):
        await scene.passes(1)
    asked = len(scene.carrier.journal)
    for _ in range(3):
        await scene.passes(8)

    assert asked == 3
    assert (await scene.row()).state == "on"
    assert await scene.kinds() == ["recording.refused", "recording.started"]


async def test_who_hangs_up_while_it_is_begun_is_not_recorded(scene: RecordingScene) -> None:
    await scene.talk_begins()

    await scene.talk_ends()
    await scene.is_looked_at()

    assert await scene.rows() == []
    assert scene.carrier.journal == []


async def test_who_hangs_up_while_the_start_is_under_way_leaves_nothing_running(
    scene: RecordingScene,
) -> None:
    await start_is_under_way(scene)

    await scene.talk_ends()
    await carrier_answers(scene)

    assert scene.carrier.made() == ["completed"]
    assert ((await scene.row()).state, (await scene.row()).copy_state) == ("over", "wanted")


async def test_the_clock_is_set_back_and_no_pause_lasts_an_hour(scene: RecordingScene) -> None:
    scene.clock.advance(3600)
    await scene.talk_begins()

    await scene.passes(-3600)

    assert scene.carrier.made() == ["running"]


async def test_the_leg_ends_and_with_it_the_recording(scene: RecordingScene) -> None:
    await scene.begins()
    scene.carrier.leg_ends()

    await scene.talk_ends()
    await scene.is_looked_at()

    assert (await scene.row()).state == "over"


async def test_the_next_counselor_gets_a_recording_of_their_own_after_the_first_is_over(
    scene: RecordingScene,
) -> None:
    await scene.begins()
    scene.carrier.faults.append(Fault(CarrierUnreachable()))
    await scene.talk_ends()
    await scene.passes(1)
    await scene.talk_begins()
    await scene.is_looked_at()
    waits = [one.state for one in await scene.rows()]

    await scene.passes(3)
    await scene.is_looked_at()

    assert waits == ["asked", "none"]
    assert [one.state for one in await scene.rows()] == ["over", "on"]
    assert scene.carrier.made() == ["completed", "running"]


async def test_what_the_caller_did_not_want_recorded_stays_so_with_the_next_counselor(
    scene: RecordingScene,
) -> None:
    await scene.begins()
    await scene.li_pauses()
    await scene.is_looked_at()
    await scene.talk_ends()
    await scene.passes(1)

    await scene.talk_begins()
    await scene.is_looked_at()
    quiet = scene.carrier.made()
    await scene.li_resumes()
    await scene.is_looked_at()

    assert quiet == ["completed"]
    assert scene.carrier.made() == ["completed", "running"]


async def test_two_processes_ask_once(scene: RecordingScene) -> None:
    other = scene.another_reconciler()
    await scene.talk_begins()

    await asyncio.gather(scene.reconciler.tick(), other.tick())
    await asyncio.gather(scene.reconciler.jobs.settled(), other.jobs.settled())

    assert scene.carrier.made() == ["running"]


async def test_a_process_that_died_while_it_asked_is_followed_by_another(
    scene: RecordingScene,
) -> None:
    await scene.talk_begins()
    scene.carrier.gate.clear()
    await scene.reconciler.tick()
    await scene.carrier.asked.wait()
    await scene.reconciler.stop()
    scene.carrier.gate.set()
    scene.reconciler = scene.another_reconciler()

    await scene.passes(10)
    early = scene.carrier.made()
    await scene.passes(11)

    assert early == []
    assert scene.carrier.made() == ["running"]


async def test_nothing_can_be_paused_where_nothing_is_recorded(scene: RecordingScene) -> None:
    with pytest.raises(NothingRecorded):
        await scene.li_pauses()

    await scene.begins()
    await scene.talk_ends()
    with pytest.raises(NothingRecorded):
        await scene.li_resumes()
