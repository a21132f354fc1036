"""Recording by the line's rule, over the wire: after the notice, paused, fetched, proven, heard."""

import io
import wave
from array import array
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.harness.carrier import Carrier, Handset
from tests.harness.scene import SID, TOKEN, Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
NOTICE = "录下来"
RULE = '{"when": "always", "keep_days": 30}'
TOLD = [
    "recording.notice_heard",
    "recording.started",
    "recording.paused",
    "recording.resumed",
    "recording.ended",
    "recording.kept",
    "recording.deleted_at_carrier",
    "recording.played",
]
KEPT = "select 1 from recording where copy_state = 'deleted'"


async def records(scene: Scene, rule: str = RULE) -> None:
    """The line's rule."""
    await scene.house.rows("update line set recording = %s::jsonb returning 1", rule)


async def hears_notice(scene: Scene) -> Handset:
    """A child in the queue who has heard that talks are recorded."""
    child = await scene.dials_and_waits(CHILD)
    await child.hears(NOTICE)
    for _ in range(3):
        await scene.passes(6)
    await scene.until("select 1 from call where notice_heard_at is not null")
    return child


async def hears_notice_at_the_door(scene: Scene) -> Handset:
    """A child whom li takes at once: the notice is said before the two are put together."""
    li = await scene.counselor("li")
    child = await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await li.phone.answers()
    await child.hears(NOTICE)
    await child.hears(NOTICE)
    return child


async def takes(scene: Scene, username: str) -> Counselor:
    """A counselor takes the child."""
    counselor = await scene.counselor(username)
    await counselor.phone.rings()
    await counselor.phone.answers()
    await scene.talk(CHILD)
    return counselor


async def at_carrier(carrier: Carrier, child: Handset) -> list[dict[str, Any]]:
    """All recordings of the child's leg that the carrier has."""
    where = f"/2010-04-01/Accounts/{SID}/Calls/{await child.sid()}/Recordings.json"
    answer = await carrier.http.get(where, auth=(SID, TOKEN))
    assert answer.status_code == httpx.codes.OK, answer.text
    return list(answer.json()["recordings"])


async def state_is(scene: Scene, state: str) -> None:
    await scene.until("select 1 from recording where state = %s and wanted = state", state)


def loud(raw: bytes) -> list[list[bool]]:
    """For each of the two sides, second by second, whether anything is to be heard."""
    with wave.open(io.BytesIO(raw)) as file:
        assert file.getnchannels() == 2
        values = array("h", file.readframes(file.getnframes()))
        rate = file.getframerate()
    sides = [values[side::2] for side in (0, 1)]
    return [[max(side[at : at + rate]) > 0 for at in range(0, len(side), rate)] for side in sides]


async def recorded_with_a_pause(scene: Scene, child: Handset, li: Counselor) -> None:
    """Ten seconds of talk, ten of silence, ten of talk; then the child hangs up."""
    call = await scene.call_of(CHILD)
    await state_is(scene, "on")
    await scene.carrier.passes(10)
    await li.does("POST", f"/calls/{call}/recording/pause")
    await state_is(scene, "paused")
    await scene.carrier.passes(10)
    await li.does("POST", f"/calls/{call}/recording/resume")
    await state_is(scene, "on")
    await scene.carrier.passes(10)
    await child.hangs_up()


async def timeline(scene: Scene) -> list[str]:
    """What it tells of recording."""
    rows = await scene.house.rows("select kind from call_event order by id")
    return [kind for (kind,) in rows if kind.startswith("recording.")]


async def test_a_talk_is_recorded_fetched_deleted_at_the_carrier_and_played(scene: Scene) -> None:
    await records(scene)
    child = await hears_notice(scene)
    li = await takes(scene, "li")
    call = await scene.call_of(CHILD)
    await recorded_with_a_pause(scene, child, li)
    await scene.until("select 1 from recording where copy_state = 'wanted'")
    await scene.passes(40)
    await scene.until(KEPT)

    he = await scene.house.signs_in("he")
    (shown,) = await he.get(f"/calls/{call}/recordings")
    where = f"/recordings/{shown['id']}/media"
    whole, refused = await he.tries("GET", where), await li.staff.tries("GET", where)
    headers = {"Authorization": f"Bearer {he.token}", "Range": "bytes=44-1043"}
    part = await scene.house.http.get(f"/api/v1{where}", headers=headers)

    heard = [(side[3], side[15], side[25]) for side in loud(whole.content)]
    assert heard == [(True, False, True)] * 2
    assert (part.status_code, part.content) == (206, whole.content[44:1044])
    assert refused.status_code == 403
    assert await at_carrier(scene.carrier, child) == []
    assert shown["gone_at"] is not None
    assert await timeline(scene) == TOLD


async def test_who_is_taken_at_once_hears_the_notice_at_the_door_and_then_is_recorded(
    scene: Scene,
) -> None:
    await records(scene)
    child = await hears_notice_at_the_door(scene)
    before = await at_carrier(scene.carrier, child)

    for _ in range(3):
        await scene.passes(1)
    await scene.talk(CHILD)
    await state_is(scene, "on")

    assert before == []
    assert [one["status"] for one in await at_carrier(scene.carrier, child)] == ["in-progress"]


async def test_a_child_who_comes_back_to_the_queue_has_one_recording_for_each_counselor(
    scene: Scene,
) -> None:
    await records(scene)
    child = await hears_notice(scene)
    li = await takes(scene, "li")
    await state_is(scene, "on")

    await li.phone.hangs_up()
    await scene.goes_off_duty(li)
    await scene.waits(CHILD)
    await scene.until("select 1 from recording where state = 'over'")
    waiting = [one["status"] for one in await at_carrier(scene.carrier, child)]
    await takes(scene, "chen")
    await state_is(scene, "on")

    talking = [one["status"] for one in await at_carrier(scene.carrier, child)]
    assert "in-progress" not in waiting
    assert talking.count("in-progress") == 1
    assert await scene.count("recording") == 2


async def test_a_start_that_has_its_effect_though_it_fails_makes_one_recording(
    scene: Scene,
) -> None:
    await records(scene)
    child = await hears_notice_at_the_door(scene)
    await scene.carrier.faults(rest_500_with_effect=1)

    for _ in range(3):
        await scene.passes(1)
    await scene.until("select 1 from recording where state = 'asked' and lease_until is null")
    await scene.passes(2)
    await state_is(scene, "on")

    assert [one["status"] for one in await at_carrier(scene.carrier, child)] == ["in-progress"]


async def test_a_worker_fetches_it_without_waiting_for_anybody(
    scene_with_own_redis: Scene,
) -> None:
    scene = scene_with_own_redis
    await records(scene)
    child = await hears_notice(scene)
    await takes(scene, "li")
    await state_is(scene, "on")

    await child.hangs_up()
    await scene.until(KEPT)

    assert await at_carrier(scene.carrier, child) == []
    folder = Path(scene.house.env["HOTLINE_DATA_DIR"]) / "recordings"
    assert [one.suffix for one in folder.rglob("*") if one.is_file()] == [".sealed"]


async def consults(scene: Scene, li: Counselor, call: str) -> Counselor:
    """Li has asked chen, whose phone rings; the child hears music, and is recorded all the same."""
    chen = await scene.counselor("chen")
    [(chens_id,)] = await scene.house.rows("select id from staff where username = 'chen'")
    await li.does("POST", f"/calls/{call}/consult", {"colleague": chens_id})
    await chen.phone.rings()
    return chen


async def test_one_recording_goes_on_over_a_transfer_and_survives_one_that_fails(
    scene: Scene,
) -> None:
    await records(scene)
    child = await hears_notice(scene)
    li = await takes(scene, "li")
    call = await scene.call_of(CHILD)
    await state_is(scene, "on")

    chen = await consults(scene, li, call)
    await chen.phone.declines()
    await scene.carrier.until_held(call, held=False)
    chen = await consults(scene, li, call)
    await chen.phone.answers()
    await scene.until("select 1 from call_event where kind = 'colleague.joined'")
    await li.does("POST", f"/calls/{call}/hand-over")
    await scene.presence("li", "wrapping_up")

    (running,) = await at_carrier(scene.carrier, child)
    assert running["status"] == "in-progress"
    await chen.does("POST", f"/calls/{call}/end")
    await scene.until("select 1 from recording where wanted = 'off'")


async def test_a_recording_stops_when_the_last_counselor_sends_the_caller_on(scene: Scene) -> None:
    await records(scene)
    child = await hears_notice(scene)
    li = await takes(scene, "li")
    await state_is(scene, "on")

    await li.does("POST", f"/calls/{await scene.call_of(CHILD)}/send-on", {"topic": "family"})

    await scene.until("select 1 from recording where wanted = 'off' and state = 'over'")
    (ended,) = await at_carrier(scene.carrier, child)
    assert ended["status"] == "completed"
