"""A supervisor diverts the queue of a line, closes it, opens it again."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.calls.moving import enter_queue
from hotline.directing.lines import follow_diversions
from hotline.storage.tables import Call, Line, Presence, Staff
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

LINE = "/floor/lines/youth"


@pytest.fixture
async def queue(scene: ApiScene) -> ApiScene:
    """Two wait on youth, one of them in danger; chen is on duty there; he has two lines."""
    now = scene.clock.now()
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.change(Staff, "he", lines=["youth", "legal"])
    await scene.change(Presence, "chen", state="ready")
    came = {"queued_at": now - timedelta(minutes=5)}
    await scene.add(
        scene.call("calm", CallState.WAITING, **came),
        scene.call("danger", CallState.WAITING, urgency="crisis", **came),
    )
    return scene


async def lines_of(scene: ApiScene) -> dict[str, str]:
    return {call.id: call.line_id for call in await scene.all(Call) if call.id != "call"}


async def asked(scene: ApiScene, path: str, body: Any = None) -> tuple[int, str]:
    answer = await scene.person("he").asks("POST", path, body)
    return answer.status_code, answer.json().get("detail", "") if answer.is_error else ""


async def test_those_who_wait_go_along_and_come_back(queue: ApiScene) -> None:
    before = {call.id: call.queued_at for call in await queue.all(Call)}

    done = await queue.person("he").does("POST", f"{LINE}/divert", {"to": "legal"})
    there = await lines_of(queue)
    await queue.person("he").does("POST", f"/floor/acts/{done['id']}/undo")

    assert there == {"calm": "legal", "danger": "legal"}
    assert await lines_of(queue) == {"calm": "youth", "danger": "youth"}
    assert {call.id: call.queued_at for call in await queue.all(Call)} == before


async def test_who_was_answered_meanwhile_stays_where_they_are(queue: ApiScene) -> None:
    await queue.person("he").does("POST", f"{LINE}/divert", {"to": "legal"})
    await queue.change(Call, "calm", state="talking")

    await queue.person("he").does("POST", f"{LINE}/reopen")

    assert await lines_of(queue) == {"calm": "legal", "danger": "youth"}


async def test_who_comes_later_is_sent_on_and_who_slipped_through_too(queue: ApiScene) -> None:
    await queue.person("he").does("POST", f"{LINE}/divert", {"to": "legal"})
    at = queue.clock.now()
    await queue.add(queue.call("new", CallState.FLOW))
    await queue.add(queue.call("late", CallState.WAITING, queued_at=at))

    async with queue.house.database.work() as work:
        await enter_queue(work, await work.get_one(Call, "new"), at=at)
    sent = (await queue.get(Call, "new")).line_id
    async with queue.house.database.work() as work:
        await follow_diversions(work, at=at)

    assert (sent, (await queue.get(Call, "late")).line_id) == ("legal", "legal")


async def test_the_counselors_of_the_line_read_why(queue: ApiScene) -> None:
    await queue.person("he").does("POST", f"{LINE}/divert", {"to": "legal", "reason": "all ill"})

    told = await queue.person("chen").gets("/me/notices")

    assert [(one["kind"], one["text"], one["facts"]) for one in told] == [
        ("line", "all ill", {"line": "youth", "to": "legal"})
    ]


@pytest.mark.parametrize(
    ("first", "then", "sentence"),
    [
        (None, (f"{LINE}/divert", {"to": "youth"}), "to itself"),
        (None, (f"{LINE}/reopen", None), "queue is open"),
        ((f"{LINE}/close", {}), (f"{LINE}/divert", {"to": "legal"}), "reopen it first"),
        (("/floor/lines/legal/close", {}), (f"{LINE}/divert", {"to": "legal"}), "choose another"),
        (
            (f"{LINE}/divert", {"to": "legal"}),
            ("/floor/lines/legal/close", {}),
            "diverted to this one",
        ),
        (
            ("/floor/lines/legal/close", {}),
            ("/floor/callers/calm/move", {"line": "legal"}),
            "closed or diverted",
        ),
    ],
)
async def test_no_queue_leads_nowhere_or_in_a_circle(
    queue: ApiScene, first: tuple[str, Any] | None, then: tuple[str, Any], sentence: str
) -> None:
    if first is not None:
        await asked(queue, *first)

    status, said = await asked(queue, *then)

    assert (status, sentence in said) == (409, True), said


async def test_a_closed_queue_may_ask_those_in_no_danger_for_a_message(queue: ApiScene) -> None:
    done = await queue.person("he").does("POST", f"{LINE}/close", {"waiting": "message"})
    closed = {call.id: call.state for call in await queue.all(Call)}
    await queue.person("he").does("POST", f"/floor/acts/{done['id']}/undo")

    assert (closed["calm"], closed["danger"]) == ("message", "waiting")
    assert (await queue.get(Call, "calm")).state == "waiting"


async def test_by_itself_a_closed_queue_keeps_those_who_wait(queue: ApiScene) -> None:
    await queue.person("he").does("POST", f"{LINE}/close", {})

    assert (await queue.get(Call, "calm")).state == "waiting"
    assert await lines_of(queue) == {"calm": "youth", "danger": "youth"}
