"""A case through the API: what one is told, what a number costs, who may know a reporter."""

import asyncio
import json
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.cases.model import OpenedAs
from hotline.cases.people import NO_REASON
from hotline.cases.service import Opening, case_for_call
from hotline.staff.actor import SYSTEM
from hotline.staff.model import Role
from hotline.storage.tables import (
    AuditEntry,
    Call,
    Case,
    CaseEntry,
    CaseLink,
    CasePerson,
    Escalation,
    Station,
    SupervisorAct,
)
from tests.hotline.locks import somebody_waits_for_a_lock
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

CHILD, PHONE, STORY = "王小明的名字", "15400000123", "他说爸爸打他"
REPORTER, REPORTER_PHONE = "邻居老李的名字", "15400000456"


@pytest.fixture
def tianhe(scene: ApiScene) -> Person:
    """The officer of the station that holds it."""
    return scene.person("tianhe")


@pytest.fixture
async def case(scene: ApiScene, li: Person) -> str:
    """li opened it by hand and wrote down who it is about, and who reported it."""
    told = await li.does("POST", "/calls/call/case")
    await scene.change(Case, told["id"], station_id="tianhe")
    path = f"/cases/{told['id']}"
    child = {"role": "at_risk", "minor": "yes", "name": CHILD, "phone": PHONE, "note": STORY}
    await li.does("POST", f"{path}/people", child)
    reporter = {"role": "reporter", "name": REPORTER, "phone": REPORTER_PHONE}
    await li.does("POST", f"{path}/people", reporter)
    return str(told["id"])


async def person_of(scene: ApiScene, role: str) -> str:
    return next(str(one.id) for one in await scene.all(CasePerson) if one.role == role)


def roles(told: dict[str, Any]) -> list[str]:
    return [one["role"] for one in told["people"]]


async def test_nothing_is_opened_by_looking_and_opening_leaves_a_trace(
    scene: ApiScene, case: str, tianhe: Person
) -> None:
    seen = await tianhe.gets(f"/cases/{case}")
    assert [word for word in (CHILD, PHONE, STORY) if word in json.dumps(seen)] == []
    assert seen["people"][0]["phone"] == "154****0123"
    assert [one for one in await scene.all(CaseEntry) if one.kind == "case.read"] == []

    opened = await tianhe.gets(f"/cases/{case}/content")

    assert (opened["people"][0]["name"], opened["people"][0]["note"]) == (CHILD, STORY)
    [read] = [one for one in await scene.all(CaseEntry) if one.kind == "case.read"]
    assert (read.actor, read.facts) == ("staff:tianhe", {"what": ["people", "plan", "story"]})
    assert [one.by_id for one in await scene.all(AuditEntry) if one.kind == "case.read"] == [
        "staff:tianhe"
    ]


async def test_a_reporter_is_not_there_for_the_station_until_a_supervisor_releases_them(
    scene: ApiScene, case: str, li: Person, he: Person, tianhe: Person
) -> None:
    """Demand 43."""
    reporter = await person_of(scene, "reporter")
    path = f"/cases/{case}/people/{reporter}"

    for person, known in ((li, True), (he, True), (tianhe, False)):
        told = await person.gets(f"/cases/{case}/content")
        assert ("reporter" in roles(told)) is known
        assert (REPORTER in json.dumps(told, ensure_ascii=False)) is known
        kinds = [line["said"] for day in told["story"] for line in day["lines"]]
        assert any("报告人" in said for said in kinds) is known
    asked = await tianhe.asks("POST", f"{path}/number", {"reason": "to ring them"})
    changed = await tianhe.asks("PUT", path, {"name": "x", "based_on": 0})
    released = await li.asks("POST", f"{path}/release", {"text": "x"})
    assert [one.status_code for one in (asked, changed, released)] == [404, 404, 403]

    await he.does("POST", f"{path}/release", {"text": "the court asks"})

    told = await tianhe.gets(f"/cases/{case}/content")
    assert "reporter" in roles(told)


async def test_a_reporter_becomes_somebody_else_only_by_who_may_let_the_station_know(
    scene: ApiScene, case: str, li: Person, he: Person, tianhe: Person
) -> None:
    """Demand 43."""
    path = f"/cases/{case}/people/{await person_of(scene, 'reporter')}"
    as_neighbour = {"role": "other", "based_on": 0}

    refused = await li.asks("PUT", path, as_neighbour)

    assert refused.status_code == 403
    assert roles(await tianhe.gets(f"/cases/{case}")) == ["at_risk"]
    await li.does("PUT", path, {"role": "reporter", "name": "x", "based_on": 0})
    await he.does("PUT", path, {**as_neighbour, "based_on": 1})
    assert roles(await tianhe.gets(f"/cases/{case}")) == ["at_risk", "other"]


async def test_whoever_was_released_is_changed_by_who_adds_what_they_know(
    scene: ApiScene, case: str, li: Person, he: Person
) -> None:
    path = f"/cases/{case}/people/{await person_of(scene, 'reporter')}"
    await he.does("POST", f"{path}/release", {"text": "the court asks"})

    await li.does("PUT", path, {"role": "helper", "based_on": 0})

    assert roles(await li.gets(f"/cases/{case}")) == ["at_risk", "helper"]


async def test_a_number_is_opened_for_a_reason_and_supervisors_read_who_did(
    scene: ApiScene, case: str, tianhe: Person
) -> None:
    """Demand 54."""
    path = f"/cases/{case}/people/{await person_of(scene, 'at_risk')}/number"
    assert (await tianhe.asks("POST", path, {"reason": "no"})).status_code == 422

    answer = await tianhe.asks("POST", path, {"reason": "nobody opens the door"}, key="same")
    again = await tianhe.asks("POST", path, {"reason": "nobody opens the door"}, key="same")

    assert answer.json()["number"] == again.json()["number"] == PHONE
    assert answer.headers["Cache-Control"] == "no-store"
    acts = await scene.all(SupervisorAct)
    assert [(one.kind, one.subject_kind, one.subject_id, one.lines) for one in acts] == [
        ("case_number_opened", "case", case, ["youth"])
    ] * 2
    kinds = [one.kind for one in await scene.all(AuditEntry)]
    assert kinds.count("case.number_opened") == 2
    told = str([one.model_dump() for one in (*acts, *await scene.all(CaseEntry))])
    assert [one for one in (PHONE, CHILD) if one in told] == []


async def test_a_station_above_is_told_that_it_is_there_and_what_is_due(
    scene: ApiScene, case: str, he: Person
) -> None:
    await scene.add(Station(id="city", name="市", name_en="C", division="440100", phone="3"))
    await scene.change(Station, "tianhe", parent_id="city")
    await he.does("POST", f"/cases/{case}/steps", {"text": STORY, "due_on": "2026-01-01"})
    await he.does("POST", f"/cases/{case}/steps", {"text": STORY})

    await scene.hires("above", Role.OFFICER, line="none", station="city")

    seen = await scene.person("above").gets(f"/cases/{case}")

    assert (seen["people"], seen["links"], seen["story"]) == ([], [], [])
    assert [(one["words"], one["due_on"]) for one in seen["plan"]] == [
        (None, "2026-01-01"), (None, None),
    ]  # fmt: skip
    listed = await scene.person("above").gets("/cases")
    assert [(one["id"], one["due_on"]) for one in listed["cases"]] == [(case, "2026-01-01")]


async def test_it_is_not_closed_while_an_alarm_is_open_and_says_which(
    scene: ApiScene, case: str, li: Person, tianhe: Person
) -> None:
    flag = await li.does("POST", "/calls/call/flags", {"level": "high", "summary": STORY})
    alarm, end = f"/escalations/{flag['escalation_id']}", {"result": "safe", "text": "at home"}
    headers = {**tianhe.headers, "Accept-Language": "zh"}

    refused = await scene.http.post(f"/api/v1/cases/{case}/close", json=end, headers=headers)

    problem = refused.json()
    assert (refused.status_code, problem["type"], problem["reason"]) == (
        409, "CaseRefused", "not_over",
    )  # fmt: skip
    assert problem["said"] == "还不能结案：请先处理完列出的事项。"
    assert [(one["code"], one["path"]) for one in problem["in_the_way"]] == [
        ("escalation_open", alarm)
    ]
    await tianhe.does("POST", f"{alarm}/acknowledge")
    await tianhe.does("POST", f"{alarm}/close", {"text": "seen"})
    assert (await tianhe.does("POST", f"/cases/{case}/close", end))["state"] == "closed"


async def test_an_alarm_that_is_opened_again_opens_its_case_again(
    scene: ApiScene, case: str, li: Person, he: Person, tianhe: Person
) -> None:
    flag = await li.does("POST", "/calls/call/flags", {"level": "high", "summary": STORY})
    alarm = f"/escalations/{flag['escalation_id']}"
    await tianhe.does("POST", f"{alarm}/acknowledge")
    await tianhe.does("POST", f"{alarm}/close", {"text": "seen"})
    await tianhe.does("POST", f"/cases/{case}/close", {"result": "safe", "text": "at home"})

    await he.does("POST", f"{alarm}/reopen", {"text": "he ran away again"})

    assert (await scene.get(Case, case)).state == "open"


async def test_a_call_joins_a_case_that_its_reader_may_add_to(
    scene: ApiScene, case: str, li: Person, he: Person
) -> None:

    number = (await scene.get(Case, case)).number
    now = scene.clock.now()
    later = scene.call("later", CallState.ENDED, counselor_id="chen", ended_at=now, joined_at=now)
    await scene.add(later)

    strange = await scene.person("chen").asks("POST", "/calls/later/case", {"number": number})
    await he.does("POST", "/calls/later/case", {"number": number})
    again = await he.asks("POST", "/calls/later/case", {"number": number})

    assert strange.status_code == 404
    assert again.status_code == 200
    assert {one["kind"] for one in (await he.gets(f"/cases/{case}"))["links"]} == {"call"}
    assert len((await he.gets(f"/cases/{case}"))["links"]) == 2
    assert (await scene.get(Call, "later")).counselor_id == "chen"


async def test_an_alarm_is_added_once_whoever_holds_its_call_is_done(
    scene: ApiScene, case: str, li: Person, he: Person
) -> None:
    flag = await li.does("POST", "/calls/call/flags", {"level": "high", "summary": STORY})
    number = (await scene.get(Escalation, flag["escalation_id"])).number
    now = scene.clock.now()
    for one in await scene.all(CaseLink):
        await scene.change(CaseLink, one.id, ended_at=now)
    by_hand = Opening(opened_as=OpenedAs.BY_HAND, station_id=None, by=SYSTEM, at=now)

    async with scene.house.database.work() as work:
        call = await lock_call(work, "call")
        adding = asyncio.create_task(he.asks("POST", f"/cases/{case}/links", {"number": number}))
        await somebody_waits_for_a_lock(scene.house.database)
        await case_for_call(work, call, by_hand)
    refused = await adding

    assert (refused.status_code, refused.json()["reason"]) == (409, "other_case")


async def test_a_closed_case_is_late_with_nothing(scene: ApiScene, case: str, he: Person) -> None:
    await he.does("POST", f"/cases/{case}/steps", {"text": STORY, "due_on": "2026-01-01"})
    assert (await he.gets(f"/cases/{case}"))["head"]["late"]

    await he.does("POST", f"/cases/{case}/close", {"result": "safe", "text": "at home"})

    assert not (await he.gets(f"/cases/{case}"))["head"]["late"]


async def test_a_step_is_dropped_with_a_reason_or_not_at_all(
    scene: ApiScene, case: str, he: Person
) -> None:
    step = await he.does("POST", f"/cases/{case}/steps", {"text": "visit"})

    refused = await he.asks("POST", f"/cases/{case}/steps/{step['id']}/drop", {"text": " "})

    assert (refused.status_code, refused.json()["detail"]) == (422, NO_REASON)


async def test_a_step_is_added_once_however_often_it_is_sent(
    scene: ApiScene, case: str, he: Person
) -> None:
    for _ in range(3):
        await he.asks("POST", f"/cases/{case}/steps", {"text": "visit"}, key="one visit")

    assert len((await he.gets(f"/cases/{case}"))["plan"]) == 1
    assert len([one for one in await scene.all(CaseEntry) if one.kind == "case.step_added"]) == 1
