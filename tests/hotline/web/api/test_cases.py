"""Escalations over the API: a station answers for its cases and sees no other."""

from typing import Any

import pytest

from hotline.storage.tables import Escalation
from tests.hotline.web.api.conftest import Person, Scene

pytestmark = pytest.mark.anyio

STORY = "孩子在天台"


@pytest.fixture
async def case(li: Person) -> str:
    """An open case of the station `tianhe`."""
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": STORY})
    return str(told["escalation_id"])


async def test_a_station_answers_for_a_case_from_the_alarm_to_its_end(
    scene: Scene, case: str
) -> None:
    officer = scene.person("tianhe")
    steps: list[tuple[str, Any]] = [
        ("acknowledge", None),
        ("accept", None),
        ("report", {"text": "两人在路上"}),
        ("close", {"text": "孩子安全"}),
    ]

    states = [
        (await officer.does("POST", f"/escalations/{case}/{step}", body))["state"]
        for step, body in steps
    ]

    assert states == ["acknowledged", "accepted", "reported", "closed"]
    assert (await scene.get(Escalation, case)).closed_by == "tianhe"


async def test_a_case_that_is_given_back_is_open_again_with_a_deadline(
    scene: Scene, case: str
) -> None:
    officer = scene.person("tianhe")
    await officer.does("POST", f"/escalations/{case}/acknowledge")

    told = await officer.does("POST", f"/escalations/{case}/return", {"text": "不是本区"})

    assert told["state"] == "open"
    assert told["next_due_at"] is not None


@pytest.mark.parametrize("step", ["return", "report", "close"])
async def test_what_needs_a_reason_is_refused_without_one(
    scene: Scene, case: str, step: str
) -> None:
    officer = scene.person("tianhe")
    await officer.does("POST", f"/escalations/{case}/acknowledge")

    answer = await officer.asks("POST", f"/escalations/{case}/{step}", {"text": ""})

    assert answer.status_code == 422
    assert (await scene.get(Escalation, case)).state == "acknowledged"


@pytest.mark.parametrize(
    ("method", "step"),
    [
        ("GET", ""),
        ("GET", "/summary"),
        ("POST", "/acknowledge"),
        ("POST", "/accept"),
        ("POST", "/return"),
        ("POST", "/report"),
        ("POST", "/close"),
    ],
)
async def test_another_stations_case_does_not_exist(
    scene: Scene, case: str, method: str, step: str
) -> None:
    foreign = scene.person("haizhu")

    answer = await foreign.asks(method, f"/escalations/{case}{step}", {"text": "x"})

    assert answer.status_code == 404
    assert (await scene.get(Escalation, case)).state == "open"


async def test_each_sees_the_open_cases_that_are_their_business(scene: Scene, case: str) -> None:
    seen = {
        name: [it["id"] for it in await scene.person(name).gets("/escalations")]
        for name in ("tianhe", "haizhu", "he", "li", "root")
    }

    assert seen == {"tianhe": [case], "haizhu": [], "he": [case], "li": [case], "root": []}


async def test_the_story_is_told_to_who_must_act_and_the_reading_is_kept(
    scene: Scene, case: str
) -> None:
    officer = scene.person("tianhe")
    before = await officer.asks("GET", f"/escalations/{case}")

    story = await officer.gets(f"/escalations/{case}/summary")

    after = (await officer.gets(f"/escalations/{case}"))["timeline"]
    assert story["summaries"] == [STORY]
    assert STORY not in before.text
    assert (after[-1]["kind"], after[-1]["actor"]) == ("escalation.summary_read", "staff:tianhe")


async def test_a_step_out_of_turn_is_refused_with_a_sentence(scene: Scene, case: str) -> None:
    answer = await scene.person("tianhe").asks("POST", f"/escalations/{case}/accept")

    assert (answer.status_code, answer.json()["type"]) == (409, "IllegalMove")
    assert answer.headers["content-type"] == "application/problem+json"
