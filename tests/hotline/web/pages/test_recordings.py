"""What people see of a recording: where it stands, who can play it, and what the bar says."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.i18n.catalog import speaking
from hotline.recordings.queries import desk_recording
from hotline.storage.tables import Call, CallRecording, Line
from hotline.web.pages.rendering import environment, icon
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def is_recorded(scene: ApiScene, **values: Any) -> None:
    """One recording of li's call, on a line that records."""
    now = scene.clock.now()
    fields: dict[str, Any] = {
        "id": "r1",
        "call_id": "call",
        "leg_sid": "CA",
        "due_at": now,
        "created_at": now,
    }
    await scene.change(Line, "youth", recording={"when": "always"})
    await scene.change(Call, "call", notice_heard_at=now)
    await scene.add(CallRecording(**(fields | values)))


async def test_a_supervisor_finds_a_player_its_length_and_how_long_it_is_kept(
    scene: ApiScene, he: Reader
) -> None:
    now = scene.clock.now()
    kept = now + timedelta(days=30)
    await is_recorded(scene, state="over", wanted="off", copy_state="deleted", seconds=187,
                      started_at=now, gone_at=now, keep_until=kept)  # fmt: skip

    page = await he.reads("/calls/call")

    part = page.part("recordings")
    assert 'src="/api/v1/recordings/r1/media"' in part.html
    assert 'preload="none"' in part.html
    assert "3:07 已保存" in part.text
    assert "加密保存到 2026-03-31，到期自动删除。" in part.text
    assert "删除并核实" in part.text


async def test_who_may_not_hear_it_sees_that_it_is_there_and_no_player(
    scene: ApiScene, li: Reader
) -> None:
    await is_recorded(scene, state="over", wanted="off", copy_state="deleted", seconds=187)

    page = await li.reads("/calls/call", language="en")

    assert page.has("recording")
    assert not page.has("player")
    assert "Kept" in page.part("recordings").text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "asked"}, "Starting"),
        ({"state": "on"}, "Being recorded"),
        ({"state": "paused"}, "Paused"),
        ({"state": "over", "copy_state": "wanted"}, "Being fetched"),
        ({"state": "over", "copy_state": "missing"}, "Nothing was recorded"),
        ({"state": "over", "copy_state": "erased"}, "Erased"),
    ],
)
async def test_where_it_stands_is_said_in_words_and_only_what_is_here_can_be_played(
    scene: ApiScene, he: Reader, values: dict[str, str], said: str
) -> None:
    await is_recorded(scene, **values)

    page = await he.reads("/calls/call", language="en")

    assert said in page.part("recordings").text
    assert not page.has("player")


async def test_a_call_that_was_not_recorded_has_no_such_card(scene: ApiScene, he: Reader) -> None:
    page = await he.reads("/calls/call")

    assert not page.has("recordings")


@pytest.mark.parametrize(
    ("values", "state", "button"),
    [
        ({"state": "none"}, "正在开始录音", "pause"),
        ({"state": "on"}, "录音中", "pause"),
        ({"state": "on", "wanted": "paused"}, "正在暂停录音", "resume"),
        ({"state": "paused", "wanted": "paused"}, "录音已暂停，现在不录", "resume"),
        ({"state": "none", "wanted": "paused"}, "录音已暂停，现在不录", "resume"),
    ],
)
async def test_the_bar_says_what_is_and_offers_the_opposite(
    scene: ApiScene, values: dict[str, str], state: str, button: str
) -> None:
    await is_recorded(scene, **values)

    bar = await bar_of(scene)

    assert state in bar
    assert f'data-command="POST /calls/call/recording/{button}"' in bar


async def test_the_bar_says_when_a_started_one_goes_on_again(scene: ApiScene) -> None:
    await is_recorded(scene, state="asked", wanted="on", started_at=scene.clock.now())

    assert "正在恢复录音" in await bar_of(scene)


async def test_the_bar_says_that_nothing_is_recorded_of_who_has_not_heard_the_notice(
    scene: ApiScene,
) -> None:
    await scene.change(Line, "youth", recording={"when": "always"})

    bar = await bar_of(scene)

    assert "未录音：来电者还没有听完录音提示" in bar
    assert 'data-command="POST /calls/call/recording/told"' in bar


async def test_before_the_caller_has_come_in_nobody_can_have_told_them(scene: ApiScene) -> None:
    await scene.change(Line, "youth", recording={"when": "always"})
    await scene.change(Call, "call", state="connecting")

    bar = await bar_of(scene)

    assert "未录音" in bar
    assert "data-command" not in bar


async def test_on_a_line_that_never_records_the_bar_is_silent(scene: ApiScene) -> None:
    assert (await bar_of(scene)).strip() == ""


async def bar_of(scene: ApiScene) -> str:
    """The part of the call bar that tells of recording."""
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, "call")
        recording = await desk_recording(work, call)
    with speaking("zh"):
        template = environment().get_template("desk_recording.html")
        return template.render(
            recording=recording, call=call, icon=lambda name: icon("icons.svg", name)
        )
