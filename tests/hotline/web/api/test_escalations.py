"""Escalations over the API: a station answers for its escalations and sees no other."""

from typing import Any

import pytest

from hotline.storage.tables import Escalation
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

STORY = "孩子在天台"


@pytest.fixture
async def escalation(li: Person) -> str:
    """An open escalation of the station `tianhe`."""
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": STORY})
    return str(told["escalation_id"])


async def test_a_station_answers_for_an_escalation_from_the_alarm_to_its_end(
    scene: ApiScene, escalation: str
) -> None:
    officer = scene.person("tianhe")
    steps: list[tuple[str, Any]] = [
        ("acknowledge", None),
        ("accept", None),
        ("report", {"text": "两人在路上"}),
        ("close", {"text": "孩子安全"}),
    ]

    states = [
        (await officer.does("POST", f"/escalations/{escalation}/{step}", body))["state"]
        for step, body in steps
    ]

    assert states == ["acknowledged", "accepted", "reported", "closed"]
    last = (await officer.gets(f"/escalations/{escalation}"))["timeline"][-1]
    assert (last["kind"], last["actor"]) == ("escalation.closed", "staff:tianhe")


async def test_an_escalation_that_is_given_back_is_open_again_with_a_deadline(
    scene: ApiScene, escalation: str
) -> None:
    officer = scene.person("tianhe")
    await officer.does("POST", f"/escalations/{escalation}/acknowledge")

    told = await officer.does("POST", f"/escalations/{escalation}/return", {"text": "不是本区"})

    assert told["state"] == "open"
    assert told["next_due_at"] is not None


async def test_what_nobody_has_acknowledged_cannot_be_returned_and_goes_on_as_it_was(
    scene: ApiScene, escalation: str
) -> None:
    officer = scene.person("tianhe")
    before = await scene.get(Escalation, escalation)

    refused = await officer.asks("POST", f"/escalations/{escalation}/return", {"text": "不是本区"})

    after = await scene.get(Escalation, escalation)
    assert (refused.status_code, refused.json()["type"]) == (409, "IllegalMove")
    assert "acknowledge it" in refused.json()["detail"]
    assert (after.step, after.next_due_at) == (before.step, before.next_due_at)


@pytest.mark.parametrize("step", ["return", "report", "close"])
async def test_what_needs_a_reason_is_refused_without_one(
    scene: ApiScene, escalation: str, step: str
) -> None:
    officer = scene.person("tianhe")
    await officer.does("POST", f"/escalations/{escalation}/acknowledge")

    answer = await officer.asks("POST", f"/escalations/{escalation}/{step}", {"text": ""})

    assert answer.status_code == 422
    assert (await scene.get(Escalation, escalation)).state == "acknowledged"


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
async def test_another_stations_escalation_does_not_exist(
    scene: ApiScene, escalation: str, method: str, step: str
) -> None:
    foreign = scene.person("haizhu")

    answer = await foreign.asks(method, f"/escalations/{escalation}{step}", {"text": "x"})

    assert answer.status_code == 404
    assert (await scene.get(Escalation, escalation)).state == "open"


async def test_each_sees_the_open_escalations_that_are_their_business(
    scene: ApiScene, escalation: str
) -> None:
    seen = {
        name: [it["id"] for it in await scene.person(name).gets("/escalations")]
        for name in ("tianhe", "haizhu", "he", "li", "root")
    }

    assert seen == {
        "tianhe": [escalation],
        "haizhu": [],
        "he": [escalation],
        "li": [escalation],
        "root": [],
    }


async def test_the_story_is_told_to_who_must_act_and_the_reading_is_kept(
    scene: ApiScene, escalation: str
) -> None:
    officer = scene.person("tianhe")
    before = await officer.asks("GET", f"/escalations/{escalation}")

    story = await officer.gets(f"/escalations/{escalation}/summary")

    after = (await officer.gets(f"/escalations/{escalation}"))["timeline"]
    assert story["summaries"] == [STORY]
    assert STORY not in before.text
    assert (after[-1]["kind"], after[-1]["actor"]) == ("escalation.summary_read", "staff:tianhe")


async def test_a_step_out_of_turn_is_refused_with_a_sentence(
    scene: ApiScene, escalation: str
) -> None:
    answer = await scene.person("tianhe").asks("POST", f"/escalations/{escalation}/accept")

    assert (answer.status_code, answer.json()["type"]) == (409, "IllegalMove")
    assert answer.headers["content-type"] == "application/problem+json"
