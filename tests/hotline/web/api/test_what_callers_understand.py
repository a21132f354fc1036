"""What a caller understands is written down by who hears it, and routing goes by it."""

from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, CallEntry, Offer, Staff
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

CALL = "/calls/call/understanding"
MANDARIN = {"also_speaks": ["cmn"]}


async def test_a_counselor_writes_down_what_the_caller_understands(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Call, "call", language="eng")

    told = await li.does("PUT", CALL, MANDARIN)

    assert told == {
        "language": "eng",
        "others": ["cmn"],
        "known": True,
        "may_be_noted": True,
    }
    shown = await li.gets("/calls/call")
    assert (shown["also_speaks"], shown["understanding"]) == (["cmn"], told)
    assert [(it["kind"], it["staff"], it["facts"]) for it in shown["timeline"]] == [
        ("call.understanding_noted", "name of li", {"also_speaks": ["cmn"]})
    ]


async def test_the_same_again_is_written_once(scene: ApiScene, li: Person) -> None:
    await li.does("PUT", CALL, {"also_speaks": ["yue", "eng"]})
    await li.does("PUT", CALL, {"also_speaks": ["eng", "yue", "cmn", "eng"]})

    assert (await scene.get(Call, "call")).also_speaks == ["yue", "eng"]
    assert await scene.kinds() == ["call.understanding_noted"]


async def test_what_is_not_known_is_taken_from_the_table_of_the_plan(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Call, "call", language="yue")
    likely = (await li.gets("/calls/call"))["understanding"]

    await li.does("PUT", CALL, {"also_speaks": []})
    nothing_else = (await li.gets("/calls/call"))["understanding"]
    taken_back = await li.does("PUT", CALL, {"also_speaks": None})

    assert (likely["known"], likely["others"]) == (False, ["cmn"])
    assert (nothing_else["known"], nothing_else["others"]) == (True, [])
    assert taken_back == likely
    assert (await scene.get(Call, "call")).also_speaks is None


@pytest.mark.parametrize("body", [{}, {"also_speaks": ["klingon"]}, {"also_speaks": "cmn"}])
async def test_languages_that_are_not_ours_are_refused_in_words(
    scene: ApiScene, li: Person, body: Any
) -> None:
    answer = await li.asks("PUT", CALL, body)

    assert answer.status_code == 422
    assert "also_speaks" in answer.json()["detail"]
    assert "klingon" not in answer.text
    assert await scene.kinds() == []


@pytest.mark.parametrize("state", [CallState.FLOW, CallState.MESSAGE, CallState.ENDED])
async def test_nothing_is_noted_of_somebody_who_neither_waits_nor_talks(
    scene: ApiScene, he: Person, state: CallState
) -> None:
    await scene.add(scene.call("other", state))

    answer = await he.asks("PUT", "/calls/other/understanding", MANDARIN)

    assert answer.status_code == 409
    assert "while they wait or talk" in answer.json()["detail"]


async def test_a_call_that_does_not_exist_is_not_found(he: Person) -> None:
    answer = await he.asks("PUT", "/calls/nobody/understanding", MANDARIN)

    assert answer.status_code == 404


async def test_a_supervisor_notes_it_of_somebody_who_waits(scene: ApiScene, he: Person) -> None:
    await scene.add(scene.call("waits", CallState.WAITING, language="eng"))

    await he.does("PUT", "/calls/waits/understanding", MANDARIN)

    assert (await scene.get(Call, "waits")).also_speaks == ["cmn"]
    assert await scene.kinds("waits") == ["call.understanding_noted"]


async def test_whose_phone_rings_already_gets_an_interpreter_by_what_is_known_now(
    scene: ApiScene, he: Person
) -> None:
    await scene.add(scene.call("waits", CallState.WAITING, language="eng"))
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}})
    offer = await scene.offers_to("chen", "waits")
    await scene.change(Offer, offer, interpreter=True)

    await he.does("PUT", "/calls/waits/understanding", MANDARIN)
    understood = (await scene.get(Offer, offer)).interpreter
    await he.does("PUT", "/calls/waits/understanding", {"also_speaks": ["hak"]})

    assert (understood, (await scene.get(Offer, offer)).interpreter) == (False, True)


async def test_whom_a_call_is_offered_may_not_write_of_its_caller(
    scene: ApiScene, chen: Person
) -> None:
    await scene.offers_to("chen", "call")

    answer = await chen.asks("PUT", CALL, MANDARIN)

    assert answer.status_code == 403
    assert await scene.all(CallEntry) == []


async def test_the_description_of_the_api_shows_what_may_be_sent(scene: ApiScene) -> None:
    described = (await scene.http.get("/api/openapi.json")).json()

    said = described["components"]["schemas"]["UnderstandingIn"]["properties"]["also_speaks"]
    assert said["examples"] == [["cmn", "yue"], [], None]
    assert "/api/v1/calls/{call_id}/understanding" in described["paths"]
