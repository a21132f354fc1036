"""Pausing while one talks; playing after it, in parts, by whom the rule lets, with a trace."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotline.recordings.sealing import PIECE, SealingFile
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, CallRecording, Line
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import SITE, ApiScene, Person, client_of, house_on

pytestmark = pytest.mark.anyio

SOUND = bytes(range(256)) * 600  # three pieces
MEDIA = "/recordings/kept/media"
PAUSE, RESUME = "/calls/call/recording/pause", "/calls/call/recording/resume"


@pytest.fixture
async def scene(database: Database, clock: FakeClock, tmp_path: Path) -> AsyncIterator[ApiScene]:
    """The furnished house, on a line that records, with a folder of its own."""
    house = house_on(database, clock, Settings(public_url=SITE, data_dir=tmp_path))
    app = create_app(house)
    async with client_of(app) as http:
        made = ApiScene(house, clock, app, http)
        await made.furnish()
        await made.change(Line, "youth", recording={"when": "always"})
        yield made


async def runs(scene: ApiScene, **values: Any) -> None:
    """li's talk is being recorded."""
    now = scene.clock.now()
    fields = {"state": "on", "carrier_sid": "RE1", "started_at": now, **values}
    row = CallRecording(id="runs", call_id="call", leg_sid="CA", due_at=now, created_at=now)
    await scene.add(row.model_copy(update=fields))


async def is_kept(scene: ApiScene, **values: Any) -> None:
    """A recording of li's call lies sealed in our folder."""
    now, vault = scene.clock.now(), scene.house.vault
    with SealingFile(scene.house.settings.recordings_dir / "ke/kept", "kept", vault) as file:
        file.write(SOUND)
        sha256 = file.finish()
    fields: dict[str, Any] = {"state": "over", "wanted": "off", "copy_state": "deleted",
                              "seconds": 60, "path": "ke/kept", "size": len(SOUND),
                              "sha256": sha256, "key_id": vault.newest_key}  # fmt: skip
    row = CallRecording(id="kept", call_id="call", leg_sid="CA", due_at=now, created_at=now)
    await scene.add(CallRecording(**(row.model_dump() | fields | values)))


async def plays(scene: ApiScene, who: str, asked: str = "") -> httpx.Response:
    headers = scene.person(who).headers | ({"Range": asked} if asked else {})
    return await scene.http.get(f"/api/v1{MEDIA}", headers=headers)


async def told(scene: ApiScene) -> list[tuple[str, str | None]]:
    """Of recordings, in the timeline: what, and whose doing."""
    entries: list[CallEntry] = await scene.all(CallEntry)
    return [(one.kind, one.staff_id) for one in entries if one.kind.startswith("recording.")]


async def test_a_counselor_pauses_and_resumes(scene: ApiScene, li: Person) -> None:
    await runs(scene)

    await li.does("POST", PAUSE)
    await li.does("POST", PAUSE)
    paused = (await scene.get(CallRecording, "runs")).wanted
    await li.does("POST", RESUME)

    assert (paused, (await scene.get(CallRecording, "runs")).wanted) == ("paused", "on")
    assert await told(scene) == [("recording.paused", "li"), ("recording.resumed", "li")]


async def test_the_same_key_again_is_one_pause(scene: ApiScene, li: Person) -> None:
    await runs(scene)

    first = await li.asks("POST", PAUSE, key="k")
    await li.does("POST", RESUME)
    again = await li.asks("POST", PAUSE, key="k")

    assert (first.status_code, again.status_code) == (204, 204)
    assert (await scene.get(CallRecording, "runs")).wanted == "on"


async def test_where_nothing_is_recorded_that_is_said_in_a_sentence(
    scene: ApiScene, li: Person
) -> None:
    refused = await li.asks("POST", PAUSE)

    assert refused.status_code == 409
    assert "not being recorded" in refused.json()["detail"]


async def test_a_counselor_who_told_the_caller_herself_begins_the_recording(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/recording/told")
    await li.does("POST", "/calls/call/recording/told")

    recordings = await scene.all(CallRecording)
    assert [(one.wanted, one.state) for one in recordings] == [("on", "none")]
    assert (await scene.get(Call, "call")).notice_heard_at == scene.clock.now()
    assert await told(scene) == [("recording.told", "li")]


async def test_on_a_line_that_does_not_record_telling_begins_nothing(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Line, "youth", recording={})

    refused = await li.asks("POST", "/calls/call/recording/told")

    assert refused.status_code == 409
    assert await scene.all(CallRecording) == []


async def test_a_supervisor_hears_it_and_that_is_written_down(scene: ApiScene) -> None:
    await is_kept(scene)

    answer = await plays(scene, "he")

    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "no-store"
    assert await told(scene) == [("recording.played", "he")]


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-", 0, len(SOUND)),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        (f"bytes={PIECE - 1}-{PIECE}", PIECE - 1, PIECE + 1),
        ("bytes=-5", len(SOUND) - 5, len(SOUND)),
        (f"bytes=10-{10 * len(SOUND)}", 10, len(SOUND)),
        (f"bytes=-{10 * len(SOUND)}", 0, len(SOUND)),
    ],
)
async def test_a_stretch_is_given_as_it_is_asked_for(
    scene: ApiScene, asked: str, begin: int, end: int
) -> None:
    await is_kept(scene)

    answer = await plays(scene, "he", asked)

    assert (answer.status_code, answer.content) == (206, SOUND[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(SOUND)}"
    assert answer.headers["Content-Length"] == str(end - begin)


@pytest.mark.parametrize("asked", [f"bytes={len(SOUND)}-", "bytes=-0", "bytes=9-3"])
async def test_what_is_behind_the_end_is_not_there(scene: ApiScene, asked: str) -> None:
    await is_kept(scene)

    answer = await plays(scene, "he", asked)

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(SOUND)}"
    assert await told(scene) == []


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,4-5", "seconds=1-2", "bytes=a-b"])
async def test_a_range_that_cannot_be_read_gives_all_of_it(scene: ApiScene, asked: str) -> None:
    await is_kept(scene)

    answer = await plays(scene, "he", asked)

    assert (answer.status_code, answer.content) == (200, SOUND)


async def test_one_playing_in_many_parts_is_one_line_and_hours_later_another(
    scene: ApiScene,
) -> None:
    await is_kept(scene)

    for asked in ("bytes=0-", "bytes=100-", "bytes=200-"):
        await plays(scene, "he", asked)
        scene.clock.advance(60)
    scene.clock.advance(timedelta(hours=2).total_seconds())
    await plays(scene, "he", "bytes=100-")

    assert await told(scene) == [("recording.played", "he")] * 2


async def test_who_took_the_call_hears_it_only_where_the_line_allows_that(
    scene: ApiScene, li: Person
) -> None:
    await is_kept(scene)
    before = await plays(scene, "li")
    (shown,) = await li.gets("/calls/call/recordings")

    await scene.change(Line, "youth", recording={"when": "always", "counselor_may_hear": True})
    after = await plays(scene, "li")
    (shown_then,) = await li.gets("/calls/call/recordings")

    assert (before.status_code, after.status_code) == (403, 200)
    assert (shown["may_play"], shown_then["may_play"]) == (False, True)
    assert await told(scene) == [("recording.played", "li")]


async def test_every_counselor_of_the_line_hears_a_message_and_no_talk_beside_it(
    scene: ApiScene,
) -> None:
    await scene.change(Call, "call", counselor_id=None, outcome="message_left", state="ended")
    await is_kept(scene)

    as_talk = await plays(scene, "li")
    await scene.change(CallRecording, "kept", is_message=True)
    as_message = await plays(scene, "li")

    assert (as_talk.status_code, as_message.status_code) == (403, 200)
    assert await told(scene) == [("recording.played", "li")]


@pytest.mark.parametrize("copy_state", ["none", "wanted", "erased", "missing"])
async def test_what_is_not_here_cannot_be_played_and_says_so(
    scene: ApiScene, he: Person, copy_state: str
) -> None:
    await is_kept(scene, copy_state=copy_state)

    answer = await plays(scene, "he")
    (shown,) = await he.gets("/calls/call/recordings")

    assert answer.status_code == 409
    assert shown["may_play"] is False
    assert await told(scene) == []


async def test_a_sound_that_was_tampered_with_is_not_played(scene: ApiScene) -> None:
    await is_kept(scene)
    path = scene.house.settings.recordings_dir / "ke/kept"
    path.write_bytes(b"x" + path.read_bytes()[1:])

    answer = await plays(scene, "he")

    assert answer.status_code == 409
    assert await told(scene) == []


async def test_the_answer_is_never_compressed(scene: ApiScene) -> None:
    await is_kept(scene)
    headers = scene.person("he").headers | {"Accept-Encoding": "gzip"}

    answer = await scene.http.get(f"/api/v1{MEDIA}", headers=headers)

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Length"] == str(len(SOUND))


async def test_a_call_that_is_over_cannot_be_paused(scene: ApiScene, li: Person) -> None:
    await runs(scene)
    await scene.change(Call, "call", state="ended")

    refused = await li.asks("POST", PAUSE)

    assert refused.status_code == 409
