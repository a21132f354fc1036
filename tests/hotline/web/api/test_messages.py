"""What callers said to the recorder, as a work list: heard, taken, handed on, answered."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.staff.model import Role
from hotline.storage.tables import (
    Call,
    Callback,
    CallbackCause,
    CallEntry,
    CallRecording,
    Notice,
    SupervisorAct,
)
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

MASKED = "154****0002"


async def leaves_message(scene: ApiScene, key: str, *, minutes_ago: int = 0, **owed: Any) -> None:
    """Somebody spoke to the recorder for twelve seconds; the sound is here."""
    at = scene.clock.now() - timedelta(minutes=minutes_ago)
    times = {"promised_at": at, "place_at": at, "due_at": at + timedelta(hours=4)}
    number: dict[str, Any] = {"from_index": key, "from_masked": MASKED}
    await scene.add(
        Call(id=key, carrier_sid=f"CA-{key}", line_id="youth", state="ended", arrived_at=at,
             heard_at=at, outcome="message_left", **number),
        Callback(id=f"owed-{key}", line_id="youth", call_id=key,
                 **{"why": "message", **number, **times, **owed}),
        CallbackCause(call_id=key, callback_id=f"owed-{key}", why="message", at=at),
        CallRecording(id=f"sound-{key}", call_id=key, leg_sid="CA", state="over", wanted="off",
                      copy_state="deleted", is_message=True, seconds=12, due_at=at, created_at=at),
    )  # fmt: skip


async def listed(scene: ApiScene, who: str = "chen") -> list[dict[str, Any]]:
    """Those that wait for an answer."""
    found: list[dict[str, Any]] = (await scene.person(who).gets("/messages"))["messages"]
    return found


async def test_the_oldest_unanswered_message_stands_first_with_all_there_is_to_know(
    scene: ApiScene,
) -> None:
    await leaves_message(scene, "late", minutes_ago=5)
    await leaves_message(scene, "early", minutes_ago=50)

    first, second = await listed(scene)

    assert (first["call_id"], second["call_id"]) == ("early", "late")
    assert (first["owed"]["masked"], first["owed"]["owner"]) == (MASKED, "")
    assert [(one["seconds"], one["may_play"]) for one in first["sounds"]] == [(12, True)]
    assert first["heard"] == []


async def test_a_message_is_listed_whatever_heavier_is_owed_to_its_caller(scene: ApiScene) -> None:
    await leaves_message(scene, "c", why="dropped", urgency="crisis")

    [one] = await listed(scene)

    assert one["owed"]["why"] == "dropped"


async def test_whoever_listened_is_named(scene: ApiScene) -> None:
    await leaves_message(scene, "c")
    await scene.add(
        CallEntry(call_id="c", at=scene.clock.now(), kind="recording.played", staff_id="li")
    )

    [one] = await listed(scene)

    assert [played["by"] for played in one["heard"]] == ["name of li"]


async def test_who_is_handed_a_message_answers_for_it_and_is_told(scene: ApiScene) -> None:
    await leaves_message(scene, "c")

    await scene.person("he").does("POST", "/callbacks/owed-c/hand-on", {"staff_id": "chen"})
    await scene.person("he").does("POST", "/callbacks/owed-c/hand-on", {"staff_id": "chen"})

    [one] = await listed(scene)
    [act], [told] = await scene.all(SupervisorAct), await scene.all(Notice)
    assert (one["owed"]["owner"], one["owed"]["mine"]) == ("name of chen", True)
    assert (act.kind, act.by_id, act.lines) == ("callback_handed", "he", ["youth"])
    assert (told.staff_id, told.facts) == ("chen", {"masked": MASKED, "is_message": True})


@pytest.mark.parametrize("to", ["root", "tianhe", "nobody"])
async def test_only_who_answers_for_callbacks_of_the_line_is_handed_one(
    scene: ApiScene, to: str
) -> None:
    await leaves_message(scene, "c")

    refused = await scene.person("he").asks("POST", "/callbacks/owed-c/hand-on", {"staff_id": to})

    assert refused.status_code == 422
    assert (await scene.get(Callback, "owed-c")).owner_id is None


async def test_what_was_answered_is_listed_apart_with_what_became_of_it(scene: ApiScene) -> None:
    now = scene.clock.now()
    await leaves_message(scene, "reached", state="done", closed_at=now)
    await leaves_message(scene, "closed", state="closed", closed_as="not_needed", closed_at=now,
                         closed_by_id="he")  # fmt: skip

    told = await scene.person("chen").gets("/messages")

    found = {one["call_id"]: (one["closed_as"], one["by"]) for one in told["answered"]}
    assert told["messages"] == []
    assert found == {"reached": ("", ""), "closed": ("not_needed", "name of he")}


async def test_messages_of_other_lines_are_not_listed(scene: ApiScene) -> None:
    await leaves_message(scene, "c")
    await scene.hires("sun", Role.SUPERVISOR, line="legal")

    assert await listed(scene, "sun") == []
