"""A case taken out of the house: all that was done, nothing that was said, nobody by name."""

import json
from typing import Any

import pypdfium2
import pytest

from hotline.storage.tables import AuditEntry, Case, CaseEntry, CasePerson, StaffSession
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

SECRETS = ("王小明的名字", "15400000123", "154****0123", "他说爸爸打他", "报告人", "带她去医院")


@pytest.fixture
async def case(scene: ApiScene, li: Person, he: Person) -> str:
    """With a child, a reporter, a plan, an alarm, and words in each."""
    await li.does("POST", "/calls/call/flags", {"level": "high", "summary": SECRETS[3]})
    [case] = await scene.all(Case)
    path = f"/cases/{case.id}"
    child = {"role": "at_risk", "name": SECRETS[0], "phone": SECRETS[1], "note": SECRETS[3]}
    await li.does("POST", f"{path}/people", child)
    await li.does("POST", f"{path}/people", {"role": "reporter", "name": SECRETS[0]})
    await li.does("POST", f"{path}/people", {"role": "guardian", "name": SECRETS[0]})
    guardian = next(one.id for one in await scene.all(CasePerson) if one.role == "guardian")
    await li.does("POST", f"{path}/people/{guardian}/suspected", {"text": SECRETS[3]})
    step = await he.does("POST", f"{path}/steps", {"text": SECRETS[5], "due_on": "2026-12-24"})
    await he.does("POST", f"{path}/steps/{step['id']}/done", {"text": SECRETS[5]})
    return str(case.id)


async def taken(person: Person, case: str, form: str, language: str = "zh") -> Any:
    answer = await person.asks("GET", f"/cases/{case}/export.{form}?lang={language}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return answer


def words_of(pages: bytes) -> str:
    document = pypdfium2.PdfDocument(pages)
    said = "".join(page.get_textpage().get_text_range() for page in document)
    return "".join(said.split())


async def test_the_json_has_what_was_done_and_no_word_of_what_was_said(
    scene: ApiScene, he: Person, case: str
) -> None:
    answer = await taken(he, case, "json")

    export, text = answer.json(), answer.text
    assert [secret for secret in SECRETS if secret in text] == []
    kinds = [one["kind"] for one in export["timeline"]]
    assert [kinds.count(one) for one in ("case.suspected", "case.step_done")] == [1, 1]
    assert [one["facts"]["role"] for one in export["timeline"] if "role" in one["facts"]] == [
        "at_risk", "guardian", "guardian",
    ]  # fmt: skip
    said = [one["said"] for one in export["story"]]
    assert "name of li 标记监护人疑似加害人：不再联系此人" in said
    assert any(one.startswith("上报 ") for one in said)
    ids = {one.id for one in await scene.all(CasePerson)}
    assert [one for one in ids if one in text] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("疑似加害人", "不含孩子的姓名")),
        ("en", ("markedasasuspectedabuser", "Withoutthechild'sname")),
    ],
)
async def test_the_pages_tell_the_story_and_nobody_in_it(
    he: Person, case: str, language: str, words: tuple[str, ...]
) -> None:
    said = words_of((await taken(he, case, "pdf", language)).content)

    assert [one for one in words if one not in said] == []
    assert [secret for secret in SECRETS if secret in said] == []
    assert ("不含孩子的姓名" in said) is (language == "zh")


async def test_that_somebody_said_who_called_stays_in_the_house(
    he: Person, li: Person, case: str
) -> None:
    """Demand 43."""
    await li.does("POST", f"/cases/{case}/reporter", {"is_reporter": True})

    answer = await taken(he, case, "json")

    assert [one for one in ("reporter.said", "报告人") if one in answer.text] == []


async def test_a_reporter_whom_the_station_may_know_stays_in_the_house(
    scene: ApiScene, he: Person, case: str
) -> None:
    """Demand 43: to the station they were released, and not to whoever reads a file."""
    reporter = next(one.id for one in await scene.all(CasePerson) if one.role == "reporter")
    await he.does("POST", f"/cases/{case}/people/{reporter}/release", {"text": "the court asks"})

    answer = await taken(he, case, "json")

    assert [one for one in ("reporter_released", "报告人") if one in answer.text] == []


@pytest.mark.parametrize("form", ["json", "pdf"])
async def test_who_takes_it_is_kept_in_the_timeline_and_in_the_audit(
    scene: ApiScene, he: Person, case: str, form: str
) -> None:
    await taken(he, case, form)

    [told] = [one for one in await scene.all(CaseEntry) if one.kind == "case.exported"]
    audited = [one for one in await scene.all(AuditEntry) if one.kind == "case.exported"]
    assert (told.actor, told.facts) == ("staff:he", {"form": form})
    assert [(one.by_id, one.subject_kind, one.subject_id) for one in audited] == [
        ("staff:he", "case", case)
    ]


async def test_it_asks_first_who_it_is(scene: ApiScene, he: Person, case: str) -> None:
    for one in await scene.all(StaffSession):
        await scene.change(StaffSession, one.token_hash, confirmed_at=None)

    answer = await he.asks("GET", f"/cases/{case}/export.json")

    assert (answer.status_code, answer.json()["type"]) == (403, "ConfirmIdentity")
    assert "case.exported" not in [one.kind for one in await scene.all(CaseEntry)]


async def test_facts_that_nobody_named_stay_in_the_house(
    scene: ApiScene, he: Person, case: str
) -> None:
    facts = {"child": SECRETS[0], "why": "high"}
    await scene.add(CaseEntry(case_id=case, at=scene.clock.now(), kind="visit.recorded",
                              actor="system", facts=facts))  # fmt: skip

    export = (await taken(he, case, "json")).json()

    last = export["timeline"][-1]
    assert (last["kind"], last["facts"]) == ("visit.recorded", {"why": "high"})
    assert SECRETS[0] not in json.dumps(export, ensure_ascii=False)
