"""The work list of calls that we owe: taken, called, closed with a reason, marked as not safe."""

from typing import Any

import pytest

from hotline.storage.tables import Call, Callback, CallbackCause
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio


async def owes(scene: ApiScene, **values: Any) -> None:
    """A child hung up in the queue of the line, an hour ago by what was promised."""
    now = scene.clock.now()
    number: dict[str, Any] = {
        "from_index": "other",
        "from_masked": "154****0002",
        "outcome": "hung_up",
    }
    await scene.add(
        Call(id="lost", carrier_sid="CA-lost", line_id="youth", state="ended", arrived_at=now,
             heard_at=now, queued_at=now, **number),
        Callback(id="owed", line_id="youth", call_id="lost", from_index="other",
                 from_masked="154****0002", why="hung_up", promised_at=now, place_at=now,
                 **{"due_at": now, **values}),
        CallbackCause(call_id="lost", callback_id="owed", why="hung_up", at=now),
    )  # fmt: skip


async def owed(scene: ApiScene, who: str = "chen") -> dict[str, Any]:
    told: dict[str, Any] = await scene.person(who).does("GET", "/callbacks")
    return told


async def test_every_hang_up_is_an_item_of_the_lines_supervisors(scene: ApiScene) -> None:
    await owes(scene)
    scene.clock.advance(60)

    told = await owed(scene, "he")

    [one] = told["callbacks"]
    assert (one["why"], one["owner"], one["overdue"], one["calls"]) == ("hung_up", "", True, 1)
    assert (told["lost"]["lost"], told["lost"]["with_item"]) == (1, 1)
    assert told["accounted_for"]


async def test_who_takes_it_answers_for_it(scene: ApiScene) -> None:
    await owes(scene)

    await scene.person("chen").does("POST", "/callbacks/owed/take")

    [one] = (await owed(scene))["callbacks"]
    assert one["mine"]


async def test_it_is_closed_with_a_reason_and_a_sealed_note(scene: ApiScene) -> None:
    await owes(scene)

    closing = {"closed_as": "reached_otherwise", "note": "her aunt came by"}
    await scene.person("chen").does("POST", "/callbacks/owed/close", closing)

    row = await scene.get(Callback, "owed")
    assert (row.state, row.closed_as, row.closed_by_id) == ("closed", "reached_otherwise", "chen")
    assert "aunt" not in row.note_sealed
    assert (await owed(scene))["callbacks"] == []


async def test_people_do_not_say_that_it_was_tried_enough(scene: ApiScene) -> None:
    await owes(scene)

    refused = await scene.person("chen").asks(
        "POST", "/callbacks/owed/close", {"closed_as": "tried_enough"}
    )

    assert refused.status_code == 422


async def test_a_number_that_is_not_safe_is_rung_by_nobody_again(scene: ApiScene) -> None:
    await owes(scene)

    await scene.person("chen").does("POST", "/callbacks/owed/not-safe")

    assert (await scene.get(Call, "lost")).no_callback
    assert (await scene.get(Callback, "owed")).closed_as == "not_safe"


async def test_nobody_calls_while_another_has_it_in_hand(scene: ApiScene) -> None:
    await owes(scene, state="in_hand")

    refused = await scene.person("chen").asks("POST", "/callbacks/owed/call")

    assert refused.status_code == 409
