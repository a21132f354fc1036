"""The rights desk over the API: asked, proved, answered, carried out, each with its reasons."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.handovers.guardians import block
from hotline.records.number_searches import index_of_number
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.storage.sealed import seal_cell
from hotline.storage.tables import (
    Call,
    CallEntry,
    CasePerson,
    Erasure,
    RecordAddition,
    RightsRequest,
    StaffSession,
    TextMessage,
)
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene, Person, token_of

pytestmark = pytest.mark.anyio

NUMBER, CHILD, SAID = "15400000007", "小明的妈妈 139", "请把录音删掉"
ASKED: dict[str, Any] = {"kind": "delete", "asker": "minor", "proved": "called_back",
                         "who": CHILD, "words": SAID}  # fmt: skip
YES = {"text": "已经删除"}


@pytest.fixture
async def he(scene: ApiScene) -> Person:
    """A supervisor who has just proved to be herself."""
    await confirmed(scene, "he")
    return scene.person("he")


async def confirmed(scene: ApiScene, who: str) -> None:
    async with scene.house.database.work() as work:
        query = select(StaffSession).where(StaffSession.staff_id == who)
        for session in (await work.exec(query)).all():
            session.confirmed_at = scene.clock.now()


async def is_over(scene: ApiScene, *, days: int = 1) -> None:
    """The call ended so long ago, with a record, a number and a text."""
    vault, ended = scene.house.vault, scene.clock.now() - timedelta(days=days)
    await scene.person("li").does("PUT", "/calls/call/record", {
        "contact_type": "self", "disposition": "listened", "narrative": "她说了很多"})  # fmt: skip
    async with scene.house.database.work() as work:
        call = await work.get_one(Call, "call")
        call.state, call.arrived_at, call.ended_at = CallState.ENDED, ended, ended
        call.from_sealed = seal_cell(vault, call, "from_sealed", NUMBER)
        call.from_index = index_of_number(vault, NUMBER)
        text = TextMessage(id="text", line_id="youth", direction="in", our_number="1", why="other",
                           call_id="call", state="received", encoding="ucs2", segments=1,
                           created_at=ended)  # fmt: skip
        text.body_sealed = seal_cell(vault, text, "body_sealed", "我还好")
        work.add(text)


async def taken_down(scene: ApiScene, **changed: Any) -> str:
    told = await scene.person("li").does("POST", "/calls/call/rights", ASKED | changed)
    return str(told["id"])


async def a_suspected_father(scene: ApiScene) -> None:
    """In the case of the call, which came from his telephone."""
    at = scene.clock.now()
    father = CasePerson(id="father", case_id="case", role="guardian", by="system", at=at)
    await scene.add(*a_case(at), father)
    async with scene.house.database.work() as work:
        index = index_of_number(scene.house.vault, NUMBER)
        await block(work, case_id="case", person_id="father", number_index=index,
                    by=Actor.of_staff("he"), at=at)  # fmt: skip


async def row(scene: ApiScene, request_id: str) -> RightsRequest:
    async with scene.house.database.work() as work:
        return await work.get_one(RightsRequest, request_id)


async def test_before_three_years_only_sounds_and_texts_go_and_the_answer_says_why(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    request = await taken_down(scene)

    told = await he.does("POST", f"/rights/{request}/grant", YES)

    assert (told["state"], told["refusal"]) == ("partly", "kept_by_law")
    async with scene.house.database.work() as work:
        assert (await work.get_one(TextMessage, "text")).body_sealed == ""
        assert (await work.get_one(Call, "call")).from_sealed != ""
        proof = (await work.exec(select(Erasure))).one()
    assert (proof.why, proof.request_id) == ("request", request)


async def test_after_three_years_all_of_it_is_deleted(scene: ApiScene, he: Person) -> None:
    await is_over(scene, days=1200)
    request = await taken_down(scene)

    told = await he.does("POST", f"/rights/{request}/grant", YES)

    assert (told["state"], told["refusal"]) == ("granted", "")
    record = (await he.asks("GET", "/calls/call/record")).json()
    assert record["narrative"] == ""
    async with scene.house.database.work() as work:
        assert (await work.get_one(Call, "call")).erased_at is not None


async def test_nothing_is_granted_before_it_was_shown_who_asks(scene: ApiScene, he: Person) -> None:
    await is_over(scene)
    request = await taken_down(scene, proved="not_yet")

    refused = await he.asks("POST", f"/rights/{request}/grant", YES)
    await he.does("POST", f"/rights/{request}/proved", {"proved": "document"})
    granted = await he.asks("POST", f"/rights/{request}/grant", YES)

    assert (refused.status_code, granted.status_code) == (422, 200)


async def test_between_two_supervisors_nobody_takes_back_how_it_was_shown_who_asks(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    await a_suspected_father(scene)
    request = await taken_down(scene, kind="copy", asker="guardian")
    await he.does("POST", f"/rights/{request}/grant", YES)

    refused = await he.asks("POST", f"/rights/{request}/proved", {"proved": "not_yet"})
    await he.does("POST", f"/rights/{request}/proved", {"proved": "document"})

    assert refused.status_code == 409
    assert (await row(scene, request)).proved == "document"


async def test_what_a_hold_keeps_is_not_deleted_on_request(scene: ApiScene, he: Person) -> None:
    await is_over(scene, days=1200)
    review = (scene.clock.now() + timedelta(days=30)).date().isoformat()
    await he.does("POST", "/calls/call/hold-back", {"reason": "法院", "review_on": review})
    request = await taken_down(scene)

    told = await he.does("POST", f"/rights/{request}/grant", YES)

    assert (told["state"], told["refusal"]) == ("partly", "held")
    async with scene.house.database.work() as work:
        assert (await work.get_one(TextMessage, "text")).body_sealed != ""
        assert (await work.exec(select(Erasure))).all() == []


async def test_a_guardian_who_is_suspected_since_they_asked_needs_two_supervisors_as_well(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    request = await taken_down(scene, kind="copy", asker="guardian")
    assert not (await row(scene, request)).suspected
    await a_suspected_father(scene)

    told = await he.does("POST", f"/rights/{request}/grant", YES)

    assert (told["state"], told["suspected"]) == ("proposed", True)
    assert (await he.asks("GET", f"/rights/{request}/copy.json")).status_code == 409


async def test_a_copy_stays_here_when_a_guardian_is_suspected_since_it_was_granted(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    request = await taken_down(scene, kind="copy", asker="guardian")
    await he.does("POST", f"/rights/{request}/grant", YES)
    await a_suspected_father(scene)

    refused = await he.asks("GET", f"/rights/{request}/copy.json")

    assert refused.status_code == 409
    assert "take the request down anew" in refused.text


async def test_to_a_suspected_guardian_one_supervisor_alone_says_no_yes(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    await a_suspected_father(scene)
    await scene.hires("ma", Role.SUPERVISOR)
    await confirmed(scene, "ma")
    request = await taken_down(scene, kind="copy", asker="guardian")

    first = await he.does("POST", f"/rights/{request}/grant", YES)
    again = await he.asks("POST", f"/rights/{request}/grant", YES)
    copy = await he.asks("GET", f"/rights/{request}/copy.json")
    second = await scene.person("ma").does("POST", f"/rights/{request}/grant", YES)

    assert (first["state"], first["suspected"]) == ("proposed", True)
    assert (again.status_code, copy.status_code) == (403, 409)
    assert second["state"] == "granted"
    kept = await row(scene, request)
    assert (kept.answered_by, kept.confirmed_by) == ("he", "ma")


async def test_a_copy_holds_what_is_theirs_and_leaves_a_trace(scene: ApiScene, he: Person) -> None:
    await is_over(scene)
    request = await taken_down(scene, kind="copy")
    early = await he.asks("GET", f"/rights/{request}/copy.json")
    await he.does("POST", f"/rights/{request}/grant", YES)

    copy = (await he.asks("GET", f"/rights/{request}/copy.json")).json()

    assert early.status_code == 409
    assert {(part["what"], part["words"]) for part in copy} >= {
        ("number", NUMBER), ("record", "她说了很多"), ("text", "我还好")}  # fmt: skip
    async with scene.house.database.work() as work:
        kinds = (await work.exec(select(CallEntry.kind).order_by(col(CallEntry.id)))).all()
    assert "rights.exported" in kinds


async def test_a_copy_wants_a_fresh_proof_of_who_takes_it(scene: ApiScene, he: Person) -> None:
    await is_over(scene)
    request = await taken_down(scene, kind="copy")
    await he.does("POST", f"/rights/{request}/grant", YES)
    scene.clock.advance(11 * 60)

    refused = await he.asks("GET", f"/rights/{request}/copy.json")

    assert refused.status_code == 403


async def test_a_correction_stands_beside_the_record_and_changes_nothing_of_it(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    request = await taken_down(scene, kind="correct")
    body = {"call_id": "call", "text": "不是妈妈，是姑姑"}
    early = await he.asks("POST", f"/rights/{request}/correct", body)
    await he.does("POST", f"/rights/{request}/grant", YES)

    await he.does("POST", f"/rights/{request}/correct", body)

    assert early.status_code == 409
    async with scene.house.database.work() as work:
        [added] = (await work.exec(select(RecordAddition))).all()
    assert added.way == "asked"
    assert (await he.asks("GET", "/calls/call/record")).json()["narrative"] == "她说了很多"


async def test_a_refusal_has_a_reason_and_words_and_is_the_last_word(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    request = await taken_down(scene)

    without = await he.asks("POST", f"/rights/{request}/refuse", {"text": "不行"})
    await he.does("POST", f"/rights/{request}/refuse",
                  {"text": "会伤害别人", "refusal": "rights_of_others"})  # fmt: skip
    again = await he.asks("POST", f"/rights/{request}/grant", YES)

    assert (without.status_code, again.status_code) == (422, 409)
    shown = (await he.asks("GET", f"/rights/{request}")).json()
    assert (shown["answer"], shown["row"]["refusal"]) == ("会伤害别人", "rights_of_others")


async def test_what_is_kept_is_found_by_number_and_the_look_is_kept(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)

    found = (await he.asks("POST", "/rights/find", {"number": NUMBER})).json()
    neither = await he.asks("POST", "/rights/find", {})

    assert [(one["kind"], one["id"]) for one in found] == [("call", "call")]
    assert found[0]["cells"]["record"] >= 1
    assert NUMBER not in str(found)
    assert neither.status_code == 422
    async with scene.house.database.work() as work:
        kinds = (await work.exec(select(CallEntry.kind))).all()
    assert "rights.shown" in kinds


async def test_who_asks_and_what_they_said_stand_in_no_list_and_no_timeline(
    scene: ApiScene, he: Person
) -> None:
    await is_over(scene)
    await taken_down(scene)

    listed = (await he.asks("GET", "/rights")).text
    headers = {"Authorization": f"Bearer {token_of('he')}", "Accept": "text/html"}
    pages = [
        (await scene.http.get(path, headers=headers)).text for path in ("/rights", "/calls/call")
    ]
    async with scene.house.database.work() as work:
        facts = [entry.facts for entry in (await work.exec(select(CallEntry))).all()]
        kept = (await work.exec(select(RightsRequest))).one()

    for where in (listed, *pages, str(facts), str(kept)):
        assert CHILD not in where
        assert SAID not in where
