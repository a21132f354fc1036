"""Acts on an escalation over the API: who comes second is told who was first."""

import asyncio
from typing import Any

import pytest

from hotline.escalations.first_come import DID
from hotline.escalations.model import EscalationEvent
from hotline.staff.model import Role
from hotline.storage.tables import Escalation, EscalationEntry, StationContact
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

ACTS = ("comment", "ring-now", "hand-to", "remind", "reopen")
SECRET = "孩子说在天桥下"


@pytest.fixture
async def escalation(scene: ApiScene, li: Person) -> str:
    """An open escalation of the station `tianhe`; `haizhu` has somebody to ring as well."""
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": SECRET})
    await scene.add(StationContact(id="of-haizhu", station_id="haizhu", rank=0, name="海珠值班",
                                   phone="02000000302", pin_hash=""))  # fmt: skip
    return str(told["escalation_id"])


async def newest(person: Person, escalation: str) -> int:
    """The last entry that somebody sees."""
    return int((await person.gets(f"/escalations/{escalation}"))["timeline"][-1]["id"])


async def is_open_again(scene: ApiScene, he: Person, escalation: str) -> None:
    """After it was closed by the station."""
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/close", {"text": "x"})
    await he.does("POST", f"/escalations/{escalation}/reopen", {"text": "又不见了"})


async def test_a_supervisor_opens_again_what_was_closed(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    await is_open_again(scene, he, escalation)

    row: Escalation = await scene.get(Escalation, escalation)
    assert (row.state, row.closed_at) == ("open", None)
    assert row.next_due_at is not None


async def test_handed_to_another_station_it_is_theirs_and_no_more_of_the_one_before(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    tianhe, haizhu = scene.person("tianhe"), scene.person("haizhu")

    await he.does("POST", f"/escalations/{escalation}/hand-to",
                  {"station": "haizhu", "text": "孩子在海珠"})  # fmt: skip

    assert [one["id"] for one in await haizhu.gets("/escalations")] == [escalation]
    assert await tianhe.gets("/escalations") == []
    for step in ("", "/summary"):
        assert (await tianhe.asks("GET", f"/escalations/{escalation}{step}")).status_code == 404


async def test_a_comment_of_the_counselor_reaches_who_answers_for_the_child_and_no_list(
    scene: ApiScene, li: Person, escalation: str
) -> None:
    await li.does("POST", f"/escalations/{escalation}/comment", {"text": "手机没电了"})

    tianhe = scene.person("tianhe")
    seen = await tianhe.asks("GET", f"/escalations/{escalation}")
    story = await tianhe.gets(f"/escalations/{escalation}/summary")
    assert "手机" not in seen.text
    assert list(story["notes"].values()) == ["手机没电了"]


async def test_the_same_key_acts_once(scene: ApiScene, he: Person, escalation: str) -> None:
    body = {"station": "haizhu", "text": "x"}
    path = f"/escalations/{escalation}/hand-to"

    first = await he.asks("POST", path, body, key="k")
    again = await he.asks("POST", path, body, key="k")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    kinds = [one.kind for one in await scene.all(EscalationEntry)]
    assert kinds.count("escalation.handed_to") == 1


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("remind", {}),
        ("hand-to", {"station": "haizhu", "text": "x"}),
        ("close", {"text": "x"}),
        ("return", {"text": "x"}),
    ],
)
async def test_who_looked_before_somebody_acted_is_told_who_did_what(
    scene: ApiScene, he: Person, escalation: str, act: str, body: dict[str, Any]
) -> None:
    seen = await newest(he, escalation)
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")

    told = await he.asks("POST", f"/escalations/{escalation}/{act}", {**body, "seen": seen})

    problem = told.json()
    assert (told.status_code, problem["type"]) == (409, "SomebodyWasFirst")
    assert (problem["who"], problem["did"]) == ("name of tianhe", "acknowledged")
    assert "name of tianhe acknowledged it at" in problem["detail"]
    assert (await scene.get(Escalation, escalation)).state == "acknowledged"


async def test_who_has_seen_it_acts_and_ones_own_act_is_no_surprise(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")
    seen = await newest(he, escalation)

    for _ in range(2):
        await he.does("POST", f"/escalations/{escalation}/remind", {"seen": seen})

    kinds = [one.kind for one in await scene.all(EscalationEntry)]
    assert kinds.count("escalation.reminded") == 2


async def test_what_the_house_did_by_itself_hinders_nobody(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    seen = await newest(he, escalation)
    at, kind = scene.clock.now(), "escalation.not_acknowledged"
    await scene.add(EscalationEntry(escalation_id=escalation, at=at, kind=kind, actor="system"))

    await he.does("POST", f"/escalations/{escalation}/close", {"text": "x", "seen": seen})


async def test_of_two_who_press_at_once_one_acts_and_the_other_is_told(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    await scene.hires("ho", Role.SUPERVISOR)
    path, body = f"/escalations/{escalation}/close", {"text": "x"}

    answers = await asyncio.gather(
        *(scene.person(name).asks("POST", path, body) for name in ("he", "ho"))
    )

    statuses = sorted(answer.status_code for answer in answers)
    late = next(answer.json() for answer in answers if answer.status_code == 409)
    assert statuses == [200, 409]
    assert (late["type"], late["did"]) == ("SomebodyWasFirst", "closed")


async def test_who_acknowledges_second_is_told_who_has_it(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")

    told = (await he.asks("POST", f"/escalations/{escalation}/acknowledge")).json()

    assert (told["type"], told["who"]) == ("SomebodyWasFirst", "name of tianhe")


async def test_an_act_that_would_help_nobody_says_why(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    told = await he.asks("POST", f"/escalations/{escalation}/remind", {})

    problem = told.json()
    assert (told.status_code, problem["type"], problem["reason"]) == (
        409, "EscalationRefused", "nobody_has_it",
    )  # fmt: skip


@pytest.mark.parametrize(
    "word",
    ["", "nothing", "Close", "close ", "closed", "close/", "reopen/x", "hand_to", "handto",
     "ring", "ring-now-", "..%2Fclose", "comment%00", "acknowledge%2F"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_word_that_is_no_act_does_nothing(
    scene: ApiScene, he: Person, escalation: str, method: str, word: str
) -> None:
    before = await scene.get(Escalation, escalation)
    entries = len(await scene.all(EscalationEntry))

    body = {"text": "x", "station": "haizhu"}
    answer = await he.asks(method, f"/escalations/{escalation}/{word}", body)

    assert answer.status_code in (404, 405, 422, 307)
    assert await scene.get(Escalation, escalation) == before
    assert len(await scene.all(EscalationEntry)) == entries


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_elses_business_does_not_exist(
    scene: ApiScene, escalation: str, act: str
) -> None:
    body = {"text": "x", "station": "haizhu"}

    answer = await scene.person("haizhu").asks("POST", f"/escalations/{escalation}/{act}", body)

    assert answer.status_code in (403, 404)
    assert (await scene.get(Escalation, escalation)).station_id == "tianhe"


@pytest.mark.parametrize("act", ["comment", "hand-to", "reopen"])
async def test_an_act_that_needs_words_is_refused_without_them(
    scene: ApiScene, he: Person, escalation: str, act: str
) -> None:
    if act == "reopen":
        await he.does("POST", f"/escalations/{escalation}/close", {"text": "x"})
    body = {"station": "haizhu", "text": "  "}

    answer = await he.asks("POST", f"/escalations/{escalation}/{act}", body)

    assert answer.status_code == 422


def test_every_event_of_a_person_can_be_told_to_who_comes_second() -> None:
    by_nobody = {EscalationEvent.OVERDUE}
    events = {f"escalation.{event}" for event in EscalationEvent if event not in by_nobody}
    assert set(DID) == {*events, "escalation.handed_over"}


async def test_a_station_that_is_not_there_is_refused(he: Person, escalation: str) -> None:
    body = {"station": "nowhere", "text": "x"}

    told = await he.asks("POST", f"/escalations/{escalation}/hand-to", body)

    assert told.json()["reason"] == "no_station"
