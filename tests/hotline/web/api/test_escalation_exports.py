"""What is taken out of the house: all that was done, nothing that was said, and who took it."""

import json
from typing import Any

import pypdfium2
import pytest

from hotline.staff.model import Role
from hotline.storage.tables import Attempt, AuditEntry, Delivery, EscalationEntry, StaffSession
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

SECRETS = ("孩子说在天桥下", "他叫王小明", "找到了，送回家", "02000000202", "154****0001")


@pytest.fixture
async def escalation(scene: ApiScene, li: Person) -> str:
    """Flagged, acknowledged, commented and closed."""
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": SECRETS[0]})
    path = f"/escalations/{told['escalation_id']}"
    scene.clock.advance(312)
    tianhe = scene.person("tianhe")
    await tianhe.does("POST", f"{path}/acknowledge")
    await li.does("POST", f"{path}/comment", {"text": SECRETS[1]})
    await tianhe.does("POST", f"{path}/close", {"text": SECRETS[2]})
    return str(told["escalation_id"])


def words_of(pages: bytes) -> str:
    """What the pages say, whatever the line breaks."""
    document = pypdfium2.PdfDocument(pages)
    said = "".join(page.get_textpage().get_text_range() for page in document)
    return "".join(said.split())


async def taken(person: Person, escalation: str, form: str, language: str = "zh") -> Any:
    path = f"/escalations/{escalation}/export.{form}?lang={language}"
    answer = await person.asks("GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return answer


async def test_the_json_has_every_entry_and_ring_and_no_word_of_what_was_said(
    he: Person, escalation: str
) -> None:
    seen = await he.gets(f"/escalations/{escalation}")

    answer = await taken(he, escalation, "json")

    export = answer.json()
    assert [one["id"] for one in export["timeline"]] == [one["id"] for one in seen["timeline"]]
    assert len(export["attempts"]) == len(seen["attempts"]) == 1
    assert "****" in export["attempts"][0]["phone"]
    assert [secret for secret in SECRETS if secret in answer.text] == []
    behind = sorted(one for line in export["story"] for one in line["entries"])
    assert behind == sorted(one["id"] for one in export["timeline"])
    assert "name of tianhe 已确认接收（标记后 5 分 12 秒）" in [
        one["said"] for one in export["story"]
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["已确认接收（标记后5分12秒）", "不含孩子的姓名"]), ("en", ["acknowledged(5min12s"])],
)
async def test_the_pages_tell_the_story_in_chinese_and_in_english(
    he: Person, escalation: str, language: str, words: list[str]
) -> None:
    answer = await taken(he, escalation, "pdf", language)

    said = words_of(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert [word for word in words if word not in said] == []
    assert [secret for secret in SECRETS if secret in said] == []


async def test_a_long_night_goes_on_on_the_next_page(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    at = scene.clock.now()
    for _ in range(90):
        await scene.add(
            EscalationEntry(escalation_id=escalation, at=at, kind="escalation.accepted",
                            actor="staff:tianhe"),
        )  # fmt: skip

    pages = (await taken(he, escalation, "pdf")).content

    assert len(pypdfium2.PdfDocument(pages)) > 1
    assert words_of(pages).count("nameoftianhe已受理") == 90


async def test_what_was_sent_in_writing_is_taken_out_without_its_address(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    at = scene.clock.now()
    for channel, state in (("text", "delivered"), ("mail", "failed"), ("webhook", "submitted")):
        await scene.add(
            Delivery(id=channel, channel=channel, purpose="escalation",
                     address="https://02000000303.example/hook", sender="", dedupe_key=channel,
                     state=state, tries=1, due_at=at, created_at=at),
            Attempt(id=channel, escalation_id=escalation, contact_id="duty", step=0, round=0),
        )  # fmt: skip

    export = (await taken(he, escalation, "json")).json()
    pages = words_of((await taken(he, escalation, "pdf")).content)

    assert {one["channel"]: one["phone"] for one in export["attempts"][1:]} == {
        "text": "", "mail": "", "webhook": "",
    }  # fmt: skip
    assert "0303" not in json.dumps(export)
    for said in ("用短信·已送到", "用邮件·没送达", "用系统接口·已发往对方"):
        assert said in pages


@pytest.mark.parametrize("form", ["json", "pdf"])
async def test_who_takes_it_is_kept_in_the_timeline_and_in_the_audit(
    scene: ApiScene, he: Person, escalation: str, form: str
) -> None:
    await taken(he, escalation, form)

    last = (await he.gets(f"/escalations/{escalation}"))["timeline"][-1]
    audited = [one for one in await scene.all(AuditEntry) if one.kind == "escalation.exported"]
    assert (last["kind"], last["actor"], last["facts"]) == (
        "escalation.exported", "staff:he", {"form": form},
    )  # fmt: skip
    assert [(one.by_id, one.subject_id) for one in audited] == [("staff:he", escalation)]


@pytest.mark.parametrize("form", ["json", "pdf"])
async def test_it_asks_first_who_it_is(
    scene: ApiScene, he: Person, escalation: str, form: str
) -> None:
    for one in await scene.all(StaffSession):
        await scene.change(StaffSession, one.token_hash, confirmed_at=None)

    answer = await he.asks("GET", f"/escalations/{escalation}/export.{form}")

    assert (answer.status_code, answer.json()["type"]) == (403, "ConfirmIdentity")
    kinds = [one.kind for one in await scene.all(EscalationEntry)]
    assert "escalation.exported" not in kinds


async def test_an_administrator_of_another_line_takes_nothing(
    scene: ApiScene, escalation: str
) -> None:
    await scene.hires("far", Role.ADMIN, line="legal")

    answer = await scene.person("far").asks("GET", f"/escalations/{escalation}/export.json")

    assert answer.status_code == 404


async def test_facts_that_nobody_named_stay_in_the_house(
    scene: ApiScene, he: Person, escalation: str
) -> None:
    await scene.add(EscalationEntry(escalation_id=escalation, at=scene.clock.now(),
                                    kind="police.confirmed", actor="system",
                                    facts={"name": SECRETS[1], "why": "confirmed"}))  # fmt: skip

    export = (await taken(he, escalation, "json")).json()

    last = export["timeline"][-1]
    assert (last["kind"], last["facts"]) == ("police.confirmed", {"why": "confirmed"})
    assert SECRETS[1] not in json.dumps(export, ensure_ascii=False)


@pytest.mark.parametrize("form", ["xml", "PDF", "pdf.exe", ""])
async def test_a_form_that_is_none_is_not_there(he: Person, escalation: str, form: str) -> None:
    answer = await he.asks("GET", f"/escalations/{escalation}/export.{form}")

    assert answer.status_code == 404
