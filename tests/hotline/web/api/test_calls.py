"""In a call: flag, hold, resume, end; and what of it one may see."""

from typing import Any

import pytest

from hotline.calls.model import CallState, Urgency
from hotline.storage.tables import Call, CrisisFlag, Escalation, Participant, Presence, Staff
from tests.hotline.counting import counted_statements
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio


async def test_a_flag_makes_a_station_answer_for_the_call(scene: ApiScene, li: Person) -> None:
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": "roof"})

    escalation: Escalation = await scene.get(Escalation, told["escalation_id"])
    assert (escalation.call_id, escalation.station_id, escalation.level) == (
        "call",
        "tianhe",
        "imminent",
    )
    assert (told["number"], told["state"]) == (escalation.number, "open")
    assert told["next_due_at"] is not None
    assert (await scene.get(Call, "call")).urgency == Urgency.CRISIS


async def test_a_flag_needs_one_key_and_no_words(scene: ApiScene, li: Person) -> None:
    await li.does("POST", "/calls/call/flags", {"level": "high"})

    assert [flag.raised_by for flag in await scene.all(CrisisFlag)] == ["li"]


async def test_a_flag_sent_again_from_the_same_press_is_one_flag(
    scene: ApiScene, li: Person
) -> None:
    press = {"level": "high", "client_key": "one-press-1"}

    first = await li.does("POST", "/calls/call/flags", press)
    again = await li.does("POST", "/calls/call/flags", press)

    assert first == again
    assert len(await scene.all(CrisisFlag)) == 1


async def test_a_flag_costs_no_more_than_thirty_six_statements(scene: ApiScene, li: Person) -> None:
    await scene.change(Call, "call", from_index="child")

    with counted_statements(scene.house.database) as statements:
        await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": "roof"})

    signed_in = [at for at, one in enumerate(statements) if "staff_session" in one]
    # Ten: risk, and what follows. Eight: who answers there, the chain, other calls, the alarm.
    # One: whether this very flag was kept before, perhaps with another call's escalation.
    # Five: its case, whether its caller has one already, and the case's first entry.
    assert len(statements[signed_in[-1] + 1 :]) <= 36


async def test_hold_and_resume_are_wishes_that_the_switchboard_carries_out(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/hold")
    held = (await li.gets("/calls/call"))["held"]
    await li.does("POST", "/calls/call/resume")

    assert (held, (await li.gets("/calls/call"))["held"]) == (True, False)
    assert await scene.kinds() == ["call.held", "call.resumed"]


async def test_holding_twice_is_holding_once(scene: ApiScene, li: Person) -> None:
    await li.does("POST", "/calls/call/hold")
    await li.does("POST", "/calls/call/hold")

    assert await scene.kinds() == ["call.held"]


async def test_only_a_talk_can_be_held(scene: ApiScene, he: Person) -> None:
    await scene.add(scene.call("waits", CallState.WAITING))

    answer = await he.asks("POST", "/calls/waits/hold")

    assert (answer.status_code, answer.json()["type"]) == (409, "IllegalMove")


async def test_ending_a_talk_lets_the_caller_hear_a_goodbye_and_opens_the_wrap_up(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/end")
    await li.does("POST", "/calls/call/end")

    call = await scene.get(Call, "call")
    assert (call.state, call.outcome) == ("closing", "talked")
    assert (await scene.get(Presence, "li")).state == "wrapping_up"
    assert (await scene.get(Participant, "counselor")).wanted == "out"
    assert (await scene.get(Participant, "caller")).state == "ended"


async def test_a_caller_who_waits_is_not_ended_by_mistake(scene: ApiScene, he: Person) -> None:
    await scene.add(scene.call("waits", CallState.WAITING))

    answer = await he.asks("POST", "/calls/waits/end")

    assert answer.status_code == 409
    assert (await scene.get(Call, "waits")).state == "waiting"


COMMANDS: list[tuple[str, str, Any]] = [
    ("POST", "/calls/call/hold", None),
    ("POST", "/calls/call/resume", None),
    ("POST", "/calls/call/interpreter", None),
    ("PUT", "/calls/call/understanding", {"also_speaks": ["yue"]}),
    ("POST", "/calls/call/end", None),
    ("GET", "/calls/call/record", None),
    ("PUT", "/calls/call/record", {"contact_type": "self", "disposition": "listened"}),
]


@pytest.mark.parametrize(("method", "path", "body"), COMMANDS)
async def test_a_call_of_somebody_else_does_not_exist_for_a_counselor(
    scene: ApiScene, chen: Person, method: str, path: str, body: Any
) -> None:
    answer = await chen.asks(method, path, body)

    assert answer.status_code == 404
    assert await scene.kinds() == []


@pytest.mark.parametrize(("method", "path", "body"), COMMANDS)
async def test_whom_a_call_was_offered_may_look_but_not_touch(
    scene: ApiScene, chen: Person, method: str, path: str, body: Any
) -> None:
    await scene.offers_to("chen", "call")

    answer = await chen.asks(method, path, body)

    assert answer.status_code == 403
    assert (await chen.gets("/calls/call"))["id"] == "call"


async def test_a_supervisor_helps_on_the_lines_they_watch_and_sees_no_other(
    scene: ApiScene, he: Person
) -> None:
    watched = await he.asks("POST", "/calls/call/hold")
    await scene.change(Staff, "he", lines=["another"])

    foreign = await he.asks("POST", "/calls/call/resume")

    assert (watched.status_code, foreign.status_code) == (204, 404)
    assert (await scene.get(Participant, "caller")).hold_wanted


async def test_the_detail_tells_who_was_rung_and_why_and_no_number(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Call, "call", from_sealed="v1.sealed", from_index="index")
    await scene.offers_to("chen", "call")
    await li.does("POST", "/calls/call/hold")

    answer = await li.asks("GET", "/calls/call")

    told = answer.json()
    assert (told["masked"], told["counselor"]) == ("154****0001", "name of li")
    assert [(it["counselor"], it["state"], it["facts"]) for it in told["offers"]] == [
        ("name of chen", "pending", {"why": "language"})
    ]
    assert [(it["kind"], it["staff"]) for it in told["timeline"]] == [("call.held", "name of li")]
    assert "sealed" not in answer.text
