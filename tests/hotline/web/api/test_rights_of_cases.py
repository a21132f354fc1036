"""The rights desk where a case is asked for: deleted, copied, told in the case's own story."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from hotline.storage.sealed import seal_cell
from hotline.storage.tables import Case, CasePerson, CaseStep, Erasure, StaffSession
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene, Person, token_of

pytestmark = pytest.mark.anyio

CHILD, MOTHER, STEP = "小明", "王女士", "周五去学校"
ASKED: dict[str, Any] = {"asker": "minor", "proved": "in_person", "who": CHILD}
YES = {"text": "好的"}


@pytest.fixture
async def he(scene: ApiScene) -> Person:
    """A supervisor who has just proved to be herself; there is a case, with a child and a step."""
    at = scene.clock.now()
    await scene.add(*a_case(at))
    vault = scene.house.vault
    for key, role, name in (("child", "at_risk", CHILD), ("mother", "guardian", MOTHER)):
        person = CasePerson(id=key, case_id="case", role=role, by="system", at=at)
        person.name_sealed = seal_cell(vault, person, "name_sealed", name)
        await scene.add(person)
    async with scene.house.database.work() as work:
        step = await work.get_one(CaseStep, "step")
        step.words_sealed = seal_cell(vault, step, "words_sealed", STEP)
    for session in await scene.all(StaffSession):
        await scene.change(StaffSession, session.token_hash, confirmed_at=at)
    return scene.person("he")


async def are_over(scene: ApiScene, *cases: str, days: int) -> None:
    closed = scene.clock.now() - timedelta(days=days)
    for case in cases:
        await scene.change(Case, case, state="closed", closed_at=closed)


async def asked(he: Person, kind: str, case: str = "case", **changed: Any) -> str:
    told = await he.does("POST", f"/cases/{case}/rights", {**ASKED, "kind": kind, **changed})
    return str(told["id"])


async def cell(scene: ApiScene, table: type[SQLModel], key: str, name: str) -> Any:
    return getattr(await scene.get(table, key), name)


async def test_a_case_is_deleted_on_request_three_years_after_it_was_closed(
    scene: ApiScene, he: Person
) -> None:
    await are_over(scene, "case", days=1200)

    told = await he.does("POST", f"/rights/{await asked(he, 'delete')}/grant", YES)

    assert (told["state"], told["refusal"]) == ("granted", "")
    assert await cell(scene, CasePerson, "child", "name_sealed") == ""
    assert await cell(scene, CaseStep, "step", "words_sealed") == ""
    assert await cell(scene, Case, "case", "erased_at") is not None
    [proof] = await scene.all(Erasure)
    assert (proof.subject_kind, proof.subject_id, proof.why) == ("case", "case", "request")


async def test_before_that_nothing_of_a_case_goes_and_the_page_says_so(
    scene: ApiScene, he: Person
) -> None:
    await are_over(scene, "case", days=9)
    request = await asked(he, "delete")
    headers = {"Authorization": f"Bearer {token_of('he')}", "Accept": "text/html"}

    page = (await scene.http.get(f"/rights/{request}", headers=headers)).text
    told = await he.does("POST", f"/rights/{request}/grant", YES)

    assert "现在不会删除任何内容。" in page
    assert "录音和短信内容马上删除" not in page
    assert (told["state"], told["refusal"]) == ("partly", "kept_by_law")
    assert await cell(scene, CasePerson, "child", "name_sealed") != ""


async def test_of_a_case_that_was_merged_the_one_that_stands_is_asked_and_deleted(
    scene: ApiScene, he: Person
) -> None:
    await are_over(scene, "case", days=1200)
    request = await asked(he, "delete")
    await scene.change(Case, "case", merged_into_id="other")
    headers = {"Authorization": f"Bearer {token_of('he')}", "Accept": "text/html"}

    page = (await scene.http.get(f"/rights/{request}", headers=headers)).text
    kept = await he.does("POST", f"/rights/{request}/grant", YES)
    await are_over(scene, "other", days=1200)
    again = await asked(he, "delete")
    gone = await he.does("POST", f"/rights/{again}/grant", YES)

    assert "还有人在照看" in page
    assert (kept["state"], kept["refusal"]) == ("partly", "still_needed")
    assert gone["state"] == "granted"
    assert await cell(scene, CasePerson, "child", "name_sealed") == ""
    assert [one.subject_id for one in await scene.all(Erasure)] == ["other"]
    assert await cell(scene, Case, "other", "erased_at") is not None


async def test_the_copy_of_a_case_names_nobody_but_the_child(scene: ApiScene, he: Person) -> None:
    request = await asked(he, "copy")
    await he.does("POST", f"/rights/{request}/grant", YES)

    copy = await he.gets(f"/rights/{request}/copy.json")

    assert {(part["what"], part["words"]) for part in copy} == {("name", CHILD), ("plan", STEP)}
    assert MOTHER not in str(copy)


async def test_the_story_of_a_case_tells_what_came_of_a_request(
    scene: ApiScene, he: Person
) -> None:
    first = await asked(he, "copy", proved="not_yet")
    await he.does("POST", f"/rights/{first}/proved", {"proved": "document"})
    await he.does("POST", f"/rights/{first}/withdraw")
    second = await asked(he, "view")
    await he.does("POST", f"/rights/{second}/refuse", {**YES, "refusal": "rights_of_others"})

    story = (await he.gets("/cases/case/content"))["story"]

    said = [line["said"] for day in story for line in day["lines"]]
    for words in ("登记了个人信息请求", "怎样核实身份", "不再要求", "拒绝了个人信息请求"):
        assert any(words in one for one in said), words
    assert "其他记录" not in said
