"""A wrap-up ends with what must be known, or with a debt that stands among what is due."""

from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Presence, RecordVersion
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

PATH, PRESENCE = "/calls/call/record", "/me/presence"
READY = {"state": "ready"}
WHOLE: dict[str, Any] = {
    "contact_type": "self",
    "disposition": "listened",
    "narrative": "孩子说不想回家",
}
LACKING = [
    ({}, ["contact_type"]),
    ({"contact_type": "self"}, ["narrative", "disposition"]),
    ({"contact_type": "emergency", "narrative": " \n"}, ["narrative", "disposition"]),
    ({"contact_type": "self", "narrative": "…"}, ["disposition"]),
]


@pytest.fixture
async def wrapping_up(scene: ApiScene, li: Person) -> Person:
    await li.does("POST", "/calls/call/end")
    return li


@pytest.mark.parametrize(("written", "missing"), LACKING)
async def test_saving_as_the_last_word_says_what_is_missing_and_ends_nothing(
    scene: ApiScene, wrapping_up: Person, written: dict[str, Any], missing: list[str]
) -> None:
    answer = await wrapping_up.asks("PUT", PATH, {**written, "ready": True})

    told = answer.json()
    assert (answer.status_code, told["type"], told["missing"]) == (
        409,
        "RecordUnfinished",
        missing,
    )
    assert missing[0].replace("_", " ") in told["detail"]
    assert await scene.all(RecordVersion) == []
    assert (await scene.get(Presence, "li")).state == "wrapping_up"


async def test_going_ready_asks_for_the_same(scene: ApiScene, wrapping_up: Person) -> None:
    await wrapping_up.does("PUT", PATH, {"contact_type": "self"})

    answer = await wrapping_up.asks("PUT", PRESENCE, READY)

    assert answer.json()["missing"] == ["narrative", "disposition"]
    await wrapping_up.does("PUT", PATH, WHOLE)
    assert (await wrapping_up.does("PUT", PRESENCE, READY))["state"] == "ready"


async def test_a_contact_without_counselling_needs_its_type_alone(wrapping_up: Person) -> None:
    await wrapping_up.does("PUT", PATH, {"contact_type": "silent", "ready": True})

    assert (await wrapping_up.gets("/me"))["presence"]["state"] == "ready"


async def test_who_finishes_later_is_ready_and_the_record_is_due(
    scene: ApiScene, wrapping_up: Person
) -> None:
    seen = await wrapping_up.does("PUT", PRESENCE, {**READY, "finish_later": True})

    assert seen["state"] == "ready"


@pytest.mark.parametrize("state", ["paused", "offline"])
async def test_nobody_is_kept_from_a_pause_by_a_record(wrapping_up: Person, state: str) -> None:
    assert (await wrapping_up.does("PUT", PRESENCE, {"state": state}))["state"] == state


async def test_a_child_in_danger_waits_for_no_record(scene: ApiScene, wrapping_up: Person) -> None:
    danger = scene.call("danger", CallState.WAITING, urgency="crisis", queued_at=scene.clock.now())
    await scene.add(danger)

    seen = await wrapping_up.does("PUT", PRESENCE, {**READY, "for_danger": True})

    assert seen["state"] == "ready"


async def test_who_handed_the_call_over_does_not_owe_its_record(
    scene: ApiScene, wrapping_up: Person
) -> None:
    await scene.change(Call, "call", counselor_id="chen")

    assert (await wrapping_up.does("PUT", PRESENCE, READY))["state"] == "ready"


async def test_a_call_that_reached_nobody_needs_no_record(
    scene: ApiScene, wrapping_up: Person
) -> None:
    await scene.change(Call, "call", outcome="not_reached")

    assert (await wrapping_up.does("PUT", PRESENCE, READY))["state"] == "ready"
