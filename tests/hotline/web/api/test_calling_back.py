"""A counselor calls somebody back: who may, when, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Line, Offer, Participant, Presence
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

CHILD = "13800138000"
BACK = "/calls/old/call-back"


async def is_over(scene: ApiScene, number: str = CHILD, **values: Any) -> None:
    """A call `old` of li's that is over, and li is ready again."""
    vault = scene.house.vault
    fields: dict[str, Any] = {
        "from_sealed": vault.seal(number, place="call.from.old"),
        "from_index": vault.index(f"+86{number}"),
        "counselor_id": "li",
        "outcome": "talked",
        "language": "yue",
        "topic": "family",
        "joined_at": scene.clock.now(),
    }
    await scene.add(scene.call("old", CallState.ENDED, **(fields | values)))
    await scene.change(Call, "call", state="ended", outcome="talked")
    await scene.change(Presence, "li", state="ready", call_id=None)


async def is_owed(scene: ApiScene) -> None:
    """Nobody took the call, and a call is owed."""
    await is_over(scene, outcome="callback_owed", counselor_id=None, joined_at=None)


async def made(scene: ApiScene) -> Call:
    [found] = [one for one in await scene.all(Call) if one.direction == "out"]
    return Call.model_validate(found)


async def refused(person: Person, status: int, part: str) -> None:
    answer = await person.asks("POST", BACK)

    assert (answer.status_code, part in answer.text) == (status, True), answer.text


async def test_the_counselors_own_phone_rings_and_nobody_elses(scene: ApiScene, li: Person) -> None:
    await is_over(scene)

    told = await li.does("POST", BACK)

    call = await made(scene)
    legs = [one for one in await scene.all(Participant) if one.call_id == call.id]
    assert told == {"call_id": call.id}
    assert [(one.role, one.address, one.state) for one in legs] == [
        ("counselor", "client:li", "asked")
    ]
    assert (await scene.get(Presence, "li")).state == "offered"
    assert await scene.kinds("old") == ["call.back"]


async def test_what_is_known_of_the_caller_goes_along_and_their_number_is_sealed_anew(
    scene: ApiScene, li: Person
) -> None:
    await is_over(scene, urgency="crisis", age_group="child")

    await li.does("POST", BACK)

    call = await made(scene)
    sealed = scene.house.vault.open(call.from_sealed, place=f"call.from.{call.id}")
    assert (call.language, call.topic, call.urgency) == ("yue", "family", "crisis")
    assert (call.returns_id, call.state, call.age_group) == ("old", "connecting", "child")
    assert sealed == f"+86{CHILD}"


async def test_a_callback_that_is_owed_may_be_kept_by_anybody_of_the_line(
    scene: ApiScene, chen: Person
) -> None:
    await is_owed(scene)
    await scene.change(Presence, "chen", state="ready")

    await chen.does("POST", BACK)

    assert (await made(scene)).counselor_id == "chen"
    assert (await chen.asks("GET", "/calls/old")).status_code == 404


async def test_a_colleagues_call_is_not_called_back_by_others(
    scene: ApiScene, chen: Person
) -> None:
    await is_over(scene)
    await scene.change(Presence, "chen", state="ready")

    await refused(chen, 404, "not yours")


@pytest.mark.parametrize("state", ["paused", "offline", "talking", "offered"])
async def test_who_neither_is_ready_nor_writes_a_record_calls_nobody(
    scene: ApiScene, li: Person, state: str
) -> None:
    await is_over(scene)
    await scene.change(Presence, "li", state=state)

    await refused(li, 409, "Go ready")


async def test_who_calls_from_a_record_goes_on_with_it_when_nobody_is_reached(
    scene: ApiScene, li: Person
) -> None:
    await is_over(scene)
    await scene.change(Presence, "li", state="wrapping_up", call_id="old")
    call = (await li.does("POST", BACK))["call_id"]

    await li.does("POST", f"/calls/{call}/end")

    presence, ended = await scene.get(Presence, "li"), await scene.get(Call, call)
    assert (presence.state, presence.call_id) == ("wrapping_up", "old")
    assert (ended.state, ended.outcome, ended.outcome_step) == (
        "ended",
        "not_reached",
        "not_dialled",
    )


async def test_a_call_that_is_declined_at_ones_own_phone_is_over(
    scene: ApiScene, li: Person
) -> None:
    await is_over(scene)
    call = (await li.does("POST", BACK))["call_id"]
    [offer] = [one for one in await scene.all(Offer) if one.call_id == call]

    await li.does("POST", f"/offers/{offer.id}/decline")

    presence = await scene.get(Presence, "li")
    assert (presence.state, presence.missed) == ("ready", 0)
    assert (await scene.get(Call, call)).outcome == "not_reached"


async def test_a_call_that_goes_on_is_not_called_back(scene: ApiScene, li: Person) -> None:
    answer = await li.asks("POST", "/calls/call/call-back")

    assert (answer.status_code, "not over" in answer.text) == (409, True)


@pytest.mark.parametrize("number", ["110", "anonymous", "12355", "4008001234"])
async def test_nobody_is_called_where_nobody_can_be_rung(
    scene: ApiScene, li: Person, number: str
) -> None:
    await is_over(scene, number=number)

    await refused(li, 422, "Nobody can be called")


async def test_a_number_marked_as_unsafe_is_refused_until_the_mark_is_taken_back(
    scene: ApiScene, li: Person
) -> None:
    await is_over(scene)
    await li.does("PUT", "/calls/old/no-callback", {"no_callback": True})
    await refused(li, 409, "not safe")

    await li.does("PUT", "/calls/old/no-callback", {"no_callback": False})

    await li.does("POST", BACK)
    assert await scene.kinds("old") == ["call.no_callback", "call.callback_allowed", "call.back"]


async def test_a_number_is_not_rung_twice_at_once(
    scene: ApiScene, li: Person, chen: Person
) -> None:
    await is_owed(scene)
    await scene.change(Presence, "chen", state="ready")
    await li.does("POST", BACK)

    await refused(chen, 409, "on the line with us")


@pytest.mark.parametrize(("hours", "status"), [(1, 409), (25, 201)])
async def test_a_phone_that_rang_in_vain_is_rung_again_a_day_later(
    scene: ApiScene, li: Person, hours: int, status: int
) -> None:
    now = scene.clock.now()
    await is_over(scene, arrived_at=now - timedelta(hours=30))
    in_vain = {"direction": "out", "outcome": "not_reached", "outcome_step": "no_answer"}
    index, at = scene.house.vault.index(f"+86{CHILD}"), now - timedelta(hours=hours)
    await scene.add(scene.call("try", CallState.ENDED, from_index=index, arrived_at=at, **in_vain))

    answer = await li.asks("POST", BACK)

    assert answer.status_code == status


async def test_a_call_of_ours_is_found_to_have_reached_a_mailbox(
    scene: ApiScene, li: Person
) -> None:
    await is_over(scene)
    await scene.change(Call, "call", state="talking", outcome=None, direction="out")
    await scene.change(Presence, "li", state="talking", call_id="call")

    await li.does("POST", "/calls/call/not-reached")

    call = await scene.get(Call, "call")
    assert (call.state, call.outcome, call.outcome_step) == ("closing", "not_reached", "mailbox")
    assert (await scene.get(Presence, "li")).state == "ready"


async def test_a_mailbox_that_hung_up_first_owes_no_record(scene: ApiScene, li: Person) -> None:
    await is_over(scene)
    await scene.change(Call, "old", direction="out")
    await scene.change(Presence, "li", state="wrapping_up", call_id="old")

    await li.does("POST", "/calls/old/not-reached")

    assert (await scene.get(Call, "old")).outcome == "not_reached"
    assert (await scene.get(Presence, "li")).state == "ready"


async def test_a_caller_who_called_us_cannot_be_said_not_to_be_there(
    scene: ApiScene, li: Person
) -> None:
    answer = await li.asks("POST", "/calls/call/not-reached")

    assert (answer.status_code, "that you made" in answer.text) == (409, True)


async def test_calls_of_ours_are_talks_and_no_arrivals_on_the_floor(
    scene: ApiScene, he: Person
) -> None:
    before = (await he.gets("/floor"))["lines"][0]

    await scene.add(scene.call("ours", CallState.CONNECTING, direction="out", counselor_id="chen"))

    line = (await he.gets("/floor"))["lines"][0]
    assert (line["came_in"], line["talking"]) == (before["came_in"], before["talking"] + 1)
    assert line["in_equals_out"]


async def test_a_line_of_no_number_calls_nobody(scene: ApiScene, li: Person) -> None:
    await scene.add(Line(id="unknown number", name="", name_en="", number_shown=""))
    await is_over(scene, line_id="unknown number")

    await refused(li, 422, "Nobody can be called")
