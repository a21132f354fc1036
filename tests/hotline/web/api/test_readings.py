"""Reading what somebody else wrote: asked for, answered, or in an emergency; and finding it."""

from datetime import timedelta

import pytest

from hotline.staff.model import Role
from hotline.storage.tables import Call, Staff, StaffSession, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

WHY = {"reason": "同一个孩子在线上"}
YES = {"words": "可以", "hours": 2}
STORY = "他说家里很吵。"
NUMBER = "+8615400000001"


@pytest.fixture
async def written(scene: ApiScene, li: Person) -> None:
    """li wrote the record of her call, whose caller's number is known."""
    index = scene.house.vault.index(NUMBER)
    await scene.change(Call, "call", from_index=index)
    await li.does("PUT", "/calls/call/record", {"contact_type": "self", "narrative": STORY,
                                                "disposition": "listened"})  # fmt: skip


@pytest.mark.usefixtures("written")
async def test_asked_answered_and_read(scene: ApiScene, chen: Person, he: Person) -> None:
    assert (await chen.asks("GET", "/calls/call/record")).status_code == 404
    asked = await chen.does("POST", "/calls/call/readings", WHY)

    (waits,) = (await he.gets("/readings"))["waiting"]
    granted = await he.does("POST", f"/readings/{asked['id']}/grant", YES)
    read = await chen.gets("/calls/call/record")

    assert (waits["reason"], waits["asked_by"]) == (WHY["reason"], "name of chen")
    assert granted["state"] == "granted"
    assert read["narrative"] == STORY
    assert (await chen.asks("PUT", "/calls/call/record", {})).status_code == 403
    assert (await scene.kinds())[-1] == "record.read"
    assert [one.kind for one in await scene.all(SupervisorAct)] == ["reading_granted"]
    scene.clock.advance(timedelta(hours=2).total_seconds())
    assert (await chen.asks("GET", "/calls/call/record")).status_code == 404


@pytest.mark.usefixtures("written")
async def test_a_refusal_is_read_in_words_and_asked_anew(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    asked = await chen.does("POST", "/calls/call/readings", WHY)
    await he.does("POST", f"/readings/{asked['id']}/refuse", {"words": "先问值班督导"})

    (told,) = (await chen.gets("/readings"))["own"]

    assert (told["state"], told["answer"]) == ("refused", "先问值班督导")
    assert (await chen.asks("POST", "/calls/call/readings", WHY)).status_code == 201
    assert (await chen.asks("POST", "/calls/call/readings", WHY)).status_code == 409
    assert WHY["reason"] not in str([one.model_dump() for one in await scene.all(SupervisorAct)])


@pytest.mark.usefixtures("written")
async def test_an_emergency_is_read_at_once_and_reviewed_by_a_second_person(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    taken = await chen.does("POST", "/calls/call/readings/emergency", WHY)

    read = await chen.gets("/calls/call/record")
    again = await chen.asks("POST", "/calls/call/readings/emergency", WHY)
    (waits,) = (await he.gets("/readings"))["waiting"]
    await he.does("POST", f"/readings/{taken['id']}/object", {"words": "没有危险"})

    assert read["narrative"] == STORY
    assert again.status_code == 409
    assert waits["kind"] == "emergency"
    assert (await he.gets("/readings"))["waiting"] == []
    assert (await chen.asks("GET", "/calls/call/record")).status_code == 404
    kinds = [one.kind for one in await scene.all(SupervisorAct)]
    assert kinds == ["reading_taken", "reading_objected"]


@pytest.mark.usefixtures("written")
async def test_a_supervisor_who_is_a_counselor_too_reviews_no_emergency_of_their_own(
    scene: ApiScene, chen: Person
) -> None:
    taken = await chen.does("POST", "/calls/call/readings/emergency", WHY)
    await scene.hires("ho", Role.SUPERVISOR)

    await scene.change(Staff, "chen", roles=["counselor", "supervisor"])
    path = f"/readings/{taken['id']}/uphold"

    assert (await chen.asks("POST", path, {"words": "x"})).status_code == 403
    assert (await scene.person("ho").asks("POST", path, {"words": "x"})).status_code == 200


@pytest.mark.usefixtures("written")
async def test_emergencies_and_approvals_ask_again_who_it_is(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    asked = await chen.does("POST", "/calls/call/readings", WHY)
    for session in await scene.all(StaffSession):
        await scene.change(StaffSession, session.token_hash, confirmed_at=None)

    emergency = await chen.asks("POST", "/calls/call/readings/emergency", WHY)
    grant = await he.asks("POST", f"/readings/{asked['id']}/grant", YES)
    refuse = await he.asks("POST", f"/readings/{asked['id']}/refuse", {"words": "x"})

    assert emergency.json()["code"] == grant.json()["code"] == "confirm_identity"
    assert refuse.status_code == 200, "what shuts a record needs no more proof"


@pytest.mark.usefixtures("written")
async def test_a_lost_answer_asked_for_again_with_its_key_is_one_request(chen: Person) -> None:
    first = await chen.asks("POST", "/calls/call/readings", WHY, key="k")
    again = await chen.asks("POST", "/calls/call/readings", WHY, key="k")

    assert (first.status_code, first.json()) == (again.status_code, again.json())


@pytest.mark.usefixtures("written")
async def test_a_minors_record_is_not_opened_for_a_week_but_an_adults_is(
    scene: ApiScene, chen: Person, he: Person
) -> None:
    asked = await chen.does("POST", "/calls/call/readings", WHY)
    a_week, path = {"words": "可以", "hours": 168}, f"/readings/{asked['id']}/grant"

    assert (await he.asks("POST", path, a_week)).status_code == 422
    await scene.change(Call, "call", age_group="adult")
    assert (await he.asks("POST", path, a_week)).status_code == 200


@pytest.mark.usefixtures("written")
async def test_a_record_is_found_by_its_callers_number_which_the_audit_tells_masked(
    scene: ApiScene, chen: Person
) -> None:
    search = await chen.does("POST", "/records/number-searches", {"number": "154 0000 0001"})

    (found,) = (await chen.gets(f"/records?caller={search['search']}"))["found"]

    assert (search["masked"], search["found"]) == ("154****0001", 1)
    assert (found["call_id"], found["may_read"]) == ("call", False)
    assert STORY not in str(found)
    (act,) = await scene.all(SupervisorAct)
    assert (act.kind, act.after) == ("number_sought", {"masked": "154****0001", "found": 1})
    assert "15400000001" not in str(act.model_dump()) + search["search"]


@pytest.mark.usefixtures("written")
async def test_a_search_by_number_is_of_no_use_to_a_colleague(
    scene: ApiScene, chen: Person
) -> None:
    search = await scene.person("li").does(
        "POST", "/records/number-searches", {"number": "15400000001"}
    )

    assert (await chen.asks("GET", f"/records?caller={search['search']}")).status_code == 422


@pytest.mark.usefixtures("written")
async def test_who_sees_a_call_finds_other_records_of_its_caller_and_that_is_kept(
    scene: ApiScene, li: Person, chen: Person
) -> None:
    found = (await li.gets("/records?same_as=call"))["found"]

    assert [one["call_id"] for one in found] == ["call"]
    assert (await scene.kinds())[-1] == "history.shown"
    assert (await chen.asks("GET", "/records?same_as=call")).status_code == 404


@pytest.mark.parametrize(
    "asked",
    ["topic=x", "risk=x", "state=x", "since=2026-99-99", "until=9999-12-31", "after=x",
     "caller=x", "escalated=perhaps", "contact_type=x"],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(li: Person, asked: str) -> None:
    assert (await li.asks("GET", f"/records?{asked}")).status_code == 422


async def test_a_counselor_does_not_search_by_a_colleague(li: Person, he: Person) -> None:
    assert (await li.asks("GET", "/records?counselor=chen")).status_code == 403
    assert (await li.asks("GET", "/records?counselor=li")).status_code == 200
    assert (await he.asks("GET", "/records?counselor=chen")).status_code == 200
